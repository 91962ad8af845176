"""HTTP/1.1 to one device over a plain socket, in the place of pypsrp's transport.

One session, one connection at a time, requests and answers in turn.

- No redirects, proxies, netrc, cookies, compression or environment: it has none of them.
- Every read and write is bounded by its own timeout and by the deadline of the call.
- Nothing is ever sent twice. A connection found dead before sending is replaced, and the account
  proved again, for the key that seals messages belongs to the connection.
"""

from __future__ import annotations

import socket
import ssl
from typing import TYPE_CHECKING, Protocol

import httptools

from orchestrator.adapters.connection import AuthKind
from orchestrator.adapters.psrp_answer import Answer, read_answer
from orchestrator.adapters.psrp_line import SpeaksTls
from orchestrator.adapters.psrp_login import Negotiation, fixed_headers
from orchestrator.adapters.psrp_tls import speaks_tls
from orchestrator.errors import DeviceError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pypsrp.encryption import WinRMEncryption

    from orchestrator.adapters.connection import ConnectionProfile
    from orchestrator.adapters.credentials import Login
    from orchestrator.adapters.psrp_line import Line, Meter

_CHUNK = 65536
_HELLO = 3.0
"""Seconds a device has for a handshake that nothing follows."""

_SOAP = "application/soap+xml;charset=UTF-8"


class Transport(Protocol):
    """What a `Wsman` needs of its transport.

    Attributes:
        endpoint: the device's address as WSMan headers name it.
    """

    endpoint: str

    def send(
        self, message: bytes, *, retries_on_read_timeout: int = 0, timeout: float | None = None
    ) -> bytes:
        """Post a SOAP message and return the answer's."""
        ...

    def close(self) -> None:
        """Hang up."""
        ...


class BrokenOff(ConnectionError):
    """The connection ended before the answer did."""


def endpoint_of(profile: ConnectionProfile, host: str) -> str:
    """Return the address of a device's WinRM service."""
    return f"{profile.scheme}://{host}:{profile.tcp_port}/wsman"


