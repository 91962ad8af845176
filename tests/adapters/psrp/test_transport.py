"""The socket transport against a peer that answers bytes, right or wrong."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import httptools
import pytest
import spnego
from pypsrp.exceptions import AuthenticationError, WinRMTransportError

from orchestrator.adapters.connection import AuthKind, ConnectionProfile
from orchestrator.adapters.credentials import Login
from orchestrator.adapters.psrp_answer import (
    Answer,
    Hostile,
    NotSealed,
    RedirectRefused,
    read_answer,
)
from orchestrator.adapters.psrp_line import AnswerTooLarge, CannotConnect, Line, Meter, TimeOver
from orchestrator.adapters.psrp_login import Negotiation, NoKey
from orchestrator.adapters.psrp_transport import BrokenOff, SocketTransport

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/soap+xml\r\nContent-Length: 3\r\n\r\n<a>"
PLAIN = ConnectionProfile(scheme="http", auth=AuthKind.NTLM)
CERTIFIED = Login(kind=AuthKind.CERTIFICATE, certificate="c", key="k")


class Peer:
    """Answers each request with the next of some byte strings, a connection after another."""

    def __init__(self, *answers: bytes, hold: bool = True) -> None:
        self.answers = list(answers)
        self.hold = hold
        self.connections = 0
        self.requests: list[bytes] = []
        self.server = socket.create_server(("127.0.0.1", 0))
        self.port = int(self.server.getsockname()[1])
        self.done = threading.Event()
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self) -> None:
        while True:
            try:
                connection, _ = self.server.accept()
            except OSError:
                return
            self.connections += 1
            with connection:
                self.talk(connection)

    def talk(self, connection: socket.socket) -> None:
        while request := self.read(connection):
            self.requests.append(request)
            if not self.answers:
                self.done.wait(10)
                return
            answer = self.answers.pop(0)
            connection.sendall(answer)
            if not self.hold or b"Connection: close" in answer:
                return

    def read(self, connection: socket.socket) -> bytes:
        data = b""
        while b"\r\n\r\n" not in data:
            piece = connection.recv(65536)
            if not piece:
                return b""
            data += piece
        head, _, body = data.partition(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
        while len(body) < length:
            body += connection.recv(65536)
        return head + b"\r\n\r\n" + body

    def close(self) -> None:
        self.done.set()
        self.server.shutdown(socket.SHUT_RDWR)
        self.server.close()
        self.thread.join(5)


class At:
    def __init__(self, *found: str) -> None:
        self.found = found

    def addresses(self, name: str) -> Sequence[str]:
        del name
        return self.found


@contextmanager
def calling(peer: Peer, **options: Any) -> Iterator[tuple[SocketTransport, Line, Meter]]:
    line = Line("pc-1", peer.port, At("127.0.0.1"), connect_timeout=2, grace=0.1)
    meter = Meter(max_answer=options.pop("max_answer", 100_000), max_call=1_000_000)
    chosen = {"read_timeout": 5.0, **options}
    transport = SocketTransport(line, meter, PLAIN, CERTIFIED, None, **chosen)
    try:
        yield transport, line, meter
    finally:
        transport.close()
        peer.close()


def test_a_message_goes_out_in_one_request_with_its_length() -> None:
    peer = Peer(OK)
    with calling(peer) as (transport, _, meter):
        assert transport.send(b"<hello/>") == b"<a>"
    (request,) = peer.requests
    assert request.startswith(b"POST /wsman HTTP/1.1\r\nHost: pc-1:")
    assert request.endswith(b"\r\nContent-Length: 8\r\n\r\n<hello/>")
    assert (meter.messages, meter.sent) == (1, 8)


def test_one_connection_serves_many_messages() -> None:
    peer = Peer(OK, OK, OK)
    with calling(peer) as (transport, _, _):
        assert [transport.send(b"x") for _ in range(3)] == [b"<a>"] * 3
    assert peer.connections == 1


def test_an_answer_in_chunks_is_put_together() -> None:
    peer = Peer(
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n<a\r\n1\r\n>\r\n0\r\n\r\n"
    )
    with calling(peer) as (transport, _, _):
        assert transport.send(b"x") == b"<a>"


def test_a_connection_the_device_closes_is_replaced_for_the_next_message() -> None:
    peer = Peer(OK.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"), OK)
    with calling(peer) as (transport, _, _):
        assert transport.send(b"x") == b"<a>"
        assert transport.send(b"x") == b"<a>"
    assert peer.connections == 2


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        (OK[:-1], BrokenOff),
        (b"SSH-2.0-OpenSSH_9.9\r\n", httptools.HttpParserError),
        (b"HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\n", httptools.HttpParserError),
        (b"HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n", RedirectRefused),
        (b"HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n", AuthenticationError),
        (b"HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n", WinRMTransportError),
        (
            b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 50_000,
            (AnswerTooLarge, httptools.HttpParserError),
        ),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9999999\r\n\r\n" + b"x" * 200_000, AnswerTooLarge),
    ],
)
def test_a_wrong_answer_ends_the_connection(answer: bytes, expected: type[Exception]) -> None:
    peer = Peer(answer, hold=False)
    with calling(peer) as (transport, line, _):
        with pytest.raises(expected):
            transport.send(b"x")
        assert line._open == []


def test_the_read_timeout_bounds_a_silent_device() -> None:
    with calling(Peer(), read_timeout=0.1) as (transport, _, _), pytest.raises(TimeoutError):
        transport.send(b"x")


def test_the_deadline_bounds_it_before_the_read_timeout_does() -> None:
    with calling(Peer(), read_timeout=60) as (transport, line, _):
        line.deadline = time.monotonic() + 0.1
        with pytest.raises(TimeoutError):
            transport.send(b"x")
        assert line.is_over


def test_a_device_that_answers_a_byte_at_a_time_is_ended_at_the_deadline() -> None:
    class Drip(Peer):
        def talk(self, connection: socket.socket) -> None:
            self.read(connection)
            for byte in OK * 100:
                if self.done.wait(0.02):
                    return
                connection.sendall(bytes([byte]))

    with calling(Drip(), read_timeout=60) as (transport, line, _):
        line.deadline = time.monotonic() + 0.2
        with pytest.raises((TimeOver, TimeoutError)):
            transport.send(b"x")
        assert time.monotonic() < line.deadline + 2


def test_a_cut_wakes_who_waits() -> None:
    with calling(Peer(), read_timeout=60) as (transport, line, _):
        timer = threading.Timer(0.1, line.cut)
        timer.start()
        with pytest.raises((BrokenOff, ConnectionError)):
            transport.send(b"x")
        assert line.was_cut
        with pytest.raises(TimeOver):
            transport.send(b"x")


def test_the_second_address_is_called_when_the_first_refuses() -> None:
    peer = Peer(OK)
    line = Line("pc-1", peer.port, At("127.0.0.250", "127.0.0.1"), connect_timeout=2, grace=0)
    line.dial().close()
    with pytest.raises(CannotConnect):
        Line("pc-1", peer.port, At("127.0.0.250"), connect_timeout=2, grace=0).dial()
    peer.close()


# -- what an answer means -------------------------------------------------------------------------

GOOD = Answer(200, "application/soap+xml", "", b"<a>")
SEALED = 'multipart/encrypted;protocol="p";boundary="Encrypted Boundary"'


class Seal:
    def unwrap_message(self, message: bytes, boundary: str) -> bytes:
        return message + boundary.encode()


def seal() -> Any:
    return Seal()


def test_a_sealed_answer_is_opened() -> None:
    assert read_answer(replace(GOOD, content_type=SEALED), seal()) == b"<a>Encrypted Boundary"


@pytest.mark.parametrize(
    ("answer", "encryption"),
    [(GOOD, seal()), (replace(GOOD, content_type=SEALED), None)],
    ids=["readable where it must not be", "sealed where nothing was agreed"],
)
def test_an_answer_that_is_not_sealed_as_agreed_is_refused(answer: Answer, encryption: Any) -> None:
    with pytest.raises(NotSealed):
        read_answer(answer, encryption)


def test_a_readable_fault_in_a_sealed_session_is_not_believed() -> None:
    with pytest.raises(WinRMTransportError) as caught:
        read_answer(replace(GOOD, status=500, body=b"<fault/>"), seal())
    assert caught.value.response_text == ""


def test_a_document_type_is_refused() -> None:
    with pytest.raises(Hostile):
        read_answer(replace(GOOD, body=b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "">]>'), None)


# -- Negotiate ------------------------------------------------------------------------------------


class Context:
    """A mechanism that needs so many rounds."""

    def __init__(self, rounds: int) -> None:
        self.rounds = rounds
        self.steps: list[bytes | None] = []

    @property
    def complete(self) -> bool:
        return len(self.steps) >= self.rounds

    def step(self, token: bytes | None = None) -> bytes:
        self.steps.append(token)
        return f"token {len(self.steps)}".encode()


@pytest.fixture
def negotiation(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Negotiation]:
    def make(kind: AuthKind = AuthKind.KERBEROS, rounds: int = 1, **profile: Any) -> Negotiation:
        context = Context(rounds)
        monkeypatch.setattr(spnego, "client", lambda *_, **__: context)
        chosen = ConnectionProfile(**{"scheme": "http", "auth": kind, **profile})
        login = Login(kind=kind, username="svc", password="p")
        return Negotiation(chosen, login, "pc-1", None)

    return make


def answers(*items: tuple[int, str]) -> tuple[list[tuple[bytes, str]], Callable[..., Answer]]:
    """Return what was asked, and who answers it."""
    asked: list[tuple[bytes, str]] = []
    left = [Answer(status, "", challenge, b"") for status, challenge in items]

    def ask(body: bytes, headers: dict[str, str]) -> Answer:
        asked.append((body, headers["Authorization"].split()[0]))
        return left.pop(0)

    return asked, ask


def test_over_http_the_rounds_are_empty_and_end_with_a_key(
    negotiation: Callable[..., Negotiation],
) -> None:
    asked, ask = answers((401, "Negotiate dG9rZW4="), (200, ""))
    rounds = negotiation(AuthKind.NTLM, rounds=2)
    assert rounds.run(ask, b"secret") is None
    assert [body for body, _ in asked] == [b"", b""]
    assert rounds.encryption is not None


def test_without_a_key_nothing_goes_out_over_http(negotiation: Callable[..., Negotiation]) -> None:
    asked, ask = answers((200, ""))
    with pytest.raises(NoKey):
        negotiation(AuthKind.NTLM, rounds=2).run(ask, b"secret")
    assert [body for body, _ in asked] == [b""]


def test_bare_kerberos_is_taken_up_where_negotiate_is_switched_off(
    negotiation: Callable[..., Negotiation],
) -> None:
    asked, ask = answers((401, "Kerberos"), (200, "Kerberos dG9rZW4="))
    rounds = negotiation()
    assert rounds.run(ask, b"secret") is None
    assert [scheme for _, scheme in asked] == ["Negotiate", "Kerberos"]
    assert rounds.encryption is not None
    assert "Kerberos" in rounds.encryption.protocol


def test_a_device_that_offers_nothing_we_speak_is_asked_once(
    negotiation: Callable[..., Negotiation],
) -> None:
    asked, ask = answers((401, "Basic realm=x"))
    with pytest.raises(AuthenticationError):
        negotiation(AuthKind.NTLM).run(ask, b"secret")
    assert len(asked) == 1


def test_a_device_that_never_ends_the_rounds_is_refused(
    negotiation: Callable[..., Negotiation],
) -> None:
    asked, ask = answers(*[(401, "Negotiate dG9rZW4=")] * 20)
    with pytest.raises(AuthenticationError):
        negotiation(AuthKind.NTLM, rounds=99).run(ask, b"secret")
    assert len(asked) == 6
