"""Steps of a site's own: what it reads on a PC, when that is wrong, and what repairs it.

- A step is judged by a declared condition over what its function read; there is no code in it.
- Unknown is never taken for yes: a step whose reading failed or has another shape does not apply.
- Own steps change nothing where the product changes nothing: not on an enrolled PC, not while
  somebody else has to act, not before the PC is joined.
- They run after the stages of the product and before the trigger, in the order of the manifest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from orchestrator.domain.facts import Facts
from orchestrator.domain.findings import Owner
from orchestrator.domain.plan import Decision, Plan, PlannedStage

PREFIX = "own:"
"""Begins the name of each stage, and of each section of the facts, that is a site's own."""

Value = str | int | float | bool


class Operator(StrEnum):
    """How a field of a reading is compared."""

    EQUALS = "equals"  # texts without regard to case, as Windows does
    NOT_EQUALS = "not_equals"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    CONTAINS = "contains"  # a text in a text, or an item in a list
    PRESENT = "present"
    ABSENT = "absent"


BARE = frozenset({Operator.PRESENT, Operator.ABSENT})
"""Operators that compare with nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """When a step applies.

    Attributes:
        field: names of nested fields, with dots between.
        operator: how it is compared.
        value: with what; None for ``present`` and ``absent``.
    """

    field: str
    operator: Operator
    value: Value | None = None

    def holds(self, reading: Mapping[str, object]) -> bool | None:
        """Tell whether a reading meets the condition; None when that cannot be said."""
        found: object = reading
        for name in self.field.split("."):
            if not isinstance(found, Mapping):
                return None
            found = found.get(name)
        match self.operator:
            case Operator.PRESENT:
                return found is not None
            case Operator.ABSENT:
                return found is None
            case Operator.EQUALS:
                return _same(found, self.value)
            case Operator.NOT_EQUALS:
                same = _same(found, self.value)
                return None if same is None else not same
            case Operator.CONTAINS:
                return _contains(found, self.value)
            case Operator.AT_LEAST | Operator.AT_MOST:
                return _compared(found, self.value, self.operator)


def _same(found: object, value: Value | None) -> bool | None:
    if isinstance(found, str) and isinstance(value, str):
        return found.casefold() == value.casefold()
    if isinstance(found, bool) or isinstance(value, bool):
        return found is value if isinstance(found, bool) and isinstance(value, bool) else None
    if isinstance(found, int | float) and isinstance(value, int | float):
        return found == value
    return None


def _contains(found: object, value: Value | None) -> bool | None:
    if isinstance(found, str) and isinstance(value, str):
        return value.casefold() in found.casefold()
    if isinstance(found, list):
        return any(_same(item, value) for item in found)
    return None


def _compared(found: object, value: Value | None, operator: Operator) -> bool | None:
    numbers = isinstance(found, int | float) and isinstance(value, int | float)
    if not numbers or isinstance(found, bool) or isinstance(value, bool):
        return None
    assert isinstance(found, int | float)  # noqa: S101 - for the type checker
    assert isinstance(value, int | float)  # noqa: S101 - the same
    return found >= value if operator is Operator.AT_LEAST else found <= value


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnStep:
    """One step of the site.

    Attributes:
        name: lower case, at most 40 characters.
        title: what is wrong when it applies, one line.
        owner: who has to act when it cannot be repaired here.
        reason: what happens next, or what the owner has to do.
        when: applies then.
        fact: function that reads.
        fix, verify, undo: functions that repair, look whether it is right, and take the repair
            back; all empty for a step that is only reported to its owner.
    """

    name: str
    title: str
    owner: Owner
    reason: str
    when: Condition
    fact: str
    fix: str = ""
    verify: str = ""
    undo: str = ""

    @property
    def stage(self) -> str:
        """The name of its stage and of its section in the facts."""
        return PREFIX + self.name

    @property
    def repairs(self) -> bool:
        """Whether it changes anything."""
        return bool(self.fix)

    @property
    def reading(self) -> str:
        """How the module is asked to read it."""
        return f"{self.name} {self.fact}"

    @property
    def repair(self) -> str:
        """How the module is asked to repair it."""
        return f"{self.name} {self.fact} {self.fix} {self.verify} {self.undo}"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnFinding:
    """What a step says of one PC.

    Attributes:
        step: whose.
        evidence: one line: what was read.
        unknown: it could not be told whether the step applies.
    """

    step: OwnStep
    evidence: str
    unknown: bool = False


def judge_own(steps: Iterable[OwnStep], facts: Facts) -> tuple[OwnFinding, ...]:
    """Return the steps that apply to a PC, and those of which that could not be told."""
    found = []
    for step in steps:
        reading = facts.own.get(step.stage)
        holds = step.when.holds(reading) if isinstance(reading, Mapping) else None
        if holds is None:
            said = next((item.message for item in facts.unread if item.fact == step.stage), "")
            line = said or _incomparable(step, reading)
            found.append(OwnFinding(step=step, evidence=line, unknown=True))
        elif holds:
            found.append(OwnFinding(step=step, evidence=_evidence(step)))
    return tuple(found)


def _incomparable(step: OwnStep, reading: object) -> str:
    """Say why a reading that did not fail cannot be judged."""
    if reading is None:
        return f"{step.fact} gave nothing; it has to give one table"
    if not isinstance(reading, Mapping):
        return f"{step.fact} gave {repr(reading)[:40]} before anything else, not one table"
    return f"{step.fact} gave no {step.when.field} that can be compared"


def _evidence(step: OwnStep) -> str:
    when = step.when
    compared = "" if when.operator in BARE else f" {when.value}"
    return f"{step.title}: {when.field} {when.operator.value.replace('_', ' ')}{compared}"


def with_own_steps(plan: Plan, found: Iterable[OwnFinding]) -> Plan:
    """Return the plan with the steps of the site in it.

    A step that is only reported stops a repair, as an owner's cause does.
    """
    items = tuple(found)
    notes = tuple(_note(item) for item in items if _is_note(plan, item))
    plan = replace(plan, notes=(*plan.notes, *notes))
    applying = [item for item in items if not item.unknown]
    if plan.decision is not Decision.REPAIR or not applying or _joins(plan):
        return plan
    owned = next((item for item in applying if not item.step.repairs), None)
    if owned is not None:
        return Plan(
            decision=Decision.OWNER,
            owner=owned.step.owner,
            next_action=owned.step.reason,
            because=owned.evidence,
            notes=plan.notes,
            credential_type=plan.credential_type,
        )
    own = tuple(PlannedStage(name=item.step.stage, reason=item.evidence) for item in applying)
    ours = plan.stages or (PlannedStage(name="backup", reason="before anything is changed"),)
    before = tuple(stage for stage in ours if stage.name != "trigger")
    last = tuple(stage for stage in ours if stage.name == "trigger")
    return replace(plan, stages=(*before, *own, *last))


def _joins(plan: Plan) -> bool:
    return any(stage.name == "join" for stage in plan.stages)


def _is_note(plan: Plan, item: OwnFinding) -> bool:
    return item.unknown or plan.decision is not Decision.REPAIR


def _note(item: OwnFinding) -> str:
    return f"{item.step.stage}: {item.evidence}"
