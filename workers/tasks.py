"""The one task: an id comes in, one use case is called, nothing goes out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.adapters.queue import TASK
from orchestrator.usecases.advance import advance

if TYPE_CHECKING:
    from celery import Celery

    from orchestrator.domain.retry import Timings
    from orchestrator.usecases.ports import Ports


def register(app: Celery, ports: Ports, *, holder: str, timings: Timings) -> None:
    """Make the application's workers work on runs with these ports.

    Args:
        app: whose workers.
        ports: the world.
        holder: who works; shown to operators.
        timings: the waiting times.
    """

    @app.task(name=TASK, shared=False)  # type: ignore[untyped-decorator] # Celery publishes no types
    def remediate(run_id: str) -> None:
        advance(run_id, ports, holder=holder, timings=timings)
