from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING

import pytest

from orchestrator.domain.campaign import CampaignPolicy, CampaignStatus, Course
from orchestrator.domain.device import DeviceName
from orchestrator.domain.run import RunOptions, RunState, Verdict
from orchestrator.domain.share import Share
from orchestrator.domain.wave import WavePolicy
from orchestrator.errors import InvalidInput, NotFound, RunChanged
from orchestrator.usecases.ports import SAID_MOST

if TYPE_CHECKING:
    from orchestrator.domain.run import Run

    from .conftest import Ledger


def _settle(ledger: Ledger, run: Run, verdict: Verdict) -> Run:
    claimed, lease = ledger.claim(run)
    settled = replace(claimed, state=RunState.SETTLED, verdict=verdict, due=None)
    return ledger.leases.save(settled, [ledger.entry(run, verdict.value)], lease)


def test_a_campaign_is_kept_as_it_is(ledger: Ledger) -> None:
    campaign = ledger.campaign(
        "c-1",
        name="Everything in \u00d8sterbro",
        status=CampaignStatus.DRAFT,
        plan="sha256:ab",
        options=RunOptions(dry_run=True, deadline=ledger.later(days=30)),
        policy=CampaignPolicy(
            spread=WavePolicy(cause_failures=(("tpm", Share.parse("2%")),), gates=(1,)),
            site_windows=(("BER", "daily 18:00-06:00"),),
        ),
        course=Course(skipped=4, budget=1, wave=2, wave_ended=ledger.later(days=1)),
    )
    assert ledger.campaigns.load("c-1") == campaign


def test_a_name_is_taken_once(ledger: Ledger) -> None:
    ledger.campaign("c-1", author="ada")
    with pytest.raises(InvalidInput, match="c-1"):
        ledger.campaign("c-1", author="eve")
    assert ledger.campaigns.load("c-1").author == "ada"


def test_what_is_sent_again_after_the_line_broke_is_kept_once(ledger: Ledger) -> None:
    campaign = ledger.campaign("c-1")
    assert ledger.campaigns.create(campaign) == campaign
    runs = [ledger.run(f"PC-{number}", campaign="c-1") for number in range(5)]
    assert ledger.campaigns.add_runs(runs) == 5
    assert ledger.campaigns.add_runs(runs) == 0
    assert ledger.campaigns.counts("c-1").targets == 5


@pytest.mark.parametrize("name", ["", "a.b", "a b", "a:b", "-", "x" * 33])
def test_a_name_that_could_not_name_its_runs_is_refused(ledger: Ledger, name: str) -> None:
    with pytest.raises(InvalidInput):
        ledger.campaign(name)


def test_a_campaign_that_does_not_exist_is_not_found(ledger: Ledger) -> None:
    with pytest.raises(NotFound):
        ledger.campaigns.load("c-9")
    with pytest.raises(NotFound):
        ledger.campaigns.set_status("c-9", CampaignStatus.RUNNING, ledger.now)
    campaign = ledger.campaign("c-1")
    with pytest.raises(NotFound):
        ledger.campaigns.save(replace(campaign, id="c-9"))


def test_a_save_makes_the_next_version_and_refuses_an_old_one(ledger: Ledger) -> None:
    campaign = ledger.campaign("c-1")
    saved = ledger.campaigns.save(replace(campaign, plan="sha256:ab"))
    assert saved.version == 1
    assert ledger.campaigns.load("c-1") == saved
    with pytest.raises(RunChanged):
        ledger.campaigns.save(replace(campaign, plan="sha256:cd"))
    assert ledger.campaigns.load("c-1") == saved


def test_a_change_of_status_makes_a_save_under_way_fail(ledger: Ledger) -> None:
    campaign = ledger.campaign("c-1")
    paused = ledger.campaigns.set_status("c-1", CampaignStatus.PAUSED, ledger.now)
    assert (paused.status, paused.version) == (CampaignStatus.PAUSED, 1)
    with pytest.raises(RunChanged):
        ledger.campaigns.save(campaign)


def test_a_status_may_be_changed_only_from_the_one_that_was_meant(ledger: Ledger) -> None:
    ledger.campaign("c-1", status=CampaignStatus.CANCELLED)
    running, paused = CampaignStatus.RUNNING, CampaignStatus.PAUSED
    kept = ledger.campaigns.set_status("c-1", paused, ledger.now, only_from=running)
    assert (kept.status, kept.version) == (CampaignStatus.CANCELLED, 0)
    ledger.campaigns.set_status("c-1", running, ledger.now)
    changed = ledger.campaigns.set_status("c-1", paused, ledger.now, only_from=running)
    assert changed == ledger.campaigns.load("c-1")
    assert (changed.status, changed.version) == (paused, 2)


