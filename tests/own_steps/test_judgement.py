from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from orchestrator.domain.facts import Facts
from orchestrator.domain.findings import Owner
from orchestrator.domain.own_steps import (
    Condition,
    Operator,
    OwnStep,
    Value,
    judge_own,
    with_own_steps,
)
from orchestrator.domain.plan import Decision, Plan, PlannedStage
from tests.own_steps.example import example

FIX, REPORT = example().steps
BLOCKED = {"block_mdm": 1, "role": None}


def facts(reading: object, **more: Any) -> Facts:
    return Facts.parse({"format": 1, FIX.stage: reading, REPORT.stage: reading, **more})


def repair(*names: str) -> Plan:
    return Plan(
        decision=Decision.REPAIR,
        owner=Owner.DEVICE,
        next_action="enrolled",
        stages=tuple(PlannedStage(name=name, reason="r") for name in names),
    )


def plan(ours: Plan, reading: object, *steps: OwnStep) -> Plan:
    return with_own_steps(ours, judge_own(steps or (FIX, REPORT), facts(reading)))


@pytest.mark.parametrize(
    ("operator", "value", "found", "holds"),
    [
        (Operator.EQUALS, 1, 1, True),
        (Operator.EQUALS, 1, 2, False),
        (Operator.EQUALS, 1, None, None),
        (Operator.EQUALS, 1, "1", None),
        (Operator.EQUALS, 1, True, None),
        (Operator.EQUALS, True, True, True),
        (Operator.EQUALS, "Kiosk", "kiosk", True),
        (Operator.NOT_EQUALS, 1, 2, True),
        (Operator.NOT_EQUALS, 1, 1, False),
        (Operator.NOT_EQUALS, 1, None, None),
        (Operator.AT_LEAST, 5, 5, True),
        (Operator.AT_LEAST, 5, 4, False),
        (Operator.AT_LEAST, 5, "6", None),
        (Operator.AT_LEAST, 5, True, None),
        (Operator.AT_MOST, 5, 5, True),
        (Operator.AT_MOST, 5, 5.5, False),
        (Operator.CONTAINS, "proxy", "Old-Proxy", True),
        (Operator.CONTAINS, "proxy", "none", False),
        (Operator.CONTAINS, "b", ["a", "B"], True),
        (Operator.CONTAINS, "c", ["a", "B"], False),
        (Operator.CONTAINS, "c", 5, None),
        (Operator.PRESENT, None, 0, True),
        (Operator.PRESENT, None, None, False),
        (Operator.ABSENT, None, None, True),
        (Operator.ABSENT, None, "", False),
    ],
)
def test_a_condition_compares_like_with_like_or_says_that_it_cannot(
    operator: Operator, value: Value | None, found: object, holds: bool | None
) -> None:
    when = Condition(field="a.b", operator=operator, value=value)
    assert when.holds({"a": {"b": found}}) is holds


def test_a_field_that_is_not_where_it_should_be_is_unknown() -> None:
    when = Condition(field="a.b", operator=Operator.ABSENT)
    assert when.holds({"a": 5}) is None


def test_a_step_runs_after_ours_and_before_the_trigger() -> None:
    made = plan(repair("backup", "flag", "trigger"), BLOCKED)
    assert [stage.name for stage in made.stages] == ["backup", "flag", "own:hardening", "trigger"]
    assert "block_mdm equals 1" in made.stages[2].reason


def test_a_step_that_is_only_reported_stops_the_repair_and_names_its_owner() -> None:
    made = plan(repair("backup", "trigger"), {"block_mdm": 1, "role": "kiosk"})
    assert made.decision is Decision.OWNER
    assert made.owner is Owner.TENANT
    assert made.stages == ()
    assert made.because == "this is a kiosk: role equals kiosk"


def test_what_does_not_apply_changes_nothing() -> None:
    ours = repair("backup", "trigger")
    assert plan(ours, {"block_mdm": 0, "role": "office"}) == ours


def test_unknown_is_never_taken_for_yes_and_is_said() -> None:
    ours = repair("backup", "trigger")
    for reading in (None, 5, {"block_mdm": "odd"}):
        made = plan(ours, reading, FIX)
        assert made.stages == ours.stages
        assert made.notes[0].startswith("own:hardening: ")


@pytest.mark.parametrize(
    ("reading", "told"),
    [
        (None, "Get-OwnHardening gave nothing; it has to give one table"),
        ("noise", "Get-OwnHardening gave 'noise' before anything else, not one table"),
        ({"block_mdm": "odd"}, "Get-OwnHardening gave no block_mdm that can be compared"),
    ],
)
def test_a_reading_of_another_shape_is_told_as_what_it_is(reading: object, told: str) -> None:
    assert [item.evidence for item in judge_own([FIX], facts(reading))] == [told]


def test_a_step_whose_reading_failed_says_why() -> None:
    unread = [{"fact": FIX.stage, "id": "X", "message": "access denied"}]
    found = judge_own([FIX], facts(None, unread=unread))
    assert [(item.unknown, item.evidence) for item in found] == [(True, "access denied")]


@pytest.mark.parametrize("decision", [Decision.NOTHING, Decision.OWNER, Decision.HOLD])
def test_where_ours_change_nothing_a_step_is_a_note(decision: Decision) -> None:
    ours = Plan(decision=decision, owner=Owner.NOBODY, next_action="")
    made = plan(ours, BLOCKED, FIX)
    assert replace(made, notes=()) == ours
    assert made.notes == (
        "own:hardening: the old hardening package blocks enrollment: block_mdm equals 1",
    )


def test_nothing_of_a_site_runs_before_the_pc_is_joined() -> None:
    ours = repair("backup", "join")
    assert plan(ours, BLOCKED, FIX) == ours


def test_a_repair_without_a_trigger_ends_with_the_step() -> None:
    made = plan(repair("backup", "flag"), BLOCKED, FIX)
    assert [stage.name for stage in made.stages] == ["backup", "flag", "own:hardening"]
