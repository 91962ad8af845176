"""Named PCs that try the tool rather than Windows: traps, odd input, noise, faults."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from orchestrator.lab.device_identity import add_join_certificate
from orchestrator.lab.faults import DropInReceive, RebootUnderYou
from orchestrator.lab.fleet_story import story
from orchestrator.lab.fleet_tools import attempted, dead, delivered, set_join
from orchestrator.lab.store import Shared
from orchestrator.lab.store_baseline import (
    ACCOUNTS,
    ENROLLMENTS,
    LOGGER,
    TRACKED,
    UNINSTALL,
    WINDOWS_NT,
    fixed_guid,
)
from orchestrator.lab.store_state import MDM_CHANNEL, Cloud, Event, Host
from orchestrator.lab.store_tasks import ENTERPRISE_MGMT, Action, Task

if TYPE_CHECKING:
    from orchestrator.lab.device import Device

_ACCIDENT = "community: reported accident of a clean-up script"
_PARSER = "Microsoft: troubleshoot devices with dsregcmd, sample output"
_REMOTING = "Microsoft: about_Remote_Requirements"


@story(
    "PC-EMPTYGUID",
    _ACCIDENT + ": an empty variable matched everything",
    cause="enrollment_not_triggered",
)
def empty_guid(pc: Device) -> None:
    """CurrentEnrollmentId is empty: a tool that matches by it would delete all tasks."""
    pc.registry.set(LOGGER, "CurrentEnrollmentId", "")
    delivered(pc)


@story("PC-GUIDLIKE", _ACCIDENT + ": selection by pattern", cause="enrollment_not_triggered")
def guid_like(pc: Device) -> None:
    """Keys and folders look like enrollment ids, and are none."""
    guid = fixed_guid(f"{pc.name}/like")
    for name in (f"{{{guid}}}", f"{guid}-backup", guid.replace("-", ""), f"x{guid}", "0" * 8):
        pc.registry.put(f"{ENROLLMENTS}\\{name}", {"ProviderID": "Contoso Backup"})
        pc.registry.create(f"{TRACKED}\\{name}")
    pc.tasks.add(
        Task(
            path=f"{ENTERPRISE_MGMT}{guid}-backup\\",
            name="Nightly",
            actions=(Action(execute=r"C:\Tools\backup.exe"),),
        )
    )
    delivered(pc)


@story("PC-ZEROGUID", _ACCIDENT, cause="enrollment_not_triggered")
def zero_guid(pc: Device) -> None:
    """An all-zero GUID stands below Enrollments, as a broken tool wrote it."""
    pc.registry.put(f"{ENROLLMENTS}\\00000000-0000-0000-0000-000000000000", {"EnrollmentState": 1})
    delivered(pc)


@story("PC-OLDLAYOUT", _PARSER, cause="enrollment_not_triggered")
def old_layout(pc: Device) -> None:
    """Windows 10 1803 prints dsregcmd in the old layout; enrollment was never tried."""
    pc.registry.put(WINDOWS_NT, {"CurrentBuildNumber": "17134", "CurrentBuild": "17134"})
    set_join(pc, layout="old", auth_status="")
    delivered(pc)


@story(
    "PC-GERMAN",
    "Microsoft: events carry properties beside localised text",
    cause="stale_enrollment",
)
def german(pc: Device) -> None:
    """Windows is German, and a dead enrollment is in the way."""
    pc.host = Host(culture="de-DE")
    dead(pc)
    attempted(pc, 0x8018000A)


@story("PC-32BIT", _REMOTING + ", Microsoft.PowerShell32", cause="facts_unread", ends="owner")
def bits32(pc: Device) -> None:
    """The endpoint is the 32-bit one: it sees another registry."""
    pc.host = Host(process_bits=32)
    dead(pc)
    attempted(pc, 0x8018000A)


@story("PC-CLM", "Microsoft: about_Language_Modes", cause="facts_unread", ends="owner")
def constrained(pc: Device) -> None:
    """Application control puts PowerShell into constrained language: task folders stay unread."""
    pc.host = Host(language_mode="ConstrainedLanguage")
    dead(pc)
    attempted(pc, 0x8018000A)


@story("PC-NOTELEVATED", _REMOTING, cause="stale_enrollment", ends="failed")
def not_elevated(pc: Device) -> None:
    """The account that connects is no administrator here."""
    pc.host = Host(elevated=False)
    dead(pc)
    attempted(pc, 0x8018000A)


@story(
    "PC-DENYREAD",
    "community: access denied on keys of an enrollment",
    cause="facts_unread",
    ends="owner",
)
def deny_read(pc: Device) -> None:
    """Administrators may not even read the key of a dead enrollment's account."""
    guid = dead(pc)
    pc.registry.deny(f"{ACCOUNTS}\\{guid}")
    attempted(pc, 0x8018000A)


@story("PC-NOCHANNEL", "Microsoft: Get-WinEvent", cause="stale_enrollment")
def no_channel(pc: Device) -> None:
    """The enrollment event channel does not exist, and a dead enrollment is in the way."""
    dead(pc)
    delivered(pc, task=False)
    del pc.events[MDM_CHANNEL]


@story(
    "PC-CORRUPT",
    "community: task image corrupt after files were deleted on disk",
    cause="facts_unread",
    ends="owner",
)
def corrupt(pc: Device) -> None:
    """A task of the dead enrollment is damaged and cannot be read."""
    guid = dead(pc)
    task = pc.tasks.tasks[f"{ENTERPRISE_MGMT}{guid}\\PushLaunch"]
    pc.tasks.tasks[task.full] = replace(task, corrupt=True)
    attempted(pc, 0x8018000A)


