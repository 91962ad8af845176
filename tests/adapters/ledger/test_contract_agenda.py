from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from orchestrator.domain.campaign import CampaignStatus
from orchestrator.domain.run import RunState

if TYPE_CHECKING:
    from .conftest import Ledger


def test_what_is_due_is_handed_out_once_by_due_time(ledger: Ledger) -> None:
    ledger.add("PC-1", due=ledger.later(seconds=2))
    ledger.add("PC-2", due=ledger.later(seconds=1))
    ledger.add("PC-3", due=ledger.later(hours=1))
    now = ledger.later(seconds=3)
    assert list(ledger.agenda.take(1, now, urgent=True)) == ["r-pc-2"]
    assert list(ledger.agenda.take(9, now, urgent=True)) == ["r-pc-1"]
    assert not ledger.agenda.take(9, now, urgent=True)


def test_what_was_taken_and_not_claimed_comes_back(ledger: Ledger) -> None:
    ledger.add()
    ledger.agenda.take(1, ledger.now, urgent=True)
    assert list(ledger.agenda.take(1, ledger.later(minutes=2), urgent=True)) == ["r-pc-1"]


def test_what_was_taken_can_be_claimed_at_once(ledger: Ledger) -> None:
    run = ledger.add()
    ledger.agenda.take(1, ledger.now, urgent=True)
    ledger.claim(run)
    assert not ledger.agenda.take(1, ledger.later(minutes=2), urgent=True)


def test_what_was_rung_for_is_handed_out_only_when_nobody_claims_it_soon(ledger: Ledger) -> None:
    quick, slow = ledger.add("PC-1"), ledger.add("PC-2")
    for run in (quick, slow):
        ledger.agenda.rung(run.id, ledger.now)
    assert not ledger.agenda.take(9, ledger.now, urgent=True)
    ledger.claim(quick)
    assert list(ledger.agenda.take(9, ledger.later(minutes=1), urgent=True)) == [slow.id]


def test_a_ring_neither_wakes_what_is_not_due_nor_brings_back_what_is_worked_on(
    ledger: Ledger,
) -> None:
    worked, later = ledger.add("PC-1"), ledger.add("PC-2", due=ledger.later(hours=1))
    ledger.claim(worked)
    for run in (worked, later):
        ledger.agenda.rung(run.id, ledger.now)
    assert not ledger.agenda.take(9, ledger.later(minutes=59), urgent=True)
    assert list(ledger.agenda.take(9, ledger.later(hours=1), urgent=True)) == [later.id]


def test_campaign_runs_are_not_urgent(ledger: Ledger) -> None:
    ledger.campaign("c-1")
    ledger.add("PC-1", campaign="c-1")
    ledger.add("PC-2")
    assert list(ledger.agenda.take(9, ledger.now, urgent=False)) == ["c-1.PC-1"]
    assert list(ledger.agenda.take(9, ledger.now, urgent=True)) == ["r-pc-2"]


def test_no_campaign_starves_another(ledger: Ledger) -> None:
    for name in ("c-1", "c-2", "c-3"):
        ledger.campaign(name)
        ledger.runs.create_many(ledger.run(f"{name}-{n}", campaign=name) for n in range(20))
    taken = [*ledger.agenda.take(9, ledger.now, urgent=False)]
    assert sorted(run_id[:3] for run_id in taken) == ["c-1"] * 3 + ["c-2"] * 3 + ["c-3"] * 3
    first = {ledger.agenda.take(1, ledger.later(seconds=n), urgent=False)[0][:3] for n in (1, 2, 3)}
    assert first == {"c-1", "c-2", "c-3"}


def test_a_campaign_that_does_not_run_hands_out_nothing(ledger: Ledger) -> None:
    ledger.campaign("c-1")
    run = ledger.add("PC-1", campaign="c-1")
    going = {CampaignStatus.PLANNING, CampaignStatus.RUNNING}
    for status in CampaignStatus:
        ledger.campaigns.set_status("c-1", status, ledger.now)
        if status not in going:
            assert ledger.leases.claim(run.id, "worker", ledger.now) is None
        if status not in {*going, CampaignStatus.FINISHED}:
            assert not ledger.agenda.take(9, ledger.now, urgent=False)
    ledger.campaigns.set_status("c-1", CampaignStatus.RUNNING, ledger.now)
    assert ledger.agenda.take(9, ledger.later(minutes=5), urgent=False)
    ledger.claim(run)


def test_a_paused_campaign_lets_what_has_begun_end(ledger: Ledger) -> None:
    ledger.campaign("c-1")
    run, lease = ledger.claim(ledger.add("PC-1", campaign="c-1"))
    ledger.campaigns.set_status("c-1", CampaignStatus.PAUSED, ledger.now)
    began = ledger.leases.save(replace(run, state=RunState.PROBING, due=None), [], lease)
    lease = ledger.leases.renew(lease, ledger.now)
    ledger.leases.save(replace(began, state=RunState.WAITING, due=ledger.now), [], lease)
    assert ledger.leases.claim(run.id, "worker", ledger.now) is None


