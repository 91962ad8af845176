"""What waits, who works, and how to hurry or empty it by hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from orchestrator.domain.campaign import HANDED_OUT, CampaignStatus
from orchestrator.domain.campaign_rules import opens_for
from orchestrator.domain.run import FINAL, RESTING
from orchestrator.errors import NotFound, NotNow

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from orchestrator.domain.run import Run
    from orchestrator.usecases.ports import Ports


_LATELY: Final = timedelta(minutes=1)


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
    now = ports.clock.now()
    waiting = ports.workers.waiting(now)
    urgent_due, urgent_resting = waiting.get("", (0, 0))
    campaigns = {name: counts for name, counts in waiting.items() if name}
    return QueueStats(
        urgent_due=urgent_due,
        urgent_resting=urgent_resting,
        due={name: due for name, (due, _) in campaigns.items()},
        resting={name: later for name, (_, later) in campaigns.items()},
        working=ports.caps.busy("all", now),
        holders={beat.name: beat.working for beat in ports.workers.seen(now - _LATELY)},
        limits=ports.caps.limits(),
    )


def requeue(run_id: str, ports: Ports) -> Run:
    """Make a resting run due now and wake a worker for it.

    Raises:
        NotFound: there is no such run.
        NotNow: it is at its end, is worked on, or its campaign has not released it yet.
    """
    run = ports.runs.load(run_id)
    if run.state not in RESTING:
        what = "at its end" if run.state in FINAL else "worked on"
        msg = f"{run_id} is {what}"
        raise NotNow(msg, hint="a new run begins with enrollmend fix, or campaign rerun")
    if run.due is None:
        msg = f"{run_id} waits for its wave"
        raise NotNow(msg, hint=f"enrollmend campaign show {run.campaign}")
    ports.agenda.hasten([run_id], ports.clock.now())
    ports.bell.ring(run_id, urgent=not run.campaign)
    return ports.runs.load(run_id)


def holds_back(run: Run, ports: Ports) -> str:
    """Return what keeps a due run from being worked on, as ``c-1 is paused``; empty for nothing."""
    if not run.campaign:
        return ""
    campaign = ports.campaigns.load(run.campaign)
    if campaign.status not in HANDED_OUT:
        return f"{campaign.id} is {campaign.status.value}"
    if campaign.status is CampaignStatus.RUNNING:
        opens = opens_for(campaign.policy, run.site, ports.clock.now())
        if opens is not None:
            return f"its window opens at {opens:%Y-%m-%d %H:%MZ}"
    return ""


def workers(ports: Ports) -> Sequence[Worker]:
    """Return the workers that reported within the last minute, by name."""
    return [
        Worker(name=beat.name, seen=beat.seen, working=beat.working, draining=beat.draining)
        for beat in ports.workers.seen(ports.clock.now() - _LATELY)
    ]


def drain(worker: str, ports: Ports) -> None:
    """Ask a worker to take nothing more, to finish what it works on, and to end.

    Raises:
        NotFound: no such worker reported lately.
    """
    known = [beat.name for beat in ports.workers.seen(ports.clock.now() - _LATELY)]
    if worker not in known:
        msg = f"no worker {worker!r} reported lately"
        raise NotFound(msg, hint=f"there is {', '.join(known) or 'none'}")
    ports.workers.drain(worker)
