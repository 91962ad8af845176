from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from orchestrator.domain.campaign import CampaignStatus, Course
from orchestrator.domain.campaign_tally import Mark
from orchestrator.domain.findings import Diagnosis, Finding, Owner
from orchestrator.domain.run import RunState, Verdict
from orchestrator.errors import LeaseLost, RunChanged

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.domain.run import Run
    from orchestrator.usecases.ports import Lease

    from .conftest import Ledger

LICENCE = Diagnosis(enrolled=False, findings=(Finding(cause="no_licence", evidence=("seen",)),))


def _add(ledger: Ledger, count: int, **more: object) -> list[Run]:
    runs = [ledger.run(f"PC-{number}", campaign="c-1", **more) for number in range(count)]
    ledger.campaigns.add_runs(runs)
    return runs


def _settle(ledger: Ledger, run: Run, lease: Lease, verdict: Verdict) -> Run:
    settled = replace(run, state=RunState.SETTLED, verdict=verdict, due=None)
    return ledger.leases.save(settled, [], lease)


def test_what_is_worked_on_and_what_failed_never_pass_the_budget(ledger: Ledger) -> None:
    ledger.campaign("c-1", course=Course(budget=3))
    runs = _add(ledger, 6)
    held = [ledger.claim(run) for run in runs[:3]]
    assert ledger.leases.claim(runs[3].id, "worker", ledger.now) is None
    _settle(ledger, *held[0], Verdict.ENROLLED)
    again = ledger.later(seconds=6)
    held.append(ledger.claim(runs[3], again))
    for each in held[1:3]:
        _settle(ledger, *each, Verdict.FAILED)
    assert ledger.leases.claim(runs[4].id, "worker", again) is None
    _settle(ledger, *held[3], Verdict.IDENTITY_MISMATCH)
    assert ledger.leases.claim(runs[4].id, "worker", ledger.later(days=1)) is None
    assert ledger.agenda.take(9, ledger.later(days=1), urgent=False) == []


def test_a_lease_that_ended_counts_until_it_is_reaped(ledger: Ledger) -> None:
    ledger.campaign("c-1", course=Course(budget=1))
    runs = _add(ledger, 2)
    ledger.claim(runs[0])
    much_later = ledger.later(hours=1)
    assert ledger.leases.claim(runs[1].id, "worker", much_later) is None
    ledger.agenda.reap(much_later)
    ledger.claim(runs[1], ledger.later(hours=2))


def test_away_and_enrolled_leave_the_budget_alone_and_so_does_a_check(ledger: Ledger) -> None:
    ledger.campaign("c-1", course=Course(budget=1))
    runs = _add(ledger, 3)
    run, lease = ledger.claim(runs[0])
    due = ledger.later(hours=1)
    checked = replace(run, state=RunState.SETTLED, verdict=Verdict.ENROLLED, due=due)
    ledger.leases.save(checked, [], lease)
    run, lease = ledger.claim(runs[1])
    ledger.leases.save(replace(run, state=RunState.AWAY, due=due), [], lease)
    _settle(ledger, *ledger.claim(runs[2]), Verdict.FAILED)
    assert ledger.leases.claim(runs[1].id, "worker", due) is None
    assert ledger.leases.claim(runs[0].id, "worker", due) is not None


def test_nothing_is_claimed_or_handed_out_outside_its_window(ledger: Ledger) -> None:
    ledger.campaign("c-1")
    _add(ledger, 2, site="B e:r")
    opens, closes = ledger.later(hours=1), ledger.later(hours=2)
    ledger.control.open_windows("c-1", {"": (opens, closes)})
    assert ledger.agenda.take(9, ledger.now, urgent=False) == []
    assert ledger.leases.claim("c-1.PC-0", "worker", ledger.now) is None
    taken = ledger.agenda.take(9, opens, urgent=False)
    assert sorted(taken) == ["c-1.PC-0", "c-1.PC-1"]
    assert ledger.leases.claim("c-1.PC-0", "worker", opens) is not None
    assert ledger.leases.claim("c-1.PC-1", "worker", closes) is None
    ledger.control.open_windows("c-1", {})
    assert ledger.leases.claim("c-1.PC-1", "worker", closes) is not None


