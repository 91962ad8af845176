"""The last attempt to enroll that the device remembers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from orchestrator.domain.codes import CODES, hexed, is_failure, normalise
from orchestrator.domain.facts import Facts
from orchestrator.domain.facts_parts import LogEvent, Task
from orchestrator.domain.facts_reader import read_time

HOLDS_A_DAY = timedelta(hours=24)
"""An answer that only a restart changes counts so long, unless the PC was restarted."""

SUCCEEDED = frozenset({72, 75})
FAILED = frozenset({71, 76})
SERVER_FAULT = 52
RECENT = timedelta(minutes=10)
"""An answer younger than this, and than the last boot, is taken as it is. The auto-enroll task
tries every five minutes, so an older one means that nobody has asked since."""

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
        today: it is less than a day old.
        rebooted: the PC started after it.
        evidence: where it stands, in one sentence; empty when there was none.
        server: what the service said in its own words, event 52; for people, never judged.
    """

    code: int | None = None
    time: datetime | None = None
    succeeded: bool = False
    recent: bool = False
    today: bool = False
    rebooted: bool = False
    evidence: str = ""
    server: str = ""


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
    found = _attempt(facts, code=error, time=event.time, evidence=f"{place}: {told}")
    return replace(found, server=_server_words(facts, event))


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


def _server_words(facts: Facts, event: LogEvent) -> str:
    """Return the newest server fault shortly before a failure, event 52."""
    items = facts.events.items if facts.events else ()
    faults = [
        item
        for item in items
        if item.id == SERVER_FAULT
        and (item.record or 0) < (event.record or 0)
        and item.time is not None
        and event.time is not None
        and timedelta(0) <= event.time - item.time <= timedelta(minutes=2)
    ]
    newest = max(faults, key=lambda item: item.record or 0, default=None)
    words = " ".join(" ".join(newest.data).split())[:200] if newest else ""
    return f"event {SERVER_FAULT}, record {newest.record}: {words}" if newest and words else ""


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
        recent=(age is None or age <= RECENT) and not rebooted,
        today=age is None or age <= HOLDS_A_DAY,
        rebooted=rebooted,
        evidence=evidence,
    )


def _at(time: datetime | None) -> str:
    return f", {time:%Y-%m-%d %H:%M:%SZ}" if time else ""
