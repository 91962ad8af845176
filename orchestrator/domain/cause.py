"""The shape of an entry of the catalogue of causes."""

from __future__ import annotations

from dataclasses import dataclass

from orchestrator.domain.findings import Disposition, Owner


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """One reason why a PC is not enrolled.

    Attributes:
        name: how findings refer to it.
        rank: the lowest found on a PC decides.
        owner: who can fix it.
        disposition: what is done about it.
        title: what it is, one line.
        next_action: what happens next, or what the owner has to do, with the exact setting.
        source: where it is known from.
        stages: what repairs it; the trigger follows by itself.
        wait_seconds: for what may pass by itself: look again after so long; 0: as for others.
        from_code: it rests on an error code and holds only while the code is recent.
        unsupported: no setting helps; the PC is not one that can be enrolled this way.
    """

    name: str
    rank: int
    owner: Owner
    disposition: Disposition
    title: str
    next_action: str
    source: str
    stages: tuple[str, ...] = ()
    wait_seconds: int = 0
    from_code: bool = False
    unsupported: bool = False
