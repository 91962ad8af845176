"""What the module does when Windows says no, or answers oddly."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from orchestrator.lab import programs_enroll
from orchestrator.lab.device_enrollment import add_certificate
from orchestrator.lab.device_identity import set_proxy
from orchestrator.lab.faults import FailOperation
from orchestrator.lab.store_state import MDM_CHANNEL, Network
from orchestrator.lab.store_tasks import ENTERPRISE_MGMT
from tests.scripts.bench import AUTO_ENROLL, ENROLLMENTS, LINKED, OMADM, ONE, TWO, Bench
from tests.scripts.builders import auto_enroll, legacy_client, unjoined

CLEAN = ("tasks", "certificates", "state")


def test_a_change_that_fails_ends_the_repair_and_what_was_done_is_told() -> None:
    pc = Bench()
    thumbprint = pc.stale(ONE)
    pc.device.faults = [FailOperation(operation="Unregister-ScheduledTask", after=3)]
    answer = pc.repair(*CLEAN, ids=[ONE], thumbprints=[thumbprint])
    outcome = answer.documents[-1]
    assert (outcome["stage"], outcome["status"]) == ("tasks", "failed")
    assert outcome["reason"].startswith("Enrollmend.StageFailed (")
    assert "Access is denied." in outcome["reason"]
    removed = [change["object"] for change in outcome["changes"]]
    lines = pc.journal()["lines"]
    assert [line["phase"] for line in lines][-2:] == ["before", "failed"]
    assert lines[-1]["object"] not in removed
    pc.device.faults = []
    again = pc.repair(*CLEAN, ids=[ONE], thumbprints=[thumbprint], fence=2)
    assert set(again.statuses.values()) == {"changed", "unchanged"}


@pytest.mark.parametrize("operation", ["Export-ScheduledTask", "Export-Certificate", "Set-Content"])
def test_nothing_is_changed_when_the_backup_cannot_be_made(operation: str) -> None:
    pc = Bench()
    thumbprint = pc.stale(ONE)
    before = pc.dump()
    pc.device.faults = [FailOperation(operation=operation, times=0)]
    answer = pc.repair(*CLEAN, ids=[ONE], thumbprints=[thumbprint])
    assert list(answer.statuses.items()) == [("backup", "failed")]
    assert pc.diff(before) == []


def test_a_key_that_cannot_be_exported_is_a_backup_that_failed() -> None:
    pc = Bench()
    answer = pc.call(
        "Export-EnrollmentKey", Key="HKLM\\SOFTWARE\\Nowhere", FilePath="C:\\Windows\\Temp\\x.reg"
    )
    assert answer.error == "Enrollmend.BackupFailed"
    assert "reg.exe ended with 1" in answer.message


def test_a_file_that_cannot_be_imported_is_a_failure() -> None:
    answer = Bench().call("Import-EnrollmentKey", FilePath="C:\\Windows\\Temp\\x.reg")
    assert answer.error == "Enrollmend.StageFailed"


@pytest.mark.parametrize("content", [None, b""])
def test_an_empty_backup_is_none(content: bytes | None) -> None:
    pc = Bench()
    path = "C:\\Windows\\Temp\\x.reg"
    if content is not None:
        pc.device.files.write(path, content)
    assert pc.call("Get-BackupHash", LiteralPath=path).error == "Enrollmend.BackupFailed"


def test_a_manifest_that_does_not_hold_what_was_written_is_a_failure() -> None:
    pc = Bench()
    error = pc.script(
        "$attempt = New-RepairAttempt -RunId 'r-1' -Fence 1\n"
        "Open-RepairAttempt -Attempt $attempt\n"
        "$attempt.RunId = 'r-2'\n"
        "$none = New-Object -TypeName 'System.Collections.ArrayList'\n"
        "Save-BackupManifest -Attempt $attempt -Objects $none"
    )
    assert error == "Enrollmend.BackupFailed"


def test_rights_that_cannot_be_set_are_a_failure() -> None:
    answer = Bench().call("Protect-EnrollmentFolder", LiteralPath="C:\\Nowhere")
    assert answer.error == "Enrollmend.BackupFailed"


def test_a_key_that_is_left_is_a_remainder() -> None:
    pc = Bench()
    pc.stale(ONE)
    text = f"""
    $left = @(Get-EnrollmentRemainder -EnrollmentId '{ONE}')
    if ($left.Count -ne 10) {{ throw "$($left.Count)" }}
    """
    assert pc.script(text) == ""


def test_services_that_start_automatically_are_enabled_already() -> None:
    assert Bench().repair("services", services=["WpnService"]).statuses["services"] == "unchanged"


def test_what_is_left_of_the_retired_client_is_told_and_not_removed_under_what_if() -> None:
    pc = Bench()
    legacy_client(pc, b"MZ broken")
    pc.repair("agents")
    pc.later(1800)
    before = pc.dump()
    outcome = pc.repair("agents", fence=2, WhatIf=True).stage("agents")
    assert outcome["status"] == "would_change"
    assert len(outcome["changes"]) == 13 + 3
    assert pc.diff(before) == []


def test_a_certificate_without_a_key_goes_too() -> None:
    pc = Bench()
    thumbprint = pc.stale(ONE)
    certificate = pc.device.certificates[thumbprint]
    pc.device.certificates[thumbprint] = replace(certificate, has_private_key=False)
    assert pc.repair("certificates", ids=[ONE], thumbprints=[thumbprint]).statuses == {
        "backup": "changed",
        "certificates": "changed",
    }
    assert thumbprint not in pc.device.certificates


def test_a_named_certificate_that_is_not_there_is_nothing_to_do() -> None:
    pc = Bench()
    answer = pc.repair("certificates", thumbprints=["AB" * 20])
    assert answer.statuses["certificates"] == "unchanged"
    assert pc.restore().one["status"] == "unchanged"


def test_an_empty_task_folder_comes_back() -> None:
    pc = Bench()
    folder = f"{ENTERPRISE_MGMT}{ONE}\\"
    pc.device.tasks.make_folder(folder)
    pc.device.registry.create(f"{OMADM}\\Accounts\\{ONE}")
    before = pc.dump()
    pc.repair("tasks", ids=[ONE])
    assert folder not in pc.device.tasks.folders.values()
    assert [change["action"] for change in pc.restore().one["changes"]] == ["create"]
    assert pc.diff(before) == []


def test_a_missing_join_task_is_written_down_as_absent() -> None:
    pc = Bench()
    unjoined(pc)
    pc.device.tasks.remove("\\Microsoft\\Windows\\Workplace Join\\Automatic-Device-Join")
    assert pc.repair("join").statuses["join"] == "failed"
    assert [entry["present"] for entry in pc.journal()["backup"]] == [False]
    assert pc.restore().one["status"] == "unchanged"


def test_policy_away_from_the_domain_is_said_and_stops_nothing() -> None:
    pc = Bench()
    pc.device.join = replace(pc.device.join, part_of_domain=False)
    answer = pc.repair("policy", "flag")
    assert answer.statuses["flag"] == "unchanged"
    assert answer.stage("policy")["reason"].startswith("group policy could not be refreshed")


def test_without_its_channel_the_marker_is_zero() -> None:
    pc = Bench()
    pc.device.registry.set(ENROLLMENTS, "ExternallyManaged", 1)
    del pc.device.events[MDM_CHANNEL]
    assert pc.repair("trigger").stage("trigger")["marker"]["record"] == 0


def test_a_link_that_cannot_be_read_links_to_nothing() -> None:
    pc = Bench()
    pc.stale(ONE)
    key = f"{ENROLLMENTS}\\{ONE}\\{LINKED}"
    pc.device.registry.set(key, "LinkedEnrollmentId", TWO)
    pc.device.registry.deny(key)
    entries = {entry["id"]: entry for entry in pc.facts()["enrollments"]}
    assert TWO not in entries
    assert entries[ONE]["unread"] == "System.Security.SecurityException"


def test_the_time_of_a_tasks_last_run_is_told() -> None:
    pc = Bench()
    auto_enroll(pc)
    pc.device.registry.set(ENROLLMENTS, "ExternallyManaged", 1)
    pc.repair("trigger")
    name = AUTO_ENROLL.rpartition("\\")[2]
    task = next(task for task in pc.facts()["tasks"] if task["name"] == name)
    assert task["last_result"] == 0x80180026
    assert task["last_run"].startswith("2026-11-25T04:00")


@pytest.mark.parametrize("proxy", ["", "proxy.fabrikam.example:8080"])
def test_the_proxy_of_services_is_read_from_its_bytes(proxy: str) -> None:
    pc = Bench()
    set_proxy(pc.device, proxy)
    assert pc.facts(Network=True)["network"]["proxy"] == proxy


def test_a_user_of_the_host_without_rights_is_told_apart() -> None:
    pc = Bench()
    pc.device.host = replace(pc.device.host, elevated=False)
    assert pc.facts()["host"]["elevated"] is False


def test_task_scheduler_that_does_not_answer_leaves_its_sections_unread() -> None:
    pc = Bench()
    pc.device.faults = [FailOperation(operation="Get-ScheduledTask", times=0)]
    facts = pc.facts()
    assert {one["fact"] for one in facts["unread"]} == {"tasks", "enrollments"}
    assert "tasks" not in facts


def test_an_event_log_that_does_not_answer_is_unread() -> None:
    pc = Bench()
    pc.device.faults = [FailOperation(operation="Get-WinEvent", times=0)]
    facts = pc.facts()
    logs = {"events", "join_events", "aad_events", "policy_events"}
    assert {one["fact"] for one in facts["unread"]} == logs


def test_an_enroller_that_does_not_end_is_left_running_and_looked_at_later() -> None:
    pc = Bench()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(programs_enroll, "_UNTIL_ANSWER", 100.0)
        outcome = pc.repair("trigger").stage("trigger")
    assert outcome["status"] == "changed"
    assert outcome["reason"] == "the enroller is still running"
    assert "result" not in outcome
    pc.later(60)
    assert pc.facts()["events"]["items"][0]["id"] == 75
    pc.repair("trigger", fence=2)
    assert [path for path in pc.device.tasks.tasks if "enrollmend" in path] != []
    pc.repair("clock", "trigger", fence=3)


def test_rights_that_cannot_be_set_stop_a_repair_before_its_first_change() -> None:
    pc = Bench()
    pc.stale(ONE)
    before = pc.dump()
    pc.device.files.remove(r"C:\Windows\System32\icacls.exe")
    answer = pc.repair("tasks", "state", ids=[ONE])
    assert answer.error != ""
    assert answer.documents == []
    assert [line for line in pc.diff(before) if "icacls" not in line] == []


def test_a_removal_of_another_run_counts_only_while_it_may_go_on() -> None:
    pc = Bench()
    legacy_client(pc, b"MZ broken")
    pc.repair("agents", run="r-1")
    pc.later(600)
    assert pc.repair("agents", run="r-2", fence=2).statuses["agents"] == "parked"
    pc.later(90_000)
    again = pc.repair("agents", run="r-3", fence=3).stage("agents")
    assert (again["status"], again["wait_seconds"]) == ("parked", 1800)


def test_the_certificate_of_an_enrollment_is_not_taken_for_one_of_the_retired_client() -> None:
    pc = Bench()
    thumbprint = add_certificate(pc.device, ONE, issuer="CN=SC_Online_Issuing")
    pc.stale(ONE)
    pc.device.registry.set(f"{ENROLLMENTS}\\{ONE}", "DMPCertThumbPrint", thumbprint)
    legacy_client(pc, b"MZ broken")
    pc.repair("agents")
    pc.later(1800)
    pc.repair("agents", fence=2)
    pc.later(1800)
    pc.repair("agents", fence=3)
    assert thumbprint in pc.device.certificates
    assert "C0" * 20 not in pc.device.certificates


def test_a_query_for_events_that_fails_is_unread() -> None:
    pc = Bench()
    pc.device.faults = [FailOperation(operation="Get-WinEvent", after=1)]
    assert {one["fact"] for one in pc.facts()["unread"]} == {"events"}


def test_no_enrollment_is_triggered_without_a_marker() -> None:
    pc = Bench()
    before = pc.dump()
    pc.device.faults = [FailOperation(operation="Get-WinEvent", times=0)]
    assert pc.repair("trigger").statuses["trigger"] == "failed"
    assert pc.diff(before) == []


def tried(pc: Bench, hosts: str) -> list[tuple[str, bool | None, str]]:
    path = "C:\\Windows\\Temp\\result.json"
    assert pc.call("Test-EnrollmentEndpoint", HostName=hosts, ResultPath=path).error == ""
    file = pc.device.files.find(path)
    assert file is not None
    assert file.content is not None
    found = json.loads(file.content.decode("utf-8-sig"))
    return [(one["host"], one["ok"], one["error"]) for one in found]


def test_an_address_that_cannot_be_tried_is_unknown_with_what_windows_said() -> None:
    pc = Bench()
    pc.mode = "ConstrainedLanguage"
    ((host, reached, problem),) = tried(pc, "a.example")
    assert (host, reached) == ("a.example", None)
    assert "Cannot create type" in problem


def test_each_address_is_tried_by_itself() -> None:
    pc = Bench()
    pc.device.network = Network(unresolved=frozenset({"b.example"}))
    assert tried(pc, "a.example,b.example") == [
        ("a.example", True, ""),
        ("b.example", False, "0x80072EE7: The server name or address could not be resolved"),
    ]
    pc.device.network = Network(direct=False, wpad=True)
    assert [reached for _, reached, _ in tried(pc, "a.example")] == [None]
    set_proxy(pc.device, "proxy:8080", blocked=frozenset({"a.example"}))
    assert tried(pc, "a.example,b.example") == [
        ("a.example", False, "HTTP 407: the proxy wants SYSTEM to log on"),
        ("b.example", True, ""),
    ]
