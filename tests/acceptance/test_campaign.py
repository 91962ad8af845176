"""A campaign over the real stack: command line, Valkey, a worker, PSRP, simulated PCs."""

from __future__ import annotations

import io
import json
import os
import socket
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from orchestrator.cli import main
from orchestrator.cli.house import House
from orchestrator.cli.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FLEET = ("PC-ORPHAN", "PC-HEALTHY", "PC-JOINQUOTA")


@dataclass(frozen=True)
class Ran:
    """What a command wrote and how it ended."""

    code: int
    out: str
    err: str


class Stack:
    """A lab, a worker, and the program, in a folder of their own."""

    def __init__(self, home: Path) -> None:
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            "ENROLLMEND_HOME": str(home / "state"),
            "COLUMNS": "80",
        }
        self.plan = str(home / "plan.json")

    def run(self, *words: str, who: str = "ada") -> Ran:
        """Run a command in this process; only the lab and the worker have one of their own."""
        out, err = io.StringIO(), io.StringIO()
        terminal = Terminal(out=out, err=err, stdin=io.StringIO(), plain=True)
        environment = {**self.environment, "ENROLLMEND_OPERATOR": who}
        code = main.run(list(words), House(terminal=terminal, environment=environment))
        return Ran(code, out.getvalue(), err.getvalue())

    def lab(self, *words: str) -> None:
        done = subprocess.run(
            [sys.executable, "-m", "orchestrator.cli", *words],
            capture_output=True,
            text=True,
            env=self.environment,
            timeout=60,
            check=False,
            stdin=subprocess.DEVNULL,
        )
        assert done.returncode == 0, done.stderr

    def worker(self) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-m", "orchestrator.cli", "-c", "lab", "worker", "start"],
            stderr=subprocess.PIPE,
            text=True,
            env=self.environment,
            stdin=subprocess.DEVNULL,
        )
        assert process.stderr is not None
        assert "worker ready" in process.stderr.readline()
        return process


def free_port() -> str:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return str(found.getsockname()[1])


@pytest.fixture
def stack(tmp_path: Path) -> Iterator[Stack]:
    stack = Stack(tmp_path)
    pcs = [word for name in FLEET for word in ("--pc", name)]
    ports = ["--http-port", free_port(), "--https-port", free_port()]
    stack.lab("lab", "up", "-d", "--pace", "0.001", *pcs, *ports)
    worker = stack.worker()
    try:
        yield stack
    finally:
        worker.terminate()
        worker.communicate(timeout=60)
        stack.lab("-c", "lab", "store", "stop")
        stack.lab("lab", "down")


@pytest.mark.acceptance
def test_a_campaign_repairs_what_can_be_repaired_and_names_who_owns_the_rest(stack: Stack) -> None:
    targets = [word for name in FLEET for word in ("-T", name)]
    options = ["--wave", "1,100%", "--bake", "0", "--name", "All", "-o", stack.plan]
    planned = stack.run("-c", "lab", "campaign", "plan", *targets, *options)
    assert planned.code == 0, planned.err
    assert stack.run("-c", "lab", "campaign", "approve", stack.plan, "--yes").code == 7
    approved = stack.run("-c", "lab", "campaign", "approve", stack.plan, "--yes", who="bob")
    assert approved.code == 0, approved.err

    started = stack.run("-c", "lab", "campaign", "start", stack.plan)
    assert started.code == 5, started.err
    assert "join_quota_reached (tenant) blocks 1 of the 1 device" in started.err
    (stopped,) = json.loads(stack.run("-c", "lab", "campaign", "ls", "-o", "json").out)
    assert stack.run("-c", "lab", "campaign", "resume", stopped["campaign"]).code == 0
    watched = stack.run("-c", "lab", "campaign", "watch", stopped["campaign"])
    assert watched.code == 3, watched.err

    (campaign,) = json.loads(stack.run("-c", "lab", "campaign", "ls", "-o", "json").out)
    people = (campaign["status"], campaign["author"], campaign["approver"])
    assert people == ("finished", "ada", "bob")
    counts = {verdict: count for verdict, count in campaign["verdicts"].items() if count}
    assert counts == {"already_enrolled": 1, "enrolled": 1, "needs_owner": 1}
    selector = f"campaign:{campaign['campaign']}/owner=tenant"
    chosen = stack.run("-c", "lab", "target", "resolve", selector, "-o", "csv")
    assert chosen.out.splitlines()[1].startswith("PC-JOINQUOTA,")
    (worker, *_) = json.loads(stack.run("-c", "lab", "worker", "ls", "-o", "json").out)
    assert worker["state"] == "ready"
