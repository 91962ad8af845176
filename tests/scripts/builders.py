"""What can be wrong with a PC, for the tests of the module."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from orchestrator.lab.programs_agents import ONLINE_KEY, ONLINE_MANAGEMENT, PRODUCTS
from orchestrator.lab.store_baseline import MDM_EXTENSION, UNINSTALL, fixed_guid
from orchestrator.lab.store_state import Certificate, Service
from orchestrator.lab.store_tasks import Action, Task
from tests.scripts.bench import AUTO_ENROLL, ENROLLMENTS, ONE, TWO, Bench


def auto_enroll(pc: Bench, *, enabled: bool = True) -> None:
    pc.device.registry.set(MDM_EXTENSION + r"\0", "DisplayName", "MDM auto-enrollment")
    folder, _, name = AUTO_ENROLL.rpartition("\\")
    pc.device.tasks.add(
        Task(
            path=folder + "\\",
            name=name,
            actions=(
                Action(
                    execute="%windir%\\system32\\deviceenroller.exe", arguments="/c /AutoEnrollMDM"
                ),
            ),
            enabled=enabled,
        )
    )


def legacy_client(pc: Bench, content: bytes = b"MZ", *, shared: bool = True) -> None:
    device = pc.device
    for number, name in enumerate(PRODUCTS):
        if shared or name not in {
            "System Center 2012 - Operations Manager Agent",
            "Microsoft Policy Platform",
            "Microsoft Security Client",
        }:
            code = "{" + fixed_guid(f"product {number}") + "}"
            device.registry.put(
                f"{UNINSTALL}\\{code}",
                {"DisplayName": name, "DisplayVersion": "5.0", "WindowsInstaller": 1},
            )
    device.files.write(ONLINE_MANAGEMENT + r"\Common\ProvisioningUtil.exe", content)
    for folder in ("AgentInstaller", "Logs", "Updates", "Policy"):
        device.files.make_folder(f"{ONLINE_MANAGEMENT}\\{folder}")
    device.services["OmcSvc"] = Service(name="OmcSvc", state="Running", start_mode="Auto")
    device.registry.set(ONLINE_KEY, "Version", "5.0")
    device.registry.set(ENROLLMENTS, "ExternallyManaged", 1)
    device.certificates["C0" * 20] = Certificate(
        thumbprint="C0" * 20,
        subject="CN=legacy",
        issuer="CN=Sc_Online_Issuing, O=Microsoft",
        not_before=pc.now,
        not_after=pc.now.replace(year=2027),
    )


def products(pc: Bench) -> list[str]:
    root = pc.device.registry.find(UNINSTALL)
    assert root is not None
    names = [str(child.data("DisplayName")) for child in root.children.values()]
    return [name for name in PRODUCTS if name in names]


def configmgr(pc: Bench) -> None:
    device = pc.device
    device.files.write(r"C:\Windows\CCM\CcmExec.exe", b"MZ")
    device.files.write(r"C:\Windows\ccmsetup\ccmsetup.exe", b"MZ")
    device.files.make_folder(r"C:\Windows\ccmsetup\Logs")
    device.files.write(
        r"C:\Windows\CCM\Logs\PolicyAgent.log", b"polled", pc.now - timedelta(days=90)
    )
    device.registry.put(r"SOFTWARE\Microsoft\CCM", {"CoManagementFlags": 0})
    device.registry.put(r"SOFTWARE\Microsoft\SMS\Mobile Client", {"AssignedSiteCode": "P01"})
    device.services["CcmExec"] = Service(name="CcmExec", state="Running", start_mode="Auto")


def unjoined(pc: Bench, code: int = 0) -> None:
    pc.device.rejoin(replace(pc.device.join, azure_ad_joined=False, join_code=code))


def broken(pc: Bench) -> list[str]:
    thumbprints = [pc.stale(ONE), pc.stale(TWO)]
    legacy_client(pc)
    configmgr(pc)
    auto_enroll(pc, enabled=False)
    pc.device.registry.set(ENROLLMENTS, "ExternallyManaged", 1)
    pc.device.services["dmwappushservice"] = replace(
        pc.device.services["dmwappushservice"], start_mode="Disabled"
    )
    return thumbprints


def number(pc: Bench, code: str) -> int:
    """Return what a line of a script gives, by way of the registry."""
    pc.script(
        "$null = New-Item -Path 'HKLM:\\SOFTWARE\\Answer' -ErrorAction Stop\n"
        "$null = New-ItemProperty -LiteralPath 'HKLM:\\SOFTWARE\\Answer' -Name 'Value' "
        f"-PropertyType String -Value ([string]({code})) -ErrorAction Stop"
    )
    key = pc.device.registry.find(r"SOFTWARE\Answer")
    assert key is not None
    return int(str(key.data("Value")))
