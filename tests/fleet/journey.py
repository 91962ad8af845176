"""Simulated PCs behind real sockets, each with a clock of its own, and the runs that go there.

- The clock of a PC and of the run about it is one; only the test and the scripts' own waiting
  move it. Nothing waits for real time but the wire itself.
- Labs of two test processes lie on other addresses and ports.
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from orchestrator.adapters.connection import AuthKind, ConnectionProfile
from orchestrator.adapters.credentials import Credentials
from orchestrator.adapters.memory import ManualClock, MemoryLedger
from orchestrator.adapters.presence import TcpPresence
from orchestrator.adapters.psrp import PsrpSessions
from orchestrator.domain.device import DeviceName
from orchestrator.domain.plan import Decision
from orchestrator.domain.run import FINAL, RunOptions, RunState
from orchestrator.lab import fleet
from orchestrator.lab.backend_powershell import PowerShellBackend
from orchestrator.lab.service import running_lab
from orchestrator.usecases.advance import advance
from orchestrator.usecases.submit import submit
from tests.free_port import free_port
from tests.usecases.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from orchestrator.domain.run import Run
    from orchestrator.lab.backend import Emit, Target
    from orchestrator.lab.backend_powershell import PowerShellShell
    from orchestrator.lab.device import Device
    from orchestrator.lab.powershell import Result, Statement
    from orchestrator.lab.service import Lab
    from orchestrator.usecases.ports import Entry, Ports

START = datetime(2026, 11, 25, 4, tzinfo=UTC)
PACE = 1e-6
ATTEMPTS = 120


class TimedBackend(PowerShellBackend):
    """Moves a PC's clock by what its scripts waited for."""

    def __init__(self, clocks: dict[str, ManualClock]) -> None:
        super().__init__()
        self.clocks = clocks

    def open(self, device: Target, configuration: str) -> TimedShell:  # type: ignore[override] # wraps it
        return TimedShell(super().open(device, configuration), self.clocks[device.name])


@dataclass
class TimedShell:
    inner: PowerShellShell
    clock: ManualClock

    def close(self) -> None:
        self.inner.close()

    def run(self, statements: Sequence[Statement], inputs: Sequence[object], emit: Emit) -> Result:
        result = self.inner.run(statements, inputs, emit)
        self.clock.move(timedelta(seconds=result.elapsed))
        return result


class WatchedLedger(MemoryLedger):
    """Remembers each state that was saved."""

    def __init__(self) -> None:
        super().__init__()
        self.saved: list[Run] = []
        self.on_judgement: Callable[[Run], None] | None = None

    def save(self, run: Run, entries: Sequence[Entry], lease: Any) -> Run:
        after = super().save(run, entries, lease)
        self.saved.append(after)
        first = sum(one.diagnosis is not None for one in self.saved) == 1
        if self.on_judgement is not None and first and after.diagnosis is not None:
            self.on_judgement(after)
        return after


@dataclass
class Journey:
    """What became of one run.

    Attributes:
        first: the run as it was first judged.
        last: the run at its end, or where it rests for a person.
        early: what had changed on the PC by the first judgement.
        diff: what has changed on the PC since the beginning, but for what is ours.
    """

    first: Run
    last: Run
    early: list[str]
    diff: list[str]
    attempts: int = 0
    saved: list[Run] = field(default_factory=list)


class Addresses:
    def __init__(self, known: dict[str, str]) -> None:
        self.known = known

    def addresses(self, name: str) -> list[str]:
        return [self.known[name]]


class FleetOnWire:
    """A running lab and the ways to its PCs."""

    def __init__(self, lab: Lab, clocks: dict[str, ManualClock]) -> None:
        self.lab = lab
        self.clocks = clocks
        self._addresses = Addresses(lab.hosts)
        self._profile = ConnectionProfile(auth=AuthKind.NTLM, scheme="http", port=lab.ports["http"])
        self.sessions = PsrpSessions(
            self._profile,
            Credentials(
                {
                    "ENROLLMEND_USERNAME": lab.account.name,
                    "ENROLLMEND_PASSWORD": lab.account.password,
                }
            ),
            self._addresses,
        )

    def device(self, name: str) -> Device:
        device: Device = self.lab.devices[name]  # type: ignore[assignment] # this lab has no others
        return device

    def dump(self, name: str) -> dict[str, object]:
        return self.lab.call(lambda: self.device(name).dump(ours=False))

    def diff(self, name: str, before: dict[str, object]) -> list[str]:
        return self.lab.call(lambda: self.device(name).diff(before, ours=False))

    def ports(self, name: str, ledger: MemoryLedger) -> Ports:
        return replace(
            World(clock=self.clocks[name], ledger=ledger).ports,
            sessions=self.sessions,
            presence=TcpPresence(self._profile, self._addresses),
        )

    def travel(self, name: str, options: RunOptions | None = None) -> Journey:
        """Carry a run to its end, or to where a person has to act."""
        clock, ledger = self.clocks[name], WatchedLedger()
        before = self.dump(name)
        early: list[str] = []
        ledger.on_judgement = lambda _: early.extend(self.diff(name, before))
        ports = self.ports(name, ledger)
        run = submit(DeviceName(name), options or RunOptions(), ports).run
        while run.state not in FINAL and not _asks_somebody(run) and run.due is not None:
            assert run.attempt < ATTEMPTS, f"{name} goes on for ever: {run.reason}"
            clock.move(max(run.due - clock.now(), timedelta()))
            self.lab.sync(name)
            advance(run.id, ports, holder="test")
            run = ledger.load(run.id)
        judged = [one for one in ledger.saved if one.diagnosis is not None]
        return Journey(
            first=judged[0],
            last=run,
            early=early,
            diff=self.diff(name, before),
            attempts=run.attempt,
            saved=ledger.saved,
        )


@contextmanager
def fleet_on_wire(devices: Iterable[str | tuple[str, str]]) -> Iterator[FleetOnWire]:
    """Run a lab of named PCs.

    Args:
        devices: names of the fleet, or pairs of a name of the fleet and another for the PC.
    """
    clocks: dict[str, ManualClock] = {}
    made = []
    for item in devices:
        story, name = (item, item) if isinstance(item, str) else item
        clocks[name] = ManualClock(START)
        made.append(fleet.build(story, clock=clocks[name].now, computer_name=name))
    with running_lab(
        made,
        backend=TimedBackend(clocks),
        ports={"http": free_port()},
        pace=PACE,
        seed=os.getpid(),
    ) as lab:
        yield FleetOnWire(lab, clocks)


def _asks_somebody(run: Run) -> bool:
    """Tell whether a run rests for a person; what may pass by itself is looked at again."""
    passes = run.plan is not None and run.plan.decision is Decision.RETRY
    return run.state is RunState.HELD and not passes
