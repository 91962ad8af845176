from __future__ import annotations

from dataclasses import replace

import pytest

from orchestrator.domain.approval import Approved, beyond, digest_of, other_module, subjects_of
from orchestrator.domain.findings import Owner
from orchestrator.domain.plan import Decision, Plan, PlannedStage

PLAN = Plan(
    decision=Decision.REPAIR,
    owner=Owner.DEVICE,
    next_action="repair",
    stages=tuple(PlannedStage(name=name, reason="why") for name in ("backup", "tasks", "trigger")),
    enrollment_ids=("AAAA", "bbbb"),
    thumbprints=("F00D",),
)
NAMES = ("backup", "tasks", "trigger")
APPROVED = Approved(
    digest=digest_of(NAMES, subjects_of(PLAN)), stages=NAMES, subjects=subjects_of(PLAN)
)


def _less(plan: Plan) -> Plan:
    return replace(plan, stages=plan.stages[:1], enrollment_ids=("aaaa",))


def test_the_approved_plan_is_carried_out_whatever_its_reasons_say() -> None:
    reworded = tuple(replace(stage, reason="other words") for stage in PLAN.stages)
    assert beyond(replace(PLAN, stages=reworded), APPROVED) == ""
    assert beyond(replace(PLAN, enrollment_ids=("BBBB", "aaaa")), APPROVED) == ""


@pytest.mark.parametrize("begun", [False, True])
def test_a_stage_more_is_never_within_what_was_approved(*, begun: bool) -> None:
    more = replace(PLAN, stages=(*PLAN.stages, PlannedStage(name="agents", reason="why")))
    text = beyond(more, replace(APPROVED, begun=begun))
    assert text == "it needs agents, which was not approved for it"


def test_a_restart_may_turn_out_to_be_wanted_once_the_repair_has_begun() -> None:
    stages = tuple(PlannedStage(name=name, reason="why") for name in ("backup", "reboot"))
    restart = replace(PLAN, stages=stages, enrollment_ids=(), thumbprints=())
    assert beyond(restart, replace(APPROVED, begun=True)) == ""
    assert beyond(restart, APPROVED) == "it needs reboot, which was not approved for it"


@pytest.mark.parametrize("begun", [False, True])
def test_an_enrollment_more_is_never_within_what_was_approved(*, begun: bool) -> None:
    more = replace(PLAN, enrollment_ids=("AAAA", "bbbb", "CCCC"))
    assert "cccc" in beyond(more, replace(APPROVED, begun=begun))


def test_less_than_was_approved_is_another_plan_until_the_repair_has_begun() -> None:
    assert "less than was approved" in beyond(_less(PLAN), APPROVED)
    assert beyond(_less(PLAN), replace(APPROVED, begun=True)) == ""


def test_a_device_that_was_not_read_may_have_the_stages_it_was_allowed() -> None:
    assert beyond(PLAN, Approved(stages=NAMES)) == ""
    assert "trigger" in beyond(PLAN, Approved(stages=NAMES[:2]))
    assert "no change to it was approved" in beyond(PLAN, Approved())


def test_a_module_that_was_not_approved_may_not_change_a_device() -> None:
    approved = replace(APPROVED, module="0a1b")
    assert other_module(approved, "0a1b2c") == ""
    assert "another version" in other_module(approved, "0a1c2c")
    assert "another version" in other_module(approved, "")
    assert other_module(APPROVED, "0a1c2c") == ""


def test_what_separates_stages_from_what_they_touch_counts_in_the_digest() -> None:
    assert digest_of(("a", "b"), ("c",)) != digest_of(("a",), ("b", "c"))
    assert digest_of(("a",), ()) != digest_of((), ("a",))
