"""What one worker does for all beside ringing: look for absent PCs, spare strained sites.

- It has a thread of its own, for a look at thousands of PCs takes seconds.
- No slot is used; a PC that is seen is rung for at once.
"""

from __future__ import annotations

import logging
from threading import Event, Thread
from typing import TYPE_CHECKING, Final

from orchestrator.errors import EnrollmendError
from orchestrator.usecases.adapt import adapt_sites

if TYPE_CHECKING:
    from orchestrator.usecases.ports import Ports
    from orchestrator.usecases.presence import Watch

_log = logging.getLogger(__name__)

_EVERY: Final = 0.5
_ELSEWHERE: Final = 5.0
"""Seconds between two questions whether another worker still does it."""

_LEADING: Final = 60.0
"""Seconds until another worker takes over; longer than a slice of a round takes."""

_ADAPT_EVERY: Final = 10.0


class Lookout:
    """The sweep for absent PCs and the limits of sites."""

    def __init__(self, ports: Ports, holder: str, watch: Watch | None) -> None:
        """Say on whose behalf; nothing starts yet.

        Args:
            ports: the world.
            holder: this worker's name.
            watch: the rounds; None: nobody is looked for.
        """
        self._ports = ports
        self._holder = holder
        self._watch = watch
        self._adapted = ports.clock.monotonic()
        self._trouble = ""
        self._leads = False
        self._stopped = Event()
        self._thread = Thread(target=self._loop, name="lookout", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End, after what is being done now."""
        self._stopped.set()

    def tick(self) -> None:
        """Go on with the round, and look at the sites when it is time, if it is ours to do."""
        try:
            self._leads = self._ports.agenda.lead("lookout", self._holder, seconds=_LEADING)
            if not self._leads:
                return
            if self._watch is not None:
                self._watch.step()
            if self._ports.clock.monotonic() - self._adapted >= _ADAPT_EVERY:
                self._adapted = self._ports.clock.monotonic()
                for line in adapt_sites(self._ports):
                    _log.warning("%s", line)
        except EnrollmendError as error:
            if str(error) != self._trouble:
                _log.warning("no look for absent PCs: %s", error)
            self._trouble = str(error)
        else:
            self._trouble = ""

    def _loop(self) -> None:
        while not self._stopped.is_set():
            self.tick()
            self._stopped.wait(_EVERY if self._leads else _ELSEWHERE)
