"""A campaign as people look at it: counts that add up, and why it stands where it stands."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from orchestrator.domain.campaign import Campaign
from orchestrator.domain.run import RunState, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """Where a campaign stands.

    Attributes:
        campaign: as it is kept.
        at: the moment of the counts.
        targets: all of its devices; the sum of `states`.
        states: devices by state, also the empty ones.
        verdicts: settled devices by verdict, also the empty ones.
        released: devices that may be worked on; the rest of `total` waits for its wave.
        working: devices that are worked on now.
        parked: waiting devices that nobody can hurry: for the service, or a restart.
        failures: failed devices; `budget` of them may.
        budget: resolved; None before the start.
        failures_by_cause: failed devices by cause, the most frequent first.
        causes: devices that are not in order, by deciding cause, the most frequent first.
        owners: the same by who has to act next.
        wave, waves: number of the wave released last, and how many there will be.
        standing: one sentence: what the controller waits for, or why it stopped.
        holding: names of up to three devices the wave waits for, once it waits for a few only.
        until: when the next thing happens by itself: the end of the bake, the window's opening.
        eta: when the last device would settle at the pace so far; None while it cannot be told.
    """

    campaign: Campaign
    at: datetime
    targets: int
    states: Mapping[RunState, int]
    verdicts: Mapping[Verdict, int]
    released: int
    working: int
    failures: int
    budget: int | None
    failures_by_cause: Mapping[str, int]
    causes: Mapping[str, int]
    owners: Mapping[str, int]
    wave: int
    waves: int
    standing: str
    parked: int = 0
    holding: tuple[str, ...] = ()
    until: datetime | None = None
    eta: datetime | None = None

    @property
    def settled(self) -> int:
        """Devices at their end."""
        return self.states[RunState.SETTLED] + self.states[RunState.CANCELLED]

    @property
    def at_work(self) -> int:
        """Devices the wave waits for: released, not at their end, and not resting."""
        resting = self.states[RunState.AWAY] + self.states[RunState.HELD] + self.parked
        return self.released - self.settled - resting
