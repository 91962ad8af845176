"""Exit codes: what each means, and the one place that decides which.

- 0 only when every device named reached what was asked for.
- A failure outranks a device that still waits; a refused login is told apart only when it is all
  that went wrong, for then one account has to be put right and not many PCs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.domain.retry import Fault
from orchestrator.domain.run import FINAL, Intent, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orchestrator.domain.run import Run
    from orchestrator.errors import EnrollmendError

OK = 0
ERROR = 1
USAGE = 2
DEVICES_FAILED = 3
NOT_ALLOWED = 4
STOPPED = 5
WAITING = 6
APPROVAL = 7
BACKEND = 8
LOCKED = 9
INTERRUPTED = 130

MEANING = {
    OK: "every device reached what was asked for, or there was nothing to do",
    ERROR: "the command itself failed",
    USAGE: "wrong usage, or a file or setting that cannot be used",
    DEVICES_FAILED: "finished; some devices failed, or somebody else has to act on them",
    NOT_ALLOWED: "no account to log in with, or the devices refuse it",
    STOPPED: "stopped by a gate or a failure budget",
    WAITING: "finished for now; some devices still wait (away, a user is needed, or still at work)",
    APPROVAL: "approval is needed, or the plan is not the one that was approved",
    BACKEND: "Redis is not available, or no worker is running",
    LOCKED: "another run holds the device, or a campaign is not in a state for what was asked",
    INTERRUPTED: "interrupted; what was begun goes on",
}

_NO_LOGIN = frozenset({Fault.AUTH.value, Fault.ACCOUNT.value})
_REACHED = {
    Intent.FIX: frozenset({Verdict.ENROLLED, Verdict.ALREADY_ENROLLED}),
    Intent.WHY: frozenset({Verdict.ENROLLED, Verdict.ALREADY_ENROLLED, Verdict.DIAGNOSED}),
    Intent.VERIFY: frozenset({Verdict.ENROLLED, Verdict.ALREADY_ENROLLED}),
    Intent.UNDO: frozenset({Verdict.RESTORED}),
}


def of_error(error: EnrollmendError) -> int:
    """Return the exit code of an error raised on purpose."""
    return error.exit_code


def of_runs(runs: Iterable[Run], *, intent: Intent, dry_run: bool = False) -> int:
    """Return the exit code of devices that were asked for.

    Args:
        runs: as they are now; some may still be at work.
        intent: what was asked for; not what a run that was joined does.
        dry_run: finding out is enough.
    """
    wanted = Intent.WHY if dry_run else intent
    codes = {of_run(run, intent=wanted) for run in runs}
    for code in (DEVICES_FAILED, NOT_ALLOWED, WAITING):
        if code in codes:
            return code
    return OK


def of_run(run: Run, *, intent: Intent) -> int:
    """Return the exit code of one device."""
    if run.state not in FINAL:
        return WAITING
    if run.verdict in _REACHED[intent]:
        return OK
    refused = run.verdict is Verdict.FAILED and not _NO_LOGIN.isdisjoint(dict(run.tries))
    return NOT_ALLOWED if refused else DEVICES_FAILED


def forgiven(code: int, zero_on: frozenset[int]) -> int:
    """Return 0 for a code the caller said to treat as success."""
    return OK if code in zero_on else code
