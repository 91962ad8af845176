"""A run: one device, what was found, what was decided, what happened.

- A run is a value. `apply` makes the next one; nothing is ever assigned.
- What may follow what stands in `TRANSITIONS`; `apply` reads the table and nothing else decides.
- A run that rests (`queued`, `waiting`, `away`, `held`) has a due time; a settled one only while
  its enrollment is still to be checked again.
- After a line broke, the next thing is always a fresh look, never a repetition.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from orchestrator.domain.approval import Approved
from orchestrator.domain.device import DeviceName
from orchestrator.domain.findings import Diagnosis, Owner
from orchestrator.domain.outcome import Marker, Outcome
from orchestrator.domain.plan import Plan


class RunState(StrEnum):
    """Where a run is. Every device of a campaign is in exactly one."""

    QUEUED = "queued"
    PROBING = "probing"
    REPAIRING = "repairing"
    VERIFYING = "verifying"
    WAITING = "waiting"  # something goes on by itself, or a retry is due
    AWAY = "away"  # the PC does not answer
    HELD = "held"  # a user, a window or a person is needed
    SETTLED = "settled"
    CANCELLED = "cancelled"


ACTIVE = frozenset({RunState.PROBING, RunState.REPAIRING, RunState.VERIFYING})
RESTING = frozenset({RunState.QUEUED, RunState.WAITING, RunState.AWAY, RunState.HELD})
FINAL = frozenset({RunState.SETTLED, RunState.CANCELLED})


class Verdict(StrEnum):
    """How a run ended."""

    ALREADY_ENROLLED = "already_enrolled"
    ENROLLED = "enrolled"
    RELAPSED = "relapsed"
    DIAGNOSED = "diagnosed"  # read-only runs: why, verify, --dry-run
    RESTORED = "restored"
    NEEDS_OWNER = "needs_owner"
    DRIFTED = "drifted"  # it needs something else than was approved
    FAILED = "failed"
    AWAY_EXPIRED = "away_expired"
    CANCELLED = "cancelled"
    IDENTITY_MISMATCH = "identity_mismatch"


class Intent(StrEnum):
    """What was asked for."""

    FIX = "fix"
    WHY = "why"
    VERIFY = "verify"
    UNDO = "undo"


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOptions:
    """What the caller allowed.

    Attributes:
        intent: what was asked for.
        dry_run: find and decide, change nothing.
        allow_configmgr_removal: an orphaned ConfigMgr client may be uninstalled.
        reboot: ``never``; ``if_needed``: restart a PC that needs it while nobody is signed in;
            ``allow``: also with somebody signed in, after a warning.
        deadline: give up on a device that stays away or held; None: after `Timings.patience`.
        offline: ``wait`` for a device that is away, ``skip`` it or ``fail`` it.
        undo_run: the run whose backup is to be restored.
        approved: what may be done, for devices of a campaign whose plan somebody approved.
    """

    intent: Intent = Intent.FIX
    dry_run: bool = False
    allow_configmgr_removal: bool = False
    reboot: str = "never"
    offline: str = "wait"
    deadline: datetime | None = None
    undo_run: str = ""
    approved: Approved | None = None

    @property
    def only_reads(self) -> bool:
        """Whether nothing is changed on the device, whatever is found."""
        return self.dry_run or self.intent in {Intent.WHY, Intent.VERIFY}


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One device and what is being done about it.

    Attributes:
        id: unique; letters, digits, ``.``, ``_`` and ``-``, at most 80.
        device: the PC.
        campaign: the campaign it belongs to; empty for a device asked for by itself.
        created: when it was accepted.
        updated: when it last changed.
        due: when it wants attention; None while it is worked on or for good.
        version: goes up by one with each save.
        attempt: number of sessions begun.
        rounds: how often a repair was carried out to its end.
        begun: how many repairs were sent to the device; counted and saved before each is sent.
        ended: how many of them ended before our eyes, up to the last that did.
        looks: fresh looks taken since the trigger.
        tries: how often each kind of fault has come in a row.
        under_way: in which state a worker works on it; when another begins, that one was lost.
        boot: the device's boot time at the last look.
        restarted: the boot in which this run asked for a restart; empty for never.
        wants_restart: the boot in which a program that a stage ran, such as msiexec, asked for
            one; empty for never.
        device_id: the directory's id of the device, lower case, as the first look that found one
            read it; a later look that finds another is at another PC.
        build: the build number of its Windows at the last look; 0 when not known.
        checks: looks taken since the enrollment was proven.
        check_due: when the next of them was due at first; a PC may be away then.
        verdict, reason, owner, next_action: the end, in words for the operator.
    """

    id: str
    device: DeviceName
    created: datetime
    updated: datetime
    options: RunOptions = field(default_factory=RunOptions)
    campaign: str = ""
    site: str = ""
    state: RunState = RunState.QUEUED
    due: datetime | None = None
    version: int = 0
    attempt: int = 0
    rounds: int = 0
    begun: int = 0
    ended: int = 0
    looks: int = 0
    tries: tuple[tuple[str, int], ...] = ()
    under_way: RunState | None = None
    boot: str = ""
    restarted: str = ""
    wants_restart: str = ""
    device_id: str = ""
    build: int = 0
    diagnosis: Diagnosis | None = None
    plan: Plan | None = None
    outcomes: tuple[Outcome, ...] = ()
    marker: Marker | None = None
    proof: tuple[str, ...] = ()
    verdict: Verdict | None = None
    reason: str = ""
    owner: Owner | None = None
    next_action: str = ""
    checks: int = 0
    check_due: datetime | None = None


def at_work(run: Run) -> bool:
    """Tell whether a worker is on the device, so that the run keeps its lease.

    A settled run is while it is checked again: its due time has come and no new one is set.
    """
    if run.state is RunState.SETTLED:
        return run.due is not None and run.due <= run.updated
    return run.state in ACTIVE


def is_still(run: Run) -> bool:
    """Tell whether there is nothing to watch for the time being.

    That is a run at its end, or one that rests for a PC or a person; not one that was just made
    due again.
    """
    rests = run.state in {RunState.AWAY, RunState.HELD}
    return run.state in FINAL or (rests and (run.due is None or run.due > run.updated))
