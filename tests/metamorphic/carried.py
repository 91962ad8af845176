"""Runs about a simulated PC in this process: the use case and the module, without the wire."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, cast

from orchestrator.adapters.memory import MemoryLedger
from orchestrator.domain.device import DeviceName
from orchestrator.domain.run import FINAL, RunOptions, RunState
from orchestrator.errors import OutcomeUnknown, ScriptFailed
from orchestrator.lab.powershell import SessionKilled
from orchestrator.usecases.advance import advance
from orchestrator.usecases.submit import submit
from tests.usecases.world import World

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from orchestrator.adapters.memory import ManualClock
    from orchestrator.domain.run import Run
    from orchestrator.usecases.ports import Parameter, Ports
    from tests.scripts.bench import Bench

DEADLINE = timedelta(hours=6)
ATTEMPTS = 60


@dataclass
class BenchSessions:
    """The ports `Sessions`, `Session`, `Presence` and `Clock` of one PC."""

    bench: Bench
    calls: list[str] = field(default_factory=list)

    @contextmanager
    def open(self, device: DeviceName, *, seconds: float) -> Iterator[BenchSessions]:
        del device, seconds
        yield self

    def is_there(self, device: DeviceName) -> bool:
        del device
        return self.bench.device.reachable()

    def now(self) -> datetime:
        return self.bench.now

    def monotonic(self) -> float:
        return self.bench.now.timestamp()

    def invoke(
        self,
        function: str,
        parameters: Mapping[str, Parameter],
        *,
        seconds: float,
        on_object: Callable[[dict[str, object]], None] | None = None,
    ) -> list[dict[str, object]]:
        del seconds
        self.calls.append(function)
        try:
            answer = self.bench.call(function, **parameters)
        except SessionKilled as error:
            msg = "the line broke"
            raise OutcomeUnknown(msg) from error
        if answer.error:
            raise ScriptFailed(answer.message, code=answer.error)
        for document in answer.documents:
            if on_object is not None:
                on_object(document)
        return cast("list[dict[str, object]]", answer.documents)


class Carrier:
    """Carries runs about one PC to their end."""

    def __init__(self, bench: Bench) -> None:
        self.bench = bench
        self.sessions = BenchSessions(bench)
        self.ledger = MemoryLedger()
        self.ports: Ports = replace(
            World(clock=cast("ManualClock", self.sessions), ledger=self.ledger).ports,
            sessions=self.sessions,
            presence=self.sessions,
        )

    def fix(self, options: RunOptions | None = None) -> Run:
        """Carry one run to its end, or to where a person is needed."""
        chosen = replace(options or RunOptions(), deadline=self.bench.now + DEADLINE)
        run = submit(DeviceName(self.bench.device.name), chosen, self.ports).run
        while run.state not in {*FINAL, RunState.HELD} and run.due is not None:
            assert run.attempt < ATTEMPTS, f"goes on for ever: {run.reason}"
            self.bench.later(max((run.due - self.bench.now).total_seconds(), 0))
            advance(run.id, self.ports, holder="test")
            run = self.ledger.load(run.id)
        return run
