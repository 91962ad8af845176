"""CPU, memory and time of processes and of all they started; Linux only.

- CPU is user and system time. Of a process that ended it is what the kernel hands to who waits
  for it, its waited-for children included; of one that goes on, the difference of two looks.
- Memory is the proportional set size, so that pages which forks share count once; its sum over
  all processes is looked at several times a second, and the highest counts.
"""

from __future__ import annotations

import os
import subprocess
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import psutil

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

_BETWEEN = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What a command cost.

    Attributes:
        wall: seconds.
        cpu: seconds, of the command and of the services beside it.
        services: seconds of `cpu` that the services took.
        memory: megabytes at the highest, of all together.
    """

    wall: float
    cpu: float
    services: float
    memory: float


def measured(
    words: Sequence[str],
    environment: Mapping[str, str],
    log: Path,
    *,
    services: Callable[[], Sequence[psutil.Process]] = list,
) -> Reading:
    """Run a command to its end.

    Args:
        words: the command.
        environment: its variables.
        log: takes what it says.
        services: processes that serve it and go on afterwards; their children count too.

    Raises:
        RuntimeError: it failed; holds the last it said.
    """
    beside = services()
    before = cpu_seconds(*beside)
    begin = time.perf_counter()
    with log.open("wb") as out:
        child = subprocess.Popen(
            words, env=dict(environment), stdin=subprocess.DEVNULL, stdout=out, stderr=out
        )
        with _Peak([psutil.Process(child.pid), *beside]) as peak:
            _, status, usage = os.wait4(child.pid, 0)
    wall = time.perf_counter() - begin
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        said = log.read_text(encoding="utf-8", errors="replace")[-2000:]
        message = f"{words[0]} ended with {child.returncode}: {said}"
        raise RuntimeError(message)
    served = cpu_seconds(*beside) - before
    return Reading(
        wall=wall,
        cpu=usage.ru_utime + usage.ru_stime + served,
        services=served,
        memory=peak.megabytes,
    )


def cpu_seconds(*roots: psutil.Process) -> float:
    """Return what processes, their living children and those they waited for took so far."""
    total = 0.0
    for each in _tree(roots):
        try:
            times = each.cpu_times()
        except psutil.NoSuchProcess:
            continue
        total += times.user + times.system + times.children_user + times.children_system
    return total


def settled(root: psutil.Process, *, below: float = 0.02, seconds: float = 60) -> float:
    """Wait until a service has nothing more to do, and return its CPU seconds.

    Args:
        root: the process; its children count too.
        below: seconds of CPU within half a second that are nothing.
        seconds: how long to wait at most.
    """
    idle, over = threading.Event(), time.monotonic() + seconds
    used = cpu_seconds(root)
    while time.monotonic() < over:
        idle.wait(0.5)
        now = cpu_seconds(root)
        if now - used < below:
            return now
        used = now
    return used


def _tree(roots: Sequence[psutil.Process]) -> list[psutil.Process]:
    found = {}
    for root in roots:
        try:
            found.update({each.pid: each for each in (root, *root.children(recursive=True))})
        except psutil.NoSuchProcess:
            continue
    return list(found.values())


class _Peak:
    """Looks at the memory of processes until left."""

    def __init__(self, roots: Sequence[psutil.Process]) -> None:
        self.megabytes = 0.0
        self._roots = roots
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._look, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _look(self) -> None:
        pause = 0.0
        while not self._over.wait(pause):
            begin = time.perf_counter()
            self.megabytes = max(self.megabytes, sum(map(_shared_out, _tree(self._roots))) / 1e6)
            # looking at many processes takes long, and must not take a core from them
            pause = max(_BETWEEN, 4 * (time.perf_counter() - begin))


def _shared_out(process: psutil.Process) -> int:
    try:
        return int(process.memory_full_info().pss)
    except psutil.Error:
        return 0
