"""A campaign over thousands of simulated PCs on the real stack, with every process measured.

    make soak                                      10,000 PCs, as the goal says
    python -m benchmarks.soak --devices 1000       fewer

A share of the PCs is away at first and comes back while the campaign runs, a share has something
go wrong, and while all that happens twenty PCs are asked for by name, one after the other. The
table says what it took; the exit code is 1 when a device was lost, or two sessions met on one.
"""

from __future__ import annotations

import argparse
import os
import platform
import statistics
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING

from orchestrator.adapters.system import SystemClock
from orchestrator.domain.device import DeviceName
from orchestrator.domain.run import RunOptions
from orchestrator.errors import EnrollmendError, NotFound
from orchestrator.lab.service_state import running_pid
from orchestrator.settings_values import WorkerSettings
from orchestrator.usecases.submit import submit
from tests.acceptance.stack import stack, until
from tests.deep.crowd import Audit, Crowd, crowd

if TYPE_CHECKING:
    from tests.acceptance.stack import Stack

TICKS = os.sysconf("SC_CLK_TCK")
SINGLES = 20
ROUND = 15.0
"""Real seconds between two looks for everybody who is away; 60 when nobody sets it."""
YIELDING = 10
MEBIBYTE = 1 << 20


@dataclass(slots=True)
class Measured:
    """What a process has used: CPU seconds, and its largest resident memory in MiB."""

    cpu: float = 0.0
    peak: float = 0.0


@dataclass(slots=True)
class Meter:
    """Looks at processes once a second.

    Attributes:
        total: the largest sum of the controller's processes at any one time, in MiB.
    """

    pids: dict[str, int]
    used: dict[str, Measured] = field(default_factory=dict)
    total: float = 0.0
    over: Event = field(default_factory=Event)

    def watch(self) -> None:
        """Measure until it is over."""
        while not self.over.wait(1.0):
            self.look()

    def look(self) -> None:
        """Measure once."""
        now = 0.0
        for name, pid in self.pids.items():
            try:
                stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2]
                status = Path(f"/proc/{pid}/status").read_text(encoding="utf-8")
            except OSError:
                continue
            words = stat.split()
            kib = {
                line.split(":")[0]: int(line.split()[1])
                for line in status.splitlines()
                if line.startswith(("VmHWM", "VmRSS"))
            }
            cpu = (int(words[11]) + int(words[12])) / TICKS
            self.used[name] = Measured(cpu, kib["VmHWM"] / 1024)
            if not name.startswith("lab"):
                now += kib["VmRSS"] / 1024
        self.total = max(self.total, now)


@dataclass(slots=True)
class Single:
    """How long PCs asked for by name waited, in seconds, and how many of them ended well."""

    waits: list[float] = field(default_factory=list)


def give_way(made: Stack) -> None:
    """Let the simulated PCs wait for the controller: real ones would not share its processor."""
    for lab in made.labs:
        for thread in Path(f"/proc/{running_pid(lab)}/task").iterdir():
            os.setpriority(os.PRIO_PROCESS, int(thread.name), YIELDING)


def processes(made: Stack) -> dict[str, int]:
    """Name every process of the stack."""
    found = {f"lab {at}": running_pid(lab) or 0 for at, lab in enumerate(made.labs, start=1)}
    found["valkey"] = made.store.pid() or 0
    for number, worker in enumerate(made.workers, start=1):
        pid = worker.process.pid
        found[f"worker {number}"] = pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="utf-8")
        for task in Path(f"/proc/{pid}/task").iterdir():
            children += " " + (task / "children").read_text(encoding="utf-8")
        for child in set(children.split()):
            words = Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")
            if b"workers" in words:  # the server is a child of whoever needed it first
                found[f"worker {number}, interactive"] = int(child)
    return found


def ask_by_name(many: Crowd, names: list[str], over: Event) -> Single:
    """Ask for one PC after the other, and see how long each waits until work on it begins."""
    single, ports = Single(), many.ports
    for name in names:
        if over.wait(2.0):
            break
        run = submit(DeviceName(name), RunOptions(), ports).run
        for now, _ in ports.feed.follow([run.id], seconds=60):
            if now.attempt:
                break
        entries = ports.runs.history(DeviceName(name))
        begun = next((e.at for e in entries if e.text.startswith("attempt 1")), None)
        if begun is not None:
            single.waits.append((begun - run.created).total_seconds())
    return single


