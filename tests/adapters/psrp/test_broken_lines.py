"""What breaks where: the same fault is one thing before a command was sent and another after."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

import pytest

from orchestrator.domain.device import DeviceName
from orchestrator.errors import (
    AuthenticationRefused,
    DeadlineExceeded,
    DeviceError,
    OutcomeUnknown,
    ProtocolFailure,
    TlsFailure,
    TransientFailure,
    Unreachable,
)
from orchestrator.lab.faults import (
    DropInReceive,
    Fault,
    HalfAnswer,
    Hang,
    HttpStatus,
    MalformedXml,
    Oversized,
    Redirect,
    Unauthorized,
    WsmanFault,
)
from orchestrator.lab.powershell import Result

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from orchestrator.lab.scripted import ScriptedCall

    Start = Callable[..., AbstractContextManager[Any]]

ELSEWHERE = "http://127.0.0.1:9/wsman"
SHELL_GONE = 2150858843

OPENING = [
    pytest.param(Unauthorized(), AuthenticationRefused, id="401"),
    pytest.param(HttpStatus(status=503), TransientFailure, id="503"),
    pytest.param(HttpStatus(status=500), ProtocolFailure, id="500 without a fault"),
    pytest.param(HalfAnswer(action="Create"), TransientFailure, id="half an answer"),
    pytest.param(MalformedXml(action="Create"), ProtocolFailure, id="no XML"),
    pytest.param(Oversized(megabytes=6, action="Create"), ProtocolFailure, id="too long"),
    pytest.param(Redirect(location=ELSEWHERE), ProtocolFailure, id="redirect"),
    pytest.param(WsmanFault(code=995), TransientFailure, id="service stopping"),
    pytest.param(WsmanFault(code=5), AuthenticationRefused, id="access denied"),
    pytest.param(WsmanFault(code=4711), TransientFailure, id="a fault nobody knows"),
    pytest.param(Hang(action="Create"), TransientFailure, id="hangs"),
    pytest.param(Hang(action="Receive"), TransientFailure, id="hangs after Create"),
]
RUNNING = [
    pytest.param(Hang(action="Command"), DeadlineExceeded, id="Command is not answered"),
    pytest.param(Hang(action="Receive"), DeadlineExceeded, id="Receive is not answered"),
    pytest.param(HttpStatus(status=503, action="Command"), OutcomeUnknown, id="503 to Command"),
    pytest.param(HalfAnswer(action="Command"), OutcomeUnknown, id="half an answer to Command"),
    pytest.param(HalfAnswer(action="Receive"), OutcomeUnknown, id="half an answer to Receive"),
    pytest.param(DropInReceive(), OutcomeUnknown, id="dropped in Receive"),
    pytest.param(MalformedXml(action="Receive"), ProtocolFailure, id="no XML"),
    pytest.param(Oversized(megabytes=6, action="Receive"), ProtocolFailure, id="too long"),
    pytest.param(WsmanFault(code=SHELL_GONE, action="Receive"), OutcomeUnknown, id="shell gone"),
    pytest.param(WsmanFault(code=995, action="Receive"), OutcomeUnknown, id="service stopping"),
]


@pytest.mark.parametrize(("fault", "expected"), OPENING)
def test_while_opening(start: Start, fault: Fault, expected: type[DeviceError]) -> None:
    with start() as bench:
        bench.lab.put_fault("PC-0001", fault)
        with pytest.raises(DeviceError) as caught, bench.open(seconds=1, grace=0.2):
            pass
        assert type(caught.value) is expected, repr(caught.value.__cause__)
        assert caught.value.host == "PC-0001"
        assert "\n" not in str(caught.value)


@pytest.mark.parametrize(("fault", "expected"), RUNNING)
def test_while_running(start: Start, fault: Fault, expected: type[DeviceError]) -> None:
    def long(call: ScriptedCall) -> Result:
        call.emit('{"step": 1}', offset=0.05)
        return Result("Completed", elapsed=0.1)

    with start() as bench:
        bench.backend.handlers["Get-EnrollmentFact"] = long
        with bench.open(grace=0.2) as session:
            bench.lab.put_fault("PC-0001", fault)
            with pytest.raises(DeviceError) as caught:
                session.invoke("Get-EnrollmentFact", {}, seconds=0.8)
        assert type(caught.value) is expected, repr(caught.value.__cause__)
        calls = [call for call in bench.backend.calls if call[0] == "PC-0001"]
        assert len(calls) <= 1  # nothing is sent twice


def test_a_login_that_is_refused_is_not_tried_again(start: Start) -> None:
    with start() as bench:
        bench.lab.put_fault("PC-0001", Unauthorized())
        with pytest.raises(AuthenticationRefused), bench.open():
            pass
        # one login has two rounds; pypsrp's own asks once without an account before
        assert bench.requests() <= (2 if bench.transport == "socket" else 3)


def test_a_pc_that_is_off_is_unreachable(start: Start) -> None:
    with start() as bench:
        bench.lab.power("PC-0001", on=False)
        with pytest.raises(Unreachable, match="no connection"), bench.open():
            pass


def test_a_name_that_does_not_resolve_is_unreachable(start: Start) -> None:
    with start() as bench, pytest.raises(Unreachable, match="PC-0404 does not resolve"):
        bench.sessions().open(DeviceName("PC-0404"), seconds=5).__enter__()


def test_a_restart_under_the_function_is_an_unknown_outcome(start: Start) -> None:
    with start() as bench:
        bench.backend.handlers["Get-EnrollmentFact"] = bench.backend.handlers["Die"]
        with bench.open() as session, pytest.raises((OutcomeUnknown, ProtocolFailure)) as caught:
            session.invoke("Get-EnrollmentFact", {}, seconds=5)
        # the last words are no JSON; what matters is that it is no success and no script error
        assert caught.value.kind in ("outcome_unknown", "protocol")


def test_a_hung_device_costs_its_time_and_the_grace_and_no_more(start: Start) -> None:
    with start() as bench:
        bench.lab.put_fault("PC-0001", Hang(action="Create"))
        began = time.monotonic()
        with pytest.raises(TransientFailure), bench.open(seconds=0.5, grace=0.2):
            pass
        assert time.monotonic() - began < 0.5 + 0.2 + 1.5


@contextmanager
def dripping() -> Iterator[int]:
    """A port that answers a byte every so often, so that no single read ever times out."""
    done = threading.Event()

    def drip(server: socket.socket) -> None:
        with suppress(OSError):
            connection, _ = server.accept()
            with connection:
                connection.recv(65536)
                for byte in b"HTTP/1.1 200 OK\r\nX: " + b"x" * 10_000:
                    if done.wait(0.02):
                        return
                    connection.sendall(bytes([byte]))

    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=drip, args=(server,))
        thread.start()
        try:
            yield int(server.getsockname()[1])
        finally:
            done.set()
            thread.join()


def test_a_device_that_answers_a_byte_at_a_time_is_cut_when_its_time_is_over(start: Start) -> None:
    with start() as bench, dripping() as port:
        resolver = type(bench.sessions()._resolver)({"PC-0001": "127.0.0.1"})
        began = time.monotonic()
        with (
            pytest.raises(TransientFailure, match="in its time"),
            bench.open(bench.profile(port=port), resolver=resolver, seconds=0.3, grace=0.1),
        ):
            pass
        assert time.monotonic() - began < 3


def test_after_a_broken_line_the_shell_is_left_to_what_runs_in_it(
    start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    with start() as bench:
        bench.backend.handlers["Get-EnrollmentFact"] = lambda _: Result("Completed", elapsed=30)
        with bench.open() as session:
            bench.lab.put_fault("PC-0001", DropInReceive())
            with pytest.raises(OutcomeUnknown):
                session.invoke("Get-EnrollmentFact", {}, seconds=20)
        assert bench.shells == 1
    assert "ends by itself" in caplog.text


@pytest.mark.parametrize("transport", ["socket"], indirect=True)
def test_a_port_of_tls_that_is_spoken_to_without_is_named(start: Start) -> None:
    with start() as bench:
        profile = bench.profile(port=bench.profile(scheme="https").port)
        with pytest.raises(TlsFailure, match="answers with TLS") as caught, bench.open(profile):
            pass
    assert "http 5985, https 5986" in caught.value.hint


@pytest.mark.parametrize("transport", ["socket"], indirect=True)
def test_a_port_that_hangs_up_on_everybody_is_a_broken_line(start: Start) -> None:
    def hang_up() -> None:
        with suppress(OSError):  # the test has ended
            while True:
                listener.accept()[0].close()

    with start() as bench, socket.create_server((bench.lab.hosts["PC-0001"], 0)) as listener:
        answering = threading.Thread(target=hang_up, daemon=True)
        answering.start()
        profile = bench.profile(port=listener.getsockname()[1])
        with pytest.raises(TransientFailure, match="the line to the device broke"):
            bench.open(profile).__enter__()
        listener.shutdown(socket.SHUT_RDWR)
        answering.join()
