"""The ways to devices: names, sessions, and whether they are there."""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.adapters.connection import AuthKind, ConnectionProfile
from orchestrator.adapters.credentials import AccountBrake, Credentials
from orchestrator.adapters.late import LateSessions
from orchestrator.adapters.presence import TcpPresence
from orchestrator.adapters.presence_sweep import PresenceSweep
from orchestrator.adapters.psrp_definitions import Definitions
from orchestrator.adapters.resolver import DnsResolver, HostsResolver
from orchestrator.module import functions
from orchestrator.usecases.presence import Watch

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.own_steps import OwnSteps
    from orchestrator.settings import Settings
    from orchestrator.usecases.ports import Clock, Ports, Presence, Sessions
    from orchestrator.usecases.presence_ports import Accounts


def ways(
    settings: Settings, own: OwnSteps, accounts: Accounts, clock: Clock
) -> tuple[Sessions, Presence]:
    """Return what opens sessions on devices, and what tells whether one is there.

    Args:
        settings: everything that can be set.
        own: the steps of the site's own, which are sent with the module.
        accounts: whose refusals are counted, and told to all.
        clock: the time of a refusal.

    Raises:
        SettingsInvalid: the connection to devices cannot be used as set.
    """
    chosen, profile, names = settings.connection, _profile(settings), resolver(settings)
    definitions = None
    if own.steps:
        definitions = Definitions({**functions(), **own.functions}, called=own.called)

    def sessions() -> Sessions:
        from orchestrator.adapters.psrp import PsrpSessions  # noqa: PLC0415 - most do without it

        return PsrpSessions(
            profile,
            Credentials(chosen.account_environment(os.environ)),
            names,
            transport=chosen.transport,
            operation_timeout=int(chosen.operation_timeout),
            connect_timeout=chosen.connect_timeout,
            max_answer_bytes=chosen.max_answer_bytes,
            brake=AccountBrake(settings.limits.breaker, accounts, now=clock.now),
            definitions=definitions,
        )

    presence = TcpPresence(profile, names, seconds=chosen.connect_timeout)
    return LateSessions(sessions), presence


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


def resolver(settings: Settings) -> DnsResolver | HostsResolver:
    """Return what finds the addresses of host names: DNS, or the hosts file that was set.

    Raises:
        SettingsInvalid: the hosts file cannot be used.
    """
    file = settings.connection.hosts_file
    return HostsResolver(Path(file)) if file else DnsResolver()


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
