"""From a reading to what happens next, and from what happened to the next reading."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from orchestrator.domain.device import DeviceName
from orchestrator.domain.events import (
    AttemptBegan,
    AttemptBroken,
    FactsRead,
    Probe,
    Rest,
    Restore,
    RunStages,
    StageEnded,
    StagesEnded,
)
from orchestrator.domain.facts import Facts
from orchestrator.domain.findings import Owner
from orchestrator.domain.outcome import Change, Marker, Outcome, StageStatus
from orchestrator.domain.retry import MAX_ROUNDS, Fault, Timings
from orchestrator.domain.run import Intent, Run, RunOptions, RunState, Verdict
from orchestrator.domain.step import apply, next_action
from tests.domain.facts_builder import (
    NOW,
    blank,
    certificate,
    dsregcmd,
    event,
    events,
    failed,
    healthy,
    iso,
    unjoined,
)

TIMINGS = Timings()
BLOCKED = 0x80180026
MARKER = Marker(time=iso(NOW - timedelta(minutes=2)), record=4700)


def flagged() -> dict[str, Any]:
    return blank() | {"flags": {"externally_managed": 1}, "events": events(failed(BLOCKED))}


def begun(**values: Any) -> Run:
    run = Run(id="r-1", device=DeviceName.parse("PC-0042"), created=NOW, updated=NOW, due=NOW)
    return apply(replace(run, **values), AttemptBegan(at=NOW), TIMINGS)


def read(run: Run, payload: dict[str, Any]) -> Run:
    return apply(run, FactsRead(at=NOW, facts=Facts.parse(payload)), TIMINGS)


def ended(run: Run, *outcomes: Outcome) -> Run:
    for outcome in outcomes:
        run = apply(run, StageEnded(at=NOW, outcome=outcome), TIMINGS)
    return apply(run, StagesEnded(at=NOW), TIMINGS)


def outcome(stage: str, status: StageStatus = StageStatus.CHANGED, **values: Any) -> Outcome:
    return Outcome(stage=stage, status=status, **values)


def triggered() -> Run:
    return ended(
        read(begun(), flagged()),
        outcome("backup"),
        outcome("flag"),
        outcome("trigger", marker=MARKER, result=0),
    )


def proven() -> dict[str, Any]:
    fresh = certificate(not_before=iso(NOW - timedelta(minutes=1)))
    return healthy() | {
        "certificates": [fresh],
        "events": events(event(75, 4711, "0", minutes_ago=1)),
    }


def test_a_run_begins_by_looking() -> None:
    run = begun()
    assert run.state is RunState.PROBING
    assert run.attempt == 1
    assert isinstance(next_action(run), Probe)


def test_a_healthy_device_is_left_alone() -> None:
    run = read(begun(), healthy())
    assert run.verdict is Verdict.ALREADY_ENROLLED
    assert run.due is None
    assert next_action(run) == Rest()


def test_a_cause_on_the_device_is_repaired_with_its_stages() -> None:
    run = read(begun(), flagged())
    action = next_action(run)
    assert isinstance(action, RunStages)
    assert [stage.name for stage in action.plan.stages] == ["backup", "flag", "trigger"]


@pytest.mark.parametrize(
    "options",
    [RunOptions(dry_run=True), RunOptions(intent=Intent.WHY), RunOptions(intent=Intent.VERIFY)],
)
def test_a_run_that_only_reads_ends_with_the_plan(options: RunOptions) -> None:
    run = read(begun(options=options), flagged())
    assert run.verdict is Verdict.DIAGNOSED
    assert run.plan is not None
    assert run.plan.stages


def test_a_policy_goes_to_its_owner_and_nothing_is_changed() -> None:
    policy = {"auto_enroll_mdm": 1, "disable_registration": 1}
    run = read(begun(), flagged() | {"policy": policy})
    assert run.verdict is Verdict.NEEDS_OWNER
    assert run.owner is Owner.DIRECTORY
    assert run.next_action


def test_another_pc_under_the_name_is_never_touched() -> None:
    stranger = flagged()
    stranger["identity"] = stranger["identity"] | {"computer_name": "PC-0077"}
    run = read(begun(), stranger)
    assert run.verdict is Verdict.IDENTITY_MISMATCH
    assert "PC-0042 answered as PC-0077" in run.reason


def test_another_pc_under_the_name_at_a_later_look_of_the_run_is_never_touched() -> None:
    other = "99999999-6a1f-4c55-9b0e-2f3a94d0c611"
    stranger = flagged() | {"dsregcmd": {"text": dsregcmd(DeviceId=other), "exit_code": 0}}
    first = read(begun(), flagged())
    assert first.device_id == "7d1e5c02-6a1f-4c55-9b0e-2f3a94d0c611"
    broken = ended(first, outcome("flag", StageStatus.FAILED))
    again = apply(broken, AttemptBegan(at=NOW), TIMINGS)
    assert read(again, flagged()).state is RunState.REPAIRING
    last = read(again, stranger)
    assert last.verdict is Verdict.IDENTITY_MISMATCH
    assert other in last.reason


def test_a_pc_that_left_the_directory_meanwhile_is_judged_by_the_diagnosis() -> None:
    gone = flagged() | {"dsregcmd": {"text": unjoined(), "exit_code": 0}}
    broken = ended(read(begun(), flagged()), outcome("flag", StageStatus.FAILED))
    last = read(apply(broken, AttemptBegan(at=NOW), TIMINGS), gone)
    assert last.verdict is not Verdict.IDENTITY_MISMATCH
    assert last.device_id


def test_a_trigger_is_followed_by_a_fresh_look() -> None:
    run = triggered()
    assert run.state is RunState.VERIFYING
    assert run.marker == MARKER
    assert run.rounds == 1
    assert isinstance(next_action(run), Probe)


def test_a_result_of_0_alone_proves_nothing() -> None:
    run = read(triggered(), flagged() | {"events": events()})
    assert run.state is RunState.WAITING
    assert run.verdict is None
    assert run.due == NOW + timedelta(seconds=TIMINGS.verify_poll)


def test_evidence_on_the_device_settles_the_run_and_has_it_checked_again() -> None:
    run = read(triggered(), proven())
    assert run.verdict is Verdict.ENROLLED
    assert run.proof
    assert run.due == NOW + timedelta(hours=1)


def test_a_new_failure_after_the_trigger_is_judged_anew() -> None:
    mfa = 0x8018002A
    run = read(triggered(), flagged() | {"flags": {}, "events": events(failed(mfa, record=4712))})
    assert run.diagnosis is not None
    assert run.diagnosis.last_error == mfa
    assert run.marker is None


def test_a_device_that_never_gets_better_is_given_up_after_three_repairs() -> None:
    run = read(begun(rounds=MAX_ROUNDS), flagged())
    assert run.verdict is Verdict.FAILED
    assert "3 repairs" in run.reason


def test_something_that_goes_on_by_itself_frees_the_slot() -> None:
    parked = outcome("agents", StageStatus.PARKED, wait_seconds=1200, reason="removal goes on")
    run = ended(read(begun(), flagged()), parked)
    assert run.state is RunState.WAITING
    assert run.due == NOW + timedelta(minutes=20)
    assert apply(run, AttemptBegan(at=NOW), TIMINGS).state is RunState.PROBING


def test_what_may_pass_elsewhere_rests_and_holds_nobody_up() -> None:
    throttled = {"flags": {}, "events": events(failed(0x801901AD, record=4712))}
    run = read(begun(), flagged() | throttled)
    assert run.state is RunState.HELD
    assert run.due == NOW + timedelta(minutes=30)


def test_a_failed_stage_is_tried_again_after_a_fresh_look_and_then_given_up() -> None:
    run = read(begun(), flagged())
    verdicts = []
    for _ in range(3):
        run = ended(run, outcome("flag", StageStatus.FAILED, reason="access denied"))
        verdicts.append(run.verdict)
        if run.verdict is None:
            run = replace(begun(tries=run.tries), state=RunState.REPAIRING, plan=run.plan)
    assert verdicts == [None, None, Verdict.FAILED]
    assert "access denied" in run.reason


def test_a_trigger_without_a_user_rests_until_somebody_signs_in() -> None:
    skipped = outcome("trigger", StageStatus.SKIPPED, reason="nobody is signed in")
    run = ended(read(begun(), flagged()), outcome("flag"), skipped)
    assert run.state is RunState.HELD
    assert run.owner is Owner.USER


def test_a_device_that_does_not_answer_is_away_and_has_not_failed() -> None:
    broken = AttemptBroken(at=NOW, fault=Fault.UNREACHABLE, text="no answer")
    run = apply(begun(), broken, TIMINGS)
    assert run.state is RunState.AWAY
    assert run.verdict is None


@pytest.mark.parametrize(
    ("offline", "verdict"), [("skip", Verdict.AWAY_EXPIRED), ("fail", Verdict.FAILED)]
)
def test_the_caller_may_not_want_to_wait(offline: str, verdict: Verdict) -> None:
    broken = AttemptBroken(at=NOW, fault=Fault.UNREACHABLE, text="no answer")
    run = apply(begun(options=RunOptions(offline=offline)), broken, TIMINGS)
    assert run.verdict is verdict


def test_a_broken_line_in_mid_repair_is_followed_by_a_look_and_never_by_a_replay() -> None:
    lost = AttemptBroken(at=NOW, fault=Fault.OUTCOME_UNKNOWN, text="the line broke")
    run = apply(read(begun(), flagged()), lost, TIMINGS)
    assert run.state is RunState.WAITING
    again = apply(run, AttemptBegan(at=NOW), TIMINGS)
    assert isinstance(next_action(again), Probe)


def test_a_look_that_succeeds_forgets_earlier_trouble_with_the_line() -> None:
    assert read(begun(tries=(("transient", 3),)), flagged()).tries == ()


def test_a_repair_that_always_fails_is_counted_over_the_looks_between() -> None:
    run = read(begun(tries=(("script", 2),)), flagged())
    broken = AttemptBroken(at=NOW, fault=Fault.SCRIPT, text="the function failed")
    assert apply(run, broken, TIMINGS).verdict is Verdict.FAILED


def test_a_pc_that_goes_away_in_between_has_no_row_of_passing_faults() -> None:
    away = AttemptBroken(at=NOW, fault=Fault.UNREACHABLE, text="no answer")
    run = apply(begun(tries=(("transient", 3), ("unreachable", 2))), away, TIMINGS)
    assert run.tries == (("unreachable", 3),)


def test_a_repair_that_ends_forgets_what_failed_before() -> None:
    run = read(begun(tries=(("script", 2),)), flagged())
    assert ended(run, outcome("flag")).tries == ()


def test_what_goes_on_by_itself_does_not_go_on_past_the_deadline() -> None:
    parked = outcome("agents", StageStatus.PARKED, wait_seconds=1200)
    options = RunOptions(deadline=NOW + timedelta(minutes=10))
    assert ended(read(begun(options=options), flagged()), parked).verdict is Verdict.NEEDS_OWNER


def test_a_cause_of_somebody_else_that_repairs_did_not_help_goes_to_its_owner() -> None:
    mfa = blank() | {"events": events(failed(0x8018002A, minutes_ago=60 * 24))}
    run = read(begun(rounds=MAX_ROUNDS), mfa)
    assert run.verdict is Verdict.NEEDS_OWNER
    assert run.owner is Owner.USER


def test_a_person_is_asked_less_often_with_every_trigger() -> None:
    mfa = blank() | {"events": events(failed(0x8018002A))}
    waits = []
    for rounds in (0, 1):
        held = read(begun(rounds=rounds), mfa)
        assert held.state is RunState.HELD
        assert held.due is not None
        waits.append(held.due - NOW)
    assert waits[1] == 2 * waits[0]


def test_undo_restores_and_says_what_cannot_come_back() -> None:
    options = RunOptions(intent=Intent.UNDO, undo_run="r-0")
    run = begun(options=options)
    assert next_action(run) == Restore(run_id="r-0")
    lost = Change(object="A1B2", action="delete", restorable=False)
    run = ended(run, outcome("restore", changes=(lost,)))
    assert run.verdict is Verdict.RESTORED
    assert "1 thing cannot come back" in run.reason


def test_an_enrollment_that_is_gone_when_looked_at_again_has_relapsed() -> None:
    settled = read(triggered(), proven())
    looked = apply(settled, AttemptBegan(at=NOW), TIMINGS)
    assert isinstance(next_action(looked), Probe)
    relapsed = read(looked, blank())
    assert relapsed.verdict is Verdict.RELAPSED
    assert relapsed.due is None


def test_an_enrollment_that_holds_is_looked_at_twice() -> None:
    run = read(triggered(), proven())
    dues = [run.due]
    for _ in range(2):
        run = read(apply(run, AttemptBegan(at=NOW), TIMINGS), healthy())
        dues.append(run.due)
    assert dues == [NOW + timedelta(hours=1), NOW + timedelta(days=1), None]
    assert run.verdict is Verdict.ENROLLED
