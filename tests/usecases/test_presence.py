"""Rounds over who is away, with a clock that is moved."""

from __future__ import annotations

import tracemalloc
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.adapters.memory import ManualClock, MemoryLedger
from orchestrator.adapters.memory_presence import MemorySightings
from orchestrator.domain.device import DeviceName
from orchestrator.domain.run import Run, RunState, Verdict
from orchestrator.errors import PolicyRefused, StoreUnavailable, Unreachable
from orchestrator.usecases.advance import advance
from orchestrator.usecases.presence import Swept, Watch
from orchestrator.usecases.presence_ports import Absent, AbsentPage, Looked
from tests.usecases.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from contextlib import AbstractContextManager

    from orchestrator.usecases.ports import Ports, Session

SATURDAY = datetime(2026, 1, 3, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@dataclass
class Fleet:
    """PCs that are there at certain times: a sweep, a presence and sessions.

    Attributes:
        there: tells whether a PC is there at a time.
        reached: when somebody first logged in to each.
        looks: how often each was looked for by a sweep.
        goes: raised when somebody logs in.
    """

    clock: ManualClock
    there: Callable[[str, datetime], bool]
    reached: dict[str, datetime] = field(default_factory=dict)
    looks: dict[str, int] = field(default_factory=dict)
    goes: Exception = field(default_factory=lambda: PolicyRefused("no"))

    def look(self, absent: Iterable[Absent], found: Callable[[Sequence[Looked]], object]) -> None:
        for each in absent:
            self.looks[each.device] = self.looks.get(each.device, 0) + 1
            there = self.there(each.device, self.clock.now())
            found([Looked(absent=each, there=there, reason="" if there else "off")])

    def is_there(self, device: DeviceName) -> bool:
        return self.there(device.text, self.clock.now())

    def open(self, device: DeviceName, *, seconds: float) -> AbstractContextManager[Session]:
        self.reached.setdefault(device.text, self.clock.now())
        raise self.goes


class Office:
    """A ledger with absent PCs, a sweep, and one worker."""

    def __init__(self, there: Callable[[str, datetime], bool], names: Sequence[str]) -> None:
        self.world = World(clock=ManualClock(SATURDAY))
        self.clock, self.ledger = self.world.clock, self.world.ledger
        self.sightings = MemorySightings(self.ledger)
        self.fleet = Fleet(self.clock, there)
        self.rung = 0
        self.watch = Watch(
            clock=self.clock,
            agenda=self.ledger,
            sightings=self.sightings,
            sweep=self.fleet,
            ring=self.ring,
        )
        for name in names:
            self.away(name)

    @property
    def ports(self) -> Ports:
        return replace(
            self.world.ports, sessions=self.fleet, presence=self.fleet, sightings=self.sightings
        )

    def away(self, name: str) -> Run:
        now = self.clock.now()
        run = Run(
            id=f"r-{name}",
            device=DeviceName(name),
            created=now,
            updated=now,
            due=now + timedelta(hours=4),
            state=RunState.AWAY,
        )
        return self.ledger.create(run).run

    def ring(self) -> None:
        self.rung += 1

    def work(self) -> None:
        for run_id in self.ledger.take(1000, self.clock.now(), urgent=True):
            advance(run_id, self.ports, holder="w")

    def live(self, length: timedelta, step: timedelta = MINUTE) -> None:
        """Let time pass, with a look at each step."""
        end = self.clock.now() + length
        while self.clock.now() < end:
            self.watch.step()
            self.work()
            self.clock.move(step)


def on(_: str, __: datetime) -> bool:
    return True


def off(_: str, __: datetime) -> bool:
    return False


def weekdays(start: float, hours: float) -> Callable[[str, datetime], bool]:
    """Return a habit: there on weekdays for so many hours from an hour on."""

    def there(_: str, at: datetime) -> bool:
        return at.weekday() < 5 and start <= at.hour + at.minute / 60 < start + hours

    return there


def test_a_pc_that_is_seen_is_due_at_once_and_rung_for() -> None:
    office = Office(on, ["PC-1"])
    assert office.watch.step() == Swept(looked=1, there=1, hastened=1, complete=True)
    assert office.ledger.load("r-PC-1").due == SATURDAY
    assert office.rung == 1


def test_a_pc_that_is_not_seen_keeps_its_time_and_nobody_is_rung() -> None:
    office = Office(off, ["PC-1"])
    assert office.watch.step() == Swept(looked=1, complete=True)
    assert office.ledger.load("r-PC-1").due == SATURDAY + timedelta(hours=4)
    assert office.rung == 0


def test_a_round_begins_a_minute_after_the_one_before() -> None:
    office = Office(off, ["PC-1"])
    office.watch.step()
    office.clock.move(timedelta(seconds=59))
    office.watch.step()
    assert office.fleet.looks == {"PC-1": 1}
    office.clock.move(timedelta(seconds=1))
    office.watch.step()
    assert office.fleet.looks == {"PC-1": 2}


def test_a_look_takes_no_lease_and_no_session() -> None:
    office = Office(on, [f"PC-{number}" for number in range(50)])
    office.watch.step()
    assert office.ledger.state.held == {}
    assert office.ledger.state.fence == 0
    assert office.fleet.reached == {}


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 22), st.integers(0, 50))
def test_a_laptop_that_is_there_two_hours_on_weekdays_is_reached_on_the_first_day_it_is_seen(
    start: int, quarter: int
) -> None:
    office = Office(weekdays(start + quarter % 4 / 4, 2 - quarter % 4 / 4), ["PC-1"])
    office.live(timedelta(days=3), timedelta(minutes=5))
    monday = SATURDAY + timedelta(days=2)
    assert monday <= office.fleet.reached["PC-1"] < monday + timedelta(days=1)
    assert office.ledger.load("r-PC-1").verdict is Verdict.FAILED  # as the PC answered


