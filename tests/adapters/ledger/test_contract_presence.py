"""Who is away, when PCs were seen, how sites and accounts fare: in Valkey and in memory."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from orchestrator.adapters.ledger import RedisAccounts, RedisSightings, RedisSiteLoads
from orchestrator.adapters.memory import ManualClock, MemoryLedger
from orchestrator.adapters.memory_presence import (
    MemoryAccounts,
    MemorySightings,
    MemorySiteLoads,
)
from orchestrator.domain.adaptive import SiteCap, Tally
from orchestrator.domain.campaign import CampaignStatus
from orchestrator.domain.run import RunState
from orchestrator.errors import InvalidInput
from orchestrator.usecases.presence import Watch
from orchestrator.usecases.presence_ports import Looked, Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import Any

    from orchestrator.usecases.presence_ports import Absent, Accounts, Sightings, SiteLoads


@dataclass(frozen=True)
class Lookout:
    """The three ports beside a ledger."""

    sightings: Sightings
    loads: SiteLoads
    accounts: Accounts

    def round(self, limit: int = 1000) -> list[Absent]:
        found: list[Absent] = []
        cursor = ""
        while True:
            page = self.sightings.away(cursor, limit)
            found += page.absent
            cursor = page.cursor
            if not cursor:
                return found


@pytest.fixture
def lookout(ledger: Any, request: pytest.FixtureRequest) -> Lookout:
    if isinstance(ledger.runs, MemoryLedger):
        return Lookout(MemorySightings(ledger.runs), MemorySiteLoads(), MemoryAccounts())
    store = request.getfixturevalue("store")
    return Lookout(RedisSightings(store), RedisSiteLoads(store), RedisAccounts(store))


def away(ledger: Any, device: str, **more: Any) -> str:
    due = ledger.later(hours=1)
    run_id: str = ledger.add(device, state=RunState.AWAY, due=due, **more).id
    return run_id


def test_nobody_is_away_at_first(lookout: Lookout) -> None:
    assert lookout.round() == []


def test_the_absent_of_what_goes_on_are_found_with_the_name_they_were_given(
    ledger: Any, lookout: Lookout
) -> None:
    ledger.campaign("c-1")
    ledger.campaign("c-2", status=CampaignStatus.PAUSED)
    ledger.campaign("c-3", status=CampaignStatus.RUNNING)
    wanted = {
        away(ledger, "PC-1"): "PC-1",
        away(ledger, "PC-2", campaign="c-1"): "PC-2",
        away(ledger, "PC-3", campaign="c-3"): "PC-3",
        away(ledger, "pc-4.corp.example"): "pc-4.corp.example",
        away(ledger, "pc-6.corp.example", reason="no answer " * 60): "pc-6.corp.example",
    }
    away(ledger, "PC-5", campaign="c-2")
    ledger.add("PC-6")
    ledger.add("PC-7", campaign="c-1")
    assert {each.run_id: each.device for each in lookout.round()} == wanted


def test_a_round_in_small_pages_finds_everybody(ledger: Any, lookout: Lookout) -> None:
    ledger.campaign("c-1")
    ledger.campaign("c-2")
    wanted = {away(ledger, f"PC-{n}", campaign=f"c-{n % 2 + 1}") for n in range(700)}
    assert {each.run_id for each in lookout.round(limit=50)} == wanted


def test_a_cursor_that_is_none_is_refused(lookout: Lookout) -> None:
    with pytest.raises(InvalidInput, match="does not continue a round"):
        lookout.sightings.away("nonsense")


def test_a_run_that_is_no_longer_away_is_not_looked_for(ledger: Any, lookout: Lookout) -> None:
    run_id = away(ledger, "PC-1")
    ledger.agenda.hasten([run_id], ledger.now)
    ledger.claim(ledger.runs.load(run_id))
    kept, lease = ledger.runs.load(run_id), None
    assert [each.run_id for each in lookout.round()] == [run_id]  # it is not said to be back yet
    ledger.leases.save(replace(kept, state=RunState.CANCELLED, due=None), [], lease)
    assert lookout.round() == []


def test_hours_are_learned_for_each_pc_by_itself(ledger: Any, lookout: Lookout) -> None:
    lookout.sightings.learn(["PC-1", "PC-2"], ledger.now)
    lookout.sightings.learn(["PC-1"], ledger.later(hours=5))
    lookout.sightings.learn([], ledger.now)
    mine = lookout.sightings.hours("PC-1", ledger.now)
    assert ledger.now in mine
    assert ledger.later(hours=5, weeks=1) in mine
    assert len(mine) == 2
    assert len(lookout.sightings.hours("PC-2", ledger.now)) == 1
    assert len(lookout.sightings.hours("PC-3", ledger.now)) == 0


def test_a_habit_is_remembered_for_four_weeks_and_forgotten_after_eight(
    ledger: Any, lookout: Lookout
) -> None:
    lookout.sightings.learn(["PC-1"], ledger.now)
    assert ledger.now in lookout.sightings.hours("PC-1", ledger.later(weeks=4))
    assert len(lookout.sightings.hours("PC-1", ledger.later(weeks=8))) == 0


def test_attempts_are_counted_by_site_and_once(lookout: Lookout) -> None:
    for late in (True, False, False):
        lookout.loads.note("Köln: Süd", late=late)
    lookout.loads.note("Ulm", late=False)
    assert lookout.loads.collect() == {
        "Köln: Süd": Tally(ended=3, late=1),
        "Ulm": Tally(ended=1, late=0),
    }
    assert lookout.loads.collect() == {}


def test_what_was_decided_for_a_site_is_remembered(ledger: Any, lookout: Lookout) -> None:
    caps = {
        "Ulm": SiteCap(now=3, most=None, halved=ledger.now),
        "Köln: Süd": SiteCap(now=2, most=9, halved=ledger.later(hours=1)),
    }
    for site, cap in caps.items():
        lookout.loads.keep(site, cap)
    assert lookout.loads.adapted() == caps
    lookout.loads.keep("Ulm", None)
    lookout.loads.keep("nowhere", None)
    assert set(lookout.loads.adapted()) == {"Köln: Süd"}


START = datetime(2026, 1, 5, 8, tzinfo=UTC)
SVC = "CORP\\svc"


def enter(ledger: Any, lookout: Lookout, ticket: str, account: str = SVC, **later: float) -> int:
    return lookout.accounts.enter(account, ticket, ledger.later(**later), limit=3)


def refuse(ledger: Any, lookout: Lookout, device: str, **later: float) -> Refused:
    return lookout.accounts.refused(SVC, "t", device, ledger.later(**later), limit=3)


def test_no_more_try_an_unproven_account_than_may_refuse_it(ledger: Any, lookout: Lookout) -> None:
    assert [enter(ledger, lookout, f"t-{n}") for n in range(5)] == [0, 0, 0, -1, -1]
    lookout.accounts.leave(SVC, "t-1")
    assert [enter(ledger, lookout, f"u-{n}") for n in range(2)] == [0, -1]


def test_a_try_whose_worker_died_counts_no_more_after_two_minutes(
    ledger: Any, lookout: Lookout
) -> None:
    for number in range(3):
        enter(ledger, lookout, f"t-{number}")
    assert enter(ledger, lookout, "u", seconds=119) == -1
    assert enter(ledger, lookout, "u", seconds=121) == 0


def test_a_proven_account_is_used_by_all_at_once(ledger: Any, lookout: Lookout) -> None:
    enter(ledger, lookout, "t")
    lookout.accounts.accepted(SVC, "t")
    assert [enter(ledger, lookout, f"t-{n}") for n in range(50)] == [0] * 50
    refuse(ledger, lookout, "PC-1")
    assert [enter(ledger, lookout, f"u-{n}") for n in range(3)] == [0, 0, -1]


def test_the_refusal_that_reaches_the_limit_is_told_to_one(ledger: Any, lookout: Lookout) -> None:
    assert refuse(ledger, lookout, "PC-1") == Refused(devices=("PC-1",), tripped=False)
    assert refuse(ledger, lookout, "pc-1") == Refused(devices=("PC-1",), tripped=False)
    assert not refuse(ledger, lookout, "PC-3").tripped
    third = refuse(ledger, lookout, "PC-2")
    assert third == Refused(devices=("PC-1", "PC-2", "PC-3"), tripped=True)
    assert not refuse(ledger, lookout, "PC-2").tripped
    assert not refuse(ledger, lookout, "PC-4").tripped
    assert enter(ledger, lookout, "t") == 4


def test_a_good_login_begins_the_count_anew(ledger: Any, lookout: Lookout) -> None:
    for device in ("PC-1", "PC-2"):
        refuse(ledger, lookout, device)
    lookout.accounts.accepted(SVC, "t")
    assert refuse(ledger, lookout, "PC-3") == Refused(devices=("PC-3",), tripped=False)


def test_one_account_does_not_stop_another_and_case_makes_none(
    ledger: Any, lookout: Lookout
) -> None:
    for device in ("PC-1", "PC-2", "PC-3"):
        refuse(ledger, lookout, device)
    assert enter(ledger, lookout, "t", account="corp\\SVC") == 3
    assert enter(ledger, lookout, "t", account="CORP\\other") == 0


@pytest.mark.parametrize("account", ["", SVC])
def test_refusals_are_forgotten_when_somebody_says_so(
    ledger: Any, lookout: Lookout, account: str
) -> None:
    for device in ("PC-1", "PC-2", "PC-3"):
        refuse(ledger, lookout, device)
    lookout.accounts.forgive(account)
    assert enter(ledger, lookout, "t") == 0
    assert refuse(ledger, lookout, "PC-9") == Refused(devices=("PC-9",), tripped=False)


def test_refusals_are_forgotten_half_an_hour_after_the_last(store: Any) -> None:
    RedisAccounts(store).refused(SVC, "t", "PC-1", START, limit=3)
    left = store.client.ttl("em:refused:corp%5Csvc")
    assert timedelta(minutes=29) < timedelta(seconds=left) <= timedelta(minutes=30)
    memory = MemoryAccounts()
    for number in range(3):
        memory.refused(SVC, "t", f"PC-{number}", START, limit=3)
    assert memory.enter(SVC, "t", START + timedelta(minutes=31), limit=3) == 0


@pytest.mark.parametrize("campaign", ["", "c-1"])
def test_a_pc_that_was_seen_goes_before_all_that_is_due(ledger: Any, campaign: str) -> None:
    ledger.campaign("c-1")
    for number in range(5):
        ledger.add(f"PC-{number}", campaign=campaign)
    seen = away(ledger, "PC-9", campaign=campaign)
    plain = away(ledger, "PC-8", campaign=campaign)
    now = ledger.later(seconds=1)
    assert ledger.agenda.hasten([seen], now, first=True) == 1
    assert ledger.agenda.hasten([plain], now) == 1
    taken = ledger.agenda.take(20, now, urgent=not campaign)
    assert taken[0] == seen
    assert taken[-1] == plain
    assert ledger.runs.load(seen).due == now
    assert ledger.claim(ledger.runs.load(seen), now)


class Third:
    """A sweep that finds every third PC."""

    def look(self, absent: Iterable[Absent], found: Callable[[Sequence[Looked]], object]) -> None:
        for each in absent:
            found([Looked(absent=each, there=int(each.device[3:]) % 3 == 0)])


def test_a_round_hastens_whoever_is_there_and_nobody_else(ledger: Any, lookout: Lookout) -> None:
    ledger.campaign("c-1")
    runs = [away(ledger, f"PC-{n}", campaign="c-1" if n % 2 else "") for n in range(60)]
    rung: list[int] = []
    clock = ManualClock(ledger.later(seconds=1))
    watch = Watch(
        clock=clock,
        agenda=ledger.agenda,
        sightings=lookout.sightings,
        sweep=Third(),
        ring=lambda: rung.append(1),
    )
    swept = watch.step()
    assert (swept.looked, swept.there, swept.hastened, swept.complete) == (60, 20, 20, True)
    due = [run for run in runs if ledger.runs.load(run).due == clock.now()]
    assert due == runs[::3]
    assert len(rung) == 20
    assert clock.now() in lookout.sightings.hours("PC-3", clock.now())
    assert len(lookout.sightings.hours("PC-4", clock.now())) == 0
