"""A PC that wants a restart gets one where that is allowed, once, and is looked at again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from orchestrator.domain.approval import Approved, digest_of
from orchestrator.domain.device import DeviceName
from orchestrator.domain.events import AttemptBegan, FactsRead, StageEnded, StagesEnded
from orchestrator.domain.facts import Facts
from orchestrator.domain.history import stage_line
from orchestrator.domain.outcome import Outcome, StageStatus
from orchestrator.domain.plan import Decision, Plan
from orchestrator.domain.restart import with_restart
from orchestrator.domain.retry import Timings
from orchestrator.domain.run import Run, RunOptions, RunState, Verdict
from orchestrator.domain.step import apply
from tests.domain.facts_builder import NOW, events, failed, reading

WAITING = {"cbs": True, "windows_update": False, "file_rename": False}
ASKED = Outcome(stage="reboot", status=StageStatus.PARKED, wait_seconds=150, reboot=True)


def waiting(boot: str = "2026-11-24T06:00:00Z", **more: Any) -> dict[str, Any]:
    payload = reading(pending_reboot=WAITING, **more)
    return payload | {"identity": {**payload["identity"], "boot": boot}}


def judged(run: Run, payload: dict[str, Any]) -> Run:
    began = apply(run, AttemptBegan(at=NOW), Timings())
    return apply(began, FactsRead(at=NOW, facts=Facts.parse(payload)), Timings())


def a_run(reboot: str) -> Run:
    name = str(reading()["identity"]["computer_name"])
    return Run(
        id="r-1",
        device=DeviceName.parse(name),
        created=NOW,
        updated=NOW,
        options=RunOptions(reboot=reboot),
    )


def restarted(reboot: str = "if_needed") -> Run:
    """Return a run that has asked its PC to restart."""
    run = judged(a_run(reboot), waiting())
    run = apply(run, StageEnded(at=NOW, outcome=ASKED), Timings())
    return apply(run, StagesEnded(at=NOW), Timings())


def stages(run: Run) -> list[str]:
    assert run.plan is not None
    return [stage.name for stage in run.plan.stages]


def test_never_holds_the_run_until_somebody_restarts_the_pc() -> None:
    run = judged(a_run("never"), waiting())
    assert run.state is RunState.HELD
    assert stages(run) == []


@pytest.mark.parametrize("reboot", ["if_needed", "allow"])
def test_where_it_is_allowed_the_pc_is_restarted_and_nothing_else_is_done(reboot: str) -> None:
    run = judged(a_run(reboot), waiting())
    assert run.state is RunState.REPAIRING
    assert stages(run) == ["backup", "reboot"]


def test_the_run_rests_and_comes_back() -> None:
    run = restarted()
    assert run.state is RunState.WAITING
    assert run.due == NOW + timedelta(seconds=150)
    assert run.restarted == "2026-11-24T06:00:00Z"


def test_a_pc_that_has_not_gone_down_yet_is_waited_for_and_not_asked_again() -> None:
    run = judged(restarted(), waiting())
    assert run.state is RunState.WAITING
    assert stages(run) == []
    assert run.next_action == "the restart that was asked for is awaited"


def test_a_pc_that_was_restarted_and_still_asks_for_it_is_held_and_not_restarted_again() -> None:
    run = judged(restarted(), waiting(boot="2026-11-25T07:00:00Z"))
    assert run.state is RunState.HELD
    assert run.plan is not None
    assert run.plan.notes[-1] == "restart: it was restarted, and still asks for it"


def test_after_the_restart_the_repair_goes_on() -> None:
    payload = waiting(boot="2026-11-25T07:00:00Z") | {"pending_reboot": {"cbs": False}}
    run = judged(restarted(), payload)
    assert run.state is RunState.REPAIRING
    assert stages(run)[-1] == "trigger"
    assert "reboot" not in stages(run)


def test_a_user_who_is_signed_in_keeps_the_pc_up_and_the_run_is_held() -> None:
    run = judged(a_run("if_needed"), waiting())
    skipped = Outcome(stage="reboot", status=StageStatus.SKIPPED, reason="user_signed_in: x")
    run = apply(run, StageEnded(at=NOW, outcome=skipped), Timings())
    run = apply(run, StagesEnded(at=NOW), Timings())
    assert run.state is RunState.HELD
    assert run.restarted == ""


def test_a_pc_that_does_not_say_when_it_started_is_never_restarted() -> None:
    plan = Plan(decision=Decision.HOLD, owner=a_run("allow").owner, next_action="", restart=True)  # type: ignore[arg-type] # no owner matters here
    facts = replace(Facts.parse(waiting()), identity=None)
    assert with_restart(plan, facts, reboot="allow", asked="") == plan


@pytest.mark.parametrize(
    ("reboot", "state", "names"),
    [
        ("never", RunState.HELD, []),
        ("if_needed", RunState.REPAIRING, ["backup", "reboot"]),
    ],
)
def test_the_restart_that_ccmsetup_asks_for_follows_the_same_rule(
    reboot: str, state: RunState, names: list[str]
) -> None:
    asked = {"cbs": False, "windows_update": False, "configmgr": True}
    run = judged(a_run(reboot), reading(pending_reboot=asked))
    assert run.state is state
    assert stages(run) == names
    quiet = reading(pending_reboot=asked | {"configmgr": False})
    assert "reboot" not in stages(judged(a_run(reboot), quiet))


BOOT = "2026-11-24T06:00:00Z"


def removed(reboot: str, *, rounds: int = 1, status: StageStatus = StageStatus.CHANGED) -> Run:
    """Return a run whose removal of an agent asked for a restart, and that did not enroll it."""
    run = judged(a_run(reboot), booted(BOOT))
    outcome = Outcome(stage="agents", status=status, reboot=True, wait_seconds=300)
    run = apply(run, StageEnded(at=NOW, outcome=outcome), Timings())
    return replace(run, state=RunState.QUEUED, rounds=rounds, under_way=None)


def booted(boot: str, **more: Any) -> dict[str, Any]:
    payload = reading(**more)
    return payload | {"identity": {**payload["identity"], "boot": boot}}


def test_a_restart_that_an_uninstaller_asked_for_comes_before_the_next_try() -> None:
    run = judged(removed("if_needed"), booted(BOOT))
    assert stages(run) == ["backup", "reboot"]
    assert run.plan is not None
    assert "a program that the repair ran asked for one" in run.plan.stages[-1].reason


def test_what_an_uninstaller_asked_for_is_outlived_by_the_next_boot() -> None:
    run = judged(removed("allow"), booted("2026-11-25T07:00:00Z"))
    assert stages(run) == ["backup", "trigger"]


@pytest.mark.parametrize("rounds", [0, 1])
def test_an_uninstaller_that_wants_a_restart_puts_nothing_off_where_none_is_allowed(
    rounds: int,
) -> None:
    run = judged(removed("never", rounds=rounds), booted(BOOT))
    assert stages(run) == ["backup", "trigger"]
    assert run.plan is not None
    assert len([note for note in run.plan.notes if note.startswith("restart: ")]) == rounds


def test_a_removal_that_goes_on_is_finished_before_the_restart_it_asked_for() -> None:
    run = judged(removed("allow", rounds=0, status=StageStatus.PARKED), booted(BOOT))
    assert stages(run) == ["backup", "trigger"]
    assert run.wants_restart == BOOT


def test_nobody_signed_in_is_the_time_for_the_restart_an_uninstaller_asked_for() -> None:
    nobody = {"console_user": "", "interactive": []}
    run = judged(removed("if_needed"), booted(BOOT, session=nobody))
    assert stages(run) == ["backup", "reboot"]


def test_a_restart_is_tried_before_somebody_is_sent_to_the_pc_for_a_code_alone() -> None:
    failures = events(failed(0x80180026, minutes_ago=1))
    assert stages(judged(removed("allow"), booted(BOOT, events=failures))) == ["backup", "reboot"]
    elsewhere = events(failed(0x80180018, minutes_ago=1))
    run = judged(removed("allow"), booted(BOOT, events=elsewhere))
    assert run.plan is not None
    assert (run.plan.decision, run.plan.restart) == (Decision.OWNER, False)


def test_the_timeline_says_which_stage_asks_for_a_restart() -> None:
    line = stage_line(Outcome(stage="agents", status=StageStatus.CHANGED, reboot=True))
    assert line == "agents: changed (asks for a restart)"


def test_a_plan_that_was_a_restart_alone_is_followed_by_another_one() -> None:
    names = ("backup", "reboot")
    approved = Approved(digest=digest_of(names, ()), stages=names)
    run = a_run("allow")
    run = judged(replace(run, options=replace(run.options, approved=approved)), waiting())
    run = apply(run, StageEnded(at=NOW, outcome=ASKED), Timings())
    run = apply(run, StagesEnded(at=NOW), Timings())
    run = judged(run, booted("2026-11-25T07:00:00Z"))
    assert (run.verdict, run.reason) == (
        Verdict.DRIFTED,
        "it needs trigger, which was not approved for it",
    )
    assert run.next_action.startswith("what was approved has begun; plan the rest again")


def test_an_owner_is_told_what_to_do_whatever_an_uninstaller_asked_for() -> None:
    run = judged(removed("allow"), booted(BOOT, os={"edition_id": "Core"}))
    assert run.plan is not None
    assert run.plan.decision in {Decision.OWNER, Decision.UNSUPPORTED}
    assert not run.plan.restart
