"""The whole product as its users have it: processes, a socket between each, a folder of its own.

Command line -> Valkey -> worker process -> PSRP with NTLM and message encryption -> lab process.
"""

from __future__ import annotations

import io
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import redis

from orchestrator.adapters.embedded import EmbeddedValkey
from orchestrator.cli import main
from orchestrator.cli.house import House
from orchestrator.cli.terminal import Terminal
from orchestrator.lab.service_control import ask
from orchestrator.lab.service_state import DESCRIPTION, HOSTS, running_pid
from tests.free_port import free_port

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

LEASE_SECONDS = 3
CANARY = "Wr0ng-Canary-4711!"
"""A password that opens nothing, to be searched for."""

PATIENCE = 60.0


def until(true: Callable[[], Any], *, seconds: float = PATIENCE, what: str = "") -> Any:
    """Return the first true answer; look ten times a second."""
    deadline, pause = time.monotonic() + seconds, threading.Event()
    while time.monotonic() < deadline:
        answer = true()
        if answer:
            return answer
        pause.wait(0.1)
    msg = f"not within {seconds:g} s: {what or true}"
    raise AssertionError(msg)


@dataclass(slots=True)
class Ran:
    """How a command ended, and what it wrote."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        """The one JSON document it wrote."""
        found = json.loads(self.out)
        one = found[0] if isinstance(found, list) else found
        assert isinstance(one, dict)
        return one

    @property
    def documents(self) -> list[dict[str, Any]]:
        """The JSON documents it wrote."""
        found = json.loads(self.out)
        assert isinstance(found, list)
        return found


@dataclass(slots=True)
class Worker:
    """A worker, which is two processes in one group."""

    process: subprocess.Popen[bytes]
    log: Path

    def kill(self) -> None:
        """End it as a power cut does."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        """End it in good order, and return its exit code."""
        if self.process.poll() is None:
            self.process.terminate()
        return self.process.wait(PATIENCE)

    def words(self) -> str:
        """What it wrote so far."""
        return self.log.read_text(encoding="utf-8")


@dataclass(slots=True)
class Stack:
    """A state folder with what runs in it.

    Attributes:
        home: the state folder.
        said: everything every command wrote.
        labs: the folder of each lab, and its PCs; one but for the largest crowds.
        seed, http_port, https_port: of the lab.
    """

    home: Path
    variables: dict[str, str] = field(default_factory=dict)
    workers: list[Worker] = field(default_factory=list)
    commands: list[subprocess.Popen[str]] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    labs: dict[Path, frozenset[str]] = field(default_factory=dict)
    seed: int = 0
    http_port: int = 0
    https_port: int = 0

    @property
    def lab_dir(self) -> Path:
        return self.home / "lab"

    @property
    def store(self) -> EmbeddedValkey:
        return EmbeddedValkey(self.home / "contexts" / "lab")

    def environment(self, **variables: str) -> dict[str, str]:
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.home),
            "COLUMNS": "100",
            "ENROLLMEND_HOME": str(self.home),
            "ENROLLMEND_WORKERS_LEASE_SECONDS": str(LEASE_SECONDS),
            **self.variables,
            **variables,
        }

    def begin(self, *words: str, **variables: str) -> subprocess.Popen[str]:
        """Start a command and leave it running."""
        process = subprocess.Popen(
            [sys.executable, "-m", "orchestrator.cli", *words],
            env=self.environment(**variables),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.commands.append(process)
        return process

    def end(self, process: subprocess.Popen[str]) -> Ran:
        """Wait for a command that was started."""
        out, err = process.communicate(timeout=PATIENCE)
        self.commands.remove(process)
        self.said += [out, err]
        return Ran(process.returncode, out, err)

    def run(self, *words: str, **variables: str) -> Ran:
        """Run a command of the lab's context, in this process: starting one costs a second.

        One that works on devices itself has a process of its own, for its leases end with that.
        """
        if "--here" in words:
            return self.end(self.begin("-c", "lab", *words, **variables))
        out, err = io.StringIO(), io.StringIO()
        environment = self.environment(**variables)
        house = House(
            terminal=Terminal(out=out, err=err, stdin=io.StringIO(), plain=True),
            environment=environment,
        )
        with patch.dict(os.environ, environment, clear=True):
            code = main.run(["-c", "lab", *words], house)
        self.said += [out.getvalue(), err.getvalue()]
        return Ran(code, out.getvalue(), err.getvalue())

    def fix(self, *words: str, **variables: str) -> Ran:
        """Repair, and answer as JSON."""
        return self.run("fix", "-o", "json", "--timeout", "50s", *words, **variables)

    def history(self, pc: str) -> list[str]:
        """Every line of a PC's history, its kind before it."""
        told = self.run("timeline", "-o", "json", pc)
        entries = told.documents if told.out else []
        return [f"{entry['kind']}: {entry['text']}" for entry in entries]

    def start_lab(self, pcs: Sequence[str], *, seed: int, pace: float) -> None:
        """Start a lab of named PCs."""
        self._lab_up([word for name in pcs for word in ("--pc", name)], seed, pace)

    def start_mixed_lab(self, pcs: int, *, seed: int, pace: float, processes: int = 1) -> None:
        """Start PCs drawn by a seed; one port each, for a process may have few files.

        A process of Python uses one core, so that a crowd may be shared among several labs. The
        hosts file of the first names the PCs of all.
        """
        part = -(-pcs // processes)
        for first in range(1, pcs + 1, part):
            words = ["--devices", str(min(part, pcs - first + 1)), "--first", str(first)]
            self._lab_up([*words, "--https-port", "0"], seed, pace)
        hosts = [(folder / HOSTS).read_text(encoding="utf-8") for folder in self.labs]
        (self.lab_dir / HOSTS).write_text("".join(hosts), encoding="utf-8")

    def _lab_up(self, pcs: list[str], seed: int, pace: float) -> None:
        number = len(self.labs)
        home = self.home / f"more-{number}" if number else self.home
        if not number:
            self.seed, self.http_port, self.https_port = seed, free_port(), free_port()
        words = ["lab", "up", "--detach", "--seed", str(seed + number), "--pace", str(pace)]
        words += ["--http-port", str(self.http_port), "--https-port", str(self.https_port)]
        # the last word about a port counts
        ran = self.end(self.begin(*words, *pcs, ENROLLMEND_HOME=str(home)))
        assert ran.code == 0, ran.err
        described = json.loads((home / "lab" / DESCRIPTION).read_text(encoding="utf-8"))
        self.labs[home / "lab"] = frozenset(described["addresses"])

    @property
    def pcs(self) -> list[str]:
        """Every PC, in the order of its number."""
        return sorted((name for names in self.labs.values() for name in names), key=_number)

    def start_worker(self, *words: str, **variables: str) -> Worker:
        log = self.home / f"worker-{len(self.workers)}.log"
        with log.open("wb") as file:
            process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "orchestrator.cli"),
                    *("-c", "lab", "worker", "start", "--verbose", *words),
                ],
                env=self.environment(**variables),
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                start_new_session=True,
            )
        worker = Worker(process, log)
        self.workers.append(worker)
        until(lambda: "worker ready" in worker.words(), what=f"{log} says that it is ready")
        return worker

    def order(self, do: str, **order: object) -> Any:
        """Give every lab that it concerns an order, and return their answers as one."""
        told = {
            folder: part
            for folder, names in self.labs.items()
            if (part := _of_theirs(order, names)) is not None
        }
        answers = [ask(folder, do, **part) for folder, part in told.items()]
        if len(answers) == 1:
            return answers[0]
        merged: dict[str, Any] = {}
        for name, value in (pair for answer in answers for pair in (answer or {}).items()):
            merged[name] = merged[name] + value if name in merged else value  # figures are added
        return merged

    def fault(self, pc: str, fault: str, **options: object) -> None:
        """Let something go wrong on a PC."""
        self.order("set", pc=pc, fault=fault, options=options)

    def dump(self, pc: str) -> dict[str, Any]:
        """The whole state of a PC but for what is ours on it."""
        dumped = self.order("dump", pc=pc)
        assert isinstance(dumped, dict)
        return dumped

    def redis(self) -> redis.Redis:
        return redis.Redis(unix_socket_path=str(self.store.socket))

    def close(self) -> None:
        for command in self.commands:  # those of tests that failed
            command.kill()
            command.communicate()
        for worker in self.workers:
            if worker.process.poll() is None:
                worker.kill()
        self.store.stop()
        for folder in [self.lab_dir, *self.labs]:
            if running_pid(folder) is not None:
                ask(folder, "down")
                until(partial(_is_down, folder), what="the lab is down")
        shutil.rmtree(self.home, ignore_errors=True)


def _of_theirs(order: dict[str, Any], names: frozenset[str]) -> dict[str, Any] | None:
    """Return what an order says to a lab with those PCs; None: nothing."""
    if "pcs" in order:
        theirs = [name for name in order["pcs"] if name in names]
        return {**order, "pcs": theirs} if theirs else None
    pc = order.get("pc")
    return order if pc is None or pc in names else None


def _is_down(folder: Path) -> bool:
    return running_pid(folder) is None


def _number(name: str) -> tuple[int, str]:
    digits = name.rpartition("-")[2]
    return (int(digits) if digits.isdigit() else 0, name)


@contextmanager
def stack() -> Iterator[Stack]:
    """Have an empty state folder; whatever was started in it is stopped."""
    made = Stack(Path(tempfile.mkdtemp(prefix="em-")))
    try:
        yield made
    finally:
        made.close()
