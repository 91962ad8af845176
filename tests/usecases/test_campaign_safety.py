"""What a person may not do by oversight, or alone."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, cast

import pytest

from orchestrator.domain.campaign import CampaignStatus
from orchestrator.domain.run import RunState, Verdict
from orchestrator.domain.share import Share
from orchestrator.errors import ApprovalRequired, AuthenticationRefused, NotFound
from orchestrator.usecases import campaigns
from orchestrator.usecases.breaker import stop_for_account
from tests.domain.facts_builder import NOW
from tests.usecases.campaign_world import World, quick


def test_a_plan_approved_with_other_steps_of_the_site_does_not_start() -> None:
    here = World()
    pcs = here.add(3)
    here.ports = replace(here.ports, own_digest="a" * 64)
    document = here.planned()
    campaigns.approve(document, "grace", here.ports)
    others = replace(here.ports, own_digest="b" * 64)
    with pytest.raises(ApprovalRequired, match="other steps of the site's own"):
        campaigns.start(document, others)
    campaigns.start(document, here.ports)
    here.ports = others  # a worker whose folder was edited after the start
    here.work(60)
    assert not any(pc.repairs for pc in pcs)


def test_a_window_of_a_site_holds_for_each_spelling_of_it() -> None:
    here = World()
    pcs = [*here.add(2, site="BER"), *here.add(2, site="ber"), *here.add(1, site="Ber")]
    later = (NOW + timedelta(hours=2)).strftime("%H:%M")
    until = (NOW + timedelta(hours=3)).strftime("%H:%M")
    campaign = here.started(quick(site_windows=(("bEr", f"Mon-Sun {later}-{until} UTC"),)))
    here.work(30)
    assert not any(pc.repairs for pc in pcs)
    assert {run.site for run in here.ports.campaigns.page(campaign.id).runs} == {"BER"}
    here.clock.move(timedelta(hours=2))
    here.work(60)
    assert all(pc.repairs == 1 for pc in pcs)


@dataclass
class _Accounts:
    """Counts how often refused accounts are forgiven."""

    times: int = 0

    def forgive(self, account: str = "") -> None:
        self.times += 1


def test_refused_accounts_are_forgiven_only_when_a_campaign_really_goes_on() -> None:
    here = World()
    here.add(12)
    campaign = here.started()
    accounts = _Accounts()
    here.ports = replace(here.ports, accounts=cast("Any", accounts))
    for wrong in ("c-none", campaign.id):
        with suppress(NotFound):
            campaigns.resume(wrong, "ada", here.ports)
    campaigns.resume(campaign.id, "grace", here.ports, max_failures=Share.parse("4"))
    assert accounts.times == 0
    campaigns.pause(campaign.id, "ada", here.ports)
    campaigns.resume(campaign.id, "ada", here.ports)
    assert accounts.times == 1


def test_the_author_does_not_enlarge_a_budget_alone() -> None:
    here = World()
    here.add(20)
    auth = (("auth", Share.parse("2")),)
    campaign = here.started(quick(cause_failures=auth))
    campaigns.pause(campaign.id, "ada", here.ports)
    for more in (
        {"max_failures": Share.parse("100%")},
        {"cause_failures": (("auth", Share.parse("3")),)},
    ):
        with pytest.raises(ApprovalRequired, match="ada made the plan; somebody else has to let"):
            campaigns.resume(campaign.id, " Ada ", here.ports, **cast("Any", more))
    assert here.ports.campaigns.load(campaign.id).status is CampaignStatus.PAUSED
    smaller = campaigns.resume(campaign.id, "ada", here.ports, max_failures=Share.parse("2"))
    assert smaller.course.budget == 2
    larger = campaigns.resume(campaign.id, "grace", here.ports, max_failures=Share.parse("50%"))
    assert larger.course.budget == 10
    assert "resumed by grace; 50% may fail now, 2 before" in here.texts(campaign.id)


def test_devices_excluded_since_the_plan_are_left_alone_when_it_starts() -> None:
    here = World()
    pcs = here.add(8)
    document = here.planned()
    campaigns.approve(document, "grace", here.ports)
    campaign = campaigns.start(document, here.ports, leave={"PC-0000", "PC-0001"})
    here.work(60)
    seen = campaigns.overview(campaign.id, here.ports)
    assert seen.campaign.status is CampaignStatus.FINISHED
    assert (seen.verdicts[Verdict.ENROLLED], seen.states[RunState.CANCELLED]) == (6, 2)
    assert [pc.repairs for pc in pcs] == [0, 0, *([1] * 6)]


def test_a_campaign_paused_for_a_refused_account_says_so() -> None:
    here = World()
    here.add(4)
    campaign = here.started()
    error = AuthenticationRefused("refused", host="PC-0001")
    assert stop_for_account(error, here.ports) == [campaign.id]
    assert "paused: " in campaigns.overview(campaign.id, here.ports).standing
    assert len([text for text in here.texts(campaign.id) if text.startswith("paused: ")]) == 1
