"""What is told of a campaign beside its counts."""

from __future__ import annotations

from orchestrator.domain.share import Share
from orchestrator.usecases import campaigns
from tests.usecases.campaign_world import World, quick

ALL = quick(waves=(Share.parse("100%"),), max_failures=Share.parse("100%"))


def test_a_wave_that_waits_for_a_few_says_for_whom() -> None:
    world = World()
    world.add(8)
    campaign = world.started(ALL)
    world.slots = 3
    world.look()
    seen = campaigns.overview(campaign.id, world.ports)
    assert seen.at_work == 5
    assert len(seen.holding) == 3
    assert set(seen.holding) <= {f"PC-{number:04}" for number in range(3, 8)}
    world.look()
    seen = campaigns.overview(campaign.id, world.ports)
    assert (seen.at_work, sorted(seen.holding)) == (2, ["PC-0006", "PC-0007"])
    world.look()
    assert campaigns.overview(campaign.id, world.ports).holding == ()


def test_a_wave_that_waits_for_many_names_none() -> None:
    world = World()
    world.add(15)
    campaign = world.started(ALL)
    world.slots = 1
    world.look()
    seen = campaigns.overview(campaign.id, world.ports)
    assert (seen.at_work, seen.holding) == (14, ())


def test_a_device_that_is_away_does_not_hold_its_wave() -> None:
    world = World()
    gone, *_ = world.add(3)
    campaign = world.started(ALL)
    gone.there = False
    world.slots = 1
    world.look()
    seen = campaigns.overview(campaign.id, world.ports)
    assert sorted(seen.holding) == ["PC-0001", "PC-0002"]
