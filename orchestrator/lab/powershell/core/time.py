"""``Get-Date``, ``New-TimeSpan``, ``Start-Sleep``: all on the machine's clock."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from orchestrator.lab.powershell.netformat import format_date
from orchestrator.lab.powershell.registry import cmdlet

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orchestrator.lab.powershell.call import BoundCall

_FIELDS = ("Year", "Month", "Day", "Hour", "Minute", "Second")


@cmdlet(
    "Get-Date",
    "Date:datetime0^ Format:str Year:int Month:int Day:int Hour:int Minute:int Second:int",
)
def get_date(call: BoundCall) -> Iterable[object]:
    """Tell the time, as a date or as text."""
    at: datetime = call.get("Date") or call.machine.now()
    changed = {name.lower(): call.get(name) for name in _FIELDS if call.has(name)}
    at = at.replace(**changed)
    return [format_date(at, call.get("Format")) if call.has("Format") else at]


@cmdlet(
    "New-TimeSpan",
    "Start:datetime0 End:datetime1 Days:int Hours:int Minutes:int Seconds:int",
)
def new_timespan(call: BoundCall) -> Iterable[object]:
    """Make a span of time."""
    if call.has("Start") or call.has("End"):
        now = call.machine.now()
        return [call.get("End", now) - call.get("Start", now)]
    return [
        timedelta(
            days=call.get("Days", 0),
            hours=call.get("Hours", 0),
            minutes=call.get("Minutes", 0),
            seconds=call.get("Seconds", 0),
        )
    ]


@cmdlet("Start-Sleep", "Seconds=s:int0^ Milliseconds=m:int")
def start_sleep(call: BoundCall) -> None:
    """Let virtual time pass."""
    call.sleep(call.get("Seconds", 0) + call.get("Milliseconds", 0) / 1000)
