"""A whole lab: addresses, start and stop, orders over its socket, its folder."""

from __future__ import annotations

import asyncio
import gc
import json
import os
import signal
import socket
import sys
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Any

import pytest
from pypsrp.powershell import PowerShell, RunspacePool
from pypsrp.wsman import WSMan

from orchestrator.errors import InvalidInput, NotFound
from orchestrator.lab import faults
from orchestrator.lab.backend import BarePc
from orchestrator.lab.fleet import pc_names
from orchestrator.lab.scripted import ScriptedBackend
from orchestrator.lab.service import Lab, plan_addresses, running_lab
from orchestrator.lab.service_control import ask, make_fault, words_to_options
from orchestrator.lab.service_run import serve
from orchestrator.lab.service_state import claim, running_pid
from orchestrator.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PORT = 15987


def test_addresses_are_loopback_distinct_and_the_same_for_the_same_seed() -> None:
    names = pc_names(70_000)
    planned = plan_addresses(names, seed=7)
    assert planned == plan_addresses(names, seed=7)
    assert len(set(planned.values())) == len(names)
    assert planned["PC-00001"] == "127.23.1.1"
    assert planned["PC-00255"] == "127.23.2.1"
    assert plan_addresses(["PC-0001"], seed=8)["PC-0001"] != planned["PC-00001"]


def test_an_address_that_is_not_loopback_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="not a loopback address"):
        Lab(
            [BarePc("PC-1", [], [])],
            backend=ScriptedBackend(),
            folder=tmp_path,
            addresses={"PC-1": "10.0.0.1"},
        )


def test_two_pcs_cannot_share_an_address(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="given to two PCs"):
        Lab(
            [BarePc("PC-1", [], []), BarePc("PC-2", [], [])],
            backend=ScriptedBackend(),
            folder=tmp_path,
            addresses={"PC-1": "127.0.0.9", "PC-2": "127.0.0.9"},
        )


def test_an_address_in_use_is_one_clear_line_and_nothing_is_left_listening() -> None:
    names = ["PC-0001", "PC-0002"]
    taken = plan_addresses(names, seed=99)
    with socket.socket() as other:
        other.bind((taken["PC-0002"], PORT))
        other.listen()
        with pytest.raises(InvalidInput) as raised:  # noqa: SIM117 - only the start may raise
            with running_lab(names, ports={"http": PORT}, seed=99):
                pass
        assert str(raised.value) == f"{taken['PC-0002']}:{PORT}: the address is in use"
        assert raised.value.hint
    with socket.socket() as line:
        assert line.connect_ex((taken["PC-0001"], PORT)) != 0


@pytest.mark.parametrize("secure", [False, True], ids=["http", "https"])
def test_a_connection_accepted_in_the_turn_that_closes_a_pc_is_cut(
    monkeypatch: pytest.MonkeyPatch, *, secure: bool
) -> None:
    """asyncio leaves it to the collector when the server is gone before its transport is made."""
    left: list[str] = []
    monkeypatch.setattr(sys, "unraisablehook", lambda args: left.append(str(args.exc_value)))
    port = {"https" if secure else "http": PORT}
    with ExitStack() as stack, running_lab(["PC-0001"], ports=port, seed=119) as lab:
        pc = lab.pcs["PC-0001"]
        lines = [stack.enter_context(socket.socket()) for _ in range(20)]

        async def knock_and_close() -> None:
            for line in lines:
                line.connect((lab.hosts["PC-0001"], PORT))
            # the next turn accepts them all, the one after closes before it makes their transports
            loop = asyncio.get_running_loop()
            loop.call_soon(loop.call_soon, pc.close)

        lab.wait(knock_and_close())
        for line in lines:
            line.settimeout(10)
            with suppress(ConnectionResetError):
                assert line.recv(1) == b""
    gc.collect()
    assert left == []


def test_two_thousand_pcs_answer_in_one_process() -> None:
    backend = ScriptedBackend()
    with running_lab(pc_names(2000), ports={"http": PORT}, seed=120, backend=backend) as lab:
        assert all(pc.is_open for pc in lab.pcs.values())
        for name in ("PC-0001", "PC-2000"):
            account = lab.account
            wsman = WSMan(
                lab.hosts[name],
                username=account.name,
                password=account.password,
                ssl=False,
                port=PORT,
                auth="ntlm",
            )
            with wsman, RunspacePool(wsman) as pool:
                shell = PowerShell(pool)
                shell.add_script("'hello'")
                assert shell.invoke() == ["'hello'"]


def test_names_get_the_digits_they_need() -> None:
    assert pc_names(2) == ["PC-0001", "PC-0002"]
    assert pc_names(10_000)[-1] == "PC-10000"


@pytest.mark.parametrize(
    ("name", "options", "made"),
    [
        ("Hang", {"action": "Command"}, faults.Hang(action="Command")),
        ("drop-in-receive", {"after": "3"}, faults.DropInReceive(after=3)),
        ("slow", {"seconds": "0.5", "times": "2"}, faults.Slow(seconds=0.5, times=2)),
        ("REDIRECT", {"location": "http://x/"}, faults.Redirect(location="http://x/")),
    ],
)
def test_faults_are_made_from_words(name: str, options: dict[str, str], made: object) -> None:
    assert make_fault(name, options) == made


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("explode", {}, "there is no fault 'explode'"),
        ("hang", {"color": "red"}, "Hang has no option 'color'"),
        ("slow", {"seconds": "soon"}, "Slow: seconds is a number, not 'soon'"),
        ("redirect", {}, "Redirect needs location, times"),
    ],
)
def test_a_wrong_fault_is_one_clear_line(name: str, options: dict[str, str], message: str) -> None:
    with pytest.raises(InvalidInput) as raised:
        make_fault(name, options)
    assert str(raised.value) == message