def test_nobody_starves_whatever_the_others_do() -> None:
    names = [f"PC-{number}" for number in range(40)]

    def there(name: str, at: datetime) -> bool:
        number = int(name[3:])
        return number % 3 == 0 or weekdays(number % 22, 2)(name, at)

    office = Office(there, names)
    office.live(timedelta(days=3), timedelta(minutes=10))
    assert set(office.fleet.reached) == set(names)


def test_a_pc_that_answers_and_is_absent_all_the_same_is_tried_less_and_less_often() -> None:
    office = Office(on, ["PC-1"])
    office.fleet.goes = Unreachable("a proxy answers")
    office.fleet.reached.clear()
    tries = []
    original = office.fleet.open

    def counted(device: DeviceName, *, seconds: float) -> Any:
        tries.append(office.clock.now())
        return original(device, seconds=seconds)

    office.fleet.open = counted  # type: ignore[method-assign] # watched
    office.live(timedelta(days=1))
    assert 5 < len(tries) < 25


def test_a_pc_that_was_gone_once_is_tried_at_once_again() -> None:
    there = [True]
    office = Office(lambda *_: there[0], ["PC-1"])
    office.fleet.goes = Unreachable("went away just now")
    for _ in range(5):
        office.live(MINUTE)
        there[0] = False
        office.live(MINUTE)
        there[0] = True
        swept = office.watch.step()
        assert swept.hastened == 1
        office.work()
        office.clock.move(MINUTE)


def test_the_hours_in_which_a_pc_was_seen_are_learned_by_sweep_and_by_session() -> None:
    office = Office(on, ["PC-1"])
    office.watch.step()
    assert SATURDAY in office.sightings.hours("PC-1", SATURDAY)
    later = office.clock.move(timedelta(hours=3))
    office.ledger.hasten(["r-PC-1"], later)
    advance("r-PC-1", office.ports, holder="w")
    assert later in office.sightings.hours("PC-1", SATURDAY)


