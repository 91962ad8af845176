"""The catalogue of error codes, and every way in which one is spelled.

- A code picks the first hypothesis only; what is found on the PC confirms or overrules it.
- A code that is not here is unknown: shown as it came, never acted upon.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from orchestrator.domain.causes import CAUSES
from orchestrator.domain.code import Code, Row, Triage
from orchestrator.domain.codes_evidence import BY_CAUSE, BY_CODE
from orchestrator.domain.codes_join import JOIN
from orchestrator.domain.codes_menroll import MENROLL
from orchestrator.domain.codes_sts import FAMILIES, LEGACY, STS
from orchestrator.domain.codes_windows import WINDOWS
from orchestrator.domain.findings import Owner

__all__ = [
    "CODES",
    "Code",
    "Triage",
    "hexed",
    "inside",
    "is_failure",
    "lookup",
    "normalise",
    "owner_of",
]

_UINT32 = 0xFFFFFFFF
_HEX = re.compile(r"0x([0-9a-f]{1,9})", re.IGNORECASE)
_BARE_HEX = re.compile(r"[0-9a-f]{8}", re.IGNORECASE)
_TYPO = re.compile(r"([0-9a-f]{4})0([0-9a-f]{4})", re.IGNORECASE)
_DECIMAL = re.compile(r"-?[0-9]{1,10}")
_STS = re.compile(r"AADSTS([0-9]{4,7})", re.IGNORECASE)
_SCHEDULER = frozenset(
    {
        0x8004131F,  # already running
        0x80041326,  # the task is disabled
        0x80041320,  # runs only when the user is logged on
        0x8004130F,  # no account information
        0x80041309,  # a trigger is missing
    }
)


def normalise(code: str | int) -> int:
    """Return a code as uint32, however it was spelled.

    Known spellings: ``0x8018002b``, ``8018002B``, unsigned and signed decimal, the nine-digit typo
    ``0x80180002b`` that documentation carries, and ``AADSTS50076``.

    Raises:
        ValueError: it is none of these; says in one line what was given.
    """
    if isinstance(code, int):
        if not -(1 << 31) <= code <= _UINT32:
            msg = f"{code} is not a code of 32 bits"
            raise ValueError(msg)
        return code & _UINT32
    text = code.strip()
    if found := _STS.fullmatch(text):
        return int(found[1])
    bare = _HEX.fullmatch(text)
    digits = bare[1] if bare else text
    if typo := _TYPO.fullmatch(digits):
        return int(typo[1] + typo[2], 16)
    if bare and len(digits) <= 8:  # noqa: PLR2004 - hex digits of 32 bits
        return int(digits, 16)
    if not bare and _BARE_HEX.fullmatch(text):
        return int(text, 16)
    if not bare and _DECIMAL.fullmatch(text):
        return normalise(int(text))
    msg = f"{code[:40]!r} is not an error code such as 0x80180026, 2149056550 or -2145910746"
    raise ValueError(msg)


def lookup(code: str | int) -> Code | None:
    """Return what is known of a code, in any spelling; None for an unknown one.

    Raises:
        ValueError: it is not a code at all.
    """
    return CODES.get(normalise(code))


def inside(text: str) -> Code | None:
    """Return the known code of the token service that a text quotes, such as ``AADSTS50126: ...``.

    The code is language-neutral; the text round it is never read.
    """
    found = _STS.search(text)
    return CODES.get(int(found[1])) if found else None


def hexed(value: int) -> str:
    """Return a code as it is written, with its symbol when it has one: for evidence lines."""
    known = CODES.get(value)
    if known is None:
        return f"0x{value:08X} (not in the catalogue)"
    if known.symbol.startswith("AADSTS"):
        return known.symbol
    return f"{known.text} {known.symbol}".strip()


def is_failure(value: int) -> bool:
    """Tell whether a task's last result is a failure of the enroller, not of the scheduler."""
    return value >= 1 << 31 and value not in _SCHEDULER


def owner_of(code: Code) -> Owner:
    """Return who is asked first about a code."""
    return CAUSES[code.cause].owner


def _entry(row: Row) -> Code:
    value, symbol, meaning, triage, name, source = row
    return Code(
        value=value,
        symbol=symbol,
        meaning=meaning,
        triage=triage,
        cause=name,
        evidence=BY_CODE.get(value, BY_CAUSE[name]),
        next_action=CAUSES[name].next_action,
        source=source,
    )


CODES: Mapping[int, Code] = {
    row[0]: _entry(row) for row in (*MENROLL, *WINDOWS, *JOIN, *LEGACY, *STS, *FAMILIES)
}
"""Every known code by its value."""
