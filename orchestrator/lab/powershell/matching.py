"""Text operators: ``-like -match -replace -split -join -f -is``.

Regular expressions are .NET's, translated where they differ from Python's; what has no
translation is refused.
"""

from __future__ import annotations

import fnmatch
import re
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING

from orchestrator.lab.powershell.convert import to_number
from orchestrator.lab.powershell.netformat import format_value
from orchestrator.lab.powershell.objects import (
    GenericList,
    Hashtable,
    NetException,
    ScriptBlock,
    TypeRef,
)
from orchestrator.lab.powershell.signals import BASES, is_exception, runtime_error
from orchestrator.lab.powershell.text import CUSTOM, to_text, type_name
from orchestrator.lab.powershell.values import PSObject, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

_OPTIONS = 2
_NAMED = re.compile(r"\(\?<([A-Za-z_]\w*)>|\(\?'([A-Za-z_]\w*)'")


@lru_cache(maxsize=512)
def regex(pattern: str, *, case: bool) -> re.Pattern[str]:
    """Compile a .NET regular expression.

    Raises:
        ScriptError: it is no regular expression.
        Refusal: it uses what Python's has no equivalent for.
    """
    if re.search(r"\(\?<\w+-\w+>|\\p\{|\\G|\[[^\]]*-\[", pattern):
        msg = f"regular expression {pattern!r}"
        raise Refusal(msg)
    text = _NAMED.sub(lambda match: f"(?P<{match[1] or match[2]}>", pattern)
    text = re.sub(r"\\k<(\w+)>", r"(?P=\1)", text).replace(r"\z", r"\Z") if "\\" in text else text
    if text.endswith("$") and not text.endswith(r"\$"):
        text = text[:-1] + r"(?=\n?\Z)"
    try:
        return re.compile(text, 0 if case else re.IGNORECASE)
    except re.error as error:
        msg_0 = "InvalidRegularExpression"
        raise runtime_error(
            msg_0,
            f'parsing "{pattern}" - {error}.',
            exception="System.ArgumentException",
        ) from error


@lru_cache(maxsize=512)
def wildcard(pattern: str, *, case: bool) -> re.Pattern[str]:
    """Compile a wildcard pattern: ``* ? [a-z]``, the backtick escapes."""
    out, index = [], 0
    while index < len(pattern):
        mark = pattern[index]
        if mark == "`" and index + 1 < len(pattern):
            index += 1
            out.append(re.escape(pattern[index]))
        elif mark == "*":
            out.append(".*")
        elif mark == "?":
            out.append(".")
        elif mark == "[" and "]" in pattern[index + 2 :]:
            end = pattern.index("]", index + 2)
            out.append(fnmatch.translate(pattern[index : end + 1])[4:-3])
            index = end
        else:
            out.append(re.escape(mark))
        index += 1
    return re.compile("".join(out) + r"\Z", re.DOTALL | (0 if case else re.IGNORECASE))


def like(value: object, pattern: object, *, case: bool = False) -> bool:
    """Tell whether text matches a wildcard pattern."""
    return wildcard(to_text(pattern), case=case).match(to_text(value)) is not None


def match_groups(match: re.Match[str]) -> Hashtable:
    """Return what ``$Matches`` holds after a match."""
    table = Hashtable()
    for number, text in enumerate((match[0], *match.groups())):
        if text is not None:
            table[number] = text
    for name, text in match.groupdict().items():
        if text is not None:
            table[name] = text
            del table[match.re.groupindex[name]]
    return table


def replacement(text: str) -> Callable[[re.Match[str]], str]:
    """Read a .NET replacement text: ``$1 ${name} $& $$``."""
    token = re.compile(r"\$(?:(\d+)|\{(\w+)\}|(&)|(\$))")

    def expand(match: re.Match[str]) -> str:
        def one(found: re.Match[str]) -> str:
            digits, name, whole, dollar = found.groups()
            if whole:
                return match[0]
            if dollar:
                return "$"
            key: str | int = int(digits) if digits else name
            if isinstance(key, str) and key.isdigit():
                key = int(key)
            try:
                return match[key] or ""
            except (IndexError, KeyError):
                return found[0]

        return token.sub(one, text)

    return expand


