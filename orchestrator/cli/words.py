"""What runs are called in front of an operator."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.domain.findings import Owner
from orchestrator.domain.run import RunState, Verdict

if TYPE_CHECKING:
    from orchestrator.domain.run import Run

VERDICTS = {
    Verdict.ALREADY_ENROLLED: "already enrolled",
    Verdict.ENROLLED: "enrolled",
    Verdict.RELAPSED: "relapsed",
    Verdict.DIAGNOSED: "not enrolled",
    Verdict.RESTORED: "restored",
    Verdict.NEEDS_OWNER: "needs owner",
    Verdict.DRIFTED: "has changed",
    Verdict.FAILED: "failed",
    Verdict.AWAY_EXPIRED: "away, given up",
    Verdict.CANCELLED: "cancelled",
    Verdict.IDENTITY_MISMATCH: "another PC",
}
_WAITS = frozenset({Verdict.DIAGNOSED, Verdict.NEEDS_OWNER, Verdict.DRIFTED})
GOOD = frozenset({Verdict.ALREADY_ENROLLED, Verdict.ENROLLED, Verdict.RESTORED})

OWNERS = {
    Owner.DEVICE: "device (we can fix it)",
    Owner.USER: "user",
    Owner.DIRECTORY: "directory (Active Directory, group policy)",
    Owner.TENANT: "tenant (Intune, Entra)",
    Owner.NETWORK: "network",
    Owner.NOBODY: "nobody has to act",
}


def result(run: Run) -> str:
    """Return in a word or two how a run ended, or where it is."""
    if run.state is RunState.SETTLED and run.verdict is not None:
        if run.verdict is Verdict.NEEDS_OWNER and run.owner is not None:
            return f"needs {run.owner.value}"
        return VERDICTS[run.verdict]
    return run.state.value


def style(run: Run) -> str:
    """Return the colour of a run's result."""
    if run.state is RunState.SETTLED:
        if run.verdict in GOOD:
            return "green"
        return "yellow" if run.verdict in _WAITS else "red"
    return "yellow" if run.state in {RunState.AWAY, RunState.HELD} else "cyan"


def next_step(run: Run) -> str:
    """Return what happens next, or who has to do what; empty when nothing does."""
    if run.state is RunState.SETTLED:
        return run.next_action
    until = f" at {run.due:%Y-%m-%d %H:%MZ}" if run.due else ""
    match run.state:
        case RunState.AWAY:
            return f"looked for again{until}"
        case RunState.HELD | RunState.WAITING:
            return f"{run.next_action or 'looked at again'}{until}"
        case _:
            return run.next_action


def counted(count: int, thing: str) -> str:
    """Return ``1 device``, ``2 devices``."""
    return f"{count:,} {thing}{'' if count == 1 else 's'}"