def test_runs_whose_lease_ended_wait_and_are_due(ledger: Ledger) -> None:
    ledger.campaign("c-1")
    run, lease = ledger.claim(ledger.add("PC-1", campaign="c-1"))
    ledger.leases.save(replace(run, state=RunState.REPAIRING, due=None), [], lease)
    ledger.claim(ledger.add("PC-2"))
    late = ledger.later(days=3)
    assert sorted(ledger.agenda.reap(late)) == ["c-1.PC-1", "r-pc-2"]
    assert not ledger.agenda.reap(late)
    reaped = ledger.runs.load(run.id)
    assert (reaped.state, reaped.due, reaped.updated) == (RunState.WAITING, late, late)
    assert reaped.version == 2
    assert list(ledger.agenda.take(9, late, urgent=False)) == ["c-1.PC-1"]
    assert list(ledger.agenda.take(9, late, urgent=True)) == ["r-pc-2"]
    (entry,) = ledger.runs.history(run.device)
    assert "worker was lost" in entry.text
    assert ledger.campaigns.counts("c-1").states[RunState.WAITING] == 1


def test_nothing_is_reaped_before_its_lease_ends(ledger: Ledger) -> None:
    ledger.claim(ledger.add())
    assert not ledger.agenda.reap(ledger.later(seconds=1))


def test_more_leases_than_fit_into_one_look_are_all_reaped(ledger: Ledger) -> None:
    for number in range(450):
        ledger.claim(ledger.add(f"PC-{number}"))
    assert len(ledger.agenda.reap(ledger.later(hours=1))) == 450


def test_a_pc_that_was_seen_is_due_at_once(ledger: Ledger) -> None:
    away = ledger.add("PC-1", state=RunState.AWAY, due=ledger.later(hours=4))
    busy = ledger.add("PC-2")
    ledger.claim(busy)
    assert ledger.agenda.hasten([away.id, busy.id, "r-nothing"], ledger.now) == 1
    assert list(ledger.agenda.take(9, ledger.now, urgent=True)) == [away.id]
    hastened, _ = ledger.claim(away)
    assert (hastened.state, hastened.due) == (RunState.AWAY, ledger.now)


def test_one_process_leads_until_it_stays_silent(ledger: Ledger) -> None:
    assert ledger.agenda.lead("ringing", "a", seconds=60)
    assert ledger.agenda.lead("ringing", "a", seconds=60)
    assert not ledger.agenda.lead("ringing", "b", seconds=60)
    assert ledger.agenda.lead("reaping", "b", seconds=60)


def test_caps_make_campaign_runs_wait_and_on_demand_runs_never(ledger: Ledger) -> None:
    ledger.campaign("c-1")
    first, second = (ledger.add(f"PC-{n}", campaign="c-1", site="Oslo") for n in (1, 2))
    for scope in ("all", "campaign:c-1", "site:Oslo"):
        ledger.caps.limit(scope, 1)
        _, lease = ledger.claim(first)
        assert ledger.caps.busy(scope, ledger.now) == 1
        assert ledger.leases.claim(second.id, "worker", ledger.now) is None
        _, own = ledger.claim(ledger.add("PC-9", site="Oslo"))
        ledger.leases.release(own)
        ledger.leases.release(lease)
        assert ledger.caps.busy(scope, ledger.now) == 0
        ledger.claim(second)
        ledger.agenda.reap(ledger.later(minutes=1))
        second = ledger.runs.load(second.id)
        ledger.leases.save(replace(second, due=ledger.now), [], None)
        ledger.caps.limit(scope, None)
    assert ledger.caps.limits() == {}


def test_a_run_without_room_is_rung_for_again_soon(ledger: Ledger) -> None:
    ledger.campaign("c-1")
    first, second = (ledger.add(f"PC-{n}", campaign="c-1", site="Oslo B") for n in (1, 2))
    ledger.caps.limit("site:Oslo B", 1)
    assert ledger.caps.limits() == {"site:Oslo B": 1}
    ledger.claim(first)
    ledger.agenda.take(9, ledger.now, urgent=False)
    assert ledger.leases.claim(second.id, "worker", ledger.now) is None
    assert list(ledger.agenda.take(9, ledger.later(seconds=10), urgent=False)) == [second.id]


def test_no_more_of_a_campaign_is_taken_than_its_cap_has_room_for(ledger: Ledger) -> None:
    ledger.campaign("c-1")
    ledger.runs.create_many(ledger.run(f"PC-{n}", campaign="c-1") for n in range(9))
    ledger.caps.limit("campaign:c-1", 3)
    assert len(ledger.agenda.take(9, ledger.now, urgent=False)) == 3
