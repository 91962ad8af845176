"""What becomes of a run whose attempt broke: another try, or its end."""

from __future__ import annotations

from dataclasses import replace

from orchestrator.domain.events import AttemptBroken
from orchestrator.domain.retry import Fault, GiveUp, Timings, decide
from orchestrator.domain.run import Run, RunState, Verdict
from orchestrator.domain.same_pc import CHECK_DNS
from orchestrator.domain.settling import give_up_at, settle

_REPAIRING = "repairing"
"""Counts in `Run.tries` the repairs that broke, whatever broke them, since one ended."""
OUTLAST_A_LOOK = frozenset({Fault.STAGE, Fault.SCRIPT, Fault.OUTCOME_UNKNOWN, _REPAIRING})
"""A look alone does not show that the repair works now: these are counted on until one ends."""


def broken(run: Run, event: AttemptBroken, timings: Timings) -> Run:
    """Return the run after its attempt broke."""
    if run.state is RunState.REPAIRING and (event.identity or event.fault is Fault.UNSUITABLE):
        run = replace(run, begun=run.begun - 1)  # the device refused it before it began
    if event.identity:
        return settle(run, Verdict.IDENTITY_MISMATCH, event.text, next_action=CHECK_DNS)
    if run.state is RunState.SETTLED:
        wait = decide(
            Fault.UNREACHABLE,
            tries=run.checks + 1,
            now=event.at,
            give_up_at=give_up_at(run, timings),
            seed=run.id,
            timings=timings,
        )
        due = None if isinstance(wait, GiveUp) else wait.at
        return replace(run, due=due)
    return after_fault(run, event, timings)


def after_fault(run: Run, event: AttemptBroken, timings: Timings) -> Run:
    """Count a fault, and try again later or give up."""
    fault, text = event.fault, event.text
    if fault is Fault.UNREACHABLE and run.options.offline != "wait":
        skipped = run.options.offline == "skip"
        verdict = Verdict.AWAY_EXPIRED if skipped else Verdict.FAILED
        return settle(run, verdict, text, next_action=event.hint)
    stay = {*OUTLAST_A_LOOK, fault} if fault is Fault.UNREACHABLE else {*Fault, _REPAIRING}
    tries = {name: count for name, count in run.tries if name in stay}
    breaks = tries.get(_REPAIRING, 0) + 1 if run.state is RunState.REPAIRING else 0
    if breaks:
        tries[_REPAIRING] = breaks
    count = tries.pop(fault.value, 0) + 1
    run = replace(run, tries=(*tries.items(), (fault.value, count)))  # the latest is the last
    what = decide(
        fault,
        tries=count,
        breaks=breaks,
        now=event.at,
        give_up_at=give_up_at(run, timings),
        seed=f"{run.id}:{run.attempt}",
        timings=timings,
        hours=event.hours,
    )
    if isinstance(what, GiveUp):
        expired = fault is Fault.UNREACHABLE
        verdict = Verdict.AWAY_EXPIRED if expired else Verdict.FAILED
        reason = what.reason if expired else f"{text} ({what.reason})"
        return settle(run, verdict, reason, next_action=event.hint)
    state = RunState.AWAY if what.away else RunState.WAITING
    return replace(run, state=state, due=what.at, reason=text)
