"""What only a small mistake in the module would show: each was once planted and not noticed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from orchestrator.domain.stages import STAGE_ORDER
from orchestrator.lab.device_identity import set_proxy
from orchestrator.lab.faults import FailOperation
from orchestrator.lab.programs_agents import ONLINE_MANAGEMENT
from orchestrator.lab.store_baseline import UNINSTALL, fixed_guid
from orchestrator.lab.store_state import Certificate, Process, Service
from tests.scripts.bench import ENROLLMENTS, ONE, OURS, Bench
from tests.scripts.builders import configmgr, legacy_client, number

CONNECTIONS = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Internet Settings\Connections"


def test_certificates_of_enrollment_and_join_are_read_and_those_of_others_are_not() -> None:
    pc = Bench()
    ours = pc.stale(ONE)
    for count, issuer in enumerate(
        ("CN=MS-Organization-Access", "CN=MS-Organization-P2P-Access [2026]", "CN=Corp Web CA")
    ):
        thumbprint = f"{count:02X}" * 20
        pc.device.certificates[thumbprint] = Certificate(
            thumbprint=thumbprint,
            subject="CN=x",
            issuer=issuer,
            not_before=pc.now,
            not_after=pc.now.replace(year=2027),
        )
    found = {item["thumbprint"] for item in pc.facts()["certificates"]}
    assert {ours, "00" * 20, "01" * 20} <= found
    assert "02" * 20 not in found


def test_a_key_that_an_administrator_may_write_is_not_imported_by_system() -> None:
    pc = Bench()
    pc.stale(ONE)
    pc.repair("state", ids=[ONE])
    asked = pc.device.asked["Register-ScheduledTask"]
    pc.restore()
    assert pc.device.registry.find(f"{ENROLLMENTS}\\{ONE.upper()}") is not None
    assert pc.device.asked["Register-ScheduledTask"] == asked


def test_a_proxy_whose_bytes_end_with_its_name_is_read() -> None:
    pc = Bench()
    set_proxy(pc.device, "proxy:8080")
    key = pc.device.registry.find(CONNECTIONS)
    assert key is not None
    whole = key.data("WinHttpSettings")
    assert isinstance(whole, bytes | bytearray | list | tuple)
    pc.device.registry.set(CONNECTIONS, "WinHttpSettings", whole[: 16 + len("proxy:8080")])
    assert pc.facts(Network=True)["network"]["proxy"] == "proxy:8080"


def test_a_probe_of_the_network_that_leaves_no_answer_is_unread_for_that_reason() -> None:
    pc = Bench()
    pc.more = "function Invoke-OneShotTask { param ($Name, $FilePath, $Argument, $TimeoutSeconds) }"
    unread = pc.facts(Network=True)["unread"]
    assert [(item["fact"], item["id"]) for item in unread] == [("network", "PathNotFound")]


def test_an_uninstaller_without_a_product_of_its_own_is_not_started() -> None:
    pc = Bench()
    legacy_client(pc, b"MZ broken")
    pc.repair("agents")
    pc.later(1800)
    pc.repair("agents", fence=2)
    pc.later(1800)
    pc.repair("agents", fence=3)
    pc.device.files.write(
        r"C:\Program Files\Microsoft\OnlineManagement\Common\ProvisioningUtil.exe", b"MZ"
    )
    assert pc.repair("agents", run="r-2", fence=4).stage("agents")["status"] != "parked"


def test_a_service_that_is_running_is_not_started_again() -> None:
    pc = Bench()
    pc.device.services["W32Time"] = replace(pc.device.services["W32Time"], state="Running")
    actions = [item["action"] for item in pc.repair("clock").stage("clock")["changes"]]
    assert actions == ["set"]


def test_the_uninstaller_of_another_run_stays_that_run_s() -> None:
    pc = Bench()
    legacy_client(pc, shared=False)
    pc.device.processes[7] = Process(pid=7, name="ProvisioningUtil")
    mark = f"{pc.now + timedelta(seconds=1):%Y-%m-%dT%H:%M:%SZ} r-1"
    pc.device.registry.put(OURS, {"AgentRemoval": mark})
    assert pc.repair("agents", run="r-2").stage("agents")["status"] == "parked"
    key = pc.device.registry.find(OURS)
    assert key is not None
    assert key.data("AgentRemoval") == mark


@pytest.mark.parametrize("name", ["Windows Policy Platform", "Microsoft Policy Platform"])
def test_a_product_of_the_retired_client_is_known_by_each_of_its_names(name: str) -> None:
    pc = Bench()
    code = "{" + fixed_guid(name) + "}"
    values: dict[str, str | int] = {
        "DisplayName": name,
        "DisplayVersion": "5.0",
        "WindowsInstaller": 1,
    }
    pc.device.registry.put(f"{UNINSTALL}\\{code}", values)
    assert [item["name"] for item in pc.facts()["legacy_client"]["products"]] == [name]


def test_the_module_runs_its_stages_in_the_order_of_the_plan() -> None:
    pc = Bench()
    pc.script(
        "$names = (Get-RepairStage -OwnStep @('x Get-OwnX Repair-OwnX Test-OwnX Undo-OwnX')).Keys\n"
        "$null = New-Item -Path 'HKLM:\\SOFTWARE\\Order' -ErrorAction Stop\n"
        "$null = New-ItemProperty -LiteralPath 'HKLM:\\SOFTWARE\\Order' -Name 'Names' "
        "-PropertyType String -Value ($names -join ' ') -ErrorAction Stop"
    )
    key = pc.device.registry.find(r"SOFTWARE\Order")
    assert key is not None
    order = [*STAGE_ORDER[:-1], "own:x", STAGE_ORDER[-1]]
    assert str(key.data("Names")).split() == order


@pytest.mark.parametrize("seconds", [1, 60])
def test_a_removal_whose_time_lies_ahead_has_begun_just_now(seconds: int) -> None:
    pc = Bench()
    legacy_client(pc, shared=False)
    configmgr(pc)
    pc.repair("agents")
    ahead = f"{pc.now + timedelta(seconds=seconds):%Y-%m-%dT%H:%M:%SZ} r-1"
    pc.device.registry.set(OURS, "AgentRemoval", ahead)
    pc.device.registry.set(OURS, "ConfigMgrRemoval", ahead)
    assert pc.repair("agents", fence=2).stage("agents")["status"] == "parked"
    outcome = pc.repair("configmgr", fence=3, AllowConfigMgrRemoval=True).stage("configmgr")
    assert outcome["reason"].startswith("ccm_not_removed:")


@pytest.mark.parametrize(
    ("seconds", "run", "age"),
    [(1799, "r-2", 1799), (1800, "r-2", -1), (1800, "r-1", 1800), (0, "r-2", 0), (-1, "r-2", -1)],
)
def test_the_removal_of_another_run_counts_for_less_than_half_an_hour(
    seconds: int, run: str, age: int
) -> None:
    pc = Bench()
    begun = pc.now - timedelta(seconds=seconds)
    pc.device.registry.put(OURS, {"AgentRemoval": f"{begun:%Y-%m-%dT%H:%M:%SZ} r-1"})
    assert number(pc, f"Get-RemovalAge -Name 'AgentRemoval' -RunId '{run}'") == age


@pytest.mark.parametrize(("seconds", "waits"), [(1799, True), (1800, False)])
def test_a_removal_is_waited_for_until_half_an_hour_is_over(seconds: int, *, waits: bool) -> None:
    pc = Bench()
    legacy_client(pc, shared=False)
    pc.more = f"function Get-RemovalAge {{ param ($Name, $RunId) {seconds} }}"
    assert (pc.repair("agents").stage("agents")["status"] == "parked") is waits


def test_a_manifest_that_reads_back_shorter_than_written_is_a_failure() -> None:
    error = Bench().script(
        "$attempt = New-RepairAttempt -RunId 'r-1' -Fence 1\n"
        "Open-RepairAttempt -Attempt $attempt\n"
        "$list = New-Object -TypeName 'System.Collections.ArrayList'\n"
        "$null = $list.Add((New-BackupTarget -Kind 'service' -Object 'BITS'))\n"
        "function Get-BackupManifest { param ($RunId) @{ objects = @() } }\n"
        "Save-BackupManifest -Attempt $attempt -Objects $list"
    )
    assert error == "Enrollmend.BackupFailed"


def test_folders_of_the_retired_client_are_named() -> None:
    pc = Bench()
    legacy_client(pc)
    fact = pc.facts()["legacy_client"]
    assert sorted(fact["subfolders"]) == ["AgentInstaller", "Common", "Logs", "Policy", "Updates"]


@pytest.mark.parametrize("after", range(7))
def test_a_query_of_windows_that_fails_is_named_as_unread(after: int) -> None:
    pc = Bench()
    pc.device.faults = [FailOperation(operation="Get-CimInstance", after=after)]
    assert len(pc.facts()["unread"]) == 1


@pytest.mark.parametrize(
    ("name", "mode"),
    [
        *((name, "Manual") for name in ("DmEnrollmentSvc", "dcsvc", "KeyIso", "TokenBroker")),
        *(
            (name, "Manual")
            for name in ("wlidsvc", "DeviceInstall", "BITS", "W32Time", "EntAppSvc")
        ),
        *((name, "Auto") for name in ("Schedule", "gpsvc", "ProfSvc", "CryptSvc", "WpnService")),
        ("dmwappushservice", "Manual"),
        ("IntuneManagementExtension", "Auto"),
    ],
)
def test_a_service_is_given_the_start_mode_that_windows_gives_it(name: str, mode: str) -> None:
    pc = Bench()
    pc.device.services[name] = Service(name=name, state="Stopped", start_mode="Disabled")
    assert pc.repair("services", services=[name]).statuses["services"] == "changed"
    assert pc.device.services[name].start_mode == mode


@pytest.mark.parametrize("key", ["AIRWATCHMDM", "AIRWATCH", "WorkspaceONE"])
def test_a_key_of_another_agent_is_evidence(key: str) -> None:
    pc = Bench()
    pc.device.registry.put(f"SOFTWARE\\{key}", {"Version": "1"})
    evidence = f"HKLM\\SOFTWARE\\{key}"
    assert pc.facts()["foreign_agents"] == [{"name": "Workspace ONE", "evidence": evidence}]


@pytest.mark.parametrize("folder", ["AirWatchMDM", "AirWatch"])
def test_a_folder_of_another_agent_is_evidence(folder: str) -> None:
    pc = Bench()
    path = f"C:\\ProgramData\\{folder}"
    pc.device.files.make_folder(path)
    assert pc.facts()["foreign_agents"] == [{"name": "Workspace ONE", "evidence": path}]


def test_a_task_is_not_registered_from_a_file_under_what_if() -> None:
    pc = Bench()
    path = "C:\\Windows\\Temp\\task.xml"
    pc.device.files.write(path, "<Task/>".encode("utf-16"))
    entry = f"@{{ object = '\\\\enrollmend\\\\x'; file = '{path}' }}"
    assert pc.script(f"Register-TaskXml -Entry {entry} -WhatIf") == ""
    assert pc.device.asked["Register-ScheduledTask"] == 0


@pytest.mark.parametrize(("seconds", "stays"), [(3600, True), (3601, False)])
def test_a_file_of_ours_goes_when_it_is_older_than_an_hour(seconds: int, *, stays: bool) -> None:
    pc = Bench()
    path = f"C:\\Windows\\Temp\\enrollmend-{ONE}.txt"
    pc.device.files.write(path, b"x", pc.now - timedelta(seconds=seconds))
    assert pc.call("Clear-TemporaryFile").state == "Completed"
    assert (pc.device.files.find(path) is not None) is stays


def test_what_cannot_be_undone_is_named_so() -> None:
    pc = Bench()
    thumbprint = pc.stale(ONE)
    legacy_client(pc, shared=False)
    services = pc.device.services
    services["W32Time"] = replace(services["W32Time"], state="Stopped")
    services["BITS"] = replace(services["BITS"], start_mode="Disabled")
    pc.device.registry.set(ENROLLMENTS, "ExternallyManaged", 1)
    told = []
    for stages in (
        ["agents"],
        ["agents"],
        ["agents", "services", "clock", "tasks", "certificates", "state"],
    ):
        documents = pc.repair(
            *stages, "flag", ids=[ONE], thumbprints=[thumbprint], services=["BITS"]
        ).documents
        told += [one | {"stage": each["stage"]} for each in documents for one in each["changes"]]
        pc.later(1800)
    lost = {(one["stage"], one["object"]) for one in told if not one["restorable"]}
    assert lost == {
        ("agents", ONLINE_MANAGEMENT + r"\Common\ProvisioningUtil.exe"),
        ("agents", ONLINE_MANAGEMENT),
        ("agents", "C0" * 20),
        ("clock", "W32Time"),
        ("clock", "clock"),
        ("certificates", thumbprint),
    }
    kept = {one["stage"] for one in told if one["restorable"]}
    assert kept >= {"agents", "services", "tasks", "state", "flag"}


def test_the_beginning_of_a_removal_is_not_noted_under_what_if() -> None:
    pc = Bench()
    assert pc.script("Set-RemovalStart -Name 'AgentRemoval' -RunId 'r-1' -WhatIf") == ""
    assert pc.device.asked["New-ItemProperty"] == 0


def test_the_client_of_configuration_manager_does_not_come_back() -> None:
    pc = Bench()
    configmgr(pc)
    changes = pc.repair("configmgr", AllowConfigMgrRemoval=True).stage("configmgr")["changes"]
    assert [(one["action"], one["restorable"]) for one in changes] == [("uninstall", False)]


@pytest.mark.parametrize("stage", ["tasks", "state", "certificates"])
def test_each_cleaning_stage_alone_refuses_a_live_enrollment(stage: str) -> None:
    pc = Bench()
    thumbprint = pc.live(ONE)
    before = pc.device.dump()
    answer = pc.repair(stage, ids=[ONE], thumbprints=[thumbprint])
    assert answer.error == "Enrollmend.ProtectedEnrollment"
    assert pc.device.diff(before) == []


def test_nothing_is_exported_under_what_if() -> None:
    pc = Bench()
    target = "New-BackupTarget -Kind 'key' -Object 'HKLM\\SOFTWARE\\Microsoft\\Enrollments'"
    stem = "C:\\Windows\\Temp\\x"
    assert pc.script(f"Save-BackupObject -Target ({target}) -Stem '{stem}' -WhatIf") == ""
    assert pc.device.asked["reg.exe"] == 0


def test_no_action_runs_under_what_if_not_even_one_that_does_not_ask() -> None:
    error = Bench().script(
        "$attempt = New-RepairAttempt -RunId 'r-1' -Fence 1\n"
        "$target = @{ Done = 0 }\n"
        "$change = New-StageChange -Object 'x' -Action 'set'\n"
        "Invoke-StageChange -Attempt $attempt -Change $change -Target $target -WhatIf "
        "-Action { param ($Target) $Target.Done = 1 }\n"
        "if ($target.Done -ne 0) { throw 'it ran' }"
    )
    assert error == ""
