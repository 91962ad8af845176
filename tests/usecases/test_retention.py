"""The ledger does not grow for ever, and loses nothing that goes on."""

from __future__ import annotations

from datetime import timedelta

from orchestrator.domain.campaign import CampaignStatus
from orchestrator.domain.device import DeviceName
from orchestrator.domain.run import RunOptions
from orchestrator.usecases import campaigns
from orchestrator.usecases.retention import forget_old
from orchestrator.usecases.submit import submit
from tests.usecases.campaign_world import World

MONTH = timedelta(days=30)


def _sweep(world: World) -> int:
    """Forget until there is nothing more; return the steps that took."""
    steps = 1
    while forget_old(world.ports, MONTH):
        steps += 1
    return steps


def test_a_campaign_is_forgotten_a_month_after_it_was_called_off_and_not_before() -> None:
    world = World()
    world.add(3)
    campaign = campaigns.cancel(world.plan().id, "ada", world.ports)
    assert campaign.status is CampaignStatus.CANCELLED
    world.clock.move(MONTH - timedelta(seconds=1))
    _sweep(world)
    assert campaigns.newest(world.ports) == [campaign]
    world.clock.move(timedelta(seconds=1))
    _sweep(world)
    assert campaigns.newest(world.ports) == []
    assert world.ledger.state.runs == {}
    assert world.ledger.state.entries == []


def test_a_campaign_that_finished_is_kept_until_its_last_check_is_over() -> None:
    world = World()
    world.add(2)
    campaign = world.started()
    world.work(60)
    assert campaigns.overview(campaign.id, world.ports).campaign.status is CampaignStatus.FINISHED
    world.clock.move(MONTH)
    assert any(run.due for run in world.ledger.state.runs.values())
    _sweep(world)
    assert campaigns.newest(world.ports)
    while any(run.due for run in world.ledger.state.runs.values()):
        world.work(1, days=1)
    _sweep(world)
    assert campaigns.newest(world.ports) == []


def test_a_large_campaign_is_forgotten_in_many_steps() -> None:
    world = World()
    world.add(2500)
    campaigns.cancel(world.plan().id, "ada", world.ports)
    world.clock.move(MONTH)
    assert _sweep(world) > 2
    assert world.ledger.state.runs == {}


def test_a_run_of_one_device_that_still_waits_outlives_the_time() -> None:
    world = World()
    for pc in world.add(1):
        pc.there = False
    run = submit(DeviceName("PC-0000"), RunOptions(), world.ports).run
    world.clock.move(10 * MONTH)
    _sweep(world)
    assert world.ports.runs.load(run.id) == run
