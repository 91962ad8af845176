from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from orchestrator.domain.device import DeviceName
from orchestrator.domain.retry import Timings
from orchestrator.domain.run import Run, RunOptions, RunState, Verdict
from orchestrator.errors import (
    AuthenticationRefused,
    CredentialsMissing,
    OutcomeUnknown,
    ScriptFailed,
    Unreachable,
)
from orchestrator.usecases.advance import advance
from orchestrator.usecases.cancel import cancel
from orchestrator.usecases.dispatch import dispatch
from orchestrator.usecases.reap import reap
from orchestrator.usecases.submit import submit
from tests.domain.facts_builder import (
    NOW,
    blank,
    certificate,
    event,
    events,
    failed,
    healthy,
    iso,
)
from tests.usecases.world import ScriptedDevice, World

PC = DeviceName.parse("PC-0042")
FLAGGED = blank() | {"flags": {"externally_managed": 1}, "events": events(failed(0x80180026))}
FRESH = healthy() | {
    "certificates": [certificate(not_before=iso(NOW))],
    "events": events(event(75, 4711, "0", minutes_ago=0)),
}
REPAIRED: list[dict[str, Any]] = [
    {"format": 1, "stage": "backup", "status": "changed"},
    {"format": 1, "stage": "flag", "status": "changed"},
    {
        "format": 1,
        "stage": "trigger",
        "status": "changed",
        "marker": {"time": iso(NOW - timedelta(minutes=1)), "record": 4700},
        "result": 0,
    },
]


def world(device: ScriptedDevice) -> World:
    made = World(device=device)
    made.clock.move(NOW - made.clock.now())
    return made


def work(here: World, run: Run, holder: str = "w1") -> Run:
    advance(run.id, here.ports, holder=holder)
    return here.ledger.load(run.id)


def test_one_session_finds_the_cause_repairs_and_proves() -> None:
    device = ScriptedDevice(
        answers={
            "Get-EnrollmentFact": [[FLAGGED], [FRESH]],
            "Invoke-EnrollmentRepair": [REPAIRED],
        }
    )
    here = world(device)
    run = work(here, submit(PC, RunOptions(), here.ports).run)
    assert run.verdict is Verdict.ENROLLED
    assert [name for name, _ in device.calls] == [
        "Get-EnrollmentFact",
        "Invoke-EnrollmentRepair",
        "Get-EnrollmentFact",
    ]
    assert device.opened == device.closed == 1


def test_values_go_as_parameters_and_empty_lists_do_not_go_at_all() -> None:
    device = ScriptedDevice(
        answers={
            "Get-EnrollmentFact": [[FLAGGED], [FRESH]],
            "Invoke-EnrollmentRepair": [REPAIRED],
        }
    )
    here = world(device)
    run = submit(PC, RunOptions(), here.ports).run
    work(here, run)
    parameters = device.calls[1][1]
    assert parameters["RunId"] == run.id
    assert parameters["ComputerName"] == "PC-0042"
    assert parameters["Stage"] == ["backup", "flag", "trigger"]
    assert parameters["Fence"] >= 1
    assert "EnrollmentId" not in parameters


def test_the_pc_is_told_how_long_to_wait_for_a_retired_client() -> None:
    device = ScriptedDevice(
        answers={
            "Get-EnrollmentFact": [[FLAGGED], [FRESH]],
            "Invoke-EnrollmentRepair": [REPAIRED],
        }
    )
    here = world(device)
    run = submit(PC, RunOptions(), here.ports).run
    advance(run.id, here.ports, holder="w1", timings=Timings(agent_removal=1.8))
    assert device.calls[1][1]["AgentSeconds"] == 2


def test_every_step_is_in_the_history() -> None:
    device = ScriptedDevice(
        answers={
            "Get-EnrollmentFact": [[FLAGGED], [FRESH]],
            "Invoke-EnrollmentRepair": [REPAIRED],
        }
    )
    here = world(device)
    work(here, submit(PC, RunOptions(), here.ports).run)
    lines = [entry.text for entry in here.ledger.history(PC)]
    assert lines[0] == "attempt 1: connecting"
    assert "trigger: changed (result 0x00000000)" in lines
    assert lines[-1] == "enrolled: proven by evidence on the device"


