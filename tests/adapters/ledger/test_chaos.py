"""Nothing is lost and nothing is held twice, whoever is killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from random import Random
from threading import Event

from orchestrator.adapters.embedded import EmbeddedValkey
from orchestrator.adapters.ledger import RedisCampaigns, RedisRuns, Store
from orchestrator.adapters.system import SystemClock
from orchestrator.domain.campaign import Campaign, CampaignStatus, run_id
from orchestrator.domain.device import DeviceName
from orchestrator.domain.run import Run, RunState

_WORKER = Path(__file__).with_name("chaos_worker.py")
_RUNS = 400
_KILLS = 12


def _start(url: str, witness: Path) -> subprocess.Popen[bytes]:
    environment = {**os.environ, "PYTHONPATH": str(Path.cwd())}
    return subprocess.Popen([sys.executable, _WORKER, url, witness], env=environment)


def test_kills_of_workers_and_server_lose_nothing_and_nothing_is_held_twice(
    tmp_path: Path,
) -> None:
    witness = tmp_path / "witness"
    witness.mkdir()
    server = EmbeddedValkey(tmp_path / "state")
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
            tick.wait(random.uniform(0.1, 0.5))
            if kill % 5 == 4:
                os.kill(server.pid() or 0, signal.SIGKILL)
                server.ensure()
            else:
                victim = random.randrange(len(workers))
                workers[victim].kill()
                workers[victim].wait()
                workers[victim] = _start(url, witness)
            counts = campaigns.counts("c-1")
            assert sum(counts.states.values()) == counts.targets == _RUNS
        end = SystemClock().now() + timedelta(seconds=60)
        while campaigns.counts("c-1").unfinished and SystemClock().now() < end:
            tick.wait(0.1)
    finally:
        for worker in workers:
            worker.kill()
            worker.wait()
    assert campaigns.counts("c-1").states[RunState.SETTLED] == _RUNS
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
    server.stop()
