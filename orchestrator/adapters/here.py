"""Work in this very process, without a broker: what `--here` rings.

- Each run that is rung for is carried on a thread of its own until it is final, or rests for a PC
  or a person; short waits are waited out here.
- What is left resting is due in the ledger: a worker, or another `--here`, goes on with it.
- A device that somebody else holds is waited for. When they died, their lease runs out, and what
  they left is given back and carried on.
"""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from orchestrator.domain.run import FINAL, RunState
from orchestrator.errors import EnrollmendError

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.domain.run import Run
    from orchestrator.usecases.ports import Clock, Runs

_log = logging.getLogger(__name__)
_LONG = frozenset({RunState.AWAY, RunState.HELD})


class HereBell:
    """The port `Bell`: does the work itself."""

    def __init__(
        self,
        runs: Runs,
        clock: Clock,
        work: Callable[[str], None],
        *,
        reap: Callable[[], object],
        held: Callable[[Run], object],
        patience: float = 7200,
        every: float = 2,
    ) -> None:
        """Carry what is rung for.

        Args:
            runs: says how far a run has come.
            clock: what due times are compared with.
            work: does one attempt; nothing when the device is not to be had.
            reap: gives back what those held whose leases have ended.
            held: told once a run, when somebody else holds the device.
            patience: the longest wait, in seconds, that is waited out here.
            every: seconds between two tries to get a device that somebody else holds.
        """
        self._runs = runs
        self._clock = clock
        self._work = work
        self._reap = reap
        self._held = held
        self._every = every
        self._patience = patience
        self._closing = threading.Event()

    def ring(self, run_id: str, *, urgent: bool) -> None:
        """Start carrying a run; see the port."""
        del urgent
        threading.Thread(
            target=self._carry, args=(run_id,), name=f"here-{run_id}", daemon=True
        ).start()

    def close(self) -> None:
        """Begin nothing more."""
        self._closing.set()

    def _carry(self, run_id: str) -> None:
        told = False
        try:
            while not self._closing.is_set():
                self._reap()
                self._work(run_id)
                run = self._runs.load(run_id)
                if run.state in FINAL | _LONG:
                    return
                wait = self._every
                if run.due is not None:
                    wait = max((run.due - self._clock.now()).total_seconds(), 0)
                elif not told:
                    self._held(run)
                    told = True
                if wait > self._patience or self._closing.wait(wait):
                    return
        except EnrollmendError as error:
            _log.error("run %s cannot go on here: %s", run_id, error)
