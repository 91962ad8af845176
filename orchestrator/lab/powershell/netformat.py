"""Format strings of .NET for numbers and dates.

Source: Microsoft, "Standard numeric format strings", "Custom date and time format strings".
Numbers are written in the session's culture, as ``-f`` and ``ToString()`` do: a German Windows
writes 1,5. Dates are written in the invariant culture. A format that is not listed is refused.
"""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from orchestrator.lab.powershell.objects import EnumValue, Guid
from orchestrator.lab.powershell.text import timespan_text, to_text
from orchestrator.lab.powershell.values import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

_NOON = 12
# What stands in a number for the invariant culture's marks.
_MARKS = {"": {}, "en-US": {}, "de-DE": str.maketrans(".,", ",.")}
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_TOKEN = re.compile(
    r"'[^']*'|\"[^\"]*\"|\\.|y+|M+|d+|H+|h+|m+|s+|f+|F+|t+|z+|K|%.|.",
    re.DOTALL,
)
_STANDARD = {
    "o": "yyyy-MM-ddTHH:mm:ss.fffffffK",
    "O": "yyyy-MM-ddTHH:mm:ss.fffffffK",
    "s": "yyyy-MM-ddTHH:mm:ss",
    "u": "yyyy-MM-dd HH:mm:ssZ",
    "d": "MM/dd/yyyy",
    "t": "HH:mm",
    "T": "HH:mm:ss",
    "g": "MM/dd/yyyy HH:mm",
    "G": "MM/dd/yyyy HH:mm:ss",
    "D": "dddd, dd MMMM yyyy",
    "f": "dddd, dd MMMM yyyy HH:mm",
    "F": "dddd, dd MMMM yyyy HH:mm:ss",
    "r": "ddd, dd MMM yyyy HH:mm:ss 'GMT'",
    "R": "ddd, dd MMM yyyy HH:mm:ss 'GMT'",
}
_PARTS: dict[str, Callable[[datetime], str]] = {
    "yyyy": lambda at: f"{at.year:04d}",
    "yy": lambda at: f"{at.year % 100:02d}",
    "MMMM": lambda at: _MONTHS[at.month - 1],
    "MMM": lambda at: _MONTHS[at.month - 1][:3],
    "MM": lambda at: f"{at.month:02d}",
    "M": lambda at: str(at.month),
    "dddd": lambda at: _DAYS[at.weekday()],
    "ddd": lambda at: _DAYS[at.weekday()][:3],
    "dd": lambda at: f"{at.day:02d}",
    "d": lambda at: str(at.day),
    "HH": lambda at: f"{at.hour:02d}",
    "H": lambda at: str(at.hour),
    "hh": lambda at: f"{(at.hour + 11) % 12 + 1:02d}",
    "h": lambda at: str((at.hour + 11) % 12 + 1),
    "mm": lambda at: f"{at.minute:02d}",
    "m": lambda at: str(at.minute),
    "ss": lambda at: f"{at.second:02d}",
    "s": lambda at: str(at.second),
    "tt": lambda at: "AM" if at.hour < _NOON else "PM",
    "K": lambda _: "Z",
    "zzz": lambda _: "+00:00",
}


def format_date(at: datetime, pattern: str) -> str:
    """Write a date by a standard or custom format."""
    if pattern == "s":
        return at.replace(microsecond=0, tzinfo=None).isoformat()
    pattern = _STANDARD.get(pattern, pattern)
    out = []
    for token in _TOKEN.findall(pattern):
        if token in _PARTS:
            out.append(_PARTS[token](at))
        elif token[0] == "f":
            out.append(f"{at.microsecond:06d}0"[: len(token)])
        elif token[0] == "F":
            out.append(f"{at.microsecond:06d}0"[: len(token)].rstrip("0"))
        elif token[0] in "'\"":
            out.append(token[1:-1])
        elif token[0] == "\\":
            out.append(token[1])
        elif token[0] == "%":
            out.append(format_date(at, token[1:] + "''"))
        elif token[0].isalpha() and token[0] in "yMdHhmstzKg":
            msg = f"date format {pattern!r}"
            raise Refusal(msg)
        else:
            out.append(token)
    return "".join(out)


