"""Sessions and a bell that are made when they are first used.

PSRP, its logins and the text of the PowerShell module take longer to load than most commands run,
and Celery does too; commands that open no session and ring for no worker do without.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from orchestrator.domain.device import DeviceName
    from orchestrator.usecases.ports import Bell, Session, Sessions


class LateSessions:
    """Opens sessions through others; see `usecases.ports.Sessions`."""

    def __init__(self, make: Callable[[], Sessions]) -> None:
        """Make nothing yet.

        Args:
            make: called once, by whichever thread comes first.
        """
        self._make = make
        self._lock = threading.Lock()
        self._made: Sessions | None = None

    def open(self, device: DeviceName, *, seconds: float) -> AbstractContextManager[Session]:
        """Log in to a device and open a runspace; see `usecases.ports.Sessions.open`."""
        with self._lock:
            if self._made is None:
                self._made = self._make()
            made = self._made
        return made.open(device, seconds=seconds)


class LateBell:
    """Rings through another; see `usecases.ports.Bell`."""

    def __init__(self, make: Callable[[], Bell]) -> None:
        """Make nothing yet.

        Args:
            make: called once, by whichever thread comes first.
        """
        self._make = make
        self._lock = threading.Lock()
        self._made: Bell | None = None

    def ring(self, run_id: str, *, urgent: bool) -> None:
        """Wake a worker for a run; see `usecases.ports.Bell.ring`."""
        with self._lock:
            if self._made is None:
                self._made = self._make()
            made = self._made
        made.ring(run_id, urgent=urgent)
