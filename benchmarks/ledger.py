"""What the ledger costs: memory and time with many devices, on an embedded server of its own.

    python benchmarks/ledger.py [DEVICES] [--write]

Prints one line a figure, with the figure it is meant to meet, and how it compares with redis-py
alone (`ledger_bare.py`) on the same server in the same run.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any

import ledger_bare
import pages

from orchestrator.adapters.embedded import EmbeddedValkey
from orchestrator.adapters.ledger import (
    RedisAgenda,
    RedisCampaigns,
    RedisLeases,
    RedisRuns,
    Store,
)
from orchestrator.domain.campaign import Campaign, CampaignStatus, run_id
from orchestrator.domain.device import DeviceName
from orchestrator.domain.run import Run, RunState, Verdict
from orchestrator.usecases.ports import Entry

if TYPE_CHECKING:
    from collections.abc import Callable

NOW = datetime(2026, 1, 5, 8, tzinfo=UTC)
CAMPAIGN = "c-7k2m9x"
WORKED = 2_000
ATTEMPTS = 3
ROWS: list[tuple[str, str, str]] = []


def main(devices: int) -> None:
    """Measure against a fresh server, and stop it."""
    with tempfile.TemporaryDirectory() as folder:
        server = EmbeddedValkey(Path(folder))
        store = Store.connect(server.ensure(), prefix="em:")
        try:
            measure(store, devices)
        finally:
            store.close()
            server.stop()


def measure(store: Store, devices: int) -> None:
    """Fill the ledger, then read it and work with it."""
    runs, campaigns, agenda = RedisRuns(store), RedisCampaigns(store), RedisAgenda(store)
    campaign = Campaign(
        id=CAMPAIGN, name="bench", created=NOW, author="a", status=CampaignStatus.RUNNING
    )
    campaigns.create(campaign)
    empty = _memory(store)
    names = [DeviceName(f"LAPTOP-{number:06}") for number in range(devices)]
    made = _runs(CAMPAIGN, names)
    walls, cpus = [], []
    for attempt in range(ATTEMPTS):  # the first ones are thrown away again
        if attempt:
            campaigns.forget(CAMPAIGN)
            campaigns.create(campaign)
        begin, cpu = perf_counter(), process_time()
        runs.create_many(made)
        walls.append(perf_counter() - begin)
        cpus.append(process_time() - cpu)
    _row(f"enqueue {devices:,}, best of {ATTEMPTS}", min(walls), "s", 1.1 * devices / 100_000)
    _row("  CPU of this process", min(cpus), "s")
    used = _memory(store) - empty
    bare = min(_bare_enqueue(store, made) for _ in range(ATTEMPTS))
    _row("  x redis-py alone", min(walls) / bare, "x")
    _row(f"memory of {devices:,}", used / 1e6, "MB", 65 * devices / 100_000)
    _row("memory a device", used / devices, "B", 700)

    _row("counts", _milliseconds(lambda: campaigns.counts(CAMPAIGN)), "ms", 0.22)
    _row("page of 50 with details", _milliseconds(lambda: campaigns.page(CAMPAIGN)), "ms", 1.3)
    deep = campaigns.page(CAMPAIGN, limit=devices // 2).cursor
    _row(
        "page of 50 from the middle",
        _milliseconds(lambda: campaigns.page(CAMPAIGN, cursor=deep)),
        "ms",
        1.3,
    )

    begin = perf_counter()
    taken = agenda.take(WORKED, NOW, urgent=False)
    _row("taken a second", len(taken) / (perf_counter() - begin), "runs")
    worked = _work(store, made[:WORKED])
    _row("claim, 4 saves, 5 entries: a second", WORKED / worked, "runs")
    _row("  of which a save", worked / WORKED / 5 * 1000, "ms")
    bare = ledger_bare.work(store.client, made[:WORKED])
    _row("  x redis-py alone", worked / bare, "x")
    stream = store.client.memory_usage(store.key("c", CAMPAIGN, "ev"), samples=0)
    _row("event stream a device", stream / WORKED, "B")
    _row("history of a device", _milliseconds(lambda: runs.history(names[0])), "ms")


def _bare_enqueue(store: Store, made: list[Run]) -> float:
    """Keep runs with redis-py alone, and remove them; return the seconds of the first."""
    seconds = ledger_bare.enqueue(store.client, made)
    keys = list(store.client.scan_iter("bare:*", count=5_000))
    for first in range(0, len(keys), 5_000):
        store.client.unlink(*keys[first : first + 5_000])
    return seconds


def _runs(campaign: str, names: list[DeviceName]) -> list[Run]:
    return [
        Run(
            id=run_id(campaign, name),
            device=name,
            campaign=campaign,
            site="Berlin",
            created=NOW,
            updated=NOW,
            due=NOW,
        )
        for name in names
    ]


def _work(store: Store, made: list[Run]) -> float:
    """Carry runs to their end one after the other; return the seconds."""
    leases = RedisLeases(store)
    begin = perf_counter()
    for each in made:
        claimed = leases.claim(each.id, "bench", NOW)
        if claimed is None:
            msg = f"{each.id} is not to be had"
            raise RuntimeError(msg)
        run, lease = claimed
        for state in (RunState.PROBING, RunState.REPAIRING, RunState.VERIFYING, RunState.SETTLED):
            settled = state is RunState.SETTLED
            entries = [_entry(run, state)] * (2 if settled else 1)
            verdict = Verdict.ENROLLED if settled else None
            run = leases.save(
                replace(run, state=state, verdict=verdict, due=None, updated=NOW), entries, lease
            )
    return perf_counter() - begin


def _entry(run: Run, state: RunState) -> Entry:
    return Entry(
        run_id=run.id,
        device=run.device.key,
        campaign=run.campaign,
        at=NOW,
        kind="stage",
        state=state.value,
        text="tasks: changed (13 unregister)",
    )


def _milliseconds(call: Callable[[], Any]) -> float:
    times = []
    for _ in range(300):
        begin = perf_counter()
        call()
        times.append(perf_counter() - begin)
    return median(times) * 1000


def _memory(store: Store) -> int:
    return int(store.client.info("memory")["used_memory"])


def _row(name: str, value: float, unit: str, goal: float | None = None) -> None:
    ROWS.append((name.strip(), f"{value:,.2f} {unit}", "" if goal is None else f"{goal:,.2f}"))
    verdict = "" if goal is None else f"goal {goal:,.2f}" + ("" if value <= goal else "  MISSED")
    print(f"{name:42}{value:12,.2f} {unit:5}{verdict}")


if __name__ == "__main__":
    numbers = [word for word in sys.argv[1:] if word != "--write"]
    main(int(numbers[0]) if numbers else 100_000)
    if "--write" in sys.argv:
        told = (
            "An embedded Valkey of its own, one client, no devices behind it. `x redis-py alone` is"
            " the time beside that of plain transactions that keep the same and guard nothing.\n\n"
        )
        pages.write("Ledger", pages.typed(), told + pages.table(("", "measured", "goal"), ROWS))
