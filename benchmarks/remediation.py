"""The same remediation of many PCs by the product, by Ansible and by bare pypsrp.

Each has a lab of its own with the same simulated PCs: a dead enrollment whose certificate expired,
in tasks and registry. The five steps: read; back up and remove tasks; remove certificate and
state; set the policy task going and trigger; read again until enrolled. Every answer of a PC is
late by some milliseconds. Afterwards the state of every simulated PC is looked at: all must be
enrolled, and nothing of the dead enrollment be left.

    python benchmarks/remediation.py [--devices 100] [--rounds 1] [--width 50] [--write]
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pages
import psutil
import remediation_ansible
from meter import Reading, cpu_seconds, measured
from remediation_lab import SPARE
from remediation_product import running_worker
from remediation_steps import write_steps

from orchestrator.lab.service_control import ask

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

HERE = Path(__file__).parent
MDM = "MS DM Server"
ENROLLED = 75
"""The event that says that enrollment succeeded."""
TITLE = "One remediation, three ways"
PRODUCT, ANSIBLE = "enrollmend", "ansible-core"
BARE, BATCHED = "bare pypsrp", "bare pypsrp, three calls"
WAYS = (PRODUCT, ANSIBLE, BARE, BATCHED)

TEXT = """{count} simulated PCs, {width} at a time, {late:g} ms added to every answer, NTLM with
message encryption over HTTP; {runs}. In brackets: as a multiple of bare pypsrp.

{table}
- CPU is user and system time of all processes of the controller. For enrollmend those are the
  command line, both worker processes and the embedded Valkey. The worker is a service: starting
  it, with Valkey and its first PC, took {once:.1f} s of CPU once, which is not in the table. The
  others start anew each time, and that is in it.
- enrollmend finds out what is wrong, decides, keeps every step in Redis and proves the result, in
  three calls of one session. The others are told all they do: the plan is in their scripts, made
  by enrollmend beforehand, and nothing guards against the wrong PC.
- Bare pypsrp has one session a PC, sends each definition once, and makes five calls; in the last
  row it makes the same three as enrollmend. Ansible has a session for each of its five tasks of
  `raw`, {width} forks, nothing gathered.
- Wall is bounded by the simulated PCs, which share one process and this machine with whoever works
  on them; the last column is what a PC cost there.
