"""The two questions about a run: what is next, and what is it after this event?

- Both are pure. The clock comes in with the event, the waits with `Timings`.
- Every look at a device starts the judgement anew from what is there; what an earlier attempt
  meant to do is never carried on blindly.
- Nothing but evidence on the device settles a run as enrolled.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from orchestrator.domain.approval import beyond, other_module
from orchestrator.domain.breaking import OUTLAST_A_LOOK, after_fault, broken, unchecked, worker_lost
from orchestrator.domain.diagnosis import diagnose, wants_network
from orchestrator.domain.events import (
    Action,
    AttemptBegan,
    AttemptBroken,
    Cancelled,
    Event,
    FactsRead,
    Probe,
    Rest,
    Restore,
    RunStages,
    StageEnded,
    StagesEnded,
)
from orchestrator.domain.findings import Owner
from orchestrator.domain.outcome import Outcome, StageStatus
from orchestrator.domain.own_steps import with_own_steps
from orchestrator.domain.plan import Decision, Plan
from orchestrator.domain.plan_for import plan_for
from orchestrator.domain.proof import Proof, prove
from orchestrator.domain.restart import STAGE as RESTART
from orchestrator.domain.restart import wanted_by_a_stage, with_restart
from orchestrator.domain.retry import MAX_ROUNDS, Fault, Timings
from orchestrator.domain.run import Intent, Run, RunState, Verdict, at_work
from orchestrator.domain.same_pc import CHECK_DNS, other_machine, untouched
from orchestrator.domain.settling import given_up, read_only, rest_or_expire, settle, why
from orchestrator.domain.transitions import TRANSITIONS, IllegalTransition, check

_CHANGED = frozenset({StageStatus.CHANGED, StageStatus.UNCHANGED})


def next_action(run: Run) -> Action:
    """Return what the run wants done now."""
    if run.state is RunState.REPAIRING and run.plan is not None:
        return RunStages(plan=run.plan)
    if run.state is RunState.PROBING and run.options.intent is Intent.UNDO:
        return Restore(run_id=run.options.undo_run)
    if run.state in {RunState.PROBING, RunState.VERIFYING}:
        return Probe(
            user_session=run.marker is None,
            network=run.diagnosis is not None and wants_network(run.diagnosis),
        )
    if run.state is RunState.SETTLED and run.due is not None:
        return Probe()
    return Rest(until=run.due)


def apply(run: Run, event: Event, timings: Timings) -> Run:
    """Return the run as it is after the event.

    Raises:
        IllegalTransition: the event cannot come in the run's state.
    """
    if type(event) not in TRANSITIONS[run.state]:
        raise IllegalTransition(run.state, type(event))
    after = _dispatch(run, event, timings)
    check(run.state, type(event), after.state)
    after = replace(after, updated=event.at)
    under_way = after.state if at_work(after) else None
    return after if after.under_way is under_way else replace(after, under_way=under_way)


def _dispatch(run: Run, event: Event, timings: Timings) -> Run:
    match event:
        case AttemptBegan():
            return _began(run, event.at, timings)
        case FactsRead():
            return _read(run, event, timings)
        case StageEnded():
            return _stage_ended(run, event.outcome)
        case StagesEnded():
            return _stages_ended(run, event.at, timings)
        case AttemptBroken():
            return broken(run, event, timings)
        case Cancelled():
            return replace(
                run,
                state=RunState.CANCELLED,
                due=None,
                verdict=Verdict.CANCELLED,
                reason="called off",
                next_action="",
            )


def _began(run: Run, now: datetime, timings: Timings) -> Run:
    if run.under_way is not None:
        run = worker_lost(run, now, timings)
        if run.due is None or run.due > now:
            return run
    if run.state is RunState.SETTLED:
        return replace(run, attempt=run.attempt + 1)
    state = RunState.VERIFYING if run.marker is not None else RunState.PROBING
    return replace(run, state=state, attempt=run.attempt + 1, due=None)


def _read(run: Run, event: FactsRead, timings: Timings) -> Run:
    facts = event.facts
    lasting = tuple(count for count in run.tries if count[0] in OUTLAST_A_LOOK)
    run = replace(run, tries=lasting, boot=facts.identity.boot if facts.identity else run.boot)
    if facts.os is not None and facts.os.build is not None:
        run = replace(run, build=facts.os.build)
    mismatch = other_machine(run, facts)
    if mismatch and run.state is RunState.SETTLED:
        return unchecked(run, mismatch)
    if mismatch:
        return settle(run, Verdict.IDENTITY_MISMATCH, mismatch, next_action=CHECK_DNS)
    run = replace(run, device_id=run.device_id or facts.device_id.lower())
    if run.ended < run.begun and untouched(run, facts):
        run = replace(run, begun=run.ended)
    if run.state is RunState.SETTLED:
        return _checked_again(run, event, timings)
    if run.marker is not None:
        return _verified(run, event, timings)
    return _judged(run, event, timings)


def _judged(run: Run, event: FactsRead, timings: Timings, *, unproven: Proof | None = None) -> Run:
    """Decide about the device from what was just read.

    Args:
        run: without a marker.
        event: what was read.
        timings: the waiting times.
        unproven: what was found, and not, after a trigger that is judged here for good.
    """
    diagnosis = diagnose(event.facts, observed_at=event.at, options=run.options)
    plan = with_own_steps(plan_for(diagnosis, event.facts, run.options), event.own)
    if run.rounds and run.wants_restart and run.wants_restart == run.boot:
        plan = wanted_by_a_stage(plan, diagnosis)
    plan = with_restart(plan, event.facts, reboot=run.options.reboot, asked=run.restarted)
    run = replace(
        run, diagnosis=diagnosis, plan=plan, owner=plan.owner, next_action=plan.next_action
    )
    if run.options.only_reads:
        return read_only(run, event.facts, plan)
    match plan.decision:
        case Decision.NOTHING:
            run = replace(run, proof=prove(event.facts, None).evidence)
            if not run.begun:
                return settle(run, Verdict.ALREADY_ENROLLED, plan.next_action)
            return _found_enrolled(run, event.at, timings, unproven)
        case Decision.REPAIR:
            if run.rounds >= MAX_ROUNDS:
                return given_up(run)
            return _may_repair(run, plan, event.module)
        case Decision.OWNER | Decision.UNSUPPORTED:
            return settle(run, Verdict.NEEDS_OWNER, why(run), next_action=plan.next_action)
        case Decision.HOLD:
            # Each trigger of ours asked a person for something; the next one waits longer.
            wait = (plan.wait_seconds or timings.held) * 2**run.rounds
            return rest_or_expire(run, RunState.HELD, event.at, wait, timings)
        case Decision.RETRY:
            # But for a restart of ours nothing goes on there that a wave or a person waits for.
            ours = run.restarted != "" and run.restarted == run.boot
            wait = min(plan.wait_seconds or timings.park_poll, timings.park_poll)
            state = RunState.WAITING if ours else RunState.HELD
            return rest_or_expire(run, state, event.at, wait, timings)


def _may_repair(run: Run, plan: Plan, module: str) -> Run:
    """Begin the repair, unless it is not the one that was approved for the device."""
    repairing = replace(run, state=RunState.REPAIRING, due=None, outcomes=(), begun=run.begun + 1)
    approved = run.options.approved
    if approved is None:
        return repairing
    difference = beyond(plan, approved) or other_module(approved, module)
    if difference:
        again = _PLAN_THE_REST if approved.begun else _PLAN_AGAIN
        return settle(run, Verdict.DRIFTED, difference, next_action=again)
    begun = replace(approved, begun=True)
    return replace(repairing, options=replace(run.options, approved=begun))


_PLAN_AGAIN = "plan it again and have the new plan approved; nothing was changed by this one"
_PLAN_THE_REST = "what was approved has begun; plan the rest again and have that plan approved"


def _verified(run: Run, event: FactsRead, timings: Timings) -> Run:
    proof = prove(event.facts, run.marker)
    run = replace(run, proof=proof.evidence, looks=run.looks + 1)
    if proof.complete:
        return _enrolled(run, event.at, timings, "proven by evidence on the device")
    if proof.failed_code is None and run.looks < timings.verify_looks:
        due = event.at + timedelta(seconds=timings.verify_poll)
        return replace(run, state=RunState.WAITING, due=due, reason=_missing(proof))
    # The trigger is answered, or overdue: judge the device anew, with the new event as evidence.
    return _judged(replace(run, marker=None, looks=0), event, timings, unproven=proof)


def _missing(proof: Proof) -> str:
    return "enrollment was triggered; still missing: " + ", ".join(proof.missing)


def _found_enrolled(run: Run, now: datetime, timings: Timings, unproven: Proof | None) -> Run:
    """Settle a run that repaired, and whose device is enrolled without an answer to a trigger."""
    if unproven is not None:
        missing = ", ".join(unproven.missing)
        text = f"enrolled, and nothing shows that this repair did it: missing {missing}"
        return _enrolled(run, now, timings, text, Verdict.ALREADY_ENROLLED)
    if run.ended < run.begun:
        return _enrolled(run, now, timings, "proven after a repair whose end was not seen")
    return _enrolled(run, now, timings, "proven by evidence on the device")


def _enrolled(
    run: Run, now: datetime, timings: Timings, text: str, verdict: Verdict = Verdict.ENROLLED
) -> Run:
    """Settle a run that repaired; its enrollment is looked at again, whoever made it."""
    settled = settle(replace(run, tries=(), owner=Owner.NOBODY), verdict, text)
    return _until_next_check(settled, now, timings)


def _until_next_check(run: Run, now: datetime, timings: Timings) -> Run:
    due = None
    if run.checks < len(timings.rechecks):
        due = now + timedelta(seconds=timings.rechecks[run.checks])
    return replace(run, due=due, check_due=due)


def _checked_again(run: Run, event: FactsRead, timings: Timings) -> Run:
    proof = prove(event.facts, None)
    run = replace(run, checks=run.checks + 1)
    if proof.complete:
        return _until_next_check(run, event.at, timings)
    diagnosis = diagnose(event.facts, observed_at=event.at, options=run.options)
    plan = plan_for(diagnosis, event.facts, run.options)
    relapsed = replace(run, diagnosis=diagnosis, plan=plan, owner=plan.owner, due=None)
    return settle(
        relapsed,
        Verdict.RELAPSED,
        "the enrollment was proven, and is gone: missing " + ", ".join(proof.missing),
        next_action=plan.next_action,
    )


def _stage_ended(run: Run, outcome: Outcome) -> Run:
    marker = outcome.marker if _triggered(outcome) else run.marker
    asked = outcome.stage == RESTART and outcome.status is StageStatus.PARKED
    wants = outcome.reboot and outcome.stage != RESTART
    return replace(
        run,
        outcomes=(*run.outcomes, outcome),
        marker=marker,
        restarted=run.boot if asked else run.restarted,
        wants_restart=run.boot if wants else run.wants_restart,
    )


def _triggered(outcome: Outcome) -> bool:
    return outcome.marker is not None and outcome.status in _CHANGED


def _stages_ended(run: Run, now: datetime, timings: Timings) -> Run:
    if run.options.intent is Intent.UNDO:
        return _restored(run)
    run = replace(run, ended=run.begun)
    failed = next((o for o in run.outcomes if o.status is StageStatus.FAILED), None)
    if failed is not None:
        text = f"stage {failed.stage} failed: {failed.reason or 'no reason given'}"
        broken = AttemptBroken(at=now, fault=Fault.STAGE, text=text)
        return after_fault(replace(run, marker=None), broken, timings)
    parked = next((o for o in run.outcomes if o.status is StageStatus.PARKED), None)
    if parked is not None:
        wait = min(parked.wait_seconds or timings.park_poll, timings.park_poll)
        text = parked.reason or f"stage {parked.stage} goes on by itself on the device"
        rested = rest_or_expire(run, RunState.WAITING, now, wait, timings)
        return rested if rested.verdict else replace(rested, tries=(), reason=text)
    run = replace(run, tries=())
    if run.marker is not None:
        return replace(run, state=RunState.VERIFYING, rounds=run.rounds + 1, looks=0)
    skipped = next((o for o in run.outcomes if o.status is StageStatus.SKIPPED), None)
    if skipped is not None:
        return rest_or_expire(
            replace(run, owner=Owner.USER), RunState.HELD, now, timings.held, timings
        )
    # Cleaned, but the plan had no trigger in it: look again, and judge what is left.
    return replace(
        run,
        state=RunState.WAITING,
        rounds=run.rounds + 1,
        due=now + timedelta(seconds=timings.verify_poll),
        reason="repaired; the device is looked at again",
    )


def _restored(run: Run) -> Run:
    failed = next((o for o in run.outcomes if o.status is StageStatus.FAILED), None)
    if failed is not None:
        return settle(run, Verdict.FAILED, f"restore failed: {failed.reason}")
    lost = sum(not change.restorable for o in run.outcomes for change in o.changes)
    reason = "restored from the backup"
    if lost:
        reason += f"; {lost} {'thing' if lost == 1 else 'things'} cannot come back"
    reason = "; ".join([reason, *(o.reason for o in run.outcomes if o.reason)])
    return settle(run, Verdict.RESTORED, reason)
