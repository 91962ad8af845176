"""Judges of enrollment state: dead enrollments, residue, and the task that enrolls."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from orchestrator.domain.diagnosis_attempt import auto_enroll_tasks
from orchestrator.domain.diagnosis_view import View, finding
from orchestrator.domain.enrollments import (
    FULL_SCORE,
    IN_REGISTRY,
    IN_TASKS,
    Judged,
    Kind,
    removal_order,
)
from orchestrator.domain.findings import Finding

_LINK_FAILED: Mapping[int | None, str] = {3: "failed", 7: "could not be ended", 8: "was ended"}
"""``EnrollStatus`` of the linked enrollment that says more than that it is there (Microsoft:
DMClient CSP). It goes stale, so that it is told and decides nothing."""


def judge_state(view: View) -> Iterator[Finding]:
    """Find enrollments that are dead, half alive, or of somebody else's past."""
    if view.facts.enrollments is None:
        why = next((line for line in view.facts.unknown if line.startswith("enrollments")), "")
        yield finding("facts_unread", "which enrollments the PC has could not be read", why)
        return
    by_cause: dict[str, list[Judged]] = {}
    parents = any(item.kind is Kind.INTUNE for item in view.judged)
    interrupted = view.facts.journal is not None and view.facts.journal.open is True
    for item in view.judged:
        cause = _cause(item, parents=parents, interrupted=interrupted)
        if cause:
            by_cause.setdefault(cause, []).append(item)
    for cause, items in by_cause.items():
        ids = removal_order(items) or tuple(item.id for item in items)
        lines = [_sentence(item) for item in items]
        if cause == "purge_incomplete" and view.facts.journal:
            lines.append(f"the journal of run {view.facts.journal.run_id} is still open")
        yield finding(cause, *lines, subjects=ids)


def _cause(item: Judged, *, parents: bool, interrupted: bool) -> str:
    match item.kind:
        case Kind.MARKER:
            return "fake_mdm_marker"
        case Kind.UNREAD:
            return "facts_unread"
        case Kind.MAM:
            return "mam_leftover"
        case Kind.RESIDUE:
            return "purge_incomplete" if interrupted else _residue(item)
        case Kind.INTUNE | Kind.MMPC if item.stale and item.tenant is False:
            return "foreign_tenant_enrollment"
        case Kind.MMPC if item.stale:
            return "stale_enrollment" if parents else "orphan_mmpc"
        case Kind.INTUNE if item.stale:
            return "stale_enrollment"
        case Kind.INTUNE:
            return "enrollment_incomplete" if item.usable else "facts_unread"
        case _:
            return ""


def _residue(item: Judged) -> str:
    tasks, registry = item.places & IN_TASKS, item.places & IN_REGISTRY
    if tasks and registry:
        return "residue"
    return "residue_tasks_only" if tasks else "residue_registry_only"


def _sentence(item: Judged) -> str:
    told = "; ".join(item.reasons)
    if item.kind is Kind.UNREAD:
        told = f"could not be read ({item.fact.unread})"
    if item.kind is Kind.INTUNE and not item.stale:
        told = told or (
            "not all of it is there" if item.usable else "whether it lives was not read"
        )
    if item.fact.linked_id and item.fact.linked_status in _LINK_FAILED:
        linked = f"its link to {item.fact.linked_id} {_LINK_FAILED[item.fact.linked_status]}"
        told = f"{told}; {linked}" if told else linked
    if item.kind in {Kind.INTUNE, Kind.MMPC}:
        score = str(item.low) if item.low == item.high else f"{item.low} to {item.high}"
        told = f"{told} (liveness {score} of {FULL_SCORE})" if told else f"liveness {score}"
    return f"{item.where}: {told}" if told else item.where


def judge_auto_enroll_task(view: View) -> Iterator[Finding]:
    """Find whether the task that the policy makes is there and enabled.

    The task removes itself after success and after some failures, so its absence alone explains
    nothing (community); it ranks behind everything that does.
    """
    facts = view.facts
    if facts.tasks is None or facts.policy is None or facts.policy.auto_enroll_mdm != 1:
        return
    tasks = auto_enroll_tasks(facts)
    disabled = [task for task in tasks if task.state == "Disabled"]
    if disabled:
        names = [f"the task {task.path}{task.name} is disabled" for task in disabled]
        yield finding("auto_enroll_task_disabled", *names)
    elif not tasks:
        yield finding(
            "auto_enroll_task_missing",
            r"AutoEnrollMDM is 1, but \Microsoft\Windows\EnterpriseMgmt has no auto-enroll task",
            "Group Policy's history has no run of the MDM extension, which makes the task"
            if facts.policy.gp_history is False
            else "",
        )


def stale_ids(judged: Sequence[Judged]) -> tuple[str, ...]:
    """Return every id that may be removed, children first."""
    return removal_order([item for item in judged if item.stale])
