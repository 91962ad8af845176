"""What a client meets when a PC, its line or its service goes wrong."""

from __future__ import annotations

import socket
import time
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import ParseError

import pytest
import requests
from pypsrp.exceptions import (
    AuthenticationError,
    WinRMError,
    WinRMTransportError,
    WSManFaultError,
)
from pypsrp.powershell import PowerShell, RunspacePool

from orchestrator.lab import faults

if TYPE_CHECKING:
    from collections.abc import Callable

NTLM: dict[str, Any] = {"auth": "ntlm", "ssl": False, "port": 15985}
PC = "PC-0001"


def script(pool: RunspacePool, text: str = "alive") -> list[Any]:
    shell = PowerShell(pool)
    shell.add_script(text)
    return list(shell.invoke())


def is_refused(address: str, port: int = 15985) -> bool:
    with socket.socket() as line:
        line.settimeout(5)
        return line.connect_ex((address, port)) != 0


def test_a_pc_that_is_off_refuses_connections_and_one_that_is_on_again_does_not(
    start_lab: Callable[..., Any], client: Callable[..., Any]
) -> None:
    with start_lab() as lab:
        lab.power(PC, on=False)
        assert is_refused(lab.hosts[PC])
        with client(lab, **NTLM) as wsman, pytest.raises(requests.ConnectionError):
            RunspacePool(wsman).open()
        lab.power(PC, on=True)
        with client(lab, **NTLM) as wsman, RunspacePool(wsman) as pool:
            assert script(pool) == ["alive"]


def test_a_pc_that_is_bent_behind_the_labs_back_closes_its_port_all_the_same(
    start_lab: Callable[..., Any],
) -> None:
    with start_lab() as lab:
        lab.devices[PC].powered = False
        deadline = time.monotonic() + 20
        while not is_refused(lab.hosts[PC]):  # the first caller makes the lab look
            assert time.monotonic() < deadline


def test_switching_off_ends_shells_and_connections(
    start_lab: Callable[..., Any], client: Callable[..., Any]
) -> None:
    with start_lab() as lab, client(lab, **NTLM) as wsman:
        pool = RunspacePool(wsman)
        pool.open()
        lab.power(PC, on=False)
        assert not lab.pcs[PC].service.shells
        with pytest.raises(requests.ConnectionError):
            script(pool)
        lab.power(PC, on=True)
        wsman.transport.session, wsman.transport.encryption = None, None
        with pytest.raises(WSManFaultError) as raised:
            script(pool)
        assert raised.value.code == 2150858843


def test_a_dropped_idle_connection_breaks_a_sealed_session_with_400(
    start_lab: Callable[..., Any], client: Callable[..., Any]
) -> None:
    with start_lab() as lab, client(lab, **NTLM) as wsman:
        pool = RunspacePool(wsman)
        pool.open()
        lab.drop_connections(PC)
        with pytest.raises((WinRMTransportError, requests.ConnectionError)) as raised:
            script(pool)
        if isinstance(raised.value, WinRMTransportError):
            assert raised.value.code == 400
        wsman.transport.session, wsman.transport.encryption = None, None
        assert script(pool) == ["alive"]
        pool.close()


def test_a_dropped_idle_connection_does_not_hurt_basic_over_tls(
    start_lab: Callable[..., Any], client: Callable[..., Any]
) -> None:
    with start_lab() as lab, client(lab, reconnection_retries=1) as wsman:
        pool = RunspacePool(wsman)
        pool.open()
        lab.drop_connections(PC)
        assert script(pool) == ["alive"]
        pool.close()


def test_an_idle_connection_is_dropped_in_time(
    start_lab: Callable[..., Any], client: Callable[..., Any]
) -> None:
    with start_lab(idle_seconds=0.05) as lab, client(lab, **NTLM) as wsman:
        pool = RunspacePool(wsman)
        pool.open()
        raw = wsman.transport.session.get_adapter("http://").poolmanager
        (name,) = raw.pools.keys()
        connection = raw.pools[name].pool.queue[-1]
        assert connection.sock.recv(1, socket.MSG_PEEK) == b""


