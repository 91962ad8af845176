"""A shell on a simulated PC and the commands that run in it.

What must always be true here:

- a pipeline is run at once, in virtual time; its records leave when ``offset * pace`` real seconds
  have passed, on one timer a command;
- a Receive is answered at once when something waits, otherwise when something comes or its time
  is up; a repeated Receive with the same message id gets the identical answer;
- every pipeline leaves one line in the PC's ledger, whatever ended it.
"""

from __future__ import annotations

import logging
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from orchestrator.lab import soap, soap_faults
from orchestrator.lab.endpoint import Asked, Opened, Pool, ProtocolError
from orchestrator.lab.powershell import ErrorRecord, NetException, Result, SessionKilled

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from orchestrator.lab.backend import BackendShell, Target
    from orchestrator.lab.endpoint.pool import Event
    from orchestrator.lab.http_connection import Exchange
    from orchestrator.lab.powershell import Record
    from orchestrator.lab.soap import Request

log = logging.getLogger(__name__)


_OVERHEAD = 4096


@dataclass(eq=False, slots=True)
class Running:
    """A command of a shell.

    Attributes:
        ended: how it ended, once its last record was queued.
        told: whether the client was told that it ended.
    """

    command_id: str
    asked: Asked | None = None
    inputs: list[object] = field(default_factory=list)
    records: deque[Record] = field(default_factory=deque)
    result: Result | None = None
    began: float = 0.0
    timer: asyncio.TimerHandle | None = None
    ended: bool = False
    told: bool = False

    @property
    def kind(self) -> str:
        """What the ledger calls it: its last command's name, or ``script``."""
        last = (
            self.asked.statements[-1].commands[-1] if self.asked and self.asked.statements else None
        )
        return "script" if last is None or last.is_script else last.text


@dataclass(eq=False, slots=True)
class Waiter:
    """A Receive that waits for output."""

    exchange: Exchange
    request: Request
    timer: asyncio.TimerHandle


