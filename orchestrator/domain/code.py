"""The shape of an entry of the catalogue of codes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias


class Triage(StrEnum):
    """Who is asked first when only the code is known."""

    FIX = "fix"  # can be repaired remotely
    CLOUD = "cloud"  # an administrator of Entra ID or Intune
    ONPREM = "onprem"  # an administrator of the directory, policy, network or federation
    USER = "user"
    REBOOT = "reboot"
    RETRY = "retry"
    UNSUPPORTED = "unsupported"
    INFO = "info"
    UNKNOWN = "unknown"  # never acted upon


@dataclass(frozen=True, slots=True, kw_only=True)
class Code:
    """One error code.

    Attributes:
        value: as uint32; an AADSTS number as it is.
        symbol: Microsoft's name for it; empty when there is none.
        meaning: one line.
        triage: who is asked first.
        cause: the first hypothesis, a name of the catalogue of causes.
        evidence: what confirms the hypothesis or overrules it.
        next_action: what happens next, or what the owner has to do.
        source: where it is known from.
    """

    value: int
    symbol: str
    meaning: str
    triage: Triage
    cause: str
    evidence: str
    next_action: str
    source: str

    @property
    def text(self) -> str:
        """The code as it is written: ``0x80180026``, or ``AADSTS50076``."""
        return self.symbol if self.symbol.startswith("AADSTS") else f"0x{self.value:08X}"


Row: TypeAlias = tuple[int, str, str, Triage, str, str]
"""Value, symbol, meaning, triage, first hypothesis, source."""
