"""How ccmsetup ended: 7 asks for a restart, and what cannot be read is not known."""

from __future__ import annotations

from datetime import timedelta

import pytest

from orchestrator.lab.store_state import Process
from tests.scripts.bench import OURS, Bench
from tests.scripts.builders import configmgr

SETUP = r"C:\Windows\ccmsetup\ccmsetup.exe"
LOG = r"C:\Windows\ccmsetup\Logs\CCMSetup.log"


def orphan(*, restart: bool = False) -> Bench:
    """A PC with a client that may go, whose removal asks for a restart at its end or does not."""
    pc = Bench()
    configmgr(pc)
    pc.device.files.write(SETUP, b"MZ restart" if restart else b"MZ")
    return pc


def stage(pc: Bench, fence: int) -> dict[str, object]:
    answer = pc.repair("configmgr", AllowConfigMgrRemoval=True, fence=fence)
    outcome: dict[str, object] = answer.stage("configmgr")
    return outcome


def mark_just_now(pc: Bench) -> None:
    """Note a removal as begun in the second in which the next repair looks."""
    begun = pc.now + timedelta(seconds=1)
    pc.device.registry.put(OURS, {"ConfigMgrRemoval": f"{begun:%Y-%m-%dT%H:%M:%SZ} r-1"})


def waits(pc: Bench) -> object:
    """What the facts say of ccmsetup's wish."""
    return pc.facts()["pending_reboot"].get("configmgr")


def test_a_removal_that_ended_well_asks_for_nothing() -> None:
    pc = orphan()
    assert waits(pc) is None, "without a log nothing is known"
    stage(pc, 1)
    pc.later(600)
    outcome = stage(pc, 2)
    assert (outcome["status"], outcome["reboot"], outcome["result"]) == ("unchanged", False, 0)
    assert waits(pc) is False


def test_a_removal_that_asks_for_a_restart_is_told_until_the_restart() -> None:
    pc = orphan(restart=True)
    stage(pc, 1)
    pc.later(600)
    outcome = stage(pc, 2)
    assert (outcome["status"], outcome["reboot"], outcome["result"]) == ("unchanged", True, 7)
    assert "asks for a restart" in str(outcome["reason"])
    assert waits(pc) is True
    pc.device.reboot()
    pc.later(600)
    outcome = stage(pc, 3)
    assert (outcome["status"], outcome["reboot"]) == ("unchanged", False)
    assert waits(pc) is False


def test_a_client_that_only_goes_with_the_restart_is_waited_for_and_then_a_failure() -> None:
    pc = orphan(restart=True)
    stage(pc, 1)
    pc.later(600)
    configmgr(pc)
    outcome = stage(pc, 2)
    assert (outcome["status"], outcome["reboot"]) == ("parked", True)
    assert "(7)" in str(outcome["reason"])
    pc.device.reboot()
    pc.later(600)
    outcome = stage(pc, 3)
    assert (outcome["status"], outcome["reboot"]) == ("failed", False)
    assert "ended (with 7)" in str(outcome["reason"])


def test_a_client_whose_files_are_gone_is_waited_for_while_ccmsetup_runs() -> None:
    pc = orphan()
    stage(pc, 1)
    pc.later(30)
    pc.device.files.remove(r"C:\Windows\CCM")
    pc.device.services.pop("CcmExec")
    assert stage(pc, 2)["status"] == "parked"


def test_a_removal_that_ended_within_its_first_second_tells_how() -> None:
    pc = orphan(restart=True)
    stage(pc, 1)
    pc.later(600)
    configmgr(pc)
    mark_just_now(pc)
    assert stage(pc, 2)["result"] == 7


def test_a_client_whose_files_went_at_once_is_waited_for_while_ccmsetup_runs() -> None:
    pc = Bench()
    pc.device.processes[7] = Process(pid=7, name="ccmsetup")
    mark_just_now(pc)
    assert stage(pc, 1)["status"] == "parked"


@pytest.mark.parametrize(
    "content", [None, b"", b"no end yet\r\n", b"exiting with return code ?\r\n"]
)
def test_a_log_that_does_not_tell_is_not_known_and_no_reason_to_restart(
    content: bytes | None,
) -> None:
    pc = orphan(restart=True)
    stage(pc, 1)
    pc.later(600)
    configmgr(pc)
    pc.device.files.remove(LOG)
    if content is not None:
        pc.device.files.write(LOG, content, pc.now)
    outcome = stage(pc, 2)
    assert (outcome["status"], outcome["reboot"]) == ("failed", False)
    assert "result" not in outcome
    assert "its log does not tell how" in str(outcome["reason"])
    facts = pc.facts()
    assert facts["unread"] == []
    assert "configmgr" not in facts["pending_reboot"]


def test_the_last_end_in_the_log_counts() -> None:
    pc = Bench()
    pc.device.files.write(
        LOG,
        b"<![LOG[CcmSetup is exiting with return code 7]LOG]!>\r\n"
        b"<![LOG[CcmSetup is exiting with return code 0]LOG]!>\r\nbye\r\n",
        pc.now,
    )
    assert waits(pc) is False
