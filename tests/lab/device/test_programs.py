"""What programs do to a PC, one belief a test."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Protocol

import pytest

from orchestrator.lab import device_enrollment as enrollment
from orchestrator.lab.device import Device
from orchestrator.lab.powershell.values import Refusal
from orchestrator.lab.programs import Ended, split_arguments
from orchestrator.lab.programs_agents import ONLINE_MANAGEMENT, PRODUCTS, SHARED_PRODUCTS
from orchestrator.lab.programs_policy import auto_enroll_task
from orchestrator.lab.store_baseline import (
    ENROLLMENTS,
    MDM_EXTENSION,
    POLICY,
    UNINSTALL,
    fixed_guid,
)
from orchestrator.lab.store_state import MDM_CHANNEL, Cloud, Join

Make = Callable[..., Device]
GUID = fixed_guid("test")
DISABLED = "FAILED. Device is either disabled or deleted"


class Clock(Protocol):
    def move(self, **span: float) -> None: ...


def run(pc: Device, path: str, arguments: str = "", identity: str = "system") -> Ended:
    """Run a program to its end."""
    seat = pc.session(identity)
    running = pc.start(seat, path, arguments)
    assert running is not None
    assert seat.wait_for(running)
    assert running.ended is not None
    return running.ended


def enroll(pc: Device, switch: str = "/AutoEnrollMDM", identity: str = "system") -> int:
    return run(pc, "deviceenroller.exe", f"/c {switch}", identity).code


def newest(pc: Device, count: int) -> list[int]:
    return [event.id for event in pc.events[MDM_CHANNEL][-count:]]


def test_success_writes_one_enrollment_its_certificate_its_tasks_and_events(make: Make) -> None:
    pc = make()
    pc.tasks.add(auto_enroll_task())
    assert enroll(pc) == 0
    guid = enrollment.blocking(pc)
    assert guid is not None
    key = pc.registry.find(f"{ENROLLMENTS}\\{guid}")
    assert key is not None
    assert key.data("ProviderID") == "MS DM Server"
    assert key.data("AADTenantID") == pc.join.tenant_id
    certificate = pc.certificates[str(key.data("DMPCertThumbPrint"))]
    assert certificate.has_private_key
    assert certificate.not_before > pc.now()  # twelve seconds on
    assert newest(pc, 8) == [4, 6, 8, 10, 16, 58, 72, 75]
    assert auto_enroll_task().full not in pc.tasks.tasks
    assert any(task.name == "PushLaunch" for task in pc.tasks.tasks.values())


def test_an_enrolled_pc_answers_8018000a_and_removes_its_task(make: Make) -> None:
    pc = make(story="PC-HEALTHY")
    pc.tasks.add(auto_enroll_task())
    assert enroll(pc) == 0x8018000A
    assert auto_enroll_task().full not in pc.tasks.tasks


def test_a_stale_enrollment_is_seen_before_the_block(make: Make) -> None:
    pc = make()
    enrollment.add_keys(pc, GUID)
    pc.registry.set(ENROLLMENTS, "ExternallyManaged", 1)
    assert enroll(pc) == 0x8018000A
    pc.registry.delete(f"{ENROLLMENTS}\\{GUID}")
    assert enroll(pc) == 0x80180026


@pytest.mark.parametrize(
    ("key", "value"),
    [
        (POLICY, "DisableRegistration"),
        (ENROLLMENTS, "ExternallyManaged"),
    ],
)
def test_policy_and_flag_block_before_anything_leaves_the_pc(
    make: Make, key: str, value: str
) -> None:
    pc = make()
    pc.registry.set(key, value, 1)
    assert enroll(pc) == 0x80180026
    assert newest(pc, 1) == [76]
    assert pc.events[MDM_CHANNEL][-1].data == (0, 0x80180026)
    assert all(event.id != 71 for event in pc.events[MDM_CHANNEL])


def test_pseudo_providers_and_the_all_f_marker_block_nothing(make: Make) -> None:
    assert enroll(make(story="PC-FAKEMDM")) == 0


def test_an_administrators_session_has_no_token_for_enrollment(make: Make) -> None:
    assert enroll(make(), identity="admin") == 0xCAA9004D


def test_nobody_at_the_console_means_no_user_credential(make: Make) -> None:
    pc = make()
    pc.users = ()
    assert enroll(pc) == 0x80070520


def test_a_plain_pc_cannot_use_the_device_credential(make: Make) -> None:
    pc = make()
    assert enroll(pc, "/AutoEnrollMDMUsingAADDeviceCredential") == 0x80180014
    assert newest(pc, 3) == [52, 71, 76]
    assert pc.events[MDM_CHANNEL][-1].data[0] == 1


def test_a_multi_session_host_enrolls_with_the_device_credential(make: Make) -> None:
    assert enroll(make(story="PC-AVD"), "/AutoEnrollMDMUsingAADDeviceCredential") == 0


def bend_clock(pc: Device) -> None:
    pc.skew = 3600


def bend_user(pc: Device, **changes: object) -> None:
    pc.users = tuple(replace(user, **changes) for user in pc.users)  # type: ignore[arg-type]


def bend_join(pc: Device, **changes: object) -> None:
    pc.rejoin(replace(pc.join, **changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("bend", "code"),
    [
        (bend_clock, 0xCAA82F8F),
        (lambda pc: bend_user(pc, prt=False), 0xCAA10001),
        (lambda pc: bend_user(pc, mfa="unanswered"), 0x8018002A),
        (lambda pc: bend_user(pc, routable=False), 0x8018002B),
        (lambda pc: bend_join(pc, mdm_url=""), 0x80180031),
        (lambda pc: bend_join(pc, auth_status=DISABLED), 0x80180002),
        (lambda pc: pc.registry.set(ENROLLMENTS, "MmpcEnrollmentFlag", 2), 0x80190190),
        (lambda pc: setattr(pc, "cloud", Cloud(enroll_code=0x80180018)), 0x80180018),
        (lambda pc: pc.services.pop("dmwappushservice"), 0x80180023),
        (lambda pc: enrollment.add_roots(pc, GUID), 0x8018001F),
        (lambda pc: enrollment.add_tasks(pc, GUID), 0x8018000A),
        (lambda pc: setattr(pc, "sticky", True), 0x8018000A),
    ],
)
def test_each_trouble_ends_with_its_own_code(
    make: Make, bend: Callable[[Device], object], code: int
) -> None:
    pc = make()
    bend(pc)
    assert enroll(pc) == code
    last = pc.events[MDM_CHANNEL][-1]
    assert (last.id, last.data[1]) == (76, code)


def test_the_task_stays_after_a_code_that_may_pass(make: Make) -> None:
    pc = make()
    pc.tasks.add(auto_enroll_task())
    pc.cloud = Cloud(enroll_code=0x80180033)
    assert enroll(pc) == 0x80180033
    assert auto_enroll_task().full in pc.tasks.tasks


def test_policy_refresh_restores_what_the_policy_owns_and_recreates_the_task(make: Make) -> None:
    pc = make()
    pc.registry.unset(POLICY, "AutoEnrollMDM")
    assert run(pc, "gpupdate.exe", "/target:computer /force").code == 0
    assert pc.registry.get(POLICY, "AutoEnrollMDM") == 1
    assert auto_enroll_task().full in pc.tasks.tasks


def test_policy_refresh_believes_its_history_when_nothing_changed(make: Make) -> None:
    pc = make(story="PC-TASK-GONE")
    run(pc, "gpupdate.exe", "/force")
    assert auto_enroll_task().full not in pc.tasks.tasks
    pc.registry.delete(MDM_EXTENSION)
    run(pc, "gpupdate.exe", "/force")
    assert auto_enroll_task().full in pc.tasks.tasks


def test_a_disabling_policy_comes_back_after_it_was_deleted(make: Make) -> None:
    pc = make(story="PC-POLICYOFF")
    pc.registry.unset(POLICY, "DisableRegistration")
    run(pc, "gpupdate.exe", "/force")
    assert pc.registry.get(POLICY, "DisableRegistration") == 1


def test_agent_removal_returns_at_once_and_ends_twenty_minutes_later(
    make: Make, clock: Clock
) -> None:
    pc = make(story="PC-LEGACY")
    uninstaller = f"{ONLINE_MANAGEMENT}\\Common\\ProvisioningUtil.exe"
    assert run(pc, uninstaller, "/UninstallAgents /MicrosoftIntune").code == 0
    assert "OmcSvc" in pc.services
    clock.move(minutes=25)
    pc.settle()
    assert "OmcSvc" not in pc.services
    left = {
        str(key.data("DisplayName"))
        for root in (UNINSTALL, UNINSTALL.replace("SOFTWARE", r"SOFTWARE\WOW6432Node"))
        for key in getattr(pc.registry.find(root), "children", {}).values()
    }
    assert {name.lower() for name in left & set(PRODUCTS)} == {
        name.lower() for name in PRODUCTS if name.lower() in SHARED_PRODUCTS
    }
    folders = [file.name for file in pc.files.children(ONLINE_MANAGEMENT)]
    assert folders == ["AgentInstaller", "Common", "Logs", "Updates"]
    assert pc.registry.get(ENROLLMENTS, "ExternallyManaged") == 1


def test_msiexec_tells_gone_busy_and_reboot(make: Make) -> None:
    pc = make()
    code = "{11111111-2222-3333-4444-555555555555}"
    command = f"/x {code} /qn /norestart"
    assert run(pc, "msiexec.exe", command).code == 1605
    pc.registry.set(f"{UNINSTALL}\\{code}", "DisplayName", "App")
    pc.files.write(rf"C:\Windows\Installer\{code}.msi", b"MSI 3010")
    seat = pc.session("system")
    first = pc.start(seat, "msiexec.exe", command)
    assert run(pc, "msiexec.exe", command).code == 1618
    assert first is not None
    assert seat.wait_for(first)
    assert first.ended == Ended(3010)
    assert pc.registry.find(f"{UNINSTALL}\\{code}") is None


def test_configmgr_leaves_minutes_after_its_setup_returned(make: Make, clock: Clock) -> None:
    pc = make(story="PC-CCMDEAD")
    assert run(pc, r"C:\Windows\ccmsetup\ccmsetup.exe", "/uninstall").code == 0
    assert "CcmExec" in pc.services
    assert any(process.name == "ccmsetup" for process in pc.processes.values())
    clock.move(minutes=5)
    pc.settle()
    assert "CcmExec" not in pc.services
    assert pc.registry.find(r"SOFTWARE\Microsoft\CCM") is None
    assert not pc.processes


def test_keys_come_back_from_an_exported_file(make: Make) -> None:
    pc = make()
    enrollment.enroll(pc, GUID)
    path = f"HKLM\\{ENROLLMENTS}\\{GUID}"
    pc.registry.set(path, "Blob", b"\x00\xff")
    pc.registry.set(path, "Many", ("a", "", "b"))
    pc.registry.set(path, "Big", 2**40, "REG_QWORD")
    pc.registry.set(path, "Path", "%windir%\\x", "REG_EXPAND_SZ")
    pc.registry.set(path, 'Odd "\\ name', 'C:\\a "b"')
    before = pc.dump()
    assert run(pc, "reg.exe", rf'export "{path}" C:\Windows\Temp\k.reg /y').code == 0
    pc.registry.delete(path)
    assert run(pc, "reg.exe", r"import C:\Windows\Temp\k.reg").code == 0
    pc.files.remove(r"C:\Windows\Temp\k.reg")
    assert pc.diff(before) == []


def test_a_missing_key_cannot_be_exported(make: Make) -> None:
    assert run(make(), "reg.exe", r"export HKLM\SOFTWARE\Nope C:\Windows\Temp\k.reg /y").code == 1


def test_an_administrators_export_fails_at_a_key_of_system(make: Make) -> None:
    pc = make()
    enrollment.enroll(pc, GUID)
    command = f"export HKLM\\{enrollment.ACCOUNTS}\\{GUID} C:\\Windows\\Temp\\k.reg /y"  # type: ignore[attr-defined]
    assert run(pc, "reg.exe", command, "admin").code == 1
    assert run(pc, "reg.exe", command, "system").code == 0


def test_the_clock_is_set_only_while_its_service_runs(make: Make) -> None:
    pc = make()
    pc.skew = 600
    pc.services["W32Time"] = replace(pc.services["W32Time"], state="Stopped")
    assert run(pc, "w32tm.exe", "/resync /force").code != 0
    assert pc.skew == 600
    pc.services["W32Time"] = replace(pc.services["W32Time"], state="Running")
    assert run(pc, "w32tm.exe", "/resync /force").code == 0
    assert pc.skew == 0


def test_a_join_that_may_succeed_does(make: Make) -> None:
    pc = make(story="PC-NOTHYBRID")
    assert run(pc, "dsregcmd.exe", "$(Arg0) $(Arg1) $(Arg2)").code == 0
    assert pc.join.azure_ad_joined


def test_a_join_that_fails_tells_its_code(make: Make) -> None:
    pc = make(story="PC-SYNCWAIT")
    assert run(pc, "dsregcmd.exe", "/join").code == 0x801C03F2
    assert not pc.join.azure_ad_joined


def test_a_script_runs_as_system_and_sees_what_administrators_may_not(make: Make) -> None:
    pc = make()
    pc.registry.set(r"SOFTWARE\Secret", "A", 7)
    pc.registry.deny(r"SOFTWARE\Secret")
    script = (
        "param([string]$Out)\n"
        "$value = Get-ItemProperty -LiteralPath 'HKLM:\\SOFTWARE\\Secret' -ErrorAction Stop\n"
        "Start-Sleep -Seconds 5\n"
        'Set-Content -LiteralPath $Out -Value "$($value.A)" -ErrorAction Stop\n'
    )
    pc.files.write(r"C:\Windows\Temp\s.ps1", script.encode())
    command = r"-NoProfile -File C:\Windows\Temp\s.ps1 -Out C:\Windows\Temp\o.txt"
    start = pc.now()
    seat = pc.session("system")
    running = pc.start(seat, r"WindowsPowerShell\v1.0\powershell.exe", command) or pc.start(
        seat, r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe", command
    )
    assert running is not None
    assert seat.wait_for(running)
    assert running.ended is not None
    assert running.ended.code == 0
    assert seat.now() - start >= timedelta(seconds=5)
    assert pc.files.find(r"C:\Windows\Temp\o.txt").content == b"7\r\n"  # type: ignore[union-attr]
    admin = r"C:\Windows\System32\WindowsPowerShell\v1.0\powershell.exe"
    assert run(pc, admin, command, "admin").code == 1


def test_a_program_that_is_not_there_does_not_start(make: Make) -> None:
    pc = make()
    assert pc.start(pc.session(), r"C:\Nope\x.exe", "") is None


def test_a_program_the_lab_does_not_know_is_refused(make: Make) -> None:
    pc = make()
    pc.files.write(r"C:\Tools\odd.exe", b"MZ")
    with pytest.raises(Refusal):
        pc.start(pc.session(), r"C:\Tools\odd.exe", "")


def test_a_command_line_splits_at_blanks_outside_quotes() -> None:
    assert split_arguments(r'/o "a b\c" /x{1} ""') == ["/o", r"a b\c", "/x{1}", ""]


def test_the_tenant_of_the_pc_is_the_one_it_joined(make: Make) -> None:
    assert make().join.tenant_id == Join().tenant_id
