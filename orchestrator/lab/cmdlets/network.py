"""Test-NetConnection and Resolve-DnsName against the PC's view of the network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.lab.cmdlets.common import error, make, seat_of
from orchestrator.lab.powershell.registry import cmdlet

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orchestrator.lab.powershell.registry import Call


@cmdlet(
    "Resolve-DnsName",
    "Name:str0! Type:str1 DnsOnly:switch QuickTimeout:switch NoHostsFile:switch",
)
def resolve_dns_name(call: Call) -> Iterable[object]:
    """Resolve a name, or write ``DNS_ERROR_RCODE_NAME_ERROR``."""
    network = seat_of(call).device.network
    name = str(call.get("Name"))
    if name.lower() in network.unresolved:
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
    blocked = unresolved or name.lower() in network.blocked
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
