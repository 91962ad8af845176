"""Workers and Valkey are killed at random while a campaign runs over PCs that come, go and fail."""

from __future__ import annotations

import os
import signal
from datetime import timedelta
from random import Random
from threading import Event

import pytest

from tests.acceptance.stack import Stack, stack, until
from tests.deep.crowd import Crowd, crowd

WORKERS = 3


def kill_one(made: Stack, random: Random) -> str:
    """Kill the server one time in four, else a worker, and let somebody else take its place."""
    if random.random() < 0.25:
        pid = made.store.pid()
        assert pid
        os.kill(pid, signal.SIGKILL)
        made.store.ensure()
        return "server"
    victim = random.choice(made.workers)
    made.workers.remove(victim)
    victim.kill()
    made.start_worker("--slots", "8")
    return "worker"


def survive(pcs: int, kills: int, *, seed: int, seconds: int, share_away: float) -> None:
    """Run a campaign under kills, and hold it to its promises."""
    random, tick = Random(seed), Event()
    with stack() as made:
        made.variables["ENROLLMEND_CONNECTION_OPERATION_TIMEOUT"] = "5"
        made.start_mixed_lab(pcs, seed=seed, pace=0.002)
        for _ in range(WORKERS):
            made.start_worker("--slots", "8")
        many: Crowd = crowd(made, pcs, seed=seed)
        many.switch_off(share_away)
        faults = many.go_wrong(0.10)
        many.begin(timedelta(seconds=seconds))
        killed: list[str] = []
        for kill in range(kills):
            wanted = (kill + 1) * pcs * 3 // (4 * (kills + 1))
            until(
                lambda wanted=wanted: many.ended() >= wanted,  # type: ignore[misc] # bound now
                seconds=seconds,
                what=f"{wanted} of {pcs} devices at their end",
            )
            tick.wait(random.uniform(0.0, 0.5))
            killed.append(kill_one(made, random))
            many.come_back(1 + len(many.names) // kills // 4)
        many.come_back(len(many.away))
        until(lambda: many.ended() == pcs, seconds=2 * seconds, what="every device at its end")
        audit = many.audit()
        print(f"{pcs} PCs, kills {killed}, faults {dict(faults)}: {audit}")  # noqa: T201 - the record
        assert sum(audit.verdicts.values()) == pcs
        assert audit.lost == []
        assert audit.overlapping == []
        assert audit.twice == []
        assert audit.repairs > pcs // 10  # or it proved nothing
        assert audit.verdicts["enrolled"] > pcs // 5


@pytest.mark.acceptance
@pytest.mark.timeout(600)
@pytest.mark.xdist_group("acceptance")
def test_three_kills_lose_nothing_and_nothing_is_done_twice() -> None:
    survive(60, 3, seed=112, seconds=60, share_away=0.25)


@pytest.mark.deep
@pytest.mark.timeout(3600)
def test_twenty_kills_over_a_thousand_pcs_lose_nothing_and_nothing_is_done_twice() -> None:
    survive(1000, 20, seed=113, seconds=900, share_away=0.25)
