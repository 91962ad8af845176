"""Steering a campaign: what a person may say, and what follows from it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from orchestrator import module
from orchestrator.domain.campaign import CampaignStatus
from orchestrator.domain.run import Verdict
from orchestrator.domain.share import Share
from orchestrator.errors import ApprovalRequired, NotNow
from orchestrator.usecases import campaigns
from tests.usecases.campaign_world import World, quick

if TYPE_CHECKING:
    from orchestrator.domain.campaign import Campaign


def _failing(world: World, **policy: Any) -> Campaign:
    """A campaign whose PCs refuse the account once it has started."""
    campaign = world.started(quick(**policy))
    for pc in world.fleet.pcs.values():
        pc.refuses = True
    return campaign


def _budgets(**shares: str) -> tuple[tuple[str, Share], ...]:
    return tuple((cause, Share.parse(share)) for cause, share in shares.items())


def test_a_stop_by_a_person_leaves_the_stop_for_a_setting_in_force() -> None:
    here = World()
    here.add(30, wrong="licence")
    campaign = here.started()
    campaigns.stop(campaign.id, "ada", here.ports)
    assert not campaigns.resume(campaign.id, "ada", here.ports).course.overruled
    here.work(30)
    stopped = here.ports.campaigns.load(campaign.id)
    assert stopped.status is CampaignStatus.STOPPED
    assert "blocks 3 of the 3 devices" in stopped.course.reason
    again = campaigns.resume(campaign.id, "grace", here.ports).course
    assert (again.overruled, again.setting) == (True, False)


def test_an_author_says_why_a_stop_for_a_setting_is_overruled() -> None:
    here = World()
    here.add(30, wrong="licence")
    campaign = here.started()
    here.work(30)
    with pytest.raises(ApprovalRequired, match=r"ada made the plan, and .* blocks 3 of the 3"):
        campaigns.resume(campaign.id, " Ada", here.ports)
    assert here.ports.campaigns.load(campaign.id).status is CampaignStatus.STOPPED
    course = campaigns.resume(campaign.id, "ada", here.ports, reason="licences are bought").course
    assert course.overruled
    assert here.texts(campaign.id)[-1] == "resumed by ada: licences are bought"


def test_new_budgets_of_some_causes_leave_those_of_others() -> None:
    here = World()
    here.add(12)
    campaign = here.started(quick(cause_failures=_budgets(auth="2", stage="50%")))
    assert campaign.course.cause_budgets == (("auth", 2), ("stage", 6))
    campaigns.pause(campaign.id, "ada", here.ports)
    kept = campaigns.resume(campaign.id, "grace", here.ports, cause_failures=_budgets(auth="4"))
    assert dict(kept.policy.spread.cause_failures) == dict(_budgets(auth="4", stage="50%"))
    assert kept.course.cause_budgets == (("auth", 4), ("stage", 6))
    assert "4 may fail for auth" in here.texts(campaign.id)[-1]


def test_a_new_budget_holds_at_once_though_the_campaign_runs() -> None:
    here = World()
    here.add(12)
    campaign = here.started()
    changed = campaigns.resume(campaign.id, "grace", here.ports, max_failures=Share.parse("5"))
    assert (changed.status, changed.course.budget) == (CampaignStatus.RUNNING, 5)
    assert "5 may fail now" in here.texts(campaign.id)[-1]


def test_the_budget_of_a_cause_is_not_overshot() -> None:
    here = World()
    here.add(20)
    shares = {"cause_failures": _budgets(auth="2"), "max_failures": Share.parse("20")}
    campaign = _failing(here, waves=(Share.parse("100%"),), **shares)
    here.work(90, minutes=20)
    seen = campaigns.overview(campaign.id, here.ports)
    assert seen.campaign.status is CampaignStatus.STOPPED
    assert seen.verdicts[Verdict.FAILED] == 2
    assert "the failure budget of auth is used up: 2 of 2" in seen.standing


def test_a_wave_is_promoted_only_once_it_has_ended() -> None:
    here = World()
    here.add(12)
    campaign = here.started(quick(gates=(1,)))
    here.work(1)
    with pytest.raises(NotNow, match=r"wave 1 of .* has not ended"):
        campaigns.promote(campaign.id, "ada", here.ports)
    here.work(30)
    assert campaigns.promote(campaign.id, "ada", here.ports).course.promoted == (1,)
    here.look()
    assert here.ports.campaigns.load(campaign.id).course.wave == 2
    with pytest.raises(NotNow, match=r"wave 2 of .* has not ended"):
        campaigns.promote(campaign.id, "ada", here.ports)


def test_a_campaign_that_cannot_go_on_is_stopped_once_and_holds_no_other_back(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = World()
    here.add(6)
    bad = here.started()
    tally = here.ports.control.tally

    def poisoned(campaign_id: str) -> Any:
        if campaign_id == bad.id:
            raise KeyError("a fault of ours")
        return tally(campaign_id)

    monkeypatch.setattr(here.ports.control, "tally", poisoned)
    good = here.started()
    here.work(40)
    stopped = here.ports.campaigns.load(bad.id)
    assert stopped.status is CampaignStatus.STOPPED
    assert stopped.course.reason == "cannot go on: KeyError: 'a fault of ours'"
    assert here.texts(bad.id).count(stopped.course.reason) == 1
    assert "Traceback" in caplog.text
    assert here.ports.campaigns.load(good.id).status is CampaignStatus.FINISHED


def test_a_policy_that_cannot_be_kept_any_more_stops_the_campaign_with_the_reason() -> None:
    here = World()
    here.add(6)
    campaign = here.started()
    spread = replace(campaign.policy.spread, waves=(Share.parse("1%"),))
    here.ports.campaigns.save(replace(campaign, policy=replace(campaign.policy, spread=spread)))
    here.look()
    stopped = here.ports.campaigns.load(campaign.id)
    assert stopped.status is CampaignStatus.STOPPED
    assert "1% of 6 devices is less than one" in stopped.course.reason


def test_a_worker_with_another_module_than_the_approved_one_changes_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here = World()
    pcs = here.add(6)
    campaign = here.started()
    monkeypatch.setattr(module, "digest", lambda: "f" * 64)
    here.work(60)
    seen = campaigns.overview(campaign.id, here.ports)
    assert seen.verdicts[Verdict.DRIFTED] == 6
    assert not any(pc.repairs for pc in pcs)
    reason = here.ports.runs.load(f"{campaign.id}.PC-0000").reason
    assert "another version of the PowerShell module" in reason
