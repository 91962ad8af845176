"""Casts and the type names they know.

Source: Microsoft, "about_Type_Conversion", "about_Type_Accelerators", and the .NET reference.
A type that is not listed is a `Refusal`, for the world is closed.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from orchestrator.lab.powershell.objects import (
    Byte,
    Char,
    EnumValue,
    ErrorRecord,
    GenericList,
    Guid,
    Hashtable,
    Int64,
    NetException,
    ScriptBlock,
    Switch,
    TypeRef,
    UInt32,
    UInt64,
    Version,
    is_list,
)
from orchestrator.lab.powershell.parsing import (
    EPOCH,
    parse_date,
    parse_guid,
    parse_number,
    parse_timespan,
)
from orchestrator.lab.powershell.signals import BASES, ScriptError, exception_type, runtime_error
from orchestrator.lab.powershell.text import CUSTOM, to_bool, to_text, type_name
from orchestrator.lab.powershell.values import CaseDict, PSObject, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

_TYPES = """
string=System.String char=System.Char bool=System.Boolean byte=System.Byte int=System.Int32
int32=System.Int32 long=System.Int64 int64=System.Int64 uint32=System.UInt32 uint64=System.UInt64
double=System.Double decimal=System.Decimal datetime=System.DateTime timespan=System.TimeSpan
guid=System.Guid version=System.Version object=System.Object array=System.Array void=System.Void
hashtable=System.Collections.Hashtable switch=System.Management.Automation.SwitchParameter
pscustomobject=System.Management.Automation.PSCustomObject
scriptblock=System.Management.Automation.ScriptBlock
psobject=System.Management.Automation.PSObject regex=System.Text.RegularExpressions.Regex
math=System.Math convert=System.Convert environment=System.Environment type=System.Type
uri=System.Uri exception=System.Exception ordered=System.Collections.Specialized.OrderedDictionary
errorrecord=System.Management.Automation.ErrorRecord
globalization.cultureinfo=System.Globalization.CultureInfo
cultureinfo=System.Globalization.CultureInfo stringcomparer=System.StringComparer
stringcomparison=System.StringComparison enum=System.Enum datetimekind=System.DateTimeKind
datetimeoffset=System.DateTimeOffset
"""
_FULL = """
System.Collections.ArrayList System.Collections.DictionaryEntry System.Collections.IDictionary
System.Collections.Generic.List`1 System.Collections.Generic.HashSet`1
System.Collections.Generic.Dictionary`2 System.IO.Path System.IO.File System.Text.Encoding
System.Threading.Mutex System.Text.StringBuilder System.DateTimeOffset System.StringSplitOptions
System.Globalization.DateTimeStyles System.Globalization.NumberStyles System.BitConverter
System.Management.Automation.ErrorCategory System.Management.Automation.ActionPreference
System.Text.RegularExpressions.RegexOptions System.EnvironmentVariableTarget
System.Security.Principal.WindowsIdentity System.Security.Principal.WindowsPrincipal
System.Security.Principal.WindowsBuiltInRole System.Security.Principal.SecurityIdentifier
System.Diagnostics.Stopwatch System.Collections.IEnumerable System.ValueType
System.Management.Automation.ScriptBlock System.Management.Automation.PSNoteProperty
System.Management.Automation.InvocationInfo System.Security.Cryptography.SHA256
Microsoft.Management.Infrastructure.CimInstance System.Security.AccessControl.FileSystemAccessRule
System.Security.AccessControl.DirectorySecurity System.Security.AccessControl.FileSecurity
System.Security.Cryptography.X509Certificates.X509Certificate2
"""


def _type_table() -> dict[str, str]:
    table: dict[str, str] = {}
    for word in _TYPES.split():
        short, _, full = word.partition("=")
        table[short] = full
        table[full.lower()] = full
    for full in (*_FULL.split(), *BASES):
        table[full.lower()] = full
    for full in list(table.values()):
        if full.startswith("System."):
            table.setdefault(full.removeprefix("System.").lower(), full)
    return table


TYPES: Final = _type_table()


def resolve_type(name: str, line: int = 0) -> TypeRef:
    """Look a type name up, with or without ``System.``, brackets for arrays and generics.

    Raises:
        Refusal: the type is not modelled.
    """
    array = name.endswith("[]")
    bare = name[:-2] if array else name
    generic, bracket, inside = bare.partition("[")
    if bracket:
        count = inside.count(",") + 1
        found = TYPES.get(f"{generic.strip().lower()}`{count}")
        if found is None:
            msg = f"type [{name}]"
            raise Refusal(msg, line)
        return TypeRef(f"{found}[{inside.rstrip(']')}]", array)
    found = TYPES.get(bare.lower()) or exception_type(bare)
    if found is None:
        msg = f"type [{name}]"
        raise Refusal(msg, line)
    return TypeRef(found, array)


