"""Things go wrong in each stage, workers die, people ask twice and press Ctrl-C."""

from __future__ import annotations

import signal
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from orchestrator.lab.device_dump import diff_dumps
from tests.acceptance.stack import until

if TYPE_CHECKING:
    from tests.acceptance.stack import Ran, Stack

pytestmark = [pytest.mark.acceptance, pytest.mark.xdist_group("acceptance")]

FAULTS: dict[str, tuple[str, str, int]] = {
    "FAULT-BACKUP": ("backup", "Export-ScheduledTask", 0),
    "FAULT-AGENTS": ("agents", "Remove-Item", 2),
    "FAULT-SERVICES": ("services", "Set-Service", 0),
    "FAULT-CLOCK": ("clock", "Start-Process", 4),
    "FAULT-JOIN": ("join", "Start-ScheduledTask", 1),
    "FAULT-TASKS": ("tasks", "Unregister-ScheduledTask", 2),
    "FAULT-CERTS": ("certificates", "Remove-Item", 2),
    "FAULT-STATE": ("state", "Remove-ItemProperty", 0),
    "FAULT-FLAG": ("flag", "Set-ItemProperty", 0),
    "FAULT-POLICY": ("policy", "Enable-ScheduledTask", 0),
    "FAULT-TRIGGER": ("trigger", "Start-ScheduledTask", 1),
}
"""The stage that fails, by what, and how often that is used without harm before: a look and a
backup use some of it too."""
CUT_AFTER = 185
"""Changing operations of a session that looks and repairs: about half of the tasks are gone."""


@pytest.fixture(scope="module")
def faulty(whole: Stack) -> Ran:
    """All of them repaired, each with a stage that fails once."""
    for pc, (_, operation, after) in FAULTS.items():
        whole.fault(pc, "FailOperation", operation=operation, after=after)
    return whole.fix(*FAULTS)


@pytest.mark.parametrize("pc", FAULTS)
def test_a_stage_that_fails_once_is_told_and_made_good(whole: Stack, faulty: Ran, pc: str) -> None:
    stage, _, _ = FAULTS[pc]
    history = whole.history(pc)
    failed = [line for line in history if line.startswith(f"stage: {stage}: failed")]
    assert len(failed) == 1, history
    found = next(one for one in faulty.documents if one["device"]["name"] == pc)
    assert found["verdict"] == "enrolled", faulty.err


def test_two_who_ask_at_once_share_one_run(whole: Stack) -> None:
    whole.fault("SHARED", "Slow", seconds=0.1)
    first = whole.begin("-c", "lab", "fix", "-o", "json", "SHARED")
    second = whole.begin("-c", "lab", "fix", "-o", "json", "SHARED")
    answers = [whole.end(first), whole.end(second)]
    assert [ran.code for ran in answers] == [0, 0]
    assert len({ran.document["run"] for ran in answers}) == 1
    assert sum("joined" in ran.err for ran in answers) == 1
    for ran in answers:
        assert "verifying: looking for evidence of enrollment" in ran.err
        assert "enrolled: proven by evidence" in ran.err
    changed = [line for line in whole.history("SHARED") if line.startswith("stage: tasks: ch")]
    assert len(changed) == 1


def test_ctrl_c_ends_the_watching_and_the_run_goes_on(whole: Stack) -> None:
    whole.fault("WATCHED", "Slow", seconds=0.2)
    process = whole.begin("-c", "lab", "fix", "WATCHED")
    assert process.stderr is not None
    first = process.stderr.readline()
    assert "attempt 1: connecting" in first
    process.send_signal(signal.SIGINT)
    ran = whole.end(process)
    assert ran.code == 130
    assert ran.out == ""
    assert "stopped watching" in ran.err
    assert "Traceback" not in ran.err
    whole.order("set", pc="WATCHED", clear=True)
    shown = whole.run("show", "WATCHED", "--follow", "-o", "json")
    assert shown.document["verdict"] == "enrolled"


