"""A campaign: many devices, one policy, one plan that somebody approved.

- A campaign is a value; its runs are kept beside it, never in it.
- The run of a device is named after both, so a device is in a campaign once.
- Every run is in exactly one state: the counts add up to the number of targets, always.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Self

from orchestrator.domain.device import DeviceName
from orchestrator.domain.run import FINAL, RunOptions, RunState, Verdict
from orchestrator.domain.wave import WavePolicy
from orchestrator.errors import InvalidInput

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}")


class CampaignStatus(StrEnum):
    """Where a campaign is."""

    DRAFT = "draft"  # its targets are being kept; nothing is looked at yet
    PLANNING = "planning"  # its devices are read, nothing is changed
    PLANNED = "planned"  # every device was read or was away; waits for approval
    APPROVED = "approved"
    STARTING = "starting"  # its approved plan is being put into the runs
    RUNNING = "running"
    PAUSED = "paused"  # nothing new begins until it is resumed
    STOPPED = "stopped"  # the budget is spent, or a person said so; can be resumed
    FINISHED = "finished"  # every run is final
    CANCELLING = "cancelling"  # what is unsettled is being called off
    CANCELLED = "cancelled"  # for good


ENDED = frozenset({CampaignStatus.FINISHED, CampaignStatus.CANCELLED})

UNDER_WAY = frozenset(
    {
        CampaignStatus.STARTING,
        CampaignStatus.RUNNING,
        CampaignStatus.PAUSED,
        CampaignStatus.STOPPED,
    }
)
"""It was started: its runs may still change something, now or once it is resumed."""

HANDED_OUT = frozenset({CampaignStatus.PLANNING, CampaignStatus.RUNNING, CampaignStatus.FINISHED})
"""Runs are worked on; of one that has finished those that are checked again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignPolicy:
    """What the operator sets for a campaign, and whoever approves it agrees to.

    Attributes:
        spread: waves, bake time, budgets, gates, and devices worked on at a time.
        site_most: while so many devices are worked on at a site, for whomever, it begins no more
            there; None for no limit of its own.
        window: when devices may be worked on, as `window.parse_windows` reads it; empty: always.
        site_windows: the same for single sites, in place of `window`.
        patience_seconds: how long, from the start, a device that stays away is tried.
        unseen_allowed: devices that were not read for the plan may have any stage that some
            other device's approved plan has; otherwise they are only looked at.
    """

    spread: WavePolicy = field(default_factory=WavePolicy)
    site_most: int | None = None
    window: str = ""
    site_windows: tuple[tuple[str, str], ...] = ()
    patience_seconds: float = 14 * 86400
    unseen_allowed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Course:
    """How far a campaign has come; kept by its controller.

    Attributes:
        skipped: devices it leaves alone, for they were enrolled already at the plan.
        budget: how many devices may fail, resolved; None before the start.
        cause_budgets: the same for single causes.
        started: when it was started.
        ended: when it finished, or was called off.
        wave: number of the wave released last; 0 before the first.
        wave_ended: when the last wave was first seen to have ended.
        promoted: waves whose gate somebody has opened.
        moved: when the controller last let something go; a stall is counted from then.
        alarmed: when the stall alarm was raised last.
        overruled: somebody resumed it though one setting blocks most devices.
        setting: it was stopped because one setting blocks most devices.
        reason: why it stands as it stands: the last decision about its status.
    """

    skipped: int = 0
    budget: int | None = None
    cause_budgets: tuple[tuple[str, int], ...] = ()
    started: datetime | None = None
    ended: datetime | None = None
    wave: int = 0
    wave_ended: datetime | None = None
    promoted: tuple[int, ...] = ()
    moved: datetime | None = None
    alarmed: datetime | None = None
    overruled: bool = False
    setting: bool = False
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """A campaign as it stands.

    Attributes:
        id: unique; letters, digits, ``_`` and ``-``, at most 32; no dot.
        name: for people.
        author: who planned it; somebody else has to approve.
        account: of the operating system, under which the author planned; empty where unknown.
        plan: digest of its newest plan document; empty before it is planned.
        approver: who approved that plan; empty before.
        options: what its runs may do.
        policy: how it spreads.
        course: how far it has come.
        version: goes up by one with each save.
    """

    id: str
    name: str
    created: datetime
    author: str
    account: str = ""
    status: CampaignStatus = CampaignStatus.DRAFT
    plan: str = ""
    approver: str = ""
    options: RunOptions = field(default_factory=RunOptions)
    policy: CampaignPolicy = field(default_factory=CampaignPolicy)
    course: Course = field(default_factory=Course)
    version: int = 0

    def __post_init__(self) -> None:
        """Refuse an id that could not name keys and runs.

        Raises:
            InvalidInput: it has other characters, or is too long.
        """
        if not _ID.fullmatch(self.id):
            msg = f"{self.id!r} cannot be the id of a campaign"
            hint = "letters, digits, hyphens and underscores, at most 32"
            raise InvalidInput(msg, hint=hint)


def run_id(campaign_id: str, device: DeviceName) -> str:
    """Return the id of the device's run in a campaign: ``c-7k2m.PC-0042``."""
    return f"{campaign_id}.{device.key}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """How many runs of a campaign are where.

    Attributes:
        states: every state, also the empty ones.
        verdicts: the settled ones by verdict, also the empty ones.
        targets: how many runs were ever added; equals the sum of `states`.
    """

    states: Mapping[RunState, int]
    verdicts: Mapping[Verdict, int]
    targets: int

    @classmethod
    def of(
        cls, unsettled: Mapping[RunState, int], verdicts: Mapping[Verdict, int], targets: int
    ) -> Self:
        """Count settled runs by their verdicts.

        Args:
            unsettled: runs by state, but for settled ones with a verdict; absent ones are 0.
            verdicts: settled runs by verdict; absent ones are 0.
            targets: how many runs were added.
        """
        by_verdict = {verdict: verdicts.get(verdict, 0) for verdict in Verdict}
        states = {state: unsettled.get(state, 0) for state in RunState}
        states[RunState.SETTLED] += sum(by_verdict.values())
        return cls(states=states, verdicts=by_verdict, targets=targets)

    @property
    def unfinished(self) -> int:
        """How many runs are not at their end."""
        return sum(count for state, count in self.states.items() if state not in FINAL)
