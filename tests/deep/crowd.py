"""Many simulated PCs in one campaign on the real stack, and what may be held against it afterwards.

The witness is the lab: each PC notes when every pipeline on it began and ended, and for whom.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from random import Random
from typing import TYPE_CHECKING, Any

from orchestrator.domain.campaign import (
    Campaign,
    CampaignPolicy,
    CampaignStatus,
    Course,
    run_id,
)
from orchestrator.domain.device import DeviceName
from orchestrator.domain.run import FINAL, Run, RunOptions
from orchestrator.domain.share import Share
from orchestrator.domain.wave import WavePolicy
from orchestrator.errors import StoreError
from orchestrator.settings import load_settings
from orchestrator.wiring import connect

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.usecases.ports import Ports
    from tests.acceptance.stack import Stack

FAULTS: Sequence[tuple[str, dict[str, object]]] = (
    ("DropInReceive", {"after": 1}),
    ("Hang", {}),
    ("QuotaFault", {}),
    ("WsmanFault", {"code": 2150858770}),
    ("Slow", {"seconds": 0.1}),
    ("HttpStatus", {"status": 503}),
    ("HalfAnswer", {}),
    ("MalformedXml", {}),
    ("Oversized", {"megabytes": 5}),
    ("Redirect", {"location": "http://127.0.0.9/wsman", "times": 1}),
    ("KillAfterOperation", {"operations": 3}),
    ("RebootUnderYou", {"operations": 4}),
    ("FailOperation", {"operation": "Unregister-ScheduledTask"}),
)
"""Every kind but `Unauthorized`, which stops an account for all, and `Refuse`, which is away."""

ALL_AT_ONCE = WavePolicy(
    waves=(Share(value="100", percent=True),),
    bake_seconds=0,
    max_failures=Share(value="100", percent=True),
    max_parallel=1000,
)
"""Nothing stops it: not what a tenant blocks, and not what fails."""

REPAIR = "Invoke-EnrollmentRepair"


@dataclass(slots=True)
class Crowd:
    """The PCs of a campaign.

    Attributes:
        away: those that are off at first and have not come back yet.
    """

    stack: Stack
    ports: Ports
    names: list[str]
    campaign: str
    random: Random
    away: list[str] = field(default_factory=list)

    def switch_off(self, share: float) -> None:
        """Let a share of the PCs be away."""
        self.away = self.random.sample(self.names, round(len(self.names) * share))
        self.stack.order("power", pcs=self.away, on=False)

    def come_back(self, count: int) -> None:
        """Switch some of those on that are away."""
        self.stack.order("power", pcs=self.away[:count], on=True)
        del self.away[:count]

    def go_wrong(self, share: float) -> Counter[str]:
        """Let something go wrong on a share of the PCs, each kind about as often."""
        counts: Counter[str] = Counter()
        for number, name in enumerate(
            self.random.sample(self.names, round(len(self.names) * share))
        ):
            fault, options = FAULTS[number % len(FAULTS)]
            self.stack.fault(name, fault, **options)
            counts[fault] += 1
        return counts

    def begin(self, patience: timedelta) -> None:
        """Start a campaign over all of them; what is not done after so long is given up."""
        now = self.ports.clock.now()
        self.ports.campaigns.create(
            Campaign(
                id=self.campaign,
                name="many",
                created=now,
                author="a",
                status=CampaignStatus.STARTING,
                policy=CampaignPolicy(spread=ALL_AT_ONCE),
                course=Course(overruled=True, started=now, moved=now),
            )
        )
        options = RunOptions(deadline=now + patience)
        order = self.random.sample(self.names, len(self.names))  # else one lab's PCs come first
        self.ports.campaigns.add_runs(
            Run(
                id=run_id(self.campaign, device),
                device=device,
                campaign=self.campaign,
                created=now,
                updated=now,
                due=now + timedelta(microseconds=place),
                options=options,
            )
            for place, device in enumerate(map(DeviceName, order))
        )
        # Only now: the controller ends a running campaign that has no devices.
        self.ports.campaigns.set_status(self.campaign, CampaignStatus.RUNNING, now)

    def counts(self) -> dict[str, int]:
        """How many are in each state; empty while the store does not answer."""
        try:
            counted = self.ports.campaigns.counts(self.campaign)
        except StoreError:
            return {}
        return {state.value: count for state, count in counted.states.items() if count}

    def ended(self) -> int:
        """How many have come to their end."""
        counts = self.counts()
        return sum(counts.get(state.value, 0) for state in FINAL)

    def runs(self) -> list[Run]:
        """Every run as it is now."""
        return [self.ports.runs.load(run_id(self.campaign, DeviceName(n))) for n in self.names]

    def audit(self) -> Audit:
        """Compare what the ledger says with what the PCs saw."""
        seen: dict[str, list[Any]] = self.stack.order("ledger")
        audit = Audit()
        for run in self.runs():
            audit.verdicts[run.verdict.value if run.verdict else run.state.value] += 1
            if run.state not in FINAL or run.verdict is None:
                audit.lost.append(f"{run.device}: {run.state.value}")
            noted = seen.get(run.device.text, [])
            spans = sorted((begin, end, who) for _, who, begin, end in noted)
            audit.overlapping += [
                f"{run.device}: {a} {b}" for a, b in pairwise(spans) if a[2] != b[2] and b[0] < a[1]
            ]
            entries = self.ports.runs.history(run.device)
            decided = sum(e.text.startswith("repairing:") for e in entries)
            begun = sum(kind == REPAIR for kind, *_ in noted)
            audit.decisions += decided
            audit.repairs += begun
            if begun > decided:
                audit.twice.append(f"{run.device}: {begun} repairs for {decided} decisions")
        return audit


@dataclass(slots=True)
class Audit:
    """What may be held against it.

    Attributes:
        lost: devices that came to no end.
        overlapping: devices on which two sessions worked at one time.
        twice: devices that were repaired more often than was decided.
        decisions, repairs: how many in all.
        verdicts: how many ended how.
    """

    lost: list[str] = field(default_factory=list)
    overlapping: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    decisions: int = 0
    repairs: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)


def crowd(stack: Stack, count: int, *, seed: int, name: str = "c-many") -> Crowd:
    """Take the PCs ``PC-0001`` and on of a lab that runs."""
    settings = load_settings(context="lab", environment=stack.environment())
    return Crowd(stack, connect(settings), stack.pcs[:count], name, Random(seed))
