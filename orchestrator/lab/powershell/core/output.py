"""The ``Write-*`` cmdlets and ``Out-Null``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.lab.powershell.members_error import category_value
from orchestrator.lab.powershell.objects import ErrorRecord, NetException
from orchestrator.lab.powershell.registry import cmdlet
from orchestrator.lab.powershell.text import to_text
from orchestrator.lab.powershell.values import CaseDict, PSObject

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orchestrator.lab.powershell.call import BoundCall
    from orchestrator.lab.powershell.runtime import Preferences


@cmdlet("Write-Output", "InputObject:object!0^ NoEnumerate:switch")
def write_output(call: BoundCall) -> Iterable[object]:
    """Send objects down the pipeline."""
    value = call.get("InputObject")
    if isinstance(value, list) and not call.get("NoEnumerate"):
        return list(value)
    return [value]


@cmdlet("Out-Null", "InputObject:object^")
def out_null(_call: BoundCall) -> None:
    """Drop objects."""


def _message(call: BoundCall, stream: str, text: str) -> None:
    if call.preferences.shows(stream):
        call.scope.runtime.write(stream, text)


@cmdlet("Write-Verbose", "Message:str!0^")
def write_verbose(call: BoundCall) -> None:
    """Write to the verbose stream."""
    _message(call, "verbose", call.get("Message"))


@cmdlet("Write-Debug", "Message:str!0^")
def write_debug(call: BoundCall) -> None:
    """Write to the debug stream."""
    _message(call, "debug", call.get("Message"))


@cmdlet("Write-Warning", "Message:str!0^")
def write_warning(call: BoundCall) -> None:
    """Write to the warning stream."""
    _message(call, "warning", call.get("Message"))


@cmdlet("Write-Information", "MessageData=Message:object!0^ Tags:str[]1")
def write_information(call: BoundCall) -> None:
    """Write to the information stream: the record is there whatever the preference shows."""
    call.scope.runtime.write("information", to_text(call.get("MessageData")))


@cmdlet(
    "Write-Progress",
    "Activity:str!0 Status:str1 Id:int2 PercentComplete:int SecondsRemaining:int "
    "CurrentOperation:str ParentId:int Completed:switch",
)
def write_progress(call: BoundCall) -> None:
    """Write to the progress stream."""
    fields: CaseDict[object] = CaseDict(
        {
            "Activity": call.get("Activity"),
            "StatusDescription": call.get("Status", "Processing"),
            "ActivityId": call.get("Id", 0),
            "PercentComplete": call.get("PercentComplete", -1),
            "SecondsRemaining": call.get("SecondsRemaining", -1),
            "CurrentOperation": call.get("CurrentOperation", ""),
            "ParentActivityId": call.get("ParentId", -1),
            "RecordType": "Completed" if call.get("Completed") else "Processing",
        }
    )
    if call.preferences.shows("progress"):
        record = PSObject("System.Management.Automation.ProgressRecord", fields)
        call.scope.runtime.write("progress", record)


@cmdlet(
    "Write-Error",
    "Message:str0^ Exception:object ErrorRecord:object ErrorId:str Category:str "
    "TargetObject:object RecommendedAction:str",
)
def write_error(call: BoundCall) -> None:
    """Write a non-terminating error of the calling function."""
    caller = to_text(call.scope.get("\0command"))
    given = call.get("ErrorRecord")
    if isinstance(given, ErrorRecord):
        record = given
    else:
        exception = call.get("Exception")
        message = call.get("Message")
        if not isinstance(exception, NetException):
            exception = NetException(
                "Microsoft.PowerShell.Commands.WriteErrorException", message or ""
            )
        known = category_value(call.get("Category") or "NotSpecified")
        record = ErrorRecord(
            exception,
            call.get("ErrorId") or exception.type_name,
            str(known or "NotSpecified"),
            call.get("TargetObject"),
            details=message or "",
        )
        record.error_id += f",{caller}" if caller else ""
    record.command = record.command or caller or "Write-Error"
    preferences: Preferences = call.preferences
    preferences.write_error(record)
