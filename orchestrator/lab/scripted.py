"""A backend without PowerShell: a few commands written in Python, for tests of the wire.

A script is echoed as one string; a command is looked up by name in `ScriptedBackend.handlers`,
where a test puts what it needs. Nothing here pretends to be Windows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.lab.backend import DEFAULT_CONFIGURATION, JEA_CONFIGURATION
from orchestrator.lab.powershell import (
    ErrorRecord,
    NetException,
    Record,
    Result,
    SessionKilled,
)

if TYPE_CHECKING:
    from orchestrator.lab.backend import Emit, Target
    from orchestrator.lab.powershell import Command, Statement


def failure(message: str, error_id: str) -> ErrorRecord:
    """Make an error record."""
    kind = "System.Management.Automation.RuntimeException"
    return ErrorRecord(NetException(kind, message), error_id, "InvalidOperation", line=1)


@dataclass(frozen=True, slots=True)
class ScriptedCall:
    """What a handler is given.

    Attributes:
        arguments: parameter name, or its position for a positional one, to value.
        inputs: pipeline input.
    """

    device: Target
    command: Command
    inputs: Sequence[object]
    sink: Emit

    @property
    def arguments(self) -> dict[str, object]:
        """The arguments by name or position."""
        given = self.command.arguments
        return {str(index) if name is None else name: v for index, (name, v) in enumerate(given)}

    def number(self, name: str, default: float = 0.0) -> float:
        """Return an argument as a number."""
        return float(str(self.arguments.get(name, default)))

    def emit(self, value: object, stream: str = "output", offset: float = 0.0) -> None:
        """Write a record."""
        self.sink(Record(stream, value, offset))


Handler = Callable[[ScriptedCall], Result | None]


def write_output(call: ScriptedCall) -> None:
    """Write the arguments, then the pipeline input."""
    for value in (*call.arguments.values(), *call.inputs):
        call.emit(value)


def write_all(call: ScriptedCall) -> None:
    """Write one record to every stream."""
    call.emit("out")
    call.emit(failure("not fatal", "NotFatal"), "error")
    for stream in ("warning", "verbose", "debug", "information", "progress"):
        call.emit(f"{stream} text", stream)


def throw(call: ScriptedCall) -> Result:
    """Write one object, then end with a terminating error."""
    call.emit("before")
    error_id = str(call.arguments.get("ErrorId", "Fatal"))
    return Result("Failed", failure(str(call.arguments.get("Message", "fatal")), error_id))


def slow_steps(call: ScriptedCall) -> Result:
    """Take ``Seconds`` and write ``Steps`` lines, evenly spread."""
    seconds, steps = call.number("Seconds"), int(call.number("Steps", 1))
    for step in range(steps):
        call.emit(f"step {step}", offset=seconds * step / steps)
    return Result("Completed", elapsed=seconds)


def large_output(call: ScriptedCall) -> None:
    """Write one string of ``Length`` characters."""
    call.emit("x" * int(call.number("Length")))


def die(call: ScriptedCall) -> Result:
    """Kill the session; with ``PowerOff`` the PC goes as well."""
    call.emit("last words")
    if call.arguments.get("PowerOff"):
        call.device.powered = False
    message = "the session was killed"
    raise SessionKilled(message)


HANDLERS: Mapping[str, Handler] = {
    "Die": die,
    "Large-Output": large_output,
    "Slow-Steps": slow_steps,
    "Throw": throw,
    "Write-All": write_all,
    "Write-Output": write_output,
}


class ScriptedBackend:
    """The backend.

    Attributes:
        handlers: command name to what it does.
        calls: (device, statements, inputs) of every pipeline.
        closed: how many sessions were ended.
    """

    def __init__(self, handlers: Mapping[str, Handler] | None = None) -> None:
        """Know the built-in commands and those given."""
        self.handlers: dict[str, Handler] = {**HANDLERS, **(handlers or {})}
        self.calls: list[tuple[str, tuple[Statement, ...], tuple[object, ...]]] = []
        self.closed = 0

    def configurations(self, device: Target) -> Sequence[str]:
        """Offer the default configuration and the JEA one."""
        del device
        return DEFAULT_CONFIGURATION, JEA_CONFIGURATION

    def open(self, device: Target, configuration: str) -> ScriptedShell:
        """Make a session."""
        return ScriptedShell(self, device, configuration)


class ScriptedShell:
    """One session."""

    def __init__(self, backend: ScriptedBackend, device: Target, configuration: str) -> None:
        self._backend = backend
        self._device = device
        self._configuration = configuration

    def close(self) -> None:
        """Count the end."""
        self._backend.closed += 1

    def run(self, statements: Sequence[Statement], inputs: Sequence[object], emit: Emit) -> Result:
        """Run the last command of each statement."""
        self._backend.calls.append((self._device.name, tuple(statements), tuple(inputs)))
        ended: Result | None = None
        for statement in statements:
            command = statement.commands[-1]
            handler = self._backend.handlers.get(command.text)
            if command.is_script and self._configuration == JEA_CONFIGURATION:
                return Result("Failed", failure("no-language mode", "ScriptsNotAllowed"))
            if command.is_script:
                emit(Record("output", command.text, 0.0))
                continue
            if handler is None:
                text = f"The term '{command.text}' is not recognized as the name of a cmdlet."
                return Result("Failed", failure(text, "CommandNotFoundException"))
            ended = handler(ScriptedCall(self._device, command, inputs, emit))
            if ended is not None and ended.state != "Completed":
                return ended
        return ended or Result("Completed")