class SocketTransport:
    """Posts SOAP messages to one device."""

    def __init__(
        self,
        line: Line,
        meter: Meter,
        profile: ConnectionProfile,
        login: Login,
        tls: ssl.SSLContext | None,
        *,
        read_timeout: float,
    ) -> None:
        """Connect to nobody yet.

        Args:
            line: dials.
            meter: counts.
            profile: says how to log in.
            login: the account.
            tls: the context, over HTTPS.
            read_timeout: seconds an answer may take; more than the device's own patience.
        """
        self.endpoint = endpoint_of(profile, line.host)
        self._line = line
        self._meter = meter
        self._profile = profile
        self._login = login
        self._tls = tls
        self._read_timeout = read_timeout
        self._socket: socket.socket | None = None
        self._encryption: WinRMEncryption | None = None
        self._idle = False
        self._head = (
            f"POST /wsman HTTP/1.1\r\nHost: {line.host}:{line.port}\r\n"
            "Connection: Keep-Alive\r\nUser-Agent: enrollmend\r\nAccept-Encoding: identity\r\n"
        )
        self._fixed = fixed_headers(login)

    def send(
        self,
        message: bytes,
        *,
        retries_on_read_timeout: int = 0,  # noqa: ARG002 - nothing is sent twice
        timeout: float | None = None,  # noqa: ARG002 - the deadline of the call rules
    ) -> bytes:
        """Post a SOAP message, over a fresh login if need be, and return the answer's.

        The signature is pypsrp's.
        """
        try:
            return read_answer(self._exchange(message), self._encryption)
        except BaseException as error:
            if not getattr(error, "response_text", ""):  # a fault leaves the connection well
                self._drop()
            raise

    def close(self) -> None:
        """Hang up."""
        self._drop()

    def _exchange(self, message: bytes) -> Answer:
        if self._socket is not None and self._is_dead(self._socket):
            self._drop()
        if self._socket is None:
            self._socket = self._connect()
            answer = self._greet(self._socket, message)
            if answer is not None:
                return answer
        kind, body = _SOAP, message
        if self._encryption is not None:
            part, body = self._encryption.wrap_message(message)
            kind = f'{part};protocol="{self._encryption.protocol}";boundary="Encrypted Boundary"'
        return self._post(body, {**self._fixed, "Content-Type": kind})

    def _connect(self) -> socket.socket:
        plain = self._line.dial()
        self._idle = False
        if self._tls is None:
            return plain
        wrapped = self._tls.wrap_socket(
            plain, server_hostname=self._line.host, do_handshake_on_connect=False
        )
        self._line.swap(plain, wrapped)
        wrapped.settimeout(self._line.left(self._read_timeout))
        wrapped.do_handshake()
        return wrapped

    def _greet(self, connection: socket.socket, message: bytes) -> Answer | None:
        """Log in; where http is broken off without a word, find out whether TLS was expected.

        Raises:
            SpeaksTls: it was.
        """
        heard = self._meter.received
        try:
            return self._log_in(connection, message)
        except (ConnectionError, httptools.HttpParserError) as error:
            alert = isinstance(error, httptools.HttpParserError)
            if self._tls is None and (alert or self._meter.received == heard):
                self._drop()
                if self._wants_tls():
                    raise SpeaksTls from error
            raise

    def _wants_tls(self) -> bool:
        try:
            asked = self._line.dial()
            asked.settimeout(self._line.left(_HELLO))
        except (OSError, DeviceError):
            return False  # what was broken off before says more
        return speaks_tls(asked)

    def _log_in(self, connection: socket.socket, message: bytes) -> Answer | None:
        if self._login.kind in (AuthKind.CERTIFICATE, AuthKind.BASIC):
            return None
        certificate = (
            connection.getpeercert(binary_form=True)
            if isinstance(connection, ssl.SSLSocket)
            else None
        )
        rounds = Negotiation(self._profile, self._login, self._line.host, certificate)
        answer = rounds.run(self._ask, message)
        self._encryption = rounds.encryption
        return answer

    def _ask(self, body: bytes, proof: Mapping[str, str]) -> Answer:
        return self._post(body, {**proof, "Content-Type": _SOAP})

    def _post(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Send one request in one write, and read its answer."""
        if self._socket is None:
            raise BrokenOff
        self._meter.ask(len(body))
        lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        head = f"{self._head}{lines}Content-Length: {len(body)}\r\n\r\n".encode("latin-1")
        self._idle = False
        self._wait()
        self._socket.sendall(head + body)
        reading = _Reading()
        while not reading.done:
            self._wait()
            piece = self._socket.recv(_CHUNK)
            if not piece:
                raise BrokenOff
            self._meter.take(len(piece))
            reading.feed(piece)
        self._idle = True
        if not reading.stays_open:
            self._drop_after_answer()
        return reading.answer()

    def _wait(self) -> None:
        if self._socket is not None:
            self._socket.settimeout(self._line.left(self._read_timeout))

    def _is_dead(self, connection: socket.socket) -> bool:
        """Tell whether the device hung up, or spoke unasked, since its last answer."""
        if not self._idle:
            return False
        connection.settimeout(0)
        try:
            # the method of the plain socket: what matters is the line, not what TLS makes of it
            socket.socket.recv(connection, 1, socket.MSG_PEEK)
        except BlockingIOError:
            return False
        except OSError:
            return True
        return True

    def _drop_after_answer(self) -> None:
        """Hang up, but keep the key: the answer in hand is still sealed with it."""
        if self._socket is not None:
            self._line.hang_up(self._socket)
            self._socket = None

    def _drop(self) -> None:
        self._drop_after_answer()
        self._encryption = None


class _Reading:
    """Collects one answer from the parser's calls."""

    def __init__(self) -> None:
        self._parser = httptools.HttpResponseParser(self)
        self.done = False
        self.stays_open = False
        self._status = 0
        self._content_type = ""
        self._challenges: list[str] = []
        self._pieces: list[bytes] = []

    def feed(self, piece: bytes) -> None:
        self._parser.feed_data(piece)
        if self.done:
            del self._parser  # it holds this object, and this object it

    def on_header(self, name: bytes, value: bytes) -> None:
        match name.lower():
            case b"content-type":
                self._content_type = value.decode("latin-1")
            case b"www-authenticate":
                self._challenges.append(value.decode("latin-1"))
            case _:
                pass

    def on_body(self, piece: bytes) -> None:
        self._pieces.append(piece)

    def on_headers_complete(self) -> None:
        self._status = self._parser.get_status_code()
        self.stays_open = self._parser.should_keep_alive()

    def on_message_complete(self) -> None:
        self.done = True

    def answer(self) -> Answer:
        body = b"".join(self._pieces)
        return Answer(self._status, self._content_type, ", ".join(self._challenges), body)
