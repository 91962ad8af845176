"""What a campaign over many devices costs, on an embedded server of its own.

    python benchmarks/campaign.py [DEVICES]

A list of devices is imported, planned (a reading of each is queued) and, once every device is
taken as read, started: its approved plan is put into the runs, and the first waves are let go.
Prints one line a figure, with the figure it is meant to meet. What devices would answer is made
up; no device is connected to.
"""

from __future__ import annotations

import sys
import tempfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import TYPE_CHECKING, Any, cast

from orchestrator.adapters import ledger
from orchestrator.adapters.embedded import EmbeddedValkey
from orchestrator.adapters.memory import ManualClock, MemoryBell
from orchestrator.adapters.plan_file import read_plan, write_plan
from orchestrator.adapters.system import SystemIds
from orchestrator.adapters.targets import read_targets
from orchestrator.domain.campaign import CampaignPolicy
from orchestrator.domain.findings import Diagnosis, Finding, Owner
from orchestrator.domain.plan import Decision, Plan, PlannedStage
from orchestrator.domain.run import Run, RunOptions, RunState, Verdict
from orchestrator.usecases import campaigns
from orchestrator.usecases.campaign_tick import tick
from orchestrator.usecases.ports import Ports

if TYPE_CHECKING:
    from collections.abc import Callable

NOW = datetime(2026, 11, 27, 18, tzinfo=UTC)
SITES = ("Berlin", "Oslo", "Wien", "Zug")


def main(devices: int) -> None:
    """Measure against a fresh server, and stop it."""
    with tempfile.TemporaryDirectory() as folder:
        server = EmbeddedValkey(Path(folder))
        store = ledger.Store.connect(server.ensure(), prefix="em:")
        try:
            measure(store, Path(folder), devices)
        finally:
            store.close()
            server.stop()


def measure(store: ledger.Store, folder: Path, devices: int) -> None:
    """Take a campaign from a list to its waves."""
    ports, share = _ports(store), devices / 100_000
    listed = folder / "hosts.csv"
    rows = (f"LAPTOP-{number:06},{SITES[number % 4]}" for number in range(devices))
    listed.write_text("name,site\n" + "\n".join(rows) + "\n")
    empty = _memory(store)

    begin = perf_counter()
    targets = read_targets([f"@{listed}"]).targets
    _row("import", perf_counter() - begin, "s")
    policy = CampaignPolicy(site_windows=(("Oslo", "daily 18:00-06:00 Europe/Oslo"),))
    second = perf_counter()
    campaign = campaigns.plan_campaign(
        targets, ports, name="bench", author="ada", options=RunOptions(), policy=policy
    )
    _row("plan: queue a reading of each", perf_counter() - second, "s")
    _row("imported, planned and queued", perf_counter() - begin, "s", 15 * share)
    _row("  Redis memory", (_memory(store) - empty) / 1e6, "MB", 100 * share)
    _row("  overview", _milliseconds(lambda: campaigns.overview(campaign.id, ports)), "ms", 50)

    _read_all(campaign.id, ports)
    tick(ports)
    _row("every device read: Redis memory", (_memory(store) - empty) / 1e6, "MB")
    begin = perf_counter()
    document = campaigns.plan_document(campaign.id, ports)
    _row("plan document", perf_counter() - begin, "s")
    file = folder / "plan.json"
    write_plan(document, file)
    _row("  its file", file.stat().st_size / 1e6, "MB")
    document = read_plan(file)
    campaigns.approve(document, "grace", ports)
    begin = perf_counter()
    campaigns.start(document, ports)
    _row("start", perf_counter() - begin, "s")
    _row("started: Redis memory", (_memory(store) - empty) / 1e6, "MB")
    begin = perf_counter()
    tick(ports)
    _row("a look of the controller", (perf_counter() - begin) * 1000, "ms")
    _row("  overview", _milliseconds(lambda: campaigns.overview(campaign.id, ports)), "ms", 50)
    begin = perf_counter()
    campaigns.cancel(campaign.id, "ada", ports)
    _row("cancel", perf_counter() - begin, "s")


def _ports(store: ledger.Store) -> Ports:
    nobody: Any = cast("Any", None)
    return Ports(
        clock=ManualClock(NOW),
        ids=SystemIds(),
        runs=ledger.RedisRuns(store),
        leases=ledger.RedisLeases(store),
        agenda=ledger.RedisAgenda(store),
        feed=ledger.RedisFeed(store),
        bell=MemoryBell(),
        sessions=nobody,
        presence=nobody,
        campaigns=ledger.RedisCampaigns(store),
        control=ledger.RedisControl(store),
        caps=ledger.RedisCaps(store),
        workers=ledger.RedisWorkers(store),
    )


def _read_all(campaign_id: str, ports: Ports) -> None:
    """Settle every run as if its device had been read; a quarter needs its tenant."""
    while page := ports.campaigns.page(campaign_id, RunState.QUEUED, limit=500).runs:
        ports.control.replace_runs([_read(run) for run in page], ports.clock.now())


def _read(run: Run) -> Run:
    blocked = run.device.key.endswith(("0", "4", "8"))
    cause = "no_licence" if blocked else "stale_enrollment"
    evidence = "event 76 holds the code 0x80180026, and the flag ExternallyManaged is set"
    names = ("backup", "tasks", "state", "flag", "policy", "trigger")
    stages = tuple(PlannedStage(name=name, reason=f"because {evidence}") for name in names)
    plan = Plan(
        decision=Decision.OWNER if blocked else Decision.REPAIR,
        owner=Owner.TENANT if blocked else Owner.DEVICE,
        next_action="assign a licence" if blocked else "the stages run",
        stages=() if blocked else stages,
        enrollment_ids=() if blocked else ("11111111-2222-4333-8444-555555555555",),
    )
    return replace(
        run,
        state=RunState.SETTLED,
        verdict=Verdict.DIAGNOSED,
        due=None,
        attempt=1,
        build=22631,
        diagnosis=Diagnosis(enrolled=False, findings=(Finding(cause=cause, evidence=(evidence,)),)),
        plan=plan,
        owner=plan.owner,
        next_action=plan.next_action,
        reason=evidence,
        updated=run.updated + timedelta(minutes=1),
    )


def _milliseconds(call: Callable[[], Any]) -> float:
    times = []
    for _ in range(100):
        begin = perf_counter()
        call()
        times.append(perf_counter() - begin)
    return median(times) * 1000


def _memory(store: ledger.Store) -> int:
    return int(store.client.info("memory")["used_memory"])


def _row(name: str, value: float, unit: str, goal: float | None = None) -> None:
    verdict = "" if goal is None else f"goal {goal:,.2f}" + ("" if value <= goal else "  MISSED")
    print(f"{name:42}{value:12,.2f} {unit:5}{verdict}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
