"""The lab's answers beside what real hosts were recorded to send, told in order and shape."""

from __future__ import annotations

import base64
import struct
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree as ET

import pytest
from pypsrp.exceptions import WSManFaultError
from pypsrp.powershell import PowerShell, RunspacePool

from orchestrator.lab import soap

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

S = "{http://www.w3.org/2003/05/soap-envelope}"
R = f"{{{soap.SHELL}}}"
CAPABILITY, PRIVATE_DATA, POOL_STATE, INIT_DATA = 0x10002, 0x21009, 0x21005, 0x2100B
OUTPUT, STATE, ERROR = 0x41004, 0x41006, 0x41005


class Tap:
    """Keeps every request and answer of one client."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, wsman: Any) -> None:
        self.answers: list[ET.Element] = []
        stock = wsman.transport._send_request

        def send(request: Any, **options: Any) -> bytes:
            answer: bytes = stock(request, **options)
            if answer:
                self.answers.append(ET.fromstring(answer))  # noqa: S314 - the lab made it
            return answer

        monkeypatch.setattr(wsman.transport, "_send_request", send)

    def actions(self) -> list[str]:
        return [self.action(item) for item in self.answers]

    @staticmethod
    def action(answer: ET.Element) -> str:
        header = answer[0]
        return (header[0].text or "").rsplit("/", 1)[-1]

    def of(self, action: str) -> list[ET.Element]:
        return [item for item in self.answers if self.action(item) == action]


def fragments(data: bytes) -> Iterator[tuple[int, int, int, int]]:
    """Yield (object id, flags, destination, message type) of each fragment."""
    while data:
        object_id, number, flags, length = struct.unpack(">QQBI", data[:21])
        body, data = data[21 : 21 + length], data[21 + length :]
        destination, kind = struct.unpack("<iI", body[:8]) if number == 0 else (0, 0)
        assert body[40:43] == b"\xef\xbb\xbf" or number
        yield object_id, flags, destination, kind


def streams(answer: ET.Element) -> list[list[tuple[int, int, int, int]]]:
    found = answer.iter(f"{R}Stream")
    return [list(fragments(base64.b64decode(item.text or ""))) for item in found]


def kinds(answer: ET.Element) -> list[int]:
    return [kind for stream in streams(answer) for _, _, _, kind in stream]


@pytest.fixture
def tapped(
    start_lab: Callable[..., Any], client: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Tap, RunspacePool]]:
    with start_lab() as lab, client(lab) as wsman:
        tap = Tap(monkeypatch, wsman)
        with RunspacePool(wsman) as pool:
            yield tap, pool


def test_a_pool_opens_over_two_receives(tapped: tuple[Tap, RunspacePool]) -> None:
    tap, _ = tapped
    assert tap.actions() == ["CreateResponse", "ReceiveResponse", "ReceiveResponse"]
    first, second = tap.of("ReceiveResponse")
    # each message is a fragment of its own in a stream element of its own, to the client
    assert streams(first) == [[(1, 3, 1, CAPABILITY)], [(2, 3, 1, PRIVATE_DATA)]]
    assert streams(second) == [[(3, 3, 1, POOL_STATE)]]


def test_a_cold_pool_opens_over_three_receives(
    start_lab: Callable[..., Any], client: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    with start_lab() as lab, client(lab) as wsman:
        for _ in range(2):
            with RunspacePool(wsman):
                pass
        tap = Tap(monkeypatch, wsman)
        with RunspacePool(wsman):
            received = [kinds(item) for item in tap.of("ReceiveResponse")]
            assert received == [[CAPABILITY], [PRIVATE_DATA], [POOL_STATE]]


def test_create_describes_the_shell_in_the_recorded_order(
    tapped: tuple[Tap, RunspacePool],
) -> None:
    tap, pool = tapped
    (created,) = tap.of("CreateResponse")
    shell = next(created.iter(f"{R}Shell"))
    names = [item.tag.removeprefix(R) for item in shell]
    assert names == [
        "ShellId", "ResourceUri", "Owner", "ClientIP", "ProcessId", "IdleTimeOut", "InputStreams",
        "OutputStreams", "MaxIdleTimeOut", "Locale", "DataLocale", "CompressionMode",
        "ProfileLoaded", "Encoding", "BufferMode", "State", "ShellRunTime", "ShellInactivity",
    ]  # fmt: skip
    assert shell.findtext(f"{R}ShellId") == pool.id
    assert shell.findtext(f"{R}IdleTimeOut") == "PT7200.000S"
    assert shell.findtext(f"{R}State") == "Connected"


def test_a_script_answers_with_output_state_and_done_with_exit_code_0(
    tapped: tuple[Tap, RunspacePool],
) -> None:
    tap, pool = tapped
    shell = PowerShell(pool)
    shell.add_script("hi")
    shell.invoke()
    shell.close()
    assert tap.actions()[3:] == ["CommandResponse", "ReceiveResponse", "SignalResponse"]
    answer = tap.of("ReceiveResponse")[-1]
    assert streams(answer) == [[(4, 3, 1, OUTPUT)], [(5, 3, 1, STATE)]]
    state = next(answer.iter(f"{R}CommandState"))
    assert state.get("State") == f"{soap.SHELL}/CommandState/Done"
    assert state.findtext(f"{R}ExitCode") == "0"
    assert {item.get("CommandId") for item in answer.iter(f"{R}Stream")} == {shell.id}


def test_a_failed_pipeline_carries_its_error_in_its_state_and_not_on_the_error_stream(
    tapped: tuple[Tap, RunspacePool],
) -> None:
    tap, pool = tapped
    shell = PowerShell(pool)
    shell.add_cmdlet("Throw")
    shell.invoke()
    assert kinds(tap.of("ReceiveResponse")[-1]) == [OUTPUT, STATE]
    assert [str(item) for item in shell.streams.error] == ["fatal"]


def test_connecting_answers_with_capability_and_sizes_and_the_state_by_receive(
    start_lab: Callable[..., Any], client: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    with start_lab() as lab:
        with client(lab) as wsman:
            first = RunspacePool(wsman)
            first.open()
            first.disconnect()
        with client(lab) as wsman:
            tap = Tap(monkeypatch, wsman)
            (pool,) = RunspacePool.get_runspace_pools(wsman)
            pool.connect()
            assert tap.actions() == [
                "EnumerateResponse",
                "EnumerateResponse",
                "ConnectResponse",
                "ReceiveResponse",
            ]
            (connected,) = tap.of("ConnectResponse")
            data = next(connected.iter(f"{{{soap.POWERSHELL}}}connectResponseXml")).text or ""
            found = [kind for _, _, _, kind in fragments(base64.b64decode(data))]
            assert found == [CAPABILITY, INIT_DATA]
            assert kinds(tap.of("ReceiveResponse")[-1]) == [POOL_STATE]
            pool.close()


def test_an_enumeration_lists_state_memory_and_an_end(
    start_lab: Callable[..., Any], client: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    with start_lab() as lab, client(lab) as wsman:
        pool = RunspacePool(wsman)
        pool.open()
        pool.disconnect()
        tap = Tap(monkeypatch, wsman)
        RunspacePool.get_runspace_pools(wsman)
        shells, commands = tap.of("EnumerateResponse")
        shell = next(shells.iter(f"{R}Shell"))
        assert shell.findtext(f"{R}State") == "Disconnected"
        assert [item.tag.removeprefix(R) for item in shell][-2:] == ["MemoryUsed", "ChildProcesses"]
        assert [item.tag.rpartition("}")[2] for item in commands[1][0]] == [
            "EnumerationContext",
            "EndOfSequence",
        ]


def test_a_command_that_does_not_exist_is_the_recorded_selector_fault(
    tapped: tuple[Tap, RunspacePool],
) -> None:
    _, pool = tapped
    with pytest.raises(WSManFaultError) as raised:
        pool.shell.receive("stdout", command_id="D1BF48DA-B26C-4F4A-BE52-B382AC20DD1F")
    assert raised.value.code == 2150858843
    assert "command identifier that does not exist" in str(raised.value.reason)


def test_answers_have_a_language_an_activity_and_the_request_they_relate_to(
    tapped: tuple[Tap, RunspacePool],
) -> None:
    tap, _ = tapped
    for answer in tap.answers:
        assert answer.get("{http://www.w3.org/XML/1998/namespace}lang") == "en-US"
        names = [item.tag.rpartition("}")[2] for item in answer[0]]
        assert names == ["Action", "MessageID", "ActivityId", "To", "RelatesTo"]
