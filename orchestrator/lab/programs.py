"""Programs of a simulated PC: what starting one does to its state, and how long it takes.

A program is a Python function declared with `program`. It is called when it starts and returns a
`Job`: how many simulated seconds pass, and what happens then. Each belief about Windows names its
source in the function's docstring.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from orchestrator.lab.powershell.values import Refusal

if TYPE_CHECKING:
    from orchestrator.lab.device_seat import Seat

_MODULES = (
    "programs_agents",
    "programs_enroll",
    "programs_policy",
    "programs_restart",
    "programs_system",
)


@dataclass(frozen=True, slots=True)
class Ended:
    """How a program ended.

    Attributes:
        code: exit code as uint32.
        text: standard output.
        later: simulated seconds until the process is really gone.
    """

    code: int = 0
    text: str = ""
    later: float = 0.0


@dataclass(frozen=True, slots=True)
class Job:
    """A program that was started.

    Attributes:
        seconds: simulated seconds until `finish` is called.
        finish: does what the program does, and tells how it ended.
    """

    seconds: float
    finish: Callable[[], Ended]


Program = Callable[["Seat", list[str]], Job]
PROGRAMS: dict[str, Program] = {}


def program(*names: str) -> Callable[[Program], Program]:
    """Declare a program by its file names in lower case."""

    def register(body: Program) -> Program:
        for name in names:
            PROGRAMS[name] = body
        return body

    return register


def stem(path: str) -> str:
    """Return the process name of a program's path."""
    return path.strip('"').rpartition("\\")[2].removesuffix(".exe")


def split_arguments(text: str) -> list[str]:
    """Split a command line at blanks, with double quotes as the C run-time treats them."""
    lexer = shlex.shlex(text, posix=True)
    lexer.whitespace_split = True
    lexer.quotes = '"'
    lexer.escape = ""
    lexer.commenters = ""
    return list(lexer)


def locate(seat: Seat, path: str) -> str | None:
    """Return the real path of a program; None when there is no such file.

    A bare name is looked for in ``System32`` (and its PowerShell folder), as PATH would.
    """
    wanted = seat.expand(path.strip().strip('"'))
    candidates = (
        [wanted]
        if "\\" in wanted
        else [rf"C:\Windows\System32\{wanted}", rf"C:\Windows\System32\{wanted}.exe"]
    )
    for candidate in candidates:
        real = seat.file_path(candidate)
        found = seat.device.files.find(real)
        if found is not None and not found.folder:
            return found.path
    return None


@cache
def _load() -> None:
    for module in _MODULES:
        import_module(f"orchestrator.lab.{module}")


def prepare(seat: Seat, path: str, arguments: str) -> Job | None:
    """Start a program; None when there is no such file.

    Raises:
        Refusal: the file is there, and the lab does not model what it does.
    """
    real = locate(seat, path)
    if real is None:
        return None
    name = real.rpartition("\\")[2].lower()
    _load()
    seat.device.asked[name] += 1
    body = PROGRAMS.get(name)
    if body is None:
        what = f"program {name}"
        raise Refusal(what)
    return body(seat, split_arguments(arguments))
