"""Which exit code comes of which runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from orchestrator.cli import exit_codes
from orchestrator.domain.run import Intent, RunState, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

OK, FAILED, AUTH, WAITING = 0, 3, 4, 6
GOOD = {
    Intent.FIX: {Verdict.ENROLLED, Verdict.ALREADY_ENROLLED},
    Intent.WHY: {Verdict.ENROLLED, Verdict.ALREADY_ENROLLED, Verdict.DIAGNOSED},
    Intent.VERIFY: {Verdict.ENROLLED, Verdict.ALREADY_ENROLLED},
    Intent.UNDO: {Verdict.RESTORED},
}


@pytest.mark.parametrize("intent", Intent)
@pytest.mark.parametrize("verdict", Verdict)
def test_only_what_was_asked_for_is_success(
    make: Mapping[str, Callable[..., Any]], intent: Intent, verdict: Verdict
) -> None:
    run = make["run"](state=RunState.SETTLED, verdict=verdict)
    expected = OK if verdict in GOOD[intent] else FAILED
    assert exit_codes.of_runs([run], intent=intent) == expected


@pytest.mark.parametrize("state", sorted(set(RunState) - {RunState.SETTLED, RunState.CANCELLED}))
def test_a_run_that_is_not_at_its_end_is_waited_for(
    make: Mapping[str, Callable[..., Any]], state: RunState
) -> None:
    assert exit_codes.of_runs([make["run"](state=state)], intent=Intent.FIX) == WAITING


def test_a_dry_run_succeeds_when_it_found_out(make: Mapping[str, Callable[..., Any]]) -> None:
    run = make["run"](state=RunState.SETTLED, verdict=Verdict.DIAGNOSED)
    assert exit_codes.of_runs([run], intent=Intent.FIX, dry_run=True) == OK


def test_a_refused_account_is_told_apart_only_when_nothing_else_failed(
    make: Mapping[str, Callable[..., Any]],
) -> None:
    refused = make["run"](state=RunState.SETTLED, verdict=Verdict.FAILED, tries=(("auth", 1),))
    failed = make["run"](state=RunState.SETTLED, verdict=Verdict.FAILED)
    away = make["run"](state=RunState.AWAY)
    assert exit_codes.of_runs([refused, away], intent=Intent.FIX) == AUTH
    assert exit_codes.of_runs([refused, failed], intent=Intent.FIX) == FAILED
    assert exit_codes.of_runs([failed, away], intent=Intent.FIX) == FAILED


def test_codes_the_caller_named_are_forgiven_and_no_others() -> None:
    assert exit_codes.forgiven(3, frozenset({3, 6})) == OK
    assert exit_codes.forgiven(8, frozenset({3, 6})) == 8
