"""Get-WinEvent over the channels of a simulated PC.

A query that finds nothing is ``NoMatchingEventsFound``, a channel that is not there
``NoMatchingLogsFound`` (Microsoft: Get-WinEvent).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from orchestrator.lab.cmdlets.common import error, has_wildcard, make, seat_of, wildcard
from orchestrator.lab.powershell.objects import Int64
from orchestrator.lab.powershell.registry import cmdlet
from orchestrator.lab.powershell.values import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orchestrator.lab.device import Device
    from orchestrator.lab.powershell.registry import Call
    from orchestrator.lab.powershell.values import PSObject
    from orchestrator.lab.store_state import Event

_KEYS = {"logname", "providername", "id", "starttime", "endtime", "level"}
_LEVELS = {2: "Error", 3: "Warning", 4: "Information"}


def event_object(device: Device, channel: str, event: Event) -> PSObject:
    """Return an ``EventLogRecord``."""
    properties = [
        make("System.Diagnostics.Eventing.Reader.EventProperty", {"Value": value})
        for value in event.data
    ]
    return make(
        "System.Diagnostics.Eventing.Reader.EventLogRecord",
        {
            "Id": event.id,
            "RecordId": Int64(event.record),
            "TimeCreated": event.time,
            "ProviderName": event.provider,
            "LogName": channel,
            "Level": event.level,
            "LevelDisplayName": _LEVELS[event.level],
            "Message": event.message,
            "MachineName": device.dns_name,
            "Properties": properties,
        },
        native=event,
    )


def _channels(call: Call, device: Device, names: list[str]) -> list[str]:
    found: list[str] = []
    for name in names:
        matches = [channel for channel in device.events if wildcard(name)(channel)]
        if not matches and not has_wildcard(name):
            error(
                call,
                "NoMatchingLogsFound",
                f"There is not an event log on the localhost computer that matches '{name}'.",
                category="ObjectNotFound",
                exception="System.Exception",
                target=name,
            )
        elif has_wildcard(name):
            found += matches
        else:
            found.append(name)
    return found


def _items(value: object) -> list[object]:
    return list(value) if isinstance(value, (list, tuple)) else [value]


@cmdlet(
    "Get-WinEvent",
    "LogName:str[]0 ListLog:str[] ProviderName:str[] FilterHashtable:object MaxEvents:object "
    "Oldest:switch Force:switch",
)
def get_win_event(call: Call) -> Iterable[object]:
    """Return events, newest first, or the logs themselves with ``-ListLog``."""
    device = seat_of(call).device
    if call.has("ListLog"):
        yield from _list_logs(call, device)
        return
    wanted: dict[str, object] = {}
    if call.has("FilterHashtable"):
        given = call.get("FilterHashtable")
        wanted = {str(key).lower(): value for key, value in _pairs(given)}
        unknown = wanted.keys() - _KEYS
        if unknown:
            what = f"Get-WinEvent -FilterHashtable key {min(unknown)}"
            raise Refusal(what)
    elif call.has("LogName"):
        wanted["logname"] = call.get("LogName")
    elif call.has("ProviderName"):
        wanted["providername"] = call.get("ProviderName")
    names = [str(name) for name in _items(wanted.get("logname", "*"))]
    channels = _channels(call, device, names)
    if not channels:
        return
    found = [
        (channel, event)
        for channel in channels
        for event in device.events[channel]
        if _fits(event, wanted)
    ]
    found.sort(key=lambda pair: (pair[1].time, pair[1].record), reverse=not call.get("Oldest"))
    if call.has("MaxEvents"):
        found = found[: int(str(call.get("MaxEvents")))]
    if not found:
        error(
            call,
            "NoMatchingEventsFound",
            "No events were found that match the specified selection criteria.",
            category="ObjectNotFound",
            exception="System.Exception",
        )
    for channel, event in found:
        yield event_object(device, channel, event)


def _pairs(given: object) -> Iterable[tuple[object, object]]:
    if isinstance(given, Mapping):
        return [(key, given[key]) for key in given]
    what = "Get-WinEvent -FilterHashtable with several tables"
    raise Refusal(what)


def _fits(event: Event, wanted: dict[str, object]) -> bool:
    numbers = {"id": event.id, "level": event.level}
    for key, number in numbers.items():
        if key in wanted and number not in [int(str(item)) for item in _items(wanted[key])]:
            return False
    if "providername" in wanted and not any(
        wildcard(str(name))(event.provider) for name in _items(wanted["providername"])
    ):
        return False
    start, end = wanted.get("starttime"), wanted.get("endtime")
    if isinstance(start, datetime) and event.time < start:
        return False
    return not (isinstance(end, datetime) and event.time > end)


def _list_logs(call: Call, device: Device) -> Iterable[object]:
    for channel in _channels(call, device, [str(name) for name in call.get("ListLog")]):
        events = device.events[channel]
        yield make(
            "System.Diagnostics.Eventing.Reader.EventLogConfiguration",
            {
                "LogName": channel,
                "IsEnabled": True,
                "RecordCount": Int64(len(events)),
                "OldestRecordNumber": Int64(events[0].record if events else 0),
            },
        )
