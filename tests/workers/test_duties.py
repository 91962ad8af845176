from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta
from threading import Event
from typing import TYPE_CHECKING, Any, cast

import pytest

from orchestrator.adapters.memory import CountedIds, ManualClock, MemoryBell, MemoryLedger
from orchestrator.adapters.memory_campaigns import MemoryCampaigns, MemoryCaps
from orchestrator.adapters.memory_control import MemoryControl, MemoryWorkers
from orchestrator.domain.device import DeviceName
from orchestrator.domain.run import Run, RunState
from orchestrator.errors import NotFound, NotNow, QueueError, StoreError, StoreUnavailable
from orchestrator.usecases.ports import Ports
from orchestrator.usecases.queues import drain, queue_stats, requeue, workers
from workers import lifecycle
from workers.lifecycle import Duties

if TYPE_CHECKING:
    from orchestrator.adapters.queue import CeleryBell


class _Backlog:
    """A queue in which so many messages wait."""

    def __init__(self, urgent: int = 0, bulk: int = 0) -> None:
        self.waiting = {True: urgent, False: bulk}

    def backlog(self, *, urgent: bool) -> int:
        return self.waiting[urgent]


class _House:
    """A ledger, a bell, and the duties of one worker."""

    def __init__(self, backlog: _Backlog | None = None, window: int = 10) -> None:
        self.clock = ManualClock()
        self.ledger = MemoryLedger()
        self.bell = MemoryBell()
        self.revived = 0
        self.drained = 0
        self.ports = Ports(
            clock=self.clock,
            ids=CountedIds(),
            runs=self.ledger,
            leases=self.ledger,
            agenda=self.ledger,
            feed=self.ledger,
            bell=self.bell,
            sessions=cast("Any", None),
            presence=cast("Any", None),
            campaigns=MemoryCampaigns(self.ledger),
            control=MemoryControl(self.ledger),
            caps=MemoryCaps(self.ledger),
            workers=MemoryWorkers(self.ledger),
        )
        self.backlog = backlog or _Backlog()
        self.window = window

    def duties(self, holder: str = "a", *, keep: timedelta | None = None) -> Duties:
        return Duties(
            self.ports,
            holder,
            bell=cast("CeleryBell", self.backlog),
            window=self.window,
            revive=self.revive,
            drain=self.drain,
            keep=keep,
        )

    def drain(self) -> None:
        self.drained += 1

    def revive(self) -> None:
        self.revived += 1

    def add(self, device: str) -> Run:
        now = self.clock.now()
        run = Run(
            id=f"r-{device.lower()}", device=DeviceName(device), created=now, updated=now, due=now
        )
        return self.ledger.create(run).run


def test_what_is_due_is_rung_for() -> None:
    house = _House()
    run = house.add("PC-1")
    duties = house.duties()
    duties.tick()
    duties.tick()
    assert house.bell.rung == [(run.id, True)]


def test_no_more_is_rung_for_than_the_queue_has_room() -> None:
    house = _House(_Backlog(urgent=7), window=10)
    for number in range(9):
        house.add(f"PC-{number}")
    house.duties().tick()
    assert len(house.bell.rung) == 3


def test_a_run_whose_worker_was_lost_is_rung_for_again() -> None:
    house = _House()
    run = house.add("PC-1")
    house.ledger.claim(run.id, "lost", house.clock.now())
    house.clock.move(timedelta(minutes=2))
    house.duties().tick()
    assert house.bell.rung == [(run.id, True)]


def test_one_worker_does_the_duties_for_all() -> None:
    house = _House()
    house.duties("a").tick()
    run = house.add("PC-1")
    house.duties("b").tick()
    assert house.bell.rung == []
    house.duties("a").tick()
    assert house.bell.rung == [(run.id, True)]


@pytest.mark.parametrize("error", [StoreError("it broke"), QueueError("it broke")])
def test_trouble_is_said_once_and_its_end_too(
    error: Exception, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = _House()
    duties = house.duties()

    def broken(*_: object, **__: object) -> bool:
        raise error

    with caplog.at_level(logging.WARNING):
        with monkeypatch.context() as patch:
            patch.setattr(house.ledger, "lead", broken)
            duties.tick()
            duties.tick()
        duties.tick()
        duties.tick()
    assert [record.getMessage() for record in caplog.records] == [
        "it broke",
        "goes on again after: it broke",
    ]


def test_a_server_that_is_gone_is_started_again(monkeypatch: pytest.MonkeyPatch) -> None:
    house = _House()

    def down(*_: object, **__: object) -> bool:
        msg = "down"
        raise StoreUnavailable(msg)

    monkeypatch.setattr(house.ledger, "lead", down)
    house.duties().tick()
    assert house.revived == 1


def test_a_worker_reports_and_is_asked_to_end_once() -> None:
    house = _House()
    duties = house.duties("a")
    duties.tick()
    assert [worker.name for worker in workers(house.ports)] == ["a"]
    drain("a", house.ports)
    duties.tick()
    duties.tick()
    assert house.drained == 1
    duties.leave()
    assert not workers(house.ports)
    with pytest.raises(NotFound, match="'a' reported lately"):
        drain("a", house.ports)


def test_a_run_can_be_hurried_by_hand() -> None:
    house = _House()
    run = house.add("PC-1")
    away = replace(run, state=RunState.AWAY, due=house.clock.now() + timedelta(hours=4))
    house.ledger.save(away, [], None)
    stats = queue_stats(house.ports)
    assert (stats.urgent_due, stats.urgent_resting) == (0, 1)
    assert requeue(run.id, house.ports).due == house.clock.now()
    assert house.bell.rung == [(run.id, True)]
    done = house.ledger.load(run.id)
    house.ledger.save(replace(done, state=RunState.CANCELLED, due=None), [], None)
    with pytest.raises(NotNow, match="at its end"):
        requeue(run.id, house.ports)


@pytest.mark.parametrize(("keep", "left"), [(timedelta(days=30), 0), (None, 1)])
def test_what_ended_long_ago_is_forgotten_unless_it_is_to_be_kept_for_ever(
    keep: timedelta | None, left: int
) -> None:
    house = _House()
    run = house.add("PC-1")
    house.ledger.save(replace(run, state=RunState.CANCELLED, due=None), [], None)
    duties = house.duties(keep=keep)
    duties.tick()
    assert len(house.ledger.state.runs) == 1
    house.clock.move(timedelta(days=31))
    duties.tick()
    assert len(house.ledger.state.runs) == left


def test_a_fault_of_ours_is_logged_and_the_duties_go_on(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = _House()
    looks: list[int] = []
    again = Event()

    def broken() -> list[object]:
        looks.append(1)
        if len(looks) > 2:
            again.set()
        raise KeyError("a fault of ours")

    monkeypatch.setattr(lifecycle, "_EVERY", 0.01)
    monkeypatch.setattr(house.ports.control, "going", broken)
    duties = house.duties()
    duties.start()
    assert again.wait(20)
    duties.stop()
    assert caplog.text.count("Traceback") == 1