def test_401_whatever_the_password(
    start_lab: Callable[..., Any], client: Callable[..., Any]
) -> None:
    with start_lab() as lab, client(lab, **NTLM) as wsman:
        lab.put_fault(PC, faults.Unauthorized())
        with pytest.raises(AuthenticationError):
            RunspacePool(wsman).open()


def test_401_once_is_one_login_and_not_one_round_of_it(
    start_lab: Callable[..., Any], client: Callable[..., Any]
) -> None:
    with start_lab() as lab:
        lab.put_fault(PC, faults.Unauthorized(times=1))
        with client(lab, **NTLM) as wsman, pytest.raises(AuthenticationError):
            RunspacePool(wsman).open()
        assert not lab.devices[PC].faults
        with client(lab, **NTLM) as wsman, RunspacePool(wsman) as pool:
            assert script(pool) == ["alive"]


@pytest.mark.parametrize("code", [faults.QUOTA_SHELLS, faults.QUOTA_OPERATIONS])
def test_a_quota_fault_by_order_strikes_once(
    start_lab: Callable[..., Any], client: Callable[..., Any], code: int
) -> None:
    with start_lab() as lab, client(lab, **NTLM) as wsman:
        lab.put_fault(PC, faults.QuotaFault(code=code))
        with pytest.raises(WSManFaultError) as raised:
            RunspacePool(wsman).open()
        assert raised.value.code == code
        with RunspacePool(wsman) as pool:
            assert script(pool) == ["alive"]


def test_any_wsman_fault_can_be_ordered_for_any_action(
    start_lab: Callable[..., Any], client: Callable[..., Any]
) -> None:
    with start_lab() as lab, client(lab, **NTLM) as wsman, RunspacePool(wsman) as pool:
        lab.put_fault(PC, faults.WsmanFault(code=2150859230, action="Command", message="bye"))
        with pytest.raises(WSManFaultError) as raised:
            script(pool)
        assert raised.value.code == 2150859230
        assert raised.value.reason == "bye"


def test_a_bare_503(start_lab: Callable[..., Any], client: Callable[..., Any]) -> None:
    with start_lab() as lab, client(lab, **NTLM) as wsman:
        lab.put_fault(PC, faults.HttpStatus(status=503))
        with pytest.raises(WinRMTransportError) as raised:
            RunspacePool(wsman).open()
        assert raised.value.code == 503


def test_a_drop_in_the_middle_of_receive_loses_the_line_and_not_the_shell(
    start_lab: Callable[..., Any], client: Callable[..., Any]
) -> None:
    with start_lab() as lab, client(lab, **NTLM) as wsman:
        pool = RunspacePool(wsman)
        pool.open()
        lab.put_fault(PC, faults.DropInReceive(after=2))
        shell = PowerShell(pool)
        shell.add_script("done all the same")
        with pytest.raises(requests.ConnectionError):
            shell.invoke()
        wsman.transport.session, wsman.transport.encryption = None, None
        assert shell.end_invoke() == ["done all the same"]
        pool.close()


def test_a_receive_that_hangs_once_is_repeated_and_answered(
    start_lab: Callable[..., Any], client: Callable[..., Any]
) -> None:
    options = {"read_timeout": 1, "reconnection_retries": 1, "reconnection_backoff": 0.01}
    with start_lab() as lab, client(lab, **options) as wsman, RunspacePool(wsman) as pool:
        lab.put_fault(PC, faults.Hang(action="Receive"))
        assert script(pool) == ["alive"]


def test_a_command_that_hangs_is_a_read_timeout(
    start_lab: Callable[..., Any], client: Callable[..., Any]
) -> None:
    with start_lab() as lab, client(lab, read_timeout=1) as wsman, RunspacePool(wsman) as pool:
        lab.put_fault(PC, faults.Hang(action="Command"))
        with pytest.raises(requests.ReadTimeout):
            script(pool)


