"""A campaign whose workers and whose server are killed again and again, on a real server.

Devices note themselves when a session begins and ends on them. A killed worker is one whose
every later call goes nowhere: nothing is saved, nothing is given back. This takes some seconds,
for leases have to run out in real time.
"""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from threading import Event, Lock, Thread
from time import monotonic
from typing import TYPE_CHECKING

from orchestrator.adapters.embedded import EmbeddedValkey
from orchestrator.adapters.ledger import RedisAgenda, RedisLeases, RedisRuns, Store
from orchestrator.adapters.memory import ManualClock
from orchestrator.adapters.system import SystemIds
from orchestrator.domain.campaign import CampaignStatus
from orchestrator.domain.device import DeviceName
from orchestrator.domain.retry import Timings
from orchestrator.domain.run import RunOptions, Verdict
from orchestrator.domain.share import Share
from orchestrator.domain.target import Target
from orchestrator.errors import StoreError
from orchestrator.usecases import campaigns
from orchestrator.usecases.advance import advance
from orchestrator.usecases.campaign_tick import tick
from orchestrator.usecases.reap import reap
from tests.domain.facts_builder import NOW
from tests.usecases.campaign_world import PC, Fleet, quick
from tests.usecases.redis_world import redis_ports

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from orchestrator.domain.run import Run
    from orchestrator.usecases.ports import Entry, Lease, Leases, Ports

DEVICES = 120
DEATHS = 25
WORKERS = 6
SECONDS = 100
QUICK = Timings(
    verify_poll=0.1,
    park_poll=0.5,
    away_first=0.5,
    away_last=1,
    quota=0.2,
    transient=(0.1, 0.1, 0.2),
    broken=0.1,
    stage=0.1,
)


class _Killed(BaseException):
    """The process is gone."""


class _Running(ManualClock):
    """A clock that began at a known time and runs."""

    def __init__(self) -> None:
        super().__init__(NOW)
        self._begin = monotonic()

    def now(self) -> datetime:
        return NOW + timedelta(seconds=monotonic() - self._begin)


@dataclass
class _Mortal:
    """The port `Leases` of a worker that dies at a moment nobody chose."""

    inner: Leases
    saves: int | None = None  # how many more it does; None: it lives

    def claim(self, run_id: str, holder: str, now: datetime) -> tuple[Run, Lease] | None:
        return self.inner.claim(run_id, holder, now)

    def renew(self, lease: Lease, now: datetime) -> Lease:
        return self.inner.renew(lease, now)

    def save(self, run: Run, entries: Sequence[Entry], lease: Lease | None) -> Run:
        if self.saves == 0:
            raise _Killed
        if self.saves is not None:
            self.saves -= 1
        return self.inner.save(run, entries, lease)

    def release(self, lease: Lease) -> None:
        if self.saves is None:
            self.inner.release(lease)


@dataclass
class _Chaos:
    """The fleet, and who dies when."""

    ports: Ports
    fleet: Fleet
    random: Random
    lock: Lock = field(default_factory=Lock)
    busy: set[str] = field(default_factory=set)
    overlaps: list[str] = field(default_factory=list)
    deaths: int = 0
    done: Event = field(default_factory=Event)

    def work(self, number: int) -> None:
        """Be one worker after the other in this thread."""
        while not self.done.is_set():
            mortal = _Mortal(self.ports.leases)
            mine = replace(self.ports, leases=mortal)
            with suppress(StoreError):
                now = mine.clock.now()
                taken = mine.agenda.take(2, now, urgent=False)
                for run_id in taken:
                    with self.lock:
                        dies = self.deaths < DEATHS and self.random.random() < 0.3
                        # With the first save nothing was sent yet; with the fifth it is repaired.
                        mortal.saves = self.random.randrange(6) if dies else None
                    try:
                        advance(run_id, mine, holder=f"w{number}", timings=QUICK)
                    except _Killed:
                        with self.lock:
                            self.deaths += 1
                        break
                if not taken:
                    self.done.wait(0.02)

    def lead(self) -> None:
        """Do the duties, as one worker after the other would."""
        while not self.done.is_set():
            with suppress(StoreError):
                reap(self.ports)
                tick(self.ports)
            self.done.wait(0.05)

    def during(self, pc: PC) -> None:
        with self.lock:
            if pc.name in self.busy:
                self.overlaps.append(pc.name)
            self.busy.add(pc.name)
            pc.there = True

    def after(self, pc: PC) -> None:
        with self.lock:
            self.busy.discard(pc.name)


