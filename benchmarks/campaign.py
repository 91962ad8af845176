"""What a campaign over many devices costs, on an embedded server of its own.

    python -m benchmarks.campaign [DEVICES]

A list of devices is imported, planned (a reading of each is queued) and, once every device is
taken as read, started: its approved plan is put into the runs, and the first waves are let go.
Prints one line a figure, with the figure it is meant to meet. What devices would answer is made
up; no device is connected to.
"""

from __future__ import annotations

import os
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from statistics import median
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any, TypeVar, cast

from benchmarks.guard import guarded_server
from orchestrator.adapters import ledger
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
    from pathlib import Path

_T = TypeVar("_T")
NOW = datetime(2026, 11, 27, 18, tzinfo=UTC)
SITES = ("Berlin", "Oslo", "Wien", "Zug")


def main(devices: int) -> None:
    """Measure against a fresh server, and stop it."""
    load = ", ".join(f"{each:.1f}" for each in os.getloadavg())
    print(f"{devices:,} devices; load of the machine before: {load}", flush=True)
    with guarded_server() as (folder, url):
        store = ledger.Store.connect(url, prefix="em:")
        try:
            measure(store, folder, devices)
        finally:
            store.close()


def measure(store: ledger.Store, folder: Path, devices: int) -> None:
    """Take a campaign from a list to its waves."""
    ports, share = _ports(store), devices / 100_000
    listed = folder / "hosts.csv"
    rows = (f"LAPTOP-{number:06},{SITES[number % 4]}" for number in range(devices))
    listed.write_text("name,site\n" + "\n".join(rows) + "\n")
    empty = _memory(store)

    begin, cpu = perf_counter(), process_time()
    targets = _timed("import", lambda: read_targets([f"@{listed}"]).targets)
    policy = CampaignPolicy(site_windows=(("Oslo", "daily 18:00-06:00 Europe/Oslo"),))
    campaign = _timed(
        "plan: queue a reading of each",
        lambda: campaigns.plan_campaign(
            targets, ports, name="bench", author="ada", options=RunOptions(), policy=policy
        ),
    )
    _row("imported, planned and queued", perf_counter() - begin, "s", 15 * share)
    _row("  CPU of this process", process_time() - cpu, "s")
    _row("  Redis memory", (_memory(store) - empty) / 1e6, "MB", 100 * share)
    _row("  overview", _milliseconds(lambda: campaigns.overview(campaign.id, ports)), "ms", 50)

    _read_all(campaign.id, ports)
    tick(ports)
    grown = (_memory(store) - empty) / 1e6
    _row("every device read: Redis memory", grown, "MB", 100 * share)
    document = _timed("plan document", lambda: campaigns.plan_document(campaign.id, ports))
    file = folder / "plan.json"
    write_plan(document, file)
    _row("  its file", file.stat().st_size / 1e6, "MB")
    document = read_plan(file)
    campaigns.approve(document, "grace", ports)
    _timed("start", lambda: campaigns.start(document, ports))
    _row(
        "  overview right after",
        _milliseconds(lambda: campaigns.overview(campaign.id, ports)),
        "ms",
        50,
    )
    _row("started: Redis memory", (_memory(store) - empty) / 1e6, "MB")
    _timed("a look of the controller", lambda: tick(ports))
    _row("  overview", _milliseconds(lambda: campaigns.overview(campaign.id, ports)), "ms", 50)
    _row("  what show reads", _milliseconds(lambda: _shown(campaign.id, ports)), "ms", 50)
    _timed("cancel", lambda: campaigns.cancel(campaign.id, "ada", ports))


def _shown(campaign_id: str, ports: Ports) -> object:
    return campaigns.overview(campaign_id, ports), campaigns.said(campaign_id, ports)


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


def _timed(name: str, call: Callable[[], _T]) -> _T:
    begin, cpu = perf_counter(), process_time()
    answer = call()
    _row(name, perf_counter() - begin, "s")
    _row("  CPU of this process", process_time() - cpu, "s")
    return answer


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
    print(f"{name:42}{value:12,.2f} {unit:5}{verdict}", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)
