"""The looks at an enrollment 1 h and 24 h after it was proven, and what becomes of them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from orchestrator.domain.device import DeviceName
from orchestrator.domain.events import AttemptBegan, AttemptBroken, FactsRead
from orchestrator.domain.facts import Facts
from orchestrator.domain.history import describe
from orchestrator.domain.retry import MAX_BREAKS, Fault, Timings
from orchestrator.domain.run import Run, RunOptions, RunState, Verdict
from orchestrator.domain.step import apply
from tests.domain.facts_builder import NOW, blank, dsregcmd, events, failed, healthy

if TYPE_CHECKING:
    from orchestrator.domain.events import Event

TIMINGS = Timings()
PATIENCE = timedelta(seconds=TIMINGS.patience)
FLAGGED = blank() | {"flags": {"externally_managed": 1}, "events": events(failed(0x80180026))}
STRANGER = healthy() | {
    "dsregcmd": {
        "text": dsregcmd(DeviceId="99999999-6a1f-4c55-9b0e-2f3a94d0c611"),
        "exit_code": 0,
    }
}


def read(payload: dict[str, Any], at: datetime) -> FactsRead:
    return FactsRead(at=at, facts=Facts.parse(payload))


def enrolled(**options: Any) -> Run:
    run = Run(
        id="r-1",
        device=DeviceName.parse("PC-0042"),
        created=NOW,
        updated=NOW,
        due=NOW,
        options=RunOptions(**options),
    )
    lost = AttemptBroken(at=NOW, fault=Fault.OUTCOME_UNKNOWN, text="the line broke")
    proven = healthy() | {"journal": {"run_id": "r-1"}}
    for event in (AttemptBegan(at=NOW), read(FLAGGED, NOW), lost):
        run = apply(run, event, TIMINGS)
    for event in (AttemptBegan(at=NOW), read(proven, NOW)):
        run = apply(run, event, TIMINGS)
    assert run.due == NOW + timedelta(hours=1)
    return run


def checked(run: Run, *answers: Event) -> Run:
    assert run.due is not None
    run = apply(run, AttemptBegan(at=run.due), TIMINGS)
    for answer in answers:
        run = apply(run, answer, TIMINGS)
    return run


def away(run: Run) -> AttemptBroken:
    assert run.due is not None
    return AttemptBroken(at=run.due, fault=Fault.UNREACHABLE, text="no answer")


def test_a_deadline_of_the_run_does_not_end_the_checks_of_a_pc_that_is_away() -> None:
    run = enrolled(deadline=NOW + timedelta(minutes=30))
    first = run.due
    assert first is not None
    waits: list[timedelta] = []
    while run.due is not None and len(waits) < 200:
        began = run.due
        run = checked(run, away(run))
        if run.due is not None:
            waits.append(run.due - began)
    assert run.verdict is Verdict.ENROLLED
    assert "not re-verified: no answer" in run.reason
    assert sum(waits, timedelta()) > PATIENCE - timedelta(hours=6)
    assert waits[5] > 4 * waits[0]


def test_a_pc_that_comes_back_is_checked_and_patience_begins_anew() -> None:
    run = enrolled()
    for _ in range(3):
        run = checked(run, away(run))
    assert run.due is not None
    late = run.due
    run = checked(run, read(healthy(), late))
    assert (run.checks, run.due) == (1, late + timedelta(days=1))
    assert (run.check_due, run.tries) == (run.due, ())


@pytest.mark.parametrize("fault", [Fault.AUTH, Fault.ACCOUNT, Fault.TLS, Fault.POLICY])
def test_what_never_gets_better_by_itself_is_not_tried_again_for_a_check(fault: Fault) -> None:
    run = enrolled()
    assert run.due is not None
    run = checked(run, AttemptBroken(at=run.due, fault=fault, text="refused"))
    assert (run.verdict, run.due) == (Verdict.ENROLLED, None)
    assert "not re-verified: refused" in run.reason


def test_another_pc_under_the_name_is_no_check_and_that_is_in_the_history() -> None:
    run = enrolled()
    assert run.due is not None
    looked = checked(run)
    event = read(STRANGER, run.due)
    after = apply(looked, event, TIMINGS)
    assert (after.verdict, after.due) == (Verdict.ENROLLED, None)
    notes = [text for kind, text in describe(looked, event, after) if kind == "note"]
    assert any(
        text.startswith("not re-verified: PC-0042 has the directory object 9999") for text in notes
    )


def test_a_device_that_says_it_is_another_one_is_no_check_either() -> None:
    run = enrolled()
    assert run.due is not None
    event = AttemptBroken(at=run.due, fault=Fault.SCRIPT, text="another PC", identity=True)
    run = checked(run, event)
    assert (run.verdict, run.due) == (Verdict.ENROLLED, None)


def test_a_check_that_kills_its_workers_is_left_in_the_end() -> None:
    run = enrolled()
    begun = 0
    while run.due is not None and begun <= 2 * MAX_BREAKS:
        run = checked(run)  # and nobody hears of it again
        begun += run.under_way is RunState.SETTLED
    assert run.verdict is Verdict.ENROLLED
    assert "not re-verified: the worker was lost" in run.reason
    assert begun <= MAX_BREAKS + 1
