"""Named PCs that are enrolled, or carry what is left of an enrollment."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from orchestrator.lab import device_enrollment as enrollment
from orchestrator.lab.fleet_story import story
from orchestrator.lab.fleet_tools import (
    attempted,
    dead,
    delivered,
    healthy,
    succeeded,
)
from orchestrator.lab.programs_policy import auto_enroll_task, log_extension
from orchestrator.lab.store_baseline import ACCOUNTS, ENROLLMENTS, LOGGER, fixed_guid
from orchestrator.lab.store_state import FORMER_TENANT_ID

if TYPE_CHECKING:
    from orchestrator.lab.device import Device

_MS_LEGACY = "Microsoft: legacy Intune PC software client"
_MS_CODES = "Microsoft: troubleshoot Windows enrollment errors"
_MS_AUTO = "Microsoft: troubleshoot Windows auto-enrollment"
_STALE = "community: StaleMdmEnrollment inventory of enrollments"
_MDMREG = "Microsoft: win32 MDMReg constants"
_MS_VERIFY = "Microsoft: verify auto-enrollment"


@story(
    "PC-ORPHAN",
    _MS_AUTO + " (0x8018000A)",
    _STALE,
    cause="stale_enrollment",
    weight=10,
)
def orphan(pc: Device) -> None:
    """A dead Intune enrollment is left in tasks and registry; its certificate is gone."""
    guid = dead(pc)
    pc.registry.set(LOGGER, "CurrentEnrollmentId", guid)
    attempted(pc, 0x8018000A)


@story(
    "PC-EXPIRED",
    _STALE,
    cause="stale_enrollment",
    weight=4,
)
def expired(pc: Device) -> None:
    """The PC was away for years: the certificate of its enrollment has expired."""
    dead(pc, certificate=True)
    attempted(pc, 0x8018000A)


@story(
    "PC-NOKEY",
    _STALE,
    cause="stale_enrollment",
    weight=2,
)
def no_key(pc: Device) -> None:
    """The enrollment's certificate lost its private key, so the PC can neither sync nor enroll."""
    guid = fixed_guid(f"{pc.name}/nokey")
    thumbprint = enrollment.enroll(pc, guid, age_days=40)
    pc.certificates[thumbprint] = replace(pc.certificates[thumbprint], has_private_key=False)
    attempted(pc, 0x8018000A)


@story(
    "PC-RES-TASKS",
    "community: tasks that survive a registry clean-up",
    cause="residue_tasks_only",
    weight=4,
)
def residue_tasks(pc: Device) -> None:
    """Only task folders of a former enrollment are left, and Windows takes it for alive."""
    enrollment.add_tasks(pc, fixed_guid(f"{pc.name}/tasks"))
    attempted(pc, 0x8018000A)


@story(
    "PC-RES-REG",
    _MDMREG + " (0x8018001F)",
    "community: GUIDs in the registry without task folder",
    cause="residue_registry_only",
    weight=4,
)
def residue_registry(pc: Device) -> None:
    """Only registry state of a former enrollment is left, among it its OMA-DM account."""
    guid = fixed_guid(f"{pc.name}/registry")
    enrollment.add_roots(pc, guid, thumbprint=enrollment.thumbprint_for(guid))
    attempted(pc, 0x8018001F)


@story(
    "PC-RES-BOTH",
    _STALE,
    cause="residue",
    weight=2,
)
def residue_both(pc: Device) -> None:
    """Tasks and registry state of a former enrollment are left, its enrollment key is gone."""
    guid = fixed_guid(f"{pc.name}/both")
    enrollment.add_roots(pc, guid, thumbprint=enrollment.thumbprint_for(guid))
    enrollment.add_tasks(pc, guid)
    attempted(pc, 0x8018001F)


@story(
    "PC-TWO-STALE",
    "community: scripts that join several GUIDs into one string clean nothing",
    cause="stale_enrollment",
    weight=3,
)
def two_stale(pc: Device) -> None:
    """Two dead enrollments lie side by side."""
    dead(pc, "first")
    dead(pc, "second", certificate=True)
    attempted(pc, 0x8018000A)


@story(
    "PC-DENIED",
    "community: access denied on keys of an enrollment",
    cause="stale_enrollment",
    weight=1,
)
def denied(pc: Device) -> None:
    """A dead enrollment has keys that deny Administrators: only SYSTEM can remove them."""
    guid = dead(pc)
    pc.registry.deny(f"{ENROLLMENTS}\\{guid}\\DMClient", "write")
    attempted(pc, 0x8018000A)


@story(
    "PC-FTENANT",
    _STALE,
    cause="foreign_tenant_enrollment",
    weight=3,
)
def foreign_tenant(pc: Device) -> None:
    """The PC still carries the enrollment of the tenant it belonged to before."""
    enrollment.enroll(pc, fixed_guid(f"{pc.name}/former"), tenant=FORMER_TENANT_ID, age_days=300)
    attempted(pc, 0x8018000A)


@story(
    "PC-MMPC",
    "community: orphaned MMP-C record makes the enroller give up",
    cause="orphan_mmpc",
    weight=2,
)
def mmpc(pc: Device) -> None:
    """The Intune enrollment is gone, its linked declared-configuration child is not."""
    enrollment.enroll_child(pc, fixed_guid(f"{pc.name}/mmpc"), age_days=200)
    attempted(pc, 0x8018000A)


