"""A machine without Windows, and a runspace on it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from orchestrator.lab.powershell import Record, Result, Runspace, SessionKilled
from orchestrator.lab.powershell.values import CaseDict, MethodFailure, PSObject

if TYPE_CHECKING:
    from collections.abc import Callable


class Machine:
    """Counts what it is asked; can end the session before the n-th change."""

    def __init__(self) -> None:
        self.time = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)
        self.guids = 0
        self.operations: list[str] = []
        self.kill_at: int | None = None
        self.dies_at: datetime | None = None
        self.environment: CaseDict[str] = CaseDict({"COMPUTERNAME": "PC-0001"})

    def now(self) -> datetime:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)

    def new_guid(self) -> str:
        self.guids += 1
        return f"00000000-0000-4000-8000-{self.guids:012d}"

    def mutex(self, name: str) -> PSObject:
        made = PSObject("System.Threading.Mutex", text=name)
        made.methods["WaitOne"] = lambda _milliseconds=-1: True
        return made

    def com_object(self, name: str) -> PSObject:
        message = f"class {name} is not registered"
        raise MethodFailure(message, exception="System.Runtime.InteropServices.COMException")

    def killed(self) -> bool:
        return self.dies_at is not None and self.time >= self.dies_at

    def before_operation(self, name: str) -> None:
        if self.kill_at is not None and len(self.operations) >= self.kill_at:
            raise SessionKilled
        self.operations.append(name)


class Ran:
    """What a script did."""

    def __init__(self, result: Result, records: list[Record]) -> None:
        self.result = result
        self.records = records

    def stream(self, name: str) -> list[object]:
        return [record.value for record in self.records if record.stream == name]

    @property
    def output(self) -> list[object]:
        return self.stream("output")


@pytest.fixture
def machine() -> Machine:
    return Machine()


@pytest.fixture
def runspace(machine: Machine) -> Runspace:
    return Runspace(machine)


@pytest.fixture
def fresh() -> Callable[[], Runspace]:
    """Make runspaces that share nothing."""
    return lambda: Runspace(Machine())


@pytest.fixture
def run(runspace: Runspace) -> Callable[[str], Ran]:
    def go(script: str) -> Ran:
        return Ran(*runspace.run(script))

    return go
