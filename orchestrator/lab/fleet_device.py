"""Named PCs whose cause lies on the PC itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.lab.fleet_story import story
from orchestrator.lab.fleet_tools import (
    attempted,
    configmgr,
    delivered,
    legacy_agents,
    legacy_leftovers,
    policy_log,
    set_start,
)
from orchestrator.lab.store_baseline import ENROLLMENTS
from orchestrator.lab.store_state import FORMER_TENANT_ID

if TYPE_CHECKING:
    from orchestrator.lab.device import Device

_MS_LEGACY = "Microsoft: legacy Intune PC software client"
_MS_CODES = "Microsoft: troubleshoot Windows enrollment errors"
_MS_AUTO = "Microsoft: troubleshoot Windows auto-enrollment"
_STALE = "community: StaleMdmEnrollment inventory of enrollments"
_MDMREG = "Microsoft: win32 MDMReg constants"


@story(
    "PC-LEGACY",
    _MS_LEGACY,
    _MS_CODES + " (0x80180026)",
    cause="legacy_intune_agent",
    weight=8,
)
def legacy(pc: Device) -> None:
    """The legacy Intune PC client is installed and marked the PC as externally managed."""
    legacy_agents(pc)
    attempted(pc, 0x80180026)


@story(
    "PC-LEGACY-PART",
    _MS_LEGACY + ", method 2",
    cause="legacy_intune_agent",
    weight=1,
)
def legacy_partial(pc: Device) -> None:
    """The legacy client's own removal leaves three products behind; they go one by one by MSI."""
    legacy_agents(pc, uninstaller=b"MZ partial")
    attempted(pc, 0x80180026)


@story(
    "PC-LEGACY-NOUN",
    _MS_LEGACY + ", method 2",
    cause="legacy_intune_agent",
    weight=1,
)
def legacy_no_uninstaller(pc: Device) -> None:
    """The legacy client is installed but its uninstaller is gone."""
    legacy_agents(pc, uninstaller=None)
    attempted(pc, 0x80180026)


@story(
    "PC-LEGACY-LEFT",
    _MS_CODES + " (0x8007064C)",
    cause="legacy_agent_leftovers",
    weight=2,
)
def legacy_left(pc: Device) -> None:
    """The legacy client was removed by hand; its certificate and keys stayed."""
    legacy_leftovers(pc)
    attempted(pc, 0x8007064C)


@story(
    "PC-EXTMANAGED",
    "Microsoft: SetManagedExternally",
    "community: the value that 0x80180026 rests on",
    cause="externally_managed_flag",
    weight=8,
)
def externally_managed(pc: Device) -> None:
    """ExternallyManaged is set, and nothing that could have set it is installed any more."""
    pc.registry.set(ENROLLMENTS, "ExternallyManaged", 1)
    attempted(pc, 0x80180026)


@story(
    "PC-TASK-GONE",
    "community: issues on the Microsoft documentation of auto-enrollment",
    cause="auto_enroll_task_missing",
    weight=5,
)
def task_gone(pc: Device) -> None:
    """Policy is there, but the auto-enroll task removed itself and no refresh brings it back."""
    delivered(pc, task=False)


@story(
    "PC-TASK-OFF",
    "Microsoft: enroll a Windows device automatically using Group Policy",
    cause="auto_enroll_task_disabled",
    weight=3,
)
def task_off(pc: Device) -> None:
    """Somebody disabled the auto-enroll task."""
    delivered(pc, enabled=False)


@story(
    "PC-NEVER",
    "Microsoft: enroll a Windows device automatically using Group Policy",
    cause="enrollment_not_triggered",
    weight=4,
)
def never(pc: Device) -> None:
    """Nothing stands in the way: enrollment was simply never tried since the user signed in."""
    delivered(pc)


@story(
    "PC-SVCOFF",
    _MS_CODES + " (0x80180023 with 0x800706D9)",
    cause="service_disabled",
    weight=4,
)
def service_off(pc: Device) -> None:
    """A debloat tool disabled dmwappushservice."""
    set_start(pc, "dmwappushservice", "Disabled")
    attempted(pc, 0x80180023)


