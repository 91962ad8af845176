"""Simulated PCs on a clock that the test moves."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from orchestrator.lab.device import Device
from orchestrator.lab.fleet import build

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
