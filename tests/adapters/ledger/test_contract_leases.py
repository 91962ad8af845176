from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from orchestrator.domain.device import DeviceName
from orchestrator.domain.run import RunState, Verdict
from orchestrator.errors import LeaseLost, NotFound, RunChanged

if TYPE_CHECKING:
    from .conftest import Ledger


def test_a_due_run_is_claimed_once(ledger: Ledger) -> None:
    run = ledger.add()
    claimed, lease = ledger.claim(run)
    assert claimed == run
    assert (lease.run_id, lease.device, lease.holder) == (run.id, "PC-1", "worker")
    assert lease.until > ledger.now
    assert ledger.leases.claim(run.id, "worker", ledger.now) is None


def test_a_run_is_not_claimed_before_it_is_due(ledger: Ledger) -> None:
    run = ledger.add(due=ledger.later(minutes=1))
    assert ledger.leases.claim(run.id, "worker", ledger.now) is None
    assert ledger.leases.claim(run.id, "worker", ledger.later(minutes=1)) is not None


def test_a_run_that_does_not_exist_is_not_claimed(ledger: Ledger) -> None:
    assert ledger.leases.claim("r-nothing", "worker", ledger.now) is None


def test_a_device_is_held_by_one_run_at_a_time_whatever_it_belongs_to(ledger: Ledger) -> None:
    ledger.campaign("c-1")
    bulk = ledger.add("pc-1.corp", campaign="c-1")
    own = ledger.add("PC-1")
    _, lease = ledger.claim(own)
    assert ledger.leases.claim(bulk.id, "other", ledger.now) is None
    ledger.leases.release(lease)
    assert ledger.leases.claim(bulk.id, "other", ledger.later(seconds=1)) is not None


def test_each_fence_is_higher_than_all_before(ledger: Ledger) -> None:
    fences = [ledger.claim(ledger.add(f"PC-{number}"))[1].fence for number in range(3)]
    assert fences == sorted(set(fences))


def test_a_new_ledger_gives_higher_fences_than_an_old_one_ever_gave(ledger: Ledger) -> None:
    _, lease = ledger.claim(ledger.add())
    before_all = datetime(2024, 1, 1, tzinfo=UTC)
    assert lease.fence > before_all.timestamp() * 1_000_000
    assert lease.fence < 2**53  # a whole number for PowerShell, JSON and the ledger's Lua


def test_a_save_makes_the_next_version_and_keeps_the_device(ledger: Ledger) -> None:
    run, lease = ledger.claim(ledger.add())
    saved = ledger.leases.save(replace(run, state=RunState.PROBING, due=None), [], lease)
    assert saved.version == run.version + 1
    assert ledger.runs.load(run.id) == saved
    saved = ledger.leases.save(replace(saved, attempt=2), [], lease)
    assert saved.version == 2


def test_a_run_that_rests_gives_its_device_back(ledger: Ledger) -> None:
    run, lease = ledger.claim(ledger.add())
    due = ledger.later(minutes=5)
    saved = ledger.leases.save(replace(run, state=RunState.WAITING, due=due), [], lease)
    with pytest.raises(LeaseLost):
        ledger.leases.renew(lease, ledger.now)
    with pytest.raises(LeaseLost):
        ledger.leases.save(saved, [], lease)
    assert ledger.leases.claim(run.id, "other", ledger.now) is None
    assert ledger.leases.claim(run.id, "other", due) is not None


def test_a_save_of_an_old_version_keeps_nothing(ledger: Ledger) -> None:
    run, lease = ledger.claim(ledger.add())
    saved = ledger.leases.save(replace(run, state=RunState.PROBING, due=None), [], lease)
    with pytest.raises(RunChanged):
        ledger.leases.save(replace(run, attempt=9), [ledger.entry(run)], lease)
    assert ledger.runs.load(run.id) == saved
    assert not ledger.runs.history(run.device)


def test_a_save_of_a_run_that_does_not_exist_is_refused(ledger: Ledger) -> None:
    with pytest.raises(NotFound):
        ledger.leases.save(ledger.run("PC-9"), [], None)


def test_a_worker_that_was_too_slow_saves_nothing(ledger: Ledger) -> None:
    run, lease = ledger.claim(ledger.add())
    began = ledger.leases.save(replace(run, state=RunState.PROBING, due=None), [], lease)
    late = ledger.later(minutes=2)
    assert list(ledger.agenda.reap(late)) == [run.id]
    again, new = ledger.claim(run, late)
    with pytest.raises(LeaseLost):
        ledger.leases.save(replace(began, attempt=9), [], lease)
    with pytest.raises(LeaseLost):
        ledger.leases.renew(lease, late)
    ledger.leases.release(lease)
    assert new.fence > lease.fence
    assert ledger.leases.save(replace(again, attempt=2), [], new).attempt == 2


def test_renewing_holds_the_device_longer(ledger: Ledger) -> None:
    run, lease = ledger.claim(ledger.add())
    renewed = ledger.leases.renew(lease, ledger.later(seconds=50))
    assert renewed.until == lease.until + timedelta(seconds=50)
    assert not ledger.agenda.reap(lease.until)
    assert list(ledger.agenda.reap(renewed.until)) == [run.id]


