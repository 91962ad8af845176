"""A command line with a house of its own: memory for a ledger, and PCs that follow a script."""

from __future__ import annotations

import io
import threading
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from orchestrator.adapters.memory import CountedIds, MemoryBell, MemoryLedger
from orchestrator.adapters.memory_campaigns import MemoryCampaigns, MemoryCaps
from orchestrator.adapters.memory_control import MemoryControl, MemoryWorkers
from orchestrator.adapters.memory_targets import MemoryTargetBook
from orchestrator.adapters.system import SystemClock
from orchestrator.cli import main
from orchestrator.cli.house import House
from orchestrator.cli.terminal import Terminal
from orchestrator.domain.device import DeviceName
from orchestrator.domain.findings import Diagnosis, Finding, Owner
from orchestrator.domain.outcome import Change, Outcome, StageStatus
from orchestrator.domain.plan import Decision, Plan, PlannedStage
from orchestrator.domain.run import Run, RunState, Verdict
from orchestrator.usecases.campaign_tick import tick
from orchestrator.usecases.dispatch import dispatch
from orchestrator.usecases.ports import Entry, Ports

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from orchestrator.settings import Settings
    from orchestrator.usecases.ports import Session

START = datetime(2026, 11, 25, 9, 0, tzinfo=UTC)

Ending = "Callable[[Run], Run]"


def settled(verdict: Verdict = Verdict.ENROLLED, **changes: Any) -> Callable[[Run], Run]:
    """Return how a run ends: settled with a verdict."""
    given = {"reason": "proven by evidence on the device", "due": None, **changes}

    def end(run: Run) -> Run:
        return replace(run, state=RunState.SETTLED, verdict=verdict, **given)

    return end


def resting(state: RunState, **changes: Any) -> Callable[[Run], Run]:
    """Return how a run comes to rest."""

    def end(run: Run) -> Run:
        due = run.created + timedelta(hours=1)
        return replace(run, state=state, **{"due": due, "reason": "no answer", **changes})

    return end


def finding(cause: str = "legacy_intune_agent", **changes: Any) -> Finding:
    values: dict[str, Any] = {
        "cause": cause,
        "evidence": ("the folder C:\\Program Files\\Microsoft\\OnlineManagement is there",),
    }
    return Finding(**(values | changes))


def diagnosis(**changes: Any) -> Diagnosis:
    values: dict[str, Any] = {
        "enrolled": False,
        "findings": (
            finding(),
            finding("auto_enroll_task_missing", evidence=("AutoEnrollMDM is 1",)),
        ),
        "last_error": 0x80180026,
        "ruled_out": ("disable_mdm_policy: DisableRegistration is absent",),
        "unknown": ("events: the channel is missing",),
    }
    return Diagnosis(**(values | changes))


def plan(**changes: Any) -> Plan:
    values: dict[str, Any] = {
        "decision": Decision.REPAIR,
        "owner": Owner.DEVICE,
        "next_action": "the client is removed, then enrollment is triggered",
        "stages": (
            PlannedStage(name="agents", reason="the legacy Intune client is installed"),
            PlannedStage(name="trigger", reason="enrollment has to be asked for again"),
        ),
    }
    return Plan(**(values | changes))


def outcome(**changes: Any) -> Outcome:
    values: dict[str, Any] = {
        "stage": "tasks",
        "status": StageStatus.CHANGED,
        "changes": (Change(object="\\Microsoft\\x", action="unregister"),),
    }
    return Outcome(**(values | changes))


def a_run(name: str = "PC-0001", **changes: Any) -> Run:
    """Build a run with fixed times."""
    values: dict[str, Any] = {
        "id": "r-0000000001",
        "device": DeviceName.parse(name),
        "created": START,
        "updated": START + timedelta(seconds=42),
        "attempt": 1,
    }
    return Run(**(values | changes))


class NoSessions:
    """Nobody logs in in these tests, unless they hand in sessions of their own."""

    def open(self, device: DeviceName, *, seconds: float) -> AbstractContextManager[Session]:
        msg = f"nobody should log in to {device} ({seconds} s)"
        raise AssertionError(msg)


class Everywhere:
    """Every device is there."""

    def is_there(self, device: DeviceName) -> bool:
        return bool(device.key)


class Stepping(MemoryControl):
    """Whoever waits for news of a campaign has the worker and the controller do a step first."""

    def __init__(self, bench: Bench) -> None:
        super().__init__(bench.ledger)
        self._bench = bench

    def news(
        self, campaign_id: str, after: str, limit: int, *, seconds: float
    ) -> Sequence[tuple[str, Entry]]:
        self._bench.step()
        return super().news(campaign_id, after, limit, seconds=0)


@dataclass(slots=True)
class Ran:
    """What a command wrote and how it ended."""

    code: int
    out: str
    err: str


