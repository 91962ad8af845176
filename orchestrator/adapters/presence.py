"""Whether a device is there at all: its name resolves and a WinRM port takes a connection."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

from orchestrator.errors import Unreachable

if TYPE_CHECKING:
    from orchestrator.adapters.connection import ConnectionProfile
    from orchestrator.adapters.resolver import Resolver
    from orchestrator.domain.device import DeviceName


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
        """Tell whether any address of the device takes a connection."""
        try:
            addresses = self._resolver.addresses(self._profile.host_name(str(device)))
        except Unreachable:
            return False
        return any(self._answers(address) for address in addresses)

    def _answers(self, address: str) -> bool:
        target = (address, self._profile.tcp_port)
        try:
            with socket.create_connection(target, timeout=self._seconds):
                return True
        except OSError:
            return False
