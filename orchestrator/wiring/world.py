"""Ledger, queue, clock and the ways to devices, put together as ports."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from orchestrator.adapters.embedded import redis_url
from orchestrator.adapters.late import LateBell
from orchestrator.adapters.ledger import (
    RedisAccounts,
    RedisAgenda,
    RedisCampaigns,
    RedisCaps,
    RedisControl,
    RedisFeed,
    RedisLeases,
    RedisRuns,
    RedisSightings,
    RedisSiteLoads,
    RedisWorkers,
    Store,
)
from orchestrator.adapters.system import SystemClock, SystemIds
from orchestrator.own_steps import OwnSteps, load_own_steps
from orchestrator.usecases.ports import Ports
from orchestrator.wiring.devices import ways
from orchestrator.wiring.here import here_too

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.settings import Settings
    from orchestrator.usecases.ports import Bell

PREFIX: Final = "em:"


def connect(settings: Settings, *, here: bool = False) -> Ports:
    """Build the ports from the settings.

    Args:
        settings: everything that can be set.
        here: this process does the work itself; nothing is queued for workers.

    Raises:
        StoreUnavailable: Redis is down, too old or refuses us.
        SettingsInvalid: the connection to devices cannot be used as set.
    """
    url = redis_url(settings.redis_url, settings.store_dir)
    store = Store.connect(url, prefix=PREFIX)
    clock, accounts = SystemClock(), RedisAccounts(store)
    own = load_own_steps(Path(settings.own_steps_dir)) if settings.own_steps_dir else OwnSteps()
    sessions, presence = ways(settings, own, accounts, clock)
    device_seconds = settings.timings.effective().device_seconds

    def bell() -> Bell:
        from orchestrator.adapters.queue import CeleryBell, make_app  # noqa: PLC0415 - most do without

        return CeleryBell(make_app(url, device_seconds=device_seconds))

    ports = Ports(
        clock=clock,
        ids=SystemIds(),
        runs=RedisRuns(store),
        leases=RedisLeases(
            store,
            length=timedelta(seconds=settings.workers.lease_seconds),
            keep=settings.retention,
        ),
        agenda=RedisAgenda(store),
        feed=RedisFeed(store),
        bell=LateBell(bell),
        sessions=sessions,
        campaigns=RedisCampaigns(store),
        control=RedisControl(store),
        caps=RedisCaps(store),
        workers=RedisWorkers(store),
        presence=presence,
        own_steps=own.steps,
        own_digest=own.digest,
        sightings=RedisSightings(store),
        loads=RedisSiteLoads(store),
        accounts=accounts,
    )
    return here_too(ports, settings) if here else ports


def workers_alive(settings: Settings) -> Sequence[str]:
    """Return the names of the workers that answer now.

    Raises:
        QueueError: the broker does not answer.
        StoreUnavailable: the embedded server does not start.
    """
    from orchestrator.adapters import queue  # noqa: PLC0415 - most do without Celery

    app = queue.make_app(redis_url(settings.redis_url, settings.store_dir))
    return queue.workers_alive(app, seconds=settings.workers.alive_seconds)