def test_a_run_called_off_stops_its_worker_at_the_next_save(ledger: Ledger) -> None:
    run, lease = ledger.claim(ledger.add())
    began = ledger.leases.save(replace(run, state=RunState.PROBING, due=None), [], lease)
    ended = replace(began, state=RunState.CANCELLED, verdict=Verdict.CANCELLED, due=None)
    cancelled = ledger.leases.save(ended, [], None)
    with pytest.raises(LeaseLost):
        ledger.leases.save(replace(began, attempt=2), [], lease)
    with pytest.raises(LeaseLost):
        ledger.leases.renew(lease, ledger.now)
    assert ledger.runs.load(run.id) == cancelled


def test_the_device_of_a_run_called_off_stays_taken_until_its_worker_is_gone(
    ledger: Ledger,
) -> None:
    run, lease = ledger.claim(ledger.add())
    began = ledger.leases.save(replace(run, state=RunState.PROBING, due=None), [], lease)
    ended = replace(began, state=RunState.CANCELLED, verdict=Verdict.CANCELLED, due=None)
    ledger.leases.save(ended, [], None)
    second = ledger.runs.create(ledger.run("PC-1", id="r-second"))
    assert second.fresh
    assert ledger.leases.claim("r-second", "other", ledger.now) is None
    ledger.leases.release(lease)
    assert ledger.leases.claim("r-second", "other", ledger.now) is not None


def test_a_worker_still_on_the_device_of_a_run_called_off_holds_it_by_renewing(
    ledger: Ledger,
) -> None:
    run, lease = ledger.claim(ledger.add())
    ended = replace(run, state=RunState.CANCELLED, verdict=Verdict.CANCELLED, due=None)
    ledger.leases.save(ended, [], None)
    ledger.add("PC-1", id="r-second")
    with pytest.raises(LeaseLost):
        ledger.leases.renew(lease, ledger.later(seconds=50))
    ledger.agenda.reap(ledger.later(seconds=70))
    assert ledger.leases.claim("r-second", "other", ledger.later(seconds=70)) is None
    ledger.agenda.reap(ledger.later(seconds=110))
    assert ledger.leases.claim("r-second", "other", ledger.later(seconds=110)) is not None


def test_the_device_of_a_run_called_off_is_free_when_the_lease_ends(ledger: Ledger) -> None:
    run, lease = ledger.claim(ledger.add())
    ended = replace(run, state=RunState.CANCELLED, verdict=Verdict.CANCELLED, due=None)
    ledger.leases.save(ended, [], None)
    ledger.add("PC-1", id="r-second")
    assert not ledger.agenda.reap(lease.until)
    assert ledger.leases.claim("r-second", "other", lease.until) is not None
    assert ledger.runs.load(run.id).state is RunState.CANCELLED


def test_a_resting_run_can_be_called_off_from_outside(ledger: Ledger) -> None:
    run = ledger.add()
    ended = replace(run, state=RunState.CANCELLED, verdict=Verdict.CANCELLED, due=None)
    ledger.leases.save(ended, [], None)
    assert ledger.leases.claim(run.id, "worker", ledger.now) is None
    assert not ledger.agenda.take(5, ledger.now, urgent=True)


def test_a_lease_given_back_before_anything_began_leaves_the_run_due(ledger: Ledger) -> None:
    run, lease = ledger.claim(ledger.add())
    ledger.leases.release(lease)
    ledger.leases.release(lease)
    assert ledger.runs.load(run.id) == run
    assert ledger.leases.claim(run.id, "other", ledger.now) is not None


def test_a_lease_given_back_in_the_middle_leaves_the_run_waiting_for_a_while(
    ledger: Ledger,
) -> None:
    run, lease = ledger.claim(ledger.add())
    ledger.leases.save(replace(run, state=RunState.REPAIRING, due=None), [], lease)
    ledger.leases.release(lease)
    rested = ledger.runs.load(run.id)
    assert rested.state is RunState.WAITING
    assert rested.due is not None
    assert rested.due > ledger.now
    assert ledger.leases.claim(run.id, "other", ledger.now) is None
    assert ledger.leases.claim(run.id, "other", rested.due) is not None
    (entry,) = ledger.runs.history(DeviceName("PC-1"))
    assert (entry.kind, entry.state) == ("fault", "waiting")


def test_a_settled_run_keeps_its_device_while_it_is_checked_again(ledger: Ledger) -> None:
    check = ledger.later(days=1)
    run, lease = ledger.claim(ledger.add())
    settled = replace(run, state=RunState.SETTLED, verdict=Verdict.ENROLLED, due=check)
    ledger.leases.save(settled, [], lease)
    run, lease = ledger.claim(run, check)
    began = ledger.leases.save(replace(run, attempt=2, updated=check), [], lease)
    assert ledger.leases.renew(lease, check).fence == lease.fence
    ledger.leases.save(replace(began, due=ledger.later(days=7)), [], lease)
    with pytest.raises(LeaseLost):
        ledger.leases.renew(lease, check)
    assert ledger.leases.claim(run.id, "worker", ledger.later(days=7)) is not None


def test_a_check_whose_worker_was_lost_comes_again_and_the_run_stays_settled(
    ledger: Ledger,
) -> None:
    run, lease = ledger.claim(
        ledger.add(state=RunState.SETTLED, verdict=Verdict.ENROLLED, campaign="")
    )
    ledger.leases.save(replace(run, attempt=2), [], lease)
    late = ledger.later(minutes=5)
    assert list(ledger.agenda.reap(late)) == [run.id]
    assert ledger.runs.load(run.id).state is RunState.SETTLED
    assert ledger.leases.claim(run.id, "worker", late) is not None