def cast_error(value: object, target: str, detail: str = "") -> ScriptError:
    """Make the error of a cast that cannot be done."""
    message = f'Cannot convert value "{to_text(value)}" to type "{target}".'
    if detail:
        message += f' Error: "{detail}"'
    else:
        message = (
            f'Cannot convert the "{to_text(value)}" value of type "{type_name(value)}" '
            f'to type "{target}".'
        )
    return runtime_error(
        "InvalidCastFromStringToInteger" if detail else "ConvertToFinalInvalidCastException",
        message,
        exception="System.Management.Automation.PSInvalidCastException",
        category="InvalidArgument",
    )


def to_number(value: object, target: str = "System.Int32") -> int | float:
    """Convert to a number of any size.

    Raises:
        ScriptError: the value is no number.
    """
    if type(value) is int:
        return value
    if isinstance(value, EnumValue):
        return value.number
    if isinstance(value, (int, float)):
        return int(value) if isinstance(value, (bool, Switch)) else value
    if value is None:
        return 0
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, Char):
        return ord(value)
    if isinstance(value, str):
        number = parse_number(value)
        if number is None:
            raise cast_error(value, target, "Input string was not in a correct format.")
        return number
    if is_list(value) and isinstance(value, (list, tuple)) and len(value) == 1:
        return to_number(value[0], target)
    raise cast_error(value, target)


_RANGES: Final[dict[str, tuple[int, int, Callable[[int], int]]]] = {
    "System.Byte": (0, 2**8 - 1, Byte),
    "System.Int32": (-(2**31), 2**31 - 1, int),
    "System.Int64": (-(2**63), 2**63 - 1, Int64),
    "System.UInt32": (0, 2**32 - 1, UInt32),
    "System.UInt64": (0, 2**64 - 1, UInt64),
}


def _integer(value: object, target: str) -> int:
    low, high, make = _RANGES[target]
    if type(value) is int and low <= value <= high:
        return make(value)
    number = to_number(value, target)
    # .NET rounds halves to even when it converts, as Python does.
    whole = round(number)
    if not low <= whole <= high:
        short = target.rpartition(".")[2]
        detail = f"Value was either too large or too small for {_article(short)} {short}."
        raise cast_error(value, target, detail)
    return make(whole)


def _article(name: str) -> str:
    return "an" if name[0] in "IU" else "a"


