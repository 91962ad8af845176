"""Five ways in which pypsrp, as it comes, is unsafe; each is shown open there and closed here."""

from __future__ import annotations

import http.server
import logging
import socketserver
import sys
import threading
import xml.etree.ElementTree as ET
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest
from pypsrp.powershell import RunspacePool
from pypsrp.wsman import NAMESPACES, WSMan

from orchestrator.adapters.psrp_wsman import Wsman, quiet_loggers
from orchestrator.domain.device import DeviceName
from orchestrator.errors import ProtocolFailure
from orchestrator.lab.faults import Oversized, Redirect

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from pathlib import Path

    Start = Callable[..., AbstractContextManager[Any]]

CANARY = "hunter2-canary"
DEVICE = DeviceName("PC-0001")


def as_it_comes(bench: Any, name: str = "PC-0001", **options: Any) -> WSMan:
    chosen = {
        "port": 25985,
        "ssl": False,
        "auth": "ntlm",
        "username": bench.lab.account.name,
        "password": bench.lab.account.password,
        **options,
    }
    return WSMan(bench.lab.hosts[name], **chosen)


# -- redirects ------------------------------------------------------------------------------------


def test_nobody_logs_in_where_a_device_points_to(start: Start) -> None:
    with start("PC-0001", "PC-0666") as bench:
        trap = f"http://{bench.lab.hosts['PC-0666']}:25985/wsman"
        bench.lab.put_fault("PC-0001", Redirect(location=trap))
        with pytest.raises(ProtocolFailure, match="points to another address"), bench.open():
            pass
        assert bench.requests("PC-0666") == 0
        assert bench.requests("PC-0001") == 1


def test_pypsrp_as_it_comes_does_log_in_there(start: Start) -> None:
    with start("PC-0001", "PC-0666") as bench:
        trap = f"http://{bench.lab.hosts['PC-0666']}:25985/wsman"
        bench.lab.put_fault("PC-0001", Redirect(location=trap))
        with pytest.raises(Exception), as_it_comes(bench) as wsman:  # noqa: B017, PT011 - any
            RunspacePool(wsman).open()
        assert bench.requests("PC-0666") >= 3


# -- environment ----------------------------------------------------------------------------------


@contextmanager
def spy() -> Iterator[tuple[int, list[str]]]:
    """A proxy that notes who comes and serves nobody."""
    seen: list[str] = []

    class Note(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            seen.append(self.path)
            self.send_error(502)

        do_CONNECT = do_POST  # noqa: N815 - the name is http.server's

        def log_message(self, *_: object) -> None:
            """Be quiet."""

    with socketserver.TCPServer(("127.0.0.1", 0), Note) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server.server_address[1], seen
        finally:
            server.shutdown()
            thread.join()


def poison(monkeypatch: pytest.MonkeyPatch, folder: Path, bench: Any, proxy: int) -> None:
    """Point every variable that is known to redirect a login at something of ours."""
    wrong = folder / "wrong-ca.pem"
    wrong.write_text("", encoding="utf-8")
    netrc = folder / "netrc"
    hosts = [*bench.lab.hosts, *bench.lab.hosts.values()]
    netrc.write_text("".join(f"machine {host} login x password {CANARY}\n" for host in hosts))
    netrc.chmod(0o600)
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{proxy}")
    for name in ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE"):
        monkeypatch.setenv(name, str(wrong))
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)


@pytest.mark.parametrize(
    ("kind", "scheme"),
    [("ntlm", "http"), ("ntlm", "https"), ("certificate", "https"), ("basic", "https")],
)
def test_the_environment_changes_nothing(
    start: Start, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, kind: str, scheme: str
) -> None:
    with start() as bench, spy() as (proxy, seen):
        poison(monkeypatch, tmp_path, bench, proxy)
        with bench.open(bench.profile(kind, scheme)) as session:
            (answer,) = session.invoke("Get-EnrollmentFact", {}, seconds=5)
        assert answer["device"] == "PC-0001"
        assert seen == []


