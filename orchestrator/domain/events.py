"""What can happen to a run, and what a run can ask for next: one small value each."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from orchestrator.domain.facts import Facts
from orchestrator.domain.online_hours import OnlineHours
from orchestrator.domain.outcome import Outcome
from orchestrator.domain.own_steps import OwnFinding
from orchestrator.domain.plan import Plan
from orchestrator.domain.retry import Fault


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptBegan:
    """A worker holds the device and begins a session."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FactsRead:
    """The device was read.

    Attributes:
        at: when the reading ended, by the worker's clock.
        facts: what was read.
        own: what the site's own steps say to it.
        module: digest of the PowerShell module that the worker would repair with.
    """

    at: datetime
    facts: Facts
    own: tuple[OwnFinding, ...] = ()
    module: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StageEnded:
    """One stage of the repair reported."""

    at: datetime
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class StagesEnded:
    """The repair, or the restore, ran to its end."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptBroken:
    """The attempt ended early.

    Attributes:
        fault: the kind.
        text: one line for the operator, without secrets.
        hint: what can be done about it.
        identity: the device said it is not the one that was asked for.
        hours: when an absent device was seen before.
    """

    at: datetime
    fault: Fault
    text: str
    hint: str = ""
    identity: bool = False
    hours: OnlineHours = field(default_factory=OnlineHours)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cancelled:
    """Somebody called the run off."""

    at: datetime


Event: TypeAlias = AttemptBegan | FactsRead | StageEnded | StagesEnded | AttemptBroken | Cancelled


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """Read the device."""

    network: bool = False
    user_session: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStages:
    """Carry out the plan's stages."""

    plan: Plan


@dataclass(frozen=True, slots=True, kw_only=True)
class Restore:
    """Bring back what a run removed."""

    run_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rest:
    """Nothing to do now; the run says until when."""

    until: datetime | None = field(default=None)


Action: TypeAlias = Probe | RunStages | Restore | Rest