def _date(value: object) -> datetime:
    if isinstance(value, datetime):
        return value
    if isinstance(value, int):
        return EPOCH + timedelta(microseconds=value // 10)
    found = parse_date(to_text(value)) if isinstance(value, str) else None
    if found is None:
        if isinstance(value, str):
            detail = "String was not recognized as a valid DateTime."
            raise cast_error(value, "System.DateTime", detail)
        raise cast_error(value, "System.DateTime")
    return found


def _timespan(value: object) -> timedelta:
    if isinstance(value, timedelta):
        return value
    if isinstance(value, int):
        return timedelta(microseconds=value // 10)
    found = parse_timespan(value) if isinstance(value, str) else None
    if found is None:
        raise cast_error(value, "System.TimeSpan", "String was not recognized as a valid TimeSpan.")
    return found


def _guid(value: object) -> Guid:
    found = parse_guid(value) if isinstance(value, str) else None
    if found is None:
        message = (
            "Guid should contain 32 digits with 4 dashes (xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx)."
        )
        raise cast_error(value, "System.Guid", message)
    return found


def _char(value: object) -> Char:
    if isinstance(value, int):
        if not 0 <= value < 2**16:
            detail = "Value was either too large or too small for a character."
            raise cast_error(value, "System.Char", detail)
        return Char(chr(value))
    text = to_text(value)
    if len(text) != 1:
        detail = "String must be exactly one character long."
        raise cast_error(value, "System.Char", detail)
    return Char(text)


def _decimal(value: object) -> Decimal:
    try:
        return Decimal(to_text(to_number(value, "System.Decimal")))
    except InvalidOperation:
        raise cast_error(value, "System.Decimal") from None


def _version(value: object) -> Version:
    text = to_text(value)
    if not re.fullmatch(r"\d+(\.\d+){1,3}", text):
        detail = "Version string portion was too short or too long."
        raise cast_error(value, "System.Version", detail)
    return Version(text)


def _hashtable(value: object) -> object:
    if isinstance(value, Hashtable):
        return value
    raise cast_error(value, "System.Collections.Hashtable")


def _ordered(value: object) -> object:
    if isinstance(value, Hashtable):
        return value
    raise cast_error(value, "System.Collections.Specialized.OrderedDictionary")


def custom_object(value: object) -> object:
    """Make a ``[pscustomobject]`` of a hashtable; other values stay what they are."""
    if not isinstance(value, Hashtable):
        return value
    properties: CaseDict[object] = CaseDict()
    for key in value:
        properties[to_text(key)] = value[key]
    return PSObject(CUSTOM, properties, writable=None)


def _array(value: object) -> object:
    if value is None:
        return None
    return value if isinstance(value, list) else list(value) if is_list(value) else [value]  # type: ignore[call-overload]


def _exception(value: object) -> object:
    if isinstance(value, NetException):
        return value
    if isinstance(value, str):
        return NetException("System.Exception", value)
    raise cast_error(value, "System.Exception")


def _script_block(value: object) -> object:
    if isinstance(value, ScriptBlock):
        return value
    raise cast_error(value, "System.Management.Automation.ScriptBlock")


def _same(value: object) -> object:
    return value


def _double(value: object) -> float:
    return float(to_number(value, "System.Double"))


def _regex(value: object) -> str:
    return to_text(value)


_CASTS: Final[dict[str, Callable[[object], object]]] = {
    "System.String": to_text,
    "System.Char": _char,
    "System.Boolean": to_bool,
    "System.Double": _double,
    "System.Decimal": _decimal,
    "System.DateTime": _date,
    "System.TimeSpan": _timespan,
    "System.Guid": _guid,
    "System.Version": _version,
    "System.Object": _same,
    "System.Array": _array,
    "System.Exception": _exception,
    "System.Collections.Hashtable": _hashtable,
    "System.Collections.IDictionary": _hashtable,
    "System.Collections.Specialized.OrderedDictionary": _ordered,
    "System.Management.Automation.SwitchParameter": lambda value: Switch(to_bool(value)),
    CUSTOM: custom_object,
    "System.Management.Automation.PSObject": custom_object,
    "System.Management.Automation.ScriptBlock": _script_block,
    "System.Text.RegularExpressions.Regex": _regex,
    "System.Collections.IEnumerable": _array,
}


def _collect(value: object, target: TypeRef) -> object:
    if target.name == "System.Byte" and isinstance(value, bytes):
        return value
    items = list(value) if isinstance(value, (list, tuple, bytes)) else [value]
    if target.name == "System.Object" and isinstance(value, list):
        return value
    convert = _element_caster(target.name)
    return [convert(item) for item in items]


@lru_cache(maxsize=256)
def _element_caster(name: str) -> Callable[[object], object]:
    return caster(TypeRef(name))


def caster(target: TypeRef) -> Callable[[object], object]:
    """Return what converts to a type, looked up once."""
    known = _CASTS.get(target.name)
    if known is not None and not target.array:
        return known
    return lambda value: cast(value, target)


def cast(value: object, target: TypeRef) -> object:
    """Convert a value to a type.

    Raises:
        ScriptError: the value does not convert.
        Refusal: the lab does not know how.
    """
    name = target.name
    if target.array:
        return None if value is None else _collect(value, target)
    if name in _RANGES:
        return _integer(value, name)
    known = _CASTS.get(name)
    if known is not None:
        return known(value)
    if type_name(value) == name or (
        isinstance(value, PSObject) and value.type_name.partition("#")[0] == name
    ):
        return value
    if name == "System.Management.Automation.ErrorRecord" and isinstance(value, ErrorRecord):
        return value
    if value is None:
        return None
    return _cast_rarely(value, target)


def _cast_rarely(value: object, target: TypeRef) -> object:
    name = target.name
    if name.startswith("System.Collections.") and "`1" in name:
        made = GenericList(value if isinstance(value, list) else [value])
        made.element = name.partition("[")[2].rstrip("]")
        return made
    if name == "System.Collections.ArrayList":
        grown = GenericList(value if isinstance(value, list) else [value])
        grown.type_name = name
        return grown
    if name in BASES and isinstance(value, str):
        return NetException(name, value)
    msg = f"cast to [{target}]"
    raise Refusal(msg)
