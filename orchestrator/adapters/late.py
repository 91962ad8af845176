"""Sessions and a bell that are made when they are first used.

PSRP, its logins and the text of the PowerShell module take longer to load than most commands run,
and Celery does too; commands that open no session and ring for no worker do without.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Generic, TypeVar

from orchestrator.usecases.ports import Bell, Sessions

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from orchestrator.domain.device import DeviceName
    from orchestrator.usecases.ports import Session

T = TypeVar("T")


class _Late(Generic[T]):
    """Something that is made once, by whichever thread comes first."""

    def __init__(self, make: Callable[[], T]) -> None:
        """Make nothing yet.

        Args:
            make: called once; again after it failed.
        """
        self._make = make
        self._lock = threading.Lock()
        self._made: T | None = None

    def _get(self) -> T:
        with self._lock:
            if self._made is None:
                self._made = self._make()
            return self._made


class LateSessions(_Late[Sessions]):
    """Opens sessions through others; see `usecases.ports.Sessions`."""

    def open(self, device: DeviceName, *, seconds: float) -> AbstractContextManager[Session]:
        """Log in to a device and open a runspace; see `usecases.ports.Sessions.open`."""
        return self._get().open(device, seconds=seconds)


class LateBell(_Late[Bell]):
    """Rings through another; see `usecases.ports.Bell`."""

    def ring(self, run_id: str, *, urgent: bool) -> None:
        """Wake a worker for a run; see `usecases.ports.Bell.ring`."""
        self._get().ring(run_id, urgent=urgent)
