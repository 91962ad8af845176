"""Work in this very process: what `--here` rings."""

from __future__ import annotations

import threading
from dataclasses import replace
from datetime import timedelta

from orchestrator.adapters.here import HereBell
from orchestrator.adapters.memory import ManualClock, MemoryLedger
from orchestrator.domain.device import DeviceName
from orchestrator.domain.run import Run, RunState

LENGTH = timedelta(seconds=60)


class Here:
    """A ledger with one run, and whoever carries it here: to one state an attempt."""

    def __init__(self, *states: RunState) -> None:
        self.clock = ManualClock()
        self.ledger = MemoryLedger(length=LENGTH)
        self.states = list(states)
        self.held: list[Run] = []
        self.refused = 0
        now = self.clock.now()
        pc = DeviceName.parse("PC-0042")
        self.run = Run(id="r-0000000001", device=pc, created=now, updated=now, due=now)
        self.ledger.create(self.run)

    def work(self, run_id: str) -> None:
        claimed = self.ledger.claim(run_id, "here", self.clock.now())
        if claimed is None:
            self.refused += 1
            self.clock.move(LENGTH / 3)
            return
        run, lease = claimed
        state, now = self.states.pop(0), self.clock.now()
        due = None if state is RunState.SETTLED else now
        self.ledger.save(replace(run, state=state, due=due, updated=now), [], lease)

    def carry(self) -> Run:
        """Ring, wait until nothing more is done, and return the run."""
        bell = HereBell(
            self.ledger,
            self.clock,
            self.work,
            reap=lambda: self.ledger.reap(self.clock.now()),
            held=self.held.append,
            every=0,
        )
        bell.ring(self.run.id, urgent=True)
        for thread in threading.enumerate():
            if thread.name == f"here-{self.run.id}":
                thread.join(10)
        return self.ledger.load(self.run.id)


def test_short_waits_are_waited_out() -> None:
    here = Here(RunState.WAITING, RunState.WAITING, RunState.SETTLED)
    assert here.carry().state is RunState.SETTLED
    assert (here.states, here.held) == ([], [])


def test_a_pc_that_is_away_is_left_to_whoever_comes_next() -> None:
    here = Here(RunState.AWAY, RunState.SETTLED)
    assert here.carry().state is RunState.AWAY
    assert here.states == [RunState.SETTLED]


def test_what_somebody_left_who_died_is_carried_on_when_their_lease_has_ended() -> None:
    here = Here(RunState.SETTLED)
    claimed = here.ledger.claim(here.run.id, "died", here.clock.now())
    assert claimed is not None
    run, lease = claimed
    here.ledger.save(replace(run, state=RunState.REPAIRING, due=None), [], lease)
    assert here.carry().state is RunState.SETTLED
    assert here.refused == 3  # a lease is three thirds long
    assert [run.state for run in here.held] == [RunState.REPAIRING]


def test_somebody_who_is_at_work_is_waited_for() -> None:
    here = Here()
    claimed = here.ledger.claim(here.run.id, "another", here.clock.now())
    assert claimed is not None
    run, lease = claimed
    run = here.ledger.save(replace(run, state=RunState.REPAIRING, due=None), [], lease)
    work = here.work

    def meanwhile(run_id: str) -> None:
        work(run_id)
        if here.refused == 2:
            here.ledger.save(replace(run, state=RunState.SETTLED), [], lease)

    here.work = meanwhile  # type: ignore[method-assign]
    assert here.carry().state is RunState.SETTLED
    assert len(here.held) == 1