def test_the_newest_campaigns_come_first(ledger: Ledger) -> None:
    for number in range(4):
        ledger.campaign(f"c-{number}", created=ledger.later(minutes=number))
    assert [each.id for each in ledger.campaigns.newest(2)] == ["c-3", "c-2"]


def test_every_run_is_in_exactly_one_state_whatever_happens(ledger: Ledger) -> None:
    ledger.campaign("c-1")
    runs = [ledger.run(f"PC-{number}", campaign="c-1") for number in range(30)]
    assert ledger.campaigns.add_runs(runs) == 30
    random = Random(7)
    now = ledger.now
    for _ in range(200):
        now += timedelta(seconds=20)
        ledger.agenda.reap(now)
        run = ledger.runs.load(random.choice(runs).id)
        claimed = ledger.leases.claim(run.id, "worker", now)
        if claimed is not None:
            state = random.choice(list(RunState))
            verdict = random.choice(list(Verdict)) if state is RunState.SETTLED else None
            due = random.choice([now, now + timedelta(minutes=1)])
            changed = replace(claimed[0], state=state, verdict=verdict, due=due, updated=now)
            ledger.leases.save(changed, [], claimed[1])
        counts = ledger.campaigns.counts("c-1")
        assert sum(counts.states.values()) == counts.targets == 30
        for state in RunState:
            page = ledger.campaigns.page("c-1", state, limit=99)
            assert len(page.runs) == counts.states[state]
            assert {each.state for each in page.runs} <= {state}
        for verdict in Verdict:
            page = ledger.campaigns.page("c-1", verdict, limit=99)
            assert len(page.runs) == counts.verdicts[verdict]
            assert {each.verdict for each in page.runs} <= {verdict}


def test_counts_tell_settled_runs_by_verdict(ledger: Ledger) -> None:
    ledger.campaign("c-1")
    for number, verdict in enumerate([Verdict.ENROLLED, Verdict.ENROLLED, Verdict.FAILED]):
        _settle(ledger, ledger.add(f"PC-{number}", campaign="c-1"), verdict)
    ledger.add("PC-9", campaign="c-1")
    counts = ledger.campaigns.counts("c-1")
    assert counts.states[RunState.SETTLED] == 3
    assert counts.verdicts[Verdict.ENROLLED] == 2
    assert counts.unfinished == 1
    assert ledger.campaigns.counts("c-nothing").targets == 0


def test_pages_hold_every_run_once(ledger: Ledger) -> None:
    ledger.campaign("c-1")
    runs = [ledger.run(f"PC-{number:03}", campaign="c-1") for number in range(95)]
    ledger.campaigns.add_runs(runs)
    for number in range(0, 95, 9):
        _settle(ledger, runs[number], Verdict.ENROLLED if number % 2 else Verdict.FAILED)
    seen, cursor = [], ""
    while True:
        page = ledger.campaigns.page("c-1", cursor=cursor, limit=10)
        assert len(page.runs) <= 10
        seen += [run.id for run in page.runs]
        cursor = page.cursor
        if not cursor:
            break
    assert sorted(seen) == [run.id for run in runs]


def test_a_run_that_does_not_change_is_in_one_page_though_others_move(ledger: Ledger) -> None:
    ledger.campaign("c-1")
    runs = [ledger.run(f"PC-{number:02}", campaign="c-1") for number in range(20)]
    ledger.campaigns.add_runs(runs)
    first = ledger.campaigns.page("c-1", RunState.QUEUED, limit=10)
    for run in (runs[3], runs[9], runs[15]):  # the last one of the first page among them
        _settle(ledger, run, Verdict.ENROLLED)
    second = ledger.campaigns.page("c-1", RunState.QUEUED, first.cursor, limit=20)
    still = {run.id for number, run in enumerate(runs) if number not in {3, 9, 15}}
    found = [run.id for run in (*first.runs, *second.runs) if run.id in still]
    assert sorted(found) == sorted(still)
    assert second.cursor == ""


