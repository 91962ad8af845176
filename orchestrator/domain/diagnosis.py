"""From the facts of a device to the causes, the first of which decides.

- A cause is found by evidence on the PC; a code only picks among what evidence leaves open.
- Unknown is never taken for no: what could not be read is listed, and what rests on it is not
  concluded.
- An enrolled PC has no cause; what is odd on it is told behind that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime

from orchestrator.domain.causes import CAUSES
from orchestrator.domain.diagnosis_agents import (
    judge_configmgr,
    judge_flag,
    judge_legacy_client,
    judge_other_mdm,
)
from orchestrator.domain.diagnosis_code import judge_code, ruled_out
from orchestrator.domain.diagnosis_device import (
    judge_clock,
    judge_mmpc_flag,
    judge_network,
    judge_restart,
    judge_services,
    judge_user,
)
from orchestrator.domain.diagnosis_events import backed_up
from orchestrator.domain.diagnosis_join import judge_join
from orchestrator.domain.diagnosis_policy import judge_mdm_url, judge_policy, judge_system
from orchestrator.domain.diagnosis_state import judge_auto_enroll_task, judge_state
from orchestrator.domain.diagnosis_view import View, finding, uses_device_credential
from orchestrator.domain.enrollments import Kind
from orchestrator.domain.facts import Facts
from orchestrator.domain.findings import Diagnosis, Disposition, Finding
from orchestrator.domain.proof import prove
from orchestrator.domain.run import RunOptions
from orchestrator.domain.stages import STAGES

_JUDGES: tuple[Callable[[View], Iterator[Finding]], ...] = (
    judge_system,
    judge_join,
    judge_policy,
    judge_mdm_url,
    judge_other_mdm,
    judge_configmgr,
    judge_legacy_client,
    judge_flag,
    judge_state,
    judge_services,
    judge_clock,
    judge_network,
    judge_mmpc_flag,
    judge_restart,
    judge_auto_enroll_task,
    judge_user,
)
_STILL_ODD = frozenset(
    {
        "foreign_tenant_enrollment",
        "stale_enrollment",
        "mam_leftover",
        "purge_incomplete",
        "residue",
        "residue_tasks_only",
        "residue_registry_only",
        "service_disabled",
        "service_missing",
        "clock_skew",
        "foreign_mdm_active",
    }
)
"""What is told of an enrolled PC beside notes."""


_NETWORK = frozenset(
    {"service_unreachable", "proxy_not_found", "join_service_unavailable", "system_proxy_blocked"}
)
_GUARDS = {
    "dsregcmd": "whether the PC's device object is alive",
    "policy": "whether a policy forbids enrollment",
    "configmgr": "whether Configuration Manager manages this PC",
    "os": "which Windows this is",
    "pending_reboot": "whether Windows waits for a restart",
}
"""Sections that can forbid to remove anything."""


def diagnose(facts: Facts, *, observed_at: datetime, options: RunOptions) -> Diagnosis:
    """Say why a device is not enrolled.

    Args:
        facts: one reading.
        observed_at: our time at the end of the reading, aware; for the device's clock.
        options: what the caller allowed.
    """
    view = View.of(facts, observed_at, options)
    found = [item for judge in _JUDGES for item in judge(view)]
    proof = prove(facts, None)
    if proof.complete:
        healthy = finding("already_enrolled_healthy", *proof.evidence)
        odd = [item for item in found if item.cause in _STILL_ODD or _is_note(item)]
        return Diagnosis(
            enrolled=True,
            findings=_ranked(backed_up([healthy, *odd], facts)),
            unknown=facts.unknown,
            dm_id=_dm_id(view),
        )
    found = _without_half_truths(found, proof.missing)
    found += _unguarded(view, found)
    found += judge_code(view, found)
    found += _token_unknown(facts)
    if all(_is_note(item) for item in found):
        found.append(_untried(view))
    return Diagnosis(
        enrolled=False,
        findings=_ranked(backed_up(_with_attempt(found, view), facts)),
        last_error=view.attempt.code,
        ruled_out=tuple(ruled_out(view, found)),
        unknown=(*facts.unknown, *_not_measured(view)),
        dm_id=_dm_id(view),
    )


def _dm_id(view: View) -> str:
    living = (item for item in view.judged if item.kind is Kind.INTUNE and not item.stale)
    ids = {item.fact.ent_dm_id.strip().lower() for item in living} - {""}
    return ids.pop() if len(ids) == 1 else ""


def _not_measured(view: View) -> Iterator[str]:
    """Say which addresses were tried without a result."""
    network = view.facts.network
    for tried in network.endpoints if network else ():
        if tried.ok is None and tried.error:
            yield f"network: whether SYSTEM reaches {tried.host} was not told: {tried.error}"


def _token_unknown(facts: Facts) -> Iterator[Finding]:
    """Note that a token was not looked at where one enrolls the PC: unknown is not no."""
    known = facts.user_prt is not None and facts.user_prt.prt is not None
    if not known and not uses_device_credential(facts):
        why = next((line for line in facts.unknown if line.startswith("user_prt")), "")
        yield finding("prt_unknown", "the token was not looked at in a user's own session", why)


def wants_network(diagnosis: Diagnosis | None) -> bool:
    """Tell whether the next reading should probe the endpoints as SYSTEM: a code speaks of it."""
    return diagnosis is not None and any(item.cause in _NETWORK for item in diagnosis.findings)


def _unguarded(view: View, found: list[Finding]) -> Iterator[Finding]:
    """Stop what removes something while a reason not to do it could not be read."""
    stages = {stage for item in found for stage in CAUSES[item.cause].stages}
    if not any(STAGES[stage].destructive for stage in stages):
        return
    for section, question in _GUARDS.items():
        if getattr(view.facts, section) is None:
            yield finding("facts_unread", f"{question} could not be read, so nothing is removed")


def _ranked(found: list[Finding]) -> tuple[Finding, ...]:
    """Sort by rank, and join findings of one cause."""
    joined: dict[str, Finding] = {}
    for item in found:
        known = joined.get(item.cause)
        joined[item.cause] = (
            item
            if known is None
            else replace(
                known,
                evidence=tuple(dict.fromkeys((*known.evidence, *item.evidence))),
                subjects=tuple(dict.fromkeys((*known.subjects, *item.subjects))),
            )
        )
    return tuple(sorted(joined.values(), key=lambda item: CAUSES[item.cause].rank))


def _is_note(item: Finding) -> bool:
    return CAUSES[item.cause].disposition is Disposition.NOTE


def _without_half_truths(found: list[Finding], missing: tuple[str, ...]) -> list[Finding]:
    """Say of a half-alive enrollment what of it is missing.

    Unless the clock is wrong: then it may only look so.
    """
    if any(item.cause == "clock_skew" for item in found):
        return [item for item in found if item.cause != "enrollment_incomplete"]
    return [
        replace(item, evidence=(*item.evidence, *(f"missing: {line}" for line in missing)))
        if item.cause == "enrollment_incomplete"
        else item
        for item in found
    ]


def _untried(view: View) -> Finding:
    """Return the finding of a PC on which nothing is wrong and yet nothing is enrolled."""
    attempt = view.attempt
    if attempt.succeeded:
        return finding("relapsed", attempt.evidence, "there is no enrollment now")
    return finding(
        "enrollment_not_triggered",
        attempt.evidence or "the enrollment channel holds no attempt",
        "joined, asked to enroll by policy, and nothing in the way",
    )


def _with_attempt(found: list[Finding], view: View) -> list[Finding]:
    """Add the last attempt to the evidence of what decides."""
    first = min(found, key=lambda item: CAUSES[item.cause].rank)
    line = view.attempt.evidence
    if view.attempt.code is None or line in first.evidence:
        return found
    told = replace(first, evidence=(*first.evidence, f"last attempt: {line}"))
    return [told if item is first else item for item in found]
