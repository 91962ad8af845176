r"""Enrollments on a simulated PC: writing one everywhere Windows does, and asking what is there.

An enrollment ``<g>`` is a GUID key in eight registry roots, a folder of tasks below
``EnterpriseMgmt``, a certificate of the management service, and for Intune a second, linked
enrollment (community: StaleMdmEnrollment and the blog posts it cites; DMClient CSP).
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import TYPE_CHECKING

from orchestrator.lab.store_baseline import (
    ACCOUNTS,
    ADMX,
    ENROLLMENTS,
    LOGGER,
    PROVIDERS,
    SESSIONS,
    STATUS,
    TRACKED,
    fixed_guid,
)
from orchestrator.lab.store_state import INTUNE_DISCOVERY, Certificate
from orchestrator.lab.store_tasks import ENROLLER, ENTERPRISE_MGMT, NON_CRITICAL, Action, Task

if TYPE_CHECKING:
    from orchestrator.lab.device import Device
    from orchestrator.lab.store import RegistryData

INTUNE = "MS DM Server"
MMPC = "Microsoft Device Management"
INTUNE_CA = "CN=Microsoft Intune MDM Device CA"
MMPC_CA = "CN=Microsoft Device Management Device CA"
MMPC_DISCOVERY = "https://discovery.dm.microsoft.com/EnrollmentConfiguration?api-version=1.0"
MAM_DISCOVERY = "https://wip.mam.manage.microsoft.com/enroll"
PSEUDO_TYPES = frozenset({12, 28, 30, 31})
FAKE = "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF"
_GUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")

_TASKS = (
    ("Schedule #1 created by enrollment client", '/o "{g}" /c'),
    ("Schedule #2 created by enrollment client", '/o "{g}" /c'),
    ("Schedule #3 created by enrollment client", '/o "{g}" /c'),
    ("Login Schedule created by enrollment client", '/o "{g}" /c /b'),
    ("PushLaunch", '/o "{g}" /c'),
    ("PushRenewal", '/o "{g}" /c /y'),
    ("Schedule to run OMADMClient by client", '/o "{g}" /c'),
    ("Schedule created by enrollment client for renewal of certificate warning", '/o "{g}" /c /y'),
    ("Provisioning initiated session", '/o "{g}" /c'),
)


def thumbprint_for(text: str) -> str:
    """Return 40 hex digits that are always the same for the same text."""
    return (fixed_guid(text) + fixed_guid(text + "/")).replace("-", "")[:40]


def add_tasks(device: Device, guid: str) -> None:
    """Create the task folders of an enrollment."""
    for name, arguments in _TASKS:
        device.tasks.add(
            Task(
                path=f"{ENTERPRISE_MGMT}{guid}\\",
                name=name,
                actions=(Action(execute=ENROLLER, arguments=arguments.format(g=guid)),),
                triggers=("TimeTrigger",),
            )
        )
    device.tasks.add(
        Task(
            path=f"{NON_CRITICAL}{guid}\\",
            name="Queued Schedule created for queued alerts",
            actions=(Action(execute=ENROLLER, arguments=f'/o "{guid}" /c /q'),),
            triggers=("TimeTrigger",),
        )
    )


def add_certificate(
    device: Device,
    guid: str,
    *,
    issuer: str = INTUNE_CA,
    private_key: bool = True,
    age_days: float = 0.0,
    valid_days: float = 365.0,
) -> str:
    """Put the client certificate of an enrollment into the machine store; return its thumbprint."""
    thumbprint = thumbprint_for(f"{device.name}/{guid}")
    start = device.lab_now() + timedelta(seconds=device.skew) - timedelta(days=age_days)
    device.certificates[thumbprint] = Certificate(
        thumbprint=thumbprint,
        subject=f"CN={fixed_guid(f'{device.name}/{guid}/device').lower()}",
        issuer=issuer,
        not_before=start,
        not_after=start + timedelta(days=valid_days),
        has_private_key=private_key,
    )
    return thumbprint


def add_keys(
    device: Device,
    guid: str,
    *,
    provider: str = INTUNE,
    kind: int = 6,
    state: int = 1,
    discovery: str = INTUNE_DISCOVERY,
    upn: str = "jdoe@fabrikam.example",
    tenant: str | None = None,
    thumbprint: str = "",
) -> None:
    r"""Write ``Enrollments\<g>`` and what belongs right to it."""
    registry = device.registry
    key = f"{ENROLLMENTS}\\{guid}"
    values: dict[str, RegistryData] = {
        "ProviderID": provider,
        "EnrollmentType": kind,
        "EnrollmentState": state,
        "EnrollmentFlags": 0,
        "IsFederated": 1,
        "RenewStatus": 0,
        "DiscoveryServiceFullURL": discovery,
        "UPN": upn,
        "AADTenantID": device.join.tenant_id if tenant is None else tenant,
        "AADResourceID": "https://checkin.dm.microsoft.com"
        if provider == MMPC
        else "https://manage.microsoft.com/",
    }
    if thumbprint:
        values["DMPCertThumbPrint"] = thumbprint
    registry.put(key, values)
    registry.set(
        f"{key}\\DMClient\\{provider}",
        "EntDMID",
        fixed_guid(f"{device.name}/{guid}/device").lower(),
    )


def add_roots(device: Device, guid: str, *, thumbprint: str = "", denied: bool = True) -> None:
    """Write the GUID into the other seven roots; ADMX only comes with the first such policy.

    The account's ``Protected`` key is for SYSTEM alone (community).
    """
    registry = device.registry
    registry.set(f"{STATUS}\\{guid}", "Status", 1)
    registry.create(f"{TRACKED}\\{guid}\\default\\RootCATrustedCertificates")
    registry.create(f"{ADMX}\\{guid}\\Chrome")
    registry.create(f"{PROVIDERS}\\{guid}\\default\\Device\\DeviceLock")
    registry.put(
        f"{ACCOUNTS}\\{guid}",
        {
            "AcctUId": fixed_guid(f"{guid}/account"),
            "Flags": 0,
            "ProtoVer": "1.2",
            "RoamingCount": 0,
            "ServerVer": "4.0",
        },
    )
    if thumbprint:
        registry.set(f"{ACCOUNTS}\\{guid}", "SslClientCertReference", f"MY;System;{thumbprint}")
    registry.set(f"{ACCOUNTS}\\{guid}\\Protected", "ConnInfo", "https://r.manage.microsoft.com")
    if denied:
        registry.deny(f"{ACCOUNTS}\\{guid}\\Protected")
    registry.set(f"{LOGGER}\\{guid}", "Level", 1)
    registry.create(f"{SESSIONS}\\{guid}")


def enroll(
    device: Device,
    guid: str,
    *,
    provider: str = INTUNE,
    kind: int = 6,
    discovery: str = INTUNE_DISCOVERY,
    tenant: str | None = None,
    age_days: float = 0.0,
    valid_days: float = 365.0,
    upn: str = "jdoe@fabrikam.example",
) -> str:
    """Write a whole enrollment, as a successful conversation leaves it; return its thumbprint."""
    thumbprint = add_certificate(
        device,
        guid,
        issuer=MMPC_CA if provider == MMPC else INTUNE_CA,
        age_days=age_days,
        valid_days=valid_days,
    )
    add_keys(
        device,
        guid,
        provider=provider,
        kind=kind,
        discovery=discovery,
        tenant=tenant,
        thumbprint=thumbprint,
        upn=upn,
    )
    add_roots(device, guid, thumbprint=thumbprint)
    add_tasks(device, guid)
    device.registry.set(LOGGER, "CurrentEnrollmentId", guid)
    return thumbprint


def enroll_child(device: Device, guid: str, *, age_days: float) -> None:
    """Add a declared-configuration enrollment (MMP-C), which belongs below an Intune one."""
    enroll(device, guid, provider=MMPC, kind=26, discovery=MMPC_DISCOVERY, age_days=age_days)


def link(device: Device, parent: str, child: str, *, status: int = 4) -> None:
    """Link an MMP-C enrollment below its Intune parent (DMClient CSP: 4 is succeeded)."""
    device.registry.put(
        f"{ENROLLMENTS}\\{parent}\\LinkedEnrollment",
        {"LinkedEnrollmentId": child, "EnrollStatus": status, "LastError": 0},
    )


def blocking(device: Device) -> str | None:
    r"""Return the GUID of an enrollment the engine takes for a live one.

    Community: every ``Enrollments\<g>`` with a ProviderID that is no pseudo provider, whatever its
    state or tenant; the all-F marker has no ProviderID and does not count.
    """
    root = device.registry.find(ENROLLMENTS)
    for child in root.children.values() if root else ():
        provider = child.data("ProviderID")
        kind = child.data("EnrollmentType")
        if provider and kind not in PSEUDO_TYPES and _GUID.fullmatch(child.name):
            return child.name
    return None


def orphan_account(device: Device) -> str | None:
    r"""Return an ``OMADM\Accounts\<g>`` without its ``Enrollments\<g>``."""
    accounts = device.registry.find(ACCOUNTS)
    enrollments = device.registry.find(ENROLLMENTS)
    known = enrollments.children if enrollments else {}
    for lower, child in (accounts.children if accounts else {}).items():
        if lower not in known and child.name != FAKE and _GUID.fullmatch(child.name):
            return child.name
    return None


def orphan_folder(device: Device) -> str | None:
    """Return a task folder named like a GUID whose enrollment is not there."""
    enrollments = device.registry.find(ENROLLMENTS)
    known = enrollments.children if enrollments else {}
    for path in device.tasks.subfolders(ENTERPRISE_MGMT):
        name = path.strip("\\").rpartition("\\")[2]
        if _GUID.fullmatch(name) and name.lower() not in known:
            return name
    return None
