"""Get, Start, Stop and Set-Service."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from orchestrator.lab.cmdlets.common import error, has_wildcard, make, seat_of, wildcard
from orchestrator.lab.powershell.registry import cmdlet
from orchestrator.lab.powershell.values import PSObject

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orchestrator.lab.device_seat import Seat
    from orchestrator.lab.powershell.registry import Call
    from orchestrator.lab.store_state import Service

START_TYPES = {"Auto": "Automatic", "Manual": "Manual", "Disabled": "Disabled"}


def service_object(service: Service) -> PSObject:
    """Return a ``ServiceController``."""
    return make(
        "System.ServiceProcess.ServiceController",
        {
            "Name": service.name,
            "ServiceName": service.name,
            "DisplayName": service.display,
            "Status": service.state,
            "StartType": START_TYPES[service.start_mode],
            "MachineName": ".",
        },
        native=service,
        text=service.name,
    )


def _chosen(call: Call, seat: Seat) -> list[Service]:
    given = call.get("InputObject")
    if given is not None:
        items = given if isinstance(given, list) else [given]
        names = [str(item.properties["Name"]) for item in items if isinstance(item, PSObject)]
    else:
        names = [str(name) for name in call.get("Name") or ["*"]]
    found: list[Service] = []
    for name in names:
        matches = [one for one in seat.device.services.values() if wildcard(name)(one.name)]
        if not matches and not has_wildcard(name):
            error(
                call,
                "NoServiceFoundForGivenName",
                f"Cannot find any service with service name '{name}'.",
                category="ObjectNotFound",
                exception="Microsoft.PowerShell.Commands.ServiceCommandException",
                target=name,
            )
        found += sorted(matches, key=lambda one: one.name.lower())
    return found


@cmdlet("Get-Service", "Name=ServiceName:str[]0^| DisplayName:str[] InputObject:object[]")
def get_service(call: Call) -> Iterable[object]:
    """Return services; a name without wildcard that is not there is an error."""
    for service in _chosen(call, seat_of(call)):
        yield service_object(service)


_CHANGE = "Name=ServiceName:str[]0| InputObject:object^ PassThru:switch Force:switch NoWait:switch"


@cmdlet("Start-Service", _CHANGE, changes=True)
def start_service(call: Call) -> Iterable[object]:
    """Start services; a disabled one cannot be started."""
    seat = seat_of(call)
    for service in _chosen(call, seat):
        if not call.should_process(f"{service.display} ({service.name})", "Start-Service"):
            continue
        if service.start_mode == "Disabled":
            error(
                call,
                "CouldNotStartService",
                f"Service '{service.display} ({service.name})' cannot be started due to the "
                f"following error: Cannot start service {service.name} on computer '.'.",
                category="OpenError",
                exception="Microsoft.PowerShell.Commands.ServiceCommandException",
                target=service.name,
            )
            continue
        seat.device.services[service.name] = started = replace(service, state="Running")
        if call.get("PassThru"):
            yield service_object(started)


@cmdlet("Stop-Service", _CHANGE, changes=True)
def stop_service(call: Call) -> Iterable[object]:
    """Stop services."""
    seat = seat_of(call)
    for service in _chosen(call, seat):
        if call.should_process(f"{service.display} ({service.name})", "Stop-Service"):
            seat.device.services[service.name] = stopped = replace(service, state="Stopped")
            if call.get("PassThru"):
                yield service_object(stopped)


@cmdlet(
    "Set-Service",
    "Name=ServiceName:str0| InputObject:object^ StartupType=StartMode:str Status:str "
    "DisplayName:str Description:str PassThru:switch",
    changes=True,
)
def set_service(call: Call) -> Iterable[object]:
    """Change how a service starts."""
    seat = seat_of(call)
    names = {"automatic": "Auto", "auto": "Auto", "manual": "Manual", "disabled": "Disabled"}
    name = str(call.get("Name") or call.get("InputObject").properties["Name"])
    service = seat.device.services.get(name)
    if service is None:
        error(
            call,
            "NoServiceFoundForGivenName",
            f"Service '{name}' was not found on computer '.'.",
            category="ObjectNotFound",
            exception="Microsoft.PowerShell.Commands.ServiceCommandException",
            target=name,
        )
        return
    if not call.should_process(f"{service.display} ({service.name})", "Set-Service"):
        return
    if call.has("StartupType"):
        service = replace(service, start_mode=names[str(call.get("StartupType")).lower()])
    if call.has("Status"):
        service = replace(service, state=str(call.get("Status")).capitalize())
    seat.device.services[name] = service
    if call.get("PassThru"):
        yield service_object(service)
