from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from orchestrator.domain.campaign import CampaignPolicy, CampaignStatus
from orchestrator.domain.plan import Decision
from orchestrator.domain.run import RunState, Verdict
from orchestrator.domain.share import Share
from orchestrator.errors import ApprovalRequired, InvalidInput, NotNow, StoreUnavailable
from orchestrator.usecases import campaign_starting, campaigns
from tests.usecases.campaign_world import World, quick

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from orchestrator.domain.run import Run


def test_a_campaign_goes_from_a_list_of_names_to_a_state_for_each() -> None:
    here = World()
    here.add(20)
    here.add(5, wrong="nothing")
    away = here.add(3, there=False)
    campaign = here.started(quick(unseen_allowed=True))
    assert all(pc.repairs == 0 for pc in here.fleet.pcs.values())
    here.work(60)
    seen = campaigns.overview(campaign.id, here.ports)
    assert seen.verdicts[Verdict.ENROLLED] == 20
    assert seen.verdicts[Verdict.ALREADY_ENROLLED] == 5
    assert seen.states[RunState.AWAY] == 3
    assert sum(seen.states.values()) == seen.targets == 28
    for pc in away:
        pc.there = True
    here.work(60, minutes=10)
    seen = campaigns.overview(campaign.id, here.ports)
    assert seen.verdicts[Verdict.ENROLLED] == 23
    assert seen.campaign.status is CampaignStatus.FINISHED
    assert Counter(pc.repairs for pc in here.fleet.pcs.values()) == {1: 23, 0: 5}


def test_the_plan_says_what_would_be_done_to_each_and_why() -> None:
    here = World()
    here.add(4, site="BER")
    here.add(2, wrong="licence")
    here.add(1, there=False)
    document = here.planned()
    assert document.repairs == 4
    assert document.unseen == 1
    assert document.verdicts == {Verdict.DIAGNOSED: 6, Verdict.AWAY_EXPIRED: 1}
    assert document.owners["device"] == 4
    assert document.stages["flag"] == 4
    first = document.devices[0]
    assert (first.device, first.site, first.decision) == ("PC-0000", "BER", Decision.REPAIR)
    assert all(stage.reason for stage in first.stages)
    assert all(pc.repairs == 0 for pc in here.fleet.pcs.values())


def test_the_same_findings_give_the_same_digest_and_any_edit_another() -> None:
    here = World()
    here.add(3)
    document = here.planned()
    again = campaigns.plan_document(document.campaign, here.ports)
    assert again.digest == document.digest
    edited = replace(document, devices=document.devices[:2])
    with pytest.raises(ApprovalRequired, match="changed after it was written"):
        campaigns.approve(edited, "grace", here.ports)


@pytest.mark.parametrize("who", ["ada", " ADA ", ""])
def test_the_author_cannot_approve(who: str) -> None:
    here = World()
    here.add(3)
    document = here.planned()
    with pytest.raises(ApprovalRequired, match="somebody else"):
        campaigns.approve(document, who, here.ports)


def test_a_plan_nobody_approved_does_not_start() -> None:
    here = World()
    here.add(3)
    document = here.planned()
    with pytest.raises(ApprovalRequired, match="nobody has approved"):
        campaigns.start(document, here.ports)


def test_a_plan_that_is_not_the_newest_is_not_approved() -> None:
    here = World()
    here.add(3)
    document = here.planned()
    newer = replace(document, digest="f" * 64)
    campaign = here.ports.campaigns.load(document.campaign)
    here.ports.campaigns.save(replace(campaign, plan=newer.digest))
    with pytest.raises(ApprovalRequired, match="not the newest"):
        campaigns.approve(document, "grace", here.ports)


def test_no_plan_is_written_while_devices_are_still_read() -> None:
    here = World()
    here.add(3)
    campaign = here.plan()
    with pytest.raises(NotNow, match=r"3 devices of .* are still being read"):
        campaigns.plan_document(campaign.id, here.ports)