def _each(value: object, act: Callable[[str], object]) -> object:
    if isinstance(value, list):
        return [act(to_text(item)) for item in value]
    return act(to_text(value))


def replace(value: object, right: object, *, case: bool) -> object:
    """Return ``value -replace pattern, text``."""
    parts = right if isinstance(right, list) else [right]
    pattern = regex(to_text(parts[0]), case=case)
    if len(parts) > 1 and isinstance(parts[1], ScriptBlock):
        msg = "a script block for -replace"
        raise Refusal(msg)
    expand = replacement(to_text(parts[1]) if len(parts) > 1 else "")
    return _each(value, lambda text: pattern.sub(expand, text))


def split(value: object, right: object, *, case: bool) -> list[object]:
    """Return ``value -split pattern, limit, options``."""
    parts = right if isinstance(right, list) else [right]
    limit = round(to_number(parts[1])) if len(parts) > 1 else 0
    simple = len(parts) > _OPTIONS and "simplematch" in to_text(parts[2]).lower()
    text = to_text(parts[0])
    pattern = regex(re.escape(text) if simple else text, case=case)
    found: list[object] = []
    for item in value if isinstance(value, list) else [value]:
        found += [piece or "" for piece in pattern.split(to_text(item), max(0, limit - 1))]
    return found


def split_blanks(value: object) -> list[object]:
    """Return ``-split value``."""
    found: list[object] = []
    for item in value if isinstance(value, list) else [value]:
        found += to_text(item).split()
    return found


def join(value: object, separator: object = "") -> str:
    """Return ``value -join separator``."""
    items = value if isinstance(value, (list, bytes)) else [value]
    return to_text(separator).join([to_text(item) for item in items])


_ITEM = re.compile(r"\{\{|\}\}|\{(\d+)(?:,(-?\d+))?(?::([^}]*))?\}|\{|\}")


def format_text(template: object, right: object, culture: str = "") -> str:
    """Return ``template -f values``, with numbers in a culture.

    Raises:
        ScriptError: the template is malformed or names a value that is not there.
    """
    values = right if isinstance(right, list) else [right]

    def one(found: re.Match[str]) -> str:
        if found[0] in ("{{", "}}"):
            return found[0][0]
        if found[1] is None or int(found[1]) >= len(values):
            raise runtime_error(
                error_id="FormatError",
                message="Error formatting a string: "
                + (
                    "Input string was not in a correct format.."
                    if found[1] is None
                    else "Index (zero based) must be greater than or equal to zero and less than "
                    "the size of the argument list.."
                ),
            )
        text = format_value(values[int(found[1])], found[3] or "", culture)
        width = int(found[2] or 0)
        return text.ljust(-width) if width < 0 else text.rjust(width)

    return _ITEM.sub(one, to_text(template))


_INTERFACES = {
    "System.Collections.IDictionary": (Hashtable,),
    "System.Collections.IEnumerable": (list, str, Hashtable, bytes),
    "System.ValueType": (int, float, datetime),
    "System.Array": (list, bytes),
    "System.Collections.Hashtable": (Hashtable,),
}


def is_type(value: object, target: object) -> bool:
    """Return ``value -is [type]``."""
    if not isinstance(target, TypeRef):
        msg = "-is with something that is not a type literal"
        raise Refusal(msg)
    if value is None:
        return False
    if target.array:
        return _is_array(value, target.name)
    return target.name == "System.Object" or _is_scalar(value, target.name)


def _is_array(value: object, wanted: str) -> bool:
    if isinstance(value, bytes):
        return wanted == "System.Byte"
    # an array's element type is not kept: an array of text is Object[] and String[] alike
    return type(value) is list and (
        wanted == "System.Object" or all(type_name(item) == wanted for item in value)
    )


def _is_scalar(value: object, wanted: str) -> bool:
    name = type_name(value)
    if isinstance(value, NetException):
        return is_exception(name, wanted)
    if wanted in BASES:
        return False
    if isinstance(value, Hashtable) and wanted == "System.Collections.Hashtable":
        return not value.ordered
    if wanted in _INTERFACES:
        return isinstance(value, _INTERFACES[wanted]) and not isinstance(value, GenericList)
    if wanted in ("System.Management.Automation.PSObject", CUSTOM):
        return isinstance(value, PSObject)
    return wanted in (name, name.partition("#")[0])
