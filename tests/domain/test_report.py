from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.domain.device import DeviceName
from orchestrator.domain.findings import Owner
from orchestrator.domain.outcome import Change, Outcome, StageStatus
from orchestrator.domain.report import device_document, device_line, state_of, summarise
from orchestrator.domain.run import Run, RunState, Verdict
from tests.domain.facts_builder import NOW, enrollment, judge, reading, with_enrollments


def run(**values: Any) -> Run:
    known = Run(id="r-1", device=DeviceName("PC-0042"), created=NOW, updated=NOW)
    return replace(known, **values)


def settled(verdict: Verdict, **values: Any) -> Run:
    return run(state=RunState.SETTLED, verdict=verdict, **values)


def judged(payload: dict[str, Any], verdict: Verdict) -> Run:
    found, plan, _ = judge(payload)
    return settled(
        verdict,
        diagnosis=found,
        plan=plan,
        owner=plan.owner,
        next_action=plan.next_action,
        reason="because",
    )


FORBIDDEN = judged(reading(policy={"disable_registration": 1}), Verdict.NEEDS_OWNER)


def test_a_run_that_waits_for_an_owner_is_named_after_them() -> None:
    assert state_of(FORBIDDEN) == "needs-directory"
    assert state_of(run()) == "queued"
    assert state_of(settled(Verdict.ALREADY_ENROLLED)) == "already-enrolled"


def test_the_line_says_why_and_what_next() -> None:
    line = device_line(FORBIDDEN)
    assert line.startswith("PC-0042: not enrolled: a Group Policy forbids MDM enrollment. Next: in")


@pytest.mark.parametrize("verdict", Verdict)
def test_every_verdict_has_a_sentence(verdict: Verdict) -> None:
    assert device_line(settled(verdict)).startswith("PC-0042: ")


def test_a_run_under_way_says_where_it_is() -> None:
    away = run(state=RunState.AWAY, reason="it does not answer", next_action="look again")
    assert device_line(away) == "PC-0042: away: it does not answer. Next: look again"


def test_the_document_is_json_and_carries_cause_evidence_and_steps() -> None:
    dead = with_enrollments(enrollment(), certificates=[])
    outcome = Outcome(
        stage="backup",
        status=StageStatus.CHANGED,
        changes=(Change(object="HKLM", action="export"),),
        elapsed_ms=12,
    )
    document = device_document(replace(judged(dead, Verdict.DIAGNOSED), outcomes=(outcome,)))
    again = json.loads(json.dumps(document))
    assert again["schema"] == "enrollmend.device/v1"
    assert again["cause"]["code"] == "stale_enrollment"
    assert again["cause"]["owner"] == "device"
    assert again["steps"][0] == {
        "name": "backup",
        "state": "changed",
        "changed": 1,
        "ms": 12,
        "detail": "",
        "objects": ["HKLM"],
    }
    assert [step["state"] for step in again["steps"][1:]] == ["planned"] * 4


def test_a_run_not_yet_looked_at_has_no_cause() -> None:
    document = device_document(run())
    assert document["cause"] is None
    assert document["state"] == "queued"


def test_the_summary_counts_causes_and_owners_of_what_is_not_in_order() -> None:
    runs = [FORBIDDEN, FORBIDDEN, settled(Verdict.ENROLLED, owner=Owner.NOBODY)]
    summary = summarise(runs)
    assert summary.causes == {"enrollment_disabled_by_policy": 2}
    assert summary.owners == {Owner.DIRECTORY: 2}
    assert summary.verdicts == {Verdict.NEEDS_OWNER: 2, Verdict.ENROLLED: 1}
    assert len(summary.lines) == 3


@given(
    st.lists(
        st.one_of(
            st.sampled_from([s for s in RunState if s is not RunState.SETTLED]).map(
                lambda state: run(state=state)
            ),
            st.tuples(st.sampled_from(Verdict), st.sampled_from(Owner)).map(
                lambda pair: settled(pair[0], owner=pair[1])
            ),
        )
    )
)
def test_the_states_of_a_summary_add_up_to_its_total(runs: list[Run]) -> None:
    summary = summarise(runs)
    assert sum(summary.states.values()) == summary.total == len(runs)
    assert summary.states == Counter(state_of(item) for item in runs)
