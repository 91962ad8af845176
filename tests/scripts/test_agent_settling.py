"""What the retired Intune client leaves goes half an hour after its own uninstaller's work."""

from __future__ import annotations

from datetime import timedelta

import pytest

from orchestrator.lab.programs_agents import INSTALLER_KEY, ONLINE_KEY, ONLINE_MANAGEMENT
from orchestrator.lab.store_baseline import UNINSTALL
from orchestrator.lab.store_state import Process
from tests.scripts.bench import OURS, Bench
from tests.scripts.builders import legacy_client, number, products

SETTLING = "Get-AgentSettlingTime -Attempt @{ RunId = 'r-2'; AgentSeconds = 1800 }"


def gone(pc: Bench) -> None:
    """Have the client's own uninstaller do its work, and look when it has."""
    legacy_client(pc, shared=False)
    pc.repair("agents", run="r-1")
    pc.later(1800)
    assert pc.repair("agents", run="r-1", fence=2).statuses["agents"] == "parked"


@pytest.mark.parametrize("run", ["r-1", "r-2"])
def test_windows_has_half_an_hour_from_when_the_client_was_first_seen_gone(run: str) -> None:
    pc = Bench()
    gone(pc)
    pc.later(1700)
    early = pc.repair("agents", run=run, fence=3).stage("agents")
    assert early["status"] == "parked"
    assert 60 <= early["wait_seconds"] <= 100
    assert pc.device.registry.find(ONLINE_KEY) is not None
    pc.later(100)
    assert pc.repair("agents", run=run, fence=4).statuses["agents"] == "changed"
    assert pc.device.registry.find(ONLINE_KEY) is None


@pytest.mark.parametrize(("seconds", "status"), [(700, "parked"), (600, "changed")])
def test_how_long_the_removal_is_given_can_be_set(seconds: int, status: str) -> None:
    pc = Bench()
    gone(pc)
    pc.later(600)
    outcome = pc.repair("agents", fence=3, AgentSeconds=seconds).stage("agents")
    assert outcome["status"] == status


def test_what_is_left_is_told_under_what_if_before_its_time() -> None:
    pc = Bench()
    gone(pc)
    before = pc.device.dump()
    outcome = pc.repair("agents", fence=3, WhatIf=True).stage("agents")
    assert (outcome["status"], len(outcome["changes"])) == ("would_change", 3)
    assert pc.device.diff(before) == []


def leftover(pc: Bench, place: str) -> None:
    """Take all away of what the uninstaller left but one thing."""
    if place != ONLINE_MANAGEMENT:
        pc.device.files.remove(ONLINE_MANAGEMENT)
    for key in (ONLINE_KEY, INSTALLER_KEY):
        pc.device.registry.delete(key)
    if place in {ONLINE_KEY, INSTALLER_KEY}:
        pc.device.registry.create(place)
    if place != "certificate":
        del pc.device.certificates["C0" * 20]


@pytest.mark.parametrize(
    ("place", "status"),
    [
        (ONLINE_MANAGEMENT, "parked"),
        (ONLINE_KEY, "parked"),
        (INSTALLER_KEY, "parked"),
        ("certificate", "parked"),
        ("", "unchanged"),
    ],
)
def test_windows_is_waited_for_while_anything_is_left(place: str, status: str) -> None:
    pc = Bench()
    legacy_client(pc, shared=False)
    pc.repair("agents")
    pc.later(1800)
    leftover(pc, place)
    assert pc.repair("agents", fence=2).statuses["agents"] == status


def test_what_a_client_left_that_went_long_ago_is_not_waited_for() -> None:
    pc = Bench()
    legacy_client(pc, shared=False)
    pc.device.registry.delete(UNINSTALL)
    del pc.device.services["OmcSvc"]
    assert pc.repair("agents").statuses["agents"] == "changed"
    assert pc.device.files.find(ONLINE_MANAGEMENT) is None


def test_an_uninstaller_that_somebody_started_is_waited_for_like_our_own() -> None:
    pc = Bench()
    legacy_client(pc, shared=False)
    at_work = Process(pid=4711, name="ProvisioningUtil", command="/UninstallAgents")
    pc.device.processes[at_work.pid] = at_work
    outcome = pc.repair("agents").stage("agents")
    assert (outcome["status"], outcome["wait_seconds"], outcome["changes"]) == ("parked", 300, [])
    pc.device.registry.delete(UNINSTALL)
    del pc.device.services["OmcSvc"]
    pc.later(3600)
    running = pc.repair("agents", fence=2).stage("agents")
    assert (running["status"], running["wait_seconds"]) == ("parked", 300)
    del pc.device.processes[at_work.pid]
    ended = pc.repair("agents", fence=3).stage("agents")
    assert (ended["status"], ended["wait_seconds"]) == ("parked", 1800)
    assert pc.device.files.find(ONLINE_MANAGEMENT) is not None
    pc.later(1800)
    assert pc.repair("agents", fence=4).statuses["agents"] == "changed"


