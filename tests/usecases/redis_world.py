"""The ports of a campaign over a real server, with PCs in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
from orchestrator.adapters.memory import CountedIds, MemoryBell
from orchestrator.usecases.ports import Ports

if TYPE_CHECKING:
    from tests.usecases.campaign_world import Fleet


def redis_ports(store: Store, fleet: Fleet) -> Ports:
    """Return ports that keep everything in a store, and open sessions on a fleet in memory."""
    return Ports(
        clock=fleet.clock,
        ids=CountedIds(),
        runs=RedisRuns(store),
        leases=RedisLeases(store),
        agenda=RedisAgenda(store),
        feed=RedisFeed(store),
        bell=MemoryBell(),
        sessions=fleet,
        presence=fleet,
        campaigns=RedisCampaigns(store),
        control=RedisControl(store),
        caps=RedisCaps(store),
        workers=RedisWorkers(store),
    )
