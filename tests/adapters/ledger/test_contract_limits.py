"""The limits a campaign brings along: they hold while it goes on, and leave with it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from orchestrator.domain.campaign import CampaignPolicy, CampaignStatus, Course
from orchestrator.domain.run import RunState, Verdict

if TYPE_CHECKING:
    from .conftest import Ledger

CAREFUL = CampaignPolicy(site_most=2)


def _claims(ledger: Ledger, campaign: str, *devices: str, site: str = "Ulm") -> list[bool]:
    runs = [ledger.add(device, campaign=campaign, site=site) for device in devices]
    return [ledger.leases.claim(run.id, "worker", ledger.now) is not None for run in runs]


def test_a_campaign_begins_no_more_at_a_site_than_it_may(ledger: Ledger) -> None:
    ledger.campaign("c-1", policy=CAREFUL)
    assert _claims(ledger, "c-1", "PC-1", "PC-2", "PC-3") == [True, True, False]
    assert _claims(ledger, "c-1", "PC-4", "PC-5", site="Oslo") == [True, True]
    assert _claims(ledger, "c-1", "PC-6", "PC-7", "PC-8", site="") == [True, True, True]


def test_a_cause_that_may_fail_seldom_bounds_what_is_worked_on(ledger: Ledger) -> None:
    budgets = (("auth", 2), ("stage", 4))
    ledger.campaign("c-1", course=Course(budget=9, cause_budgets=budgets))
    runs = [ledger.add(f"PC-{number}", campaign="c-1") for number in range(4)]
    run, lease = ledger.claim(runs[0])
    failed = replace(run, state=RunState.SETTLED, verdict=Verdict.FAILED, due=None)
    ledger.leases.save(replace(failed, tries=(("auth", 1),)), [], lease)
    ledger.claim(runs[1])
    assert ledger.leases.claim(runs[2].id, "worker", ledger.now) is None
    raised = replace(ledger.campaigns.load("c-1"), course=Course(budget=9))
    ledger.campaigns.save(raised)
    later = ledger.later(seconds=10)
    assert ledger.leases.claim(runs[2].id, "worker", later) is not None


def test_what_others_do_at_the_site_counts_but_they_are_not_held_back(ledger: Ledger) -> None:
    ledger.campaign("c-1", policy=CAREFUL)
    ledger.campaign("c-2")
    assert _claims(ledger, "c-2", "PC-1", "PC-2", "PC-3") == [True, True, True]
    assert _claims(ledger, "c-1", "PC-4") == [False]


def test_a_run_that_found_no_room_is_handed_out_again(ledger: Ledger) -> None:
    ledger.campaign("c-1", policy=CampaignPolicy(site_most=1))
    first, second = (ledger.add(pc, campaign="c-1", site="Ulm") for pc in ("PC-1", "PC-2"))
    _, lease = ledger.claim(first)
    assert ledger.leases.claim(second.id, "worker", ledger.now) is None
    ledger.leases.release(lease)
    later = ledger.later(seconds=10)
    assert second.id in ledger.agenda.take(5, later, urgent=False)
    assert ledger.leases.claim(second.id, "worker", later) is not None


@pytest.mark.parametrize("status", [CampaignStatus.FINISHED, CampaignStatus.CANCELLED])
def test_the_limit_of_a_campaign_leaves_with_it_and_no_other_does(
    ledger: Ledger, status: CampaignStatus
) -> None:
    campaign = ledger.campaign("c-1", policy=CAREFUL)
    ledger.campaign("c-2")
    for scope, most in {"campaign:c-1": 5, "campaign:c-2": 6, "site:Ulm": 7, "all": 8}.items():
        ledger.caps.limit(scope, most)
    paused = ledger.campaigns.save(replace(campaign, status=CampaignStatus.PAUSED))
    assert ledger.caps.limits()["campaign:c-1"] == 5
    ledger.campaigns.save(replace(paused, status=status))
    assert ledger.caps.limits() == {"campaign:c-2": 6, "site:Ulm": 7, "all": 8}
