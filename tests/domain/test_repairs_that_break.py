"""A repair that always breaks comes to an end, whatever breaks it and however it alternates."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import combinations_with_replacement, cycle, pairwise

import pytest

from orchestrator.domain.device import DeviceName
from orchestrator.domain.events import AttemptBegan, AttemptBroken, FactsRead
from orchestrator.domain.facts import Facts
from orchestrator.domain.retry import MAX_BREAKS, Fault, Timings
from orchestrator.domain.run import Run, RunOptions, RunState, Verdict
from orchestrator.domain.step import apply
from tests.domain.facts_builder import NOW, blank, events, failed

TIMINGS = Timings()
BREAKING = sorted(set(Fault) - {Fault.UNREACHABLE, Fault.SPARED})
FLAGGED = Facts.parse(
    blank() | {"flags": {"externally_managed": 1}, "events": events(failed(0x80180026))}
)


def always_broken(*faults: Fault, options: RunOptions | None = None) -> tuple[Run, list[datetime]]:
    """Return a run whose looks succeed and whose repairs break, and when each broke."""
    run = Run(
        id="r-1",
        device=DeviceName.parse("PC-0042"),
        created=NOW,
        updated=NOW,
        due=NOW,
        options=options or RunOptions(),
    )
    now, broke = NOW, []
    for fault in cycle(faults):
        run = apply(run, AttemptBegan(at=now), TIMINGS)
        run = apply(run, FactsRead(at=now, facts=FLAGGED), TIMINGS)
        assert run.state is RunState.REPAIRING
        run = apply(run, AttemptBroken(at=now, fault=fault, text="it broke"), TIMINGS)
        broke.append(now)
        if run.due is None or len(broke) > 2 * MAX_BREAKS:
            return run, broke
        now = run.due
    raise AssertionError(faults)


@pytest.mark.parametrize("faults", list(combinations_with_replacement(BREAKING, 2)))
def test_a_repair_that_always_breaks_is_given_up(faults: tuple[Fault, Fault]) -> None:
    run, broke = always_broken(*faults)
    assert run.verdict is Verdict.FAILED
    assert len(broke) <= MAX_BREAKS + 1
    assert "it broke" in run.reason


def test_the_waits_between_repairs_that_break_grow() -> None:
    _, broke = always_broken(Fault.OUTCOME_UNKNOWN)
    waits = [later - sooner for sooner, later in pairwise(broke)]
    assert waits == sorted(waits)
    assert waits[-1] > 8 * waits[0]


@pytest.mark.parametrize("fault", [Fault.TRANSIENT, Fault.OUTCOME_UNKNOWN, Fault.QUOTA])
def test_no_repair_is_tried_again_after_the_deadline(fault: Fault) -> None:
    deadline = NOW + timedelta(seconds=31)
    run, broke = always_broken(fault, options=RunOptions(deadline=deadline))
    assert run.verdict is Verdict.FAILED
    assert "deadline" in run.reason
    assert broke[-1] <= deadline
