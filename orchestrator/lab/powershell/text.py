"""How values become text and truth, and what their types are called.

Sources: Microsoft, "about_Type_Conversion" and "about_Booleans"; the .NET reference for the default
formats. Conversion to text is culture-invariant, as PowerShell's is in strings.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from orchestrator.lab.powershell.objects import (
    Byte,
    Char,
    Entry,
    EnumValue,
    ErrorRecord,
    GenericList,
    Guid,
    HashSet,
    Hashtable,
    Int64,
    NetException,
    ScriptBlock,
    Switch,
    TypeRef,
    UInt32,
    UInt64,
    Version,
)
from orchestrator.lab.powershell.values import PSObject

if TYPE_CHECKING:
    from collections.abc import Callable

INT32_MIN, INT32_MAX = -(2**31), 2**31 - 1
CUSTOM = "System.Management.Automation.PSCustomObject"
_NAMES: dict[type, str] = {
    bool: "System.Boolean",
    Switch: "System.Management.Automation.SwitchParameter",
    str: "System.String",
    Char: "System.Char",
    Guid: "System.Guid",
    Version: "System.Version",
    Int64: "System.Int64",
    UInt32: "System.UInt32",
    UInt64: "System.UInt64",
    Byte: "System.Byte",
    float: "System.Double",
    Decimal: "System.Decimal",
    datetime: "System.DateTime",
    timedelta: "System.TimeSpan",
    bytes: "System.Byte[]",
    list: "System.Object[]",
    tuple: "System.Object[]",
    Entry: "System.Collections.DictionaryEntry",
    TypeRef: "System.RuntimeType",
    ScriptBlock: "System.Management.Automation.ScriptBlock",
    ErrorRecord: "System.Management.Automation.ErrorRecord",
}


def type_name(value: object) -> str:
    """Return the .NET name of a value's type; empty for ``$null``."""
    known = _NAMES.get(type(value))
    if known:
        return known
    if isinstance(value, int):
        return "System.Int32" if INT32_MIN <= value <= INT32_MAX else "System.Int64"
    if isinstance(value, GenericList) and value.type_name.endswith("`1"):
        return f"{value.type_name}[{value.element}]"
    if isinstance(value, (PSObject, Hashtable, NetException, EnumValue, GenericList, HashSet)):
        return value.type_name
    if isinstance(value, list):
        return "System.Object[]"
    return "" if value is None else f"Lab.{type(value).__name__}"


def float_text(value: float) -> str:
    """Write a double as .NET Framework does: 15 digits, ``E+20`` from 1E+15 on."""
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    text = f"{value:.15g}"
    mantissa, mark, exponent = text.partition("e")
    if mark:
        number = int(exponent)
        return f"{mantissa}E{'+' if number >= 0 else '-'}{abs(number):02d}"
    return "0" if text == "-0" else text


def timespan_text(value: timedelta) -> str:
    """Write a time span in its constant format ``[-][d.]hh:mm:ss[.fffffff]``."""
    total = abs(value)
    hours, rest = divmod(total.seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    days = f"{total.days}." if total.days else ""
    fraction = f".{total.microseconds:06d}0" if total.microseconds else ""
    sign = "-" if value < timedelta(0) else ""
    return f"{sign}{days}{hours:02d}:{minutes:02d}:{seconds:02d}{fraction}"


def _object_text(value: PSObject) -> str:
    if value.text:
        return value.text
    if value.type_name == CUSTOM:
        inner = "; ".join(f"{name}={to_text(item)}" for name, item in value.properties.items())
        return "@{" + inner + "}"
    return value.type_name


def _exception_text(value: NetException) -> str:
    return f"{value.type_name}: {value.message}"


_TEXT: dict[type, Callable[..., str]] = {
    str: str,
    bool: str,
    Switch: lambda value: str(bool(value)),
    int: str,
    float: float_text,
    type(None): lambda _: "",
    datetime: lambda value: value.strftime("%m/%d/%Y %H:%M:%S"),
    timedelta: timespan_text,
    PSObject: _object_text,
    NetException: _exception_text,
    ErrorRecord: lambda value: value.message,
    ScriptBlock: lambda value: value.text,
    Entry: lambda _: "System.Collections.DictionaryEntry",
    Hashtable: lambda value: value.type_name,
}


def to_text(value: object) -> str:
    """Convert to text, as in ``"$value"``; arrays are joined with blanks."""
    known = _TEXT.get(type(value))
    if known:
        return known(value)
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return int.__repr__(value)
    if isinstance(value, (list, tuple, bytes)):
        return " ".join([to_text(item) for item in value])
    return str(value)


def to_bool(value: object) -> bool:
    """Convert to a truth value: an array of one is its element, a longer one is true."""
    if value is None:
        return False
    if isinstance(value, (bool, int, float, str, Decimal)):
        return bool(value)
    if isinstance(value, (list, tuple, bytes)):
        if not value:
            return False
        return True if len(value) > 1 else to_bool(value[0])
    return True