@story("PC-NODSREG", _PARSER, cause="enrollment_not_triggered")
def no_dsregcmd(pc: Device) -> None:
    """dsregcmd.exe is missing."""
    pc.files.remove(r"C:\Windows\System32\dsregcmd.exe")
    add_join_certificate(pc)
    delivered(pc)


@story("PC-DSREGCUT", _PARSER, cause="enrollment_not_triggered")
def cut_dsregcmd(pc: Device) -> None:
    """The output of dsregcmd is cut off."""
    pc.files.write(r"C:\Windows\System32\dsregcmd.exe", b"MZ cut")
    add_join_certificate(pc)
    delivered(pc)


@story(
    "PC-REBOOTS",
    "platform knowledge: a restart ends every remote session",
    cause="stale_enrollment",
)
def reboots(pc: Device) -> None:
    """The PC restarts in the middle of the repair."""
    dead(pc)
    attempted(pc, 0x8018000A)
    pc.faults.append(RebootUnderYou(operations=45, seconds=90.0))


@story(
    "PC-DROPS", "platform knowledge: a connection may be cut at any time", cause="stale_enrollment"
)
def drops(pc: Device) -> None:
    """The connection is cut while results are awaited."""
    dead(pc)
    attempted(pc, 0x8018000A)
    pc.faults.append(DropInReceive(after=1))


@story("PC-EVENTS", "Microsoft: auto-enrollment events 75 and 76", cause="stale_enrollment")
def events(pc: Device) -> None:
    """The event log holds old successes, texts without code and a nine-digit code."""
    guid = dead(pc)
    pc.registry.set(LOGGER, "CurrentEnrollmentId", guid)
    week = pc.now() - timedelta(days=7)
    pc.log(MDM_CHANNEL, 75, 0, when=week, message="Auto MDM Enroll: Succeeded")
    pc.log(
        MDM_CHANNEL,
        76,
        when=week + timedelta(days=1),
        level=2,
        message="Mobile Device Management (MDM) is not configured.",
    )
    pc.log(
        MDM_CHANNEL,
        76,
        "0x80180002b",
        when=week + timedelta(days=2),
        level=2,
        message="Auto MDM Enroll: Failed (Unknown Win32 Error code: 0x80180002b)",
    )
    for number in range(12):
        pc.log(
            MDM_CHANNEL,
            404,
            "./Device/Vendor/MSFT/Policy",
            number,
            level=2,
            when=week + timedelta(days=3, minutes=number),
        )
    attempted(pc, 0x8018000A)


@story(
    "PC-NINEDIGIT",
    "Microsoft: troubleshoot Windows auto-enrollment, which prints 0x80180002b",
    cause="mdm_scope_excludes_user",
    owner="tenant",
)
def nine_digits(pc: Device) -> None:
    """The user is outside the MDM scope, and the event spells the code with a digit too many."""
    pc.cloud = Cloud(enroll_code=0x8018002B)
    _failed_with(pc, "0x80180002b", "Unknown Win32 Error code: 0x80180002b")


@story(
    "PC-TEXTONLY",
    "Microsoft: events carry properties beside localised text",
    "community: event 76 with a sentence instead of a code",
    cause="enrollment_not_triggered",
)
def text_only(pc: Device) -> None:
    """The last attempt failed and left a sentence without a code; nothing stands in the way now."""
    _failed_with(pc, "", "Mobile Device Management (MDM) is not configured.")


def _failed_with(pc: Device, told: str, text: str) -> None:
    """Log a failed attempt in Windows' own spelling, a few minutes ago."""
    when = pc.now() - timedelta(minutes=3)
    data = (0, told) if told else (0,)
    pc.log(MDM_CHANNEL, 76, *data, when=when, level=2, message=f"Auto MDM Enroll: Failed ({text})")
    delivered(pc)


@story(
    "PC-HARDENED",
    "invented: the example of a site's own steps; Windows reads nothing of it",
    cause="enrollment_not_triggered",
)
def hardened(pc: Device) -> None:
    """A hardening package of the site's own left a block, which only a step of the site knows."""
    pc.registry.set(r"SOFTWARE\Fabrikam\Hardening", "BlockMdm", 1)
    delivered(pc)


@story(
    "PC-NOISY",
    "community: around thirty GUID keys are normal; this is far more",
    cause="stale_enrollment",
)
def noisy(pc: Device) -> None:
    """500 GUID keys, 2,000 events and 400 products surround one dead enrollment."""
    dead(pc)
    for number in range(500):
        guid = fixed_guid(f"noise {number}")
        pc.registry.put(
            f"{ENROLLMENTS}\\{guid}",
            {"EnrollmentState": 1, "EnrollmentType": 12, "ProviderID": "WMI_Bridge_SCCM_Server"},
        )
    for number in range(400):
        pc.registry.put(
            f"{UNINSTALL}\\{{{fixed_guid(f'software {number}')}}}",
            {"DisplayName": f"Line of business application {number}", "DisplayVersion": "1.0"},
        )
    start = pc.now() - timedelta(days=60)
    pc.events = Shared(dict(pc.events.items()))
    pc.events[MDM_CHANNEL] = tuple(
        Event(
            record=number + 1,
            id=404,
            time=start + timedelta(minutes=number),
            data=("./Device/Vendor/MSFT/Policy/Config", number),
            level=2,
            provider=MDM_CHANNEL.rpartition("/")[0],
        )
        for number in range(2000)
    )
    attempted(pc, 0x8018000A)