def test_a_device_that_is_away_costs_no_session() -> None:
    device = ScriptedDevice(there=False)
    here = world(device)
    run = work(here, submit(PC, RunOptions(), here.ports).run)
    assert run.state is RunState.AWAY
    assert device.opened == 0


def test_a_refused_login_is_final_and_never_repeated() -> None:
    device = ScriptedDevice(refuses=AuthenticationRefused("401", host="PC-0042"))
    here = world(device)
    run = work(here, submit(PC, RunOptions(), here.ports).run)
    assert run.verdict is Verdict.FAILED
    assert run.due is None


def test_a_missing_account_ends_the_run_with_what_is_missing() -> None:
    class NoAccount(ScriptedDevice):
        def open(self, device: DeviceName, *, seconds: float) -> Any:
            raise CredentialsMissing("no account", hint="set ENROLLMEND_USERNAME")

    here = world(NoAccount())
    run = work(here, submit(PC, RunOptions(), here.ports).run)
    assert run.verdict is Verdict.FAILED
    assert "no account" in run.reason


def test_a_line_that_breaks_in_the_repair_is_followed_by_a_look() -> None:
    device = ScriptedDevice(
        answers={
            "Get-EnrollmentFact": [[FLAGGED]],
            "Invoke-EnrollmentRepair": [OutcomeUnknown("the line broke", host="PC-0042")],
        }
    )
    here = world(device)
    run = work(here, submit(PC, RunOptions(), here.ports).run)
    assert run.state is RunState.WAITING
    here.clock.move(timedelta(minutes=1))
    work(here, run)
    assert [name for name, _ in device.calls][2] == "Get-EnrollmentFact"


def test_the_device_may_say_that_it_is_another_one() -> None:
    mismatch = ScriptFailed("another PC", host="PC-0042", code="Enrollmend.IdentityMismatch")
    device = ScriptedDevice(
        answers={"Get-EnrollmentFact": [[FLAGGED]], "Invoke-EnrollmentRepair": [mismatch]}
    )
    here = world(device)
    run = work(here, submit(PC, RunOptions(), here.ports).run)
    assert run.verdict is Verdict.IDENTITY_MISMATCH


@pytest.mark.parametrize("answers", [[], [FLAGGED, FLAGGED], [{"format": 99}]])
def test_an_answer_that_is_no_reading_is_trouble_with_the_protocol(
    answers: list[dict[str, Any]],
) -> None:
    here = world(ScriptedDevice(answers={"Get-EnrollmentFact": [answers]}))
    run = work(here, submit(PC, RunOptions(), here.ports).run)
    assert run.state is RunState.WAITING
    assert dict(run.tries) == {"protocol": 1}


def test_a_worker_that_lost_its_lease_writes_nothing_any_more() -> None:
    device = ScriptedDevice(
        answers={
            "Get-EnrollmentFact": [[FLAGGED], [FRESH]],
            "Invoke-EnrollmentRepair": [REPAIRED],
        }
    )
    here = world(device)
    run = submit(PC, RunOptions(), here.ports).run

    def frozen(function: str) -> None:
        if function == "Invoke-EnrollmentRepair":
            here.clock.move(timedelta(minutes=5))
            assert reap(here.ports) == 1

    device.before = frozen
    advance(run.id, here.ports, holder="frozen")
    after = here.ledger.load(run.id)
    assert after.state is RunState.WAITING
    assert not after.outcomes
    assert not [entry for entry in here.ledger.history(PC) if entry.kind == "stage"]


