"""One set of tests, two ledgers: Valkey and memory."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from orchestrator.adapters.embedded import EmbeddedValkey
from orchestrator.adapters.ledger import (
    RedisAgenda,
    RedisCampaigns,
    RedisCaps,
    RedisControl,
    RedisFeed,
    RedisLeases,
    RedisRuns,
    RedisWorkers,
    Store,
)
from orchestrator.adapters.memory import MemoryLedger
from orchestrator.adapters.memory_campaigns import MemoryCampaigns, MemoryCaps
from orchestrator.adapters.memory_control import MemoryControl, MemoryWorkers
from orchestrator.domain.campaign import Campaign, CampaignStatus, run_id
from orchestrator.domain.device import DeviceName
from orchestrator.domain.run import Run
from orchestrator.usecases.ports import Entry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.usecases.ports import (
        Agenda,
        Campaigns,
        Caps,
        Control,
        Feed,
        Lease,
        Leases,
        Runs,
        Workers,
    )

NOW = datetime(2026, 1, 5, 8, 0, 0, 123456, tzinfo=UTC)


@dataclass(frozen=True)
class Ledger:
    """Every port of one ledger, and builders for what goes in."""

    runs: Runs
    leases: Leases
    agenda: Agenda
    feed: Feed
    campaigns: Campaigns
    caps: Caps
    control: Control
    workers: Workers
    now: datetime = NOW

    def later(self, **step: float) -> datetime:
        return self.now + timedelta(**step)

    def run(self, device: str = "PC-1", **more: Any) -> Run:
        name = DeviceName(device)
        campaign = more.get("campaign", "")
        given = {
            "id": run_id(campaign, name) if campaign else f"r-{name.key.lower()}",
            "device": name,
            "created": self.now,
            "updated": self.now,
            "due": self.now,
        }
        return Run(**{**given, **more})

    def add(self, device: str = "PC-1", **more: Any) -> Run:
        return self.runs.create(self.run(device, **more)).run

    def campaign(self, id_: str = "c-1", **more: Any) -> Campaign:
        given = {
            "id": id_,
            "name": id_,
            "created": self.now,
            "author": "ada",
            "status": CampaignStatus.RUNNING,
        }
        return self.campaigns.create(Campaign(**{**given, **more}))

    def claim(self, run: Run, at: datetime | None = None) -> tuple[Run, Lease]:
        claimed = self.leases.claim(run.id, "worker", at or self.now)
        assert claimed is not None
        return claimed

    def entry(self, run: Run, text: str = "something", **more: Any) -> Entry:
        given = {
            "run_id": run.id,
            "device": run.device.key,
            "campaign": run.campaign,
            "at": self.now,
            "kind": "note",
            "state": run.state.value,
            "text": text,
        }
        return Entry(**{**given, **more})


@pytest.fixture(scope="session")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    server = EmbeddedValkey(tmp_path_factory.mktemp("state"))
    yield server.ensure()
    server.stop()


@pytest.fixture
def store(valkey: str) -> Iterator[Store]:
    store = Store.connect(valkey, prefix="em:")
    store.client.flushdb()
    yield store
    store.close()


@pytest.fixture(params=["memory", "valkey"])
def ledger(request: pytest.FixtureRequest) -> Ledger:
    if request.param == "memory":
        memory = MemoryLedger()
        return Ledger(
            memory,
            memory,
            memory,
            memory,
            MemoryCampaigns(memory),
            MemoryCaps(memory),
            MemoryControl(memory),
            MemoryWorkers(memory),
        )
    store: Store = request.getfixturevalue("store")
    return Ledger(
        RedisRuns(store),
        RedisLeases(store),
        RedisAgenda(store),
        RedisFeed(store),
        RedisCampaigns(store),
        RedisCaps(store),
        RedisControl(store),
        RedisWorkers(store),
    )
