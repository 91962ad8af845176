from __future__ import annotations

from orchestrator.lab.store_state import User
from tests.scripts.bench import Bench

CBS = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\RebootPending"


def waiting(*, signed_in: bool = False) -> Bench:
    pc = Bench()
    pc.device.registry.create(CBS)
    pc.device.users = (User(),) if signed_in else ()
    return pc


def test_a_pc_that_nobody_uses_restarts_in_half_a_minute_and_is_another_boot() -> None:
    pc = waiting()
    before = pc.facts()["identity"]["boot"]
    outcome = pc.repair("reboot").stage("reboot")
    assert (outcome["status"], outcome["wait_seconds"], outcome["reboot"]) == ("parked", 150, True)
    assert outcome["changes"][0]["action"] == "restart"
    assert outcome["changes"][0]["before"] == before
    assert pc.facts()["pending_reboot"]["cbs"] is True
    pc.later(outcome["wait_seconds"])
    assert pc.facts()["identity"]["boot"] > before
    assert pc.facts()["pending_reboot"]["cbs"] is False


def test_a_pc_with_somebody_signed_in_is_not_restarted() -> None:
    pc = waiting(signed_in=True)
    outcome = pc.repair("reboot", "trigger").stage("reboot")
    assert outcome["status"] == "skipped"
    assert outcome["reason"].startswith("user_signed_in: FABRIKAM\\")
    assert pc.device.restarts is None


def test_where_that_is_allowed_the_user_has_five_minutes() -> None:
    pc = waiting(signed_in=True)
    outcome = pc.repair("reboot", RebootSignedIn=True).stage("reboot")
    assert outcome["status"] == "parked"
    assert outcome["wait_seconds"] == 420
    pc.later(200)
    assert pc.facts()["pending_reboot"]["cbs"] is True
    pc.later(220)
    assert pc.facts()["pending_reboot"]["cbs"] is False


def test_a_restart_that_is_scheduled_already_is_waited_for() -> None:
    pc = waiting()
    pc.repair("reboot")
    again = pc.repair("reboot", fence=2).stage("reboot")
    assert again["status"] == "parked"


def test_nothing_runs_behind_a_restart() -> None:
    assert list(waiting().repair("reboot", "flag", "trigger").statuses) == ["backup", "reboot"]


def test_what_if_restarts_nothing() -> None:
    pc = waiting()
    assert pc.repair("reboot", WhatIf=True).stage("reboot")["status"] == "would_change"
    assert pc.device.restarts is None


def test_a_restart_that_windows_refuses_is_a_failure() -> None:
    pc = waiting()
    refused = "if ($Name -eq 'shutdown.exe') { 5 } else { 0 }"
    pc.more = "function Invoke-Program { param ($Name, $Argument) " + refused + " }"
    outcome = pc.repair("reboot").stage("reboot")
    assert outcome["status"] == "failed"
    assert outcome["reason"] == "restart_refused: shutdown.exe ended with 5"
