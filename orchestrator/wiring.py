"""The one place that chooses adapters."""

from __future__ import annotations

import os
import socket
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from orchestrator.adapters.connection import AuthKind, ConnectionProfile
from orchestrator.adapters.credentials import AccountBrake, Credentials
from orchestrator.adapters.embedded import redis_url
from orchestrator.adapters.here import HereBell
from orchestrator.adapters.keeping import KeptLeases
from orchestrator.adapters.late import LateBell, LateSessions
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
from orchestrator.adapters.presence import TcpPresence
from orchestrator.adapters.presence_sweep import PresenceSweep
from orchestrator.adapters.psrp_definitions import Definitions
from orchestrator.adapters.resolver import DnsResolver, HostsResolver
from orchestrator.adapters.system import SystemClock, SystemIds
from orchestrator.module import functions
from orchestrator.own_steps import OwnSteps, load_own_steps
from orchestrator.usecases.ports import Ports
from orchestrator.usecases.presence import Watch

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from orchestrator.domain.run import Run
    from orchestrator.settings import Settings
    from orchestrator.usecases.ports import Bell, Sessions

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
    clock, runs, feed = SystemClock(), RedisRuns(store), RedisFeed(store)
    accounts = RedisAccounts(store)
    profile, names = _profile(settings), resolver(settings)
    timings = settings.timings.effective()
    own = load_own_steps(Path(settings.own_steps_dir)) if settings.own_steps_dir else OwnSteps()
    definitions = None
    if own.steps:
        definitions = Definitions({**functions(), **own.functions}, called=own.called)

    def sessions() -> Sessions:
        from orchestrator.adapters.psrp import PsrpSessions  # noqa: PLC0415 - most do without it

        return PsrpSessions(
            profile,
            Credentials(settings.connection.account_environment(os.environ)),
            names,
            transport=settings.connection.transport,
            operation_timeout=int(settings.connection.operation_timeout),
            connect_timeout=settings.connection.connect_timeout,
            max_answer_bytes=settings.connection.max_answer_bytes,
            brake=AccountBrake(settings.limits.breaker, accounts, now=clock.now),
            definitions=definitions,
        )

    def bell() -> Bell:
        from orchestrator.adapters.queue import CeleryBell, make_app  # noqa: PLC0415 - the same

        return CeleryBell(make_app(url, device_seconds=timings.device_seconds))

    ports = Ports(
        clock=clock,
        ids=SystemIds(),
        runs=runs,
        leases=RedisLeases(
            store,
            length=timedelta(seconds=settings.workers.lease_seconds),
            keep=settings.retention,
        ),
        agenda=RedisAgenda(store),
        feed=feed,
        bell=LateBell(bell),
        sessions=LateSessions(sessions),
        campaigns=RedisCampaigns(store),
        control=RedisControl(store),
        caps=RedisCaps(store),
        workers=RedisWorkers(store),
        presence=TcpPresence(profile, names, seconds=settings.connection.connect_timeout),
        own_steps=own.steps,
        own_digest=own.digest,
        sightings=RedisSightings(store),
        loads=RedisSiteLoads(store),
        accounts=accounts,
    )
    if not here:
        return ports
    from orchestrator.usecases.advance import advance  # noqa: PLC0415 - the same
    from orchestrator.usecases.reap import reap  # noqa: PLC0415 - the same
    from orchestrator.usecases.retention import forget_old  # noqa: PLC0415 - the same
    from orchestrator.usecases.submit import note  # noqa: PLC0415 - the same

    kept = KeptLeases(ports.leases, clock, every=settings.workers.lease_seconds / 4)
    kept.start()
    local = replace(ports, leases=kept)
    holder = f"here-{os.getpid()}@{socket.gethostname()}"

    def work(run_id: str) -> None:
        advance(run_id, local, holder=holder, timings=timings)
        if settings.retention is not None:
            forget_old(local, settings.retention)  # there may never be a worker that does

    def held(run: Run) -> None:
        note(run, "somebody else holds it; it goes on here when they have left it", local)

    return replace(local, bell=HereBell(runs, clock, work, reap=lambda: reap(local), held=held))


def watch(settings: Settings, ports: Ports, *, ring: Callable[[], object]) -> Watch | None:
    """Return what looks for devices that are away; None when the settings say not to.

    Args:
        settings: everything that can be set.
        ports: the world.
        ring: called when a device was seen.

    Raises:
        SettingsInvalid: the connection to devices cannot be used as set.
    """
    chosen = settings.presence
    if ports.sightings is None or not chosen.enabled:
        return None
    return Watch(
        clock=ports.clock,
        agenda=ports.agenda,
        sightings=ports.sightings,
        sweep=PresenceSweep(
            _profile(settings),
            resolver(settings),
            seconds=chosen.timeout,
            in_flight=chosen.in_flight,
            resolvers=chosen.resolvers,
        ),
        ring=ring,
        every=timedelta(seconds=chosen.every * settings.timings.pace),
    )


def workers_alive(settings: Settings) -> Sequence[str]:
    """Return the names of the workers that answer now.

    Raises:
        QueueError: the broker does not answer.
        StoreUnavailable: the embedded server does not start.
    """
    from orchestrator.adapters import queue  # noqa: PLC0415 - most do without Celery

    app = queue.make_app(redis_url(settings.redis_url, settings.store_dir))
    return queue.workers_alive(app, seconds=settings.workers.alive_seconds)


def _profile(settings: Settings) -> ConnectionProfile:
    chosen = settings.connection
    return ConnectionProfile(
        auth=AuthKind(chosen.auth),
        scheme="https" if chosen.tls else "http",
        port=chosen.port,
        configuration_name=chosen.configuration_name,
        ca_file=Path(chosen.ca_file) if chosen.ca_file else None,
        dns_suffix=chosen.dns_suffix,
        lab=chosen.allow_basic,
    )


def resolver(settings: Settings) -> DnsResolver | HostsResolver:
    """Return what finds the addresses of host names: DNS, or the hosts file that was set.

    Raises:
        SettingsInvalid: the hosts file cannot be used.
    """
    file = settings.connection.hosts_file
    return HostsResolver(Path(file)) if file else DnsResolver()
