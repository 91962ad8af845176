"""The listeners of one simulated PC: open while it is reachable, closed while it is not.

A PC that is off refuses connections, for its listener is closed; it is not a listener that hangs
up. Whoever bends a PC calls `PcServer.sync`, and a slow tick of the lab catches what was forgotten.
"""

from __future__ import annotations

import asyncio
import errno
import resource
import socket
from functools import partial
from typing import TYPE_CHECKING

from orchestrator.errors import InvalidInput
from orchestrator.lab.http_connection import Connection
from orchestrator.lab.wsman import Limits, ShellService

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.lab.auth import Account, Accounts
    from orchestrator.lab.backend import Backend, Target
    from orchestrator.lab.faults import Fault
    from orchestrator.lab.http_connection import Exchange
    from orchestrator.lab.tls import Authority, Leaf

HTTP_PORT = 5985
HTTPS_PORT = 5986
_BACKLOG = 64
_SPARE = 256


def listen(address: str, port: int) -> socket.socket:
    """Return a bound socket.

    Raises:
        InvalidInput: the address is in use, or the process may not open more sockets.
    """
    made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.setblocking(False)  # noqa: FBT003 - socket's own signature
    try:
        made.bind((address, port))
        made.listen(_BACKLOG)
    except OSError as error:
        made.close()
        where = f"{address}:{port}"
        if error.errno == errno.EADDRINUSE:
            message = "the address is in use"
            hint = "stop the other lab, or give another seed or other ports"
        else:
            message = f"cannot listen: {error.strerror}"
            hint = "the lab needs the loopback network 127.0.0.0/8"
        raise InvalidInput(message, where=where, hint=hint) from error
    return made


def allow_sockets(listeners: int) -> None:
    """Raise this process's limit of open files so that the listeners fit, twice over.

    Raises:
        InvalidInput: the system does not allow that many.
    """
    wanted = 2 * listeners + _SPARE
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        ceiling = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (ceiling, hard))
        soft = ceiling
    if soft != resource.RLIM_INFINITY and soft < listeners + _SPARE:
        message = f"{listeners} listeners need more open files than the {soft} allowed"
        raise InvalidInput(message, hint="fewer PCs, one port each, or a higher ulimit -n")


class PcServer:
    """One PC on the network.

    Attributes:
        device: the PC.
        address: its loopback address.
        connections: those that are open.
        requests: how many HTTP requests came so far.
    """

    def __init__(
        self,
        device: Target,
        address: str,
        ports: dict[str, int],
        *,
        accounts: Accounts,
        authority: Authority,
        backend: Backend,
        loop: asyncio.AbstractEventLoop,
        message_id: Callable[[], str],
        pace: float = 1.0,
        limits: Limits | None = None,
        idle_seconds: float = 120.0,
    ) -> None:
        """Describe the PC; nothing listens yet.

        Args:
            device: the PC.
            address: where it listens.
            ports: ``http`` and ``https``, or one of them.
            accounts: who may log in.
            authority: where its certificate comes from.
            backend: what runs scripts.
            loop: the lab's loop; everything here runs on it.
            message_id: makes ids.
            pace: real seconds a simulated second takes.
            limits: quotas.
            idle_seconds: how long a kept-alive connection may rest.
        """
        self.device = device
        self.address = address
        self.ports = ports
        self.accounts = accounts
        self.idle_seconds = idle_seconds
        self.connections: set[Connection] = set()
        self.requests = 0
        self._authority = authority
        self._loop = loop
        self._servers: list[asyncio.Server] = []
        self._leaving: list[asyncio.Server] = []
        self._opening = asyncio.Lock()
        self.service = ShellService(
            device,
            backend,
            loop,
            pace=pace,
            limits=limits or Limits(),
            message_id=message_id,
            on_reboot=self.close,
        )

    @property
    def faults(self) -> list[Fault]:
        """What goes wrong on the wire."""
        return self.device.faults

    @property
    def is_open(self) -> bool:
        """Whether anything listens."""
        return bool(self._servers)

    def leaf(self) -> Leaf:
        """Return the PC's certificate."""
        long_name = str(getattr(self.device, "dns_name", ""))
        return self._authority.leaf(self.device.name, self.address, long_name)

    def certified(self, common_name: str) -> Account | None:
        """Return the account of a client certificate's subject."""
        return self.accounts.find(common_name)

    def handle(self, exchange: Exchange, body: bytes) -> None:
        """Answer a request."""
        self.service.handle(exchange, body)

    async def open(self) -> None:
        """Listen on every port of the PC.

        Raises:
            InvalidInput: an address is in use.
        """
        for scheme, port in self.ports.items():
            opened = listen(self.address, port)
            connect = partial(self._connect, secure=scheme == "https")
            server = await self._loop.create_server(connect, sock=opened, start_serving=False)
            self._servers.append(server)
            await server.start_serving()

    def _connect(self, *, secure: bool) -> Connection:
        self._loop.call_soon(self.sync)
        return Connection(self, self._loop, secure=secure)

    def close(self) -> None:
        """Stop listening, cut every connection, end every shell.

        The ports are free a turn of the loop later. A connection that was accepted in this turn
        gets its transport in the next: asyncio drops it unclosed when its server is gone by then.
        """
        for server in self._servers:
            for listener in server.sockets:
                self._loop.remove_reader(listener.fileno())
            self._leaving.append(server)
            self._loop.call_soon(self._leave)
        self._servers.clear()
        self.drop_connections()
        self.service.clear()

    def _leave(self) -> None:
        self._leaving.pop(0).close()

    def drop_connections(self) -> None:
        """Cut every connection; shells live on."""
        for connection in list(self.connections):
            connection.abort()

    def sync(self) -> None:
        """Close the listeners of a PC that is not reachable now."""
        if self._servers and not self.device.reachable():
            self.close()

    async def sync_open(self) -> None:
        """Bring the listeners in line with the PC, either way; who comes meanwhile waits."""
        async with self._opening:
            self.sync()
            if self._leaving:
                await asyncio.sleep(0)
            if not self._servers and self.device.reachable():
                await self.open()
