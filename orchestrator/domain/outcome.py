"""What one stage did on a device: the one object a stage returns."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Self


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
            ``uninstall``, ``create``, ``export`` or ``restart``.
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

    @classmethod
    def parse(cls, document: Mapping[str, object]) -> Self:
        """Read the object a stage wrote, trusting nothing about its shape.

        Raises:
            ValueError: it is not an outcome; says in one line what is wrong.
        """
        stage, status = document.get("stage"), document.get("status")
        if not isinstance(stage, str) or not isinstance(status, str):
            msg = "the device reported a stage without a name or a status"
            raise ValueError(msg)  # noqa: TRY004 - the value is wrong, not the caller's type
        if status not in set(StageStatus):
            msg = f"the device reported stage {stage} with the unknown status {status[:40]!r}"
            raise ValueError(msg)
        changes = document.get("changes")
        result = document.get("result")
        return cls(
            stage=stage,
            status=StageStatus(status),
            reason=_text(document.get("reason")),
            changes=tuple(
                _change(item)
                for item in (changes if isinstance(changes, list) else [])
                if isinstance(item, Mapping)
            ),
            wait_seconds=_number(document.get("wait_seconds")),
            reboot=document.get("reboot") is True,
            elapsed_ms=_number(document.get("elapsed_ms")),
            marker=_marker(document.get("marker")),
            result=_number(result) if result is not None else None,
        )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _number(value: object) -> int:
    return int(value) if isinstance(value, int | float) else 0


def _change(item: Mapping[str, object]) -> Change:
    return Change(
        object=_text(item.get("object")),
        action=_text(item.get("action")),
        before=_text(item.get("before")),
        restorable=item.get("restorable") is not False,
    )


def _marker(value: object) -> Marker | None:
    if not isinstance(value, Mapping):
        return None
    return Marker(time=_text(value.get("time")), record=_number(value.get("record")))