@pytest.mark.parametrize(
    ("policy", "text"),
    [
        (quick(max_failures=Share.parse("2%")), "2% of 3 devices is less than one"),
        (quick(waves=(Share.parse("1%"),)), "1% of 3 devices is less than one"),
        (quick(cause_failures=(("auth", Share.parse("1%")),)), "budget of auth: 1% of 3"),
        (quick(site_windows=(("OSL", "daily 18:00-06:00"),)), "at the site 'OSL'"),
        (quick(window="Mon 18-19"), "is not a window"),
        (quick(max_parallel=0), "0 would never begin"),
    ],
)
def test_a_policy_that_cannot_be_kept_is_refused_before_anything_is_kept(
    policy: CampaignPolicy, text: str
) -> None:
    here = World()
    here.add(3)
    with pytest.raises(InvalidInput, match=text):
        here.plan(policy)
    assert not campaigns.newest(here.ports)


def test_a_campaign_over_no_device_is_refused() -> None:
    with pytest.raises(InvalidInput, match="no device"):
        World().plan()


def test_a_device_that_changed_since_its_plan_is_looked_at_and_left_alone() -> None:
    here = World()
    here.add(3)
    here.add(2, wrong="licence")
    document = here.planned()
    campaigns.approve(document, "grace", here.ports)
    here.fleet.pcs["PC-0003"].wrong = "flag"
    campaigns.start(document, here.ports)
    here.work(40)
    run = here.ports.runs.load(f"{document.campaign}.PC-0003")
    assert run.verdict is Verdict.DRIFTED
    assert "no change to it was approved" in run.reason
    assert here.fleet.pcs["PC-0003"].repairs == 0


def test_a_device_not_read_for_the_plan_is_only_looked_at_unless_the_plan_allows_more() -> None:
    here = World()
    here.add(3)
    here.add(1, there=False)
    document = here.planned()
    campaigns.approve(document, "grace", here.ports)
    campaigns.start(document, here.ports)
    here.fleet.pcs["PC-0003"].there = True
    here.work(40)
    assert here.ports.runs.load(f"{document.campaign}.PC-0003").verdict is Verdict.DRIFTED
    assert here.fleet.pcs["PC-0003"].repairs == 0


def test_a_start_that_was_cut_short_is_finished_by_starting_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here = World()
    here.add(12)
    document = here.planned(dry_run=True)
    monkeypatch.setattr(campaign_starting, "_PAGE", 5)
    campaigns.approve(document, "grace", here.ports)
    control = here.ports.control
    kept = control.replace_runs

    def cut(runs: Sequence[Run], now: datetime, **more: Any) -> int:
        if len(runs) < 5:
            raise StoreUnavailable("gone")
        return kept(runs, now, **more)

    monkeypatch.setattr(control, "replace_runs", cut)
    with pytest.raises(StoreUnavailable):
        campaigns.start(document, here.ports)
    monkeypatch.setattr(control, "replace_runs", kept)
    assert here.ports.control.tally(document.campaign).unreleased == 10
    assert campaigns.start(document, here.ports).status is CampaignStatus.RUNNING
    assert here.ports.control.tally(document.campaign).unreleased == 12


