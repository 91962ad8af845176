"""Whatever is on a PC: what a repair may touch, and that it is one repair however often it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.domain.diagnosis import diagnose
from orchestrator.domain.facts import Facts
from orchestrator.domain.plan_for import plan_for
from orchestrator.domain.run import RunOptions, Verdict
from orchestrator.lab.faults import KillAfterOperation
from orchestrator.lab.programs_agents import ONLINE_MANAGEMENT
from tests.metamorphic.carried import Carrier
from tests.metamorphic.cut import differences, names_on, state
from tests.metamorphic.generated import REPAIRABLE, Spec, build, specs
from tests.metamorphic.profile import many
from tests.metamorphic.touched import strangers

if TYPE_CHECKING:
    from orchestrator.domain.plan import Plan
    from tests.scripts.bench import Answer, Bench

LOST = ("certificates / ", f"files / {ONLINE_MANAGEMENT}", "services / OmcSvc", "\\Uninstall\\")
"""What a backup can name and not bring back: keys of certificates, installed programs."""


def plan_of(bench: Bench) -> Plan:
    facts = Facts.parse(bench.facts(UserSession=True))
    return plan_for(
        diagnose(facts, observed_at=bench.now, options=RunOptions()), facts, RunOptions()
    )


def repair(bench: Bench, plan: Plan, *, fence: int = 1) -> Answer:
    """Carry out the stages of a plan but the attempt to enroll, until none is parked."""
    answer: Answer
    for _ in range(5):
        answer = bench.repair(
            *(stage.name for stage in plan.stages if stage.name != "trigger"),
            fence=fence,
            ids=plan.enrollment_ids,
            thumbprints=plan.thumbprints,
            services=plan.service_names,
        )
        if "parked" not in answer.statuses.values():
            break
        bench.later(1800)
    return answer


@many()
@given(specs(live=None))
def test_a_repair_touches_nothing_that_is_not_ours_and_dead(spec: Spec) -> None:
    bench = build(spec)
    before = bench.dump()
    Carrier(bench).fix()
    assert strangers(spec, bench.diff(before)) == []


@many()
@given(specs(live=None))
def test_only_what_is_dead_is_planned_for_removal(spec: Spec) -> None:
    plan = plan_of(build(spec))
    assert {guid.lower() for guid in plan.enrollment_ids} <= {
        guid.lower() for guid in spec.stale_ids
    }


@many(0.7)
@given(specs())
def test_repairing_twice_is_repairing_once(spec: Spec) -> None:
    bench = build(spec)
    plan = plan_of(bench)
    if not plan.stages:
        return
    repair(bench, plan)
    once = bench.dump()
    again = repair(bench, plan, fence=2)
    assert bench.diff(once) == []
    assert not {"failed", "parked"} & set(again.statuses.values())


@many(0.7)
@given(REPAIRABLE)
def test_a_second_run_about_an_enrolled_pc_changes_nothing(spec: Spec) -> None:
    bench = build(spec)
    first = Carrier(bench).fix()
    once = bench.device.dump()
    second = Carrier(bench).fix()
    if first.verdict is Verdict.ENROLLED:
        assert second.verdict is Verdict.ALREADY_ENROLLED
        assert bench.device.diff(once) == []


@many(0.7)
@given(specs())
def test_undo_restores_everything_but_what_is_named_as_lost(spec: Spec) -> None:
    bench = build(spec)
    plan = plan_of(bench)
    if not plan.stages:
        return
    before = bench.dump()
    repair(bench, plan)
    outcome = bench.restore().one
    assert outcome["status"] in {"changed", "unchanged"}
    left = bench.diff(before)
    assert [line for line in left if not any(place in line for place in LOST)] == []
    lost = [change["object"] for change in outcome["changes"] if not change["restorable"]]
    assert bool(left) <= bool(lost), "what did not come back is not named"


@many()
@given(specs(live=True))
def test_a_healthy_pc_is_left_byte_for_byte_as_it_was(spec: Spec) -> None:
    bench = build(spec)
    before = bench.device.dump()
    run = Carrier(bench).fix()
    assert run.verdict is Verdict.ALREADY_ENROLLED
    assert bench.device.diff(before) == []


@many(0.6)
@given(REPAIRABLE, st.integers(min_value=0, max_value=80))
def test_a_session_that_dies_after_any_change_is_finished_by_the_next(
    spec: Spec, operations: int
) -> None:
    whole, cut = build(spec), build(spec)
    expected = Carrier(whole).fix()
    before, known = cut.dump(), names_on(cut)
    cut.device.faults.append(KillAfterOperation(operations=operations))
    run = Carrier(cut).fix()
    assert run.verdict is expected.verdict
    for pc in (cut, whole):
        pc.later(2 * 3600)
        pc.facts()
    assert strangers(spec, cut.diff(before)) == []
    assert differences(state(whole, known), state(cut, known)) == []


def test_the_oracle_knows_what_belongs_to_somebody_else() -> None:
    spec = Spec(stale=("dead",), others=frozenset({"lookalike", "certificate", "foreign"}))
    bench = build(spec)
    before = bench.dump()
    bench.device.certificates.clear()
    bench.device.registry.delete(r"SOFTWARE\Microsoft\Enrollments")
    bench.device.tasks.tasks.clear()
    found = "\n".join(strangers(spec, bench.diff(before)))
    for word in ("certificates / ", "-backup", "Fleet", "\\Workplace Join\\"):
        assert word in found