def test_half_an_answer(start_lab: Callable[..., Any], client: Callable[..., Any]) -> None:
    with start_lab() as lab, client(lab) as wsman:
        pool = RunspacePool(wsman)
        pool.open()
        lab.put_fault(PC, faults.HalfAnswer(action="Receive"))
        with pytest.raises((requests.ConnectionError, requests.exceptions.ChunkedEncodingError)):
            script(pool)


def test_an_answer_that_is_not_xml(
    start_lab: Callable[..., Any], client: Callable[..., Any]
) -> None:
    with start_lab() as lab, client(lab, **NTLM) as wsman, RunspacePool(wsman) as pool:
        lab.put_fault(PC, faults.MalformedXml(action="Receive"))
        with pytest.raises(ParseError):
            script(pool)


def test_an_answer_that_is_far_too_long(
    start_lab: Callable[..., Any], client: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    lengths: list[int] = []
    stock = requests.Session.send

    def send(self: Any, request: Any, **options: Any) -> Any:
        response = stock(self, request, **options)
        lengths.append(len(response.content))
        return response

    with start_lab() as lab, client(lab) as wsman, RunspacePool(wsman) as pool:
        monkeypatch.setattr(requests.Session, "send", send)
        lab.put_fault(PC, faults.Oversized(megabytes=3))
        script(pool)
    assert max(lengths) > 3_000_000


def test_a_redirect_names_another_host(start_lab: Callable[..., Any]) -> None:
    with start_lab() as lab:
        lab.put_fault(PC, faults.Redirect(location="http://127.1.2.3:5985/wsman"))
        answer = requests.post(
            f"http://{lab.hosts[PC]}:15985/wsman", allow_redirects=False, timeout=5
        )
        assert answer.status_code == 307
        assert answer.headers["Location"] == "http://127.1.2.3:5985/wsman"


def test_a_slow_pc_answers_late(start_lab: Callable[..., Any]) -> None:
    with start_lab() as lab:
        lab.put_fault(PC, faults.Slow(seconds=0.15))
        url = f"http://{lab.hosts[PC]}:15985/wsman"
        assert requests.post(url, timeout=5).elapsed.total_seconds() >= 0.15
        lab.clear_faults(PC)
        assert requests.post(url, timeout=5).elapsed.total_seconds() < 0.15


def test_a_killed_session_shows_what_it_wrote_and_is_gone(
    start_lab: Callable[..., Any], client: Callable[..., Any]
) -> None:
    with start_lab() as lab, client(lab, **NTLM) as wsman:
        pool = RunspacePool(wsman)
        pool.open()
        shell = PowerShell(pool)
        shell.add_cmdlet("Die")
        with pytest.raises((WSManFaultError, WinRMError)) as raised:
            shell.invoke()
        assert getattr(raised.value, "code", 0) in (995, 2150858843)
        assert not lab.pcs[PC].service.shells
        assert [line[0] for line in lab.devices[PC].ledger] == ["Die"]
        with RunspacePool(wsman) as again:
            assert script(again) == ["alive"]


def test_a_pc_that_restarts_under_a_command_drops_everything_and_refuses(
    start_lab: Callable[..., Any], client: Callable[..., Any]
) -> None:
    with start_lab() as lab, client(lab, **NTLM) as wsman:
        pool = RunspacePool(wsman)
        pool.open()
        shell = PowerShell(pool)
        shell.add_cmdlet("Die").add_parameter("PowerOff", value=True)
        with pytest.raises(requests.ConnectionError):
            shell.invoke()
        assert is_refused(lab.hosts[PC])


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/wsman", 405), ("POST", "/other", 404), ("POST", "/wsman", 401)],
)
def test_plain_http_mistakes(
    start_lab: Callable[..., Any], method: str, path: str, status: int
) -> None:
    with start_lab() as lab:
        url = f"http://{lab.hosts[PC]}:15985{path}"
        assert requests.request(method, url, timeout=5).status_code == status


def test_what_is_not_http_is_400(start_lab: Callable[..., Any]) -> None:
    with start_lab() as lab, socket.create_connection((lab.hosts[PC], 15985), 5) as line:
        line.sendall(b"\x16\x03\x01 not http at all\r\n\r\n")
        assert line.recv(100).startswith(b"HTTP/1.1 400 ")
