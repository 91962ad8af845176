"""Call a run off."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.domain.events import Cancelled
from orchestrator.domain.retry import Timings
from orchestrator.domain.run import FINAL
from orchestrator.domain.step import apply
from orchestrator.errors import RunChanged
from orchestrator.usecases.ports import Entry

if TYPE_CHECKING:
    from orchestrator.domain.run import Run
    from orchestrator.usecases.ports import Ports

_TRIES = 5


def cancel(run_id: str, ports: Ports) -> Run:
    """Call a run off; what runs on the device at this moment still ends there.

    Returns:
        The run as it is now: cancelled, or as it had ended before.

    Raises:
        NotFound: there is none of that id.
        RunChanged: it changed faster than it could be called off.
    """
    for left in reversed(range(_TRIES)):
        run = ports.runs.load(run_id)
        if run.state in FINAL:
            return run
        at = ports.clock.now()
        entry = Entry(
            run_id=run.id,
            device=run.device.key,
            campaign=run.campaign,
            at=at,
            kind="state",
            state="cancelled",
            text="called off",
        )
        try:
            return ports.leases.save(apply(run, Cancelled(at=at), Timings()), [entry], None)
        except RunChanged:
            if not left:
                raise
    raise AssertionError