@pytest.mark.parametrize("cursor", ["x", "a b", "queued soon c-1.PC-1", "queued  "])
def test_a_cursor_that_is_none_is_refused(ledger: Ledger, cursor: str) -> None:
    with pytest.raises(InvalidInput, match="does not continue"):
        ledger.campaigns.page("c-1", cursor=cursor)


def test_events_of_all_devices_and_of_the_campaign_come_in_order(ledger: Ledger) -> None:
    ledger.campaign("c-1")
    ledger.campaign("c-2")
    for number in range(5):
        _settle(ledger, ledger.add(f"PC-{number}", campaign="c-1"), Verdict.ENROLLED)
    _settle(ledger, ledger.add("PC-9", campaign="c-2"), Verdict.FAILED)
    own = ledger.entry(ledger.run(campaign="c-1"), "wave 2 begins", run_id="", device="")
    ledger.campaigns.remark("c-1", own)
    first = ledger.campaigns.events("c-1", limit=4)
    rest = ledger.campaigns.events("c-1", after=first[-1][0])
    entries = [entry for _, entry in (*first, *rest)]
    assert [entry.device for entry in entries] == [f"PC-{number}" for number in range(5)] + [""]
    assert entries[-1] == own
    assert not ledger.campaigns.events("c-1", after=rest[-1][0])


def test_what_was_decided_is_whole_however_much_happened_to_its_devices(ledger: Ledger) -> None:
    campaign = ledger.campaign("c-1")
    ledger.campaign("c-2")
    own = ledger.entry(ledger.run(campaign="c-1"), "planned by ada", run_id="", device="")
    ledger.campaigns.remark("c-1", own)
    run = ledger.run(campaign="c-1")
    ledger.campaigns.add_runs([run])
    for number in range(300):
        ledger.runs.remark(ledger.entry(run, f"look {number}"))
    decided = replace(own, kind="decision", text="wave 1 releases 5")
    ledger.campaigns.save(campaign, [decided])
    assert ledger.campaigns.said("c-1") == [own, decided]
    assert ledger.campaigns.said("c-2") == []


def test_only_so_many_decisions_are_kept_and_the_newest_of_them(ledger: Ledger) -> None:
    campaign = ledger.campaign("c-1")
    own = ledger.entry(ledger.run(campaign="c-1"), run_id="", device="")
    many = [replace(own, text=f"{number}") for number in range(SAID_MOST + 1)]
    ledger.campaigns.save(campaign, many)
    assert [each.text for each in ledger.campaigns.said("c-1")][:: SAID_MOST - 1] == ["1", "1000"]
    ledger.campaigns.remark("c-1", replace(own, text="last"))
    said = ledger.campaigns.said("c-1")
    assert (said[0].text, said[-1].text, len(said)) == ("2", "last", SAID_MOST)


def test_a_forgotten_campaign_leaves_nothing(ledger: Ledger) -> None:
    ledger.campaign("c-1")
    ledger.caps.limit("campaign:c-1", 5)
    ledger.campaigns.add_runs(ledger.run(f"PC-{n}", campaign="c-1") for n in range(600))
    own = ledger.entry(ledger.run(campaign="c-1"), "planned", run_id="", device="")
    ledger.campaigns.remark("c-1", own)
    _settle(ledger, ledger.run("PC-1", campaign="c-1"), Verdict.ENROLLED)
    ledger.campaigns.forget("c-1")
    ledger.campaigns.forget("c-1")
    assert ledger.campaigns.counts("c-1").targets == 0
    assert ledger.campaigns.page("c-1").runs == ()
    assert not ledger.campaigns.events("c-1")
    assert not ledger.campaigns.said("c-1")
    assert not ledger.campaigns.newest()
    assert not ledger.agenda.take(9, ledger.later(days=1), urgent=False)
    assert not ledger.runs.latest(DeviceName("PC-1"))
    assert ledger.caps.limits() == {}
    with pytest.raises(NotFound):
        ledger.campaigns.load("c-1")


def test_the_worker_of_a_forgotten_run_saves_nothing(ledger: Ledger) -> None:
    ledger.campaign("c-1")
    run, lease = ledger.claim(ledger.add("PC-1", campaign="c-1"))
    ledger.campaigns.forget("c-1")
    with pytest.raises(NotFound):
        ledger.leases.save(replace(run, state=RunState.PROBING, due=None), [], lease)
    ledger.leases.release(lease)
    assert ledger.caps.busy("campaign:c-1", ledger.now) == 0
