"""What is to be done about a diagnosis: ordered stages, each with its reason."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from orchestrator.domain.findings import Owner


class Decision(StrEnum):
    """What happens to a device after it was diagnosed."""

    NOTHING = "nothing"  # already enrolled
    REPAIR = "repair"
    OWNER = "owner"  # somebody else has to act first
    HOLD = "hold"  # a user has to sign in; look again
    RETRY = "retry"  # look again later
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedStage:
    """One stage and why it is there."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be done.

    Attributes:
        decision: the kind of plan.
        owner: who has to act next.
        next_action: one sentence: what happens next, or what the owner has to do.
        stages: in the order of ``STAGE_ORDER``; empty unless ``decision`` is ``REPAIR``.
        enrollment_ids: stale enrollments the stages may remove; nothing else is.
        thumbprints: certificates of those enrollments.
        service_names: services to be enabled.
        credential_type: ``User`` or ``Device``: which token enrolls.
        wait_seconds: for ``RETRY`` and ``HOLD``: look again after so long.
        restart: what decided, or what a stage did, ends with a restart of the PC.
        because: what decided, when it is none of the findings but a step of the site.
    """

    decision: Decision
    owner: Owner
    next_action: str
    stages: tuple[PlannedStage, ...] = ()
    enrollment_ids: tuple[str, ...] = ()
    thumbprints: tuple[str, ...] = ()
    service_names: tuple[str, ...] = ()
    credential_type: str = "User"
    wait_seconds: int = 0
    notes: tuple[str, ...] = field(default=())
    restart: bool = False
    because: str = ""
