"""Simulated PCs on a clock that the test moves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from orchestrator.lab.device import Device
from orchestrator.lab.fleet import build
from orchestrator.lab.powershell import ErrorRecord, Runspace

if TYPE_CHECKING:
    from collections.abc import Callable

START = datetime(2026, 11, 25, 4, 0, tzinfo=UTC)


class LabClock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def move(self, **span: float) -> None:
        self.now += timedelta(**span)


@pytest.fixture
def clock() -> LabClock:
    return LabClock()


@pytest.fixture
def make(clock: LabClock) -> Callable[..., Device]:
    """Make an ordinary PC, or a named one of the fleet."""

    def pc(name: str = "PC-TEST", *, story: str = "", pace: float = 1.0) -> Device:
        if story:
            return build(story, clock=clock, pace=pace)
        return Device(name, clock=clock, pace=pace)

    return pc


class Shell:
    """A session on a PC: runs script text, gives plain results."""

    def __init__(self, pc: Device, identity: str = "admin") -> None:
        self.pc = pc
        self.seat = pc.session(identity)
        self.space = Runspace(self.seat)

    def out(self, script: str) -> list[object]:
        """Return the output of a script that must end well, without an error."""
        result, records = self.space.run(script)
        errors = [record.value for record in records if record.stream == "error"]
        assert (result.state, errors) == ("Completed", []), result.error or errors
        return [record.value for record in records if record.stream == "output"]

    def one(self, script: str) -> object:
        """Return the only output of a script."""
        (value,) = self.out(script)
        return value

    def errors(self, script: str) -> list[str]:
        """Return the ids of the errors a script writes, a terminating one last."""
        result, records = self.space.run(script)
        found = [
            record.value.error_id for record in records if isinstance(record.value, ErrorRecord)
        ]
        return found + ([result.error.error_id] if result.error else [])


@pytest.fixture
def shell(make: Callable[..., Device]) -> Callable[..., Shell]:
    def open_shell(pc: Device | None = None, identity: str = "admin") -> Shell:
        return Shell(pc or make(), identity)

    return open_shell
