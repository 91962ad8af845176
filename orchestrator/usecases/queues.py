"""What waits, who works, and how to hurry or empty it by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from orchestrator.domain.run import Run
    from orchestrator.usecases.ports import Ports


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueStats:
    """What waits and what is worked on.

    Attributes:
        urgent_due: on-demand runs that could be worked on now.
        urgent_resting: on-demand runs whose time has not come.
        due: runs that could be worked on now, by campaign.
        resting: runs whose time has not come, by campaign.
        working: devices that are worked on.
        holders: the same by worker.
        limits: every cap that is set, by scope.
    """

    urgent_due: int
    urgent_resting: int
    due: Mapping[str, int]
    resting: Mapping[str, int]
    working: int
    holders: Mapping[str, int]
    limits: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Worker:
    """A worker process that reported lately.

    Attributes:
        name: as it holds leases.
        seen: when it reported last.
        working: devices it works on.
        draining: it was asked to take nothing more and to end.
    """

    name: str
    seen: datetime
    working: int
    draining: bool


def queue_stats(ports: Ports) -> QueueStats:
    """Return what waits and what is worked on."""
    raise NotImplementedError


def requeue(run_id: str, ports: Ports) -> Run:
    """Make a resting run due now and wake a worker for it.

    Raises:
        NotFound: there is no such run.
        NotNow: it is at its end, is worked on, or its campaign has not released it yet.
    """
    raise NotImplementedError


def workers(ports: Ports) -> Sequence[Worker]:
    """Return the workers that reported within the last minute, by name."""
    raise NotImplementedError


def drain(worker: str, ports: Ports) -> None:
    """Ask a worker to take nothing more, to finish what it works on, and to end.

    Raises:
        NotFound: no such worker reported lately.
    """
    raise NotImplementedError
