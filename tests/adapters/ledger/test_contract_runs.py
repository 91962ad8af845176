from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from orchestrator.domain.device import DeviceName
from orchestrator.domain.run import RunState, Verdict
from orchestrator.errors import NotFound

if TYPE_CHECKING:
    from .conftest import Ledger


def test_a_new_run_is_kept_as_it_is(ledger: Ledger) -> None:
    run = ledger.run("pc-1.corp.example", site="Berlin HQ")
    created = ledger.runs.create(run)
    assert created.fresh
    assert created.run == run
    assert ledger.runs.load(run.id) == run


def test_a_run_that_does_not_exist_is_not_found(ledger: Ledger) -> None:
    with pytest.raises(NotFound, match="there is no run r-nothing"):
        ledger.runs.load("r-nothing")


def test_a_second_request_joins_the_unsettled_run_of_the_device(ledger: Ledger) -> None:
    first = ledger.add("PC-1")
    second = ledger.runs.create(ledger.run("pc-1.corp.example", id="r-second"))
    assert not second.fresh
    assert second.run == first
    with pytest.raises(NotFound):
        ledger.runs.load("r-second")


def test_a_request_joins_the_campaign_run_that_is_on_the_device_now(ledger: Ledger) -> None:
    ledger.campaign("c-1")
    campaign_run = ledger.add("PC-1", campaign="c-1")
    ledger.claim(campaign_run)
    created = ledger.runs.create(ledger.run("PC-1"))
    assert not created.fresh
    assert created.run.id == campaign_run.id


def test_a_request_does_not_join_a_campaign_run_that_only_waits(ledger: Ledger) -> None:
    ledger.campaign("c-1")
    ledger.add("PC-1", campaign="c-1")
    assert ledger.runs.create(ledger.run("PC-1")).fresh


def test_a_request_does_not_join_a_settled_run_that_is_checked_again(ledger: Ledger) -> None:
    run = ledger.add("PC-1", state=RunState.SETTLED, verdict=Verdict.ENROLLED)
    ledger.claim(run)
    assert ledger.runs.create(ledger.run("PC-1", id="r-second")).fresh


def test_a_settled_run_is_not_joined(ledger: Ledger) -> None:
    run, lease = ledger.claim(ledger.add("PC-1"))
    ledger.leases.save(
        replace(run, state=RunState.SETTLED, verdict=Verdict.FAILED, due=None), [], lease
    )
    assert ledger.runs.create(ledger.run("PC-1", id="r-second")).fresh


def test_a_campaign_run_is_created_beside_an_on_demand_one(ledger: Ledger) -> None:
    ledger.campaign("c-1")
    ledger.add("PC-1")
    assert ledger.runs.create(ledger.run("PC-1", campaign="c-1")).fresh


def test_many_runs_are_created_once(ledger: Ledger) -> None:
    ledger.campaign("c-1")
    runs = [ledger.run(f"PC-{number}", campaign="c-1") for number in range(1234)]
    assert ledger.runs.create_many(runs[:700]) == 700
    assert ledger.runs.create_many(runs) == 534
    assert ledger.runs.load("c-1.PC-1233") == runs[1233]
    assert ledger.campaigns.counts("c-1").targets == 1234


def test_on_demand_runs_are_not_created_in_bulk(ledger: Ledger) -> None:
    with pytest.raises(ValueError, match="by itself"):
        ledger.runs.create_many([ledger.run()])


def test_the_latest_runs_of_a_device_come_newest_first(ledger: Ledger) -> None:
    ledger.campaign("c-1")
    first = ledger.add("PC-1", campaign="c-1")
    second = ledger.add("PC-1", created=ledger.later(minutes=1))
    other = ledger.add("PC-1", id="c-1.by-another-name", campaign="c-1")
    ledger.add("PC-2", created=ledger.later(minutes=2))
    assert [run.id for run in ledger.runs.latest(DeviceName("pc-1.corp"))] == [second.id]
    latest = ledger.runs.latest(DeviceName("PC-1"), limit=5)
    assert {run.id for run in latest} == {first.id, second.id, other.id}
    assert latest[0] == second


def test_recent_runs_are_those_asked_for_one_by_one(ledger: Ledger) -> None:
    ledger.campaign("c-1")
    ledger.add("PC-0", campaign="c-1")
    for number in range(5):
        ledger.add(f"PC-{number}", created=ledger.later(minutes=number))
    assert [run.device.key for run in ledger.runs.recent(3)] == ["PC-4", "PC-3", "PC-2"]


def test_the_history_of_a_device_spans_its_runs(ledger: Ledger) -> None:
    ledger.campaign("c-1")
    run, lease = ledger.claim(ledger.add("PC-1", campaign="c-1"))
    entries = [ledger.entry(run, "first"), ledger.entry(run, "second: \u00fc\n\t-")]
    ledger.leases.save(replace(run, state=RunState.PROBING, due=None), entries, lease)
    own = ledger.add("PC-1", id="r-own")
    remark = ledger.entry(run, "third")
    ledger.runs.remark(remark)
    other = ledger.add("PC-2")
    ledger.runs.remark(ledger.entry(other))
    assert own.id == run.id  # joined
    assert list(ledger.runs.history(DeviceName("PC-1"))) == [*entries, remark]


def test_a_remark_leaves_the_run_as_it_is(ledger: Ledger) -> None:
    run = ledger.add()
    ledger.runs.remark(ledger.entry(run))
    assert ledger.runs.load(run.id) == run


def test_a_remark_about_nothing_is_refused(ledger: Ledger) -> None:
    with pytest.raises(NotFound):
        ledger.runs.remark(ledger.entry(ledger.run("PC-9")))
