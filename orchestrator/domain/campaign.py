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
from orchestrator.errors import InvalidInput

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,31}")


class CampaignStatus(StrEnum):
    """Where a campaign is."""

    DRAFT = "draft"  # planned, not approved
    APPROVED = "approved"
    RUNNING = "running"
    PAUSED = "paused"  # nothing new begins until it is resumed
    STOPPED = "stopped"  # the budget is spent, or a person said so; can be resumed
    FINISHED = "finished"  # every run is final
    CANCELLED = "cancelled"  # for good


@dataclass(frozen=True, slots=True, kw_only=True)
class Knobs:
    """What the operator sets for a campaign.

    Attributes:
        most_at_once: devices worked on at a time; None for no limit of its own.
        site_most: the same within each site.
        failures: how many devices may fail before it stops, such as ``5`` or ``2%``.
        deadline: when devices that stay away are given up.
    """

    most_at_once: int | None = None
    site_most: int | None = None
    failures: str = ""
    deadline: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Campaign:
    """A campaign as it stands.

    Attributes:
        id: unique; letters, digits, ``_`` and ``-``, at most 32; no dot.
        name: for people.
        author: who planned it; somebody else has to approve.
        plan: digest over targets, stages and module; empty before it is planned.
        options: what its runs may do.
        version: goes up by one with each save.
    """

    id: str
    name: str
    created: datetime
    author: str
    status: CampaignStatus = CampaignStatus.DRAFT
    plan: str = ""
    options: RunOptions = field(default_factory=RunOptions)
    knobs: Knobs = field(default_factory=Knobs)
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
