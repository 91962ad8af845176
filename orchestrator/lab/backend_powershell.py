"""The backend of the product: the evaluator on a simulated PC.

What must always be true here:

- one session has one seat and one runspace; functions defined in one pipeline serve the next;
- an endpoint of the JEA kind has the shipped module loaded and shows its public functions only
  (Microsoft: JEA, SessionType RestrictedRemoteServer);
- the time of a record is the time of its seat, so that waiting for a program counts like sleeping.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator import module
from orchestrator.lab.backend import DEFAULT_CONFIGURATION, JEA_CONFIGURATION
from orchestrator.lab.device import Device
from orchestrator.lab.device_seat import Seat
from orchestrator.lab.powershell import Record, Result, Runspace, SessionKilled

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from orchestrator.lab.backend import Emit, Target
    from orchestrator.lab.powershell import Coverage, Statement

CONFIGURATION_32 = "Microsoft.PowerShell32"
_RESTRICTED = (
    "Get-Command",
    "Measure-Object",
    "Select-Object",
)


class PowerShellBackend:
    """Runs scripts on `Device`s.

    Attributes:
        coverage: collects which lines of the scripts ran.
    """

    def __init__(self, coverage: Coverage | None = None) -> None:
        """Know the collector, if there is one."""
        self.coverage = coverage

    def configurations(self, device: Target) -> Sequence[str]:
        """Offer the default endpoints and ours."""
        del device
        return DEFAULT_CONFIGURATION, CONFIGURATION_32, JEA_CONFIGURATION

    def open(self, device: Target, configuration: str) -> PowerShellShell:
        """Make a session.

        Raises:
            TypeError: the PC has no Windows.
        """
        if not isinstance(device, Device):
            message = f"{device.name} is not a simulated Windows PC"
            raise TypeError(message)
        restricted = configuration == JEA_CONFIGURATION
        seat = Seat(device, "admin", bits=32 if configuration == CONFIGURATION_32 else 0)
        runspace = Runspace(
            seat,
            language_mode="NoLanguage" if restricted else device.host.language_mode,
            visible=(*module.PUBLIC_FUNCTIONS, *_RESTRICTED) if restricted else None,
            coverage=self.coverage,
        )
        if restricted:
            for function in module.functions().values():
                runspace.load(function.text)
        return PowerShellShell(device, seat, runspace)


class PowerShellShell:
    """One session on one PC."""

    def __init__(self, device: Device, seat: Seat, runspace: Runspace) -> None:
        self._device = device
        self._seat = seat
        self._runspace = runspace

    def close(self) -> None:
        """Leave the seat; mutexes it holds are abandoned."""
        self._seat.close()

    def run(self, statements: Sequence[Statement], inputs: Sequence[object], emit: Emit) -> Result:
        """Run a pipeline.

        Raises:
            SessionKilled: the session died under it.
        """
        self._device.settle()
        began = self._seat.lab_now()

        def timed(record: Record) -> None:
            emit(Record(record.stream, record.value, max(record.offset, self._since(began))))

        result = self._runspace.invoke(statements, timed, piped=inputs or None)
        if self._seat.killed():
            message = "the session was killed"
            raise SessionKilled(message)
        return Result(result.state, result.error, max(result.elapsed, self._since(began)))

    def _since(self, began: datetime) -> float:
        pace = self._device.pace
        return (self._seat.lab_now() - began).total_seconds() / pace if pace else 0.0