def test_a_run_that_goes_away_is_due_when_its_pc_was_seen_before() -> None:
    office = Office(off, [])
    nine = SATURDAY + timedelta(hours=9)
    office.sightings.learn(["PC-1"], nine)
    run = office.away("PC-1")
    office.ledger.hasten([run.id], office.clock.move(timedelta(hours=2)))
    advance(run.id, office.ports, holder="w")
    after = office.ledger.load(run.id)
    assert after.state is RunState.AWAY
    assert after.due is not None
    assert nine <= after.due < nine + timedelta(hours=1)


def test_hundreds_of_laptops_that_come_on_monday_at_eight_are_due_all_over_the_hour() -> None:
    names = [f"PC-{number}" for number in range(400)]
    office = Office(off, names)
    eight = SATURDAY + timedelta(days=2, hours=8)
    office.sightings.learn(names, eight)
    night = office.clock.move(timedelta(days=2, hours=2))
    office.ledger.hasten([f"r-{name}" for name in names], night)
    office.work()
    due = [office.ledger.load(f"r-{name}").due for name in names]
    minutes = [(at - eight) // MINUTE for at in due if at is not None]
    assert len(minutes) == 400
    assert min(minutes) >= 0
    assert max(minutes) < 60
    assert max(minutes.count(minute) for minute in range(60)) < 25


class Crowd:
    """A hundred thousand absent PCs, made a page at a time."""

    def __init__(self, count: int = 100_000) -> None:
        self.count = count
        self.seen: set[str] = set()

    def away(self, cursor: str = "", limit: int = 1000) -> AbsentPage:
        first = int(cursor or 0)
        last = min(first + limit, self.count)
        return AbsentPage(
            absent=tuple(
                Absent(run_id=f"c.PC-{number}", device=f"PC-{number}")
                for number in range(first, last)
            ),
            cursor=str(last) if last < self.count else "",
        )

    def learn(self, devices: Sequence[str], at: datetime) -> None:
        self.seen.update(devices)

    def hours(self, device: str, at: datetime) -> Any:
        raise AssertionError(device, at)


class Slow:
    """A sweep that needs a millisecond a look, of a clock that it moves."""

    def __init__(self, clock: ManualClock) -> None:
        self.clock = clock
        self.looked = 0

    def look(self, absent: Iterable[Absent], found: Callable[[Sequence[Looked]], object]) -> None:
        rest = iter(absent)
        while some := [Looked(absent=each, there=False) for each in islice(rest, 250)]:
            self.looked += len(some)
            self.clock.move(timedelta(milliseconds=len(some)))
            found(some)


def test_a_hundred_thousand_absent_pcs_cost_a_bounded_time_a_slice_and_bounded_memory() -> None:
    clock = ManualClock(SATURDAY)
    sweep = Slow(clock)
    watch = Watch(
        clock=clock,
        agenda=MemoryLedger(),
        sightings=Crowd(),
        sweep=sweep,
        ring=lambda: None,
        slice_seconds=5,
    )
    peaks: list[int] = []
    slices: list[float] = []
    complete = False
    while not complete:
        traced = len(slices) in {1, 15}  # tracing costs much: an early slice and a late one
        if traced:
            tracemalloc.start()
        before = clock.monotonic()
        complete = watch.step().complete
        slices.append(clock.monotonic() - before)
        if traced:
            peaks.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
    assert sweep.looked == 100_000
    assert max(slices) <= 6  # five seconds, and the page that was begun
    assert max(peaks) < 2_000_000


def test_a_round_goes_on_where_it_was_when_the_ledger_was_gone_in_between(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    clock, crowd = ManualClock(SATURDAY), Crowd(3000)
    sweep = Slow(clock)
    watch = Watch(
        clock=clock,
        agenda=MemoryLedger(),
        sightings=crowd,
        sweep=sweep,
        ring=lambda: None,
        slice_seconds=1,
    )
    watch.step()
    with monkeypatch.context() as broken:

        def down(*_: object) -> AbsentPage:
            raise StoreUnavailable("down")

        broken.setattr(crowd, "away", down)
        with pytest.raises(StoreUnavailable):
            watch.step()
    while not watch.step().complete:
        pass
    assert sweep.looked == 3000
