"""Starting a worker: one process a kind of queue, so that campaigns cannot fill every slot.

- With both queues asked for, a second process with slots of its own serves `interactive` alone;
  the first serves both. The second ends with the first, however that ends.
"""

from __future__ import annotations

import logging
import os
import select
import signal
import subprocess
import sys
from contextlib import contextmanager
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING

from orchestrator.adapters.queue import INTERACTIVE, QUEUES
from workers.app import serve
from workers.greenlets import begin_again, second_process

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from orchestrator.settings import Settings


def start_worker(
    settings: Settings,
    *,
    queues: Sequence[str] = (),
    slots: int | None = None,
    on_ready: Callable[[], None] | None = None,
) -> int:
    """Work until told to stop.

    Args:
        settings: everything that can be set.
        queues: which queues to serve; none: those of the settings.
        slots: devices worked on at a time; None: as the settings say.
        on_ready: called once the worker takes work.

    Returns:
        The exit code.

    Raises:
        SettingsInvalid: the pool needs a library that is not installed.
        StoreUnavailable: the ledger cannot be reached.
    """
    begin_again(settings)
    served = tuple(queues) or settings.workers.queues
    if set(served) == {INTERACTIVE}:
        return serve(
            settings, served, slots or settings.workers.interactive_slots, on_ready=on_ready
        )
    many = slots or settings.workers.slots
    if set(served) != set(QUEUES):
        return serve(settings, served, many, on_ready=on_ready)
    with _second_process(settings):
        return serve(settings, served, many, on_ready=on_ready)


@contextmanager
def _second_process(settings: Settings) -> Iterator[None]:
    """Run the interactive process beside this one, and start it again when it dies."""
    level = logging.getLogger().getEffectiveLevel()
    command = [*second_process(settings.workers.interactive_slots), str(level)]
    environment = {**os.environ, "ENROLLMEND_CONTEXT": settings.context}
    stopped, lock = Event(), Lock()
    children: list[subprocess.Popen[bytes]] = []

    def attend() -> None:
        while True:
            with lock:
                if stopped.is_set():
                    return
                # It reads from us, and ends when there is nobody left to read from.
                child = subprocess.Popen(command, stdin=subprocess.PIPE, env=environment)
                children[:] = [child]
            child.wait()
            if child.stdin is not None:
                child.stdin.close()
            stopped.wait(1.0)

    attendant = Thread(target=attend, name="second process", daemon=True)
    attendant.start()
    try:
        yield
    finally:
        with lock:
            stopped.set()
        for child in children:
            child.terminate()
        attendant.join()


def end_with_parent() -> None:
    """Ask this process to stop once whoever started it is gone."""

    def watch() -> None:
        parent = sys.stdin.fileno()
        while select.select([parent], [], [])[0] and os.read(parent, 1024):
            pass  # selected first: a plain read would stop every greenlet
        os.kill(os.getpid(), signal.SIGTERM)

    Thread(target=watch, name="parent", daemon=True).start()
