"""Whether a device is there at all: its name resolves and a WinRM port takes a connection."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from orchestrator.errors import Unreachable

if TYPE_CHECKING:
    from orchestrator.adapters.connection import ConnectionProfile
    from orchestrator.adapters.resolver import Resolver
    from orchestrator.domain.device import DeviceName

SILENT = "does not answer on port {port}"
"""Nothing came back: the PC is off or elsewhere, or a firewall drops what is sent to it."""

REFUSED = "refuses a connection on port {port}"
"""Something is there and says no."""

_OFF = "it is switched off, elsewhere, or behind a firewall"
_CLOSED = "it is on, but WinRM does not listen: Enable-PSRemoting, or another PC has its address"


class TcpPresence:
    """Tries to connect, sends nothing, and hangs up."""

    def __init__(
        self, profile: ConnectionProfile, resolver: Resolver, *, seconds: float = 2.0
    ) -> None:
        """Take the port of the profile.

        Args:
            profile: names the port and completes names.
            resolver: finds addresses.
            seconds: how long one address may take to answer.
        """
        self._profile = profile
        self._resolver = resolver
        self._seconds = seconds

    def is_there(self, device: DeviceName) -> bool:
        """Return True when any address of the device takes a connection.

        Raises:
            Unreachable: the name does not resolve, or no address takes a connection.
        """
        refused = False
        for address in self._resolver.addresses(self._profile.host_name(str(device))):
            target = (address, self._profile.tcp_port)
            try:
                with socket.create_connection(target, timeout=self._seconds):
                    return True
            except ConnectionRefusedError:
                refused = True
            except OSError:
                continue
        what = (REFUSED if refused else SILENT).format(port=self._profile.tcp_port)
        msg = f"{device} {what}"
        raise Unreachable(msg, host=str(device), hint=_CLOSED if refused else _OFF)
