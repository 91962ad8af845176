"""A server that has no memory left and refuses writes, in the middle of a campaign."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from orchestrator.adapters.embedded import EmbeddedValkey
from orchestrator.adapters.ledger import Store
from orchestrator.adapters.memory import ManualClock
from orchestrator.domain.campaign import CampaignStatus
from orchestrator.domain.run import RunState, Verdict
from orchestrator.domain.share import Share
from orchestrator.errors import StoreFull
from orchestrator.usecases import campaigns
from tests.domain.facts_builder import NOW
from tests.usecases.campaign_world import Fleet, World, quick
from tests.usecases.redis_world import redis_ports

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

FULL = "has no memory left and refuses writes"


@pytest.fixture
def own_store(tmp_path: Path) -> Iterator[Store]:
    server = EmbeddedValkey(tmp_path)
    store = Store.connect(server.ensure(), prefix="em:")
    yield store
    store.close()
    server.stop()


@contextmanager
def _full(store: Store) -> Iterator[None]:
    """Allow no more memory than is used already."""
    store.client.config_set("maxmemory", 1)
    try:
        yield
    finally:
        store.client.config_set("maxmemory", 0)


def _world(store: Store) -> World:
    return World(given=redis_ports(store, Fleet(ManualClock(NOW))))


def test_a_plan_that_finds_no_memory_leaves_nothing(own_store: Store) -> None:
    here = _world(own_store)
    here.add(20)
    here.plan()
    before = sorted(own_store.client.keys())
    with _full(own_store), pytest.raises(StoreFull, match=FULL):
        here.plan()
    assert sorted(own_store.client.keys()) == before


def test_a_plan_that_runs_out_of_memory_halfway_leaves_nothing(own_store: Store) -> None:
    here = _world(own_store)
    here.add(3000)
    own_store.client.config_set("maxmemory", _used(own_store) + 600_000)
    with pytest.raises(StoreFull, match=FULL):
        here.plan()
    own_store.client.config_set("maxmemory", 0)
    assert not campaigns.newest(here.ports)
    assert not [key for key in own_store.client.keys() if b"PC-" in key]  # noqa: SIM118 - Redis'


def test_a_campaign_goes_on_where_it_was_once_there_is_memory_again(own_store: Store) -> None:
    here = _world(own_store)
    here.add(12)
    campaign = here.started(quick(waves=(Share.parse("4"), Share.parse("100%"))))
    here.work(3)
    before = campaigns.overview(campaign.id, here.ports)
    looks = sum(pc.looks for pc in here.fleet.pcs.values())
    with _full(own_store):
        for _ in range(3):
            with pytest.raises(StoreFull, match=FULL):
                here.work(20)
        with pytest.raises(StoreFull, match=FULL):
            campaigns.pause(campaign.id, "ada", here.ports)
        seen = campaigns.overview(campaign.id, here.ports)
        assert sum(seen.states.values()) == 12
        assert seen.campaign == before.campaign
        assert sum(pc.looks for pc in here.fleet.pcs.values()) == looks
    here.work(60)
    seen = campaigns.overview(campaign.id, here.ports)
    assert seen.campaign.status is CampaignStatus.FINISHED
    assert seen.verdicts[Verdict.ENROLLED] == 12
    assert {pc.repairs for pc in here.fleet.pcs.values()} == {1}


def test_a_start_that_finds_no_memory_is_done_again(own_store: Store) -> None:
    here = _world(own_store)
    here.add(30)
    document = here.planned()
    campaigns.approve(document, "grace", here.ports)
    with _full(own_store), pytest.raises(StoreFull, match=FULL):
        campaigns.start(document, here.ports)
    campaigns.start(document, here.ports)
    here.work(60)
    seen = campaigns.overview(document.campaign, here.ports)
    assert seen.verdicts[Verdict.ENROLLED] == 30


def test_a_campaign_is_called_off_by_the_controller_when_the_caller_could_not_end_it(
    own_store: Store,
) -> None:
    here = _world(own_store)
    here.add(10)
    campaign = here.started()
    own = here.ports.campaigns
    cancelling = own.set_status(campaign.id, CampaignStatus.CANCELLING, NOW)
    assert cancelling.status is CampaignStatus.CANCELLING
    here.work(1)
    seen = campaigns.overview(campaign.id, here.ports)
    assert seen.campaign.status is CampaignStatus.CANCELLED
    assert seen.states[RunState.CANCELLED] == 10


def _used(store: Store) -> int:
    return int(store.client.info("memory")["used_memory"])