def bring_back(many: Crowd, seconds: float, over: Event) -> None:
    """Switch on those that are away, little by little."""
    part = max(1, len(many.away) * 5 // max(1, int(seconds)))
    while many.away and not over.wait(5.0):
        with suppress(NotFound):  # a lab that is busy takes orders late; they are given again
            many.come_back(part)


def tell(many: Crowd, since: float, over: Event) -> None:
    """Say every half minute how far it is."""
    clock = SystemClock()
    while not over.wait(30.0):
        spent = clock.monotonic() - since
        print(f"{spent:6.0f} s  {many.counts()}", file=sys.stderr, flush=True)


def calm(made: Stack) -> dict[str, int]:
    """Return what the lab counted; nothing while it is too busy to say."""
    with suppress(NotFound):
        counted: dict[str, int] = made.order("stats")
        return counted
    return {}


def soak(arguments: argparse.Namespace) -> tuple[str, bool]:
    """Run it, and return the report and whether everything held."""
    clock, over = SystemClock(), Event()
    pcs: int = arguments.devices
    with stack() as made:
        made.variables |= {
            "ENROLLMEND_CONNECTION_OPERATION_TIMEOUT": "10",
            # Tests have short leases, and a lab shortens rounds by its pace: neither is real.
            "ENROLLMEND_WORKERS_LEASE_SECONDS": str(WorkerSettings().lease_seconds),
            "ENROLLMEND_PRESENCE_EVERY": str(round(ROUND / arguments.pace)),
        }
        made.start_mixed_lab(
            pcs + SINGLES, seed=arguments.seed, pace=arguments.pace, processes=arguments.labs
        )
        give_way(made)
        made.start_worker("--slots", str(arguments.slots))
        made.start_worker("--queue", "bulk", "--slots", str(arguments.slots))
        many = crowd(made, pcs + SINGLES, seed=arguments.seed, name="c-soak")
        extra, many.names = many.names[pcs:], many.names[:pcs]
        many.switch_off(arguments.away)
        faults = many.go_wrong(arguments.faults)
        before = made.order("stats")
        meter = Meter(processes(made))
        meter.look()
        start = {name: one.cpu for name, one in meter.used.items()}
        began = clock.monotonic()
        many.begin(timedelta(seconds=arguments.patience))
        queued = clock.monotonic() - began
        singles = Single()
        helpers = [
            Thread(target=meter.watch, daemon=True),
            Thread(target=bring_back, args=(many, arguments.patience / 3, over), daemon=True),
            Thread(target=tell, args=(many, began, over), daemon=True),
            Thread(
                target=lambda: singles.waits.extend(ask_by_name(many, extra, over).waits),
                daemon=True,
            ),
        ]
        for helper in helpers:
            helper.start()
        try:
            until(lambda: many.ended() == pcs, seconds=3 * arguments.patience, what="all ended")
        except AssertionError as error:
            print(error, file=sys.stderr)
        wall = clock.monotonic() - began
        over.set()
        meter.look()
        meter.over.set()
        for helper in helpers:
            helper.join(60)
        after = until(lambda: calm(made), what="the lab takes orders")
        audit = many.audit()
        cpu = {name: one.cpu - start.get(name, 0.0) for name, one in meter.used.items()}
        rows = report(
            pcs,
            wall=wall,
            queued=queued,
            cpu=cpu,
            meter=meter,
            audit=audit,
            singles=singles,
        )
        for what in ("requests", "sessions"):
            rows.append((f"{what} a device", f"{(after[what] - before[what]) / pcs:.1f}", ""))
        rows.append(("PCs that answer at the end", f"{after['open']} of {after['pcs']}", ""))
        held = not (audit.lost or audit.overlapping or audit.twice)
        return render(arguments, rows, audit, dict(faults)), held


def report(
    pcs: int,
    *,
    wall: float,
    queued: float,
    cpu: dict[str, float],
    meter: Meter,
    audit: Audit,
    singles: Single,
) -> list[tuple[str, str, str]]:
    """Return the rows of the table: what, how much, and the goal."""
    labs = sum(seconds for name, seconds in cpu.items() if name.startswith("lab"))
    controller = sum(cpu.values()) - labs
    rows = [
        ("wall", f"{wall / 60:.1f} min", "25 min for 10,000"),
        ("devices a minute", f"{pcs / wall * 60:.0f}", ""),
        ("queued in", f"{queued:.1f} s", ""),
        ("controller CPU a device", f"{controller / pcs * 1000:.0f} ms", ""),
        ("lab CPU a device", f"{labs / pcs * 1000:.0f} ms", ""),
        ("controller memory, largest sum", f"{meter.total:.0f} MiB", "500 MB"),
    ]
    rows += [
        (f"peak memory of {name}", f"{one.peak:.0f} MiB", "") for name, one in meter.used.items()
    ]
    rows += [
        ("lost", str(len(audit.lost)), "0"),
        ("two sessions on one PC at a time", str(len(audit.overlapping)), "0"),
        ("repaired more often than decided", str(len(audit.twice)), "0"),
        ("repairs, decisions", f"{audit.repairs}, {audit.decisions}", ""),
    ]
    if singles.waits:
        rows.append(
            (
                f"a PC asked for by name ({len(singles.waits)} times), median and worst start",
                f"{statistics.median(singles.waits):.2f} s, {max(singles.waits):.2f} s",
                "1 s",
            )
        )
    return rows


def render(
    arguments: argparse.Namespace,
    rows: list[tuple[str, str, str]],
    audit: Audit,
    faults: dict[str, int],
) -> str:
    """Return the page."""
    command = (
        f"python -m benchmarks.soak --devices {arguments.devices} --seed {arguments.seed} "
        f"--away {arguments.away:g} --faults {arguments.faults:g} --pace {arguments.pace:g} "
        f"--slots {arguments.slots} --labs {arguments.labs} --patience {arguments.patience:g}"
    )
    ends = ", ".join(f"{count} {verdict}" for verdict, count in audit.verdicts.most_common())
    wrong = ", ".join(f"{count} {fault}" for fault, count in sorted(faults.items()))
    table = "\n".join(f"| {what} | {much} | {goal} |" for what, much, goal in rows)
    load = ", ".join(f"{one:.1f}" for one in os.getloadavg())
    troubles = [*audit.lost[:10], *audit.overlapping[:10], *audit.twice[:10]]
    return f"""# A soak

{arguments.devices:,} simulated PCs with mixed causes, {arguments.away:.0%} of them away at first,
something going wrong on {arguments.faults:.0%}; two workers, Valkey and the lab in
{arguments.labs} processes on one machine.
Everything but Windows is real: sockets, NTLM, message encryption, WSMan, PSRP, Valkey, Celery.

    {command}

| | measured | goal |
|---|---|---|
{table}

How they ended: {ends}.
What went wrong: {wrong}.
Python {platform.python_version()}, {os.cpu_count()} cores ({platform.machine()}), load {load}.
""" + "".join(f"\n- {line}" for line in troubles)


def main() -> int:
    """Read the options, run, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=__doc__)
    parser.add_argument("--devices", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=120)
    parser.add_argument("--away", type=float, default=0.3)
    parser.add_argument("--faults", type=float, default=0.1)
    parser.add_argument("--pace", type=float, default=0.01)
    parser.add_argument("--slots", type=int, default=30)
    parser.add_argument("--labs", type=int, default=2, help="processes the PCs are shared among")
    parser.add_argument(
        "--patience", type=float, default=1200, help="seconds until the campaign's deadline"
    )
    parser.add_argument("--write", type=Path, help="write the report to this file as well")
    arguments = parser.parse_args()
    try:
        text, held = soak(arguments)
    except EnrollmendError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print(text)
    if arguments.write:
        arguments.write.write_text(text, encoding="utf-8")
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
