"""A scripted backend, and one call that starts a lab with it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from orchestrator.lab.backend import DEFAULT_CONFIGURATION, JEA_CONFIGURATION, Ended, Record
from orchestrator.lab.powershell.objects import ErrorRecord, NetException
from orchestrator.lab.powershell.signals import SessionKilled
from orchestrator.lab.service import running_lab

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from orchestrator.lab.backend import Emit, Statement, Target
    from orchestrator.lab.service import Lab

PORTS = {"http": 15985, "https": 15986}


def failure(message: str, error_id: str = "Boom") -> ErrorRecord:
    kind = "System.Management.Automation.RuntimeException"
    return ErrorRecord(NetException(kind, message), error_id, "InvalidOperation", line=1)


class Scripted:
    """A backend that knows a few command names; a script is echoed.

    `calls` holds (device, statements, inputs) of every pipeline.
    """

    def __init__(self) -> None:
        self.calls: list[tuple[str, Sequence[Statement], list[object]]] = []
        self.closed = 0

    def configurations(self, device: Target) -> Sequence[str]:
        del device
        return DEFAULT_CONFIGURATION, JEA_CONFIGURATION

    def open(self, device: Target, configuration: str) -> ScriptedShell:
        return ScriptedShell(self, device, configuration)


class ScriptedShell:
    def __init__(self, backend: Scripted, device: Target, configuration: str) -> None:
        self.backend = backend
        self.device = device
        self.configuration = configuration

    def close(self) -> None:
        self.backend.closed += 1

    def run(self, statements: Sequence[Statement], inputs: Sequence[object], emit: Emit) -> Ended:
        self.backend.calls.append((self.device.name, statements, list(inputs)))
        for statement in statements:
            command = statement.commands[-1]
            arguments = dict(command.arguments)
            if command.is_script:
                if self.configuration == JEA_CONFIGURATION:
                    return Ended("Failed", failure("no-language mode", "ScriptsNotAllowed"))
                emit(Record("output", command.name))
                continue
            ended = getattr(self, command.name.replace("-", "_").lower())(arguments, inputs, emit)
            if ended is not None:
                return ended
        return Ended()

    def write_output(self, arguments: dict[Any, Any], inputs: Sequence[object], emit: Emit) -> None:
        for value in (*arguments.values(), *inputs):
            emit(Record("output", value))

    def write_all(self, arguments: dict[Any, Any], inputs: Sequence[object], emit: Emit) -> None:
        del arguments, inputs
        emit(Record("output", "out"))
        emit(Record("error", failure("not fatal", "NotFatal")))
        for stream in ("warning", "verbose", "debug", "information", "progress"):
            emit(Record(stream, f"{stream} text"))

    def throw(self, arguments: dict[Any, Any], inputs: Sequence[object], emit: Emit) -> Ended:
        del inputs
        emit(Record("output", "before"))
        return Ended("Failed", failure(str(arguments.get("Message", "fatal")), "Fatal"))

    def slow_steps(self, arguments: dict[Any, Any], inputs: Sequence[object], emit: Emit) -> Ended:
        del inputs
        seconds, steps = float(arguments["Seconds"]), int(arguments.get("Steps", 1))
        for step in range(steps):
            emit(Record("output", f"step {step}", seconds * step / steps))
        return Ended(offset=seconds)

    def large_output(self, arguments: dict[Any, Any], inputs: Sequence[object], emit: Emit) -> None:
        del inputs
        emit(Record("output", "x" * int(arguments["Length"])))

    def die(self, arguments: dict[Any, Any], inputs: Sequence[object], emit: Emit) -> Ended:
        del inputs
        emit(Record("output", "last words"))
        if arguments.get("PowerOff"):
            self.device.powered = False  # type: ignore[attr-defined]
        message = "killed"
        raise SessionKilled(message)

    def crash(self, arguments: dict[Any, Any], inputs: Sequence[object], emit: Emit) -> Ended:
        del arguments, inputs, emit
        return {}["missing"]  # type: ignore[return-value]


@pytest.fixture
def scripted() -> Scripted:
    return Scripted()


@pytest.fixture
def start_lab(scripted: Scripted) -> Callable[..., Any]:
    @contextmanager
    def start(*names: str, **options: Any) -> Iterator[Lab]:
        chosen = {"ports": PORTS, "backend": scripted} | options
        with running_lab(list(names or ("PC-0001",)), **chosen) as lab:
            yield lab

    return start
