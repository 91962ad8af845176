"""WSMan envelopes: a request's bytes become a `Request`, an answer becomes text. Pure.

What must always be true here: no clock, no ids and no state; message ids are handed in. The order
and the namespaces of the answers follow what Windows Server 2016 was recorded to send
([MS-WSMV] 2.2.4, community: exchanges recorded against real hosts).
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape, quoteattr

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from xml.etree.ElementTree import Element

SHELL = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
TRANSFER = "http://schemas.xmlsoap.org/ws/2004/09/transfer"
ENUMERATION = "http://schemas.xmlsoap.org/ws/2004/09/enumeration"
POWERSHELL = "http://schemas.microsoft.com/powershell"
COMMAND_STATE = f"{SHELL}/CommandState"
DEFAULT_TIMEOUT = 60.0
DEFAULT_ENVELOPE = 153600

_S = "{http://www.w3.org/2003/05/soap-envelope}"
_A = "{http://schemas.xmlsoap.org/ws/2004/08/addressing}"
_W = "{http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd}"
_R = f"{{{SHELL}}}"
_P = f"{{{POWERSHELL}}}"
_NAMES = {
    "s": "http://www.w3.org/2003/05/soap-envelope",
    "a": "http://schemas.xmlsoap.org/ws/2004/08/addressing",
    "x": TRANSFER,
    "n": ENUMERATION,
    "w": "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd",
    "rsp": SHELL,
    "p": "http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd",
}
_ANONYMOUS = "http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous"
_DURATION = re.compile(
    r"P(?:(?P<d>\d+)D)?(?:T(?:(?P<h>\d+)H)?(?:(?P<m>\d+)M)?(?:(?P<s>\d+(?:\.\d+)?)S)?)?"
)


class NotWsman(ValueError):
    """The body of a request is not a WSMan envelope we know."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request, reduced to what a shell service looks at.

    Attributes:
        action: last word of the action: ``Create``, ``Command``, ``Receive`` ...
        message_id: as sent; an answer relates to it.
        resource: the resource URI; its last word is the session configuration.
        timeout: seconds the client lets the operation take.
        max_envelope: longest answer the client takes, in bytes.
        shell_id: upper case, from the selectors or the body; empty when there is none.
        command_id: upper case; empty when the request is about the shell itself.
        payload: PSRP fragments.
        signal: the signal's code.
        idle_timeout: seconds a new shell may rest unused; None means the service's default.
        filter_shell: the shell whose commands are enumerated.
    """

    action: str
    message_id: str
    resource: str = ""
    timeout: float = DEFAULT_TIMEOUT
    max_envelope: int = DEFAULT_ENVELOPE
    shell_id: str = ""
    command_id: str = ""
    payload: bytes = b""
    signal: str = ""
    idle_timeout: float | None = None
    filter_shell: str = ""
    options: Mapping[str, str] = field(default_factory=dict)


def seconds(duration: str | None) -> float | None:
    """Read an XML duration such as ``PT20S`` or ``P0DT0H1M2.5S``; None when it is not one."""
    match = _DURATION.fullmatch(duration or "")
    if match is None:
        return None
    days, hours, minutes, rest = (float(match[name] or 0) for name in "dhms")
    return ((days * 24 + hours) * 60 + minutes) * 60 + rest


def _text(parent: Element, path: str) -> str:
    return (parent.findtext(path) or "").strip()


def _size(text: str) -> int:
    if not text:
        return DEFAULT_ENVELOPE
    if not text.isdecimal():
        message = f"MaxEnvelopeSize is not a number: {text[:20]!r}"
        raise NotWsman(message)
    return int(text)


def _fragments(texts: Sequence[str]) -> bytes:
    try:
        return b"".join(base64.b64decode(text, validate=True) for text in texts if text)
    except binascii.Error as error:
        message = f"the PSRP data is not base64: {error}"
        raise NotWsman(message) from error


def parse(body: bytes) -> Request:
    """Read a request.

    Raises:
        NotWsman: the body is not XML, not an envelope, or lacks its action or message id.
    """
    try:
        root = ET.fromstring(body)  # noqa: S314 - the lab's clients are our own
    except ET.ParseError as error:
        message = f"the body is not XML: {error}"
        raise NotWsman(message) from error
    header, content = root.find(f"{_S}Header"), root.find(f"{_S}Body")
    if header is None or content is None:
        message = f"the body is not a SOAP envelope but {root.tag}"
        raise NotWsman(message)
    action, message_id = _text(header, f"{_A}Action"), _text(header, f"{_A}MessageID")
    if not action or not message_id:
        message = "the envelope has no action or no message id"
        raise NotWsman(message)
    selectors = {
        item.get("Name", ""): item.text or "" for item in header.iterfind(f"{_W}SelectorSet/*")
    }
    options = {
        item.get("Name", ""): item.text or "" for item in header.iterfind(f"{_W}OptionSet/*")
    }
    body_fields = _body(content)
    shell_id = selectors.get("ShellId") or str(body_fields.pop("shell_id", ""))
    return Request(
        action=action.rsplit("/", 1)[-1],
        message_id=message_id,
        resource=_text(header, f"{_W}ResourceURI"),
        timeout=seconds(_text(header, f"{_W}OperationTimeout")) or DEFAULT_TIMEOUT,
        max_envelope=_size(_text(header, f"{_W}MaxEnvelopeSize")),
        shell_id=shell_id.upper(),
        options=options,
        **body_fields,  # type: ignore[arg-type]
    )


def _body(content: Element) -> dict[str, object]:
    """Read the fields that stand in the body; each action has its own element."""
    element = next(iter(content), None)
    if element is None:
        return {}
    match element.tag.rpartition("}")[2]:
        case "Shell":
            return {
                "shell_id": element.get("ShellId", ""),
                "payload": _fragments([_text(element, f"{_P}creationXml")]),
                "idle_timeout": seconds(element.findtext(f"{_R}IdleTimeOut")),
            }
        case "CommandLine":
            arguments = [item.text or "" for item in element.iterfind(f"{_R}Arguments")]
            return {
                "command_id": element.get("CommandId", "").upper(),
                "payload": _fragments(arguments),
            }
        case "Send":
            streams = element.findall(f"{_R}Stream")
            return {
                "command_id": next((s.get("CommandId", "") for s in streams), "").upper(),
                "payload": _fragments([item.text or "" for item in streams]),
            }
        case "Receive":
            wanted = element.find(f"{_R}DesiredStream")
            command = "" if wanted is None else wanted.get("CommandId", "")
            return {"command_id": command.upper()}
        case "Signal":
            code = _text(element, f"{_R}Code")
            return {"command_id": element.get("CommandId", "").upper(), "signal": code}
        case "Connect":
            return {
                "command_id": element.get("CommandId", "").upper(),
                "payload": _fragments([_text(element, f"{_P}connectXml")]),
            }
        case "Disconnect":
            return {"idle_timeout": seconds(element.findtext(f"{_R}IdleTimeOut"))}
        case "Enumerate":
            selector = element.find(f"{_W}Filter/{_W}SelectorSet/{_W}Selector")
            wanted_shell = "" if selector is None else (selector.text or "")
            return {"filter_shell": wanted_shell.upper()}
    return {}


def envelope(action: str, relates_to: str, message_id: str, body: str, *, names: str) -> str:
    """Wrap a body into an answer.

    Args:
        action: the whole action URI.
        relates_to: message id of the request.
        message_id: a fresh id in upper case, without ``uuid:``.
        body: XML.
        names: prefixes to declare, such as ``"s a w p"``.
    """
    declared = " ".join(f'xmlns:{name}="{_NAMES[name]}"' for name in names.split())
    return (
        f'<s:Envelope xml:lang="en-US" {declared}><s:Header><a:Action>{action}</a:Action>'
        f"<a:MessageID>uuid:{message_id}</a:MessageID>"
        f"<p:ActivityId>{message_id}</p:ActivityId><a:To>{_ANONYMOUS}</a:To>"
        f"<a:RelatesTo>{escape(relates_to)}</a:RelatesTo></s:Header>"
        f"<s:Body>{body}</s:Body></s:Envelope>"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ShellView:
    """What a client is shown of a shell.

    Attributes:
        idle_timeout: seconds.
        age: seconds since it was made.
        inactivity: seconds since it was last used.
    """

    shell_id: str
    resource: str
    owner: str
    client: str
    process_id: int
    idle_timeout: float
    state: str
    age: float
    inactivity: float
    memory: str = ""


def _clock(value: float) -> str:
    minutes, rest = divmod(int(value), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    return f"P{days}DT{hours}H{minutes}M{rest}S"


def shell_xml(view: ShellView) -> str:
    """Describe a shell as Create, Get and Enumerate do."""
    parts = [
        ("ShellId", view.shell_id),
        ("ResourceUri", view.resource),
        ("Owner", view.owner),
        ("ClientIP", view.client),
        ("ProcessId", str(view.process_id)),
        ("IdleTimeOut", f"PT{view.idle_timeout:.3f}S"),
        ("InputStreams", "stdin pr"),
        ("OutputStreams", "stdout"),
        ("MaxIdleTimeOut", "PT2147483.647S"),
        ("Locale", "en-US"),
        ("DataLocale", "en-US"),
        ("CompressionMode", "NoCompression"),
        ("ProfileLoaded", "Yes"),
        ("Encoding", "UTF8"),
        ("BufferMode", "Block"),
        ("State", view.state),
        ("ShellRunTime", _clock(view.age)),
        ("ShellInactivity", _clock(view.inactivity)),
    ]
    if view.memory:
        parts += [("MemoryUsed", view.memory), ("ChildProcesses", "0")]
    inner = "".join(f"<rsp:{name}>{escape(text)}</rsp:{name}>" for name, text in parts)
    return f'<rsp:Shell xmlns:rsp="{SHELL}">{inner}</rsp:Shell>'


def created(request: Request, message_id: str, view: ShellView, address: str) -> str:
    """Answer Create."""
    resource = escape(view.resource)
    body = (
        f"<x:ResourceCreated><a:Address>{escape(address)}</a:Address><a:ReferenceParameters>"
        f"<w:ResourceURI>{resource}</w:ResourceURI><w:SelectorSet>"
        f'<w:Selector Name="ShellId">{view.shell_id}</w:Selector></w:SelectorSet>'
        f"</a:ReferenceParameters></x:ResourceCreated>{shell_xml(view)}"
    )
    action = f"{TRANSFER}/CreateResponse"
    return envelope(action, request.message_id, message_id, body, names="s a x w rsp p")


def plain(request: Request, message_id: str, body: str = "") -> str:
    """Answer an operation whose answer says nothing but that it was done."""
    if request.action == "Delete":
        action, names = f"{TRANSFER}/DeleteResponse", "s a x w p"
    elif request.action == "Get":
        action, names = f"{TRANSFER}/GetResponse", "s a x w p"
    else:
        action, names = f"{SHELL}/{request.action}Response", "s a w rsp p"
    return envelope(action, request.message_id, message_id, body, names=names)


def command_created(request: Request, message_id: str) -> str:
    """Answer Command."""
    inner = f"<rsp:CommandId>{escape(request.command_id)}</rsp:CommandId>"
    return plain(request, message_id, f"<rsp:CommandResponse>{inner}</rsp:CommandResponse>")


def received(
    request: Request, message_id: str, fragments: Sequence[bytes], *, done: bool = False
) -> str:
    """Answer Receive.

    Args:
        request: the Receive.
        message_id: a fresh id.
        fragments: PSRP fragments, each in a stream element of its own, as Windows does.
        done: the command has ended and nothing of it is left.
    """
    command = f" CommandId={quoteattr(request.command_id)}" if request.command_id else ""
    streams = "".join(
        f'<rsp:Stream Name="stdout"{command}>{base64.b64encode(item).decode()}</rsp:Stream>'
        for item in fragments
    )
    if done:
        streams += (
            f'<rsp:CommandState{command} State="{COMMAND_STATE}/Done">'
            "<rsp:ExitCode>0</rsp:ExitCode></rsp:CommandState>"
        )
    return plain(request, message_id, f"<rsp:ReceiveResponse>{streams}</rsp:ReceiveResponse>")


def connected(request: Request, message_id: str, fragments: bytes) -> str:
    """Answer Connect of a shell (with PSRP data) or of a command (without)."""
    if request.command_id:
        return plain(request, message_id, "<rsp:ConnectResponse></rsp:ConnectResponse>")
    body = (
        "<rsp:ConnectResponse><rsp:InputStreams>stdin pr</rsp:InputStreams>"
        "<rsp:OutputStreams>stdout</rsp:OutputStreams>"
        f'<connectResponseXml xmlns="{POWERSHELL}">{base64.b64encode(fragments).decode()}'
        "</connectResponseXml></rsp:ConnectResponse>"
    )
    return plain(request, message_id, body)


def enumerated(request: Request, message_id: str, items: Sequence[str]) -> str:
    """Answer Enumerate with everything at once."""
    listed = f"<w:Items>{''.join(items)}</w:Items>" if items else ""
    body = (
        "<n:EnumerateResponse><n:EnumerationContext></n:EnumerationContext>"
        f"{listed}<w:EndOfSequence/></n:EnumerateResponse>"
    )
    action = f"{ENUMERATION}/EnumerateResponse"
    return envelope(action, request.message_id, message_id, body, names="s a n w p")


def command_xml(shell_id: str, command_id: str) -> str:
    """Describe a command as Enumerate does."""
    return (
        f'<rsp:Command xmlns:rsp="{SHELL}"><rsp:ShellId>{shell_id}</rsp:ShellId>'
        f"<rsp:CommandId>{command_id}</rsp:CommandId><rsp:State>Disconnected</rsp:State>"
        "</rsp:Command>"
    )
