"""Real worker processes over a real server; the devices they call do not exist."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from orchestrator.adapters.embedded import EmbeddedValkey
from orchestrator.domain.device import DeviceName
from orchestrator.domain.run import Run, RunOptions, RunState
from orchestrator.settings import Settings, load_settings
from orchestrator.usecases.submit import submit
from orchestrator.wiring import connect, workers_alive

if TYPE_CHECKING:
    from collections.abc import Iterator

_PROGRAM = """
import sys
from orchestrator.settings import load_settings
from workers.launcher import start_worker
sys.exit(start_worker(
    load_settings(), queues=sys.argv[1:], slots=4, on_ready=lambda: print("ready", flush=True)
))
"""


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    for name in [name for name in os.environ if name.startswith("ENROLLMEND_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("ENROLLMEND_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("ENROLLMEND_WORKERS_INTERACTIVE_SLOTS", "2")
    settings = load_settings()
    yield settings
    EmbeddedValkey(settings.store_dir).stop()


@contextmanager
def _worker(*queues: str) -> Iterator[subprocess.Popen[str]]:
    worker = subprocess.Popen(
        [sys.executable, "-c", _PROGRAM, *queues],
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path.cwd())},
    )
    with worker:
        try:
            assert worker.stdout is not None
            assert worker.stdout.readline() == "ready\n"
            yield worker
        finally:
            worker.kill()
        left = worker.stdout.read()  # until nobody who could write is left
    assert left == ""


def _ends_as(settings: Settings, run: Run) -> RunState:
    *_, (last, _) = connect(settings).feed.follow([run.id], seconds=30)
    return last.state


def test_a_worker_serves_who_asks_and_ends_in_good_order(settings: Settings) -> None:
    with _worker() as worker:
        ports = connect(settings)
        created = submit(DeviceName("PC-404.invalid"), RunOptions(), ports)
        assert _ends_as(settings, created.run) is RunState.AWAY
        now = ports.clock.now()
        unrung = Run(
            id="r-unrung", device=DeviceName("PC-405.invalid"), created=now, updated=now, due=now
        )
        ports.runs.create(unrung)
        assert _ends_as(settings, unrung) is RunState.AWAY
        worker.send_signal(signal.SIGTERM)
        assert worker.wait(timeout=30) == 0


def test_both_queues_are_two_processes_and_end_together_also_when_killed(
    settings: Settings,
) -> None:
    with _worker("interactive", "bulk") as worker:
        names: set[str] = set()
        for _ in range(20):  # the second one may still be starting
            names |= {name.partition("-")[0] for name in workers_alive(settings)}
            names |= {name for name in workers_alive(settings) if "bulk" in name}
            if len(names) >= 2:
                break
        assert len(names) >= 2
        worker.kill()


def test_a_worker_for_campaigns_alone_leaves_others_alone(settings: Settings) -> None:
    with _worker("bulk"):
        ports = connect(settings)
        created = submit(DeviceName("PC-404.invalid"), RunOptions(), ports)
        *_, (last, _) = ports.feed.follow([created.run.id], seconds=2)
        assert last.state is RunState.QUEUED
