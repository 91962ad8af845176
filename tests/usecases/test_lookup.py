"""Which run an undo is about."""

from __future__ import annotations

from datetime import timedelta

import pytest

from orchestrator.domain.device import DeviceName
from orchestrator.domain.outcome import Change, Outcome, StageStatus
from orchestrator.domain.run import Intent, Run, RunOptions
from orchestrator.errors import NotFound
from orchestrator.usecases.lookup import run_to_undo
from tests.domain.facts_builder import NOW
from tests.usecases.world import World

PC = DeviceName.parse("PC-0042")
CHANGED = Outcome(
    stage="flag",
    status=StageStatus.CHANGED,
    changes=(Change(object="ExternallyManaged", action="delete"),),
)


def known(*runs: Run) -> World:
    here = World()
    for run in runs:
        here.ledger.state.runs[run.id] = run
    return here


def run_of(identity: str, *, hours: int = 0, **values: object) -> Run:
    at = NOW + timedelta(hours=hours)
    return Run(id=identity, device=PC, created=at, updated=at, **values)  # type: ignore[arg-type]


def test_the_newest_run_that_changed_something_is_undone() -> None:
    looked = run_of("r-3", hours=3, options=RunOptions(intent=Intent.WHY))
    here = known(run_of("r-1", outcomes=(CHANGED,)), run_of("r-2", hours=1), looked)
    assert run_to_undo(PC, here.ports).id == "r-1"


def test_a_repair_whose_end_was_not_seen_is_undone_though_it_reported_nothing() -> None:
    here = known(run_of("r-1", outcomes=(CHANGED,)), run_of("r-2", hours=1, begun=1))
    assert run_to_undo(PC, here.ports).id == "r-2"


def test_a_device_that_no_repair_was_sent_to_has_nothing_to_undo() -> None:
    with pytest.raises(NotFound, match="no run has changed anything on PC-0042"):
        run_to_undo(PC, known(run_of("r-1")).ports)
