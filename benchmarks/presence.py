"""How fast absent PCs are looked for, and what it costs.

Simulated PCs run in a process of their own. Of the names that are looked for, a share refuses the
connection and a share does not answer at all (a socket whose backlog is full); names are found in
a hosts file. Measured are looks a second, CPU of the looking process, and how its memory grows.
Beside it the same addresses are tried with `socket.create_connection` in as many threads. With
``--ledger`` the same number of runs rests as away in an embedded Valkey, and a whole round of the
use case is measured.

    python benchmarks/presence.py [--looks 20000] [--pcs 100] [--refuse 15] [--drop 15] [--ledger]
        [--write]

On two cores that other work kept busy (load 10), with the built-in 15 % refused and 15 % silent:
1,145 looks a second, 105 us of CPU each, half a megabyte more at the peak; a round with the ledger
826 a second, 140 us each, 144 bytes of Redis memory a PC seen.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, NamedTuple

import pages

from orchestrator.adapters.connection import AuthKind, ConnectionProfile
from orchestrator.adapters.embedded import EmbeddedValkey
from orchestrator.adapters.ledger import (
    RedisAgenda,
    RedisCampaigns,
    RedisRuns,
    RedisSightings,
    Store,
)
from orchestrator.adapters.presence_sweep import PresenceSweep
from orchestrator.adapters.resolver import HostsResolver
from orchestrator.adapters.system import SystemClock
from orchestrator.domain.campaign import Campaign, CampaignStatus, run_id
from orchestrator.domain.device import DeviceName
from orchestrator.domain.run import Run, RunState
from orchestrator.lab import fleet
from orchestrator.lab.backend_powershell import PowerShellBackend
from orchestrator.lab.service import running_lab
from orchestrator.usecases.presence import Swept, Watch
from orchestrator.usecases.presence_ports import Absent

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from multiprocessing.connection import Connection

    from orchestrator.usecases.presence_ports import Looked

PORTS = {"http": 37985, "https": 37986}
SILENT = "127.0.0.3"
CLOSED = "127.0.0.4"
CAMPAIGN = "c-bench"


def serve(folder: Path, count: int, line: Connection) -> None:
    """Run the PCs until told to stop."""
    pcs = fleet.mix(count, 7, clock=SystemClock().now)
    with running_lab(pcs, backend=PowerShellBackend(), folder=folder, ports=PORTS, seed=92) as lab:
        line.send(list(lab.hosts.values()))
        line.recv()


def silent(stack: ExitStack) -> None:
    """Open a port that neither takes nor refuses a connection."""
    full = stack.enter_context(closing(socket.socket()))
    full.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    full.bind((SILENT, PORTS["http"]))
    full.listen(0)
    for _ in range(4):
        waiting = stack.enter_context(closing(socket.socket()))
        waiting.settimeout(0)
        waiting.connect_ex((SILENT, PORTS["http"]))


def hosts_file(folder: Path, options: argparse.Namespace, addresses: Sequence[str]) -> list[str]:
    """Give each name an address, mixed evenly; return the names."""
    names, lines = [], []
    for number in range(options.looks):
        share = number * 37 % 100
        address = addresses[number % len(addresses)]
        if share < options.refuse:
            address = CLOSED
        elif share < options.refuse + options.drop:
            address = SILENT
        names.append(f"PC-{number:06}")
        lines.append(f"{address} {names[-1]}\n")
    (folder / "hosts").write_text("".join(lines), encoding="utf-8")
    return names


@dataclass(slots=True)
class Meter:
    """Time, CPU and memory since it was made."""

    wall: float
    cpu: float
    peak: int

    @classmethod
    def start(cls) -> Meter:
        """Begin now."""
        return cls(time.perf_counter(), time.process_time(), _peak())

    def read(self, what: str, looked: int, there: int) -> Row:
        """Return what it came to."""
        wall, cpu = time.perf_counter() - self.wall, time.process_time() - self.cpu
        return Row(
            what, looked, there, looked / wall, cpu / looked * 1e6, (_peak() - self.peak) / 1024
        )


class Row(NamedTuple):
    """What looking for all of them came to.

    Attributes:
        what: who looked.
        looked: how many were looked for.
        there: how many of them were found.
        pace: looks a second.
        cpu: microseconds of CPU a look.
        grown: by how many megabytes the process was larger at its peak.
    """

    what: str
    looked: int
    there: int
    pace: float
    cpu: float
    grown: float

    def cells(self, peer: Row) -> tuple[str, ...]:
        """Return the row of the table; in brackets as a multiple of the peer's."""
        return (
            self.what,
            f"{self.there:,} of {self.looked:,}",
            f"{self.pace:,.0f} ({self.pace / peer.pace:.2f})",
            f"{self.cpu:.0f} us ({self.cpu / peer.cpu:.2f})",
            f"{self.grown:.1f} MB",
        )


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def threads(hosts: Path, options: argparse.Namespace) -> Row:
    """Try each address with a blocking socket in a thread of its own, as many at once."""

    def answers(line: str) -> bool:
        try:
            place = (line.split(maxsplit=1)[0], PORTS["http"])
            socket.create_connection(place, timeout=options.seconds).close()
        except OSError:
            return False
        return True

    lines = hosts.read_text(encoding="utf-8").splitlines()
    meter = Meter.start()
    with ThreadPoolExecutor(options.in_flight) as pool:
        there = sum(pool.map(answers, lines))
    return meter.read("a socket a thread", len(lines), there)