def test_a_site_has_a_window_of_its_own_and_does_not_hold_others_back(ledger: Ledger) -> None:
    ledger.campaign("c-1")
    _add(ledger, 30, site="B e:r")
    ledger.campaigns.add_runs([ledger.run("PC-X", campaign="c-1", site="Oslo")])
    opens, closes = ledger.later(hours=1), ledger.later(hours=2)
    ledger.control.open_windows("c-1", {"B e:r": (opens, closes)})
    taken = [*ledger.agenda.take(9, ledger.now, urgent=False)]
    taken += ledger.agenda.take(9, ledger.now, urgent=False)
    assert taken == ["c-1.PC-X"]
    assert len(ledger.agenda.take(99, opens, urgent=False)) == 31


def _let_wait(ledger: Ledger, runs: Sequence[Run]) -> int:
    """Let runs of a campaign that is being started wait for their wave, and let it run."""
    ledger.campaigns.set_status("c-1", CampaignStatus.STARTING, ledger.now)
    kept = ledger.control.replace_runs(runs, ledger.now, unreleased=True)
    ledger.campaigns.set_status("c-1", CampaignStatus.RUNNING, ledger.now)
    return kept


def test_nothing_begins_to_wait_in_a_campaign_that_is_not_being_started(ledger: Ledger) -> None:
    ledger.campaign("c-1", status=CampaignStatus.CANCELLING)
    runs = _add(ledger, 2)
    waiting = [replace(run, due=None) for run in runs]
    with pytest.raises(RunChanged):
        ledger.control.replace_runs(waiting, ledger.now, unreleased=True)
    assert ledger.control.tally("c-1").unreleased == 0
    assert ledger.runs.load(runs[0].id) == runs[0]


def test_runs_wait_in_their_order_until_they_are_let_go(ledger: Ledger) -> None:
    ledger.campaign("c-1")
    runs = _add(ledger, 5)
    waiting = [replace(run, due=None) for run in reversed(runs)]
    assert _let_wait(ledger, waiting) == 5
    assert _let_wait(ledger, waiting) == 0
    assert not ledger.agenda.take(9, ledger.later(days=1), urgent=False)
    assert ledger.control.tally("c-1").unreleased == 5
    assert ledger.control.release("c-1", ledger.now, 9) == 0
    ledger.campaigns.save(ledger.campaigns.load("c-1"), release=3)
    assert ledger.control.release("c-1", ledger.now, 2) == 1
    assert sorted(ledger.agenda.take(9, ledger.now, urgent=False)) == ["c-1.PC-3", "c-1.PC-4"]
    assert ledger.control.tally("c-1").owed == 1
    assert ledger.control.release("c-1", ledger.now, 9) == 0
    assert ledger.control.tally("c-1").unreleased == 2


def test_more_than_there_is_may_be_let_go(ledger: Ledger) -> None:
    ledger.campaign("c-1")
    waiting = [replace(run, due=None) for run in _add(ledger, 2)]
    _let_wait(ledger, waiting)
    ledger.campaigns.save(ledger.campaigns.load("c-1"), release=9)
    assert ledger.control.release("c-1", ledger.now, 99) == 0
    assert ledger.control.tally("c-1").owed == 0


def test_a_replaced_run_keeps_the_version_rule_and_its_history(ledger: Ledger) -> None:
    ledger.campaign("c-1")
    run = _add(ledger, 1)[0]
    done = replace(run, state=RunState.CANCELLED, verdict=Verdict.CANCELLED, due=None)
    assert ledger.control.replace_runs([done], ledger.now, text="called off") == 1
    assert ledger.runs.load(run.id) == replace(done, version=1)
    assert [entry.text for entry in ledger.runs.history(run.device)] == ["called off"]
    assert ledger.control.replace_runs([done], ledger.now) == 0
    assert ledger.leases.claim(run.id, "worker", ledger.now) is None
    assert ledger.control.load_runs(["c-1.NONE", run.id]) == [replace(done, version=1)]


def test_a_run_called_off_under_its_worker_is_not_the_workers_any_more(ledger: Ledger) -> None:
    ledger.campaign("c-1")
    run, lease = ledger.claim(_add(ledger, 1)[0])
    waits = replace(run, due=None)
    assert _let_wait(ledger, [waits]) == 0
    done = replace(run, state=RunState.CANCELLED, verdict=Verdict.CANCELLED, due=None)
    assert ledger.control.replace_runs([done], ledger.now) == 1
    with pytest.raises(LeaseLost):
        ledger.leases.save(replace(run, state=RunState.PROBING, due=None), [], lease)


