"""Values between PSRP's types and the lab's.

- Inwards: PSRP's subclasses become Python's own values or those of `powershell`.
- Outwards: anything the lab knows becomes something `psrpcore` serialises as Windows would.
"""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from psrpcore import types as ps

from orchestrator.lab.powershell.objects import (
    Byte,
    Char,
    ErrorRecord,
    Guid,
    Hashtable,
    Int64,
    NetException,
    Switch,
    UInt32,
    UInt64,
    Version,
)
from orchestrator.lab.powershell.signals import BASES
from orchestrator.lab.powershell.values import CaseDict, PSObject

_INT32 = 2**31
_INT64 = 2**63
_EXACT = (
    (Byte, ps.PSByte),
    (UInt32, ps.PSUInt),
    (UInt64, ps.PSUInt64),
    (Int64, ps.PSInt64),
)


def inward(value: Any) -> object:  # noqa: ANN401, C901, PLR0912 - one case a type
    """Turn a deserialised value into a value of the lab."""
    match value:
        case None | bool():
            return value
        case ps.PSSecureString():
            return str(value.decrypt())
        case ps.PSChar():
            return Char(chr(value))
        case ps.PSVersion():
            return Version(str(value))
        case ps.PSUInt():
            return UInt32(value)
        case ps.PSUInt64():
            return UInt64(value)
        case ps.PSInt64():
            return Int64(value)
        case ps.PSByte():
            return Byte(value)
        case str():
            return str.__str__(value)
        case int():
            return int(value)
        case float() | Decimal():
            return float(value)
        case bytes():
            return bytes(value)
        case uuid.UUID():
            return Guid(str(uuid.UUID(int=value.int)))
        case datetime() | timedelta():
            return value
        case dict():
            table = Hashtable()
            for key, item in value.items():
                table[inward(key)] = inward(item)
            return table
        case list():
            return [inward(item) for item in value]
    return _object_inward(value)


def _object_inward(value: Any) -> PSObject:  # noqa: ANN401 - any deserialised object
    described = value.PSObject
    properties: CaseDict[object] = CaseDict()
    for item in (*described.adapted_properties, *described.extended_properties):
        properties[item.name] = inward(item.get_value(value))
    names = described.type_names or ["System.Management.Automation.PSCustomObject"]
    return PSObject(str(names[0]), properties, text=described.to_string or "", writable=None)


def _integer(value: int) -> Any:  # noqa: ANN401 - one of psrpcore's integers
    for kind, target in _EXACT:
        if isinstance(value, kind):
            return target(value)
    if -_INT32 <= value < _INT32:
        return ps.PSInt(value)
    return ps.PSInt64(value) if -_INT64 <= value < _INT64 else ps.PSDouble(value)


def outward(value: object) -> Any:  # noqa: ANN401, C901, PLR0912 - whatever psrpcore takes
    """Turn a value of the lab into one that serialises."""
    match value:
        case None | bool():
            return value
        case Switch():
            return bool(value)
        case Guid():
            return ps.PSGuid(str(value))
        case Char():
            return ps.PSChar(ord(value))
        case Version():
            return ps.PSVersion(str(value))
        case str():
            return str(value)
        case int():
            return _integer(value)
        case float():
            return ps.PSDouble(value)
        case bytes():
            return ps.PSByteArray(value)
        case datetime():
            return ps.PSDateTime.fromtimestamp(value.timestamp(), tz=value.tzinfo)
        case timedelta():
            return ps.PSDuration(seconds=value.total_seconds())
        case ErrorRecord():
            return error_record(value)
        case PSObject():
            return _object_outward(value)
        case Hashtable() | dict() | CaseDict():
            return ps.PSDict({outward(key): outward(item) for key, item in value.items()})
        case list() | tuple():
            return ps.PSList([outward(item) for item in value])
    return str(value)


def _object_outward(value: PSObject) -> Any:  # noqa: ANN401 - psrpcore's object
    made = ps.PSObject()
    described = made.PSObject
    described.type_names = [value.type_name, "System.Object"]
    if value.text:
        described.to_string = value.text
    for name, item in value.properties.items():
        ps.add_note_property(made, name, outward(item))
    return made


def _chain(type_name: str) -> list[str]:
    """Return the type and its bases, as type names of an object."""
    chain, current = [], type_name
    while current and current != "System.Exception":
        chain.append(current)
        current = BASES.get(current, "System.Exception")
    return [*chain, "System.Exception", "System.Object"]


def exception(value: NetException) -> Any:  # noqa: ANN401 - psrpcore's exception
    """Turn an exception into what remoting shows of it."""
    made = ps.NETException(
        Message=value.message,
        HResult=value.hresult,
        InnerException=exception(value.inner) if value.inner else None,
    )
    made.PSObject.type_names = _chain(value.type_name)
    made.PSObject.to_string = f"{value.type_name}: {value.message}"
    return made


def error_record(value: ErrorRecord) -> Any:  # noqa: ANN401 - psrpcore's record
    """Turn an error record into PSRP's, with its place in the script."""
    category = getattr(ps.ErrorCategory, value.category, ps.ErrorCategory.NotSpecified)
    target = "" if value.target is None else str(outward(value.target))
    reason = value.exception.type_name.rpartition(".")[2]
    record = ps.ErrorRecord(
        Exception=exception(value.exception),
        TargetObject=outward(value.target),
        FullyQualifiedErrorId=value.error_id,
        CategoryInfo=ps.ErrorCategoryInfo(
            Category=category,
            Activity=value.command,
            Reason=reason,
            TargetName=target,
            TargetType=type(value.target).__name__ if target else "",
        ),
        ErrorDetails=ps.ErrorDetails(Message=value.details) if value.details else None,
        InvocationInfo=_invocation(value),
        ScriptStackTrace=f"at <ScriptBlock>, <No file>: line {value.line}",
    )
    record.PSObject.to_string = value.message
    return record


def _invocation(value: ErrorRecord) -> Any:  # noqa: ANN401 - psrpcore's object
    """Describe where an error happened, the way Windows shows it without extended information."""
    position = f"At line:{value.line} char:1\r\n+ {value.line_text.strip()}" if value.line else ""
    return ps.InvocationInfo(
        BoundParameters=ps.PSDict(),
        UnboundArguments=ps.PSList(),
        ScriptLineNumber=value.line,
        OffsetInLine=1 if value.line else 0,
        ScriptName="",
        Line=value.line_text,
        PositionMessage=position,
        InvocationName=value.command,
        PipelineLength=0,
        PipelinePosition=0,
        ExpectingInput=False,
        CommandOrigin=ps.CommandOrigin.Internal,
    )