@dataclass(slots=True)
class Bench:
    """A house whose devices follow a script.

    Attributes:
        ledger: the truth.
        endings: how the run of a device ends, by key; others stay queued.
        workers: those that answer.
        interrupt: Ctrl-C is pressed while a campaign is watched.
        environment: what settings are read from.
    """

    environment: dict[str, str]
    ledger: MemoryLedger = field(default_factory=MemoryLedger)
    endings: dict[str, Callable[[Run], Run]] = field(default_factory=dict)
    workers: list[str] = field(default_factory=lambda: ["worker@lab"])
    sessions: Any = field(default_factory=NoSessions)
    presence: Any = field(default_factory=Everywhere)
    clock: Any = field(default_factory=SystemClock)
    resolve: Callable[[str], list[str]] = lambda name: [f"127.0.0.{len(name)}"]
    connected: list[tuple[Settings, bool]] = field(default_factory=list)
    failure: Exception | None = None
    ids: CountedIds = field(default_factory=CountedIds)
    book: MemoryTargetBook = field(default_factory=MemoryTargetBook)
    interrupt: bool = False

    @property
    def plan(self) -> str:
        """Where plans of campaigns are written."""
        return f"{self.environment['HOME']}/plan.json"

    def answer(self, run_id: str) -> None:
        """Carry a run to the end its device's script says."""
        end = self.endings.get(self.ledger.load(run_id).device.key)
        claimed = self.ledger.claim(run_id, "bench", self.clock.now()) if end else None
        if claimed is None or end is None:
            return
        run, lease = claimed
        run = self.ledger.save(
            replace(run, state=RunState.PROBING, due=None, attempt=1),
            [self.entry(run, "state", "probing", "attempt 1: connecting")],
            lease,
        )
        done = replace(end(run), updated=self.clock.now())
        text = f"{done.verdict.value if done.verdict else done.state.value}: {done.reason}"
        self.ledger.save(done, [self.entry(done, "state", done.state.value, text)], lease)

    def step(self) -> None:
        """Do what a worker does in a second: one look of the controller, and all that is due."""
        if self.interrupt:
            raise KeyboardInterrupt
        ports = self.ports()
        tick(ports)
        dispatch(ports, urgent_credit=1000, bulk_credit=1000)

    def entry(self, run: Run, kind: str, state: str, text: str) -> Entry:
        return Entry(
            run_id=run.id,
            device=run.device.key,
            campaign=run.campaign,
            at=self.clock.now(),
            kind=kind,
            state=state,
            text=text,
        )

    def ports(self) -> Ports:
        ledger = self.ledger
        return Ports(
            clock=self.clock,
            ids=self.ids,
            runs=ledger,
            leases=ledger,
            agenda=ledger,
            feed=ledger,
            bell=MemoryBell(self.answer),
            sessions=self.sessions,
            presence=self.presence,
            campaigns=MemoryCampaigns(ledger),
            control=Stepping(self),
            caps=MemoryCaps(ledger),
            workers=MemoryWorkers(ledger),
        )

    def connect(self, settings: Settings, *, here: bool = False) -> Ports:
        if self.failure is not None:
            raise self.failure
        self.connected.append((settings, here))
        return self.ports()

    def keep(self, run: Run) -> Run:
        """Put a run into the ledger as it is."""
        self.ledger.state.runs[run.id] = run
        if run.due is not None:
            self.ledger.state.rings[run.id] = run.due
        return run

    def run(self, *words: str, stdin: str = "", tty: bool = False) -> Ran:
        """Run a command."""
        out, err = io.StringIO(), _Stream(tty=tty)
        terminal = Terminal(out=out, err=err, stdin=_Stream(stdin, tty=tty), plain=True)
        house = House(
            terminal=terminal,
            environment=self.environment,
            connect=self.connect,
            workers=lambda _: self.workers,
            addresses=lambda _: self.resolve,
            store=lambda _: ("8.0.0", self.clock.now()),
            book=lambda _: self.book,
            unheard=0.01,
        )
        code = main.run(list(words), house)
        return Ran(code, out.getvalue(), err.getvalue())


class _Stream(io.StringIO):
    """Text that says whether it is a terminal."""

    def __init__(self, text: str = "", *, tty: bool) -> None:
        super().__init__(text)
        self._tty = tty

    def isatty(self) -> bool:
        return self._tty


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Bench:
    """A command line with nothing behind it yet."""
    monkeypatch.setenv("COLUMNS", "80")
    environment = {"HOME": str(tmp_path), "ENROLLMEND_HOME": str(tmp_path / "state")}
    return Bench(environment=environment)


@pytest.fixture
def make() -> Mapping[str, Callable[..., Any]]:
    """The builders, for tests that cannot import a conftest."""
    return {
        "run": a_run,
        "settled": settled,
        "resting": resting,
        "diagnosis": diagnosis,
        "finding": finding,
        "plan": plan,
        "outcome": outcome,
    }


@pytest.fixture
def started() -> Callable[[Callable[[], None]], threading.Thread]:
    """Start work beside the test; the thread is joined by whoever asked for it."""

    def start(work: Callable[[], None]) -> threading.Thread:
        thread = threading.Thread(target=work)
        thread.start()
        return thread

    return start
