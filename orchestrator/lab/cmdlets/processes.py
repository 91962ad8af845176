"""Start-Process, Get-Process, Stop-Process and Wait-Process."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.lab.cmdlets.common import error, fail, has_wildcard, make, seat_of, wildcard
from orchestrator.lab.powershell.registry import cmdlet
from orchestrator.lab.powershell.runtime import NOTHING
from orchestrator.lab.powershell.values import CaseDict, ComputedDict, PSObject
from orchestrator.lab.store_files import OEM

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from orchestrator.lab.device_seat import Running, Seat
    from orchestrator.lab.powershell.registry import Call
    from orchestrator.lab.store_state import Process

_SIGN = 0x80000000


def signed(code: int) -> int:
    """Return an exit code as .NET gives it: signed 32."""
    return code - 2 * _SIGN if code >= _SIGN else code


class _Properties(ComputedDict[object]):
    """The properties of a started process: HasExited and ExitCode are looked up when asked."""

    __slots__ = ("_refresh",)

    def __init__(self, items: dict[str, object], refresh: Callable[[], dict[str, object]]) -> None:
        super().__init__(items)
        self._refresh = refresh

    def __getitem__(self, key: str) -> object:
        fresh = self._refresh()
        return fresh[key.lower()] if key.lower() in fresh else super().__getitem__(key)


def started_object(seat: Seat, running: Running, sleep: Callable[[float], None]) -> PSObject:
    """Return the ``System.Diagnostics.Process`` of a program that was started."""

    def fresh() -> dict[str, object]:
        seat.device.settle(seat.lab_now())
        gone = running.ended is not None or running.pid not in seat.device.processes
        code = signed(running.ended.code) if running.ended else (-1 if gone else None)
        return {"hasexited": gone, "exitcode": code}

    def wait(*milliseconds: object) -> object:
        limit = int(str(milliseconds[0])) if milliseconds else -1
        ended = seat.wait_for(running, None if limit < 0 else limit / 1000, sleep=sleep)
        return ended if milliseconds else NOTHING

    def kill() -> object:
        seat.before_operation("Kill")
        seat.device.processes.pop(running.pid, None)
        return NOTHING

    properties = _Properties(
        {
            "Id": running.pid,
            "Name": running.name,
            "ProcessName": running.name,
            "HasExited": False,
            "ExitCode": None,
            "Handle": running.pid,
        },
        fresh,
    )
    return PSObject(
        "System.Diagnostics.Process",
        properties,
        CaseDict({"WaitForExit": wait, "Kill": kill, "Dispose": _nothing, "Refresh": _nothing}),
        native=running,
        text=f"System.Diagnostics.Process ({running.name})",
    )


def _nothing() -> object:
    """Do nothing: the lab keeps no handles."""
    return NOTHING


@cmdlet(
    "Start-Process",
    "FilePath=PSPath:str0! ArgumentList=Args:str[]1 Wait:switch PassThru:switch "
    "RedirectStandardOutput:str RedirectStandardError:str WorkingDirectory:str WindowStyle:str "
    "NoNewWindow:switch Verb:str",
    changes=True,
)
def start_process(call: Call) -> Iterable[object]:
    """Start a program; arguments are joined by blanks without quoting, as Windows does."""
    seat = seat_of(call)
    path = str(call.get("FilePath"))
    arguments = " ".join(str(item) for item in call.get("ArgumentList") or [])
    if not call.should_process(path, "Start-Process"):
        return
    running = seat.device.start(seat, path, arguments)
    if running is None:
        raise fail(
            call,
            "InvalidOperationException",
            "This command cannot be run due to the error: The system cannot find the file "
            "specified.",
            category="InvalidOperation",
            exception="System.InvalidOperationException",
            target=path,
        )
    output = call.get("RedirectStandardOutput")
    if call.has("RedirectStandardError"):
        seat.device.files.write(seat.file_path(str(call.get("RedirectStandardError"))), b"")

    def write_output() -> None:
        if output and running.ended is not None:
            content = running.ended.text.replace("\n", "\r\n").encode(OEM, "replace")
            seat.device.files.write(seat.file_path(str(output)), content, seat.now())

    if call.get("Wait"):
        seat.wait_for(running, sleep=call.sleep)
    if running.ended is not None:
        write_output()
    else:
        if output:
            seat.device.files.write(seat.file_path(str(output)), b"", seat.now())
        running.listeners.append(lambda _: write_output())
    if call.get("PassThru"):
        yield started_object(seat, running, call.sleep)


def _find(call: Call, seat: Seat) -> list[Process]:
    given = call.get("InputObject")
    processes = list(seat.device.processes.values())
    if given is not None:
        items = given if isinstance(given, list) else [given]
        ids = [item.properties["Id"] for item in items if isinstance(item, PSObject)]
        return [one for one in processes if one.pid in ids]
    if call.has("Id"):
        ids = list(call.get("Id"))
        found = [one for one in processes if one.pid in ids]
        missing = [str(pid) for pid in ids if pid not in {one.pid for one in processes}]
        kind = "process identifier"
        error_id = "NoProcessFoundForGivenId"
    else:
        names = [str(name) for name in call.get("Name") or ["*"]]
        found = [one for one in processes if any(wildcard(name)(one.name) for name in names)]
        missing = [
            name
            for name in names
            if not has_wildcard(name) and not any(wildcard(name)(one.name) for one in processes)
        ]
        kind = "name"
        error_id = "NoProcessFoundForGivenName"
    for one in missing:
        error(
            call,
            error_id,
            f"Cannot find a process with the {kind} {one!r}.".replace('"', "'"),
            category="ObjectNotFound",
            exception="Microsoft.PowerShell.Commands.ProcessCommandException",
            target=one,
        )
    return found


_WHICH = "Name=ProcessName:str[]0 Id=PID:int[]| InputObject:object[]^"


@cmdlet("Get-Process", _WHICH + " IncludeUserName:switch")
def get_process(call: Call) -> Iterable[object]:
    """Return running processes."""
    for process in _find(call, seat_of(call)):
        yield make(
            "System.Diagnostics.Process",
            {
                "Id": process.pid,
                "Name": process.name,
                "ProcessName": process.name,
                "UserName": process.owner,
                "HasExited": False,
            },
            native=process,
            text=f"System.Diagnostics.Process ({process.name})",
        )


@cmdlet("Stop-Process", _WHICH + " Force:switch PassThru:switch", changes=True)
def stop_process(call: Call) -> None:
    """End processes."""
    seat = seat_of(call)
    for process in _find(call, seat):
        if call.should_process(f"{process.name} ({process.pid})", "Stop-Process"):
            seat.device.processes.pop(process.pid, None)


@cmdlet("Wait-Process", _WHICH + " Timeout:int")
def wait_process(call: Call) -> None:
    """Wait until processes end, or write an error after the timeout."""
    seat = seat_of(call)
    waited = 0
    limit = int(call.get("Timeout")) if call.has("Timeout") else None
    for process in _find(call, seat):
        while process.pid in seat.device.processes:
            if limit is not None and waited >= limit:
                error(
                    call,
                    "ProcessNotTerminated",
                    f"This command stopped operation because process {process.name} "
                    f"({process.pid}) is not stopped in the specified time-out.",
                    category="CloseError",
                    exception="System.TimeoutException",
                    target=process.pid,
                )
                return
            call.sleep(1)
            waited += 1
