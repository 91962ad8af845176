"""TCP connections to one device: where they go, how long they may take, how they are cut.

- A device is called at the address its resolver gives; its name is what TLS and the login verify.
- A connection that could not be made is `CannotConnect`, never a timeout of something sent.
- Nothing here knows HTTP, so both transports dial through it.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.adapters.resolver import Resolver

_MARGIN = 0.5
"""Seconds after which the watchdog does what the timeouts should have done."""


class CannotConnect(OSError):
    """No address of the device took the connection."""


class TimeOver(TimeoutError):
    """The deadline of the call has passed."""


class SpeaksTls(OSError):
    """The device's port speaks TLS and was spoken to without."""


class AnswerTooLarge(Exception):
    """The device sends more than any answer needs."""


class Meter:
    """Counts what travels, and stops a device that sends too much.

    Attributes:
        messages: requests sent, logins included.
        sent, received: bytes of HTTP bodies.
    """

    def __init__(self, *, max_answer: int, max_call: int) -> None:
        """Start at nothing.

        Args:
            max_answer: bytes one answer may have.
            max_call: bytes all answers of one call may have together.
        """
        self.messages = 0
        self.sent = 0
        self.received = 0
        self._max_answer = max_answer
        self._max_call = max_call
        self._answer = 0
        self._call = 0

    def begin_call(self) -> None:
        """Start to count for another call."""
        self._call = 0

    def ask(self, size: int) -> None:
        """Count a request and its body."""
        self.messages += 1
        self.sent += size
        self._answer = 0

    def take(self, size: int) -> None:
        """Count a piece of an answer.

        Raises:
            AnswerTooLarge: with this piece it is too much.
        """
        self.received += size
        self._answer += size
        self._call += size
        if self._answer > self._max_answer:
            msg = f"the answer is longer than {self._max_answer} bytes"
            raise AnswerTooLarge(msg)
        if self._call > self._max_call:
            msg = f"the answers are longer than {self._max_call} bytes together"
            raise AnswerTooLarge(msg)


class Line:
    """The connections of one session to one device, and their common deadline.

    Attributes:
        host: the device's name as the profile completes it.
        deadline: monotonic seconds by which the present call has to end.
        was_cut: the watchdog ended it.
        well: the last exchange ended with an answer.
    """

    def __init__(
        self,
        host: str,
        port: int,
        resolver: Resolver,
        *,
        connect_timeout: float,
        grace: float,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Connect nowhere yet.

        Args:
            host: the device's name.
            port: its port.
            resolver: finds its addresses.
            connect_timeout: seconds for one address.
            grace: seconds after a deadline in which the last answer may still come.
            monotonic: seconds that never jump.
        """
        self.host = host
        self.port = port
        self.deadline = float("inf")
        self.was_cut = False
        self.well = True
        self._resolver = resolver
        self._connect_timeout = connect_timeout
        self._grace = grace
        self._monotonic = monotonic
        self._lock = threading.Lock()
        self._open: list[socket.socket] = []

    @property
    def last_moment(self) -> float:
        """Monotonic seconds at which the watchdog cuts the line."""
        return self.deadline + self._grace + _MARGIN

    @property
    def is_over(self) -> bool:
        """Whether the deadline has passed."""
        return self.was_cut or self._monotonic() >= self.deadline

    def left(self, most: float) -> float:
        """Return how many seconds the next read or write may take.

        Args:
            most: its own timeout.

        Raises:
            TimeOver: none are left.
        """
        rest = self.deadline + self._grace - self._monotonic()
        if rest <= 0 or self.was_cut:
            raise TimeOver
        return min(most, rest)

    def dial(self) -> socket.socket:
        """Connect to the first address of the device that answers.

        Raises:
            Unreachable: the name does not resolve.
            CannotConnect: no address takes the connection.
            TimeOver: the deadline has passed.
        """
        failure: OSError | None = None
        for address in self._resolver.addresses(self.host):
            try:
                made = socket.create_connection(
                    (address, self.port), timeout=self.left(self._connect_timeout)
                )
            except TimeOver:
                raise
            except OSError as error:
                failure = error
                continue
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.adopt(made)
            return made
        raise CannotConnect(*(failure.args if failure else ())) from failure

    def adopt(self, connection: socket.socket) -> None:
        """Let `cut` reach this connection; raises if the line was cut already."""
        with self._lock:
            if self.was_cut:
                connection.close()
                raise TimeOver
            self._open.append(connection)

    def swap(self, known: socket.socket, other: socket.socket) -> None:
        """Replace a connection by the socket that took it over, or shares it."""
        with self._lock:
            self._open = [other if each is known else each for each in self._open]

    def hang_up(self, connection: socket.socket) -> None:
        """Close a connection and forget it."""
        with self._lock:
            if connection in self._open:
                self._open.remove(connection)
            connection.close()

    def close(self) -> None:
        """Close everything that is left."""
        with self._lock:
            for connection in self._open:
                connection.close()
            self._open.clear()

    def cut(self) -> None:
        """Shut every connection down, so that whoever reads or writes it wakes with an error."""
        with self._lock:
            self.was_cut = True
            for connection in self._open:
                with contextlib.suppress(OSError):  # it has ended already
                    # the method of the plain socket: that of SSLSocket unmakes the TLS state
                    # under the feet of the thread that reads
                    socket.socket.shutdown(connection, socket.SHUT_RDWR)