@story(
    "PC-DMENROLLOFF",
    "platform knowledge: DmEnrollmentSvc is started on demand",
    cause="service_disabled",
    weight=1,
)
def enrollment_service_off(pc: Device) -> None:
    """The enrollment service itself is disabled."""
    set_start(pc, "DmEnrollmentSvc", "Disabled")
    attempted(pc, 0x80180023)


@story(
    "PC-SVCGONE",
    _MS_CODES + " (0x80180023)",
    cause="service_missing",
    ends="owner",
)
def service_gone(pc: Device) -> None:
    """A debloat tool deleted dmwappushservice; it has to come from a PC of the same build."""
    del pc.services["dmwappushservice"]
    attempted(pc, 0x80180023)


@story(
    "PC-CLOCK",
    "Microsoft: troubleshoot hybrid joined devices (0x80072F8F)",
    cause="clock_skew",
    weight=3,
)
def clock(pc: Device) -> None:
    """The PC's clock is three hours ahead, so no token and no TLS certificate is accepted."""
    pc.skew = 3 * 3600.0
    attempted(pc, 0xCAA82F8F)


@story(
    "PC-CCMORPHAN",
    "Microsoft: manage clients",
    "community: ExternallyManaged left by ConfigMgr",
    cause="externally_managed_flag",
    weight=2,
)
def ccm_orphan(pc: Device) -> None:
    """A ConfigMgr client of a site that is gone left the PC marked as externally managed."""
    configmgr(pc, flags=0)
    policy_log(pc, days=400)
    pc.registry.set(ENROLLMENTS, "ExternallyManaged", 1)
    attempted(pc, 0x80180026)


@story(
    "PC-CCMDEAD",
    "Microsoft: manage clients",
    cause="ccm_orphan",
)
def ccm_dead(pc: Device) -> None:
    """A ConfigMgr client of a site that is gone is all that is odd here."""
    configmgr(pc, flags=0)
    policy_log(pc, days=400)
    attempted(pc, 0x80180026)


@story(
    "PC-OLDTENINFO",
    _MS_CODES + " (0x8018002B)",
    cause="tenant_info_leftover",
    ends="owner",
)
def tenant_info(pc: Device) -> None:
    """The address book of a former tenant is still there and leads the token astray."""
    pc.registry.put(
        f"SYSTEM\\CurrentControlSet\\Control\\CloudDomainJoin\\TenantInfo\\{FORMER_TENANT_ID}",
        {
            "DisplayName": "Northwind",
            "MdmEnrollmentUrl": "https://enrollment.manage.microsoft.com/"
            "enrollmentserver/discovery.svc",
        },
    )
    attempted(pc, 0x8018002B)


@story(
    "PC-MMPCFLAG",
    "community: MmpcEnrollmentFlag and 0x80190190",
    cause="mmpc_enrollment_flag",
    ends="owner",
)
def mmpc_flag(pc: Device) -> None:
    """MmpcEnrollmentFlag is 2, and Intune answers HTTP 400."""
    pc.registry.set(ENROLLMENTS, "MmpcEnrollmentFlag", 2)
    attempted(pc, 0x80190190)


@story(
    "PC-REBOOT",
    "platform knowledge: RebootPending of component servicing",
    cause="pending_reboot",
    owner="user",
    weight=2,
)
def reboot(pc: Device) -> None:
    """Windows updates wait for a restart, and servicing blocks provisioning."""
    pc.registry.create(
        r"SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\RebootPending"
    )
    attempted(pc, 0x8018001B)


@story(
    "PC-BLOCKED",
    _MDMREG + " (0x80180026)",
    cause="blocked_cause_unknown",
)
def blocked(pc: Device) -> None:
    """Enrollment was refused as blocked, and by now neither policy nor flag is set."""
    attempted(pc, 0x80180026)
