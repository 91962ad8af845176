r"""Scheduled tasks of a simulated PC, and their XML.

- A folder path begins and ends with a backslash: ``\Microsoft\Windows\EnterpriseMgmt\``.
- Definition and run history are apart: exporting and registering a task again brings back the
  first, never the second (Microsoft: Task Scheduler schema).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import escape, unescape
from typing import TYPE_CHECKING

from orchestrator.lab.store import Shared

if TYPE_CHECKING:
    from datetime import datetime

NOT_RUN = 0x41303
RUNNING = 0x41301

SYSTEM = "S-1-5-18"
ENTERPRISE_MGMT = "\\Microsoft\\Windows\\EnterpriseMgmt\\"
NON_CRITICAL = "\\Microsoft\\Windows\\EnterpriseMgmtNonCritical\\"
WORKPLACE_JOIN = "\\Microsoft\\Windows\\Workplace Join\\"
AUTO_ENROLL = "Schedule created by enrollment client for automatically enrolling in MDM from AAD"
AUTO_ENROLL_DEVICE = AUTO_ENROLL + " using AAD device credential"
ENROLLER = "%windir%\\system32\\deviceenroller.exe"


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """A program a task starts."""

    execute: str
    arguments: str = ""
    working_directory: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    r"""The definition of a scheduled task.

    Attributes:
        path: folder with both backslashes.
        user: SID or name of the principal.
        logon_type: ``ServiceAccount``, ``Interactive``, ``Password``, ``S4U``.
        run_level: ``Limited`` or ``Highest``.
        triggers: kinds of trigger, such as ``TimeTrigger`` or ``LogonTrigger``.
        corrupt: the task image is damaged: it is listed, and reading it fails.
    """

    path: str
    name: str
    actions: tuple[Action, ...] = ()
    user: str = SYSTEM
    logon_type: str = "ServiceAccount"
    run_level: str = "Limited"
    enabled: bool = True
    author: str = "Microsoft Corporation"
    description: str = ""
    triggers: tuple[str, ...] = ()
    time_limit: str = "PT1H"
    instances: str = "Queue"
    corrupt: bool = False

    @property
    def full(self) -> str:
        """Folder and name together."""
        return self.path + self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskRun:
    """What a task did last.

    Attributes:
        running: id of the run in progress, 0 when none.
        result: exit code as uint32; 0x41303 when it never ran.
        pid: process of the run in progress.
    """

    running: int = 0
    result: int = NOT_RUN
    last: datetime | None = None
    pid: int = 0


_NEVER = TaskRun()


def folder_path(text: str) -> str:
    r"""Give a folder both its backslashes: ``Microsoft\X`` becomes ``\Microsoft\X\``."""
    inner = text.strip("\\")
    return f"\\{inner}\\" if inner else "\\"


class TaskTree:
    """The folders and tasks of one PC.

    Attributes:
        tasks: lower-case full path to task.
        folders: lower-case folder path to its spelling; parents are always there.
        runs: lower-case full path to run history.
    """

    __slots__ = ("folders", "runs", "tasks")

    def __init__(self) -> None:
        """Start with the root folder."""
        self.tasks: Shared[Task] = Shared()
        self.folders: Shared[str] = Shared({"\\": "\\"})
        self.runs: Shared[TaskRun] = Shared()

    def copy(self) -> TaskTree:
        """Return a tree with the same tasks; neither sees the other's later changes."""
        twin = TaskTree()
        twin.tasks = self.tasks.copy()
        twin.folders = self.folders.copy()
        twin.runs = self.runs.copy()
        return twin

    def add(self, task: Task) -> None:
        """Register a task, with its folders."""
        self.make_folder(task.path)
        self.tasks[task.full] = task

    def make_folder(self, path: str) -> None:
        """Create a folder with its parents."""
        whole = "\\"
        for part in path.strip("\\").split("\\"):
            if part:
                whole += f"{part}\\"
                if whole not in self.folders:
                    self.folders[whole] = whole

    def remove(self, full: str) -> None:
        """Remove a task; its folder stays, as on Windows."""
        del self.tasks[full]
        self.runs.pop(full, None)

    def inside(self, path: str) -> list[Task]:
        """Return the tasks right inside a folder, by name."""
        wanted = path.lower()
        found = [task for task in self.tasks.values() if task.path.lower() == wanted]
        return sorted(found, key=lambda task: task.name.lower())

    def subfolders(self, path: str) -> list[str]:
        """Return the folders right inside a folder."""
        start = path.lower()
        return sorted(
            spelled
            for lower, spelled in self.folders.items()
            if lower != start and lower.startswith(start) and "\\" not in lower[len(start) : -1]
        )

    def run_of(self, full: str) -> TaskRun:
        """Return what a task did last."""
        return self.runs.get(full) or _NEVER

    def state(self, task: Task) -> str:
        """Return the state as Get-ScheduledTask prints it."""
        if self.run_of(task.full).running:
            return "Running"
        return "Ready" if task.enabled else "Disabled"