def test_pypsrp_as_it_comes_goes_through_the_proxy(
    start: Start, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with start() as bench, spy() as (proxy, seen):
        poison(monkeypatch, tmp_path, bench, proxy)
        with pytest.raises(Exception), as_it_comes(bench) as wsman:  # noqa: B017, PT011 - any
            RunspacePool(wsman).open()
        assert seen


# -- the global table of prefixes -----------------------------------------------------------------


class NoTransport:
    endpoint = "http://pc-0001:5985/wsman"

    def send(self, message: bytes, **_: object) -> bytes:
        return message

    def close(self) -> None:
        """Nothing is open."""


def test_making_a_client_leaves_the_table_of_prefixes_alone(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    changes: list[str] = []
    monkeypatch.setattr(ET, "register_namespace", lambda prefix, _: changes.append(prefix))
    Wsman(NoTransport(), operation_timeout=60)
    assert changes == []


def test_pypsrp_as_it_comes_rewrites_it(monkeypatch: pytest.MonkeyPatch) -> None:
    changes: list[str] = []
    monkeypatch.setattr(ET, "register_namespace", lambda prefix, _: changes.append(prefix))
    WSMan("pc-0001")
    assert len(changes) == len(NAMESPACES)


def test_threads_that_make_clients_do_not_spoil_messages_of_others() -> None:
    """The race itself: with the table rewritten, a few of these thousands are malformed."""
    spoilt: list[bytes] = []
    done = threading.Event()

    def write() -> None:
        wsman = Wsman(NoTransport(), operation_timeout=60)
        while not done.is_set():
            _, header = wsman._create_header("action", "resource")
            message = ET.tostring(header)
            if b"ns0" in message:
                spoilt.append(message)

    writers = [threading.Thread(target=write) for _ in range(2)]
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        for thread in writers:
            thread.start()
        for _ in range(1500):
            Wsman(NoTransport(), operation_timeout=60)
    finally:
        done.set()
        for thread in writers:
            thread.join()
        sys.setswitchinterval(before)
    assert spoilt == []


def test_the_trial_free_size_is_no_larger_than_the_one_pypsrp_measures() -> None:
    ours = Wsman(NoTransport(), operation_timeout=60)
    measured = WSMan._calc_envelope_size(ours, 512000)
    assert measured - 1000 < ours.max_payload_size <= measured


# -- logs -----------------------------------------------------------------------------------------


def log_everything(caplog: pytest.LogCaptureFixture) -> None:
    """Debug everywhere, even by the loggers' own levels."""
    caplog.set_level(logging.DEBUG)
    for name in list(logging.root.manager.loggerDict):
        if name.split(".")[0] in ("pypsrp", "spnego", "urllib3", "requests"):
            caplog.set_level(logging.DEBUG, logger=name)


def readable(log: pytest.LogCaptureFixture) -> str:
    """Return what our side logged; psrpcore is the simulated PC's."""
    ours = [record for record in log.records if not record.name.startswith("psrpcore")]
    return "\n".join(f"{record.name} {record.getMessage()}" for record in ours)


def test_no_log_holds_a_password_or_a_parameter(
    start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    with start() as bench:
        sessions = bench.sessions()
        log_everything(caplog)  # afterwards, as a program does that turns debugging on late
        with sessions.open(DEVICE, seconds=10) as session:
            session.invoke("Get-EnrollmentFact", {"RunId": CANARY}, seconds=5)
        password = bench.lab.account.password
    text = readable(caplog)
    assert password not in text
    assert CANARY not in text
    names = {record.name.split(".")[0] for record in caplog.records}
    assert not names & {"pypsrp", "spnego", "urllib3", "requests"}


def test_pypsrp_as_it_comes_logs_whole_messages(
    start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    log_everything(caplog)
    loggers = [logging.getLogger(name) for name in logging.root.manager.loggerDict]
    kept = {logger: list(logger.filters) for logger in loggers if logger.name.startswith("pypsrp")}
    for logger in kept:
        logger.filters.clear()
    try:
        with start() as bench, as_it_comes(bench) as wsman:
            RunspacePool(wsman).open()
        assert "<s:Envelope" in readable(caplog)
    finally:
        for logger, filters in kept.items():
            logger.filters.extend(filters)
        quiet_loggers()


# -- length ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("action", ["Create", "Receive"])
def test_an_answer_without_end_is_cut_off(start: Start, action: str) -> None:
    with start() as bench:
        bench.lab.put_fault("PC-0001", Oversized(megabytes=1, action=action))
        sessions = bench.sessions(max_answer_bytes=100_000)
        with pytest.raises(ProtocolFailure, match="sends more than is read"):
            sessions.open(DEVICE, seconds=10).__enter__()


def test_many_short_answers_are_cut_off_together(start: Start) -> None:
    def flood(call: Any) -> None:
        for number in range(400):
            call.emit(f'{{"number": {number}, "filler": "{"x" * 1000}"}}')

    with start() as bench:
        bench.backend.handlers["Get-EnrollmentFact"] = flood
        with bench.open(max_call_bytes=200_000) as session, pytest.raises(ProtocolFailure):
            session.invoke("Get-EnrollmentFact", {}, seconds=10)
