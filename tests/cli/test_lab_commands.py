"""`enrollmend lab` with a lab in a process of its own."""

from __future__ import annotations

import json
import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from orchestrator.lab.service_state import running_pid
from tests.free_port import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def lab(bench: Any, *words: str) -> Iterator[Any]:
    ports = ("--http-port", str(free_port()), "--https-port", str(free_port()))
    ran = bench.run("lab", "up", "--detach", *ports, *words)
    try:
        yield ran
    finally:
        bench.run("lab", "down")


@pytest.fixture(autouse=True)
def one_home(bench: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the lab's process find the same home as the command."""
    for name, value in bench.environment.items():
        monkeypatch.setenv(name, value)


def test_a_lab_comes_up_tells_about_itself_and_goes_down(bench: Any) -> None:
    with lab(bench, "--pc", "PC-ORPHAN", "--seed", "41") as up:
        assert up.code == 0
        assert "1 simulated PC up, PC-ORPHAN at 127.57.1.1" in up.out
        (pc,) = json.loads(bench.run("lab", "ls", "-o", "json").out)
        assert (pc["name"], pc["address"], pc["open"]) == ("PC-ORPHAN", "127.57.1.1", True)
        assert "(simulated)" in bench.run("lab", "explain", "PC-ORPHAN").out
        assert "registry" in json.loads(bench.run("lab", "dump", "PC-ORPHAN").out)
        assert "does not answer" in bench.run("lab", "set", "PC-ORPHAN", "--power", "off").err
        assert json.loads(bench.run("lab", "stats", "-o", "json").out)["pcs"] == 1
        wrong = bench.run("lab", "dump", "PC-NOWHERE")
        assert (wrong.code, "there is no PC 'PC-NOWHERE'" in wrong.err) == (2, True)
        again = bench.run("lab", "up", "--detach")
        assert again.code == 2
        assert "a lab is running already" in again.err


def test_a_pc_of_the_fleet_is_explained_without_a_lab_and_an_unknown_one_is_one_line(
    bench: Any,
) -> None:
    told = bench.run("lab", "explain", "pc-nokey")
    assert (told.code, told.err) == (0, "")
    assert told.out.startswith("PC-NOKEY (simulated): The enrollment's certificate lost")
    assert "cause   stale_enrollment" in told.out
    assert "source  " in told.out
    wrong = bench.run("lab", "explain", "PC-0001")
    assert (wrong.code, wrong.out) == (2, "")
    assert "the fleet has no PC 'PC-0001'" in wrong.err
    assert "enrollmend lab fleet" in wrong.err


def test_a_running_lab_explains_its_own_pcs_and_the_fleet_the_others(bench: Any) -> None:
    with lab(bench, "--pc", "PC-ORPHAN=PC-NEVER", "--seed", "44"):
        assert bench.run("lab", "explain", "PC-NEVER").out.startswith("PC-ORPHAN (simulated)")
        assert bench.run("lab", "explain", "PC-NOKEY").out.startswith("PC-NOKEY (simulated)")
        wrong = bench.run("lab", "explain", "PC-NOWHERE")
        assert (wrong.code, wrong.out) == (2, "")
        assert "there is no PC 'PC-NOWHERE' in this lab" in wrong.err


def test_an_address_in_use_is_one_clear_line(bench: Any) -> None:
    port = free_port()
    with socket.socket() as taken:
        taken.bind(("127.58.1.1", port))
        taken.listen()
        ran = bench.run(
            "lab", "up", "--detach", "--seed", "42", "--pc", "PC-ORPHAN",
            "--http-port", str(port), "--https-port", str(free_port()),
        )  # fmt: skip
    assert ran.code == 2
    assert len(ran.err.splitlines()) <= 2
    assert "in use" in ran.err


def test_the_running_lab_is_a_context(bench: Any) -> None:
    with lab(bench, "--pc", "PC-ORPHAN", "--seed", "43"):
        assert bench.run("-c", "lab", "show").code == 0
        settings = bench.connected[-1][0]
        assert settings.context == "lab"
        assert settings.connection.auth == "ntlm"
        assert running_pid(settings.lab_dir)
    assert bench.run("lab", "fleet", "-o", "json").code == 0


def test_a_folder_with_too_long_a_path_is_refused(bench: Any, tmp_path: Path) -> None:
    bench.environment["ENROLLMEND_HOME"] = str(tmp_path / ("a" * 100))
    ran = bench.run("lab", "up", "--pc", "PC-NEVER")
    assert (ran.code, ran.out) == (2, "")
    assert "too long for a socket" in ran.err
    assert "ENROLLMEND_HOME" in ran.err


def test_a_lab_needs_a_port(bench: Any) -> None:
    ran = bench.run("lab", "up", "--http-port", "0", "--https-port", "0")
    assert ran.code == 2
    assert "a PC without a port cannot be reached" in ran.err
