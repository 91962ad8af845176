r"""Programs that remove management agents: the old Intune client, MSI products, ConfigMgr.

- ``ProvisioningUtil.exe /UninstallAgents /MicrosoftIntune`` returns at once and finishes about
  twenty minutes later; four folders stay (Microsoft: legacy Intune PC client).
- Certificate, ``OnlineManagement`` key and installer key stay after the agents are gone
  (Microsoft: the cure for 0x8007064C removes them).
- ``ExternallyManaged`` stays as the agent set it (community).
- ``ccmsetup.exe /uninstall`` returns before the work ends (Microsoft: manage clients).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from orchestrator.lab.powershell.values import Refusal
from orchestrator.lab.programs import Ended, Job, program
from orchestrator.lab.store_baseline import UNINSTALL, UNINSTALL_32
from orchestrator.lab.store_state import Process

if TYPE_CHECKING:
    from orchestrator.lab.device import Device
    from orchestrator.lab.device_seat import Seat

ONLINE_MANAGEMENT = r"C:\Program Files\Microsoft\OnlineManagement"
ONLINE_KEY = r"SOFTWARE\Microsoft\OnlineManagement"
INSTALLER_KEY = r"SOFTWARE\Classes\Installer\Products\6985F0077D3EEB44AB6849B5D7913E95"
BUSY_KEY = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Installer\InProgress"
REMAINING = ("AgentInstaller", "Common", "Logs", "Updates")
REMOVAL_SECONDS = 20 * 60.0
SHARED_PRODUCTS = frozenset(
    {
        "system center 2012 - operations manager agent",
        "microsoft policy platform",
        "windows policy platform",
        "microsoft security client",
        "windows security client",
    }
)
PRODUCTS = (
    "Microsoft Endpoint Protection Management Components",
    "Microsoft Intune Notification Service",
    "System Center 2012 - Operations Manager Agent",
    "Microsoft Online Management Policy Agent",
    "Microsoft Policy Platform",
    "Microsoft Security Client",
    "Microsoft Online Management Client",
    "Microsoft Online Management Client Service",
    "Microsoft Easy Assist v2",
    "Microsoft Intune Monitoring Agent",
    "Windows Intune Endpoint Protection Agent",
    "Windows Firewall Configuration Provider",
    "Microsoft Intune Center",
    "Microsoft Online Management Update Manager",
    "Microsoft Online Management Agent Installer",
    "Microsoft Intune",
)
_CCM_FOLDERS = (
    r"C:\Windows\CCM",
    r"C:\Windows\ccmcache",
    r"C:\Windows\CCMTemp",
)
_CCM_KEYS = (r"SOFTWARE\Microsoft\CCM", r"SOFTWARE\Microsoft\SMS", r"SOFTWARE\Microsoft\CCMSetup")
_CODE = re.compile(r"\{[0-9A-F]{8}(-[0-9A-F]{4}){3}-[0-9A-F]{12}\}", re.IGNORECASE)


def product_key(device: Device, code: str) -> str | None:
    """Return the Uninstall key of a product, in either view."""
    for root in (UNINSTALL, UNINSTALL_32):
        if device.registry.find(f"{root}\\{code}") is not None:
            return f"{root}\\{code}"
    return None


def remove_product(device: Device, code: str) -> int:
    """Remove one product; return the exit code of msiexec."""
    key = product_key(device, code)
    if key is None:
        return 1605
    package = device.files.find(rf"C:\Windows\Installer\{code}.msi")
    result = 0
    if package is not None and package.content is not None:
        word = package.content.decode().partition(" ")[2]
        result = int(word) if word else 0
    if result not in {0, 3010, 1641}:
        return result
    name = device.registry.text(key, "DisplayName")
    device.registry.delete(key)
    if name.lower().endswith("online management client service"):
        device.services.pop("OmcSvc", None)
    return result


@program("msiexec.exe")
def msiexec(seat: Seat, arguments: list[str]) -> Job:
    """Uninstall a product: 0, 3010 reboot needed, 1605 not there, 1618 busy (Microsoft: MSI)."""
    device = seat.device
    lower = [argument.lower() for argument in arguments]
    code = next((word for word in arguments if _CODE.search(word)), "")
    if not code or not any(word.startswith("/x") for word in lower):
        what = f"msiexec.exe {' '.join(arguments)}"
        raise Refusal(what)
    product = code[code.index("{") :]
    busy = device.registry.find(BUSY_KEY) is not None or any(
        process.name.lower() == "msiexec" for process in device.processes.values()
    )
    if busy:
        return Job(1.0, lambda: Ended(1618))
    if product_key(device, product) is None:
        return Job(1.0, lambda: Ended(1605))

    def finish() -> Ended:
        for index, word in enumerate(lower[:-1]):
            if word.startswith("/l"):
                device.files.write(arguments[index + 1], b"=== Logging stopped ===\r\n")
        return Ended(remove_product(device, product))

    return Job(15.0, finish)


def _agents_gone(device: Device, *, keep: int) -> None:
    """Remove the agents' products but the last `keep`, the service, and most folders."""
    left = 0
    for name in reversed(PRODUCTS):
        for root in (UNINSTALL, UNINSTALL_32):
            key = device.registry.find(root)
            for child in list(key.children.values()) if key else []:
                if child.data("DisplayName") != name or name.lower() in SHARED_PRODUCTS:
                    continue
                left += 1
                if left > keep:
                    device.registry.delete(f"{root}\\{child.name}")
    device.services.pop("OmcSvc", None)
    for file in device.files.children(ONLINE_MANAGEMENT):
        if file.name not in REMAINING:
            device.files.remove(file.path)


