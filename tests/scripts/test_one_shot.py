"""Scheduled tasks of our own: how they are made, waited for and removed, and by whom."""

from __future__ import annotations

import pytest

from orchestrator.lab.faults import FailOperation
from orchestrator.lab.store_tasks import Task, TaskRun
from tests.scripts.bench import ONE, Bench
from tests.scripts.builders import number


def test_what_a_task_of_ours_is_made_with() -> None:
    pc = Bench()
    pc.more = (
        "function New-ScheduledTaskSettingsSet { param ($AllowStartIfOnBatteries, "
        "$DontStopIfGoingOnBatteries, $StartWhenAvailable, $MultipleInstances, "
        "$ExecutionTimeLimit, $ErrorAction)\n"
        'throw "$AllowStartIfOnBatteries $DontStopIfGoingOnBatteries $StartWhenAvailable '
        '$MultipleInstances $($ExecutionTimeLimit.TotalMinutes)" }'
    )
    answer = pc.call(
        "Invoke-OneShotTask", Name="look-x", FilePath="x", Argument="x", TimeoutSeconds=1
    )
    assert answer.message == "True True True IgnoreNew 10"


def test_a_task_that_was_not_started_under_what_if_has_not_ended() -> None:
    pc = Bench()
    call = "Invoke-OneShotTask -Name 'look-x' -FilePath 'x' -Argument 'x' -TimeoutSeconds 1 -WhatIf"
    assert number(pc, f"[int]({call}).Ended") == 0
    assert pc.device.asked["Register-ScheduledTask"] == 0


WAIT = "Wait-TaskEnd -TaskPath '\\enrollmend\\' -TaskName 'x' -TimeoutSeconds 1"


def test_a_task_that_is_gone_has_ended() -> None:
    assert number(Bench(), f"[int]({WAIT}).Ended") == 1


@pytest.mark.parametrize("result", [267009, 267011, 267045])
def test_a_task_that_is_ready_and_has_not_run_has_not_ended(result: int) -> None:
    pc = Bench()
    pc.device.tasks.add(Task(path="\\enrollmend\\", name="x"))
    pc.device.tasks.runs["\\enrollmend\\x"] = TaskRun(result=result)
    assert number(pc, f"[int]({WAIT}).Ended") == 0
    assert pc.device.asked["Get-ScheduledTaskInfo"] == 2


BEFORE = "((Get-ScheduledTaskInfo -TaskPath '\\enrollmend\\' -TaskName 'x').LastRunTime)"


def ran() -> Bench:
    """Return a PC with a task that ended with 5."""
    pc = Bench()
    pc.device.tasks.add(Task(path="\\enrollmend\\", name="x"))
    pc.device.tasks.runs["\\enrollmend\\x"] = TaskRun(result=5, last=pc.now)
    return pc


def test_the_end_of_the_run_before_is_not_the_end_of_this_one() -> None:
    assert number(ran(), f"[int]({WAIT} -LastRunTime {BEFORE}).Ended") == 0
    moved = f"({BEFORE}.AddSeconds(-60))"
    assert number(ran(), f"[int]({WAIT} -LastRunTime {moved}).Result") == 5
    assert number(ran(), f"[int]({WAIT}).Result") == 5


@pytest.mark.parametrize(("state", "ended"), [("Running", 1), ("Queued", 1), ("Ready", 0)])
def test_a_task_that_ran_already_when_it_was_started_ends_with_that_run(
    state: str, ended: int
) -> None:
    pc = ran()
    pc.more = "function Start-ScheduledTask { param ($TaskPath, $TaskName, $ErrorAction) }"
    task = f"@{{ TaskPath = '\\enrollmend\\'; TaskName = 'x'; State = '{state}' }}"
    assert number(pc, f"[int](Start-TaskAndWait -Task ([pscustomobject]{task})).Ended") == ended


def test_a_look_removes_the_tasks_of_a_repair_whose_session_died() -> None:
    pc = Bench()
    pc.device.tasks.add(Task(path="\\enrollmend\\", name=f"repair-enroll-{ONE}"))
    assert pc.call("Clear-OneShotTask", Caller="look").state == "Completed"
    assert pc.device.tasks.inside("\\enrollmend\\") == []


def test_a_task_of_a_repair_that_cannot_be_removed_is_told() -> None:
    pc = Bench()
    pc.device.tasks.add(Task(path="\\enrollmend\\", name=f"repair-enroll-{ONE}"))
    pc.device.faults.append(FailOperation(operation="Unregister-ScheduledTask"))
    assert pc.call("Clear-OneShotTask", Caller="look").error == "UnauthorizedAccessException"


@pytest.mark.parametrize("caller", ["look", "repair"])
def test_a_look_leaves_the_tasks_of_a_repair_alone(caller: str) -> None:
    pc = Bench()
    at_work = pc.device.session()
    at_work.mutex("Global\\enrollmend").methods["WaitOne"](0)
    names = [f"{word}-{ONE}" for word in ("look-prt", "repair-purge", "looks")]
    for name in names:
        pc.device.tasks.add(Task(path="\\enrollmend\\", name=name))
    assert pc.call("Clear-OneShotTask", Caller=caller).state == "Completed"
    left = {name for name in names if f"\\enrollmend\\{name}".lower() in pc.device.tasks.tasks}
    assert left == {name for name in names if not name.startswith(f"{caller}-")}