def test_a_campaign_called_off_while_it_is_started_leaves_nothing_behind(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here = World()
    here.add(12)
    document = here.planned(dry_run=True)
    monkeypatch.setattr(campaign_starting, "_PAGE", 5)
    campaigns.approve(document, "grace", here.ports)
    control = here.ports.control
    kept = control.replace_runs

    def called_off(runs: Sequence[Run], now: datetime, **more: Any) -> int:
        done = kept(runs, now, **more)
        if more.get("unreleased"):
            campaigns.cancel(document.campaign, "ada", here.ports)
        return done

    monkeypatch.setattr(control, "replace_runs", called_off)
    with pytest.raises(NotNow, match="is cancelled: somebody steered it while it was started"):
        campaigns.start(document, here.ports)
    counts = here.ports.campaigns.counts(document.campaign)
    assert counts.unfinished == 0
    assert counts.states[RunState.CANCELLED] == 5


def test_calling_off_again_sweeps_up_what_was_left() -> None:
    here = World()
    here.add(12)
    campaign = here.started()
    here.ports.campaigns.set_status(campaign.id, CampaignStatus.CANCELLED, here.clock.now())
    assert here.ports.campaigns.counts(campaign.id).unfinished == 12
    ended = campaigns.cancel(campaign.id, "ada", here.ports)
    assert ended.status is CampaignStatus.CANCELLED
    assert here.ports.campaigns.counts(campaign.id).unfinished == 0


def test_failures_stop_the_campaign_within_its_budget_exactly() -> None:
    here = World()
    here.add(40)
    document = here.planned(quick(waves=(Share.parse("100%"),)))
    campaigns.approve(document, "grace", here.ports)
    for pc in here.fleet.pcs.values():
        pc.refuses = True
    campaigns.start(document, here.ports)
    here.work(30)
    seen = campaigns.overview(document.campaign, here.ports)
    assert seen.campaign.status is CampaignStatus.STOPPED
    assert seen.failures == seen.budget == 3
    assert "the failure budget is used up: 3 of 3" in seen.standing
    with pytest.raises(NotNow, match="used up"):
        campaigns.resume(document.campaign, "ada", here.ports)
    for pc in here.fleet.pcs.values():
        pc.refuses = False
    campaigns.resume(document.campaign, "grace", here.ports, max_failures=Share.parse("5"))
    here.work(40)
    seen = campaigns.overview(document.campaign, here.ports)
    assert seen.campaign.status is CampaignStatus.FINISHED
    assert seen.verdicts[Verdict.ENROLLED] == 37


def test_one_setting_of_the_tenant_stops_it_after_the_canaries() -> None:
    here = World()
    here.add(30, wrong="licence")
    campaign = here.started()
    here.work(30)
    seen = campaigns.overview(campaign.id, here.ports)
    assert seen.campaign.status is CampaignStatus.STOPPED
    assert "blocks 3 of the 3 devices" in seen.standing
    assert sum(seen.verdicts.values()) == 3
    campaigns.resume(campaign.id, "grace", here.ports)
    here.work(60)
    assert campaigns.overview(campaign.id, here.ports).verdicts[Verdict.NEEDS_OWNER] == 30


def test_one_setting_of_the_tenant_stops_it_though_the_canaries_are_away() -> None:
    here = World()
    pcs = here.add(60, wrong="licence")
    waves = tuple(Share.parse(each) for each in ("5", "30", "100%"))
    document = here.planned(quick(waves=waves, max_failures=Share.parse("10")))
    campaigns.approve(document, "grace", here.ports)
    for pc in pcs[:5]:
        pc.there = False
    campaigns.start(document, here.ports)
    here.work(60)
    seen = campaigns.overview(document.campaign, here.ports)
    assert seen.campaign.status is CampaignStatus.STOPPED
    assert seen.released == 10
    assert seen.verdicts[Verdict.NEEDS_OWNER] == 5
    assert any("wave 1 releases 5 more" in text for text in here.texts(document.campaign))


def test_pause_begins_nothing_more_and_resume_goes_on() -> None:
    here = World(slots=5)
    here.add(30)
    campaign = here.started(quick(waves=(Share.parse("100%"),)))
    here.work(3)
    paused = campaigns.pause(campaign.id, "ada", here.ports)
    assert campaigns.pause(campaign.id, "ada", here.ports) == paused
    looks = sum(pc.looks for pc in here.fleet.pcs.values())
    here.work(20)
    assert sum(pc.looks for pc in here.fleet.pcs.values()) == looks
    campaigns.resume(campaign.id, "grace", here.ports)
    here.work(60)
    assert campaigns.overview(campaign.id, here.ports).verdicts[Verdict.ENROLLED] == 30


def test_a_cancelled_campaign_leaves_nothing_unsettled() -> None:
    here = World(slots=5)
    here.add(30)
    campaign = here.started()
    here.work(4)
    ended = campaigns.cancel(campaign.id, "ada", here.ports)
    assert ended.status is CampaignStatus.CANCELLED
    seen = campaigns.overview(campaign.id, here.ports)
    assert seen.settled == seen.targets == 30
    looks = sum(pc.looks for pc in here.fleet.pcs.values())
    here.work(10)
    assert sum(pc.looks for pc in here.fleet.pcs.values()) == looks
    assert campaigns.cancel(campaign.id, "ada", here.ports) == ended


def test_a_gate_waits_for_somebody_to_promote() -> None:
    here = World()
    here.add(20)
    campaign = here.started(quick(gates=(1,)))
    with pytest.raises(NotNow, match="has not released a wave"):
        campaigns.promote(campaign.id, "ada", here.ports)
    here.work(60)
    seen = campaigns.overview(campaign.id, here.ports)
    assert seen.wave == 1
    assert "promoted" in seen.standing
    campaigns.promote(campaign.id, "ada", here.ports)
    here.work(60)
    assert campaigns.overview(campaign.id, here.ports).verdicts[Verdict.ENROLLED] == 20


def test_rerun_plans_those_again_that_ended_in_a_state() -> None:
    here = World()
    here.add(10)
    document = here.planned()
    campaigns.approve(document, "grace", here.ports)
    for pc in list(here.fleet.pcs.values())[:2]:
        pc.refuses = True
    campaigns.start(document, here.ports)
    here.work(60)
    again = campaigns.rerun(document.campaign, [Verdict.FAILED], "ada", here.ports)
    assert here.ports.campaigns.counts(again.id).targets == 2
    with pytest.raises(InvalidInput, match="no device"):
        campaigns.rerun(document.campaign, [RunState.AWAY], "ada", here.ports)


def test_every_decision_is_told_with_its_reason() -> None:
    here = World()
    here.add(20)
    campaign = here.started()
    here.work(60)
    texts = here.texts(campaign.id)
    for part in (
        "ada plans 20 devices",
        "all 20 devices were read",
        "grace approved",
        "started: 20 devices",
        "wave 1 releases 3 of 20",
        "wave 1 has ended",
        "wave 2 releases 10 of 20",
        "all 20 devices are settled",
    ):
        assert any(part in text for text in texts), part


def test_devices_of_a_site_are_worked_on_in_its_window_only() -> None:
    here = World()  # it is Wednesday 08:00 UTC
    here.add(3, site="BER")
    here.add(3, site="NYC")
    windows = (("ber", "daily 09:00-10:00"), ("NYC", "daily 11:00-12:00"))
    started = here.started(quick(site_windows=windows, waves=(Share.parse("100%"),)))
    here.work(20, minutes=1)
    assert sum(pc.repairs for pc in here.fleet.pcs.values()) == 0
    assert campaigns.overview(started.id, here.ports).standing == "outside its window"
    here.work(60, minutes=1)
    sites = Counter(pc.site for pc in here.fleet.pcs.values() if pc.repairs)
    assert sites == {"BER": 3}
    here.work(150, minutes=1)
    assert campaigns.overview(started.id, here.ports).campaign.status is CampaignStatus.FINISHED


def test_watch_tells_what_is_new_and_ends_with_the_campaign() -> None:
    here = World()
    here.add(6)
    campaign = here.started()
    states = []
    for news in campaigns.watch(campaign.id, here.ports, seconds=0):
        states.append(news)
        here.work(2)
    assert states[-1].overview.campaign.status is CampaignStatus.FINISHED
    texts = [entry.text for each in states for entry in each.entries if not entry.run_id]
    assert len(texts) == len(set(texts))
    assert any("all 6 devices" in text for text in texts)
