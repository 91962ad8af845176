"""One open runspace: functions of the module called by name, one at a time, under a deadline.

- Values are parameters, never script text. The definitions of the functions a call needs go
  before it in the same pipeline, once a session; an endpoint that has the module gets none.
- From the moment a command is sent until its end is seen, a broken line is `OutcomeUnknown`.
- A function whose time is over is stopped while the line is well, and left alone otherwise.
"""

from __future__ import annotations

import logging
import math
import re
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pypsrp.complex_objects import PSInvocationState
from pypsrp.exceptions import WinRMTransportError, WSManFaultError

from orchestrator.adapters.psrp_definitions import not_offered
from orchestrator.adapters.psrp_faults import Phase, Where, translated
from orchestrator.adapters.psrp_pipeline import pipeline
from orchestrator.adapters.psrp_values import from_wire, to_wire
from orchestrator.errors import DeadlineExceeded, DeviceError, ScriptFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from pypsrp.powershell import PowerShell

    from orchestrator.adapters.psrp_definitions import Definitions
    from orchestrator.adapters.psrp_line import Line, Meter
    from orchestrator.adapters.psrp_watchdog import Watchdog
    from orchestrator.adapters.psrp_wsman import Pool
    from orchestrator.usecases.ports import Parameter

_log = logging.getLogger(__name__)

_OURS = "Enrollmend."
_NO_COMMAND = "CommandNotFoundException"
_ENDED = (PSInvocationState.COMPLETED, PSInvocationState.FAILED, PSInvocationState.STOPPED)
_LONGEST = 300