@story(
    "PC-MMPC-PAIR",
    _STALE + ", order of removal",
    cause="stale_enrollment",
    weight=1,
)
def mmpc_pair(pc: Device) -> None:
    """A dead Intune enrollment and its linked child are both left; the child goes first."""
    parent = dead(pc)
    child = fixed_guid(f"{pc.name}/child")
    enrollment.enroll_child(pc, child, age_days=500)
    enrollment.link(pc, parent, child)
    attempted(pc, 0x8018000A)


@story(
    "PC-MAM",
    "community: wip.mam registrations block like an enrollment",
    cause="mam_leftover",
    weight=2,
)
def mam(pc: Device) -> None:
    """A registration for app protection is in the way of device enrollment."""
    guid = fixed_guid(f"{pc.name}/mam")
    enrollment.add_keys(
        pc, guid, provider="MAM", kind=5, discovery=enrollment.MAM_DISCOVERY, tenant=""
    )
    attempted(pc, 0x8018000A)


@story(
    "PC-PURGE",
    "community: a partial purge is worse than none",
    cause="purge_incomplete",
    weight=1,
)
def purge(pc: Device) -> None:
    """A clean-up was cut off: certificate, tasks and first key are gone, the rest is not."""
    guid = dead(pc, tasks=False)
    pc.registry.delete(f"{ENROLLMENTS}\\{guid}")
    pc.registry.put(r"SOFTWARE\enrollmend", {"RunId": "r-cut-off", "Open": 1})
    pc.registry.set(r"SOFTWARE\enrollmend", "Fence", 1, "REG_QWORD")
    attempted(pc, 0x8018001F)


@story(
    "PC-RELAPSED",
    "community: enrollments that vanish after a clean-up tool",
    cause="relapsed",
    weight=1,
)
def relapsed(pc: Device) -> None:
    """Enrollment succeeded last week, and the enrollment is gone without a trace."""
    succeeded(pc, days=7)
    delivered(pc)


@story(
    "PC-HEALTHY",
    _MS_VERIFY,
    cause="already_enrolled_healthy",
    owner="nobody",
    weight=10,
    ends="already",
)
def well(pc: Device) -> None:
    """It is enrolled in Intune, and well; Group Policy asks all the same (Microsoft: harmless)."""
    healthy(pc)
    log_extension(pc, 0x8018000A)


@story(
    "PC-HEALTHY-PAIR",
    "Microsoft: DMClient CSP, LinkedEnrollment",
    cause="already_enrolled_healthy",
    owner="nobody",
    weight=4,
    ends="already",
)
def well_pair(pc: Device) -> None:
    """It is enrolled in Intune with a linked declared-configuration child, and well."""
    parent = healthy(pc)
    child = fixed_guid(f"{pc.name}/linked")
    enrollment.enroll_child(pc, child, age_days=29)
    enrollment.link(pc, parent, child)
    pc.registry.set(LOGGER, "CurrentEnrollmentId", parent)


@story(
    "PC-LIVE-STALE",
    _STALE,
    cause="already_enrolled_healthy",
    owner="nobody",
    ends="already",
)
def live_stale(pc: Device) -> None:
    """It is enrolled and well, and beside that lies residue of a former enrollment."""
    healthy(pc)
    guid = fixed_guid(f"{pc.name}/former")
    enrollment.add_tasks(pc, guid)
    pc.tasks.runs.clear()


@story(
    "PC-STICKY",
    "community: 0x8018000A that persists after a verified clean-up",
    cause="enrollment_state_cached",
    owner="user",
)
def sticky(pc: Device) -> None:
    """Everything was cleaned, but Windows still remembers the enrollment until it restarts."""
    pc.sticky = True
    pc.boot = pc.now() - timedelta(days=9)
    attempted(pc, 0x8018000A)
    pc.tasks.add(auto_enroll_task())


@story(
    "PC-FAKEMDM",
    "community: fake MDM marker",
    cause="enrollment_not_triggered",
)
def fake_mdm(pc: Device) -> None:
    """An administrator marked the PC as managed so that browsers honour policies."""
    _mark(pc)
    delivered(pc)


@story(
    "PC-TREE",
    _STALE + ": around thirty ids on an ordinary PC",
    _MS_VERIFY,
    cause="already_enrolled_healthy",
    owner="nobody",
    ends="already",
)
def tree(pc: Device) -> None:
    """It is enrolled and well, among every other kind of id that is found below Enrollments."""
    _other_ids(pc)
    healthy(pc)


@story(
    "PC-TREE-DEAD",
    _STALE + ": around thirty ids on an ordinary PC",
    _STALE + ", order of removal",
    cause="foreign_tenant_enrollment",
)
def dead_tree(pc: Device) -> None:
    """Three dead enrollments, each of another kind, lie among thirty ids that are Windows' own."""
    _other_ids(pc)
    pc.registry.set(LOGGER, "CurrentEnrollmentId", dead(pc))
    attempted(pc, 0x8018000A)


def _other_ids(pc: Device) -> None:
    """Add to Windows' own ids those of a former tenant, an orphaned child, and the all-F marker."""
    enrollment.enroll(pc, fixed_guid(f"{pc.name}/former"), tenant=FORMER_TENANT_ID, age_days=300)
    enrollment.enroll_child(pc, fixed_guid(f"{pc.name}/mmpc"), age_days=200)
    _mark(pc)


def _mark(pc: Device) -> None:
    pc.registry.put(
        f"{ENROLLMENTS}\\{enrollment.FAKE}",
        {"EnrollmentState": 1, "EnrollmentType": 0, "IsFederated": 0},
    )
    pc.registry.put(
        f"{ACCOUNTS}\\{enrollment.FAKE}",
        {"Flags": 0x00D6FB7F, "AcctUId": "0x" + "0" * 64, "RoamingCount": 0},
    )
