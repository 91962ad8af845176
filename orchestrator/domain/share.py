"""A number of devices, given as a count or a percentage: ``25`` or ``2%``."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Self

from orchestrator.errors import InvalidInput

_FORM = re.compile(r"(\d{1,9})(?:(\.\d{1,3})?(%))?")
_WHOLE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A count, or a percentage of a total.

    Attributes:
        value: the count, or the percentage as typed: ``25``, ``2``, ``0.5``.
        percent: whether it is a percentage.
    """

    value: str
    percent: bool = False

    @classmethod
    def parse(cls, text: str, *, where: str = "") -> Self:
        """Read ``25`` or ``2.5%``.

        Raises:
            InvalidInput: neither a count nor a percentage, or more than 100 %.
        """
        match = _FORM.fullmatch(text.strip())
        if match is None:
            msg = f"{text!r} is neither a count nor a percentage"
            raise InvalidInput(msg, where=where, hint="write 25 or 2%")
        percent = match[3] == "%"
        value = match[1] + (match[2] or "")
        if percent and Decimal(value) > _WHOLE:
            msg = f"{text!r} is more than all"
            raise InvalidInput(msg, where=where, hint="at most 100%")
        return cls(value=value, percent=percent)

    def of(self, total: int, *, where: str = "") -> int:
        """Resolve against a total; percentages are rounded down, counts cut at the total.

        Raises:
            InvalidInput: it comes to nothing.
        """
        number = Decimal(self.value)
        count = int(number * total / _WHOLE) if self.percent else int(number)
        if count < 1:
            msg = f"{self} of {devices(total)} is less than one"
            raise InvalidInput(msg, where=where, hint="give a count of 1 or more")
        return min(count, total)

    def __str__(self) -> str:
        """Show it as it is typed."""
        return f"{self.value}%" if self.percent else self.value


def devices(count: int, one: str = "1 device", more: str = "{} devices") -> str:
    """Return a number of devices in words.

    Args:
        count: how many.
        one: what is said of one.
        more: what is said of any other number, which stands for ``{}``.
    """
    return one if count == 1 else more.format(count)
