"""The product as an operator has it: a worker with both its processes, an embedded Valkey."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import psutil
from meter import settled

from orchestrator.adapters.embedded import EmbeddedValkey

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

INTERACTIVE = 8
"""Slots of the second process."""


@dataclass(frozen=True, slots=True)
class Worker:
    """A running worker.

    Attributes:
        root: its process.
        server: the embedded Valkey.
        environment: what a command needs to reach it.
    """

    root: psutil.Process
    server: EmbeddedValkey
    environment: dict[str, str] = field(repr=False)

    def processes(self) -> list[psutil.Process]:
        """Return the worker, whose second process is its child, and Valkey."""
        return [self.root, psutil.Process(self.server.pid())]

    def fix(self, hosts: str) -> list[str]:
        """Return the command that repairs PCs."""
        return [*_PROGRAM, "fix", "--yes", "--output", "json", hosts]


_CONTEXT = ("--context", "lab")
_PROGRAM = (sys.executable, "-m", "orchestrator.cli", *_CONTEXT)


@contextmanager
def running_worker(
    home: Path, width: int, *, alone: bool = False, pool: str = "threads"
) -> Iterator[Worker]:
    """Run a worker against the lab below a folder, and stop it with its Valkey.

    Args:
        home: what `ENROLLMEND_HOME` is set to.
        width: slots of both its processes together.
        alone: without the second process.
        pool: `threads` or `gevent`.

    Raises:
        RuntimeError: it did not start.
    """
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith("ENROLLMEND_")},
        "ENROLLMEND_HOME": str(home),
        "ENROLLMEND_WORKERS_INTERACTIVE_SLOTS": str(INTERACTIVE),
        "ENROLLMEND_WORKERS_POOL": pool,
    }
    server = EmbeddedValkey(home / "contexts" / "lab")
    words = [*_PROGRAM, "worker", "start", "--slots", str(width if alone else width - INTERACTIVE)]
    if alone:
        words += ["--queue", "interactive"]
    child = subprocess.Popen(
        words, env=environment, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    try:
        said = child.stderr.readline() if child.stderr else ""
        if "ready" not in said:
            message = f"the worker did not start: {said}"
            raise RuntimeError(message)
        worker = Worker(psutil.Process(child.pid), server, environment)
        settled(worker.root)
        yield worker
    finally:
        child.send_signal(signal.SIGTERM)
        child.communicate(timeout=30)
        server.stop()
