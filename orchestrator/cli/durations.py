"""Lengths of time as people type them: ``90``, ``90s``, ``10m``, ``2h``, ``14d``."""

from __future__ import annotations

import re

from orchestrator.errors import InvalidInput

_FORM = re.compile(r"(\d{1,9}(?:\.\d{1,3})?)\s*([smhdw]?)")
_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800}
_LONGEST = 365 * 86400


def seconds(text: str, *, where: str) -> float:
    """Read a length of time, in seconds; more than none, at most a year.

    Raises:
        InvalidInput: it is none.
    """
    match = _FORM.fullmatch(text.strip().lower())
    value = float(match[1]) * _UNITS[match[2]] if match else 0.0
    if not 0 < value <= _LONGEST:
        msg = f"{text!r} is not a length of time"
        raise InvalidInput(msg, where=where, hint="write 90s, 10m, 2h or 14d; at most a year")
    return value


def shown(length: float) -> str:
    """Return a length of time as it would be typed."""
    for unit in ("d", "h", "m"):
        if length >= _UNITS[unit] and length % _UNITS[unit] == 0:
            return f"{length / _UNITS[unit]:.0f}{unit}"
    return f"{length:g}s"
