"""Looks for thousands of PCs a second: name, then one connection attempt, nothing sent.

- No slot, no session and no login is used, and no thread a PC: connections are sockets of one
  selector, and names go through a small pool of threads that asks the system's resolver.
- What is in flight is bounded, and targets are read as there is room: memory does not grow with
  the fleet.
- A name server that does not answer delays nobody but the names that are asked of it: a look ends
  in time, whatever the resolver's threads still wait for.
"""

from __future__ import annotations

import errno
import resource
import selectors
import socket
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING, Final

from orchestrator.adapters.presence import REFUSED, SILENT
from orchestrator.adapters.resolver import HostsResolver
from orchestrator.errors import SettingsInvalid, Unreachable
from orchestrator.usecases.presence_ports import Absent, Looked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

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

    def look(self, absent: Iterable[Absent], found: Callable[[Sequence[Looked]], object]) -> None:
        """Look for each and tell what came of it; see the port."""
        with ExitStack() as stack:
            names = ThreadPoolExecutor(self._resolvers, thread_name_prefix="names")
            stack.callback(names.shutdown, wait=False, cancel_futures=True)
            selector = stack.enter_context(selectors.DefaultSelector())
            ear, mouth = (stack.enter_context(end) for end in socket.socketpair())
            looks = _Looks(
                profile=self._profile,
                resolver=self._resolver,
                names=names,
                selector=selector,
                ear=ear,
                mouth=mouth,
                seconds=self._seconds,
                room=room(self._in_flight),
            )
            stack.callback(looks.hang_up)
            looks.run(absent, found)


@dataclass(slots=True, eq=False)
class _Look:
    """One look under way.

    Attributes:
        absent: whom it is for.
        turn: goes up with each step, so that a deadline of an earlier one means nothing.
        addresses: those that are still to be tried.
        refused: an address refused the connection.
        asked: the question for its addresses, while it is open.
        line: the connection that is being tried.
    """

    absent: Absent
    turn: int = 0
    addresses: list[str] = field(default_factory=list)
    refused: bool = False
    asked: Future[Sequence[str]] | None = None
    line: socket.socket | None = None


@dataclass(slots=True, kw_only=True)
class _Looks:
    """The looks of one call: everything here happens on the caller's thread."""

    profile: ConnectionProfile
    resolver: Resolver
    names: ThreadPoolExecutor
    selector: selectors.BaseSelector
    ear: socket.socket
    mouth: socket.socket
    seconds: float
    room: int
    _open: int = 0
    _named: deque[_Look] = field(default_factory=deque)
    _deadlines: deque[tuple[float, _Look, int]] = field(default_factory=deque)
    _news: list[Looked] = field(default_factory=list)

    def run(self, absent: Iterable[Absent], found: Callable[[Sequence[Looked]], object]) -> None:
        """Look for all of them, and tell what came of it as it comes."""
        for end in (self.ear, self.mouth):
            end.settimeout(0)
        self.selector.register(self.ear, selectors.EVENT_READ)
        rest = iter(absent)
        more, tell_at = True, monotonic() + _TELL_EVERY
        while more or self._open:
            while more and self._open < self.room and monotonic() < tell_at:
                each = next(rest, None)
                more = each is not None
                if each is not None:
                    self._begin(_Look(each))
            self._wait(tell_at)
            if monotonic() >= tell_at:
                self._tell(found)
                tell_at = monotonic() + _TELL_EVERY
        self._tell(found)

    def _tell(self, found: Callable[[Sequence[Looked]], object]) -> None:
        if self._news:
            news, self._news = self._news, []
            found(news)

    def _begin(self, look: _Look) -> None:
        self._open += 1
        name = self.profile.host_name(look.absent.device)
        known = self.resolver.known(name) if isinstance(self.resolver, HostsResolver) else ()
        if known:
            look.addresses = list(known[:_ADDRESSES])
            self._connect(look)
            return
        look.asked = self.names.submit(self.resolver.addresses, name)
        self._deadline(look)

        def answered(_: object) -> None:
            self._named.append(look)
            with suppress(OSError):  # full: there is a call already; closed: nobody waits any more
                self.mouth.send(b".")

        look.asked.add_done_callback(answered)

    def _deadline(self, look: _Look) -> None:
        look.turn += 1
        self._deadlines.append((monotonic() + self.seconds, look, look.turn))

    def _wait(self, until: float) -> None:
        """Carry on with what has an answer, or whose time is over; at most until then."""
        while self._deadlines and self._deadlines[0][2] != self._deadlines[0][1].turn:
            self._deadlines.popleft()
        if self._deadlines:
            until = min(until, self._deadlines[0][0])
        for key, _ in self.selector.select(max(0.0, until - monotonic())):
            if key.data is None:
                self._hear()
            else:
                self._answered(key.data)
        now = monotonic()
        while self._deadlines and self._deadlines[0][0] <= now:
            _, look, turn = self._deadlines.popleft()
            if look.turn == turn:
                self._too_late(look)

    def _hear(self) -> None:
        """Take the names that were found since the last time."""
        with suppress(BlockingIOError):
            while self.ear.recv(4096):
                pass
        while self._named:
            look = self._named.popleft()
            if look.asked is None:
                continue  # given up in between
            asked, look.asked = look.asked, None
            try:
                look.addresses = list(asked.result()[:_ADDRESSES])
            except Unreachable:
                self._end(look, "the name does not resolve")
            except SettingsInvalid as error:
                self._end(look, str(error))
            else:
                self._connect(look)

    def _connect(self, look: _Look) -> None:
        """Try the next address, or say that none is left."""
        while look.addresses:
            address = look.addresses.pop(0)
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            try:
                look.line = socket.socket(family, socket.SOCK_STREAM)
                look.line.settimeout(0)
                code = look.line.connect_ex((address, self.profile.tcp_port))
            except OSError as error:
                code = error.errno or errno.EIO
            if code == errno.EINPROGRESS and look.line is not None:
                self.selector.register(look.line, selectors.EVENT_WRITE, look)
                self._deadline(look)
                return
            if self._judged(look, code):
                return
        what = (REFUSED if look.refused else SILENT).format(port=self.profile.tcp_port)
        self._end(look, what)

    def _answered(self, look: _Look) -> None:
        if look.line is None:
            return
        code = look.line.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        self.selector.unregister(look.line)
        if not self._judged(look, code):
            self._connect(look)

    def _judged(self, look: _Look, code: int) -> bool:
        """Hang up; end the look if the outcome of this connection says all there is to say."""
        if look.line is not None:
            look.line.close()
            look.line = None
        if code == 0:
            self._end(look, "")
        elif code in _NO_SOCKET:
            self._end(look, "not looked for: this host has no socket left")
        else:
            look.refused = look.refused or code == errno.ECONNREFUSED
            return False
        return True

    def _too_late(self, look: _Look) -> None:
        if look.asked is not None:
            look.asked.cancel()
            look.asked = None
            self._end(look, "no answer from the name server")
        elif look.line is not None:
            self.selector.unregister(look.line)
            self._judged(look, errno.ETIMEDOUT)
            self._connect(look)

    def _end(self, look: _Look, reason: str) -> None:
        look.turn += 1
        self._open -= 1
        self._news.append(Looked(absent=look.absent, there=not reason, reason=reason))

    def hang_up(self) -> None:
        """Close what is still open, when the looks end early."""
        for key in list(self.selector.get_map().values()):
            if isinstance(key.data, _Look) and key.data.line is not None:
                key.data.line.close()
