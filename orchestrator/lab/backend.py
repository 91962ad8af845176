"""The seam between the wire and what runs scripts, and the wire's view of a PC.

- A backend is asked on the loop's own thread and answers at once: nothing here waits. Time that a
  script lets pass is virtual and comes out as the `offset` of its records.
- What crosses the seam are the evaluator's own statements, records, results and values.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from orchestrator.lab.faults import Fault
    from orchestrator.lab.powershell import Record, Result, Statement

DEFAULT_CONFIGURATION = "Microsoft.PowerShell"
JEA_CONFIGURATION = "Enrollment"


Emit = Callable[["Record"], None]


class BackendShell(Protocol):
    """One runspace on one PC."""

    def run(self, statements: Sequence[Statement], inputs: Sequence[object], emit: Emit) -> Result:
        """Run a pipeline to its end.

        Args:
            statements: what the client sent.
            inputs: pipeline input.
            emit: takes each record; its offset is in virtual seconds since the pipeline began.

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
