"""From a diagnosis to what is to be done.

- The first finding that decides does: an owner's cause stops everything, so that nothing is
  cleaned for nothing.
- A repair holds the stages of every repairable finding, and no other.
- Nobody signed in, or no token: what can be repaired is repaired, so that the PC enrolls when a
  user comes (Windows' own task or the next look does it); only the trigger is left out.
- A restart that component servicing waits for stops everything; one that an update waits for stops
  what removes something. Whether the PC is restarted for it is decided in `restart`.
- A registration for app protection may be one that somebody uses: it is removed only when the last
  attempt was refused because of an enrollment (0x8018000A). Until then enrollment is tried with it.
- A cause that rests on a code alone holds for ten minutes in one boot. After that the attempt is
  repeated before anybody is sent for: what was wrong may have been put right. One that wants a
  restart holds until there was one, a day at most. An unknown code repairs nothing, and keeps
  nothing that is seen on the PC from being repaired. A code that another place than
  the attempt tells, such as the user's last request for a token, is of now.
"""

from __future__ import annotations

from dataclasses import replace

from orchestrator.domain.cause import Cause
from orchestrator.domain.causes import CAUSES
from orchestrator.domain.diagnosis_attempt import LastAttempt, last_attempt
from orchestrator.domain.diagnosis_code import ALREADY, BLOCKED
from orchestrator.domain.diagnosis_state import stale_ids
from orchestrator.domain.diagnosis_view import uses_device_credential
from orchestrator.domain.enrollments import Judged, judge_enrollments, removable_thumbprints
from orchestrator.domain.facts import Facts
from orchestrator.domain.findings import Diagnosis, Disposition, Finding, Owner
from orchestrator.domain.plan import Decision, Plan, PlannedStage
from orchestrator.domain.run import RunOptions
from orchestrator.domain.stages import STAGES, in_order

_CLEANING = frozenset({"tasks", "certificates", "state"})
_TRIGGER = "enrollment has to be started"
_UNINSTALLED = (
    "the Configuration Manager client without a site is uninstalled (ccmsetup /uninstall)"
)


def plan_for(diagnosis: Diagnosis, facts: Facts, options: RunOptions) -> Plan:
    """Return what is to be done about a device.

    Args:
        diagnosis: what `diagnose` concluded from these facts.
        facts: the reading it rests on.
        options: what the caller allowed.
    """
    if diagnosis.enrolled:
        healthy = CAUSES["already_enrolled_healthy"]
        return Plan(
            decision=Decision.NOTHING,
            owner=healthy.owner,
            next_action=healthy.next_action,
            notes=_notes(diagnosis),
        )
    attempt = last_attempt(facts)
    deciding = [
        (item, CAUSES[item.cause])
        for item in diagnosis.findings
        if _decides(item, diagnosis, attempt, options)
    ]
    if any(cause.disposition is Disposition.HOLD for _, cause in deciding):
        deciding = [pair for pair in deciding if not _only_starts(pair[1])]
    repairs = [
        (item, cause)
        for item, cause in deciding
        if cause.disposition is Disposition.REPAIR
        and (cause.name != "ccm_orphan" or options.allow_configmgr_removal)
    ]
    repair = _repair(repairs, deciding, facts, attempt)
    deciding = [
        pair for pair in deciding if pair[0].cause != "pending_reboot" or _stops(facts, repair)
    ]
    plan = _decide(deciding, repair)
    if not deciding:
        plan = replace(plan, next_action=_once_more(diagnosis))
    return replace(plan, notes=_notes(diagnosis), credential_type=_credential(facts))


def _decides(
    item: Finding, diagnosis: Diagnosis, attempt: LastAttempt, options: RunOptions
) -> bool:
    cause = CAUSES[item.cause]
    if cause.disposition is Disposition.NOTE:
        return False
    if item.cause == "ccm_orphan" and not options.allow_configmgr_removal:
        return diagnosis.last_error == BLOCKED and attempt.recent
    if item.cause == "mam_leftover" and diagnosis.last_error != ALREADY:
        return False
    if not cause.from_code:
        return True
    if cause.disposition is Disposition.REBOOT:
        return attempt.today and not attempt.rebooted
    return attempt.recent or attempt.evidence not in item.evidence


def _decide(deciding: list[tuple[Finding, Cause]], repair: Plan) -> Plan:
    if not deciding:
        return repair
    first, cause = deciding[0]
    match cause.disposition:
        case Disposition.REPAIR if first.cause == "ccm_orphan" and not _has(repair, "configmgr"):
            return _plan(Decision.OWNER, cause)
        case Disposition.REPAIR:
            return repair
        case Disposition.REPORT | Disposition.LEAVE:
            decision = Decision.UNSUPPORTED if cause.unsupported else Decision.OWNER
            return _plan(decision, cause)
        case Disposition.HOLD | Disposition.REBOOT:
            return _plan(Decision.HOLD, cause)
        case _:
            return _plan(Decision.RETRY, cause)


