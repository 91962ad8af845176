"""Whether a PC that wants a restart gets one.

- ``never``: it waits until somebody restarts it. ``if_needed``: it is restarted while nobody is
  signed in; the PC looks at that itself. ``allow``: also with somebody signed in, who is warned.
- A program that a stage ran may ask for one (Microsoft: msiexec ends with 3010 or 1641), which
  leaves no mark that can be read: file renames that wait are left out, since almost every installer
  leaves some. It is no reason to put anything off. Where the PC is not enrolled after that attempt,
  a restart comes before the next one, in the same boot.
- A run restarts a PC once. Which boot it was asked in is kept, and compared with the boot of the
  next look: the same, and the restart is awaited; another, and it did not help.
- Nothing else is done in the attempt that restarts.
"""

from __future__ import annotations

from dataclasses import replace

from orchestrator.domain.causes import CAUSES
from orchestrator.domain.facts import Facts
from orchestrator.domain.findings import Diagnosis, Owner
from orchestrator.domain.plan import Decision, Plan, PlannedStage

STAGE = "reboot"
_AWAITED = 300
_FIRST = frozenset({Decision.REPAIR, Decision.HOLD})
_WANTED = "restart: a program that the repair ran asked for one, and there was none since"


def wanted_by_a_stage(plan: Plan, diagnosis: Diagnosis) -> Plan:
    """Return the plan of a PC on which a program asked for a restart, and which is not enrolled.

    What an owner elsewhere has to do, what was seen on the PC, and what passes by itself, stays as
    it is: a restart changes nothing about it.
    """
    if plan.restart or not (plan.decision in _FIRST or _code_of_the_pc(plan, diagnosis)):
        return plan
    return replace(plan, restart=True, notes=(*plan.notes, _WANTED))


def _code_of_the_pc(plan: Plan, diagnosis: Diagnosis) -> bool:
    """Tell whether somebody is sent to the PC for what a code alone says."""
    if plan.decision is not Decision.OWNER or plan.owner is not Owner.DEVICE:
        return False
    return diagnosis.primary is not None and CAUSES[diagnosis.primary.cause].from_code


def with_restart(plan: Plan, facts: Facts, *, reboot: str, asked: str) -> Plan:
    """Return the plan with the restart in it, where one is wanted and allowed.

    Args:
        plan: as the diagnosis asks for it.
        facts: the reading it rests on.
        reboot: ``never``, ``if_needed`` or ``allow``.
        asked: the boot in which this run asked for a restart; empty for never.
    """
    boot = facts.identity.boot if facts.identity else ""
    if not plan.restart or reboot == "never" or not boot:
        return plan
    if asked == boot:
        return replace(
            plan,
            decision=Decision.RETRY,
            next_action="the restart that was asked for is awaited",
            wait_seconds=_AWAITED,
        )
    if asked:
        return replace(
            plan, notes=(*plan.notes, "restart: it was restarted, and still asks for it")
        )
    return replace(
        plan,
        decision=Decision.REPAIR,
        owner=Owner.DEVICE,
        next_action="the PC is restarted, then looked at again",
        stages=(
            PlannedStage(name="backup", reason="before anything is changed"),
            PlannedStage(name=STAGE, reason=_why(plan)),
        ),
        wait_seconds=0,
    )


def _why(plan: Plan) -> str:
    """Return why the PC is restarted, in one sentence."""
    if _WANTED in plan.notes:
        return _WANTED.partition(": ")[2]
    return plan.next_action.partition(";")[0]