class Shell:
    """One shell.

    Attributes:
        state: ``Connected`` or ``Disconnected``.
        touched: loop time of the last use.
        rebooted: the PC went down under the session.
    """

    def __init__(
        self,
        shell_id: str,
        resource: str,
        account: str,
        *,
        device: Target,
        backend: BackendShell,
        loop: asyncio.AbstractEventLoop,
        pace: float,
        idle_timeout: float,
        cold: bool,
        message_id: Callable[[], str],
        on_killed: Callable[[Shell], None],
    ) -> None:
        self.shell_id = shell_id
        self.resource = resource
        self.account = account
        self.idle_timeout = idle_timeout
        self.state = "Connected"
        self.pool = Pool(cold=cold)
        self.commands: dict[str, Running] = {}
        self.receives = 0
        self.made = self.touched = loop.time()
        self.rebooted = False
        self._device = device
        self._backend = backend
        self._loop = loop
        self._pace = pace
        self._message_id = message_id
        self._on_killed = on_killed
        self._waiters: dict[str, Waiter] = {}
        self._last: dict[str, tuple[str, str]] = {}

    # -- in -----------------------------------------------------------------------------------

    def feed(self, data: bytes, command_id: str) -> None:
        """Take PSRP fragments; a pipeline that is complete starts on the spot.

        Raises:
            ProtocolError: they cannot be read, and there is no command that could fail by it.
        """
        running = self.commands.get(command_id)
        try:
            events = self.pool.feed(data, command_id)
            for event in events:
                self._on(event)
        except ProtocolError as error:
            if running is None or running.ended:
                raise
            self._fail(running, str(error))
        self.serve(command_id)
        if command_id:
            self.serve("")

    def _fail(self, running: Running, text: str) -> None:
        running.began = running.began or self._loop.time()
        running.result = Result("Failed", _error("Lab.Protocol", text))
        self.pool.finish(running.command_id, running.result)
        running.ended = True
        self._note(running)

    def _on(self, event: Event) -> None:
        if isinstance(event, Opened):
            return
        running = self.commands.get(event.command_id)
        if running is None:
            message = "a pipeline's message came for no pipeline"
            raise ProtocolError(message)
        if isinstance(event, Asked):
            running.asked = event
            if not event.inputs:
                self._start(running)
        elif event.end and running.asked is not None:
            self._start(running)
        elif not event.end:
            running.inputs.append(event.value)

    def command(self, command_id: str) -> Running:
        """Make a command known.

        Raises:
            ProtocolError: its id is not a GUID.
        """
        self.pool.expect(command_id)
        running = Running(command_id)
        self.commands[command_id] = running
        return running

    # -- running ------------------------------------------------------------------------------

    def _start(self, running: Running) -> None:
        asked = running.asked
        if asked is None or running.result is not None:
            return
        running.began = self._loop.time()
        if asked.refused:
            running.result = Result(
                "Failed", _error("Lab.Refusal", f"not modelled: {asked.refused}")
            )
        else:
            try:
                running.result = self._backend.run(
                    asked.statements, running.inputs, running.records.append
                )
            except SessionKilled:
                # shown when the time of the last record has come; by then the PC may be back
                running.result = None
                self.rebooted = not self._device.reachable()
            except Exception as error:
                log.exception("%s: the backend failed", self._device.name)
                text = f"the lab failed: {type(error).__name__}: {error}"
                running.result = Result("Failed", _error("Lab.Failure", text))
        self._pump(running)

    def _pump(self, running: Running) -> None:
        """Queue every record whose time has come, then wait for the next one's."""
        running.timer = None
        now = self._loop.time()
        records = running.records
        while records:
            due = running.began + records[0].offset * self._pace
            if due > now:
                running.timer = self._loop.call_at(due, self._pump, running)
                break
            self.pool.emit(running.command_id, records.popleft())
        else:
            self._end(running, now)
        self.serve(running.command_id)

    def _end(self, running: Running, now: float) -> None:
        if running.result is None:
            self._note(running)
            self._on_killed(self)
            return
        due = running.began + running.result.elapsed * self._pace
        if due > now:
            running.timer = self._loop.call_at(due, self._pump, running)
            return
        self.pool.finish(running.command_id, running.result)
        running.ended = True
        self._note(running)

    def _note(self, running: Running) -> None:
        line = (running.kind, self.shell_id, running.began, self._loop.time())
        self._device.ledger.append(line)

    def stop(self, command_id: str) -> None:
        """Stop a command; what it has not sent yet is lost."""
        running = self.commands[command_id]
        if running.ended or running.asked is None:
            return
        if running.timer is not None:
            running.timer.cancel()
        running.records.clear()
        running.result = Result("Stopped")
        self.pool.finish(command_id, running.result)
        running.ended = True
        self._note(running)
        self.serve(command_id)

    def terminate(self, command_id: str) -> None:
        """Drop a command; a Receive that still waits for it is aborted."""
        self.stop(command_id)
        self.commands.pop(command_id, None)
        self.pool.forget(command_id)
        self._last.pop(command_id, None)
        waiter = self._waiters.pop(command_id, None)
        if waiter is not None:
            self._abort(waiter, soap_faults.ABORTED)

    def close(self) -> None:
        """End the shell with everything in it."""
        for running in self.commands.values():
            if running.timer is not None and not running.ended:
                running.timer.cancel()
                running.ended = True
                self._note(running)
        for waiter in list(self._waiters.values()):
            self._abort(waiter, soap_faults.ABORTED)
        self._waiters.clear()
        self._backend.close()

    # -- out ----------------------------------------------------------------------------------

    def receive(self, exchange: Exchange, request: Request) -> None:
        """Take a Receive."""
        stream = request.command_id
        last = self._last.get(stream)
        if last is not None and last[0] == request.message_id:
            exchange.answer(last[1])
            return
        running = self.commands.get(stream)
        if stream and (running is None or running.told):
            self.refuse(exchange, request, soap_faults.COMMAND_GONE)
            return
        before = self._waiters.pop(stream, None)
        if before is not None:
            self._abort(before, soap_faults.ABORTED)
        timer = self._loop.call_later(request.timeout, self._expire, stream)
        self._waiters[stream] = Waiter(exchange, request, timer)
        self.serve(stream)

    def serve(self, stream: str) -> None:
        """Answer the Receive that waits on a stream, if there is something to say."""
        waiter = self._waiters.get(stream)
        if waiter is None:
            return
        if not waiter.exchange.alive:
            waiter.timer.cancel()
            del self._waiters[stream]
            return
        running = self.commands.get(stream)
        ended = running is not None and running.ended
        if not self.pool.waits(stream) and not ended:
            return
        budget = max(0, waiter.request.max_envelope - _OVERHEAD) * 3 // 4
        fragments = self.pool.take(stream, budget)
        done = ended and not self.pool.waits(stream)
        if not fragments and not done:
            return
        waiter.timer.cancel()
        del self._waiters[stream]
        if running is not None:
            running.told = done
        text = soap.received(waiter.request, self._message_id(), fragments, done=done)
        self._last[stream] = (waiter.request.message_id, text)
        self.receives += 1
        waiter.exchange.answer(text)

    def _expire(self, stream: str) -> None:
        waiter = self._waiters.pop(stream, None)
        if waiter is not None:
            self.refuse(waiter.exchange, waiter.request, soap_faults.TIMED_OUT)

    def _abort(self, waiter: Waiter, kind: soap_faults.FaultKind) -> None:
        waiter.timer.cancel()
        self.refuse(waiter.exchange, waiter.request, kind)

    def refuse(self, exchange: Exchange, request: Request, kind: soap_faults.FaultKind) -> None:
        """Answer with a fault about this shell."""
        words = {"shell": self.shell_id} if kind is soap_faults.GONE else {}
        name = self._device.name
        text = soap_faults.fault(kind, request.message_id, self._message_id(), name, **words)
        exchange.answer(text, 500)


def _error(error_id: str, text: str) -> ErrorRecord:
    exception = NetException("System.Management.Automation.RuntimeException", text)
    return ErrorRecord(exception, error_id, "NotImplemented")
