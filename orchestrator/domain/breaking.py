"""What becomes of a run whose attempt broke: another try, or its end."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from orchestrator.domain.events import AttemptBroken
from orchestrator.domain.retry import Again, Fault, GiveUp, Timings, decide
from orchestrator.domain.run import Run, RunState, Verdict
from orchestrator.domain.same_pc import CHECK_DNS
from orchestrator.domain.settling import give_up_at, settle

_REPAIRING = "repairing"
"""Counts in `Run.tries` the repairs that broke, whatever broke them, since one ended."""
OUTLAST_A_LOOK = frozenset(
    {Fault.STAGE, Fault.SCRIPT, Fault.OUTCOME_UNKNOWN, Fault.PROGRAM, _REPAIRING}
)
"""A look alone does not show that the repair works now: these are counted on until one ends."""
UNCHECKED = "not re-verified: "
_LOST = "see why its workers ended: their logs, and the memory of their machines"


def broken(run: Run, event: AttemptBroken, timings: Timings) -> Run:
    """Return the run after its attempt broke."""
    if run.state is RunState.SETTLED:
        return _check_broken(run, event, timings)
    if run.state is RunState.REPAIRING and (event.identity or event.fault is Fault.UNSUITABLE):
        run = replace(run, begun=run.begun - 1)  # the device refused it before it began
    if event.identity:
        return settle(run, Verdict.IDENTITY_MISMATCH, event.text, next_action=CHECK_DNS)
    return after_fault(run, event, timings)


def after_fault(run: Run, event: AttemptBroken, timings: Timings) -> Run:
    """Count a fault, and try again later or give up."""
    fault, text = event.fault, event.text
    if fault is Fault.UNREACHABLE and run.options.offline != "wait":
        skipped = run.options.offline == "skip"
        verdict = Verdict.AWAY_EXPIRED if skipped else Verdict.FAILED
        return settle(run, verdict, text, next_action=event.hint)
    run = _counted(run, fault)
    what = _decided(run, event, give_up_at(run, timings), timings)
    if isinstance(what, GiveUp):
        expired = fault is Fault.UNREACHABLE
        verdict = Verdict.AWAY_EXPIRED if expired else Verdict.FAILED
        reason = what.reason if expired else f"{text} ({what.reason})"
        return settle(run, verdict, reason, next_action=event.hint)
    state = RunState.AWAY if what.away else RunState.WAITING
    return replace(run, state=state, due=what.at, reason=text)


def worker_lost(run: Run, now: datetime, timings: Timings) -> Run:
    """Count that whoever worked on the run was lost in the middle.

    It goes on at once the first time, for workers are restarted. After that it rests longer and
    longer, apart from those that were lost with it, and is given up in the end: one device may be
    what ends its workers.

    Args:
        run: due, and still under way by what it says itself.
        now: when the next worker found it.
        timings: the waiting times.
    """
    before = replace(run, state=run.under_way or run.state, under_way=None)
    repairing = before.state is RunState.REPAIRING
    doing = "its repair" if repairing else "looking at it"
    lost = AttemptBroken(
        at=now, fault=Fault.WORKER, text=f"the worker was lost in the middle of {doing}", hint=_LOST
    )
    counted = _counted(before, Fault.WORKER)
    if _most(counted) == 1:
        return replace(run, tries=counted.tries, under_way=None)
    return broken(before, lost, timings)


def unchecked(run: Run, why: str) -> Run:
    """Return a settled run whose enrollment is not looked at again, and say why."""
    return replace(run, due=None, reason=f"{run.reason}; {UNCHECKED}{why}")


def _check_broken(run: Run, event: AttemptBroken, timings: Timings) -> Run:
    """Look at an enrollment again later, or leave it; it stays proven as it was.

    A deadline of the run is over then and does not count: patience begins with the check.
    """
    if event.identity:
        return unchecked(run, event.text)
    run = _counted(run, event.fault)
    since = run.check_due or event.at
    what = _decided(run, event, since + timedelta(seconds=timings.patience), timings)
    if isinstance(what, GiveUp):
        return unchecked(run, f"{event.text} ({what.reason})")
    return replace(run, due=what.at)


def _counted(run: Run, fault: Fault) -> Run:
    """Count a fault; one that comes between others of its kind does not end their row."""
    stay = {*OUTLAST_A_LOOK, fault} if fault is Fault.UNREACHABLE else {*Fault, _REPAIRING}
    tries = {name: count for name, count in run.tries if name in stay}
    if run.state is RunState.REPAIRING:
        tries[_REPAIRING] = tries.get(_REPAIRING, 0) + 1
    count = tries.pop(fault.value, 0) + 1
    return replace(run, tries=(*tries.items(), (fault.value, count)))  # the latest is the last


def _most(run: Run) -> int:
    """Return how often the fault that was counted last has come, or repairs have broken."""
    return max(run.tries[-1][1], _breaks(run))


def _breaks(run: Run) -> int:
    """Return how many repairs have broken since one ended; 0 while it is not being repaired."""
    return dict(run.tries).get(_REPAIRING, 0) if run.state is RunState.REPAIRING else 0


def _decided(run: Run, event: AttemptBroken, until: datetime, timings: Timings) -> Again | GiveUp:
    """Decide about the next try after a fault that was counted last."""
    return decide(
        event.fault,
        tries=dict(run.tries)[event.fault.value],
        breaks=_breaks(run),
        now=event.at,
        give_up_at=until,
        seed=f"{run.id}:{run.attempt}",
        timings=timings,
        hours=event.hours,
    )
