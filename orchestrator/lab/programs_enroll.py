r"""deviceenroller.exe: the enrollment conversation, and why it fails.

Order of the checks (community: observed on builds of ``dmenrollengine.dll``; the meaning of each
code: Microsoft, win32 MDMReg constants and the Intune troubleshooting articles):

1. not SYSTEM: the token of a remote administrator gives 0xCAA9004D (community).
2. another enrollment is there, its task folder is left, or it is remembered: 0x8018000A
   (the task folder: community, clean-ups for this code start from there).
3. ``DisableRegistration`` or ``ExternallyManaged``: 0x80180026.
4. Windows itself: Home edition 0x8018001C, before 1709 0x80070032, servicing pending 0x8018001B.
5. join, credential, user, network, clock, token.
6. MDM URL and what the services answer.
7. provisioning: services, residue of a former account.

The auto-enroll task removes itself after success, 0x8018000A, 0x80190190, 191 and 193 (community).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from orchestrator.lab import device_enrollment as enrollment
from orchestrator.lab.powershell.values import Refusal
from orchestrator.lab.programs import Ended, Job, program
from orchestrator.lab.store_baseline import CLOUD_JOIN, ENROLLMENTS, POLICY, WINDOWS_NT
from orchestrator.lab.store_state import MDM_CHANNEL
from orchestrator.lab.store_tasks import AUTO_ENROLL, ENTERPRISE_MGMT

if TYPE_CHECKING:
    from datetime import datetime

    from orchestrator.lab.device import Device
    from orchestrator.lab.device_seat import Seat

SKEW_LIMIT = 300
FIRST_BUILD = 16299
_UNTIL_ANSWER = 12.0
_UNTIL_MFA_TIMEOUT = 30.0
_UNTIL_LOCAL_REFUSAL = 2.0
TASK_ENDS = frozenset({0, 0x8018000A, 0x80190190, 0x80190191, 0x80190193})
LOCAL = frozenset({0x8018000A, 0x80180026, 0x8018001C, 0x80070032, 0x80070520, 0xCAA9004D})
_WIN32_NETWORK = 0x80070000
_ADAL_NETWORK = 0xCAA80000
_STEPS = ((4, 5), (6, 7), (8, 9), (10, 11))


@dataclass(frozen=True, slots=True)
class _Verdict:
    """How an attempt ends: its HRESULT, the event of the failing step, and what that event says."""

    code: int = 0
    step: int = 0
    data: tuple[int | str, ...] = ()


def _windows(device: Device) -> int:
    registry = device.registry
    if registry.text(WINDOWS_NT, "EditionID").lower().startswith("core"):
        return 0x8018001C
    if int(registry.text(WINDOWS_NT, "CurrentBuildNumber") or 0) < FIRST_BUILD:
        return 0x80070032
    pending = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\RebootPending"
    return 0x8018001B if registry.find(pending) is not None else 0


def _network(device: Device, host: str, *, token: bool) -> int:
    network = device.network
    if network.proxy and host in network.blocked:
        return 0xCAA70004 if token else network.error
    code = 0
    if host in network.unresolved:
        code = 0x80072EE7
    elif host in network.blocked or not (network.direct or network.proxy or network.wpad):
        code = network.error
    elif abs(device.skew) > SKEW_LIMIT:
        code = 0x80072F8F
    return code - _WIN32_NETWORK + _ADAL_NETWORK if code and token else code


def _credential(device: Device, *, device_credential: bool) -> _Verdict:
    join = device.join
    if not join.azure_ad_joined:
        return _Verdict(0x8018002B)
    if device_credential:
        managed = device.registry.number(r"SOFTWARE\Microsoft\CCM", "CoManagementFlags") > 0
        multi = device.registry.text(WINDOWS_NT, "EditionID") == "ServerRdsh"
        if not (managed or multi):
            text = "Device token is not supported for OnPremiseGroupPolicyCoManaged"
            return _Verdict(0x80180014, 52, ("DeviceNotSupported", text))
    elif device.console_user is None:
        return _Verdict(0x80070520)
    return _Verdict(_network(device, "login.microsoftonline.com", token=True))


def _token(device: Device, *, device_credential: bool) -> int:
    if device.cloud.token_code:
        return device.cloud.token_code
    if "disabled or deleted" in device.join.auth_status:
        return 0x80180002
    user = device.console_user
    if device_credential or user is None:
        return 0
    if not user.prt:
        return 0xCAA10001
    if user.mfa == "unanswered":
        return 0x8018002A
    tenants = device.registry.find(CLOUD_JOIN + r"\TenantInfo")
    foreign = tenants is not None and len(tenants.children) > 1
    return 0x8018002B if foreign or not user.routable else 0


def _service(device: Device) -> _Verdict:
    cloud, join = device.cloud, device.join
    if not join.mdm_url:
        return _Verdict(0x80180031)
    host = urlsplit(join.mdm_url).hostname or ""
    code = _network(device, host, token=False)
    if code:
        return _Verdict(code, 5, (code,))
    if not host.endswith(".microsoft.com"):
        return _Verdict(0x80190194, 5, (0x80190194,))
    if cloud.enroll_code:
        data = cloud.fault if cloud.step == 52 else (cloud.enroll_code,)  # noqa: PLR2004 - event id
        return _Verdict(cloud.enroll_code, cloud.step or 9, data)
    if device.registry.number(ENROLLMENTS, "MmpcEnrollmentFlag") == 2:  # noqa: PLR2004 - community
        return _Verdict(0x80190190, 9, (0x80190190,))
    return _Verdict()


def _provisioning(device: Device) -> _Verdict:
    push = device.services.get("dmwappushservice")
    if push is None or push.start_mode == "Disabled":
        return _Verdict(0x80180023, 17, (0x800706D9, 0x80180023))
    service = device.services.get("DmEnrollmentSvc")
    if service is None or service.start_mode == "Disabled":
        return _Verdict(0x80180023, 57, (0x80070422,))
    if enrollment.orphan_account(device) is not None:
        return _Verdict(0x8018001F, 57, (0x8018001F,))
    return _Verdict()


def judge(seat: Seat, *, device_credential: bool) -> _Verdict:
    """Return how an enrollment attempt would end now."""
    device = seat.device
    if not seat.is_system:
        return _Verdict(0xCAA9004D)
    if (
        device.sticky
        or enrollment.blocking(device) is not None
        or enrollment.orphan_folder(device) is not None
    ):
        return _Verdict(0x8018000A)
    registry = device.registry
    if registry.number(POLICY, "DisableRegistration") or registry.number(
        ENROLLMENTS, "ExternallyManaged"
    ):
        return _Verdict(0x80180026)
    code = _windows(device)
    if code:
        return _Verdict(code)
    verdict = _credential(device, device_credential=device_credential)
    if verdict.code:
        return verdict
    code = _token(device, device_credential=device_credential)
    if code:
        return _Verdict(code)
    verdict = _service(device)
    return verdict if verdict.code else _provisioning(device)


_GERMAN = {
    71: "MDM-Registrierung: Fehler (Unbekannter Win32-Fehlercode: 0x{:08x})",
    76: "Automatische MDM-Registrierung: Fehler (Unbekannter Win32-Fehlercode: 0x{:08x})",
}
_ENGLISH = {
    71: "MDM Enroll: Failed (Unknown Win32 Error code: 0x{:08x})",
    76: "Auto MDM Enroll: Failed (Unknown Win32 Error code: 0x{:08x})",
}


def log_failure(
    device: Device,
    code: int,
    *,
    kind: int = 0,
    local: bool = False,
    when: datetime | None = None,
) -> None:
    """Write the events of a failed attempt: 71 when it left the PC, and 76 in any case."""
    texts = _GERMAN if device.host.culture == "de-DE" else _ENGLISH
    if not local:
        text = texts[71].format(code)
        device.log(MDM_CHANNEL, 71, code, message=text, level=2, when=when)
    text = texts[76].format(code)
    device.log(MDM_CHANNEL, 76, kind, code, message=text, level=2, when=when)


def _record(device: Device, verdict: _Verdict, kind: int) -> None:
    if verdict.step:
        for good, bad in _STEPS:
            if verdict.step <= bad:
                break
            device.log(MDM_CHANNEL, good)
        device.log(MDM_CHANNEL, verdict.step, *verdict.data, level=2)
    log_failure(device, verdict.code, kind=kind, local=verdict.code in LOCAL)


def _succeed(seat: Seat, kind: int) -> None:
    device = seat.device
    user = device.console_user
    guid = device.new_guid().upper()
    enrollment.enroll(
        device,
        guid,
        upn=user.upn if user and not kind else f"{device.join.device_id}@{device.join.tenant_id}",
    )
    for event in (4, 6, 8, 10, 16, 58):
        device.log(MDM_CHANNEL, event)
    device.log(MDM_CHANNEL, 72, message="MDM Enroll: Succeeded")
    device.log(MDM_CHANNEL, 75, kind, message="Auto MDM Enroll: Succeeded")


def _remove_auto_task(device: Device) -> None:
    for task in device.tasks.inside(ENTERPRISE_MGMT):
        if task.name.lower().startswith(AUTO_ENROLL.lower()):
            device.tasks.remove(task.full)


def _auto_enroll(seat: Seat, *, device_credential: bool) -> Job:
    device = seat.device
    first = judge(seat, device_credential=device_credential)
    if any(process.name.lower() == "deviceenroller" for process in device.processes.values()):
        return Job(_UNTIL_LOCAL_REFUSAL, lambda: Ended(0x80180009))

    def finish() -> Ended:
        verdict = judge(seat, device_credential=device_credential)
        kind = int(device_credential)
        if verdict.code:
            _record(device, verdict, kind)
        else:
            _succeed(seat, kind)
        if verdict.code in TASK_ENDS:
            _remove_auto_task(device)
        return Ended(verdict.code)

    seconds = _UNTIL_ANSWER
    if first.code == 0x8018002A:  # noqa: PLR2004 - the second factor was asked for
        seconds = _UNTIL_MFA_TIMEOUT
    elif first.code in LOCAL:
        seconds = _UNTIL_LOCAL_REFUSAL
    return Job(seconds, finish)


@program("deviceenroller.exe")
def device_enroller(seat: Seat, arguments: list[str]) -> Job:
    """Enroll, or synchronise one enrollment (switches: community, none is documented)."""
    lower = [argument.lower() for argument in arguments]
    if "/autoenrollmdmusingaaddevicecredential" in lower:
        return _auto_enroll(seat, device_credential=True)
    if "/autoenrollmdm" in lower:
        return _auto_enroll(seat, device_credential=False)
    if lower[:1] == ["/o"] or "/c" in lower:
        return Job(5.0, Ended)
    what = f"deviceenroller.exe {' '.join(arguments)}"
    raise Refusal(what)


@program("omadmclient.exe", "mdmagent.exe", "usoclient.exe", "defrag.exe", "sc.exe")
def other(seat: Seat, arguments: list[str]) -> Job:
    """Do what does not matter to enrollment."""
    del seat, arguments
    return Job(3.0, Ended)
