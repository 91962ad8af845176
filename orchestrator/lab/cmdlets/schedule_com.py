"""The COM class Schedule.Service: folders of tasks, which no cmdlet can remove."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.lab.cmdlets.common import make
from orchestrator.lab.powershell.runtime import NOTHING
from orchestrator.lab.powershell.signals import runtime_error
from orchestrator.lab.powershell.values import LazyDict, PSObject
from orchestrator.lab.store_tasks import folder_path, to_xml

if TYPE_CHECKING:
    from orchestrator.lab.device_seat import Seat
    from orchestrator.lab.store_tasks import Task


def _missing() -> Exception:
    error_id = "FileNotFoundException"
    return runtime_error(
        error_id,
        "The system cannot find the file specified. (Exception from HRESULT: 0x80070002)",
        exception="System.IO.FileNotFoundException",
        category="NotSpecified",
    )


_NOT_CONNECTED = 0x800704CA
_EXISTS = 0x800700B7
_NOT_EMPTY = 0x80070091
_TEXTS = {
    _NOT_CONNECTED: "The service is not connected.",
    _EXISTS: "Cannot create a file when that file already exists.",
    _NOT_EMPTY: "The directory is not empty.",
}


def _com_error(code: int) -> Exception:
    error_id = "COMException"
    return runtime_error(
        error_id,
        f"{_TEXTS[code]} (Exception from HRESULT: 0x{code:08X})",
        exception="System.Runtime.InteropServices.COMException",
        category="NotSpecified",
    )


def service(seat: Seat) -> PSObject:
    """Return an unconnected ``Schedule.Service``."""
    connected: list[bool] = []

    def connect(*_: object) -> object:
        connected.append(True)
        return NOTHING

    def get_folder(path: object) -> PSObject:
        if not connected:
            raise _com_error(_NOT_CONNECTED)
        return _folder(seat, folder_path(str(path)))

    return make(
        "System.__ComObject",
        {},
        methods={"Connect": connect, "GetFolder": get_folder},
        text="System.__ComObject",
    )


class _Folder:
    """The methods of a task folder."""

    def __init__(self, seat: Seat, path: str) -> None:
        self.seat = seat
        self.tree = seat.device.tasks
        self.path = path

    def below(self, name: object) -> str:
        return folder_path(f"{self.path}{name}")

    def get_folders(self, *_: object) -> list[object]:
        return [_folder(self.seat, sub) for sub in self.tree.subfolders(self.path)]

    def get_folder(self, name: object) -> PSObject:
        return _folder(self.seat, self.below(name))

    def get_tasks(self, *_: object) -> list[object]:
        return [_task(self.seat, task) for task in self.tree.inside(self.path)]

    def create_folder(self, name: object, *_: object) -> PSObject:
        self.seat.before_operation("CreateFolder")
        if self.below(name) in self.tree.folders:
            raise _com_error(_EXISTS)
        self.tree.make_folder(self.below(name))
        return _folder(self.seat, self.below(name))

    def delete_folder(self, name: object, *_: object) -> object:
        self.seat.before_operation("DeleteFolder")
        whole = self.below(name)
        if whole not in self.tree.folders or whole == "\\":
            raise _missing()
        if self.tree.inside(whole) or self.tree.subfolders(whole):
            raise _com_error(_NOT_EMPTY)
        del self.tree.folders[whole]
        return NOTHING

    def delete_task(self, name: object, *_: object) -> object:
        self.seat.before_operation("DeleteTask")
        if f"{self.path}{name}" not in self.tree.tasks:
            raise _missing()
        self.tree.remove(f"{self.path}{name}")
        return NOTHING


def _folder(seat: Seat, path: str) -> PSObject:
    spelled = seat.device.tasks.folders.get(path)
    if spelled is None:
        raise _missing()
    folder = _Folder(seat, spelled)
    inner = spelled.rstrip("\\")
    return make(
        "System.__ComObject",
        {"Name": inner.rpartition("\\")[2] or "\\", "Path": inner or "\\"},
        methods={
            "GetFolders": folder.get_folders,
            "GetFolder": folder.get_folder,
            "GetTasks": folder.get_tasks,
            "CreateFolder": folder.create_folder,
            "DeleteFolder": folder.delete_folder,
            "DeleteTask": folder.delete_task,
        },
        text="System.__ComObject",
    )


def _task(seat: Seat, task: Task) -> PSObject:
    run = seat.device.tasks.run_of(task.full)
    states = {"Disabled": 1, "Ready": 3, "Running": 4}
    properties: LazyDict[object] = LazyDict(
        {
            "Name": task.name,
            "Path": task.full,
            "Enabled": task.enabled,
            "State": states[seat.device.tasks.state(task)],
            "LastTaskResult": run.result,
            "Xml": None,
        },
        {"xml": lambda: to_xml(task)},
    )
    return PSObject("System.__ComObject", properties, native=task)
