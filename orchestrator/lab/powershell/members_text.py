"""Methods of ``System.String``. Source: the .NET Framework 4.8 reference."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.lab.powershell.convert import to_number
from orchestrator.lab.powershell.objects import Char
from orchestrator.lab.powershell.text import to_text
from orchestrator.lab.powershell.values import MethodFailure, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

_RANGE = "System.ArgumentOutOfRangeException"


def _ignores_case(comparison: object) -> bool:
    return comparison is not None and "ignorecase" in to_text(comparison).lower()


def _find(text: str, what: object, comparison: object, *, last: bool = False) -> int:
    if isinstance(comparison, int) and not isinstance(comparison, bool):
        return text.find(to_text(what), comparison)
    wanted = to_text(what)
    if _ignores_case(comparison):
        text, wanted = text.lower(), wanted.lower()
    return text.rfind(wanted) if last else text.find(wanted)


def _starts(text: str, what: object, comparison: object = None) -> bool:
    wanted = to_text(what)
    if _ignores_case(comparison):
        return text.lower().startswith(wanted.lower())
    return text.startswith(wanted)


def _ends(text: str, what: object, comparison: object = None) -> bool:
    wanted = to_text(what)
    if _ignores_case(comparison):
        return text.lower().endswith(wanted.lower())
    return text.endswith(wanted)


def _equals(text: str, what: object, comparison: object = None) -> bool:
    if not isinstance(what, str):
        return False
    return text.lower() == what.lower() if _ignores_case(comparison) else text == what


def _substring(text: str, start: object, length: object = None) -> str:
    first = round(to_number(start))
    count = len(text) - first if length is None else round(to_number(length))
    if first < 0 or first > len(text):
        msg = "startIndex cannot be larger than length of string.\r\nParameter name: startIndex"
        raise MethodFailure(msg, exception=_RANGE)
    if count < 0 or first + count > len(text):
        msg = (
            "Index and length must refer to a location within the string.\r\nParameter name: length"
        )
        raise MethodFailure(msg, exception=_RANGE)
    return text[first : first + count]


def _characters(arguments: tuple[object, ...]) -> str:
    out = []
    for item in arguments:
        out += [to_text(one) for one in item] if isinstance(item, list) else [to_text(item)]
    return "".join(out)


def _split(text: str, *arguments: object) -> list[object]:
    """Split at any of the given characters, as .NET Framework does even for longer text."""
    remove = any("removeemptyentries" in to_text(item).lower() for item in arguments)
    separators = [item for item in arguments if "entries" not in to_text(item).lower()]
    separators = [item for item in separators if to_text(item) != "None"]
    marks = _characters(tuple(item for item in separators if not isinstance(item, int)))
    if any(isinstance(item, int) for item in separators):
        msg = "String.Split with a count"
        raise Refusal(msg)
    pieces: list[str] = [""]
    for mark in text:
        if mark in marks or (not marks and mark.isspace()):
            pieces.append("")
        else:
            pieces[-1] += mark
    return [piece for piece in pieces if piece or not remove]


def _pad(text: str, width: object, fill: object, *, left: bool) -> str:
    mark = to_text(fill) if fill is not None else " "
    count = round(to_number(width))
    return text.rjust(count, mark) if left else text.ljust(count, mark)


def _remove(text: str, start: object, count: object = None) -> str:
    first = round(to_number(start))
    if not 0 <= first <= len(text):
        msg = "startIndex must be less than length of string.\r\nParameter name: startIndex"
        raise MethodFailure(msg, exception=_RANGE)
    return text[:first] + ("" if count is None else text[first + round(to_number(count)) :])


def _insert(text: str, start: object, what: object) -> str:
    first = round(to_number(start))
    return text[:first] + to_text(what) + text[first:]


TEXT_METHODS: dict[str, Callable[..., object]] = {
    "contains": lambda text, what: to_text(what) in text,
    "startswith": _starts,
    "endswith": _ends,
    "equals": _equals,
    "indexof": lambda text, what, comparison=None: _find(text, what, comparison),
    "lastindexof": lambda text, what, comparison=None: _find(text, what, comparison, last=True),
    "insert": _insert,
    "padleft": lambda text, width, fill=None: _pad(text, width, fill, left=True),
    "padright": lambda text, width, fill=None: _pad(text, width, fill, left=False),
    "remove": _remove,
    "replace": lambda text, old, new: text.replace(to_text(old), to_text(new)),
    "split": _split,
    "substring": _substring,
    "tochararray": lambda text: [Char(mark) for mark in text],
    "tolower": lambda text: text.lower(),
    "tolowerinvariant": lambda text: text.lower(),
    "toupper": lambda text: text.upper(),
    "toupperinvariant": lambda text: text.upper(),
    "trim": lambda text, *marks: text.strip(_characters(marks) or None),
    "trimend": lambda text, *marks: text.rstrip(_characters(marks) or None),
    "trimstart": lambda text, *marks: text.lstrip(_characters(marks) or None),
}
