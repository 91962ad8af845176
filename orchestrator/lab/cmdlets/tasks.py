"""ScheduledTasks: reading, starting, stopping, enabling, exporting and removing tasks.

These are functions of a CDXML module: a query for exact names that finds nothing is
``CmdletizationQuery_NotFound_*``, a query with a wildcard that finds nothing is no error, and a
method on a task that is not there is ``HRESULT 0x80070002`` (Microsoft: ScheduledTasks module).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from orchestrator.lab.cmdlets.common import error, fail, has_wildcard, make, seat_of, wildcard
from orchestrator.lab.powershell.objects import UInt32
from orchestrator.lab.powershell.registry import cmdlet
from orchestrator.lab.powershell.values import LazyDict, PSObject
from orchestrator.lab.programs_tasks import TASK_CORRUPT, start_task, stop_task
from orchestrator.lab.store_tasks import Task, to_xml

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orchestrator.lab.device_seat import Seat
    from orchestrator.lab.powershell.registry import Call

_CIM = "Microsoft.Management.Infrastructure.CimInstance#"
_FOLDER = "Root/Microsoft/Windows/TaskScheduler/"
NEVER = datetime(1999, 11, 30, tzinfo=UTC)
_TEXTS = {
    0x80070002: ("The system cannot find the file specified.", "ObjectNotFound"),
    0x80041326: ("The task is disabled.", "NotSpecified"),
    TASK_CORRUPT: ("The task image is corrupt or has been tampered with.", "NotSpecified"),
    0x800700B7: ("Cannot create a file when that file already exists.", "ResourceExists"),
}


def task_object(seat: Seat, task: Task) -> PSObject:
    """Return an ``MSFT_ScheduledTask``."""
    properties: LazyDict[object] = LazyDict(
        {
            "Actions": None,
            "Author": task.author,
            "Date": None,
            "Description": task.description or None,
            "Documentation": None,
            "Principal": None,
            "SecurityDescriptor": None,
            "Settings": None,
            "Source": None,
            "State": seat.device.tasks.state(task),
            "TaskName": task.name,
            "TaskPath": task.path,
            "Triggers": None,
            "URI": task.full,
            "Version": None,
            "PSComputerName": None,
        },
        {
            "actions": lambda: _actions(task),
            "principal": lambda: _principal(task),
            "settings": lambda: _settings(task),
            "triggers": lambda: _triggers(task),
        },
    )
    return PSObject(
        _CIM + _FOLDER + "MSFT_ScheduledTask",
        properties,
        native=task,
        text=f'MSFT_ScheduledTask (TaskName = "{task.name}", TaskPath = "{task.path}")',
    )


def _actions(task: Task) -> list[object]:
    return [
        make(
            _CIM + _FOLDER + "MSFT_TaskExecAction",
            {
                "Execute": action.execute,
                "Arguments": action.arguments or None,
                "WorkingDirectory": action.working_directory or None,
                "Id": None,
            },
            native=action,
        )
        for action in task.actions
    ]


def _principal(task: Task) -> object:
    return make(
        _CIM + _FOLDER + "MSFT_TaskPrincipal2",
        {
            "UserId": "SYSTEM" if task.user == "S-1-5-18" else task.user,
            "LogonType": task.logon_type,
            "RunLevel": task.run_level,
            "GroupId": None,
            "DisplayName": None,
            "Id": "Author",
        },
    )


def _settings(task: Task) -> object:
    return make(
        _CIM + _FOLDER + "MSFT_TaskSettings3",
        {
            "Enabled": task.enabled,
            "ExecutionTimeLimit": task.time_limit,
            "MultipleInstances": task.instances,
        },
    )


def _triggers(task: Task) -> list[object]:
    return [
        make(_CIM + _FOLDER + f"MSFT_Task{trigger}", {"Enabled": True, "Id": None})
        for trigger in task.triggers
    ]


def hresult_error(call: Call, code: int, target: str) -> None:
    """Write the error of a task method that failed."""
    message, category = _TEXTS[code]
    error(
        call,
        f"HRESULT 0x{code:08x}",
        message,
        category=category,
        exception="Microsoft.Management.Infrastructure.CimException",
        target=target,
    )


def _query(call: Call, seat: Seat) -> list[Task]:
    """Return the tasks that match TaskName and TaskPath, with the errors of a query."""
    names = [str(name) for name in call.get("TaskName") or []]
    paths = [str(path) for path in call.get("TaskPath") or []]
    by_name, by_path = [wildcard(name) for name in names], [wildcard(path) for path in paths]
    found = [
        task
        for task in seat.device.tasks.tasks.values()
        if (not by_path or any(test(task.path) for test in by_path))
        and (not by_name or any(test(task.name) for test in by_name))
    ]
    if not found:
        for kind, given in (("TaskName", names), ("TaskPath", paths)):
            exact = [text for text in given if not has_wildcard(text)]
            if exact:
                error(
                    call,
                    f"CmdletizationQuery_NotFound_{kind}",
                    f"No MSFT_ScheduledTask objects found with property '{kind}' equal to "
                    f"'{exact[0]}'.  Verify the value of the property and retry.",
                    category="ObjectNotFound",
                    exception="Microsoft.PowerShell.Cmdletization.Cim.CimJobException",
                    target=exact[0],
                )
                break
    return sorted(found, key=lambda task: task.full.lower())


def _named(call: Call, seat: Seat) -> list[Task]:
    """Return the tasks a method is called on: by object, or by exact name and path."""
    given = call.get("InputObject")
    tree = seat.device.tasks
    if given is not None:
        items = given if isinstance(given, list) else [given]
        natives = [item.native for item in items if isinstance(item, PSObject)]
        full = [native.full for native in natives if isinstance(native, Task)]
    else:
        path = str(call.get("TaskPath") or "\\")
        folder = path if path.endswith("\\") else path + "\\"
        full = [f"{folder}{call.get('TaskName')}"]
    found = []
    for one in full:
        task = tree.tasks.get(one)
        if task is None:
            hresult_error(call, 0x80070002, one)
        else:
            found.append(task)
    return found


@cmdlet("Get-ScheduledTask", "TaskName:str[]0| TaskPath:str[]1|", is_function=True)
def get_scheduled_task(call: Call) -> Iterable[object]:
    """Return tasks; one whose image is damaged gives an error of its own."""
    seat = seat_of(call)
    for task in _query(call, seat):
        if task.corrupt:
            hresult_error(call, TASK_CORRUPT, task.full)
        else:
            yield task_object(seat, task)


@cmdlet(
    "Get-ScheduledTaskInfo",
    "InputObject:object^ TaskName:str0 TaskPath:str1",
    is_function=True,
)
def get_scheduled_task_info(call: Call) -> Iterable[object]:
    """Return what tasks did last; LastTaskResult is unsigned 32."""
    seat = seat_of(call)
    for task in _named(call, seat):
        run = seat.device.tasks.run_of(task.full)
        yield make(
            _CIM + "Root/Microsoft/Windows/TaskScheduler/MSFT_TaskDynamicInfo",
            {
                "LastRunTime": run.last or NEVER,
                "LastTaskResult": UInt32(0x41301 if run.running else run.result),
                "NextRunTime": None,
                "NumberOfMissedRuns": 0,
                "TaskName": task.name,
                "TaskPath": task.path,
                "PSComputerName": None,
            },
        )


_METHOD = "InputObject:object^ TaskName:str0 TaskPath:str1"


@cmdlet("Start-ScheduledTask", _METHOD, changes=True, is_function=True)
def start_scheduled_task(call: Call) -> None:
    """Start tasks; does not wait for them."""
    seat = seat_of(call)
    for task in _named(call, seat):
        if not call.should_process(task.full, "Start-ScheduledTask"):
            continue
        code = start_task(seat, task)
        if code:
            hresult_error(call, code, task.full)


@cmdlet("Stop-ScheduledTask", _METHOD, changes=True, is_function=True)
def stop_scheduled_task(call: Call) -> None:
    """Terminate running tasks."""
    seat = seat_of(call)
    for task in _named(call, seat):
        if call.should_process(task.full, "Stop-ScheduledTask"):
            stop_task(seat.device, task)


def _enable(call: Call, *, enabled: bool) -> Iterable[object]:
    seat = seat_of(call)
    for task in _named(call, seat):
        if call.should_process(task.full, call.name):
            changed = replace(task, enabled=enabled)
            seat.device.tasks.tasks[task.full] = changed
            yield task_object(seat, changed)


@cmdlet("Enable-ScheduledTask", _METHOD, changes=True, is_function=True)
def enable_scheduled_task(call: Call) -> Iterable[object]:
    """Enable tasks."""
    yield from _enable(call, enabled=True)


@cmdlet("Disable-ScheduledTask", _METHOD, changes=True, is_function=True)
def disable_scheduled_task(call: Call) -> Iterable[object]:
    """Disable tasks."""
    yield from _enable(call, enabled=False)


@cmdlet("Export-ScheduledTask", _METHOD, is_function=True)
def export_scheduled_task(call: Call) -> Iterable[object]:
    """Return the XML of tasks."""
    seat = seat_of(call)
    for task in _named(call, seat):
        if task.corrupt:
            hresult_error(call, TASK_CORRUPT, task.full)
        else:
            yield to_xml(task)


@cmdlet(
    "Unregister-ScheduledTask",
    "InputObject:object^ TaskName:str[]0| TaskPath:str[]1|",
    changes=True,
    is_function=True,
)
def unregister_scheduled_task(call: Call) -> None:
    """Remove tasks; without ``-Confirm:$false`` Windows would ask, and nobody answers."""
    seat = seat_of(call)
    found = _named(call, seat) if call.get("InputObject") is not None else _query(call, seat)
    common = getattr(call, "preferences", None)
    if found and common is not None and common.confirm is None and not common.is_what_if():
        raise fail(
            call,
            "InvalidOperation",
            "Windows PowerShell is in NonInteractive mode. Read and Prompt functionality is not "
            "available.",
            category="InvalidOperation",
            exception="System.Management.Automation.PSInvalidOperationException",
        )
    for task in found:
        if call.should_process(task.full, "Unregister-ScheduledTask"):
            seat.device.tasks.remove(task.full)
