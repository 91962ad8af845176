"""Leases that last as long as the work: renewed by a thread while a worker is on the device."""

from __future__ import annotations

import logging
from contextlib import suppress
from threading import Event, Lock, Thread
from typing import TYPE_CHECKING, Final

from orchestrator.domain.run import at_work
from orchestrator.errors import LeaseLost, RunChanged, StoreError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from orchestrator.domain.run import Run
    from orchestrator.usecases.ports import Clock, Entry, Lease, Leases

_log = logging.getLogger(__name__)

_EVERY: Final = 15.0
"""Seconds between renewals of a lease of a minute, which bears three that fail."""


class KeptLeases:
    """The port `Leases`: another's, with every lease renewed until it is given back."""

    def __init__(self, inner: Leases, clock: Clock, *, every: float = _EVERY) -> None:
        """Keep the leases of `inner`; call `start` to begin renewing.

        Args:
            inner: where they are held.
            clock: the time.
            every: seconds between renewals, a quarter of a lease's length.
        """
        self._inner = inner
        self._every = every
        self._clock = clock
        self._kept: dict[int, Lease] = {}
        self._lock = Lock()
        self._stopped = Event()
        self._thread = Thread(target=self._loop, name="leases", daemon=True)

    def start(self) -> None:
        """Begin renewing."""
        self._thread.start()

    def stop(self) -> None:
        """End renewing: what is still held runs out."""
        self._stopped.set()

    def claim(self, run_id: str, holder: str, now: datetime) -> tuple[Run, Lease] | None:
        """Take a run and keep its lease; see the port."""
        claimed = self._inner.claim(run_id, holder, now)
        if claimed is not None:
            with self._lock:
                self._kept[claimed[1].fence] = claimed[1]
        return claimed

    def renew(self, lease: Lease, now: datetime) -> Lease:
        """Hold the device longer; see the port."""
        return self._inner.renew(lease, now)

    def save(self, run: Run, entries: Sequence[Entry], lease: Lease | None) -> Run:
        """Keep the next version of a run; see the port."""
        try:
            saved = self._inner.save(run, entries, lease)
        except (LeaseLost, RunChanged):
            # Called off, or taken over: in the first case the device waits for us to leave it.
            if lease is not None:
                self.release(lease)
            raise
        if lease is not None and not at_work(saved):
            with self._lock:
                self._kept.pop(lease.fence, None)
        return saved

    def release(self, lease: Lease) -> None:
        """Give a lease back; see the port."""
        with self._lock:
            self._kept.pop(lease.fence, None)
        self._inner.release(lease)

    def renew_all(self) -> None:
        """Renew every lease that is kept, also of runs called off: we are still on the device."""
        with self._lock:
            kept = list(self._kept.values())
        for lease in kept:
            with suppress(LeaseLost):  # the next save says so where it matters
                self._inner.renew(lease, self._clock.now())

    def _loop(self) -> None:
        while not self._stopped.wait(self._every):
            try:
                self.renew_all()
            except StoreError as error:
                _log.warning("leases are not renewed: %s", error)
