"""Room for the frames of deeply nested scripts."""

from __future__ import annotations

import resource
from concurrent.futures import ThreadPoolExecutor

import pytest

from orchestrator.lab.stack import with_room

DEPTHS = range(250)
TURNS = 200


def _faults_at(depth: int) -> int:
    """Return how often a short loop at this depth touched memory that was just mapped."""
    if depth:
        return _faults_at(depth - 1)
    before = resource.getrusage(resource.RUSAGE_THREAD).ru_minflt
    for turn in range(TURNS):
        _two_deep(turn)
    return resource.getrusage(resource.RUSAGE_THREAD).ru_minflt - before


def _two_deep(turn: int) -> int:
    return _one_deep(turn)


def _one_deep(turn: int) -> int:
    return turn


def test_no_loop_at_any_depth_maps_memory_in_each_of_its_turns() -> None:
    with ThreadPoolExecutor(1) as threads:  # a thread's stack begins empty
        worst = threads.submit(with_room, lambda: max(_faults_at(depth) for depth in DEPTHS))
        assert worst.result() < TURNS / 4


def test_results_and_errors_are_handed_through() -> None:
    assert with_room(lambda: "done") == "done"
    with pytest.raises(ValueError, match="invalid literal"):
        with_room(lambda: int("gone"))
