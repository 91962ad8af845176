"""What a whole fix costs the lab: CPU of the simulated PCs' process for each device.

The PCs run in a process of their own. The product's own use case works on one after the other
(look, repair, look again, until the run is settled) over the real door, NTLM with message
encryption over HTTP; its ledger is the one in memory. No simulated time is waited for: whenever a
run rests, both clocks are moved to the time it is due. The first device of each kind also pays
for compiling the scripts, so some are fixed before the measuring begins.

    python benchmarks/lab_fix.py [--devices 60] [--kind PC-ORPHAN] [--threads 1]
"""

from __future__ import annotations

import argparse
import multiprocessing
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from orchestrator.adapters.connection import AuthKind, ConnectionProfile
from orchestrator.adapters.credentials import Credentials
from orchestrator.adapters.memory import MemoryLedger
from orchestrator.adapters.memory_campaigns import MemoryCampaigns, MemoryCaps
from orchestrator.adapters.memory_control import MemoryControl, MemoryWorkers
from orchestrator.adapters.presence import TcpPresence
from orchestrator.adapters.psrp import PsrpSessions
from orchestrator.adapters.resolver import HostsResolver
from orchestrator.adapters.system import SystemClock, SystemIds
from orchestrator.domain.device import DeviceName
from orchestrator.domain.run import FINAL, Run, RunOptions
from orchestrator.lab import fleet
from orchestrator.lab.backend_powershell import PowerShellBackend
from orchestrator.lab.service import running_lab
from orchestrator.lab.service_run import collect_rarely
from orchestrator.usecases.advance import advance
from orchestrator.usecases.ports import Ports

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from orchestrator.lab.device import Device

PORTS = {"http": 36985, "https": 36986}
PACE = 0.001
WARM = 8
ROUNDS = 40


@dataclass(frozen=True, slots=True)
class SharedClock:
    """The time of both processes: the machine's, plus what was skipped.

    Attributes:
        skipped: seconds, a `multiprocessing.Value`.
    """

    skipped: Any

    def now(self) -> datetime:
        """Return the time."""
        return SystemClock().now() + timedelta(seconds=self.skipped.value)

    def monotonic(self) -> float:
        """Return seconds that only grow."""
        return time.monotonic() + float(self.skipped.value)

    def reach(self, moment: datetime) -> None:
        """Skip ahead so that it is at least this late."""
        with self.skipped.get_lock():
            missing = (moment - self.now()).total_seconds()
            self.skipped.value += max(0.0, missing)


class SilentBell:
    """Nobody is rung: the benchmark calls the use case itself."""

    def ring(self, run_id: str, *, urgent: bool) -> None:
        """Do nothing."""


def devices(count: int, seed: int, kind: str, clock: SharedClock) -> list[Device]:
    """Make PCs: a mixture, or as many of one kind as are wanted."""
    if not kind:
        return fleet.mix(count, seed, clock=clock.now, pace=PACE)
    pattern = fleet.build(kind, clock=clock.now, pace=PACE)
    return [pattern.copy(f"PC-{number:04}") for number in range(1, count + 1)]


def serve(folder: Path, options: argparse.Namespace, clock: SharedClock, line: Connection) -> None:
    """Run the PCs; answer every question for the CPU used so far, until told to stop."""
    pcs = devices(options.devices + WARM, options.seed, options.kind, clock)
    collect_rarely()
    with running_lab(
        pcs, backend=PowerShellBackend(), folder=folder, ports=PORTS, seed=91, pace=PACE
    ) as lab:
        hosts = "".join(f"{address} {name}\n" for name, address in lab.hosts.items())
        (folder / "hosts").write_text(hosts, encoding="utf-8")
        line.send((lab.account.name, lab.account.password, [pc.name for pc in pcs]))
        while line.recv() == "cpu":
            line.send(time.process_time())


def ports(folder: Path, account: tuple[str, str], clock: SharedClock) -> Ports:
    """Connect the use cases to the lab and to a ledger in memory."""
    profile = ConnectionProfile(auth=AuthKind.NTLM, scheme="http", port=PORTS["http"])
    resolver = HostsResolver(folder / "hosts")
    environ = {"ENROLLMEND_USERNAME": account[0], "ENROLLMEND_PASSWORD": account[1]}
    ledger = MemoryLedger()
    return Ports(
        clock=clock,
        ids=SystemIds(),
        runs=ledger,
        leases=ledger,
        agenda=ledger,
        feed=ledger,
        bell=SilentBell(),
        sessions=PsrpSessions(profile, Credentials(environ), resolver),
        presence=TcpPresence(profile, resolver, seconds=3),
        campaigns=MemoryCampaigns(ledger),
        control=MemoryControl(ledger),
        caps=MemoryCaps(ledger),
        workers=MemoryWorkers(ledger),
    )


def fix(world: Ports, clock: SharedClock, name: str) -> Run:
    """Work on one PC until its run is settled, or rests for a person."""
    now = clock.now()
    run = Run(
        id=world.ids.run_id(),
        device=DeviceName(name),
        options=RunOptions(deadline=now + timedelta(days=2)),
        created=now,
        updated=now,
        due=now,
    )
    world.runs.create(run)
    for _ in range(ROUNDS):
        advance(run.id, world, holder="benchmark")
        run = world.runs.load(run.id)
        if run.state in FINAL or run.due is None:
            break
        clock.reach(run.due)
    return run


def measure(world: Ports, clock: SharedClock, names: list[str], threads: int) -> list[Run]:
    """Fix PCs, in as many threads as are wanted."""
    with ThreadPoolExecutor(threads) as pool:
        return list(pool.map(partial(fix, world, clock), names))


def report(runs: list[Run], lab: float, ours: float, wall: float) -> None:
    """Print the figures."""
    verdicts = Counter(str(run.verdict or run.state) for run in runs)
    sessions = sum(run.attempt for run in runs)
    each = 1000 / len(runs)
    print(", ".join(f"{count} {verdict}" for verdict, count in verdicts.most_common()))
    print(f"lab CPU         {lab * each:7.1f} ms a device, {lab * 1000 / sessions:.1f} a session")
    print(f"controller CPU  {ours * each:7.1f} ms a device (ledger in memory)")
    print(f"wall            {wall * each:7.1f} ms a device, {sessions / len(runs):.2f} sessions")
    print(f"10,000 devices  {lab * each / 6:7.1f} minutes of one core for the lab")


def main() -> None:
    """Start the PCs, measure, stop them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--devices", type=int, default=60)
    parser.add_argument("--kind", default="PC-ORPHAN", help="a PC of the catalogue; '' mixes")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    context = multiprocessing.get_context("spawn")
    clock = SharedClock(context.Value("d", 0.0))
    mine, theirs = context.Pipe()
    with TemporaryDirectory(prefix="enrollmend-bench-") as name:
        folder = Path(name)
        child = context.Process(target=serve, args=(folder, options, clock, theirs))
        child.start()
        try:
            user, password, names = mine.recv()
            world = ports(folder, (user, password), clock)
            measure(world, clock, names[:WARM], 1)
            what = options.kind or f"mixture of seed {options.seed}"
            print(f"{options.devices} PCs, {what}, {options.threads} threads")
            mine.send("cpu")
            before = mine.recv(), time.process_time(), time.perf_counter()
            runs = measure(world, clock, names[WARM:], options.threads)
            mine.send("cpu")
            after = mine.recv(), time.process_time(), time.perf_counter()
            lab, ours, wall = (late - early for late, early in zip(after, before, strict=True))
            report(runs, lab, ours, wall)
        finally:
            mine.send("stop")
            child.join()


if __name__ == "__main__":
    main()
