"""Get-CimInstance and Get-CimAssociatedInstance for the few classes that matter.

They belong to a binary module, so they see a script's ``$ErrorActionPreference``; scripts should
name ``-ErrorAction`` all the same.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from orchestrator.lab.cmdlets.common import error, make, seat_of
from orchestrator.lab.powershell.objects import UInt32
from orchestrator.lab.powershell.registry import cmdlet
from orchestrator.lab.powershell.values import PSObject, Refusal
from orchestrator.lab.store_baseline import WINDOWS_NT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from orchestrator.lab.device import Device
    from orchestrator.lab.powershell.registry import Call

_CIM = "Microsoft.Management.Infrastructure.CimInstance#"
_LOGON = {"console": 2, "rdp": 10, "disconnected": 10}
_FILTER = re.compile(r"(\w+)\s*(=|LIKE|>|<)\s*(?:'([^']*)'|\"([^\"]*)\"|(\d+))", re.IGNORECASE)


def _instance(name: str, properties: dict[str, object], native: object = None) -> PSObject:
    return make(f"{_CIM}root/cimv2/{name}", {**properties, "PSComputerName": None}, native=native)


def _computer(device: Device) -> list[PSObject]:
    join = device.join
    user = device.console_user
    return [
        _instance(
            "Win32_ComputerSystem",
            {
                "Name": device.name,
                "DNSHostName": device.name,
                "Domain": join.domain if join.part_of_domain else "WORKGROUP",
                "PartOfDomain": join.part_of_domain,
                "DomainRole": 1 if join.part_of_domain else 0,
                "UserName": user.name if user else None,
                "Manufacturer": "Contoso Lab",
                "Model": "Simulated PC",
                "SystemType": "x64-based PC",
            },
        )
    ]


def _system(device: Device) -> list[PSObject]:
    registry = device.registry
    return [
        _instance(
            "Win32_OperatingSystem",
            {
                "BuildNumber": registry.text(WINDOWS_NT, "CurrentBuildNumber"),
                "Version": f"10.0.{registry.text(WINDOWS_NT, 'CurrentBuildNumber')}",
                "Caption": f"Microsoft {registry.text(WINDOWS_NT, 'ProductName')}",
                "LastBootUpTime": device.boot,
                "LocalDateTime": device.now(),
                "OSArchitecture": "64-bit",
                "ProductType": UInt32(1),
                "OperatingSystemSKU": UInt32(4),
                "OSLanguage": UInt32(1033),
            },
        )
    ]


def _services(device: Device) -> list[PSObject]:
    return [
        _instance(
            "Win32_Service",
            {
                "Name": service.name,
                "DisplayName": service.display,
                "State": service.state,
                "StartMode": service.start_mode,
                "StartName": service.account,
                "PathName": service.path,
                "Started": service.state == "Running",
                "ProcessId": UInt32(800 if service.state == "Running" else 0),
            },
        )
        for service in sorted(device.services.values(), key=lambda one: one.name.lower())
    ]


def _sessions(device: Device) -> list[PSObject]:
    found = [("999", 0, None)] + [
        (str(70000 + number), _LOGON[user.kind], user) for number, user in enumerate(device.users)
    ]
    return [
        _instance(
            "Win32_LogonSession",
            {
                "LogonId": logon,
                "LogonType": UInt32(kind),
                "StartTime": device.boot,
                "AuthenticationPackage": "Kerberos" if user else "Negotiate",
            },
            native=user,
        )
        for logon, kind, user in found
    ]


def _account(device: Device, native: object) -> PSObject | None:
    for user in device.users:
        if user is native:
            domain, _, name = user.name.rpartition("\\")
            return _instance(
                "Win32_Account",
                {
                    "Name": name,
                    "Domain": domain,
                    "Caption": user.name,
                    "SID": user.sid,
                },
                native=user,
            )
    return None


def _logged_on(device: Device) -> list[PSObject]:
    return [
        _instance(
            "Win32_LoggedOnUser",
            {"Antecedent": _account(device, session.native), "Dependent": session},
            native=session.native,
        )
        for session in _sessions(device)
        if session.native is not None
    ]


def _processes(device: Device) -> list[PSObject]:
    explorers = [
        (4000 + number, "explorer.exe", user.name, r"C:\Windows\Explorer.EXE")
        for number, user in enumerate(device.users)
    ]
    running = [
        (process.pid, f"{process.name}.exe", process.owner, process.command)
        for process in device.processes.values()
    ]
    return [
        _instance(
            "Win32_Process",
            {
                "ProcessId": UInt32(pid),
                "Name": name,
                "CommandLine": command,
                "Handle": str(pid),
                "SessionId": UInt32(1),
            },
            native=owner,
        )
        for pid, name, owner, command in [*explorers, *running]
    ]


def _ccm(device: Device) -> list[PSObject]:
    version = device.registry.text(r"SOFTWARE\Microsoft\SMS\Mobile Client", "ProductVersion")
    return [_instance("SMS_Client", {"ClientVersion": version})] if version else []


_CLASSES: dict[tuple[str, str], Callable[[Device], list[PSObject]]] = {
    ("root/cimv2", "win32_computersystem"): _computer,
    ("root/cimv2", "win32_operatingsystem"): _system,
    ("root/cimv2", "win32_service"): _services,
    ("root/cimv2", "win32_logonsession"): _sessions,
    ("root/cimv2", "win32_loggedonuser"): _logged_on,
    ("root/cimv2", "win32_process"): _processes,
    ("root/ccm", "sms_client"): _ccm,
}


def _clause(instance: PSObject, text: str) -> bool:
    found = _FILTER.fullmatch(text.strip())
    if found is None or found[2].upper() not in {"=", "LIKE"}:
        what = f"CIM filter {text}"
        raise Refusal(what)
    wanted = found[3] or found[4] or found[5] or ""
    value = instance.properties[found[1]]
    pattern = re.escape(wanted)
    if found[2] != "=":
        pattern = pattern.replace("%", ".*")
    return re.fullmatch(pattern, "" if value is None else str(value), re.IGNORECASE) is not None


def _fits(instance: PSObject, text: str) -> bool:
    """Tell whether an instance passes a WQL condition of ``AND`` and ``OR`` without brackets."""
    return any(
        all(_clause(instance, one) for one in re.split(r"\s+AND\s+", part, flags=re.IGNORECASE))
        for part in re.split(r"\s+OR\s+", text, flags=re.IGNORECASE)
    )


@cmdlet(
    "Get-CimInstance",
    "ClassName:str0 Namespace:str Filter:str Property:str[] KeyOnly:switch OperationTimeoutSec:int",
)
def get_cim_instance(call: Call) -> Iterable[object]:
    """Return instances of a class; a namespace that is not there is an error."""
    device = seat_of(call).device
    namespace = str(call.get("Namespace") or "root/cimv2").replace("\\", "/").lower()
    name = str(call.get("ClassName")).lower()
    source = _CLASSES.get((namespace, name))
    if source is None:
        what = f"CIM class {namespace}:{name}"
        raise Refusal(what)
    if namespace == "root/ccm" and not _ccm(device):
        error(
            call,
            "HRESULT 0x8004100e",
            "Invalid namespace ",
            category="MetadataError",
            exception="Microsoft.Management.Infrastructure.CimException",
            target=namespace,
        )
        return
    for instance in source(device):
        if not call.has("Filter") or _fits(instance, str(call.get("Filter"))):
            yield instance


@cmdlet(
    "Get-CimAssociatedInstance",
    "InputObject:object!^ Association:str ResultClassName:str Namespace:str",
)
def get_cim_associated_instance(call: Call) -> Iterable[object]:
    """Return the account of a logon session."""
    device = seat_of(call).device
    given = call.get("InputObject")
    if not isinstance(given, PSObject) or not given.type_name.endswith("Win32_LogonSession"):
        what = "Get-CimAssociatedInstance of something else than a logon session"
        raise Refusal(what)
    account = _account(device, given.native)
    if account is not None:
        yield account


@cmdlet("Invoke-CimMethod", "InputObject:object!^ MethodName:str! Arguments:object", changes=True)
def invoke_cim_method(call: Call) -> Iterable[object]:
    """Return the owner of a process."""
    seat_of(call)
    given = call.get("InputObject")
    method = str(call.get("MethodName"))
    if (
        not isinstance(given, PSObject)
        or method.lower() != "getowner"
        or not given.type_name.endswith("Win32_Process")
    ):
        what = f"Invoke-CimMethod {method}"
        raise Refusal(what)
    domain, _, user = str(given.native).rpartition("\\")
    yield make(
        "System.Management.Automation.PSCustomObject",
        {"Domain": domain, "User": user, "ReturnValue": UInt32(0)},
    )