def test_a_run_that_is_called_off_under_way_stays_called_off() -> None:
    device = ScriptedDevice(
        answers={
            "Get-EnrollmentFact": [[FLAGGED]],
            "Invoke-EnrollmentRepair": [REPAIRED],
        }
    )
    here = world(device)
    run = submit(PC, RunOptions(), here.ports).run

    def called_off(function: str) -> None:
        if function == "Invoke-EnrollmentRepair":
            cancel(run.id, here.ports)

    device.before = called_off
    advance(run.id, here.ports, holder="w1")
    assert here.ledger.load(run.id).state is RunState.CANCELLED


def test_two_requests_for_one_device_are_one_run() -> None:
    here = world(ScriptedDevice(there=False))
    first = submit(PC, RunOptions(), here.ports)
    second = submit(DeviceName.parse("pc-0042.corp.example"), RunOptions(), here.ports)
    assert first.fresh
    assert not second.fresh
    assert second.run.id == first.run.id


def test_a_run_is_saved_before_anybody_is_rung_for() -> None:
    here = world(ScriptedDevice())
    kept: list[bool] = []
    here.bell.answer = lambda run_id: kept.append(here.ledger.load(run_id).id == run_id)
    submit(PC, RunOptions(), here.ports)
    assert kept == [True]


def test_what_rests_is_rung_for_when_it_is_due_and_not_before() -> None:
    here = world(ScriptedDevice(there=False))
    run = work(here, submit(PC, RunOptions(), here.ports).run)
    assert run.due is not None
    here.bell.rung.clear()
    assert dispatch(here.ports, urgent_credit=5, bulk_credit=5) == 0
    here.clock.move(run.due - here.clock.now())
    assert dispatch(here.ports, urgent_credit=5, bulk_credit=5) == 1
    assert here.bell.rung == [(run.id, True)]


def test_timings_decide_how_long_calls_may_take() -> None:
    seconds: list[float] = []

    class Timed(ScriptedDevice):
        def invoke(self, function: str, parameters: Any, **rest: Any) -> list[dict[str, object]]:
            seconds.append(rest["seconds"])
            return ScriptedDevice.invoke(self, function, parameters, **rest)

    here = world(Timed(answers={"Get-EnrollmentFact": [[healthy()]]}))
    run = submit(PC, RunOptions(), here.ports).run
    advance(run.id, here.ports, holder="w1", timings=replace(Timings(), probe_seconds=7))
    assert seconds == [7]


def test_a_device_that_comes_back_after_days_is_taken_up_where_its_state_is() -> None:
    device = ScriptedDevice(there=False, answers={"Get-EnrollmentFact": [[healthy()]]})
    here = world(device)
    run = work(here, submit(PC, RunOptions(), here.ports).run)
    device.there = True
    here.clock.move(timedelta(days=3))
    assert work(here, run).verdict is Verdict.ALREADY_ENROLLED


def test_an_unreachable_device_while_opening_is_away_too() -> None:
    here = world(ScriptedDevice(refuses=Unreachable("it went away", host="PC-0042")))
    assert work(here, submit(PC, RunOptions(), here.ports).run).state is RunState.AWAY


def test_a_session_that_cannot_repair_is_not_tried_again_and_says_what_would_suit() -> None:
    refusal = ScriptFailed("needs an elevated administrator", code="Enrollmend.UnsuitableHost")
    device = ScriptedDevice(
        answers={"Get-EnrollmentFact": [[FLAGGED]], "Invoke-EnrollmentRepair": [refusal]}
    )
    here = world(device)
    run = work(here, submit(PC, RunOptions(), here.ports).run)
    assert (run.state, run.verdict, run.due) == (RunState.SETTLED, Verdict.FAILED, None)
    assert "administrator" in run.next_action
    assert [name for name, _ in device.calls].count("Invoke-EnrollmentRepair") == 1


def test_a_script_that_failed_otherwise_is_tried_again() -> None:
    device = ScriptedDevice(
        answers={"Get-EnrollmentFact": [[FLAGGED]], "Invoke-EnrollmentRepair": [ScriptFailed("x")]}
    )
    here = world(device)
    run = work(here, submit(PC, RunOptions(), here.ports).run)
    assert (run.state, run.verdict) == (RunState.WAITING, None)