_LOGON = {
    "ServiceAccount": "",
    "Interactive": "InteractiveToken",
    "Password": "Password",
    "S4U": "S4U",
    "Group": "",
}
_LEVEL = {"Limited": "LeastPrivilege", "Highest": "HighestAvailable"}


def to_xml(task: Task) -> str:
    """Write a task in the task schema, as Export-ScheduledTask does."""
    logon = _LOGON.get(task.logon_type, "")
    lines = [
        '<?xml version="1.0" encoding="UTF-16"?>',
        '<Task version="1.3" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">',
        "  <RegistrationInfo>",
        f"    <Author>{escape(task.author)}</Author>",
        f"    <Description>{escape(task.description)}</Description>",
        f"    <URI>{escape(task.full)}</URI>",
        "  </RegistrationInfo>",
        "  <Triggers>",
        *(f"    <{trigger}><Enabled>true</Enabled></{trigger}>" for trigger in task.triggers),
        "  </Triggers>",
        "  <Principals>",
        '    <Principal id="Author">',
        f"      <UserId>{escape(task.user)}</UserId>",
        *([f"      <LogonType>{logon}</LogonType>"] if logon else []),
        f"      <RunLevel>{_LEVEL[task.run_level]}</RunLevel>",
        "    </Principal>",
        "  </Principals>",
        "  <Settings>",
        f"    <MultipleInstancesPolicy>{task.instances}</MultipleInstancesPolicy>",
        f"    <ExecutionTimeLimit>{task.time_limit}</ExecutionTimeLimit>",
        f"    <Enabled>{'true' if task.enabled else 'false'}</Enabled>",
        "  </Settings>",
        '  <Actions Context="Author">',
    ]
    for action in task.actions:
        lines += [
            "    <Exec>",
            f"      <Command>{escape(action.execute)}</Command>",
            f"      <Arguments>{escape(action.arguments)}</Arguments>",
            f"      <WorkingDirectory>{escape(action.working_directory)}</WorkingDirectory>",
            "    </Exec>",
        ]
    return "\r\n".join([*lines, "  </Actions>", "</Task>"])


def _element(text: str, name: str, default: str = "") -> str:
    found = re.search(rf"<{name}>(.*?)</{name}>", text, re.DOTALL)
    return unescape(found.group(1)) if found else default


def from_xml(text: str, *, path: str, name: str) -> Task:
    """Read what `to_xml` wrote, under a path and a name.

    Raises:
        ValueError: the text is not a task in the task schema.
    """
    if "<Task " not in text or "</Task>" not in text or "<Actions" not in text:
        msg = "The task XML is malformed."
        raise ValueError(msg)
    triggers = re.search(r"<Triggers>(.*?)</Triggers>", text, re.DOTALL)
    settings = _element(text, "Settings")
    logon = _element(text, "LogonType")
    by_logon = {word: kind for kind, word in _LOGON.items() if word}
    by_level = {word: kind for kind, word in _LEVEL.items()}
    return Task(
        path=folder_path(path),
        name=name,
        actions=tuple(
            Action(
                execute=_element(found, "Command"),
                arguments=_element(found, "Arguments"),
                working_directory=_element(found, "WorkingDirectory"),
            )
            for found in re.findall(r"<Exec>(.*?)</Exec>", text, re.DOTALL)
        ),
        user=_element(text, "UserId", SYSTEM),
        logon_type=by_logon.get(logon, "ServiceAccount"),
        run_level=by_level.get(_element(text, "RunLevel"), "Limited"),
        enabled=_element(settings, "Enabled", "true") == "true",
        author=_element(text, "Author"),
        description=_element(text, "Description"),
        triggers=tuple(re.findall(r"<(\w+Trigger)>", triggers.group(1))) if triggers else (),
        time_limit=_element(text, "ExecutionTimeLimit", "PT72H"),
        instances=_element(text, "MultipleInstancesPolicy", "IgnoreNew"),
    )
