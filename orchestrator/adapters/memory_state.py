"""What a ledger in memory knows."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field, replace
from threading import Condition
from typing import TYPE_CHECKING

from orchestrator.domain.run import FINAL, Run, RunState
from orchestrator.usecases.ports import Entry

if TYPE_CHECKING:
    from datetime import datetime

    from orchestrator.domain.campaign import Campaign


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
    fence: int = 0

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
        self.runs[run.id] = replace(
            run, state=waiting, due=due, updated=at, version=run.version + 1
        )
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
