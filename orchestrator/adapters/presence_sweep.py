"""Looks for thousands of PCs a second: name, then one connection attempt, nothing sent.

- No slot, no session and no login is used, and no thread a PC: connections are sockets of one
  event loop, and names go through a small pool of threads that asks the system's resolver.
- What is in flight is bounded, and targets are read as there is room: memory does not grow with
  the fleet.
- A name server that does not answer delays nobody but the names that are asked of it: a look ends
  in time, whatever the resolver's threads still wait for.
"""

from __future__ import annotations

import asyncio
import errno
import resource
import socket
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from itertools import islice
from typing import TYPE_CHECKING, Final

from orchestrator.adapters.presence import REFUSED, SILENT
from orchestrator.errors import SettingsInvalid, Unreachable
from orchestrator.usecases.presence_ports import Absent, Looked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from orchestrator.adapters.connection import ConnectionProfile
    from orchestrator.adapters.resolver import Resolver

_NO_SOCKET: Final = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS})
_TELL_EVERY: Final = 0.2
_ADDRESSES: Final = 4
"""More addresses of one name are not tried: one look ends in time."""


def room(wanted: int) -> int:
    """Return how many sockets a look may have open: half of what the process may, at most."""
    soft, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return wanted if soft == resource.RLIM_INFINITY else max(1, min(wanted, soft // 2))


class PresenceSweep:
    """The port `Sweep`, over TCP."""

    def __init__(
        self,
        profile: ConnectionProfile,
        resolver: Resolver,
        *,
        seconds: float = 2.0,
        in_flight: int = 1000,
        resolvers: int = 32,
    ) -> None:
        """Look for nobody yet.

        Args:
            profile: names the port and completes names.
            resolver: finds addresses; called on threads of the pool.
            seconds: how long a name, and then each address, may take.
            in_flight: looks under way at a time; fewer where the process may not open so many
                files.
            resolvers: threads that ask for names.
        """
        self._profile = profile
        self._resolver = resolver
        self._seconds = seconds
        self._in_flight = in_flight
        self._resolvers = resolvers
        port = profile.tcp_port
        self._silent, self._refused = SILENT.format(port=port), REFUSED.format(port=port)

    def look(self, absent: Iterable[Absent], found: Callable[[Sequence[Looked]], object]) -> None:
        """Look for each and tell what came of it; see the port."""
        try:
            asyncio.run(self._all(iter(absent), found))
        except ExceptionGroup as group:
            raise group.exceptions[0] from None

    async def _all(
        self, absent: Iterator[Absent], found: Callable[[Sequence[Looked]], object]
    ) -> None:
        names = ThreadPoolExecutor(self._resolvers, thread_name_prefix="names")
        news: list[Looked] = []
        try:
            async with asyncio.TaskGroup() as group:
                telling = group.create_task(_tell(news, found))
                async with asyncio.TaskGroup() as looks:
                    for first in islice(absent, room(self._in_flight)):
                        looks.create_task(self._one_after_another(first, absent, names, news))
                telling.cancel()
            if news:
                found(news)
        finally:
            names.shutdown(wait=False, cancel_futures=True)

    async def _one_after_another(
        self,
        first: Absent,
        rest: Iterator[Absent],
        names: ThreadPoolExecutor,
        news: list[Looked],
    ) -> None:
        each: Absent | None = first
        while each is not None:
            reason = await self._why_not(each.device, names)
            news.append(Looked(absent=each, there=not reason, reason=reason))
            each = next(rest, None)

    async def _why_not(self, device: str, names: ThreadPoolExecutor) -> str:
        """Return why a PC is not there; empty when it is."""
        loop = asyncio.get_running_loop()
        name = self._profile.host_name(device)
        try:
            async with asyncio.timeout(self._seconds):
                asked = loop.run_in_executor(names, self._resolver.addresses, name)
                addresses = await asked
        except TimeoutError:
            return "no answer from the name server"
        except Unreachable:
            return "the name does not resolve"
        except SettingsInvalid as error:
            return str(error)
        return await self._connect(addresses)

    async def _connect(self, addresses: Sequence[str]) -> str:
        loop = asyncio.get_running_loop()
        reason = self._silent
        for address in addresses[:_ADDRESSES]:
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            try:
                with closing(socket.socket(family, socket.SOCK_STREAM)) as line:
                    line.settimeout(0)
                    async with asyncio.timeout(self._seconds):
                        await loop.sock_connect(line, (address, self._profile.tcp_port))
                    return ""
            except ConnectionRefusedError:
                reason = self._refused
            except OSError as error:  # TimeoutError among them
                if error.errno in _NO_SOCKET:
                    return "not looked for: this host has no socket left"
        return reason


async def _tell(news: list[Looked], found: Callable[[Sequence[Looked]], object]) -> None:
    """Hand over what has come in, again and again."""
    while True:
        await asyncio.sleep(_TELL_EVERY)
        if news:
            told = news[:]
            news.clear()
            found(told)
