"""Building blocks for named PCs."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from orchestrator.lab import device_enrollment as enrollment
from orchestrator.lab.programs_agents import (
    INSTALLER_KEY,
    ONLINE_KEY,
    ONLINE_MANAGEMENT,
    PRODUCTS,
)
from orchestrator.lab.programs_enroll import LOCAL, TASK_ENDS, log_failure
from orchestrator.lab.programs_policy import auto_enroll_task
from orchestrator.lab.store_baseline import (
    ENROLLMENTS,
    MDM_EXTENSION,
    UNINSTALL,
    UNINSTALL_32,
    fixed_guid,
)
from orchestrator.lab.store_state import MDM_CHANNEL, Certificate, Service
from orchestrator.lab.store_tasks import TaskRun

if TYPE_CHECKING:
    from orchestrator.lab.device import Device

SHARED = ("Microsoft Policy Platform",)


def delivered(pc: Device, *, task: bool = True, enabled: bool = True) -> None:
    """Let group policy have done its part: history key, and the auto-enroll task."""
    pc.registry.set(MDM_EXTENSION + r"\0", "DisplayName", "MDM auto-enrollment")
    if task:
        device_credential = dict(pc.gpo).get("UseAADCredentialType") == 2  # noqa: PLR2004
        pc.tasks.add(auto_enroll_task(device_credential=device_credential, enabled=enabled))


def attempted(pc: Device, code: int, *, minutes: float = 20.0) -> None:
    """Let the auto-enroll task have failed with a code some minutes ago."""
    when = pc.now() - timedelta(minutes=minutes)
    log_failure(pc, code, local=code in LOCAL, when=when)
    delivered(pc, task=code not in TASK_ENDS)
    task = auto_enroll_task(
        device_credential=dict(pc.gpo).get("UseAADCredentialType") == 2  # noqa: PLR2004
    )
    if task.full in pc.tasks.tasks:
        pc.tasks.runs[task.full] = TaskRun(result=code, last=when)


def succeeded(pc: Device, *, days: float) -> None:
    """Let an enrollment have succeeded some days ago, as the event log tells."""
    when = pc.now() - timedelta(days=days)
    for event in (4, 6, 8, 10, 16, 58, 72):
        pc.log(MDM_CHANNEL, event, when=when)
    pc.log(MDM_CHANNEL, 75, 0, when=when, message="Auto MDM Enroll: Succeeded")


def healthy(pc: Device, word: str = "healthy", *, days: float = 30.0) -> str:
    """Enroll the PC as if it had been done some days ago; return the GUID."""
    guid = fixed_guid(f"{pc.name}/{word}")
    enrollment.enroll(pc, guid, age_days=days)
    succeeded(pc, days=days)
    delivered(pc, task=False)
    return guid


def dead(
    pc: Device,
    word: str = "dead",
    *,
    certificate: bool = False,
    tasks: bool = True,
    tenant: str | None = None,
) -> str:
    """Leave a dead enrollment in tasks and registry; return the GUID.

    The key names a certificate; `certificate` tells whether it is still in the store.
    """
    guid = fixed_guid(f"{pc.name}/{word}")
    thumbprint = enrollment.thumbprint_for(f"{pc.name}/{guid}")
    if certificate:
        enrollment.add_certificate(pc, guid, age_days=800, valid_days=365)
    enrollment.add_keys(pc, guid, thumbprint=thumbprint, tenant=tenant)
    enrollment.add_roots(pc, guid, thumbprint=thumbprint)
    if tasks:
        enrollment.add_tasks(pc, guid)
    return guid


def legacy_agents(pc: Device, *, uninstaller: bytes | None = b"MZ") -> None:
    """Install the old Intune client with all its agents (Microsoft: legacy Intune PC client)."""
    for number, name in enumerate(PRODUCTS):
        root = UNINSTALL_32 if number % 3 == 0 else UNINSTALL
        code = f"{{{fixed_guid(f'product {name}')}}}"
        pc.registry.put(
            f"{root}\\{code}",
            {"DisplayName": name, "DisplayVersion": "5.0.5104.0", "WindowsInstaller": 1},
        )
    for folder in ("AgentInstaller", "Common", "Logs", "Updates", "Client", "Policy"):
        pc.files.make_folder(f"{ONLINE_MANAGEMENT}\\{folder}")
    if uninstaller is not None:
        pc.files.write(f"{ONLINE_MANAGEMENT}\\Common\\ProvisioningUtil.exe", uninstaller)
    pc.services["OmcSvc"] = Service(
        name="OmcSvc",
        display="Microsoft Online Management Client Service",
        state="Running",
        start_mode="Auto",
    )
    legacy_leftovers(pc, folder=False)
    pc.registry.set(ENROLLMENTS, "ExternallyManaged", 1)


def legacy_leftovers(pc: Device, *, folder: bool = True) -> None:
    """Leave what stays after the old client's agents are gone."""
    pc.registry.set(ONLINE_KEY + r"\Client", "Version", "5.0.5104.0")
    pc.registry.set(INSTALLER_KEY, "ProductName", "Microsoft Online Management Client")
    if folder:
        for name in ("AgentInstaller", "Common", "Logs", "Updates"):
            pc.files.make_folder(f"{ONLINE_MANAGEMENT}\\{name}")
    thumbprint = enrollment.thumbprint_for(f"{pc.name}/SC_Online_Issuing")
    pc.certificates[thumbprint] = Certificate(
        thumbprint=thumbprint,
        subject=f"CN={fixed_guid(pc.name + '/online').lower()}",
        issuer="CN=SC_Online_Issuing",
        not_before=pc.now() - timedelta(days=900),
        not_after=pc.now() + timedelta(days=100),
    )


def configmgr(pc: Device, *, flags: int, site: str = "P01", log: str = "") -> None:
    """Install the Configuration Manager client (Microsoft: manage clients; registry: practice)."""
    pc.services["CcmExec"] = Service(
        name="CcmExec", display="SMS Agent Host", state="Running", start_mode="Auto"
    )
    pc.files.write(r"C:\Windows\CCM\CcmExec.exe", b"MZ")
    pc.files.write(r"C:\Windows\ccmsetup\ccmsetup.exe", b"MZ")
    pc.registry.put(
        r"SOFTWARE\Microsoft\SMS\Mobile Client",
        {"AssignedSiteCode": site, "ProductVersion": "5.00.9128.1007"},
    )
    pc.registry.put(r"SOFTWARE\Microsoft\CCM", {"CoManagementFlags": flags})
    if log:
        content = log.encode()
        pc.files.write(r"C:\Windows\CCM\Logs\CoManagementHandler.log", content, pc.now())


def policy_log(pc: Device, *, days: float) -> None:
    """Let the ConfigMgr client have asked for policy some days ago."""
    when = pc.now() - timedelta(days=days)
    pc.files.write(r"C:\Windows\CCM\Logs\PolicyAgent.log", b"Policy evaluated\r\n", when)


def set_start(pc: Device, service: str, mode: str) -> None:
    """Change how a service starts."""
    pc.services[service] = replace(pc.services[service], start_mode=mode, state="Stopped")


def set_user(pc: Device, **changes: object) -> None:
    """Change the signed-in user."""
    pc.users = tuple(replace(user, **changes) for user in pc.users)  # type: ignore[arg-type]


def set_join(pc: Device, **changes: object) -> None:
    """Change how the PC is joined, with what the registry tells about it."""
    pc.rejoin(replace(pc.join, **changes))  # type: ignore[arg-type]