def test_a_repair_whose_worker_is_killed_is_finished_by_another(whole: Stack) -> None:
    whole.fault("KILLED", "Slow", seconds=0.7)
    process = whole.begin("-c", "lab", "fix", "-o", "json", "KILLED")
    until(
        lambda: any(kind.endswith("Repair") for kind, *_ in whole.order("ledger", pc="KILLED")),
        what="the PC was repaired, and the answer is on its way",
    )
    whole.workers[-1].kill()
    whole.order("set", pc="KILLED", clear=True)
    history = whole.history("KILLED")
    whole.start_worker()
    assert history[-1].startswith("state: repairing:")
    ran = whole.end(process)
    assert ran.code == 0, ran.err
    # The repair had gone through on the PC; nobody does it again, and the next look proves it.
    assert ran.document["verdict"] == "enrolled"
    assert "a repair whose end was not seen" in ran.err
    assert ran.document["attempt"] > 1
    lines = whole.order("ledger", pc="KILLED")
    spans = sorted((start, end) for _, _, start, end in lines)
    assert all(a[1] <= b[0] for a, b in pairwise(spans))
    assert sum(kind == "Invoke-EnrollmentRepair" for kind, *_ in lines) == 1


def test_a_repair_cut_in_the_middle_with_its_worker_is_carried_out_by_another(whole: Stack) -> None:
    before = whole.dump("CUT")
    whole.fault("CUT", "KillAfterOperation", operations=CUT_AFTER)
    whole.fault("CUT", "Slow", seconds=0.7)
    process = whole.begin("-c", "lab", "fix", "-o", "json", "CUT")
    until(
        lambda: any(kind.endswith("Repair") for kind, *_ in whole.order("ledger", pc="CUT")),
        what="the PC's session died in the middle, and the news of it is on its way",
    )
    whole.workers[-1].kill()
    half = whole.dump("CUT")
    whole.order("set", pc="CUT", clear=True)
    history = whole.history("CUT")
    assert history[-1].startswith("state: repairing:"), "the worker never heard of it"
    gone = before["tasks"].keys() - half["tasks"].keys()
    assert gone, "the removal of tasks had begun"
    assert half["certificates"] == before["certificates"], "and had not ended"
    whole.start_worker()
    ran = whole.end(process)
    assert ran.code == 0, ran.err
    assert ran.document["verdict"] == "enrolled"
    assert "proven by evidence on the device" in ran.err, "the second saw the end of its repair"
    later = whole.history("CUT")[len(history) :]
    assert later[0] == "fault: the worker was lost; the device is looked at again"
    stages = [line.removeprefix("stage: ") for line in later if line.startswith("stage: ")]
    assert [line.partition(":")[0] for line in stages] == [
        *("backup", "tasks", "certificates", "state", "policy", "trigger")
    ]
    (tasks,) = (line for line in stages if line.startswith("tasks: changed"))
    left = int(tasks.partition("(")[2].partition(" ")[0])
    removed = before["tasks"].keys() - whole.dump("CUT")["tasks"].keys()
    assert left == len(removed) - len(gone), "nothing is done twice"


def test_undo_gives_back_all_but_what_cannot_come_back_and_says_what(whole: Stack) -> None:
    before = whole.dump("UNDONE")
    assert whole.fix("UNDONE").code == 0
    ran = whole.run("undo", "UNDONE", "--yes")
    assert ran.code == 0, ran.err
    assert "1 thing cannot come back" in ran.out
    after = whole.dump("UNDONE")
    (lost,) = before["certificates"].keys() - after["certificates"].keys()
    assert lost in ran.out
    # What is not as it was is the lost certificate, Windows' log, and the enrollment made since.
    (made,) = after["certificates"].keys() - before["certificates"].keys()
    lines = [line for line in diff_dumps(before, after) if "\\enrollmend" not in line]
    (new,) = {line.split("\\")[-2] for line in lines if line.startswith("+ folders")}
    logger = "HKLM\\SOFTWARE\\Microsoft\\Provisioning\\OMADM\\Logger"
    dead = before["registry"][logger]["CurrentEnrollmentId"]
    assert {line.split(" / ")[1] for line in lines if line.startswith("- ")} == {lost}
    assert [line.split(" / ")[1:] for line in lines if line.startswith("~ registry")] == [
        [
            logger,
            f"CurrentEnrollmentId: {dead} -> REG_SZ:{new}",
        ]
    ]
    born = [line for line in lines if not line.startswith(("- ", "~ registry", "~ events"))]
    assert [line for line in born if new not in line and made not in line] == []
    assert f"an enrollment made since stays: {new.lower()}" in " ".join(ran.out.split())
