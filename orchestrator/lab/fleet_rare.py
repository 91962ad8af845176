"""Named PCs with what is seldom seen: halves of an enrollment, refused tokens, mere notes."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from orchestrator.lab import device_enrollment as enrollment
from orchestrator.lab.fleet_story import story
from orchestrator.lab.fleet_tools import attempted, delivered, healthy, set_join, set_user
from orchestrator.lab.store_baseline import ENROLLMENTS, fixed_guid
from orchestrator.lab.store_state import Cloud
from orchestrator.lab.store_tasks import ENTERPRISE_MGMT, NON_CRITICAL, TaskRun

if TYPE_CHECKING:
    from orchestrator.lab.device import Device

_DSREG = "Microsoft: troubleshoot devices with dsregcmd"
_JOIN_TASK = "\\Microsoft\\Windows\\Workplace Join\\Automatic-Device-Join"


@story(
    "PC-OLDTHUMB",
    "community: DMPCertThumbPrint that a renewal left behind",
    cause="already_enrolled_healthy",
    owner="nobody",
    ends="already",
)
def old_thumbprint(pc: Device) -> None:
    """It is enrolled and well; one of the two places that name its certificate is outdated."""
    guid = healthy(pc)
    former = enrollment.thumbprint_for(f"{pc.name}/before the renewal")
    pc.registry.set(f"{ENROLLMENTS}\\{guid}", "DMPCertThumbPrint", former)


@story(
    "PC-HALF",
    "community: StaleMdmEnrollment, liveness of an enrollment",
    cause="enrollment_incomplete",
    ends="owner",
)
def half(pc: Device) -> None:
    """Its certificate works, but somebody deleted the tasks that synchronise it."""
    guid = healthy(pc)
    for folder in (f"{ENTERPRISE_MGMT}{guid}\\", f"{NON_CRITICAL}{guid}\\"):
        for task in pc.tasks.inside(folder):
            pc.tasks.remove(task.full)


@story("PC-JOINING", _DSREG, cause="join_under_way")
def joining(pc: Device) -> None:
    """Windows' join task ran a few minutes ago; the directories have yet to agree."""
    set_join(pc, azure_ad_joined=False)
    pc.registry.delete(r"SYSTEM\CurrentControlSet\Control\CloudDomainJoin\TenantInfo")
    pc.tasks.runs[_JOIN_TASK] = TaskRun(result=0, last=pc.now() - timedelta(minutes=8))
    delivered(pc)


@story("PC-AUTHERROR", _DSREG + " (DeviceAuthStatus)", cause="enrollment_not_triggered")
def auth_error(pc: Device) -> None:
    """Whether its device object is alive could not be asked; enrollment was never tried."""
    set_join(pc, auth_status="FAILED. ERROR 0x80072ee7")
    delivered(pc)


@story(
    "PC-EDITION",
    "Microsoft: win32 MDMReg constants (0x8018001C)",
    cause="edition_not_licensed",
    ends="failed",
)
def edition(pc: Device) -> None:
    """The licence that makes this edition able to enroll was not renewed."""
    pc.cloud = Cloud(enroll_code=0x8018001C)
    attempted(pc, 0x8018001C)


@story(
    "PC-IDPREFUSED",
    _DSREG + " (attempt status 0xc00000d0)",
    cause="idp_refused",
    owner="tenant",
)
def idp_refused(pc: Device) -> None:
    """The identity provider answers HTTP 400 when the user asks for a token."""
    set_user(
        pc,
        prt=False,
        prt_error="0xc00000d0",
    )
    attempted(pc, 0xCAA10001)


@story(
    "PC-UPNUNKNOWN",
    _DSREG + " (attempt status 0xc000005f)",
    cause="user_unknown_in_tenant",
    owner="tenant",
)
def unknown_user(pc: Device) -> None:
    """The tenant does not know the domain of the user's name."""
    set_user(
        pc,
        upn="jdoe@fabrikam-labs.example",
        prt=False,
        prt_error="0xc000005f",
    )
    attempted(pc, 0xCAA10001)


@story(
    "PC-WORKPLACE",
    _DSREG + " (WorkplaceJoined)",
    "community: dual state",
    cause="enrollment_not_triggered",
)
def workplace(pc: Device) -> None:
    """The user added a work account as well, a second registration; enrollment was never tried."""
    set_user(pc, workplace_joined=True)
    delivered(pc)


@story(
    "PC-AIRWATCH",
    "community: traces of Workspace ONE",
    cause="enrollment_not_triggered",
)
def airwatch(pc: Device) -> None:
    """A former manager's agent left a key and a folder; it manages nothing any more."""
    pc.registry.set(r"SOFTWARE\AIRWATCH", "Version", "20.7")
    pc.files.make_folder(r"C:\ProgramData\AirWatch")
    delivered(pc)


@story(
    "PC-CHILDLIVE",
    "Microsoft: DMClient CSP, LinkedEnrollment",
    "community: StaleMdmEnrollment, order of removal",
    cause="already_enrolled_healthy",
    owner="nobody",
    ends="already",
)
def living_child(pc: Device) -> None:
    """It is enrolled and well, and CurrentEnrollmentId names its linked child instead of it."""
    parent = healthy(pc)
    child = fixed_guid(f"{pc.name}/linked")
    enrollment.enroll_child(pc, child, age_days=29)
    enrollment.link(pc, parent, child)
