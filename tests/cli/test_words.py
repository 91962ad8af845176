from __future__ import annotations

from datetime import UTC, datetime

import pytest

from orchestrator.cli.words import VERDICTS, result
from orchestrator.domain.device import DeviceName
from orchestrator.domain.report import device_line
from orchestrator.domain.run import Run, RunState, Verdict

NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)


@pytest.mark.parametrize("verdict", Verdict)
def test_every_way_a_run_can_end_has_a_word_and_a_sentence(verdict: Verdict) -> None:
    run = Run(
        id="r-1",
        device=DeviceName("PC-1"),
        created=NOW,
        updated=NOW,
        state=RunState.SETTLED,
        verdict=verdict,
        reason="because",
    )
    assert VERDICTS[verdict] in result(run) or run.owner is not None
    assert device_line(run).startswith("PC-1: ")


def test_a_device_that_changed_since_its_plan_says_why() -> None:
    run = Run(
        id="c-1.PC-1",
        device=DeviceName("PC-1"),
        created=NOW,
        updated=NOW,
        state=RunState.SETTLED,
        verdict=Verdict.DRIFTED,
        reason="it needs agents, which was not approved for it",
    )
    assert "it needs agents, which was not approved" in device_line(run)
