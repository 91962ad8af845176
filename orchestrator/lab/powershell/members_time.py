"""Members of ``DateTime`` and ``TimeSpan``. Source: the .NET Framework 4.8 reference.

The lab's time zone is UTC, so local and universal time are the same.
"""

from __future__ import annotations

import calendar
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from orchestrator.lab.powershell.convert import cast, to_number
from orchestrator.lab.powershell.netformat import format_date, format_value
from orchestrator.lab.powershell.objects import EnumValue, Int64, TypeRef
from orchestrator.lab.powershell.operators import compare
from orchestrator.lab.powershell.parsing import EPOCH
from orchestrator.lab.powershell.text import timespan_text, to_text
from orchestrator.lab.powershell.values import MethodFailure

if TYPE_CHECKING:
    from collections.abc import Callable

_DAY_NAMES = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"]
_EPOCH_FILE = datetime(1601, 1, 1, tzinfo=EPOCH.tzinfo)


def ticks(span: timedelta) -> Int64:
    """Return a span in units of 100 ns."""
    return Int64((span.days * 86400 + span.seconds) * 10_000_000 + span.microseconds * 10)


def _day(at: datetime) -> EnumValue:
    number = (at.weekday() + 1) % 7
    return EnumValue(_DAY_NAMES[number], "System.DayOfWeek", number)


def _moved(at: datetime, unit: str, amount: object) -> datetime:
    try:
        return at + timedelta(**{unit: float(to_number(amount))})
    except OverflowError as error:
        msg = "The added or subtracted value results in an un-representable DateTime."
        raise MethodFailure(msg, exception="System.ArgumentOutOfRangeException") from error


def _months(at: datetime, amount: object) -> datetime:
    index = at.year * 12 + at.month - 1 + round(to_number(amount))
    year, month = divmod(index, 12)
    day = min(at.day, calendar.monthrange(year, month + 1)[1])
    return at.replace(year=year, month=month + 1, day=day)


def _subtract(at: datetime, other: object) -> object:
    if isinstance(other, (datetime, timedelta)):
        return at - other
    return at - cast(other, TypeRef("System.DateTime"))  # type: ignore[operator]


DATE_PROPERTIES: dict[str, Callable[[datetime], object]] = {
    "year": lambda at: at.year,
    "month": lambda at: at.month,
    "day": lambda at: at.day,
    "hour": lambda at: at.hour,
    "minute": lambda at: at.minute,
    "second": lambda at: at.second,
    "millisecond": lambda at: at.microsecond // 1000,
    "dayofyear": lambda at: at.timetuple().tm_yday,
    "dayofweek": _day,
    "date": lambda at: at.replace(hour=0, minute=0, second=0, microsecond=0),
    "timeofday": lambda at: at - at.replace(hour=0, minute=0, second=0, microsecond=0),
    "ticks": lambda at: ticks(at - EPOCH),
    "kind": lambda _: EnumValue("Utc", "System.DateTimeKind", 1),
}
DATE_METHODS: dict[str, Callable[..., object]] = {
    "adddays": lambda at, amount: _moved(at, "days", amount),
    "addhours": lambda at, amount: _moved(at, "hours", amount),
    "addminutes": lambda at, amount: _moved(at, "minutes", amount),
    "addseconds": lambda at, amount: _moved(at, "seconds", amount),
    "addmilliseconds": lambda at, amount: _moved(at, "milliseconds", amount),
    "addmonths": _months,
    "addyears": lambda at, amount: _months(at, 12 * to_number(amount)),
    "add": lambda at, span: at + cast(span, TypeRef("System.TimeSpan")),
    "subtract": _subtract,
    "touniversaltime": lambda at: at,
    "tolocaltime": lambda at: at,
    "tofiletime": lambda at: ticks(at - _EPOCH_FILE),
    "tofiletimeutc": lambda at: ticks(at - _EPOCH_FILE),
    "toshortdatestring": lambda at: format_date(at, "d"),
    "tostring": lambda at, pattern="", _culture=None: format_value(at, to_text(pattern)),
    "compareto": compare,
}


def file_time(number: object) -> datetime:
    """Return the date of a Windows file time.

    Raises:
        MethodFailure: it is negative or too large.
    """
    try:
        return _EPOCH_FILE + timedelta(microseconds=round(to_number(number)) // 10)
    except OverflowError as error:
        msg = "Not a valid Win32 FileTime.\r\nParameter name: fileTime"
        raise MethodFailure(msg, exception="System.ArgumentOutOfRangeException") from error


SPAN_PROPERTIES: dict[str, Callable[[timedelta], object]] = {
    "days": lambda span: int(span / timedelta(days=1)),
    "hours": lambda span: int(abs(span).seconds // 3600) * (1 if span >= timedelta(0) else -1),
    "minutes": lambda span: (abs(span).seconds // 60 % 60) * (1 if span >= timedelta(0) else -1),
    "seconds": lambda span: (abs(span).seconds % 60) * (1 if span >= timedelta(0) else -1),
    "milliseconds": lambda span: abs(span).microseconds // 1000,
    "ticks": ticks,
    "totaldays": lambda span: span / timedelta(days=1),
    "totalhours": lambda span: span / timedelta(hours=1),
    "totalminutes": lambda span: span / timedelta(minutes=1),
    "totalseconds": lambda span: span.total_seconds(),
    "totalmilliseconds": lambda span: span / timedelta(milliseconds=1),
}
SPAN_METHODS: dict[str, Callable[..., object]] = {
    "add": lambda span, other: span + other,
    "subtract": lambda span, other: span - other,
    "negate": lambda span: -span,
    "duration": abs,
    "tostring": lambda span, pattern="": (
        format_value(span, to_text(pattern)) if pattern else timespan_text(span)
    ),
}
