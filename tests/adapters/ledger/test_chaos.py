"""Nothing is lost and nothing is held twice, whoever is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from random import Random
from threading import Event
from typing import TYPE_CHECKING

import pytest

from orchestrator.adapters.embedded import EmbeddedValkey
from orchestrator.adapters.ledger import RedisCampaigns, RedisRuns, Store
from orchestrator.adapters.system import SystemClock
from orchestrator.domain.campaign import Campaign, CampaignStatus, run_id
from orchestrator.domain.device import DeviceName
from orchestrator.domain.run import Run, RunState

if TYPE_CHECKING:
    from collections.abc import Iterator

_WORKER = Path(__file__).with_name("chaos_worker.py")
_RUNS = 400
_KILLS = 12


def _start(url: str, witness: Path) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    return subprocess.Popen([sys.executable, _WORKER, url, witness], env=environment)


def _wait_for(campaigns: RedisCampaigns, settled: int) -> None:
    """Wait until so many runs have settled."""
    clock, tick = SystemClock(), Event()
    end = clock.monotonic() + 60
    while campaigns.counts("c-1").states[RunState.SETTLED] < settled:
        assert clock.monotonic() < end, campaigns.counts("c-1")
        tick.wait(0.02)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EmbeddedValkey]:
    server = EmbeddedValkey(tmp_path / "state")
    yield server
    server.stop()


def test_kills_of_workers_and_server_lose_nothing_and_nothing_is_held_twice(
    tmp_path: Path, server: EmbeddedValkey
) -> None:
    witness = tmp_path / "witness"
    witness.mkdir()
    url = server.ensure()
    store = Store.connect(url, prefix="em:")
    campaigns, runs = RedisCampaigns(store), RedisRuns(store)
    now = SystemClock().now()
    campaigns.create(
        Campaign(id="c-1", name="chaos", created=now, author="a", status=CampaignStatus.RUNNING)
    )
    devices = [DeviceName(f"PC-{number}") for number in range(_RUNS)]
    runs.create_many(
        Run(
            id=run_id("c-1", device),
            device=device,
            campaign="c-1",
            created=now,
            updated=now,
            due=now,
        )
        for device in devices
    )
    random, tick = Random(3), Event()
    workers = [_start(url, witness) for _ in range(3)]
    try:
        for kill in range(_KILLS):
            _wait_for(campaigns, kill * _RUNS // (2 * _KILLS) + 1)
            tick.wait(random.uniform(0.0, 0.2))
            if kill % 5 == 4:
                pid = server.pid()
                assert pid
                os.kill(pid, signal.SIGKILL)
                server.ensure()
            else:
                victim = random.randrange(len(workers))
                workers[victim].kill()
                workers[victim].wait()
                workers[victim] = _start(url, witness)
            counts = campaigns.counts("c-1")
            assert sum(counts.states.values()) == counts.targets == _RUNS
        _wait_for(campaigns, _RUNS)
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()
    assert not (witness / "OVERLAP").exists()
    retried = 0
    for device in devices:
        run = runs.load(run_id("c-1", device))
        entries = runs.history(device)
        assert [entry.state for entry in entries].count("settled") == 1
        assert len(entries) == run.version  # each version that was saved, and none twice
        retried += run.attempt > 1
    assert retried  # or the kills met nobody at work
    store.close()
