"""A worker is asked to end while a campaign goes on; whoever watches it leaves. It goes on."""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest

from tests.acceptance.stack import Stack, stack, until

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.acceptance, pytest.mark.xdist_group("acceptance")]

DEVICES = tuple(f"TWO-{number}" for number in range(6))


@pytest.fixture(scope="module")
def two() -> Iterator[Stack]:
    """A lab of slow PCs, and two workers of one slot each; the last test ends one of them."""
    with stack() as made:
        made.start_lab([f"PC-TWO-STALE={name}" for name in DEVICES], seed=222, pace=0.001)
        for name in DEVICES:
            made.fault(name, "Slow", seconds=0.3)
        for _ in range(2):
            made.start_worker("--queue", "bulk", "--slots", "1")
        yield made


def _campaign(made: Stack) -> str:
    """Have every PC read for a plan; return the campaign's id."""
    targets = [word for name in DEVICES for word in ("-T", name)]
    planned = made.run("campaign", "plan", *targets, "--name", "Two")
    assert planned.code == 0, planned.err
    return str(made.run("campaign", "ls", "-o", "json").document["campaign"])


def _status(made: Stack) -> str:
    return str(made.run("campaign", "ls", "-o", "json").document["status"])


def _working(made: Stack) -> dict[str, int]:
    """Return how many devices each worker works on."""
    found = made.run("worker", "ls", "-o", "json").documents
    return {each["worker"]: each["working"] for each in found}


@pytest.mark.timeout(120)
def test_whoever_stops_watching_a_campaign_is_told_that_it_goes_on(two: Stack) -> None:
    campaign = _campaign(two)
    until(lambda: any(_working(two).values()), what="a worker is at work")
    watching = two.begin("-c", "lab", "campaign", "watch", campaign)
    assert watching.stderr is not None
    assert watching.stderr.readline()  # it watches
    os.kill(watching.pid, signal.SIGINT)
    left = two.end(watching)
    assert left.code == 130
    assert f"{campaign} goes on" in left.err
    assert f"enrollmend campaign watch {campaign}" in left.err
    assert "Traceback" not in left.err
    until(lambda: _status(two) == "planned", what="it goes on to its end")


@pytest.mark.timeout(120)
def test_a_worker_that_is_drained_ends_its_work_and_takes_no_more(two: Stack) -> None:
    campaign = _campaign(two)
    until(lambda: all(_working(two).values()), what="both workers are at work")
    drained = two.workers[0]
    name = next(each for each in _working(two) if f"-{drained.process.pid}@" in each)
    assert two.run("worker", "drain", name).code == 0
    assert drained.process.wait(60) == 0

    assert name not in _working(two)
    assert len(_working(two)) == 1
    until(lambda: _status(two) == "planned", what="the other worker reads the rest")
    history = [line for device in DEVICES for line in two.history(device)]
    assert not [line for line in history if line.startswith("fault")]
    shown = two.run("campaign", "show", campaign, "-o", "json").document
    assert shown["verdicts"]["diagnosed"] == len(DEVICES)
    assert two.workers[1].process.poll() is None
