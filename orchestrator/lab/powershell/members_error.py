"""Members of error records and exceptions. Source: the PowerShell SDK and .NET references."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.lab.powershell.objects import EnumValue, ErrorRecord, NetException
from orchestrator.lab.powershell.values import CaseDict, PSObject

if TYPE_CHECKING:
    from collections.abc import Callable

CATEGORIES = [
    "NotSpecified",
    "OpenError",
    "CloseError",
    "DeviceError",
    "DeadlockDetected",
    "InvalidArgument",
    "InvalidData",
    "InvalidOperation",
    "InvalidResult",
    "InvalidType",
    "MetadataError",
    "NotImplemented",
    "NotInstalled",
    "ObjectNotFound",
    "OperationStopped",
    "OperationTimeout",
    "SyntaxError",
    "ParserError",
    "PermissionDenied",
    "ResourceBusy",
    "ResourceExists",
    "ResourceUnavailable",
    "ReadError",
    "WriteError",
    "FromStdErr",
    "SecurityError",
    "ProtocolError",
    "ConnectionError",
    "AuthenticationError",
    "LimitsExceeded",
    "QuotaExceeded",
    "NotEnabled",
]
_CATEGORY_TYPE = "System.Management.Automation.ErrorCategory"


def category_value(name: str) -> EnumValue | None:
    """Return a member of ``ErrorCategory``; None when there is none such."""
    for number, known in enumerate(CATEGORIES):
        if known.lower() == name.lower():
            return EnumValue(known, _CATEGORY_TYPE, number)
    return None


def _category(record: ErrorRecord) -> PSObject:
    fields: CaseDict[object] = CaseDict(
        {
            "Category": category_value(record.category) or record.category,
            "Activity": record.command,
            "Reason": record.exception.type_name.rpartition(".")[2],
            "TargetName": "" if record.target is None else str(record.target),
            "TargetType": "",
        }
    )
    return PSObject("System.Management.Automation.ErrorCategoryInfo", fields)


def _invocation(record: ErrorRecord) -> PSObject:
    position = f"At line:{record.line} char:1\n+ {record.line_text.strip()}"
    fields: CaseDict[object] = CaseDict(
        {
            "ScriptLineNumber": record.line,
            "Line": record.line_text,
            "PositionMessage": position,
            "MyCommand": record.command,
            "InvocationName": record.command,
            "ScriptName": "",
        }
    )
    return PSObject("System.Management.Automation.InvocationInfo", fields)


ERROR_PROPERTIES: dict[str, Callable[[ErrorRecord], object]] = {
    "exception": lambda record: record.exception,
    "fullyqualifiederrorid": lambda record: record.error_id,
    "categoryinfo": _category,
    "targetobject": lambda record: record.target,
    "invocationinfo": _invocation,
    "errordetails": lambda record: record.details or None,
    "scriptstacktrace": lambda record: f"at <ScriptBlock>, <No file>: line {record.line}",
}
EXCEPTION_PROPERTIES: dict[str, Callable[[NetException], object]] = {
    "message": lambda exception: exception.message,
    "innerexception": lambda exception: exception.inner,
    "hresult": lambda exception: exception.hresult,
    "errorcode": lambda exception: exception.hresult,
    "nativeerrorcode": lambda exception: exception.hresult & 0xFFFF,
    "errorrecord": lambda exception: exception.record,
    "stacktrace": lambda _: "",
    "source": lambda _: "",
    "data": lambda _: None,
    "paramname": lambda _: "",
}
