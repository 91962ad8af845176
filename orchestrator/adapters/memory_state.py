"""What a ledger in memory knows."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from threading import Condition
from typing import TYPE_CHECKING, Final

from orchestrator.domain.campaign import HANDED_OUT, CampaignStatus
from orchestrator.domain.campaign_tally import FAILURES, mark_of
from orchestrator.domain.run import FINAL, Run, RunState
from orchestrator.usecases.ports import Entry

if TYPE_CHECKING:
    from orchestrator.domain.campaign import Campaign


NO_ROOM: Final = timedelta(seconds=5)


@dataclass(slots=True)
class Held:
    """A lease as it is kept; `run` is empty once the run was called off."""

    run: str
    fence: int
    until: datetime
    holder: str
    scopes: tuple[str, ...]


@dataclass(slots=True)
class State:
    """Everything a ledger knows. Hold `changed` while reading or writing it."""

    changed: Condition = field(default_factory=Condition)
    runs: dict[str, Run] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    rings: dict[str, datetime] = field(default_factory=dict)  # run id -> when it is rung next
    held: dict[str, Held] = field(default_factory=dict)
    campaigns: dict[str, Campaign] = field(default_factory=dict)
    served: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    targets: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    caps: dict[str, int] = field(default_factory=dict)
    duties: dict[str, tuple[str, float]] = field(default_factory=dict)
    unreleased: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    owed: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    windows: dict[str, dict[str, tuple[datetime, datetime]]] = field(default_factory=dict)
    settled: dict[str, datetime] = field(default_factory=dict)  # when a run settled last
    workers: dict[str, datetime] = field(default_factory=dict)
    draining: set[str] = field(default_factory=set)
    ended: dict[str, datetime] = field(default_factory=dict)  # campaigns, until forgotten
    fence: int = 0

    def put(self, run: Run) -> None:
        """Keep a run as it is now."""
        before = self.runs.get(run.id)
        self.runs[run.id] = run
        moved = before and (before.state, before.verdict) != (run.state, run.verdict)
        if moved and run.state in FINAL and run.campaign:
            self.settled[run.campaign] = run.updated

    def goes_on(self, run: Run) -> bool:
        """Tell whether the campaign of a run lets it be claimed at all."""
        campaign = self.campaigns.get(run.campaign)
        if campaign is None:
            return False
        if campaign.status is CampaignStatus.FINISHED:
            return run.state is RunState.SETTLED  # checked again
        return campaign.status in HANDED_OUT

    def not_before(self, run: Run, now: datetime) -> datetime | None:
        """Return when to ring again for a run there is no room for now; None when there is."""
        if run.device.key in self.held:
            return now + NO_ROOM
        if not run.campaign:
            return None
        opens = self.opens(run, now)
        if opens is not None:
            return opens
        room = self.within_budget(run.campaign)
        if room is not None and room <= 0 and run.state is not RunState.SETTLED:
            return now + NO_ROOM
        full = not all(self.room(each, now) for each in ("all", *scopes_of(run)))
        return now + NO_ROOM if full or self.site_full(run, now) else None

    def site_full(self, run: Run, now: datetime) -> bool:
        """Tell whether the campaign of a run wants no more devices worked on at its site."""
        campaign = self.campaigns.get(run.campaign)
        most = campaign.policy.site_most if campaign and run.site else None
        return most is not None and self.busy(f"site:{run.site}", now) >= most

    def opens(self, run: Run, now: datetime) -> datetime | None:
        """Return when the window of a run opens; None while it is open."""
        windows = self.windows.get(run.campaign, {})
        window = windows.get(run.site) or windows.get("")
        if window is None:
            return None
        since, until = window
        if now < since:
            return since
        return now + NO_ROOM if now >= until else None

    def within_budget(self, campaign_id: str) -> int | None:
        """Return how many more devices may be worked on; None without a budget."""
        course = self.campaigns[campaign_id].course
        if course.budget is None:
            return None
        mine = (run for run in self.runs.values() if run.campaign == campaign_id)
        failed = [r for r in mine if r.state is RunState.SETTLED and r.verdict in FAILURES]
        causes = Counter(mark_of(run).cause for run in failed)
        left = [course.budget - len(failed)]
        left += [most - causes[cause] for cause, most in course.cause_budgets]
        scope = f"campaign:{campaign_id}"
        return min(left) - sum(scope in held.scopes for held in self.held.values())

    def room(self, scope: str, now: datetime) -> bool:
        """Tell whether one more device may be worked on in a scope."""
        most = self.caps.get(scope)
        return most is None or self.busy(scope, now) < most

    def busy(self, scope: str, now: datetime) -> int:
        """Return how many devices of a scope are worked on."""
        return sum(
            lease.until > now and (scope == "all" or scope in lease.scopes)
            for lease in self.held.values()
        )

    def put_back(self, run: Run, due: datetime, at: datetime, text: str) -> None:
        """Make a run that nobody works on any more due; an unsettled one as `waiting`."""
        if run.state in FINAL:
            if run.due is not None:
                self.rings[run.id] = due
            return
        waiting = RunState.WAITING
        self.put(replace(run, state=waiting, due=due, updated=at, version=run.version + 1))
        self.rings[run.id] = due
        self.entries.append(
            Entry(
                run_id=run.id,
                device=run.device.key,
                campaign=run.campaign,
                at=at,
                kind="fault",
                state=waiting.value,
                text=text,
            )
        )
        self.changed.notify_all()


def scopes_of(run: Run) -> tuple[str, ...]:
    """Return the scopes a run counts in while it is worked on."""
    named = (("campaign", run.campaign), ("site", run.site))
    return tuple(f"{kind}:{name}" for kind, name in named if name)
