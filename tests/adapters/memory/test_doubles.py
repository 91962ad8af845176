from __future__ import annotations

import re
from datetime import UTC, timedelta

from orchestrator.adapters.memory import CountedIds, ManualClock, MemoryBell
from orchestrator.adapters.system import SystemClock, SystemIds


def test_a_manual_clock_stands_still_until_it_is_moved() -> None:
    clock = ManualClock()
    before = clock.now()
    assert clock.now() == before
    assert clock.move(timedelta(hours=1)) == clock.now() == before + timedelta(hours=1)
    assert clock.monotonic() == 3600


def test_the_real_clock_tells_utc_and_goes_forward() -> None:
    clock = SystemClock()
    assert clock.now().tzinfo is UTC
    assert clock.now() <= clock.now()
    assert clock.monotonic() <= clock.monotonic()


def test_real_ids_are_short_and_do_not_come_twice() -> None:
    ids = {SystemIds().run_id() for _ in range(2000)}
    assert len(ids) == 2000
    assert all(re.fullmatch(r"r-[0-9a-hj-km-np-tv-z]{10}", each) for each in ids)


def test_counted_ids_are_the_same_in_every_test() -> None:
    ids = CountedIds()
    assert [ids.run_id(), ids.run_id()] == ["r-0000000001", "r-0000000002"]


def test_a_bell_remembers_and_may_be_answered() -> None:
    heard: list[str] = []
    bell = MemoryBell(heard.append)
    bell.ring("r-1", urgent=True)
    silent = MemoryBell()
    silent.ring("r-2", urgent=False)
    assert (bell.rung, heard) == ([("r-1", True)], ["r-1"])
    assert silent.rung == [("r-2", False)]
