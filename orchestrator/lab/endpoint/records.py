"""Records of every stream, as PSRP messages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from psrpcore import types as ps

from orchestrator.lab.endpoint.values import error_record, outward
from orchestrator.lab.powershell.objects import ErrorRecord, NetException
from orchestrator.lab.powershell.values import PSObject

if TYPE_CHECKING:
    from psrpcore import ServerPipeline

_MESSAGES = {
    "warning": (ps.PSRPMessageType.WarningRecord, ps.WarningRecord),
    "verbose": (ps.PSRPMessageType.VerboseRecord, ps.VerboseRecord),
    "debug": (ps.PSRPMessageType.DebugRecord, ps.DebugRecord),
}
_INFORMATION_SOURCE = "Write-Information"


def messages(pipeline: ServerPipeline, stream: str, value: object) -> None:
    """Queue one record.

    Raises:
        ValueError: there is no such stream.
    """
    match stream:
        case "output":
            pipeline.write_output(outward(value))
        case "error":
            record = error_record(as_error(value))
            pipeline.prepare_message(record, message_type=ps.PSRPMessageType.ErrorRecord)
        case "warning" | "verbose" | "debug":
            _message(pipeline, stream, text_of(value))
        case "information":
            _information(pipeline, value)
        case "progress":
            _progress(pipeline, value)
        case _:
            message = f"no such stream: {stream}"
            raise ValueError(message)


def _message(pipeline: ServerPipeline, stream: str, text: str) -> None:
    kind, make = _MESSAGES[stream]
    record = make(Message=text, InvocationInfo=None, PipelineIterationInfo=None)
    record.PSObject.to_string = text
    record.serialize_extended_info = False
    pipeline.prepare_message(record, message_type=kind)


def as_error(value: object) -> ErrorRecord:
    """Return the value as an error record."""
    if isinstance(value, ErrorRecord):
        return value
    kind = "System.Management.Automation.RuntimeException"
    return ErrorRecord(NetException(kind, str(value)), "RuntimeException")


def text_of(value: object) -> str:
    """Return what a message stream shows of a value."""
    if isinstance(value, PSObject):
        return str(value.properties.get("Message") or value.text or value.type_name)
    return str(value)


def _field(value: object, name: str, default: Any) -> Any:  # noqa: ANN401 - a script's value
    if isinstance(value, PSObject):
        return value.properties.get(name, default)
    return getattr(value, name, default)


def _information(pipeline: ServerPipeline, value: object) -> None:
    data = _field(value, "MessageData", value)
    pipeline.write_information(
        outward(data),
        source=_INFORMATION_SOURCE,
        tags=[str(tag) for tag in _field(value, "Tags", ()) or ()],
        user="",
        computer="",
        process_id=0,
        native_thread_id=0,
        managed_thread_id=0,
    )


def _progress(pipeline: ServerPipeline, value: object) -> None:
    done = bool(_field(value, "Completed", default=False))
    pipeline.write_progress(
        str(_field(value, "Activity", value)),
        int(_field(value, "ActivityId", 0) or 0),
        str(_field(value, "StatusDescription", None) or _field(value, "Status", None) or " "),
        percent_complete=int(_field(value, "PercentComplete", -1)),
        record_type=ps.ProgressRecordType.Completed if done else ps.ProgressRecordType.Processing,
    )
