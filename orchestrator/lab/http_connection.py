"""One TCP connection to a simulated PC: HTTP/1.1, TLS, authentication, message encryption.

What must always be true here:

- requests of a connection are answered one by one, in order; an answer may come much later
  (long poll), and a connection that is gone takes none;
- head and body leave in one write, or delayed ACKs would add 40 ms an answer;
- WinRM needs ``POST /wsman`` only: everything else is 404 or 405.
"""

from __future__ import annotations

import asyncio
import base64
import ssl
from collections import deque
from typing import TYPE_CHECKING, Protocol

import httptools

from orchestrator.lab.auth import (
    ENCRYPTED,
    Acceptor,
    Challenge,
    Granted,
    Refused,
    Unreadable,
    is_encrypted,
)
from orchestrator.lab.faults import (
    Fault,
    HalfAnswer,
    MalformedXml,
    Oversized,
    Redirect,
    Slow,
    Unauthorized,
    strike,
)
from orchestrator.lab.tls import Channel

if TYPE_CHECKING:
    from orchestrator.lab.auth import Account, Accounts
    from orchestrator.lab.tls import Leaf

MAX_BODY = 8 * 1024 * 1024
SOAP = "application/soap+xml;charset=UTF-8"
_REASONS = {
    200: "OK",
    307: "Temporary Redirect",
    400: "Bad Request",
    401: "Unauthorized",
    404: "Not Found",
    405: "Method Not Allowed",
    413: "Payload Too Large",
    500: "Internal Server Error",
    503: "Service Unavailable",
}


class Host(Protocol):
    """What a connection needs of the PC it leads to."""

    accounts: Accounts
    idle_seconds: float
    connections: set[Connection]
    requests: int

    @property
    def is_open(self) -> bool:
        """Whether anything listens."""
        ...

    @property
    def faults(self) -> list[Fault]:
        """What goes wrong on the wire."""
        ...

    def leaf(self) -> Leaf:
        """Return the certificate of the PC."""
        ...

    def certified(self, common_name: str) -> Account | None:
        """Return the account a client certificate is mapped to."""
        ...

    def handle(self, exchange: Exchange, body: bytes) -> None:
        """Answer a request, now or later."""
        ...


