"""The last attempt to enroll that the device remembers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from orchestrator.domain.codes import CODES, hexed, is_failure, normalise
from orchestrator.domain.facts import Facts
from orchestrator.domain.facts_parts import LogEvent, Task
from orchestrator.domain.facts_reader import read_time

SUCCEEDED = frozenset({72, 75})
FAILED = frozenset({71, 76})
RECENT = timedelta(minutes=10)
"""An answer younger than this is taken as it is. The auto-enroll task tries every five minutes, so
an older one means that nobody has asked since."""

TASK_FOLDER = "\\microsoft\\windows\\enterprisemgmt\\"
TASK_PREFIX = "schedule created by enrollment client for automatically enrolling in mdm from "


@dataclass(frozen=True, slots=True, kw_only=True)
class LastAttempt:
    """How the newest attempt ended.

    Attributes:
        code: the error as uint32; None when it succeeded, never was, or gave no code.
        time: when, by the device's clock.
        succeeded: the newest attempt succeeded.
        recent: nothing can have changed since, so the answer stands.
        rebooted: the PC started after it.
        evidence: where it stands, in one sentence; empty when there was none.
    """

    code: int | None = None
    time: datetime | None = None
    succeeded: bool = False
    recent: bool = False
    rebooted: bool = False
    evidence: str = ""


def auto_enroll_tasks(facts: Facts) -> tuple[Task, ...]:
    """Return the tasks that enroll by policy; empty also when tasks were not read."""
    return tuple(
        task
        for task in facts.tasks or ()
        if task.path.lower() == TASK_FOLDER and task.name.lower().startswith(TASK_PREFIX)
    )


def last_attempt(facts: Facts) -> LastAttempt:
    """Return the newest attempt among the events and the auto-enroll task's last result."""
    event = _newest(facts)
    task = next((t for t in auto_enroll_tasks(facts) if _failed(t)), None)
    if task is not None and (event is None or _later(task.last_run, event.time)):
        code = normalise(task.last_result or 0)
        text = f"task {task.path}{task.name}: Last Run Result {hexed(code)}{_at(task.last_run)}"
        return _attempt(facts, code=code, time=task.last_run, evidence=text)
    if event is None:
        return LastAttempt()
    place = f"event {event.id}, record {event.record}{_at(event.time)}"
    if event.id in SUCCEEDED:
        text = f"{place}: enrollment succeeded"
        return _attempt(facts, code=None, time=event.time, evidence=text, succeeded=True)
    error = event_code(event)
    told = hexed(error) if error is not None else "failed without a code"
    return _attempt(facts, code=error, time=event.time, evidence=f"{place}: {told}")


def event_code(event: LogEvent) -> int | None:
    """Return the error code among an event's properties.

    Events 75 and 76 carry the credential kind first and the HRESULT last (Microsoft: manifest of
    build 17134); event 71 carries the HRESULT alone. Localised text is never searched, and a number
    that is neither a failure nor in the catalogue is no code.
    """
    for value in reversed(event.data):
        try:
            code = normalise(value)
        except ValueError:
            continue
        if code >= 1 << 31 or code in CODES:
            return code
    return None


def _newest(facts: Facts) -> LogEvent | None:
    if facts.events is None:
        return None
    known = SUCCEEDED | FAILED
    items = [item for item in facts.events.items if item.id in known and item.record is not None]
    return max(items, key=lambda item: (item.record or 0, item.id == 76), default=None)  # noqa: PLR2004


def _failed(task: Task) -> bool:
    if task.last_result is None or task.last_run is None:
        return False
    try:
        return is_failure(normalise(task.last_result))
    except ValueError:
        return False


def _later(one: datetime | None, other: datetime | None) -> bool:
    """Tell whether a task began clearly after an event; its own event follows its begin."""
    return one is not None and other is not None and one > other


def _attempt(
    facts: Facts, *, code: int | None, time: datetime | None, evidence: str, succeeded: bool = False
) -> LastAttempt:
    now = facts.collected
    booted = read_time(facts.identity.boot) if facts.identity else None
    age = now - time if now is not None and time is not None else None
    rebooted = booted is not None and time is not None and booted > time
    return LastAttempt(
        code=code,
        time=time,
        succeeded=succeeded,
        recent=age is None or age <= RECENT,
        rebooted=rebooted,
        evidence=evidence,
    )


def _at(time: datetime | None) -> str:
    return f", {time:%Y-%m-%d %H:%M:%SZ}" if time else ""
