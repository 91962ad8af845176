"""Greenlets beside threads, on the product: the same remediation by one worker process each.

The worker is started as an operator starts it, with one process and all slots in it. Rounds
alternate.

    python benchmarks/pools.py [--devices 100] [--rounds 2] [--width 100] [--write]
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import pages
from meter import cpu_seconds, measured
from remediation import running_lab
from remediation_lab import SPARE
from remediation_product import running_worker

if TYPE_CHECKING:
    from meter import Reading

POOLS = ("threads", "gevent")
TITLE = "Threads and greenlets"


def go(pool: str, options: argparse.Namespace) -> tuple[Reading, float]:
    """Let one kind of worker work on fresh PCs; return its reading, and seconds of CPU to start."""
    names = [f"PC-{number:04}" for number in range(1, options.devices + 1)]
    with TemporaryDirectory(prefix="enrollmend-bench-") as temporary:
        home = Path(temporary)
        hosts, log = home / "hosts.txt", home / "log"
        hosts.write_text("\n".join(names))
        with (
            running_lab(home / "lab", options),
            running_worker(home, options.width, alone=True, pool=pool) as worker,
        ):
            measured(worker.fix(SPARE), worker.environment, log)
            once = cpu_seconds(worker.root)
            reading = measured(
                worker.fix(f"@{hosts}"),
                worker.environment,
                log,
                services=lambda: [worker.root],
            )
    return reading, once


def main() -> None:
    """Measure both kinds of pool, round by round."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--devices", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--width", type=int, default=100)
    parser.add_argument("--late", type=float, default=10, help="milliseconds a message")
    parser.add_argument("--seed", type=int, default=172)
    parser.add_argument("--port", type=int, default=25987)
    parser.add_argument("--write", action="store_true", help="into docs/benchmarks.md")
    options = parser.parse_args()
    told: dict[str, list[tuple[Reading, float]]] = {pool: [] for pool in POOLS}
    for _ in range(options.rounds):
        for pool in POOLS:
            told[pool].append(go(pool, options))
            print(pool, told[pool][-1], file=sys.stderr)
    rows = []
    base = {
        "wall": median(reading.wall for reading, _ in told[POOLS[0]]),
        "cpu": median(reading.services for reading, _ in told[POOLS[0]]),
    }
    for pool in POOLS:
        wall = median(reading.wall for reading, _ in told[pool])
        cpu = median(reading.services for reading, _ in told[pool])
        rows.append(
            (
                pool,
                f"{wall:.1f} s ({wall / base['wall']:.2f})",
                f"{cpu / options.devices * 1000:.0f} ms ({cpu / base['cpu']:.2f})",
                f"{median(reading.memory for reading, _ in told[pool]):.0f} MB",
                f"{median(once for _, once in told[pool]):.1f} s",
            )
        )
    head = ("pool", "wall", "CPU of the worker a PC", "memory, all", "CPU to start")
    body = f"""{options.devices} simulated PCs, {options.width} slots in one worker process, \
{options.late:g} ms added to every answer; median of {options.rounds} runs each, alternating. In \
brackets: as a multiple of threads.

{pages.table(head, rows)}"""
    print(body)
    if options.write:
        pages.write(TITLE, pages.typed(), body)


if __name__ == "__main__":
    main()