- Memory is the proportional set size, summed over processes, at its highest.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a way cost, in all.

    Attributes:
        reading: of the controller.
        messages: HTTP requests the PCs got.
        lab: CPU seconds of the simulated PCs.
        once: CPU seconds for starting the services and the first device, not in `reading`.
    """

    reading: Reading
    messages: int
    lab: float
    once: float = 0.0


def go(way: str, names: list[str], options: argparse.Namespace) -> Cost:
    """Let one way work on fresh PCs."""
    with TemporaryDirectory(prefix="enrollmend-bench-") as temporary:
        home = Path(temporary)
        folder = home / "lab"
        with running_lab(folder, options) as lab:
            told = write_steps(folder, names)
            cost = _go(way, home, told, lab, options)
            dead = told["dead"]
            left = [name for name in names if not _enrolled(folder, name, dead)]
    if left:
        message = f"{way}: not enrolled: {', '.join(left)}"
        raise RuntimeError(message)
    return cost


def _go(
    way: str, home: Path, told: dict[str, Any], lab: psutil.Process, options: argparse.Namespace
) -> Cost:
    """Work on the spare PC, so that the lab has compiled every script; then on all, measured."""
    folder, log = home / "lab", home / "log"
    width, environment = options.width, dict(os.environ)
    if way == PRODUCT:
        with running_worker(home, width) as worker:
            hosts = home / "hosts.txt"
            hosts.write_text("\n".join(told["names"]))
            measured(worker.fix(SPARE), worker.environment, log)
            once = cpu_seconds(*worker.processes())
            words = worker.fix(f"@{hosts}")
            return _cost(
                words,
                worker.environment,
                home,
                lab,
                services=worker.processes,
                once=once,
            )
    if way == ANSIBLE:
        words, environment = remediation_ansible.command(folder, told, [SPARE], width)
        measured(words, environment, log)
        words, environment = remediation_ansible.command(folder, told, told["names"], width)
    else:
        program = str(HERE / "remediation_bare.py")
        kind = "three" if way == BATCHED else "five"
        words = [sys.executable, program, str(folder), str(width), kind]
        measured([*words, SPARE], environment, log)
    return _cost(words, environment, home, lab)


def _cost(
    words: Sequence[str],
    environment: dict[str, str],
    home: Path,
    lab: psutil.Process,
    *,
    services: Any = list,  # noqa: ANN401 - as `measured` takes it
    once: float = 0.0,
) -> Cost:
    folder, log = home / "lab", home / "log"
    messages, cpu = ask(folder, "stats")["requests"], cpu_seconds(lab)
    reading = measured(words, environment, log, services=services)
    messages = ask(folder, "stats")["requests"] - messages
    return Cost(reading=reading, messages=messages, lab=cpu_seconds(lab) - cpu, once=once)


@contextmanager
def running_lab(folder: Path, options: argparse.Namespace) -> Iterator[psutil.Process]:
    """Run the simulated PCs as long as the block lasts; yields their process.

    Raises:
        RuntimeError: they did not start.
    """
    late = options.late / 1000
    words = [str(folder), str(options.devices), str(late), str(options.seed), str(options.port)]
    child = subprocess.Popen(
        [sys.executable, str(HERE / "remediation_lab.py"), *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
    )
    try:
        if not (child.stdout and child.stdout.readline()):
            message = "the simulated PCs did not start"
            raise RuntimeError(message)
        yield psutil.Process(child.pid)
    finally:
        child.send_signal(signal.SIGTERM)
        child.communicate(timeout=30)


def _enrolled(folder: Path, name: str, dead: Sequence[str]) -> bool:
    state = ask(folder, "dump", pc=name)
    enrollments = {
        path.rpartition("\\")[2].lower(): values
        for path, values in state["registry"].items()
        if path.rpartition("\\")[0].lower().endswith("\\microsoft\\enrollments")
    }
    live = [each for each in enrollments.values() if each.get("ProviderID", "").endswith(MDM)]
    events = [number for channel in state["events"].values() for _, number, _ in channel]
    return (
        not set(map(str.lower, dead)) & set(enrollments) and len(live) == 1 and ENROLLED in events
    )


def shown(costs: dict[str, list[Cost]], options: argparse.Namespace) -> str:
    """Return the section of the page: a table of medians, and what it does not tell."""
    count = options.devices

    def mid(way: str, what: str) -> float:
        values = {
            "wall": [each.reading.wall for each in costs[way]],
            "cpu": [each.reading.cpu / count * 1000 for each in costs[way]],
            "memory": [each.reading.memory for each in costs[way]],
            "messages": [each.messages / count for each in costs[way]],
            "lab": [each.lab / count * 1000 for each in costs[way]],
            "once": [each.once for each in costs[way]],
        }
        return float(median(values[what]))

    columns = (("wall", "s", 1), ("cpu", "ms", 0), ("memory", "MB", 0), ("messages", "", 1))
    head = ["", "wall", "CPU a PC", "peak memory", "messages a PC", "CPU of the PC itself"]
    rows = []
    for way in costs:
        cells = []
        for what, unit, digits in columns:
            value = mid(way, what)
            ratio = value / mid(BARE, what)
            cells.append(f"{value:.{digits}f} {unit} ({ratio:.2f})".replace("  ", " "))
        rows.append([way, *cells, f"{mid(way, 'lab'):.0f} ms"])
    runs = "one run" if options.rounds == 1 else f"median of {options.rounds} runs"
    return TEXT.format(
        count=count,
        width=options.width,
        late=options.late,
        runs=runs,
        table=pages.table(head, rows),
        once=mid(PRODUCT, "once"),
    )


def main() -> None:
    """Measure every way, one after the other, round by round."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--devices", type=int, default=100)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--width", type=int, default=50)
    parser.add_argument("--late", type=float, default=10, help="milliseconds a message")
    parser.add_argument("--seed", type=int, default=171)
    parser.add_argument("--port", type=int, default=25985)
    parser.add_argument("--ways", nargs="*", default=WAYS, choices=WAYS)
    parser.add_argument("--write", action="store_true", help="into docs/benchmarks.md")
    options = parser.parse_args()
    names = [f"PC-{number:04}" for number in range(1, options.devices + 1)]
    costs: dict[str, list[Cost]] = {way: [] for way in options.ways}
    for _ in range(options.rounds):
        for way in options.ways:
            cost = go(way, names, options)
            costs[way].append(cost)
            print(f"{way:26} {cost}", file=sys.stderr)
    if set(options.ways) != set(WAYS):
        return
    body = shown(costs, options)
    print(body)
    if options.write:
        pages.write(TITLE, pages.typed(), body)


if __name__ == "__main__":
    main()
