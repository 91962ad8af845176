"""What ended long ago is forgotten in small steps; nothing unsettled ever is."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from orchestrator.domain.campaign import CampaignStatus, Course
from orchestrator.domain.device import DeviceName
from orchestrator.domain.run import RunState, Verdict
from orchestrator.errors import NotFound

if TYPE_CHECKING:
    from orchestrator.domain.run import Run

    from .conftest import Ledger


def _settle(ledger: Ledger, run: Run, **more: Any) -> Run:
    claimed, lease = ledger.claim(run)
    ended = {"state": RunState.SETTLED, "verdict": Verdict.ENROLLED, "due": None} | more
    return ledger.leases.save(replace(claimed, **ended), [ledger.entry(run, "done")], lease)


def _ended(ledger: Ledger, devices: int, status: CampaignStatus = CampaignStatus.FINISHED) -> None:
    campaign = ledger.campaign("c-1")
    for number in range(devices):
        _settle(ledger, ledger.add(f"PC-{number}", campaign="c-1"))
    ledger.campaigns.save(replace(campaign, status=status, course=Course(ended=ledger.now)))


@pytest.mark.parametrize("status", [CampaignStatus.FINISHED, CampaignStatus.CANCELLED])
def test_a_campaign_may_be_forgotten_once_its_time_is_over(
    ledger: Ledger, status: CampaignStatus
) -> None:
    _ended(ledger, 2, status)
    assert ledger.campaigns.ended_before(ledger.later(seconds=-1)) == []
    assert ledger.campaigns.ended_before(ledger.now) == ["c-1"]


@pytest.mark.parametrize("status", sorted(set(CampaignStatus) - {"finished", "cancelled"}))
def test_a_campaign_that_has_not_ended_is_never_forgotten(
    ledger: Ledger, status: CampaignStatus
) -> None:
    ledger.campaign("c-1", status=status)
    assert ledger.campaigns.ended_before(ledger.later(days=9999)) == []


def test_a_campaign_whose_enrollments_are_checked_again_is_kept_until_they_were(
    ledger: Ledger,
) -> None:
    campaign = ledger.campaign("c-1")
    run = _settle(ledger, ledger.add("PC-1", campaign="c-1"), due=ledger.later(days=40))
    over = replace(campaign, status=CampaignStatus.FINISHED, course=Course(ended=ledger.now))
    ledger.campaigns.save(over)
    long_after = ledger.later(days=41)
    assert ledger.campaigns.ended_before(long_after) == []
    claimed, lease = ledger.claim(run, long_after)
    assert ledger.campaigns.ended_before(long_after) == []
    ledger.leases.save(replace(claimed, due=None, updated=long_after), [], lease)
    assert ledger.campaigns.ended_before(long_after) == ["c-1"]


def test_a_campaign_is_forgotten_in_steps_and_cannot_be_found_from_the_first_on(
    ledger: Ledger,
) -> None:
    _ended(ledger, 5)
    kept = ledger.add("PC-1")
    assert not ledger.campaigns.forget("c-1", most=2)
    with pytest.raises(NotFound):
        ledger.campaigns.load("c-1")
    assert ledger.campaigns.newest() == []
    assert ledger.campaigns.ended_before(ledger.now) == ["c-1"]
    assert not ledger.campaigns.forget("c-1", most=2)
    while ledger.campaigns.ended_before(ledger.now):
        ledger.campaigns.forget("c-1", most=2)
    assert ledger.campaigns.forget("c-1", most=2)
    assert ledger.campaigns.counts("c-1").targets == 0
    assert ledger.campaigns.events("c-1") == []
    assert list(ledger.runs.latest(DeviceName("PC-1"), 9)) == [kept]


def test_a_run_of_a_single_device_is_forgotten_with_what_it_said(ledger: Ledger) -> None:
    old = _settle(ledger, ledger.add("PC-1"))
    new = _settle(ledger, ledger.add("PC-2"), updated=ledger.later(days=2))
    assert ledger.runs.forget(ledger.later(days=1), 10) == 1
    with pytest.raises(NotFound):
        ledger.runs.load(old.id)
    assert ledger.runs.history(DeviceName("PC-1")) == []
    assert list(ledger.runs.latest(DeviceName("PC-1"))) == []
    assert list(ledger.runs.recent()) == [new]


def test_no_more_runs_are_forgotten_at_a_time_than_asked(ledger: Ledger) -> None:
    for number in range(5):
        _settle(ledger, ledger.add(f"PC-{number}"))
    assert [ledger.runs.forget(ledger.now, 2) for _ in range(4)] == [2, 2, 1, 0]


def test_a_run_that_is_not_at_its_end_is_never_forgotten(ledger: Ledger) -> None:
    rests = ledger.add("PC-1")
    claimed, lease = ledger.claim(ledger.add("PC-2"))
    at_work = ledger.leases.save(replace(claimed, state=RunState.PROBING), [], lease)
    checked = _settle(ledger, ledger.add("PC-3"), due=ledger.later(days=5))
    of_campaign = ledger.add("PC-4", campaign=ledger.campaign("c-1").id)
    assert ledger.runs.forget(ledger.later(days=9999), 10) == 0
    for run in (rests, at_work, checked, of_campaign):
        assert ledger.runs.load(run.id) == run
