"""The Task Scheduler service: what starting and stopping a task does.

A task runs its actions as its principal: SYSTEM sees keys that Administrators are denied; an
``Interactive`` task runs only while its user has a session, with that user's tokens
(Microsoft: Task Scheduler security contexts).
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from orchestrator.lab.device_seat import Seat
from orchestrator.lab.store_tasks import SYSTEM, Task, TaskRun

if TYPE_CHECKING:
    from orchestrator.lab.device import Device
    from orchestrator.lab.programs import Ended

FILE_NOT_FOUND = 0x80070002
TASK_DISABLED = 0x80041326
TASK_CORRUPT = 0x80041321
NOT_LOGGED_ON = 0x41303
TERMINATED = 0x41306
_SYSTEM_NAMES = {SYSTEM.lower(), "system", "nt authority\\system", "localsystem"}


def seat_for(device: Device, task: Task) -> Seat | None:
    """Return the seat of a task's principal; None when its user has no session."""
    user = task.user.lower()
    if user in _SYSTEM_NAMES:
        return Seat(device, "system")
    for known in device.users:
        if user in {known.name.lower(), known.sid.lower(), known.upn.lower()}:
            return Seat(device, known.name)
        if user == known.name.rpartition("\\")[2].lower():
            return Seat(device, known.name)
    return None


def start_task(starter: Seat, task: Task) -> int:
    """Start a task now, for whoever asks; return 0 or the HRESULT of the refusal."""
    device = starter.device
    tree = device.tasks
    if task.corrupt:
        return TASK_CORRUPT
    if not task.enabled:
        return TASK_DISABLED
    if tree.run_of(task.full).running:
        return 0  # queued or ignored, by the task's own setting
    now = starter.now()
    seat = seat_for(device, task)
    if seat is None:
        return 0  # it waits for its user to log on
    if not task.actions:
        tree.runs[task.full] = TaskRun(result=0, last=now)
        return 0
    action = task.actions[0]
    number = device.serial()
    seat.meet(starter)
    running = device.start(seat, action.execute, seat.expand(action.arguments))
    if running is None:
        tree.runs[task.full] = TaskRun(result=FILE_NOT_FOUND, last=now)
        return 0

    def ended(end: Ended) -> None:
        current = tree.runs.get(task.full)
        if current is not None and current.running == number and task.full in tree.tasks:
            tree.runs[task.full] = replace(current, running=0, result=end.code, pid=0)

    if running.ended is not None:
        tree.runs[task.full] = TaskRun(result=running.ended.code, last=now)
        return 0
    running.listeners.append(ended)
    tree.runs[task.full] = TaskRun(running=number, last=now, pid=running.pid)
    return 0


def stop_task(device: Device, task: Task) -> None:
    """Terminate a running task."""
    run = device.tasks.run_of(task.full)
    if run.running:
        device.processes.pop(run.pid, None)
        device.tasks.runs[task.full] = replace(run, running=0, result=TERMINATED, pid=0)
