"""Test-NetConnection, Resolve-DnsName and WinHTTP against the PC's view of the network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.lab.cmdlets.common import error, make, seat_of
from orchestrator.lab.powershell.objects import ErrorRecord, NetException
from orchestrator.lab.powershell.registry import cmdlet
from orchestrator.lab.powershell.runtime import NOTHING
from orchestrator.lab.powershell.signals import ScriptError
from orchestrator.lab.powershell.values import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orchestrator.lab.device_seat import Seat
    from orchestrator.lab.powershell.registry import Call
    from orchestrator.lab.powershell.values import PSObject


@cmdlet(
    "Resolve-DnsName",
    "Name:str0! Type:str1 DnsOnly:switch QuickTimeout:switch NoHostsFile:switch",
)
def resolve_dns_name(call: Call) -> Iterable[object]:
    """Resolve a name, or write ``DNS_ERROR_RCODE_NAME_ERROR``."""
    network = seat_of(call).device.network
    name = str(call.get("Name"))
    if name.lower() in network.unresolved or (name.lower() == "wpad" and not network.wpad):
        error(
            call,
            "DNS_ERROR_RCODE_NAME_ERROR",
            f"{name} : DNS name does not exist",
            category="ResourceUnavailable",
            exception="System.ComponentModel.Win32Exception",
            target=name,
        )
        return
    yield make(
        "Microsoft.DnsClient.Commands.DnsRecord_A",
        {"Name": name, "Type": "A", "IPAddress": "192.0.2.10", "TTL": 60},
    )


@cmdlet(
    "Test-NetConnection",
    "ComputerName:str0 Port=RemotePort:int1 InformationLevel:str CommonTCPPort:str",
)
def test_net_connection(call: Call) -> Iterable[object]:
    """Connect to a port; it writes no error and answers False, after some seconds."""
    network = seat_of(call).device.network
    name = str(call.get("ComputerName"))
    unresolved = name.lower() in network.unresolved
    blocked = unresolved or network.misses(name)
    call.sleep(21 if blocked and not unresolved else 1)
    if str(call.get("InformationLevel") or "").lower() == "quiet":
        yield not blocked
        return
    yield make(
        "TestNetConnectionResult",
        {
            "ComputerName": name,
            "RemotePort": call.get("Port"),
            "RemoteAddress": None if unresolved else "192.0.2.10",
            "NameResolutionSucceeded": not unresolved,
            "TcpTestSucceeded": not blocked,
        },
    )


_NO_NAME, _NOT_OPEN = 0x80072EE7, 0x8007139F
_TEXTS = {
    0x80072EE2: "The operation timed out",
    _NO_NAME: "The server name or address could not be resolved",
    0x80072EFD: "A connection with the server could not be established",
    0x80072F8F: "A security error occurred",
}
_ANSWERED, _PROXY_WANTS_LOGIN = 200, 407
_METHODS = frozenset({"GET", "HEAD"})


def win_http_request(seat: Seat) -> PSObject:
    """Return an unopened ``WinHttp.WinHttpRequest.5.1``, which goes through the proxy of WinHTTP.

    Any host that is reached answers 200. A proxy that does not let SYSTEM through answers 407.
    Source: Microsoft, WinHttpRequest object and WinHTTP error messages.
    """
    hosts: list[str] = []

    def open_request(method: object, url: object, at_once: object) -> object:
        if str(method) not in _METHODS or at_once is not False:
            what = f"WinHttpRequest.Open({method}, ..., {at_once})"
            raise Refusal(what)
        hosts.append(str(url).split("/")[2].lower())
        return NOTHING

    def send(*_: object) -> object:
        if not hosts:
            raise _com_error(_NOT_OPEN)
        network, host = seat.device.network, hosts[-1]
        if network.proxy:
            refused = host in network.blocked
            made.properties["Status"] = _PROXY_WANTS_LOGIN if refused else _ANSWERED
            return NOTHING
        if host in network.unresolved:
            raise _com_error(_NO_NAME)
        if network.misses(host):
            raise _com_error(network.error)
        made.properties["Status"] = _ANSWERED
        return NOTHING

    made = make(
        "System.__ComObject",
        {"Status": 0},
        methods={"SetTimeouts": lambda *_: NOTHING, "Open": open_request, "Send": send},
        text="System.__ComObject",
    )
    return made


def _com_error(code: int) -> ScriptError:
    """Make what PowerShell makes of a COM class's HRESULT: an exception that is not wrapped."""
    kind = "System.Runtime.InteropServices.COMException"
    text = _TEXTS.get(code, f"Exception from HRESULT: 0x{code:08X}")
    made = NetException(kind, f"{text}\r\n", hresult=code - (1 << 32))
    return ScriptError(ErrorRecord(made, kind, "OperationStopped", None))