def test_options_are_words_with_an_equals_sign() -> None:
    assert words_to_options(["a=1", "b=x=y"]) == {"a": "1", "b": "x=y"}
    with pytest.raises(InvalidInput, match="'a' is not name=value"):
        words_to_options(["a"])


class Served:
    """A lab served by this very process, on its main thread, with a test on another."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.environment = {"HOME": str(folder), "ENROLLMEND_HOME": str(folder)}
        self._monkeypatch = monkeypatch

    def run(self, story: Callable[[Lab], None], *, stops: bool = False, **options: Any) -> None:
        """Serve until the story is told; one that stops the lab itself says ``stops=True``."""
        told: list[Future[None]] = []

        def end(story: Future[None]) -> None:
            if story.exception() or not stops:
                os.kill(os.getpid(), signal.SIGTERM)

        def ready(lab: Lab) -> None:
            told.append(others.submit(story, lab))
            told[0].add_done_callback(end)

        with ThreadPoolExecutor(1) as others:
            serve(
                [BarePc(name, [], []) for name in ("PC-0001", "PC-0002")],
                **{
                    "backend": ScriptedBackend(),
                    "folder": self.folder / "lab",
                    "ready": ready,
                    "ports": {"http": PORT},
                    "seed": 42,
                    **options,
                },
            )
        told[0].result()


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Served:
    return Served(tmp_path, monkeypatch)


def test_a_served_lab_writes_what_a_client_needs_and_removes_it_on_sigterm(
    served: Served,
) -> None:
    folder = served.folder / "lab"

    def story(lab: Lab) -> None:
        description = json.loads((folder / "lab.json").read_text())
        assert description["pid"] == os.getpid()
        assert description["addresses"]["PC-0002"] == lab.hosts["PC-0002"]
        assert (folder / "hosts").read_text().splitlines()[0] == f"{lab.hosts['PC-0001']} PC-0001"
        assert (folder / "password").stat().st_mode & 0o077 == 0
        settings = load_settings(context="lab", environment=served.environment)
        assert settings.connection.auth == "ntlm"
        assert settings.connection.port == PORT
        assert settings.connection.hosts_file == str(folder / "hosts")
        wsman = WSMan(
            lab.hosts["PC-0001"],
            port=PORT,
            ssl=False,
            auth="ntlm",
            username=(folder / "username").read_text(),
            password=(folder / "password").read_text(),
        )
        with wsman, RunspacePool(wsman) as pool:
            assert pool.is_alive()

    served.run(story)
    assert not list(folder.iterdir())


def test_orders_to_a_running_lab(served: Served) -> None:
    folder = served.folder / "lab"

    def story(lab: Lab) -> None:
        listed = ask(folder, "ls")
        assert [(item["name"], item["open"]) for item in listed] == [
            ("PC-0001", True),
            ("PC-0002", True),
        ]
        assert ask(folder, "stats")["open"] == 2
        assert ask(folder, "set", pc="pc-0002", power="off") == {"open": False, "faults": []}
        assert ask(folder, "stats")["open"] == 1
        twice = ["PC-0001", "PC-0002", "PC-0002"]  # as by two orders that meet
        assert ask(folder, "power", pcs=twice, on=True) == {"switched": 3}
        assert all(pc["open"] for pc in ask(folder, "ls"))
        answer = ask(folder, "set", pc="PC-0001", fault="hang", options={"action": "Command"})
        assert answer["faults"] == ["Hang(times=1, action='Command')"]
        assert ask(folder, "set", pc="PC-0001", clear=True)["faults"] == []
        assert ask(folder, "explain", pc="PC-0001") == "PC-0001 is fine"
        for order, message in (
            ({"do": "ls", "what": 1}, "the order cannot be understood"),
            ({"do": "explode"}, "the order cannot be understood"),
            ({"do": "dump", "pc": "PC-0001"}, "PC-0001 has no Windows to be dumped"),
            ({"do": "set", "pc": "PC-9"}, "there is no PC 'PC-9' in this lab"),
            ({"do": "set", "pc": "PC-0001", "power": "maybe"}, "power is on or off"),
        ):
            with pytest.raises(InvalidInput, match=message):
                ask(folder, **order)
        assert lab.pcs["PC-0001"].is_open
        with pytest.raises(InvalidInput, match="a lab is running already"):
            monkey_claim(folder)
        assert ask(folder, "down") == "stopping"

    def monkey_claim(folder: Path) -> None:
        description = json.loads((folder / "lab.json").read_text())
        (folder / "lab.json").write_text(json.dumps(description | {"pid": os.getppid()}))
        claim(folder)

    served.run(story, stops=True, explain=lambda device: f"{device.name} is fine")


def test_without_a_lab_an_order_says_so(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no lab is running here"):
        ask(tmp_path, "ls")


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"pid": "x"}', '{"pid": 99999999}'])
def test_what_a_killed_lab_left_behind_is_no_lab(tmp_path: Path, text: str) -> None:
    (tmp_path / "lab.json").write_text(text)
    assert running_pid(tmp_path) is None
    claim(tmp_path)