def bare(sweep: PresenceSweep, names: Sequence[str]) -> Row:
    """Look for all of them once, with nothing else."""
    looked = there = 0

    def found(news: Sequence[Looked]) -> None:
        nonlocal looked, there
        looked += len(news)
        there += sum(each.there for each in news)

    meter = Meter.start()
    sweep.look((Absent(run_id=name, device=name) for name in names), found)
    return meter.read("enrollmend", looked, there)


def with_ledger(sweep: PresenceSweep, names: Sequence[str], folder: Path) -> Row:
    """Keep a run for each that rests as away, and do a round of the use case."""
    server = EmbeddedValkey(folder / "store")
    clock = SystemClock()
    try:
        store = Store.connect(server.ensure(), prefix="em:")
        now = clock.now()
        RedisCampaigns(store).create(
            Campaign(
                id=CAMPAIGN,
                name=CAMPAIGN,
                created=now,
                author="ada",
                status=CampaignStatus.RUNNING,
            )
        )

        def runs() -> Iterator[Run]:
            for name in names:
                yield Run(
                    id=run_id(CAMPAIGN, DeviceName(name)),
                    device=DeviceName(name),
                    campaign=CAMPAIGN,
                    created=now,
                    updated=now,
                    due=now + timedelta(hours=1),
                    state=RunState.AWAY,
                )

        RedisRuns(store).create_many(runs())
        before = store.client.info("memory")["used_memory"]
        watch = Watch(
            clock=clock,
            agenda=RedisAgenda(store),
            sightings=RedisSightings(store),
            sweep=sweep,
            ring=lambda: None,
        )
        meter, slices, looked, there = Meter.start(), 0, 0, 0
        swept = Swept()
        while not swept.complete:
            swept = watch.step()
            slices, looked, there = slices + 1, looked + swept.looked, there + swept.there
        row = meter.read(f"enrollmend with the ledger, {slices} slices", looked, there)
        grown = store.client.info("memory")["used_memory"] - before
        print(f"learned hours: {grown / max(there, 1):.0f} bytes of Redis memory a PC seen")
        store.close()
    finally:
        server.stop()
    return row


def tell(rows: Sequence[Row], options: argparse.Namespace) -> None:
    """Print the table, and write it when it is wanted; the peer stands last."""
    head = ("", "there", "looks a second", "CPU a look", "memory")
    body = f"""{options.looks:,} PCs, of which {options.refuse} % refuse and {options.drop} % do \
not answer within {options.seconds:g} s, {options.in_flight:,} looked for at once. In brackets: as \
a multiple of the last row, which finds no names and keeps nothing.

{pages.table(head, [row.cells(rows[-1]) for row in rows])}"""
    print(body)
    if options.write:
        pages.write("Looking for absent PCs", pages.typed(), body)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--looks", type=int, default=20_000)
    parser.add_argument("--pcs", type=int, default=100)
    parser.add_argument("--refuse", type=int, default=15, help="percent")
    parser.add_argument("--drop", type=int, default=15, help="percent")
    parser.add_argument("--in-flight", type=int, default=1000)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--ledger", action="store_true")
    parser.add_argument("--write", action="store_true", help="into docs/benchmarks.md")
    options = parser.parse_args()
    ours, theirs = multiprocessing.Pipe()
    with TemporaryDirectory() as folder, ExitStack() as stack:
        place = Path(folder)
        lab = multiprocessing.get_context("spawn").Process(
            target=serve, args=(place / "lab", options.pcs, theirs)
        )
        (place / "lab").mkdir()
        lab.start()
        try:
            names = hosts_file(place, options, ours.recv())
            silent(stack)
            sweep = PresenceSweep(
                ConnectionProfile(auth=AuthKind.NTLM, scheme="http", port=PORTS["http"]),
                HostsResolver(place / "hosts"),
                seconds=options.seconds,
                in_flight=options.in_flight,
            )
            rows = [bare(sweep, names)]
            if options.ledger:
                rows.append(with_ledger(sweep, names, place))
            rows.append(threads(place / "hosts", options))
            tell(rows, options)
        finally:
            ours.send("stop")
            lab.join()


if __name__ == "__main__":
    main()
