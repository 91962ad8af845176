"""The WSMan faults the lab answers with, by their decimal code.

Codes: Microsoft: wsmerror.h. Subcodes and texts: community: recorded exchanges and reports where
they are known word for word, otherwise in the sense of the symbol.
"""

from __future__ import annotations

from dataclasses import dataclass
from xml.sax.saxutils import escape

from orchestrator.lab import soap

ACTION = "http://schemas.dmtf.org/wbem/wsman/1/wsman/fault"


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultKind:
    """One kind of fault.

    Attributes:
        code: decimal.
        subcode: the WSMan subcode, such as ``w:TimedOut``.
        text: what the client reads.
        sender: whether the client is to blame.
        detail: last word of the fault detail URI, empty for none.
    """

    code: int
    subcode: str
    text: str
    sender: bool = False
    detail: str = ""


ACCESS_DENIED = FaultKind(code=5, subcode="w:AccessDenied", text="Access is denied. ", sender=True)
ABORTED = FaultKind(
    code=995,
    subcode="w:InternalError",
    text=(
        "The I/O operation has been aborted because of either a thread exit or an application "
        "request. "
    ),
)
NO_RESOURCE = FaultKind(
    code=2150858752,
    subcode="w:InvalidResourceURI",
    text=(
        "The WS-Management service cannot process the request. The resource URI is missing or it "
        "has an incorrect format: the session configuration is not registered on this computer. "
    ),
    sender=True,
    detail="InvalidResourceURI",
)
TIMED_OUT = FaultKind(
    code=2150858793,
    subcode="w:TimedOut",
    text=(
        "The WS-Management service cannot complete the operation within the time specified in "
        "OperationTimeout.  "
    ),
)
NOT_WSMAN = FaultKind(
    code=2150858817,
    subcode="w:SchemaValidationError",
    text="The SOAP XML in the message does not match the corresponding XML schema definition. ",
    sender=True,
)
GONE = FaultKind(
    code=2150858843,
    subcode="w:InvalidSelectors",
    text=(
        "The request for the Windows Remote Shell with ShellId {shell} failed because the shell "
        "was not found on the server. Possible causes are: the specified ShellId is incorrect or "
        "the shell no longer exists on the server. "
    ),
    sender=True,
    detail="UnexpectedSelectors",
)
COMMAND_GONE = FaultKind(
    code=2150858843,
    subcode="w:InvalidSelectors",
    text=(
        "The Windows Remote Shell was asked for a command identifier that does not exist: the "
        "command has ended, or the identifier is wrong. "
    ),
    sender=True,
    detail="UnexpectedSelectors",
)
SHELL_QUOTA = FaultKind(
    code=2150859173,
    subcode="w:QuotaLimit",
    text=(
        "The WS-Management service cannot process the request. This user is allowed a maximum "
        "number of {limit} concurrent shells, which has been exceeded. Close existing shells or "
        "raise the quota for this user. "
    ),
)
OPERATION_QUOTA = FaultKind(
    code=2150859174,
    subcode="w:QuotaLimit",
    text=(
        "The WS-Management service cannot process the request. The maximum number of concurrent "
        "operations for this user has been exceeded. Close existing operations for this user, or "
        "raise the quota for this user. "
    ),
)
DISCONNECTED = FaultKind(
    code=2150859204,
    subcode="w:InternalError",
    text=(
        "The WinRM service cannot process the request because the shell is disconnected: connect "
        "to it first. "
    ),
)
BY_CODE = {
    kind.code: kind
    for kind in (
        ACCESS_DENIED,
        ABORTED,
        NO_RESOURCE,
        TIMED_OUT,
        NOT_WSMAN,
        GONE,
        SHELL_QUOTA,
        OPERATION_QUOTA,
        DISCONNECTED,
    )
}


def of_code(code: int, text: str) -> FaultKind:
    """Return the known fault of a code, or an internal error that carries the text."""
    return BY_CODE.get(code) or FaultKind(code=code, subcode="w:InternalError", text=text)


def fault(kind: FaultKind, relates_to: str, message_id: str, machine: str, **words: object) -> str:
    """Write a fault as an answer; HTTP sends it with status 500.

    Args:
        kind: which fault.
        relates_to: message id of the request.
        message_id: a fresh id.
        machine: name or address of the PC, as the client wrote it.
        words: what the text has holes for.
    """
    text = escape(kind.text.format(**words) if words else kind.text)
    who = "Sender" if kind.sender else "Receiver"
    detail = (
        f"<w:FaultDetail>http://schemas.dmtf.org/wbem/wsman/1/wsman/faultDetail/{kind.detail}"
        "</w:FaultDetail>"
        if kind.detail
        else ""
    )
    body = (
        f"<s:Fault><s:Code><s:Value>s:{who}</s:Value><s:Subcode><s:Value>{kind.subcode}</s:Value>"
        f'</s:Subcode></s:Code><s:Reason><s:Text xml:lang="en-US">{text}</s:Text></s:Reason>'
        f"<s:Detail>{detail}"
        '<f:WSManFault xmlns:f="http://schemas.microsoft.com/wbem/wsman/1/wsmanfault" '
        f'Code="{kind.code}" Machine="{escape(machine)}"><f:Message>{text}</f:Message>'
        "</f:WSManFault></s:Detail></s:Fault>"
    )
    return soap.envelope(ACTION, relates_to, message_id, body, names="s a x n w p")