def _ports(store: Store, fleet: Fleet) -> Ports:
    return replace(
        redis_ports(store, fleet),
        ids=SystemIds(),
        leases=RedisLeases(store, length=timedelta(seconds=3)),
        agenda=RedisAgenda(store, grace=timedelta(seconds=1)),
    )


def test_nothing_is_lost_or_done_twice_whoever_is_killed(tmp_path: Path) -> None:
    server = EmbeddedValkey(tmp_path)
    store = Store.connect(server.ensure(), prefix="em:")
    fleet = Fleet(_Running())
    fleet.pcs = {f"PC-{number:04}": PC(f"PC-{number:04}") for number in range(DEVICES)}
    chaos = _Chaos(_ports(store, fleet), fleet, Random(7))
    fleet.during, fleet.after = chaos.during, chaos.after
    threads = [Thread(target=chaos.work, args=(number,)) for number in range(WORKERS)]
    threads.append(Thread(target=chaos.lead))
    for thread in threads:
        thread.start()
    try:
        campaign = _carry(chaos, server)
        seen = campaigns.overview(campaign, chaos.ports)
    finally:
        chaos.done.set()
        for thread in threads:
            thread.join()
        store.close()
        server.stop()
    assert chaos.deaths >= DEATHS
    assert chaos.overlaps == []
    assert sum(seen.states.values()) == DEVICES
    good = seen.verdicts[Verdict.ENROLLED] + seen.verdicts[Verdict.ALREADY_ENROLLED]
    assert good == DEVICES, seen.verdicts
    assert {pc.repairs for pc in fleet.pcs.values()} == {1}


def _carry(chaos: _Chaos, server: EmbeddedValkey) -> str:
    """Plan, approve, start, and kill the server three times on the way; return the campaign."""
    ports = chaos.ports
    policy = quick(
        waves=(Share.parse("5"), Share.parse("100%")),
        bake_seconds=0.2,
        max_failures=Share.parse("20"),
    )
    campaign = campaigns.plan_campaign(
        [Target(device=DeviceName(name)) for name in chaos.fleet.pcs],
        ports,
        name="chaos",
        author="ada",
        options=RunOptions(),
        policy=policy,
    )
    _until(campaign.id, ports, CampaignStatus.PLANNED)
    document = campaigns.plan_document(campaign.id, ports)
    campaigns.approve(document, "grace", ports)
    campaigns.start(document, ports)
    for settled in (DEVICES // 5, DEVICES // 2, DEVICES * 4 // 5):
        _until(campaign.id, ports, CampaignStatus.FINISHED, settled=settled)
        os.kill(_pid(ports), signal.SIGKILL)
        server.ensure()
    _until(campaign.id, ports, CampaignStatus.FINISHED)
    return campaign.id


def _until(campaign: str, ports: Ports, status: CampaignStatus, settled: int | None = None) -> None:
    place, end = "", monotonic() + SECONDS
    while monotonic() < end:
        with suppress(StoreError):
            seen = campaigns.overview(campaign, ports)
            if seen.campaign.status is status or (settled is not None and seen.settled >= settled):
                return
            news = ports.control.news(campaign, place, 1000, seconds=0.2)
            place = news[-1][0] if news else place
    raise AssertionError(campaigns.overview(campaign, ports))


def _pid(ports: Ports) -> int:
    assert isinstance(ports.runs, RedisRuns)
    return int(ports.runs._store.client.info("server")["process_id"])