def test_windows_has_half_an_hour_too_when_the_uninstaller_left_products_to_us() -> None:
    pc = Bench()
    legacy_client(pc, b"MZ broken", shared=False)
    pc.repair("agents")
    pc.later(1800)
    gone = pc.repair("agents", fence=2).stage("agents")
    assert (gone["status"], gone["wait_seconds"]) == ("parked", 1800)
    assert {change["action"] for change in gone["changes"]} == {"uninstall"}
    pc.later(1800)
    last = pc.repair("agents", fence=3).stage("agents")
    assert (last["status"], {change["action"] for change in last["changes"]}) == (
        "changed",
        {"delete"},
    )


def test_what_is_left_goes_at_once_where_the_clients_own_uninstaller_is_missing() -> None:
    pc = Bench()
    legacy_client(pc, shared=False)
    pc.device.files.remove(ONLINE_MANAGEMENT + r"\Common\ProvisioningUtil.exe")
    assert pc.repair("agents").statuses["agents"] == "changed"
    assert products(pc) == []
    assert pc.device.files.find(ONLINE_MANAGEMENT) is None


def test_of_a_removal_that_has_ended_early_only_windows_is_waited_for() -> None:
    pc = Bench()
    legacy_client(pc, shared=False)
    assert pc.repair("agents").stage("agents")["status"] == "parked"
    pc.later(1)
    pc.device.registry.delete(UNINSTALL)
    del pc.device.services["OmcSvc"]
    pc.later(9)
    assert pc.repair("agents", fence=2).stage("agents")["wait_seconds"] == 1800
    pc.later(1800)
    assert pc.repair("agents", fence=3).stage("agents")["status"] == "changed"


def test_windows_settles_also_after_the_uninstaller_of_another_run() -> None:
    pc = Bench()
    begun = pc.now - timedelta(seconds=3000)
    pc.device.registry.put(OURS, {"AgentRemoval": f"{begun:%Y-%m-%dT%H:%M:%SZ} r-1"})
    assert number(pc, SETTLING) == 1800


@pytest.mark.parametrize(
    ("limit", "seconds", "left"), [(1800, 3600, 0), (7200, 3600, 7200), (1800, 0, 1800)]
)
def test_what_another_run_began_is_waited_for_unless_it_was_long_ago(
    limit: int, seconds: int, left: int
) -> None:
    pc = Bench()
    begun = pc.now - timedelta(seconds=seconds)
    pc.device.registry.put(OURS, {"AgentRemoval": f"{begun:%Y-%m-%dT%H:%M:%SZ} r-1"})
    assert number(pc, SETTLING.replace("1800", str(limit))) == left


def test_an_uninstaller_that_was_cut_off_before_it_began_is_started_by_the_next_attempt() -> None:
    pc = Bench()
    legacy_client(pc, shared=False)
    pc.more = "function Start-Process { throw 'the line broke' }"
    pc.repair("agents")
    pc.more = ""
    assert pc.repair("agents", run="r-2", fence=2).stage("agents")["reason"] == (
        "the client is being removed by its own uninstaller"
    )


def test_a_removal_that_has_begun_this_very_second_is_waited_for() -> None:
    pc = Bench()
    legacy_client(pc, shared=False)
    pc.repair("agents")
    second = f"{pc.now + timedelta(seconds=1):%Y-%m-%dT%H:%M:%SZ}"
    pc.device.registry.set(OURS, "AgentRemoval", f"{second} r-1")
    pc.device.processes.clear()
    outcome = pc.repair("agents", fence=2).stage("agents")
    assert (outcome["status"], outcome["reason"]) == (
        "parked",
        "the removal of the client has not ended yet",
    )


def test_the_end_that_another_run_saw_stays_that_run_s() -> None:
    pc = Bench()
    mark = f"{pc.now:%Y-%m-%dT%H:%M:%SZ} r-1"
    pc.device.registry.put(OURS, {"AgentRemoval": mark, "AgentGone": mark})
    assert number(pc, SETTLING) == 1800
    key = pc.device.registry.find(OURS)
    assert key is not None
    assert key.data("AgentGone") == mark