def test_runs_are_counted_by_cause_and_owner_wherever_they_go(ledger: Ledger) -> None:
    ledger.campaign("c-1")
    runs = _add(ledger, 4)
    mark = Mark(cause="no_licence", owner=Owner.TENANT)
    for run in runs[:2]:
        found, lease = ledger.claim(run)
        held = replace(
            found, state=RunState.HELD, due=ledger.now, diagnosis=LICENCE, owner=Owner.TENANT
        )
        ledger.leases.save(held, [], lease)
    tally = ledger.control.tally("c-1")
    assert tally.marks == {(RunState.HELD, None, mark): 2}
    found, lease = ledger.claim(ledger.runs.load(runs[0].id))
    settled = _settle(ledger, found, lease, Verdict.NEEDS_OWNER)
    tally = ledger.control.tally("c-1")
    assert tally.blocked == {("no_licence", Owner.TENANT): 1}
    assert tally.causes == {"no_licence": 2}
    assert tally.owners == {"tenant": 2}
    assert tally.last_settled == settled.updated
    gone = replace(settled, state=RunState.QUEUED, verdict=None, diagnosis=None, owner=None)
    _let_wait(ledger, [gone])
    assert ledger.control.tally("c-1").marks == {(RunState.HELD, None, mark): 1}
    ledger.campaigns.forget("c-1")
    assert ledger.control.tally("c-1").marks == {}


def test_a_fault_is_the_cause_of_a_failure(ledger: Ledger) -> None:
    ledger.campaign("c-1")
    run, lease = ledger.claim(_add(ledger, 1)[0])
    _settle(ledger, replace(run, diagnosis=LICENCE, tries=(("auth", 1),)), lease, Verdict.FAILED)
    assert ledger.control.tally("c-1").failures_by_cause == {"auth": 1}


def test_those_that_want_a_controller_are_going(ledger: Ledger) -> None:
    ledger.campaign("c-1")
    for status in CampaignStatus:
        ledger.campaigns.set_status("c-1", status, ledger.now)
        wants = status.value in {"planning", "running", "cancelling"}
        assert [each.id for each in ledger.control.going()] == ["c-1"] * wants
    ledger.campaigns.set_status("c-1", CampaignStatus.RUNNING, ledger.now)
    ledger.campaigns.forget("c-1")
    assert not ledger.control.going()


def test_a_decision_is_kept_with_what_it_changes_or_not_at_all(ledger: Ledger) -> None:
    campaign = ledger.campaign("c-1")
    told = ledger.entry(ledger.run(campaign="c-1"), "paused", run_id="", device="")
    ledger.campaigns.save(campaign, [told])
    with pytest.raises(RunChanged):
        ledger.campaigns.save(campaign, [told], release=5)
    assert [entry for _, entry in ledger.campaigns.events("c-1")] == [told]
    assert ledger.campaigns.said("c-1") == [told]
    assert ledger.control.tally("c-1").owed == 0


def test_news_come_from_a_place_on_and_are_waited_for(ledger: Ledger) -> None:
    campaign = ledger.campaign("c-1")
    entry = ledger.entry(ledger.run(campaign="c-1"), "one", run_id="", device="")
    for text in ("one", "two", "three"):
        ledger.campaigns.remark("c-1", replace(entry, text=text))
    tail = ledger.control.tail(campaign.id, 2)
    assert [each.text for _, each in tail] == ["two", "three"]
    place = tail[0][0]
    news = ledger.control.news("c-1", place, 9, seconds=5)
    assert [each.text for _, each in news] == ["three"]
    assert not ledger.control.news("c-1", news[-1][0], 9, seconds=0.01)
    assert not ledger.control.news("c-1", news[-1][0], 9, seconds=0)
    assert not ledger.control.tail("c-9", 2)


def test_workers_are_known_until_they_are_silent_or_gone(ledger: Ledger) -> None:
    ledger.campaign("c-1")
    run = _add(ledger, 2)[0]
    assert ledger.workers.beat("w 1", ledger.now) is False
    ledger.workers.beat("w2", ledger.later(minutes=5))
    ledger.leases.claim(run.id, "w 1", ledger.now)
    first = ledger.workers.seen(ledger.now)[0]
    assert (first.name, first.seen, first.working) == ("w 1", ledger.now, 1)
    assert [beat.name for beat in ledger.workers.seen(ledger.later(minutes=1))] == ["w2"]
    ledger.workers.drain("w2")
    assert ledger.workers.beat("w2", ledger.later(minutes=6)) is True
    assert ledger.workers.seen(ledger.now + timedelta(minutes=1))[0].draining
    ledger.workers.gone("w2")
    assert not ledger.workers.seen(ledger.later(minutes=1))
    assert ledger.workers.beat("w2", ledger.now) is False
    waiting = ledger.workers.waiting(ledger.now)
    assert waiting == {"": (0, 0), "c-1": (1, 0)}