CLOSING = 5.0
"""Seconds that stopping a function or closing a session may take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """What a session sent and got so far.

    Attributes:
        messages: HTTP requests, those of the login included.
        sent, received: bytes of their bodies.
        definitions: characters of function definitions among what was sent.
    """

    messages: int
    sent: int
    received: int
    definitions: int


class PsrpSession:
    """An open runspace on one device.

    Attributes:
        notes: errors the functions wrote without ending; ``id: message``, oldest first.
    """

    def __init__(
        self,
        pool: Pool,
        line: Line,
        meter: Meter,
        where: Where,
        watchdog: Watchdog,
        *,
        definitions: Definitions,
        constrained: bool,
        operation_timeout: int,
        monotonic: Callable[[], float],
    ) -> None:
        """Take over an open pool."""
        self.notes: list[str] = []
        self._pool = pool
        self._line = line
        self._meter = meter
        self._where = where
        self._watchdog = watchdog
        self._module = definitions
        self._constrained = constrained
        self._operation_timeout = operation_timeout
        self._monotonic = monotonic
        self._sent: set[str] = set()
        self._ended: PowerShell | None = None
        self._definitions = 0

    @property
    def traffic(self) -> Traffic:
        """What travelled so far."""
        return Traffic(
            messages=self._meter.messages,
            sent=self._meter.sent,
            received=self._meter.received,
            definitions=self._definitions,
        )

    def invoke(
        self,
        function: str,
        parameters: Mapping[str, Parameter],
        *,
        seconds: float,
        on_object: Callable[[dict[str, object]], None] | None = None,
    ) -> list[dict[str, object]]:
        """Call a function of the module by name; see `usecases.ports.Session.invoke`."""
        shell = self._pipeline(function, parameters)
        self._free()
        objects: list[dict[str, object]] = []
        deadline = self._monotonic() + seconds
        self._meter.begin_call()
        try:
            with self._bounded(deadline):
                self._begin(shell)
            while shell.state == PSInvocationState.RUNNING:
                left = deadline - self._monotonic()
                if left <= 0:
                    msg = f"{function} was still running after {seconds:g} seconds and was stopped"
                    raise DeadlineExceeded(msg, host=self._where.host, hint="look before repeating")
                with self._bounded(deadline):
                    shell.poll_invoke(timeout=min(self._operation_timeout, math.ceil(left)))
                for value in shell.output[len(objects) :]:
                    objects.append(from_wire(value, host=self._where.host))
                    if on_object is not None:
                        on_object(objects[-1])
            self._judge(function, shell, wrote=bool(objects))
            self._sent.update(self._module.needed(function))
        finally:
            self._finish(shell)
        return objects

    def _pipeline(self, function: str, parameters: Mapping[str, Parameter]) -> PowerShell:
        """Make the pipeline: missing definitions, then the call."""
        missing = [name for name in self._module.needed(function) if name not in self._sent]
        texts = [] if self._constrained else [self._module.text(name) for name in missing]
        self._definitions += sum(len(text) for text in texts)
        return pipeline(self._pool, texts, function, to_wire(parameters))

    def _begin(self, shell: PowerShell) -> None:
        self._where.phase = Phase.RUN
        shell.begin_invoke()

    def _judge(self, function: str, shell: PowerShell, *, wrote: bool) -> None:
        """Raise the error that ended the function, or note those that did not.

        In a pipeline of several statements Windows may report a terminating error as an ordinary
        one, the pipeline as completed. An id of ours, or an error in place of any object, is
        therefore an end.
        """
        errors = [_Failure.of(record) for record in shell.streams.error]
        failed = shell.state != PSInvocationState.COMPLETED
        ours = [error for error in errors if error.id.startswith(_OURS)]
        if failed or ours or (errors and not wrote):
            end = (ours or errors or [_Failure("", "it says no reason")])[-1]
            if self._constrained and end.id == _NO_COMMAND and _names(end.message, function):
                msg = f"the PC's endpoint does not offer the function {function}"
                raise not_offered(msg, host=self._where.host)
            msg = f"{function} failed: {end.message}"
            raise ScriptFailed(msg, host=self._where.host, code=end.id)
        for error in errors:
            self.notes.append(f"{error.id}: {error.message}")
            _log.info("%s: %s noted %s", self._where.host, function, error.id)

    def _finish(self, shell: PowerShell) -> None:
        """Stop what still runs, on a line that is well; never raise."""
        if shell.state in _ENDED:
            self._where.phase = Phase.OPEN
            self._ended = shell
        elif shell.state == PSInvocationState.RUNNING and self._line.well:
            self._quietly(shell.stop)

    def _free(self) -> None:
        """Give back the slot of the call before; the last one's goes with the shell."""
        if self._ended is not None and self._line.well:
            self._quietly(self._ended.close)
        self._ended = None

    def _quietly(self, tidy: Callable[[], None]) -> None:
        try:
            with self._bounded(self._monotonic() + CLOSING):
                tidy()
        except DeviceError as error:
            _log.warning("%s: a function could not be closed: %s", self._where.host, error)

    @contextmanager
    def _bounded(self, deadline: float) -> Iterator[None]:
        with bounded(self._line, self._where, self._watchdog, deadline):
            yield


@contextmanager
def bounded(line: Line, where: Where, watchdog: Watchdog, deadline: float) -> Iterator[None]:
    """Run one exchange under a deadline, and translate what leaves it."""
    line.deadline = deadline
    with translated(where):
        try:
            with watchdog.watch(line, line.last_moment):
                yield
        except Exception as error:
            where.over = line.is_over
            # a fault or a status is an answer: the line is as good as before
            line.well = isinstance(error, WSManFaultError | WinRMTransportError)
            raise


def _names(message: str, function: str) -> bool:
    """Whether a message, in whatever language, holds the name of a function as a word."""
    word = rf"(?<![\w-]){re.escape(function)}(?![\w-])"
    return re.search(word, message, re.IGNORECASE) is not None


@dataclass(frozen=True, slots=True)
class _Failure:
    """An error record, cut to what an operator reads."""

    id: str
    message: str

    @classmethod
    def of(cls, record: object) -> _Failure:
        """Read id and message; the message of our own errors is ours, of others Windows'."""
        error_id = str(getattr(record, "fq_error", "") or "").split(",", maxsplit=1)[0]
        exception = getattr(record, "exception", None)
        told = getattr(exception, "adapted_properties", {}).get("Message") if exception else None
        text = str(getattr(record, "details_message", None) or told or record)
        line = " ".join("".join(c if c.isprintable() else " " for c in text).split())
        return cls(error_id[:120], line if len(line) <= _LONGEST else line[: _LONGEST - 3] + "...")
