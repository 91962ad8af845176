from __future__ import annotations

import logging
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from orchestrator.adapters.memory_campaigns import MemoryCaps
from orchestrator.adapters.memory_presence import MemorySiteLoads
from orchestrator.domain.adaptive import SiteCap
from orchestrator.errors import StoreUnavailable
from orchestrator.usecases.adapt import adapt_sites
from orchestrator.usecases.presence import Swept
from tests.usecases.world import World
from workers.lookout import Lookout

if TYPE_CHECKING:
    import pytest

    from orchestrator.usecases.ports import Ports


class Rounds:
    """A watch that counts, and may be broken."""

    def __init__(self) -> None:
        self.steps = 0
        self.broken = False

    def step(self) -> Swept:
        self.steps += 1
        if self.broken:
            raise StoreUnavailable("down")
        return Swept(complete=True)


class House:
    """A ledger in memory and the lookouts of its workers."""

    def __init__(self) -> None:
        self.world = World()
        self.loads = MemorySiteLoads()
        self.caps = MemoryCaps(self.world.ledger)
        self.rounds = Rounds()

    @property
    def ports(self) -> Ports:
        return replace(self.world.ports, loads=self.loads)

    def lookout(self, holder: str = "a") -> Lookout:
        return Lookout(self.ports, holder, self.rounds)  # type: ignore[arg-type] # counts only

    def late(self, site: str, *, ended: int = 10, late: int = 5) -> None:
        for number in range(ended):
            self.loads.note(site, late=number < late)


def test_one_worker_looks_for_all() -> None:
    house = House()
    house.lookout("a").tick()
    house.lookout("b").tick()
    assert house.rounds.steps == 1


def test_trouble_is_said_once_and_the_looks_go_on(caplog: pytest.LogCaptureFixture) -> None:
    house = House()
    lookout = house.lookout()
    house.rounds.broken = True
    with caplog.at_level(logging.WARNING):
        lookout.tick()
        lookout.tick()
        house.rounds.broken = False
        lookout.tick()
    assert house.rounds.steps == 3
    assert [record.getMessage() for record in caplog.records] == ["no look for absent PCs: down"]


def test_sites_are_looked_at_every_ten_seconds(caplog: pytest.LogCaptureFixture) -> None:
    house = House()
    house.caps.limit("site:Ulm", 40)
    house.late("Ulm")
    lookout = house.lookout()
    lookout.tick()
    assert house.caps.limits() == {"site:Ulm": 40}
    house.world.clock.move(timedelta(seconds=10))
    with caplog.at_level(logging.WARNING):
        lookout.tick()
    assert house.caps.limits() == {"site:Ulm": 20}
    assert [record.getMessage() for record in caplog.records] == [
        "site Ulm: 20 devices at once from now on; 5 of 10 attempts timed out"
    ]


def test_without_a_sweep_sites_are_spared_all_the_same() -> None:
    house = House()
    house.caps.limit("site:Ulm", 4)
    house.late("Ulm")
    lookout = Lookout(house.ports, "a", None)
    house.world.clock.move(timedelta(seconds=10))
    lookout.tick()
    assert house.caps.limits() == {"site:Ulm": 2}


def test_a_site_gets_back_what_its_operator_allowed() -> None:
    house = House()
    house.caps.limit("site:Ulm", 4)
    house.late("Ulm")
    adapt_sites(house.ports)
    news = []
    for _ in range(4):
        house.world.clock.move(timedelta(minutes=2))
        news += adapt_sites(house.ports)
    assert house.caps.limits() == {"site:Ulm": 4}
    assert house.loads.adapted() == {}
    assert news == ["site Ulm: as many devices at once as before; its line bears them"]


def test_a_site_nobody_limited_is_free_again_in_the_end() -> None:
    house = House()
    house.loads.keep(
        "Ulm", SiteCap(now=199, most=None, halved=house.world.clock.now() - timedelta(hours=1))
    )
    house.caps.limit("site:Ulm", 199)
    adapt_sites(house.ports)
    assert house.caps.limits() == {}


def test_what_an_operator_sets_in_between_stays() -> None:
    house = House()
    house.late("Ulm", ended=20, late=20)
    adapt_sites(house.ports)
    house.caps.limit("site:Ulm", 77)
    house.world.clock.move(timedelta(minutes=2))
    assert adapt_sites(house.ports) == []
    assert house.loads.adapted() == {}
    assert house.caps.limits() == {"site:Ulm": 77}


def test_where_nobody_counts_nothing_is_adapted() -> None:
    assert adapt_sites(World().ports) == []
