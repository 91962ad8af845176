"""Ends what is overdue: one thread cuts the connections of sessions whose time is over.

Every read and write has a timeout of its own; this is for what they cannot bound, such as a
device that answers one byte a minute.
"""

from __future__ import annotations

import heapq
import threading
import time
from contextlib import contextmanager
from itertools import count
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


class Cuttable(Protocol):
    """Something with connections."""

    def cut(self) -> None:
        """Shut its connections down from another thread, so that who waits on them wakes."""
        ...


class Watchdog:
    """Cuts what is still being watched when its time comes."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        """Start no thread yet; the first watch does.

        Args:
            monotonic: seconds that never jump.
        """
        self._monotonic = monotonic
        self._changed = threading.Condition()
        self._numbers = count()
        self._heap: list[tuple[float, int]] = []
        self._watched: dict[int, Cuttable] = {}
        self._thread: threading.Thread | None = None

    @contextmanager
    def watch(self, line: Cuttable, at: float) -> Iterator[None]:
        """Cut the line if the block is not left before the time.

        Args:
            line: what to cut.
            at: monotonic seconds.
        """
        with self._changed:
            number = next(self._numbers)
            self._watched[number] = line
            heapq.heappush(self._heap, (at, number))
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="watchdog", daemon=True)
                self._thread.start()
            elif self._heap[0][1] == number:
                self._changed.notify()
        try:
            yield
        finally:
            with self._changed:
                self._watched.pop(number, None)

    def _run(self) -> None:
        while True:
            for line in self._overdue():
                line.cut()

    def _overdue(self) -> list[Cuttable]:
        """Wait for the next time and return who is over it; drops entries that were left."""
        with self._changed:
            while self._heap and self._heap[0][1] not in self._watched:
                heapq.heappop(self._heap)
            wait = self._heap[0][0] - self._monotonic() if self._heap else None
            if wait is None or wait > 0:
                self._changed.wait(wait)
                return []
            return [self._watched.pop(heapq.heappop(self._heap)[1])]
