"""The seam between the wire and what runs scripts, and the wire's view of a PC.

- A backend is asked on the loop's own thread and answers at once: nothing here waits. Time that a
  script lets pass is virtual and comes out as the `offset` of its records.
- Values that cross the seam are those of `powershell.values` and `powershell.objects`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, Protocol

if TYPE_CHECKING:
    from orchestrator.lab.faults import Fault
    from orchestrator.lab.powershell.objects import ErrorRecord

DEFAULT_CONFIGURATION = "Microsoft.PowerShell"
JEA_CONFIGURATION = "Enrollment"
STREAMS = ("output", "error", "warning", "verbose", "debug", "information", "progress")


@dataclass(frozen=True, slots=True)
class Command:
    """One command of a pipeline.

    Attributes:
        name: a command's name, or the text of a script.
        is_script: which of the two it is.
        arguments: (parameter name or None for a positional one, value); a switch has True.
    """

    name: str
    is_script: bool = False
    arguments: tuple[tuple[str | None, object], ...] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """Commands piped into each other; a pipeline may hold several statements."""

    commands: tuple[Command, ...]


class Emitted(Protocol):
    """One object on one stream, with the virtual seconds since the pipeline began."""

    @property
    def stream(self) -> str:
        """One of `STREAMS`."""
        ...

    @property
    def value(self) -> Any:  # noqa: ANN401 - a script's value, of any type
        """The object; an `ErrorRecord` on the error stream, text on the message streams."""
        ...

    @property
    def offset(self) -> float:
        """Virtual seconds."""
        ...


@dataclass(frozen=True, slots=True)
class Record:
    """An `Emitted` for backends that have none of their own."""

    stream: str
    value: object
    offset: float = 0.0


@dataclass(frozen=True, slots=True)
class Ended:
    """How a pipeline ended.

    Attributes:
        state: as PowerShell names it.
        error: why it failed.
        offset: virtual seconds it took.
    """

    state: Literal["Completed", "Failed", "Stopped"] = "Completed"
    error: ErrorRecord | None = None
    offset: float = 0.0


Emit = Callable[[Emitted], None]


class BackendShell(Protocol):
    """One runspace on one PC."""

    def run(self, statements: Sequence[Statement], inputs: Sequence[object], emit: Emit) -> Ended:
        """Run a pipeline to its end.

        Raises:
            SessionKilled: the session died under it; a PC that restarts is no longer reachable.
        """
        ...

    def close(self) -> None:
        """End the session; what it still holds is abandoned."""
        ...


class Backend(Protocol):
    """What runs scripts."""

    def configurations(self, device: Target) -> Sequence[str]:
        """Return the session configurations the PC offers; names compare without case."""
        ...

    def open(self, device: Target, configuration: str) -> BackendShell:
        """Make a runspace."""
        ...


class Target(Protocol):
    """What the wire needs of a simulated PC.

    Attributes:
        name: computer name.
        faults: what goes wrong on the wire, see `faults`.
        powered: False for a PC that is off.
        ledger: (kind, session, start, end) of each pipeline, in monotonic seconds, so that work
            that overlapped on one PC can be shown, or shown absent.
    """

    name: str
    faults: list[Fault]
    ledger: list[tuple[str, str, float, float]]
    powered: bool

    def reachable(self) -> bool:
        """Tell whether the PC accepts connections now."""
        ...


@dataclass(eq=False, slots=True)
class BarePc:
    """A PC without Windows: for tests of the wire alone.

    Attributes:
        powered: False closes the port.
    """

    name: str
    faults: list[Fault]
    ledger: list[tuple[str, str, float, float]]
    powered: bool = True

    def reachable(self) -> bool:
        """Tell whether it is on."""
        return self.powered
