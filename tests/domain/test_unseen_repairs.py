"""A repair whose end nobody saw: a broken line, a dead worker, a device that knows better."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from orchestrator.domain.device import DeviceName
from orchestrator.domain.events import (
    AttemptBegan,
    AttemptBroken,
    Event,
    FactsRead,
    StageEnded,
    StagesEnded,
)
from orchestrator.domain.facts import Facts
from orchestrator.domain.outcome import Marker, Outcome, StageStatus
from orchestrator.domain.retry import Fault, Timings
from orchestrator.domain.run import Run, RunState, Verdict
from orchestrator.domain.step import apply
from tests.domain.facts_builder import NOW, blank, events, failed, healthy, iso

TIMINGS = Timings()
BEGAN = AttemptBegan(at=NOW)
LOST = AttemptBroken(at=NOW, fault=Fault.OUTCOME_UNKNOWN, text="the line broke")
FLAGGED = blank() | {"flags": {"externally_managed": 1}, "events": events(failed(0x80180026))}
MARKER = Marker(time=iso(NOW - timedelta(minutes=2)), record=4700)


def read(payload: dict[str, Any]) -> FactsRead:
    return FactsRead(at=NOW, facts=Facts.parse(payload))


def stage(name: str, status: StageStatus = StageStatus.CHANGED, **values: Any) -> StageEnded:
    return StageEnded(at=NOW, outcome=Outcome(stage=name, status=status, **values))


def after(*happened: Event, run: Run | None = None) -> Run:
    run = run or Run(id="r-1", device=DeviceName.parse("PC-0042"), created=NOW, updated=NOW)
    for event in happened:
        run = apply(run, event, TIMINGS)
    return run


TRACES: dict[str, dict[str, Any]] = {
    "open journal": {"journal": {"run_id": "r-1", "fence": 1, "open": True}},
    "journal of a later run, and a backup": {
        "journal": {"run_id": "r-2", "fence": 2, "open": False},
        "backups": [{"run_id": "r-1", "created": iso(NOW), "objects": 1, "enrollment_ids": []}],
    },
    "not readable": {"unread": [{"fact": "journal", "id": "Denied", "message": "denied"}]},
}


@pytest.mark.parametrize("trace", TRACES.values(), ids=TRACES)
def test_a_repair_that_worked_and_whose_line_broke_has_enrolled_the_device(
    trace: dict[str, Any],
) -> None:
    run = after(BEGAN, read(FLAGGED), LOST, BEGAN, read(healthy() | trace))
    assert run.verdict is Verdict.ENROLLED
    assert run.reason == "proven after a repair whose end was not seen"
    assert run.due == NOW + timedelta(hours=1)
    assert run.proof


def test_a_repair_that_never_reached_the_device_has_not_enrolled_it() -> None:
    run = after(BEGAN, read(FLAGGED), LOST, BEGAN, read(healthy()))
    assert run.verdict is Verdict.ALREADY_ENROLLED
    assert (run.begun, run.due) == (0, None)


def test_a_repair_is_marked_before_it_is_sent() -> None:
    run = after(BEGAN, read(FLAGGED))
    assert (run.state, run.begun, run.ended) == (RunState.REPAIRING, 1, 0)


@pytest.mark.parametrize(
    "refusal",
    [
        AttemptBroken(at=NOW, fault=Fault.UNSUITABLE, text="no administrator"),
        AttemptBroken(at=NOW, fault=Fault.SCRIPT, text="another PC", identity=True),
    ],
)
def test_a_repair_that_the_device_refused_never_began(refusal: AttemptBroken) -> None:
    assert after(BEGAN, read(FLAGGED), refusal).begun == 0


def test_the_repair_before_one_that_was_refused_has_begun_all_the_same() -> None:
    refusal = AttemptBroken(at=NOW, fault=Fault.UNSUITABLE, text="no administrator")
    flagged = read(FLAGGED | TRACES["open journal"])
    assert after(BEGAN, flagged, LOST, BEGAN, flagged, refusal).begun == 1


def test_a_device_that_enrolls_while_something_goes_on_there_was_repaired_before_our_eyes() -> None:
    parked = stage("agents", StageStatus.PARKED, wait_seconds=60)
    ended = StagesEnded(at=NOW)
    run = after(BEGAN, read(FLAGGED), stage("backup"), parked, ended, BEGAN, read(healthy()))
    assert (run.verdict, run.reason) == (Verdict.ENROLLED, "proven by evidence on the device")
    assert run.due is not None


def test_an_enrollment_that_never_answered_the_trigger_is_not_called_ours() -> None:
    trigger = stage("trigger", marker=MARKER, result=0)
    run = after(BEGAN, read(FLAGGED), stage("backup"), trigger, StagesEnded(at=NOW))
    older = healthy() | {"events": events(failed(0x80180026, minutes_ago=60, record=4690))}
    older["events"]["newest_record"] = MARKER.record + 1
    for _ in range(TIMINGS.verify_looks - 1):
        run = after(read(older), run=run)
        assert run.state is RunState.WAITING
        run = after(BEGAN, run=run)
    run = after(read(older), run=run)
    assert run.verdict is Verdict.ALREADY_ENROLLED
    assert "event 75 or 72 after record 4700" in run.reason
    assert run.due == NOW + timedelta(hours=1), "it was changed, so it is looked at again"


def test_a_trigger_answered_with_a_failure_on_an_enrolled_device_proves_nothing() -> None:
    trigger = stage("trigger", marker=MARKER, result=0)
    run = after(BEGAN, read(FLAGGED), stage("backup"), trigger, StagesEnded(at=NOW))
    refused = healthy() | {"events": events(failed(0x8018000A, record=4711))}
    run = after(read(refused), run=replace(run, looks=0))
    assert run.verdict is not Verdict.ENROLLED
