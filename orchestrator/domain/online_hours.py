"""In which hours of the week a PC was seen, and when it is worth looking for it again.

- One bit an hour of the week, Monday 00:00 UTC first: 168 bits, 21 bytes a PC.
- Bits are kept in generations of four whole weeks. The newest two are read together, so a habit
  is forgotten after eight weeks at the latest and no bit is ever cleared.
- A time that is proposed lies within a learned hour, at a place in it that comes from the run:
  laptops that all come at eight are not all called at eight.
- What was learned moves a look to where it may find somebody: a PC whose hours are wrong is
  looked for once a day all the same.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self

HOURS = 168
"""Hours of a week, and bits of an `OnlineHours`."""

SIZE = HOURS // 8
"""Bytes of its packed form."""

_HOUR = timedelta(hours=1)
_EPOCH = datetime(2024, 1, 1, tzinfo=UTC)  # a Monday
_GENERATION = timedelta(weeks=4)
_AT_LATEST = timedelta(hours=24)


def slot(at: datetime) -> int:
    """Return the hour of the week of an aware time: 0 is Monday 00:00 to 01:00 UTC."""
    return int((at - _EPOCH) // _HOUR) % HOURS


def generation(at: datetime) -> int:
    """Return the number of the four weeks in which a time lies."""
    return int((at - _EPOCH) // _GENERATION)


@dataclass(frozen=True, slots=True)
class OnlineHours:
    """The hours of the week in which a PC was seen.

    Attributes:
        bits: bit ``n`` stands for hour `n` of the week.
    """

    bits: int = 0

    @classmethod
    def unpack(cls, *packed: bytes) -> Self:
        """Return the hours that any of the packed forms names.

        A packed form is what Redis' SETBIT makes: the highest bit of the first byte is hour 0;
        bytes that were never written are missing.
        """
        bits = 0
        for each in packed:
            for hour in range(min(len(each) * 8, HOURS)):
                if each[hour // 8] & (0x80 >> hour % 8):
                    bits |= 1 << hour
        return cls(bits)

    def seen(self, at: datetime) -> OnlineHours:
        """Return the hours with that of a time added."""
        return OnlineHours(self.bits | 1 << slot(at))

    def __or__(self, other: OnlineHours) -> OnlineHours:
        return OnlineHours(self.bits | other.bits)

    def __contains__(self, at: datetime) -> bool:
        return bool(self.bits >> slot(at) & 1)

    def __len__(self) -> int:
        return self.bits.bit_count()


def next_look(hours: OnlineHours, now: datetime, *, otherwise: datetime, seed: str) -> datetime:
    """Return when to look again for a PC that did not answer just now.

    Args:
        hours: when it was seen before.
        now: the time of the decision.
        otherwise: when it would be looked for if nothing were known.
        seed: run id and attempt; places the look within its hour.

    Returns:
        `otherwise` when nothing was learned or that lies in a learned hour; else a time in the
        next learned hour behind this one; at most a day ahead.
    """
    if not hours or otherwise in hours:
        return otherwise
    share = zlib.crc32(seed.encode()) / 2**32
    start = now - (now - _EPOCH) % _HOUR
    for ahead in range(1, int(_AT_LATEST / _HOUR)):
        hour = start + ahead * _HOUR
        if hour in hours:
            return hour + share * _HOUR
    return now + _AT_LATEST * (0.9 + 0.1 * share)
