"""How a run comes to its end, or rests until its end, and the words for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from orchestrator.domain.cause import Cause
from orchestrator.domain.causes import CAUSES
from orchestrator.domain.facts import Facts
from orchestrator.domain.findings import Owner
from orchestrator.domain.plan import Decision, Plan
from orchestrator.domain.proof import prove
from orchestrator.domain.retry import Timings
from orchestrator.domain.run import Run, RunState, Verdict


def settle(run: Run, verdict: Verdict, reason: str, *, next_action: str = "") -> Run:
    """Return the run at its end."""
    return replace(
        run,
        state=RunState.SETTLED,
        due=None,
        verdict=verdict,
        reason=reason,
        next_action=next_action,
    )


def read_only(run: Run, facts: Facts, plan: Plan) -> Run:
    """Settle a run that only reads."""
    if plan.decision is Decision.NOTHING:
        proof = prove(facts, None)
        return settle(
            replace(run, proof=proof.evidence), Verdict.ALREADY_ENROLLED, plan.next_action
        )
    return settle(run, Verdict.DIAGNOSED, why(run), next_action=plan.next_action)


def given_up(run: Run) -> Run:
    """Settle a run whose repairs were carried out and did not help."""
    text = f"still not enrolled after {run.rounds} repairs: {why(run)}"
    cause = cause_of(run)
    if cause is None or cause.owner in {Owner.DEVICE, Owner.NOBODY}:
        return settle(run, Verdict.FAILED, text, next_action=run.next_action)
    settled = settle(run, Verdict.NEEDS_OWNER, text, next_action=cause.next_action)
    return replace(settled, owner=cause.owner)


def cause_of(run: Run) -> Cause | None:
    """Return the cause that was found first; None when none was found."""
    primary = run.diagnosis.primary if run.diagnosis else None
    return CAUSES.get(primary.cause) if primary else None


def why(run: Run) -> str:
    """Return in one line what the decision about the device rests on."""
    if run.plan is not None and run.plan.because:
        return run.plan.because
    primary = run.diagnosis.primary if run.diagnosis else None
    if primary is None:
        return "no cause was found"
    return primary.evidence[0] if primary.evidence else primary.cause


def rest_or_expire(
    run: Run, state: RunState, now: datetime, seconds: float, timings: Timings
) -> Run:
    """Let a run rest for some seconds, or settle it when its deadline comes before that."""
    due = now + timedelta(seconds=seconds)
    if due > give_up_at(run, timings):
        text = f"nothing changed before the deadline: {why(run)}"
        cause = cause_of(run)
        asked = cause.next_action if cause else run.next_action
        return settle(run, Verdict.NEEDS_OWNER, text, next_action=asked)
    return replace(run, state=state, due=due, reason=why(run))


def give_up_at(run: Run, timings: Timings) -> datetime:
    """Return when patience with a device ends that stays away or held."""
    return run.options.deadline or run.created + timedelta(seconds=timings.patience)
