"""Reading numbers, dates, time spans and GUIDs from text.

Source: Microsoft, "about_Type_Conversion", "about_Numeric_Literals", and the .NET reference.
"""

from __future__ import annotations

import re
import uuid
from datetime import UTC, datetime, timedelta
from typing import Final

from orchestrator.lab.powershell.objects import (
    Guid,
)

_NUMBER = re.compile(
    r"\s*([+-]?)(?:0x([0-9a-f]+)|(\d+(?:\.\d*)?(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?))"
    r"\s*([kmgtp]b)?\s*",
    re.IGNORECASE,
)
UNITS: Final = {"kb": 2**10, "mb": 2**20, "gb": 2**30, "tb": 2**40, "pb": 2**50}


def parse_number(text: str) -> int | float | None:
    """Read a number as PowerShell converts text; None when it is none.

    A hexadecimal number of eight digits with the top bit set is negative, as in a literal.
    """
    if not text.strip():
        return 0
    match = _NUMBER.fullmatch(text)
    if match is None:
        return None
    sign, digits, plain, unit = match.groups()
    number: int | float
    if digits:
        number = int(digits, 16)
        for bits in (32, 64):
            if len(digits) <= bits // 4:
                number -= 2**bits if number >= 2 ** (bits - 1) and len(digits) == bits // 4 else 0
                break
    else:
        number = int(plain) if plain.isdigit() else float(plain)
    number *= UNITS[unit.lower()] if unit else 1
    return -number if sign == "-" else number


_DATES = (
    "%Y-%m-%d",
    "%Y-%m-%d %H:%M:%S",
    "%Y-%m-%dT%H:%M:%S",
    "%Y-%m-%dT%H:%M",
    "%m/%d/%Y",
    "%m/%d/%Y %H:%M:%S",
    "%m/%d/%Y %H:%M",
    "%Y-%m-%d %H:%M",
    "%m/%d/%Y %I:%M:%S %p",
    "%Y-%m-%d %H:%M:%SZ",
)


def parse_date(text: str) -> datetime | None:
    """Read a date in ISO form or in the invariant culture's; None when it is neither."""
    plain = text.strip()
    try:
        # seven digits of a second are .NET's, six are Python's
        found = datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", plain))
    except ValueError:
        for pattern in _DATES:
            try:
                found = datetime.strptime(plain, pattern).replace(tzinfo=UTC)
            except ValueError:
                continue
            break
        else:
            return None
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


EPOCH: Final = datetime(1, 1, 1, tzinfo=UTC)


def parse_timespan(text: str) -> timedelta | None:
    """Read ``[-][d.]hh:mm[:ss[.fffffff]]`` or a number of days; None when it is neither."""
    match = re.fullmatch(r"(-?)(?:(\d+)\.)?(\d+):(\d+)(?::(\d+)(?:\.(\d{1,7}))?)?", text.strip())
    if match is None:
        return timedelta(days=int(text)) if re.fullmatch(r"\s*-?\d+\s*", text) else None
    sign, days, hours, minutes, seconds, fraction = match.groups()
    span = timedelta(
        days=int(days or 0),
        hours=int(hours),
        minutes=int(minutes),
        seconds=int(seconds or 0),
        microseconds=int((fraction or "0").ljust(7, "0")[:6]),
    )
    return -span if sign else span


def parse_guid(text: str) -> Guid | None:
    """Read a GUID with or without braces or dashes; None when it is none."""
    plain = text.strip()
    pattern = r"\{?[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\}?|[0-9a-f]{32}|\([0-9a-f-]{36}\)"
    if not re.fullmatch(pattern, plain, re.IGNORECASE) or plain.startswith("{") != plain.endswith(
        "}"
    ):
        return None
    return Guid(uuid.UUID(plain.strip("{}()")))
