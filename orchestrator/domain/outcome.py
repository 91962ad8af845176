"""What one stage did on a device: the one object a stage returns."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class StageStatus(StrEnum):
    """How a stage ended."""

    CHANGED = "changed"
    UNCHANGED = "unchanged"
    WOULD_CHANGE = "would_change"
    PARKED = "parked"
    SKIPPED = "skipped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing a stage changed, or would change.

    Attributes:
        object: registry path, task path, thumbprint, product code, service name.
        action: ``delete``, ``set``, ``unregister``, ``enable``, ``start``, ``stop``,
            ``uninstall``, ``create`` or ``export``.
        before: what was there, short; empty when it does not matter.
        restorable: whether ``undo`` can bring it back.
    """

    object: str
    action: str
    before: str = ""
    restorable: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Marker:
    """The device's clock and newest event record just before enrollment was triggered.

    Attributes:
        time: device time, UTC, ISO 8601 with ``Z``.
        record: newest RecordId of the enrollment event channel; 0 when it was empty.
    """

    time: str
    record: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a stage reports.

    Attributes:
        stage: the stage's name.
        status: how it ended.
        reason: one sentence for the operator; empty when the status says it all.
        changes: in the order they were made.
        wait_seconds: for ``parked``: look again after so long.
        reboot: the device asks for a restart.
        elapsed_ms: on the device.
        marker: only from the trigger.
        result: exit code of the program the stage ran, as uint32.
    """

    stage: str
    status: StageStatus
    reason: str = ""
    changes: tuple[Change, ...] = ()
    wait_seconds: int = 0
    reboot: bool = False
    elapsed_ms: int = 0
    marker: Marker | None = None
    result: int | None = None