@program("provisioningutil.exe")
def provisioning_util(seat: Seat, arguments: list[str]) -> Job:
    """Schedule the removal of all agents, and return; a damaged one leaves some behind."""
    device = seat.device
    lower = {argument.lower() for argument in arguments}
    if not {"/uninstallagents", "/microsoftintune"} <= lower:
        what = f"ProvisioningUtil.exe {' '.join(arguments)}"
        raise Refusal(what)
    tool = device.files.find(ONLINE_MANAGEMENT + r"\Common\ProvisioningUtil.exe")
    content = tool.content if tool is not None else b""
    if content == b"MZ broken":
        return Job(2.0, lambda: Ended(0x80070643))
    keep = 3 if content == b"MZ partial" else 0

    def finish() -> Ended:
        device.after(REMOVAL_SECONDS, lambda: _agents_gone(device, keep=keep), survives_boot=True)
        return Ended(0)

    return Job(2.0, finish)


@program("ccmsetup.exe")
def ccmsetup(seat: Seat, arguments: list[str]) -> Job:
    """Uninstall the ConfigMgr client: a service process goes on for minutes.

    One that is ``MZ restart`` asks for a restart at its end (Microsoft: return code 7).
    """
    device = seat.device
    tool = device.files.find(r"C:\Windows\ccmsetup\ccmsetup.exe")
    code = 7 if tool is not None and tool.content == b"MZ restart" else 0
    if "/uninstall" not in {argument.lower() for argument in arguments}:
        what = f"ccmsetup.exe {' '.join(arguments)}"
        raise Refusal(what)

    def finish() -> Ended:
        pid = device.serial()
        device.processes[pid] = Process(pid=pid, name="ccmsetup", command="/service")

        def gone() -> None:
            device.processes.pop(pid, None)
            device.services.pop("CcmExec", None)
            for folder in _CCM_FOLDERS:
                device.files.remove(folder)
            for key in _CCM_KEYS:
                device.registry.delete(key)
            log = r"C:\Windows\ccmsetup\Logs\CCMSetup.log"
            line = f"<![LOG[CcmSetup is exiting with return code {code}]LOG]!>\r\n"
            device.files.write(log, line.encode(), device.now())

        device.after(240.0, gone)
        return Ended(0)

    return Job(2.0, finish)