class Exchange:
    """One request that waits for its answer.

    Attributes:
        account: who asks.
        client: address of the client.
        url: where the request was sent to.
        mangle: a fault that spoils the answer.
    """

    def __init__(
        self, connection: Connection, account: Account, token: bytes, *, sealed: bool, url: str
    ) -> None:
        self._connection = connection
        self._token = token
        self._sealed = sealed
        self.account = account
        self.client = connection.client
        self.url = url
        self.mangle: Fault | None = None

    @property
    def alive(self) -> bool:
        """Whether somebody still waits."""
        return self._connection.exchange is self

    def answer(self, text: str, status: int = 200) -> None:
        """Send an envelope."""
        body = text.encode()
        match self.mangle:
            case MalformedXml():
                body = body[: len(body) // 2] + b"<unclosed &"
            case Oversized(megabytes=size):
                body = body + b" " * (size * 1024 * 1024)
        self.send(status, body, half=isinstance(self.mangle, HalfAnswer))

    def send(self, status: int, body: bytes = b"", *, half: bool = False) -> None:
        """Send any body, encrypted when the request was."""
        if not self.alive:
            return
        kind = SOAP if body else ""
        if body and self._sealed:
            body, kind = self._connection.acceptor.wrap(body), ENCRYPTED
        headers = []
        if self._token:
            headers.append(("WWW-Authenticate", f"Negotiate {_base64(self._token)}"))
        self._connection.reply(status, body, kind, headers, half=half)

    def cut(self) -> None:
        """Drop the connection without an answer."""
        if self.alive:
            self._connection.abort()


def _base64(token: bytes) -> str:
    return base64.b64encode(token).decode()


class Connection(asyncio.Protocol):
    """The server's side of one connection."""

    def __init__(self, host: Host, loop: asyncio.AbstractEventLoop, *, secure: bool) -> None:
        self._host = host
        self._loop = loop
        self._secure = secure
        self._transport: asyncio.Transport | None = None
        self._channel: Channel | None = None
        self._parser = httptools.HttpRequestParser(self)
        self._waiting: deque[tuple[str, str, dict[str, str], bytes]] = deque()
        self._url = ""
        self._headers: dict[str, str] = {}
        self._body = bytearray()
        self._busy = False
        self._idle: asyncio.TimerHandle | None = None
        self._touched = 0.0
        self.client = ""
        self.exchange: Exchange | None = None
        self.acceptor = Acceptor(host.accounts, secure=secure)

    # -- transport ----------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin, with a new login to come."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101 - asyncio's own promise
        self._transport = transport
        if not self._host.is_open:
            self.abort()
            return
        peer = transport.get_extra_info("peername")
        self.client = str(peer[0]) if peer else ""
        self._host.connections.add(self)
        if self._secure:
            leaf = self._host.leaf()
            self._channel = Channel(leaf.context)
            self.acceptor = Acceptor(self._host.accounts, secure=True, binding=leaf.binding)
        self._touched = self._loop.time()
        self._idle = self._loop.call_later(self._host.idle_seconds, self._rest)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio's signature
        """Forget the connection; what waits for an answer here gets none."""
        self._host.connections.discard(self)
        self.exchange = None
        self._waiting.clear()
        if self._idle is not None:
            self._idle.cancel()

    def _rest(self) -> None:
        """Close when nothing was asked for long (community: WinRM drops after 120 idle seconds)."""
        left = self._touched + self._host.idle_seconds - self._loop.time()
        if left <= 0 and not self._busy:
            self.abort()
        else:
            wait = self._host.idle_seconds if self._busy else left
            self._idle = self._loop.call_later(max(wait, 0.05), self._rest)

    def abort(self) -> None:
        """Reset the connection."""
        self.exchange = None
        if self._transport is not None:
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        """Take bytes from the wire."""
        plain = data
        if self._channel is not None:
            fresh = not self._channel.certified
            try:
                plain, out = self._channel.feed(data)
            except ssl.SSLError:
                self._write(self._channel.alert())
                if self._transport is not None:
                    self._transport.close()
                return
            if out:
                self._write(out)
            if fresh and self._channel.certified:
                self.acceptor = Acceptor(
                    self._host.accounts,
                    secure=True,
                    binding=self._host.leaf().binding,
                    certified=self._host.certified(self._channel.certified),
                )
        if plain:
            try:
                self._parser.feed_data(plain)
            except httptools.HttpParserError:
                self.reply(400, close=True)
                return
            # not from within the parser, which would take our own errors for a bad request
            if not self._busy:
                self._next()

    def _write(self, data: bytes) -> None:
        if data and self._transport is not None and not self._transport.is_closing():
            self._transport.write(data)

    # -- httptools ----------------------------------------------------------------------------

    def on_message_begin(self) -> None:
        """Start a new request."""
        self._url, self._headers, self._body = "", {}, bytearray()

    def on_url(self, url: bytes) -> None:
        """Collect the target."""
        self._url += url.decode("latin-1")

    def on_header(self, name: bytes, value: bytes) -> None:
        """Collect a header."""
        self._headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_body(self, body: bytes) -> None:
        """Collect a piece of the body."""
        if len(self._body) <= MAX_BODY:
            self._body += body

    def on_message_complete(self) -> None:
        """Take the request, or let it wait for the one before."""
        method = self._parser.get_method().decode("latin-1")
        self._waiting.append((method, self._url, self._headers, bytes(self._body)))

    # -- requests -----------------------------------------------------------------------------

    def _next(self) -> None:
        self._touched = self._loop.time()
        self._busy = bool(self._waiting)
        if self._waiting:
            self._dispatch(*self._waiting.popleft())

    def _dispatch(self, method: str, url: str, headers: dict[str, str], body: bytes) -> None:
        host = self._host
        host.requests += 1
        redirect = strike(host.faults, Redirect)
        if redirect is not None:
            self.reply(307, headers=[("Location", redirect.location)])
        elif url.partition("?")[0].rstrip("/").lower() != "/wsman":
            self.reply(404)
        elif method != "POST":
            self.reply(405)
        elif len(body) > MAX_BODY:
            self.reply(413, close=True)
        else:
            self._authenticated(url, headers, body)

    def _authenticated(self, url: str, headers: dict[str, str], body: bytes) -> None:
        offered = headers.get("authorization", "")
        sealed = is_encrypted(headers)
        if sealed and not offered and self.acceptor.account is None:
            # community: a kept-alive connection was dropped, and its key with it
            self.reply(400)
            return
        verdict = self.acceptor.authenticate(offered)
        if isinstance(verdict, Granted) and offered and strike(self._host.faults, Unauthorized):
            self.acceptor.forget()
            verdict = Refused()
        match verdict:
            case Granted():
                self._granted(verdict, url, body, headers, sealed=sealed)
            case Challenge(token=token):
                self.reply(401, headers=[("WWW-Authenticate", f"Negotiate {_base64(token)}")])
            case Refused():
                offers = self.acceptor.offers
                self.reply(401, headers=[("WWW-Authenticate", item) for item in offers])

    def _granted(
        self, verdict: Granted, url: str, body: bytes, headers: dict[str, str], *, sealed: bool
    ) -> None:
        scheme = "https" if self._secure else "http"
        address = f"{scheme}://{headers.get('host', '')}{url}"
        exchange = Exchange(self, verdict.account, verdict.token, sealed=sealed, url=address)
        self.exchange = exchange
        if not body:
            exchange.send(200)
            return
        if sealed:
            try:
                body = self.acceptor.unwrap(body)
            except Unreadable:
                self.reply(400)
                return
        elif self.acceptor.sealed:
            # AllowUnencrypted is false: the service does not even look at the body
            self.reply(500)
            return
        self._host.handle(exchange, body)

    def reply(
        self,
        status: int,
        body: bytes = b"",
        kind: str = "",
        headers: list[tuple[str, str]] | None = None,
        *,
        close: bool = False,
        half: bool = False,
    ) -> None:
        """Write an answer and go on with the next request."""
        lines = [f"HTTP/1.1 {status} {_REASONS.get(status, 'Status')}"]
        lines += [f"{name}: {value}" for name, value in headers or ()]
        if kind:
            lines.append(f"Content-Type: {kind}")
        lines += ["Server: Microsoft-HTTPAPI/2.0", f"Content-Length: {len(body)}"]
        if close:
            lines.append("Connection: close")
        head = "\r\n".join(lines).encode("latin-1") + b"\r\n\r\n"
        late = strike(self._host.faults, Slow)
        data = head + (body[: len(body) // 2] if half else body)
        if late is None:
            self._finish(data, close=close or half)
        else:
            self._loop.call_later(late.seconds, lambda: self._finish(data, close=close or half))

    def _finish(self, data: bytes, *, close: bool) -> None:
        self.exchange = None
        if self._transport is None or self._transport.is_closing():
            return
        self._write(self._channel.seal(data) if self._channel is not None else data)
        if close:
            self._transport.close()
            self._waiting.clear()
        self._next()
