"""When work on devices is allowed: ``Mon-Fri 18:00-06:00 Europe/Berlin``.

- A window belongs to the day on which it opens; one that closes the next morning is one window.
- Times are wall-clock times of its zone. When clocks go forward, an opening time that does not
  exist opens at the first moment after the gap; when they go back, an hour that comes twice is
  in the window both times.
- Several windows, separated by ``;``, are open when any of them is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Self
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from orchestrator.errors import InvalidInput

_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_DAYS = {name: day for day, full in enumerate(_NAMES) for name in (full, full[:3])}
_FORM = re.compile(
    r"(?P<days>[A-Za-z,\-]+)\s+(?P<from>\d{1,2}:\d{2})-(?P<to>\d{1,2}:\d{2})(?:\s+(?P<zone>\S+))?"
)
_HINT = "write Mon-Fri 18:00-06:00 Europe/Berlin"


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """One weekly window.

    Attributes:
        days: weekdays on which it opens; 0 is Monday.
        opens, closes: wall-clock times; equal times mean the whole day.
        zone: an IANA name.
    """

    days: frozenset[int]
    opens: time
    closes: time
    zone: str

    @classmethod
    def parse(cls, text: str, *, where: str = "") -> Self:
        """Read one window.

        Raises:
            InvalidInput: not a window, an unknown day, time or zone.
        """
        match = _FORM.fullmatch(text.strip())
        if match is None:
            msg = f"{text.strip()!r} is not a window"
            raise InvalidInput(msg, where=where, hint=_HINT)
        zone = match["zone"] or "UTC"
        try:
            ZoneInfo(zone)
        except (ZoneInfoNotFoundError, ValueError):
            msg = f"there is no time zone {zone!r}"
            raise InvalidInput(
                msg, where=where, hint="an IANA name such as Europe/Berlin"
            ) from None
        return cls(
            days=_days(match["days"], where),
            opens=_time(match["from"], where),
            closes=_time(match["to"], where),
            zone=zone,
        )

    def is_open(self, at: datetime) -> bool:
        """Tell whether the window is open at an aware time."""
        local = at.astimezone(ZoneInfo(self.zone))
        now = local.time().replace(tzinfo=None)
        today, yesterday = local.weekday(), (local.weekday() - 1) % 7
        if self.opens < self.closes:
            return today in self.days and self.opens <= now < self.closes
        after_opening = today in self.days and now >= self.opens
        return after_opening or (yesterday in self.days and now < self.closes)

    def opened(self, at: datetime) -> datetime:
        """Return the moment at which the window, open at an aware time, was opened, in UTC."""
        zone = ZoneInfo(self.zone)
        day = at.astimezone(zone).date()
        for back in range(3):
            opening = datetime.combine(day - timedelta(days=back), self.opens, zone)
            if opening.weekday() in self.days and opening <= at:
                return opening.astimezone(UTC)
        return at  # in the gap of a clock that goes forward

    def next_closing(self, at: datetime) -> datetime:
        """Return the moment at which the window, open at an aware time, closes next, in UTC."""
        found = self._next(at, self.closes, 3, is_open=False)
        return found or at + timedelta(days=1)  # open round the clock for as long as one looks

    def next_opening(self, at: datetime) -> datetime:
        """Return `at` when it is open, else the next moment at which it opens, in UTC."""
        if self.is_open(at):
            return at
        found = self._next(at, self.opens, 16, is_open=True)
        if found is None:
            raise AssertionError  # it opens each week, but for one week in a year at most
        return found

    def _next(self, at: datetime, when: time, days: int, *, is_open: bool) -> datetime | None:
        """Return the first moment behind `at` at which it opens or closes, in UTC.

        That is a time of day, at both its comings, or the moment at which the clock was changed.
        """
        zone = ZoneInfo(self.zone)
        first = at.astimezone(zone).date()
        for ahead in range(days):
            day = first + timedelta(days=ahead)
            twice = (datetime.combine(day, when, zone).replace(fold=fold) for fold in (0, 1))
            moments = {*(each.astimezone(UTC) for each in twice), *_clock_changes(self.zone, day)}
            for moment in sorted(moments):
                if moment > at and self.is_open(moment) is is_open:
                    return moment
        return None


@lru_cache(maxsize=1024)
def _clock_changes(zone: str, day: date) -> tuple[datetime, ...]:
    """Return the moment of a day, in UTC, from which its clocks show another offset, if any."""
    where = ZoneInfo(zone)
    start, end = (
        datetime.combine(day + timedelta(days=step), time.min, where).astimezone(UTC)
        for step in (0, 1)
    )
    offset = start.astimezone(where).utcoffset()
    if end.astimezone(where).utcoffset() == offset:
        return ()
    while end - start > timedelta(seconds=1):
        middle = (start + (end - start) / 2).replace(microsecond=0)
        if middle.astimezone(where).utcoffset() == offset:
            start = middle
        else:
            end = middle
    return (end,)


def parse_windows(text: str, *, where: str = "") -> tuple[Window, ...]:
    """Read windows separated by ``;``; an empty text is no window: always allowed.

    Raises:
        InvalidInput: one of them cannot be read.
    """
    return tuple(Window.parse(part, where=where) for part in text.split(";") if part.strip())


def next_opening(windows: tuple[Window, ...], at: datetime) -> datetime:
    """Return `at` when any window is open or there is none, else the next opening."""
    if not windows:
        return at
    return min(window.next_opening(at) for window in windows)


def next_span(windows: tuple[Window, ...], at: datetime) -> tuple[datetime, datetime]:
    """Return from when until when work is allowed: the span that is open, else the next one.

    A span that is open round the clock ends where one has to look again, a day or more later.

    Args:
        windows: at least one.
        at: an aware time.
    """
    start = next_opening(windows, at)
    end = start
    for _ in range(len(windows) * 8):
        open_ = [window for window in windows if window.is_open(end)]
        if not open_:
            break
        end = max(window.next_closing(end) for window in open_)
    return start, end


def _days(text: str, where: str) -> frozenset[int]:
    days: set[int] = set()
    for part in text.lower().split(","):
        if part == "daily":
            days |= set(range(7))
            continue
        first, dash, last = part.partition("-")
        if first not in _DAYS or (dash and last not in _DAYS):
            msg = f"{part!r} is not a day"
            raise InvalidInput(msg, where=where, hint="Mon, Tue, Wed, Thu, Fri, Sat, Sun, daily")
        start = _DAYS[first]
        length = (_DAYS[last] - start) % 7 if dash else 0
        days |= {(start + step) % 7 for step in range(length + 1)}
    return frozenset(days)


def _time(text: str, where: str) -> time:
    hour, _, minute = text.partition(":")
    try:
        return time(int(hour) % 24 if hour == "24" else int(hour), int(minute))
    except ValueError:
        msg = f"{text!r} is not a time of day"
        raise InvalidInput(msg, where=where, hint=_HINT) from None