def _standard_number(value: float | Decimal, code: str, digits: str) -> str | None:
    places = int(digits) if digits else 2
    lower = code.lower()
    if lower in "dx" and isinstance(value, int):
        width = int(digits or 0)
        if lower == "d":
            return f"{'-' if value < 0 else ''}{abs(value):0{width}d}"
        # negative numbers show their two's complement in 8 or 16 digits
        wide = value if value >= 0 else value + (2**32 if value >= -(2**31) else 2**64)
        text = f"{wide:0{width}x}"
        return text.upper() if code == "X" else text
    if lower == "n":
        return f"{value:,.{places}f}"
    if lower == "f":
        return f"{value:.{places}f}"
    if lower == "p":
        return f"{value * 100:,.{places}f} %"
    return None


def _custom_number(value: float | Decimal, pattern: str) -> str:
    if not re.fullmatch(r"[#,]*0*(?:\.[0#]*)?", pattern):
        msg = f"number format {pattern!r}"
        raise Refusal(msg)
    whole, _, fraction = pattern.partition(".")
    text = f"{abs(value):{',' if ',' in whole else ''}.{len(fraction)}f}"
    head, _, tail = text.partition(".")
    required = fraction.count("0")
    tail = tail[:required] + tail[required:].rstrip("0")
    head = head.rjust(whole.count("0"), "0")
    sign = "-" if value < 0 else ""
    return sign + head + (f".{tail}" if tail else "")


def format_number(value: float | Decimal, pattern: str) -> str:
    """Write a number by a standard or custom format."""
    match = re.fullmatch(r"([A-Za-z])(\d*)", pattern)
    if match:
        text = _standard_number(value, match[1], match[2])
        if text is None:
            msg = f"number format {pattern!r}"
            raise Refusal(msg)
        return text
    return _custom_number(value, pattern)


def format_guid(value: str, pattern: str) -> str:
    """Write a GUID by its format letter."""
    forms = {
        "": value,
        "d": value,
        "b": "{" + value + "}",
        "n": value.replace("-", ""),
        "p": f"({value})",
    }
    if pattern.lower() not in forms:
        msg = f"guid format {pattern!r}"
        raise Refusal(msg)
    return forms[pattern.lower()]


def format_value(value: object, pattern: str, culture: str = "") -> str:
    """Write any value by a format, as ``ToString(format)`` and ``-f`` do.

    Args:
        value: what is written.
        pattern: the format; empty for the usual one.
        culture: name of the culture for numbers; empty is the invariant one.

    Raises:
        Refusal: the format or the culture is not modelled.
    """
    if isinstance(value, (int, float, Decimal)) and not isinstance(value, (bool, EnumValue)):
        if culture not in _MARKS:
            msg = f"numbers in the culture {culture}"
            raise Refusal(msg)
        text = format_number(value, pattern) if pattern else to_text(value)
        return text.translate(_MARKS[culture])
    if not pattern:
        return to_text(value)
    if isinstance(value, datetime):
        return format_date(value, pattern)
    if isinstance(value, Guid):
        return format_guid(str(value), pattern)
    if isinstance(value, EnumValue):
        return str(value.number) if pattern.lower() == "d" else str(value)
    if isinstance(value, (bool, str)):
        return to_text(value)
    if isinstance(value, timedelta):
        return _format_timespan(value, pattern)
    return to_text(value)


def _format_timespan(value: timedelta, pattern: str) -> str:
    if pattern in ("c", "g", "G"):
        return timespan_text(value)
    parts = {
        "hh": f"{value.seconds // 3600:02d}",
        "mm": f"{value.seconds // 60 % 60:02d}",
        "ss": f"{value.seconds % 60:02d}",
        "dd": f"{value.days:02d}",
    }
    out = []
    for token in _TOKEN.findall(pattern):
        if token in parts:
            out.append(parts[token])
        elif token[0] == "\\":
            out.append(token[1])
        elif token[0] == "f":
            out.append(f"{value.microseconds:06d}0"[: len(token)])
        else:
            msg = f"time span format {pattern!r}"
            raise Refusal(msg)
    return "".join(out)
