"""Whether a PC that wants a restart gets one.

- ``never``: it waits until somebody restarts it. ``if_needed``: it is restarted while nobody is
  signed in; the PC looks at that itself. ``allow``: also with somebody signed in, who is warned.
- A run restarts a PC once. Which boot it was asked in is kept, and compared with the boot of the
  next look: the same, and the restart is awaited; another, and it did not help.
- Nothing else is done in the attempt that restarts.
"""

from __future__ import annotations

from dataclasses import replace

from orchestrator.domain.facts import Facts
from orchestrator.domain.findings import Owner
from orchestrator.domain.plan import Decision, Plan, PlannedStage

STAGE = "reboot"
_AWAITED = 300


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
            PlannedStage(name=STAGE, reason=plan.next_action.partition(";")[0]),
        ),
        wait_seconds=0,
    )
