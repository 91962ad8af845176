"""Every cell of the table, the illegal ones too."""

from __future__ import annotations

import itertools
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from orchestrator.domain.device import DeviceName
from orchestrator.domain.events import (
    AttemptBegan,
    AttemptBroken,
    Cancelled,
    Event,
    FactsRead,
    StageEnded,
    StagesEnded,
)
from orchestrator.domain.facts import Facts
from orchestrator.domain.findings import Owner
from orchestrator.domain.outcome import Marker, Outcome, StageStatus
from orchestrator.domain.plan import Decision, Plan, PlannedStage
from orchestrator.domain.retry import Fault, Timings
from orchestrator.domain.run import Run, RunState
from orchestrator.domain.step import apply
from orchestrator.domain.transitions import TRANSITIONS, IllegalTransition, check
from tests.domain.facts_builder import NOW, blank, healthy

EVENTS: tuple[Event, ...] = (
    AttemptBegan(at=NOW),
    FactsRead(at=NOW, facts=Facts.parse(healthy())),
    FactsRead(at=NOW, facts=Facts.parse(blank())),
    StageEnded(at=NOW, outcome=Outcome(stage="tasks", status=StageStatus.CHANGED)),
    StagesEnded(at=NOW),
    *(AttemptBroken(at=NOW, fault=fault, text="trouble") for fault in Fault),
    Cancelled(at=NOW),
)
PLAN = Plan(
    decision=Decision.REPAIR,
    owner=Owner.DEVICE,
    next_action="",
    stages=(PlannedStage(name="trigger", reason=""),),
)


def run_in(state: RunState) -> Run:
    created = datetime(2026, 11, 25, 7, 0, tzinfo=UTC)
    device = DeviceName.parse("PC-0042")
    run = Run(id="r-1", device=device, created=created, updated=created, state=state, plan=PLAN)
    return replace(run, marker=Marker(time="", record=0)) if state is RunState.VERIFYING else run


@pytest.mark.parametrize(
    ("state", "event"),
    list(itertools.product(RunState, EVENTS)),
    ids=lambda value: value.value if isinstance(value, RunState) else type(value).__name__,
)
def test_each_event_in_each_state_obeys_the_table(state: RunState, event: Event) -> None:
    allowed = TRANSITIONS[state].get(type(event))
    if allowed is None:
        with pytest.raises(IllegalTransition, match=type(event).__name__):
            apply(run_in(state), event, Timings())
        return
    after = apply(run_in(state), event, Timings())
    assert after.state in allowed
    assert after.updated == NOW


def test_a_state_has_a_row_even_when_nothing_may_follow() -> None:
    assert set(TRANSITIONS) == set(RunState)
    assert not TRANSITIONS[RunState.CANCELLED]


def test_a_step_the_table_does_not_allow_is_refused_with_what_it_allows() -> None:
    with pytest.raises(IllegalTransition, match="StageEnded in repairing to settled"):
        check(RunState.REPAIRING, StageEnded, RunState.SETTLED)


@pytest.mark.parametrize("state", [RunState.QUEUED, RunState.WAITING, RunState.AWAY, RunState.HELD])
def test_a_resting_run_begins_only_by_looking(state: RunState) -> None:
    put_back = {RunState.WAITING, RunState.SETTLED} if state is RunState.WAITING else set()
    assert TRANSITIONS[state][AttemptBegan] == {RunState.PROBING, RunState.VERIFYING} | put_back
    assert FactsRead not in TRANSITIONS[state]
