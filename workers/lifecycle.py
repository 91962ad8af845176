"""What a worker does beside its runs: ring for what is due, find runs whose worker is gone.

- It controls campaigns, forgets what ended long ago, and reports that the worker is there, so
  that it can be asked to end.
- Every worker is willing; a soft lease in the ledger says who does it. Two at once are harmless.
- Trouble is said once, when it begins and when it is over; the duties go on.
"""

from __future__ import annotations

import logging
from threading import Event, Thread
from typing import TYPE_CHECKING, Final

from orchestrator.errors import QueueError, StoreError, StoreUnavailable
from orchestrator.usecases.campaign_tick import tick
from orchestrator.usecases.dispatch import dispatch
from orchestrator.usecases.reap import reap
from orchestrator.usecases.retention import forget_old

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import timedelta

    from orchestrator.adapters.queue import CeleryBell
    from orchestrator.usecases.ports import Ports

_log = logging.getLogger(__name__)

_EVERY: Final = 1.0
_SWEEP: Final = 60.0
"""Seconds between two looks for what may be forgotten."""

_LEADING: Final = 5.0
"""Seconds until another worker takes the duties over from one that is silent."""


class Duties:
    """The reaper, the controller of campaigns and the dispatcher, on a thread of their own."""

    def __init__(
        self,
        ports: Ports,
        holder: str,
        *,
        bell: CeleryBell,
        window: int,
        revive: Callable[[], object],
        drain: Callable[[], object] | None = None,
        keep: timedelta | None = None,
    ) -> None:
        """Say on whose behalf; nothing starts yet.

        Args:
            ports: the world.
            holder: this worker's name.
            bell: tells how many messages wait.
            window: most messages that may wait in a queue.
            revive: starts the embedded server again when it was killed.
            drain: called once when somebody asked this worker to take nothing more and to end.
            keep: how long what has ended is kept; None for ever.
        """
        self._ports = ports
        self._holder = holder
        self._bell = bell
        self._window = window
        self._revive = revive
        self._drain = drain
        self._keep = keep
        self._sweep = ports.clock.monotonic()
        self._stopped = Event()
        self._trouble = ""
        self._thread = Thread(target=self._loop, name="duties", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End, after what is being done now."""
        self._stopped.set()

    def leave(self) -> None:
        """Say that this worker has ended, where that can still be said."""
        try:
            self._ports.workers.gone(self._holder)
        except StoreError as error:
            self._say(error)

    def tick(self) -> None:
        """Report, and do the duties once, if they are ours."""
        try:
            asked = self._ports.workers.beat(self._holder, self._ports.clock.now())
            if asked and self._drain is not None:
                _log.warning("asked to end: what is worked on is finished, nothing more is taken")
                self._drain()
                self._drain = None
            if self._ports.agenda.lead("dispatch", self._holder, seconds=_LEADING):
                reap(self._ports)
                tick(self._ports)
                self.ring()
                self._forget()
        except StoreUnavailable as error:
            self._say(error)
            self._try_to_revive()
        except (StoreError, QueueError) as error:
            self._say(error)
        else:
            if self._trouble:
                _log.warning("goes on again after: %s", self._trouble)
            self._trouble = ""

    def ring(self) -> int:
        """Ring for what is due, as far as the queues have room; return how often."""
        return dispatch(
            self._ports,
            urgent_credit=self._window - self._bell.backlog(urgent=True),
            bulk_credit=self._window - self._bell.backlog(urgent=False),
        )

    def _forget(self) -> None:
        """Forget some of what ended long ago; again at once while there is more."""
        now = self._ports.clock.monotonic()
        if self._keep is not None and now >= self._sweep:
            more = forget_old(self._ports, self._keep)
            self._sweep = now if more else now + _SWEEP

    def _loop(self) -> None:
        while not self._stopped.is_set():
            try:
                self.tick()
            except Exception as error:  # noqa: BLE001 - of ours: the duties must go on
                self._say(error, _log.exception)
            self._stopped.wait(_EVERY)

    def _say(self, error: Exception, log: Callable[..., None] = _log.warning) -> None:
        text = str(error) or type(error).__name__
        if text != self._trouble:
            self._trouble = text
            log("%s", text)

    def _try_to_revive(self) -> None:
        try:
            self._revive()
        except StoreUnavailable as error:
            self._say(error)
