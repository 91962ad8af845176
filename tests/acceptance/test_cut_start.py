"""The command that starts a campaign is killed in the middle; somebody starts it again, or not."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from orchestrator.domain.campaign import CampaignPolicy, CampaignStatus
from orchestrator.domain.device import DeviceName
from orchestrator.domain.findings import Diagnosis, Finding, Owner
from orchestrator.domain.plan import Decision, Plan, PlannedStage
from orchestrator.domain.run import Run, RunOptions, RunState, Verdict
from orchestrator.domain.run_filter import RunFilter
from orchestrator.domain.target import Target
from orchestrator.settings import load_settings
from orchestrator.usecases import campaigns
from orchestrator.usecases.campaign_tick import tick
from orchestrator.usecases.known_targets import campaign_runs
from orchestrator.wiring import connect
from tests.acceptance.stack import Stack, stack

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.usecases.ports import Ports

pytestmark = [pytest.mark.acceptance, pytest.mark.xdist_group("acceptance")]

DEVICES = 1_200


@pytest.fixture(scope="module")
def alone() -> Iterator[Stack]:
    """A lab and a server without a worker: what is started stays as the command left it."""
    with stack() as made:
        made.start_lab(["PC-HEALTHY"], seed=223, pace=0.001)
        yield made


def _read(run: Run) -> Run:
    """Return a run as it is once its device was read for the plan."""
    plan = Plan(
        decision=Decision.REPAIR,
        owner=Owner.DEVICE,
        next_action="the stages run",
        stages=(PlannedStage(name="trigger", reason="it never tried"),),
    )
    seen = Diagnosis(enrolled=False, findings=(Finding(cause="never_tried", evidence=("seen",)),))
    return replace(
        run,
        state=RunState.SETTLED,
        verdict=Verdict.DIAGNOSED,
        due=None,
        plan=plan,
        diagnosis=seen,
        owner=plan.owner,
    )


def _planned(made: Stack, ports: Ports) -> tuple[str, str]:
    """Plan a campaign over many PCs and have it approved; return its id and the plan's file."""
    campaign = campaigns.plan_campaign(
        [Target(device=DeviceName(f"CUT-{number:04}")) for number in range(DEVICES)],
        ports,
        name="Cut short",
        author="ada",
        options=RunOptions(),
        policy=CampaignPolicy(),
    )
    while runs := ports.campaigns.page(campaign.id, RunState.QUEUED, limit=500).runs:
        ports.control.replace_runs([_read(run) for run in runs], ports.clock.now())
    tick(ports)
    file = str(made.home / f"{campaign.id}.json")
    assert made.run("campaign", "plan", campaign.id, "-o", file).code == 0
    approved = made.run("campaign", "approve", file, "--yes", ENROLLMEND_OPERATOR="bob")
    assert approved.code == 0, approved.err
    return campaign.id, file


def _start_and_kill(made: Stack, campaign: str, file: str) -> None:
    """Kill the command once the server has kept the first of what it sends."""
    waiting = f"c:{campaign}:unreleased"
    with made.redis() as client, client.monitor() as heard:
        starting = made.begin("-c", "lab", "campaign", "start", file, "--yes", "--detach")
        told = (each["command"] for each in heard.listen())
        assert next(each for each in told if each.startswith("RPUSH") and waiting in each)
        starting.kill()
        assert made.end(starting).code == -9


@pytest.mark.timeout(120)
@pytest.mark.parametrize("again", [True, False], ids=["started again", "called off"])
def test_a_start_that_is_killed_leaves_every_device_in_one_state(alone: Stack, again: bool) -> None:
    ports = connect(load_settings(context="lab", environment=alone.environment()))
    campaign, file = _planned(alone, ports)
    _start_and_kill(alone, campaign, file)
    half = ports.control.tally(campaign)
    assert ports.campaigns.load(campaign).status is CampaignStatus.STARTING
    assert 0 < half.unreleased < DEVICES
    assert sum(half.counts.states.values()) == half.counts.targets == DEVICES
    shown = alone.run("campaign", "show", campaign)
    assert "being started; if that was cut short, start it again" in shown.out

    if again:
        started = alone.run("campaign", "start", file, "--yes", "--detach")
        assert started.code == 0, started.err
        whole = ports.control.tally(campaign)
        assert (whole.unreleased, whole.counts.states[RunState.QUEUED]) == (DEVICES, DEVICES)
        assert alone.redis().llen(f"em:c:{campaign}:unreleased") == DEVICES
        runs = campaign_runs(campaign, RunFilter(), ports.campaigns)
        approved = {run.id for run in runs if run.options.approved}
        assert len(approved) == DEVICES

    assert alone.run("campaign", "cancel", campaign, "--yes").code == 0
    document = alone.run("campaign", "show", campaign, "-o", "json").document
    assert document["status"] == "cancelled"
    assert sum(document["states"].values()) == document["targets"] == DEVICES
    left = {state: count for state, count in document["states"].items() if count}
    assert set(left) <= {"cancelled", "settled"}
    assert left["cancelled"] == (DEVICES if again else half.unreleased)
