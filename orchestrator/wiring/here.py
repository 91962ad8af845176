"""This process as its own worker: nothing is queued for others."""

from __future__ import annotations

import os
import socket
from dataclasses import replace
from typing import TYPE_CHECKING

from orchestrator.adapters.here import HereBell
from orchestrator.adapters.keeping import KeptLeases

if TYPE_CHECKING:
    from orchestrator.domain.run import Run
    from orchestrator.settings import Settings
    from orchestrator.usecases.ports import Ports


def here_too(ports: Ports, settings: Settings) -> Ports:
    """Return ports whose bell has this process do the work, with its leases kept meanwhile."""
    from orchestrator.usecases.advance import advance  # noqa: PLC0415 - most do without it
    from orchestrator.usecases.reap import reap  # noqa: PLC0415 - the same
    from orchestrator.usecases.retention import forget_old  # noqa: PLC0415 - the same
    from orchestrator.usecases.submit import note  # noqa: PLC0415 - the same

    timings = settings.timings.effective()
    kept = KeptLeases(ports.leases, ports.clock, every=settings.workers.lease_seconds / 4)
    kept.start()
    local = replace(ports, leases=kept)
    holder = f"here-{os.getpid()}@{socket.gethostname()}"

    def work(run_id: str) -> None:
        advance(run_id, local, holder=holder, timings=timings)
        if settings.retention is not None:
            forget_old(local, settings.retention)  # there may never be a worker that does

    def held(run: Run) -> None:
        note(run, "somebody else holds it; it goes on here when they have left it", local)

    bell = HereBell(local.runs, local.clock, work, reap=lambda: reap(local), held=held)
    return replace(local, bell=bell)