def _only_starts(cause: Cause) -> bool:
    """Tell whether a repair is of no use while nobody is there whose token enrolls."""
    return cause.disposition is Disposition.REPAIR and set(cause.stages) <= {"policy"}


def _once_more(diagnosis: Diagnosis) -> str:
    """Return what happens when only an outdated answer, or a mere suspect, is left."""
    started = CAUSES["enrollment_not_triggered"].next_action
    first = diagnosis.primary
    if first is None or not CAUSES[first.cause].from_code:
        return started
    return f"{started} once more; if it fails the same way: {CAUSES[first.cause].next_action}"


def _plan(decision: Decision, cause: Cause) -> Plan:
    return Plan(
        decision=decision,
        owner=cause.owner,
        next_action=cause.next_action,
        wait_seconds=cause.wait_seconds,
        restart=cause.disposition is Disposition.REBOOT,
    )


def _repair(
    repairs: list[tuple[Finding, Cause]],
    deciding: list[tuple[Finding, Cause]],
    facts: Facts,
    attempt: LastAttempt,
) -> Plan:
    """Return the plan that repairs what can be repaired, and triggers when somebody is there."""
    reasons: dict[str, str] = {}
    for item, cause in repairs:
        for name in cause.stages:
            reasons.setdefault(name, item.evidence[0] if item.evidence else cause.title)
    waits = any(cause.disposition is Disposition.HOLD for _, cause in deciding)
    joining = "join" in reasons
    if not waits and not joining:
        reasons["trigger"] = _why_trigger(attempt, changed=bool(reasons))
    if "join" in reasons:
        reasons = {"join": reasons["join"]}
    names = in_order(reasons)
    named = {subject.lower() for item, _ in repairs for subject in item.subjects}
    judged = _named(facts, named)
    cleans = bool(_CLEANING & set(names))
    services = {s for item, _ in repairs if item.cause == "service_disabled" for s in item.subjects}
    first = repairs[0][1] if repairs else CAUSES["enrollment_not_triggered"]
    next_action = first.next_action
    if first.name == "ccm_orphan":
        next_action = f"{_UNINSTALLED}, then enrolled"
    elif "configmgr" in names:
        next_action = f"{_UNINSTALLED}; {next_action}"
    if waits:
        holder = next(cause for _, cause in deciding if cause.disposition is Disposition.HOLD)
        next_action = f"{_cut(next_action)}; then: {holder.next_action}"
    return Plan(
        decision=Decision.REPAIR,
        owner=Owner.DEVICE,
        next_action=next_action,
        stages=_stages(names, reasons),
        enrollment_ids=stale_ids(judged) if cleans else (),
        thumbprints=removable_thumbprints(judged) if "certificates" in names else (),
        service_names=tuple(sorted(services)) if "services" in names else (),
    )


def _named(facts: Facts, named: set[str]) -> tuple[Judged, ...]:
    """Judge the enrollments again, and count as dead only what the diagnosis named."""
    if facts.collected is None:
        return ()
    judged = judge_enrollments(facts, now=facts.collected)
    return tuple(replace(j, stale=j.stale and j.id.lower() in named) for j in judged)


def _cut(text: str) -> str:
    return text.removesuffix(", then enrolled anew").removesuffix(", then enrolled")


def _stages(names: tuple[str, ...], reasons: dict[str, str]) -> tuple[PlannedStage, ...]:
    backup = PlannedStage(name="backup", reason="before anything is changed")
    rest = tuple(PlannedStage(name=name, reason=reasons[name]) for name in names)
    return (backup, *rest) if rest else ()


def _why_trigger(attempt: LastAttempt, *, changed: bool) -> str:
    if changed:
        return "enroll once the stages before are through"
    if attempt.evidence and attempt.code is not None:
        return f"try again: {attempt.evidence}"
    return _TRIGGER


def _stops(facts: Facts, repair: Plan) -> bool:
    pending = facts.pending_reboot
    if pending is not None and (pending.cbs or pending.configmgr):
        return True
    return any(STAGES[stage.name].destructive for stage in repair.stages)


def _has(plan: Plan, stage: str) -> bool:
    return any(item.name == stage for item in plan.stages)


def _credential(facts: Facts) -> str:
    return "Device" if uses_device_credential(facts) else "User"


def _notes(diagnosis: Diagnosis) -> tuple[str, ...]:
    return tuple(
        f"{item.cause}: {item.evidence[0] if item.evidence else CAUSES[item.cause].title}"
        for item in diagnosis.findings
        if CAUSES[item.cause].disposition is Disposition.NOTE
    )
