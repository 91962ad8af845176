r"""gpupdate.exe and dsregcmd.exe: group policy, and the join to the directory.

The MDM extension of group policy turns ``AutoEnrollMDM`` into the auto-enroll task. It runs when
the policy changed or its history key is gone; otherwise it believes that nothing is to be done
(community: issues on the Microsoft documentation, scripts that delete the history key).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from orchestrator.lab.device_enrollment import blocking
from orchestrator.lab.dsreg_text import status_text
from orchestrator.lab.powershell.values import Refusal
from orchestrator.lab.programs import Ended, Job, program
from orchestrator.lab.store_baseline import MDM_EXTENSION, POLICY
from orchestrator.lab.store_state import JOIN_CHANNEL, SYSTEM_CHANNEL
from orchestrator.lab.store_tasks import (
    AUTO_ENROLL,
    AUTO_ENROLL_DEVICE,
    ENROLLER,
    ENTERPRISE_MGMT,
    Action,
    Task,
)

if TYPE_CHECKING:
    from datetime import datetime

    from orchestrator.lab.device import Device
    from orchestrator.lab.device_seat import Seat

_DEVICE_CREDENTIAL = 2
_ALREADY = 0x8018000A


def auto_enroll_task(*, device_credential: bool = False, enabled: bool = True) -> Task:
    """Return the task as Windows creates it (community: exported XML)."""
    switch = "/AutoEnrollMDMUsingAADDeviceCredential" if device_credential else "/AutoEnrollMDM"
    return Task(
        path=ENTERPRISE_MGMT,
        name=AUTO_ENROLL_DEVICE if device_credential else AUTO_ENROLL,
        actions=(Action(execute=ENROLLER, arguments=f"/c {switch}"),),
        triggers=("TimeTrigger",),
        enabled=enabled,
    )


def refresh_policy(device: Device) -> None:
    """Do what a computer policy refresh does to enrollment."""
    registry = device.registry
    changed = registry.find(MDM_EXTENSION) is None
    for name, data in device.gpo:
        if registry.get(POLICY, name) != data:
            registry.set(POLICY, name, data)
            changed = True
    if not changed or not any(name == "AutoEnrollMDM" and data == 1 for name, data in device.gpo):
        return
    registry.set(MDM_EXTENSION + r"\0", "DisplayName", "MDM auto-enrollment")
    if blocking(device) is not None:
        log_extension(device, _ALREADY)
    else:
        kind = dict(device.gpo).get("UseAADCredentialType", 1)
        device.tasks.add(auto_enroll_task(device_credential=kind == _DEVICE_CREDENTIAL))


def log_extension(device: Device, code: int, *, when: datetime | None = None) -> None:
    """Log that the MDM extension failed (Microsoft: event 1085, names of its EventData)."""
    extension = MDM_EXTENSION.rpartition("\\")[2]
    device.log(
        SYSTEM_CHANNEL,
        1085,
        *(1, 4404, 0, 1250, code, "", device.dns_name, "MDM Policy", extension),
        level=3,
        provider="Microsoft-Windows-GroupPolicy",
        when=when,
    )


@program("gpupdate.exe")
def gpupdate(seat: Seat, arguments: list[str]) -> Job:
    """Refresh group policy; without a domain there is none to refresh."""
    del arguments
    device = seat.device

    def finish() -> Ended:
        if not device.join.part_of_domain:
            return Ended(1, "The computer is not joined to a domain.\n")
        refresh_policy(device)
        return Ended(0, "Computer Policy update has completed successfully.\n")

    return Job(8.0, finish)


def try_join(device: Device) -> int:
    """Attempt the hybrid join, and write its events (306 success, 304 and 305 failure)."""
    join = device.join
    if join.azure_ad_joined:
        return 0
    if join.join_code or not join.part_of_domain:
        code = join.join_code or 0x801C001D
        device.log(JOIN_CHANNEL, 305, code, join.join_phase, level=2)
        device.log(JOIN_CHANNEL, 304, code, join.join_server_code, level=2)
        return code
    device.rejoin(replace(join, azure_ad_joined=True))
    device.log(JOIN_CHANNEL, 306)
    return 0


@program("dsregcmd.exe")
def dsregcmd(seat: Seat, arguments: list[str]) -> Job:
    """Print the state, or join as the Automatic-Device-Join task does."""
    device = seat.device
    lower = [argument.lower() for argument in arguments]
    if "/status" in lower:
        real = device.files.find(r"C:\Windows\System32\dsregcmd.exe")
        cut = real is not None and real.content == b"MZ cut"

        def status() -> Ended:
            text = status_text(seat)
            return Ended(1, text[: len(text) // 3]) if cut else Ended(0, text)

        return Job(1.0, status)
    if "/join" in lower or any(argument.startswith("$(") for argument in lower):
        return Job(20.0, lambda: Ended(try_join(device)))
    if "/checkrecovery" in lower or "/refreshprt" in lower:
        return Job(2.0, Ended)
    what = f"dsregcmd.exe {' '.join(arguments)}"
    raise Refusal(what)
