"""ScheduledTasks: making and registering tasks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.lab.cmdlets.common import fail, make, seat_of
from orchestrator.lab.cmdlets.tasks import hresult_error, task_object
from orchestrator.lab.powershell.registry import cmdlet
from orchestrator.lab.powershell.values import PSObject
from orchestrator.lab.store_tasks import SYSTEM, Action, Task, folder_path, from_xml

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from orchestrator.lab.powershell.registry import Call

_TYPE = "Microsoft.Management.Infrastructure.CimInstance#Root/Microsoft/Windows/TaskScheduler/"
_LOGONS = (
    "None",
    "Password",
    "S4U",
    "Interactive",
    "Group",
    "ServiceAccount",
    "InteractiveOrPassword",
)  # Microsoft: ScheduledTasks, New-ScheduledTaskPrincipal
_LEVELS = ("Limited", "Highest")
_SYSTEM = {"system", "nt authority\\system", "localsystem", SYSTEM.lower()}


@cmdlet(
    "New-ScheduledTaskAction",
    "Execute:str! Argument:str WorkingDirectory:str Id:str",
    is_function=True,
)
def new_scheduled_task_action(call: Call) -> Iterable[object]:
    """Make an action."""
    action = Action(
        execute=str(call.get("Execute")),
        arguments=str(call.get("Argument") or ""),
        working_directory=str(call.get("WorkingDirectory") or ""),
    )
    yield make(
        _TYPE + "MSFT_TaskExecAction",
        {
            "Execute": action.execute,
            "Arguments": action.arguments or None,
            "WorkingDirectory": action.working_directory or None,
            "Id": call.get("Id"),
        },
        native=action,
    )


@cmdlet(
    "New-ScheduledTaskPrincipal",
    "UserId:str0 LogonType:str RunLevel:str GroupId:str Id:str",
    is_function=True,
)
def new_scheduled_task_principal(call: Call) -> Iterable[object]:
    """Make a principal."""
    user = str(call.get("UserId") or "")
    logon = _one_of(call, "LogonType", _LOGONS)
    level = _one_of(call, "RunLevel", _LEVELS)
    yield make(
        _TYPE + "MSFT_TaskPrincipal2",
        {"UserId": user, "LogonType": logon, "RunLevel": level, "GroupId": None, "Id": "Author"},
        native=(
            SYSTEM if user.lower() in _SYSTEM else user,
            logon,
            level,
        ),
    )


@cmdlet(
    "New-ScheduledTaskSettingsSet",
    "AllowStartIfOnBatteries:switch DontStopIfGoingOnBatteries:switch StartWhenAvailable:switch "
    "ExecutionTimeLimit:object MultipleInstances:str Hidden:switch Priority:int Disable:switch "
    "Compatibility:str",
    is_function=True,
)
def new_scheduled_task_settings_set(call: Call) -> Iterable[object]:
    """Make settings."""
    yield make(
        _TYPE + "MSFT_TaskSettings3",
        {
            "Enabled": not call.get("Disable"),
            "MultipleInstances": str(call.get("MultipleInstances") or "IgnoreNew"),
            "AllowHardTerminate": True,
        },
    )


def _one_of(call: Call, name: str, known: Sequence[str]) -> str:
    """Return a parameter that is an enumeration: its first value when it was not given."""
    given = str(call.get(name) or known[0])
    for each in known:
        if each.lower() == given.lower():
            return each
    raise call.fail(
        error_id="ParameterArgumentTransformationError",
        message=f"Cannot process argument transformation on parameter '{name}'. "
        f'Cannot convert value "{given}": it is none of {", ".join(known)}.',
        exception="System.Management.Automation.ParameterBindingArgumentTransformationException",
        category="InvalidData",
    )


def _principal(call: Call) -> tuple[str, str, str]:
    given = call.get("Principal")
    if isinstance(given, PSObject) and isinstance(given.native, tuple):
        user, logon, level = given.native
        return str(user), str(logon), str(level)
    user = str(call.get("User") or "")
    level = "Highest" if str(call.get("RunLevel") or "").lower() == "highest" else "Limited"
    if not user:
        return "svc-enrollmend", "Interactive", level
    system = user.lower() in _SYSTEM
    return (SYSTEM if system else user), ("ServiceAccount" if system else "Interactive"), level


@cmdlet(
    "Register-ScheduledTask",
    "TaskName:str0! TaskPath:str1 Action:object[] Principal:object Settings:object "
    "Trigger:object[] Description:str Xml:str User:str RunLevel:str Force:switch",
    changes=True,
    is_function=True,
)
def register_scheduled_task(call: Call) -> Iterable[object]:
    """Register a task, from parts or from XML; its folders are made."""
    seat = seat_of(call)
    path, name = folder_path(str(call.get("TaskPath") or "\\")), str(call.get("TaskName"))
    full = path + name
    if full in seat.device.tasks.tasks and not call.get("Force"):
        hresult_error(call, 0x800700B7, full)
        return
    if call.has("Xml"):
        try:
            task = from_xml(str(call.get("Xml")), path=path, name=name)
        except ValueError as problem:
            raise fail(
                call,
                "HRESULT 0x8004131a",
                str(problem),
                category="InvalidArgument",
                exception="Microsoft.Management.Infrastructure.CimException",
                target=full,
            ) from None
    else:
        user, logon, level = _principal(call)
        actions = [item.native for item in call.get("Action") or [] if isinstance(item, PSObject)]
        task = Task(
            path=path,
            name=name,
            actions=tuple(action for action in actions if isinstance(action, Action)),
            user=user,
            logon_type=logon,
            run_level=level,
            description=str(call.get("Description") or ""),
            author=seat.account,
        )
    if call.should_process(full, "Register-ScheduledTask"):
        seat.device.tasks.add(task)
        seat.device.tasks.runs.pop(full, None)
        yield task_object(seat, task)
