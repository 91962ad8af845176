"""The WinRM service of one simulated PC: operations on its shells, quotas, faults by order.

Operations and their answers: [MS-WSMV] 3.1.4; quotas: Microsoft: installation and configuration
for Windows Remote Management.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.lab import soap, soap_faults
from orchestrator.lab.endpoint import ProtocolError
from orchestrator.lab.faults import (
    DropInReceive,
    Fault,
    HalfAnswer,
    Hang,
    HttpStatus,
    MalformedXml,
    Oversized,
    QuotaFault,
    WsmanFault,
    find,
    strike,
)
from orchestrator.lab.wsman_shell import Shell

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable

    from orchestrator.lab.backend import Backend, Target
    from orchestrator.lab.http_connection import Exchange
    from orchestrator.lab.soap import Request

log = logging.getLogger(__name__)

_SPOILERS: tuple[type[Fault], ...] = (HalfAnswer, MalformedXml, Oversized)
_MEMORY = "46MB"


@dataclass(frozen=True, slots=True)
class Limits:
    """What the service grants.

    Attributes:
        shells: concurrent shells a user (Microsoft: 25 for ``microsoft.powershell``).
        commands: commands a shell that were not terminated
            (Microsoft: MaxConcurrentCommandsPerShell).
        idle_timeout: seconds a shell may rest unless the client asks for another time.
    """

    shells: int = 25
    commands: int = 1000
    idle_timeout: float = 7200.0


class ShellService:
    """The shells of one PC.

    Attributes:
        opened: how many shells were ever opened.
    """

    def __init__(
        self,
        device: Target,
        backend: Backend,
        loop: asyncio.AbstractEventLoop,
        *,
        pace: float,
        limits: Limits,
        message_id: Callable[[], str],
        on_reboot: Callable[[], None],
    ) -> None:
        self.device = device
        self.shells: dict[str, Shell] = {}
        self.opened = 0
        self._backend = backend
        self._loop = loop
        self._pace = pace
        self._limits = limits
        self._message_id = message_id
        self._on_reboot = on_reboot

    def handle(self, exchange: Exchange, body: bytes) -> None:
        """Answer one request, now or later."""
        try:
            request = soap.parse(body)
        except soap.NotWsman:
            self._refuse(exchange, "uuid:unknown", soap_faults.NOT_WSMAN)
            return
        if self._struck(exchange, request):
            return
        if not exchange.account.admin:
            self._refuse(exchange, request.message_id, soap_faults.ACCESS_DENIED)
            return
        try:
            self._operate(exchange, request)
        except ProtocolError as error:
            log.warning("%s: %s: %s", self.device.name, request.action, error)
            self._refuse(exchange, request.message_id, soap_faults.NOT_WSMAN)
        except Exception as error:
            # the lab's own mistake: told to the client, for a test must not look like a lost line
            log.exception("%s: %s failed", self.device.name, request.action)
            text = f"The lab failed: {type(error).__name__}: {error}"
            kind = soap_faults.FaultKind(code=1359, subcode="w:InternalError", text=text)
            self._refuse(exchange, request.message_id, kind)

    def _operate(self, exchange: Exchange, request: Request) -> None:
        if request.action == "Create":
            self._create(exchange, request)
            return
        if request.action == "Enumerate":
            self._enumerate(exchange, request)
            return
        shell = self._find(request.shell_id)
        if shell is None or (shell.account != exchange.account.name):
            self._refuse(exchange, request.message_id, soap_faults.GONE, shell=request.shell_id)
            return
        shell.touched = self._loop.time()
        known = not request.command_id or request.command_id in shell.commands
        if not known and request.action in ("Send", "Receive", "Connect"):
            self._refuse(exchange, request.message_id, soap_faults.COMMAND_GONE)
            return
        if shell.state == "Disconnected" and request.action in ("Command", "Send", "Receive"):
            self._refuse(exchange, request.message_id, soap_faults.DISCONNECTED)
            return
        self._operate_on(shell, exchange, request)

    def _operate_on(self, shell: Shell, exchange: Exchange, request: Request) -> None:
        answer = self._message_id
        match request.action:
            case "Command":
                self._command(shell, exchange, request)
            case "Send":
                exchange.answer(soap.plain(request, answer(), "<rsp:SendResponse/>"))
                shell.feed(request.payload, request.command_id)
            case "Receive":
                shell.receive(exchange, request)
            case "Signal":
                self._signal(shell, request)
                exchange.answer(soap.plain(request, answer(), "<rsp:SignalResponse/>"))
            case "Delete":
                self.remove(shell)
                exchange.answer(soap.plain(request, answer()))
            case "Get":
                view = self._view(shell, exchange, memory=_MEMORY)
                exchange.answer(soap.plain(request, answer(), soap.shell_xml(view)))
            case "Disconnect":
                shell.state = "Disconnected"
                shell.idle_timeout = request.idle_timeout or shell.idle_timeout
                exchange.answer(soap.plain(request, answer()))
            case "Reconnect":
                shell.state = "Connected"
                exchange.answer(soap.plain(request, answer()))
            case "Connect":
                data = b"" if request.command_id else shell.pool.connect(request.payload)
                shell.state = "Connected"
                exchange.answer(soap.connected(request, answer(), data))
            case _:
                self._refuse(exchange, request.message_id, soap_faults.NOT_WSMAN)

    # -- operations ---------------------------------------------------------------------------

    def _create(self, exchange: Exchange, request: Request) -> None:
        wanted = request.resource.removeprefix(soap.POWERSHELL + "/")
        offered = {name.lower(): name for name in self._backend.configurations(self.device)}
        configuration = offered.get(wanted.lower())
        if configuration is None:
            self._refuse(exchange, request.message_id, soap_faults.NO_RESOURCE)
            return
        self._expire()
        mine = [item for item in self.shells.values() if item.account == exchange.account.name]
        if len(mine) >= self._limits.shells:
            limit = self._limits.shells
            self._refuse(exchange, request.message_id, soap_faults.SHELL_QUOTA, limit=limit)
            return
        self.opened += 1
        shell = Shell(
            request.shell_id or self._message_id(),
            f"{soap.POWERSHELL}/{configuration}",
            exchange.account.name,
            device=self.device,
            backend=self._backend.open(self.device, configuration),
            loop=self._loop,
            pace=self._pace,
            idle_timeout=request.idle_timeout or self._limits.idle_timeout,
            cold=self.opened % 3 == 0,
            message_id=self._message_id,
            on_killed=self._killed,
        )
        shell.feed(request.payload, "")
        self.shells[shell.shell_id] = shell
        view = self._view(shell, exchange)
        exchange.answer(soap.created(request, self._message_id(), view, exchange.url))

    def _command(self, shell: Shell, exchange: Exchange, request: Request) -> None:
        if len(shell.commands) >= self._limits.commands:
            self._refuse(exchange, request.message_id, soap_faults.OPERATION_QUOTA)
            return
        shell.command(request.command_id)
        exchange.answer(soap.command_created(request, self._message_id()))
        shell.feed(request.payload, request.command_id)

    @staticmethod
    def _signal(shell: Shell, request: Request) -> None:
        if request.command_id not in shell.commands:
            return  # community: Windows answers a Terminate of an ended command all the same
        if request.signal.lower().endswith("/terminate"):
            shell.terminate(request.command_id)
        else:
            shell.stop(request.command_id)

    def _enumerate(self, exchange: Exchange, request: Request) -> None:
        self._expire()
        items: list[str] = []
        if request.resource.lower().endswith("/shell/command"):
            shell = self.shells.get(request.filter_shell)
            if shell is not None and shell.account == exchange.account.name:
                items = [soap.command_xml(shell.shell_id, name) for name in shell.commands]
        else:
            items = [
                soap.shell_xml(self._view(shell, exchange, memory=_MEMORY))
                for shell in self.shells.values()
                if shell.account == exchange.account.name
            ]
        exchange.answer(soap.enumerated(request, self._message_id(), items))

    # -- the rest -----------------------------------------------------------------------------

    def _struck(self, exchange: Exchange, request: Request) -> bool:
        """Let the faults that were ordered for the wire strike; tell whether one answered."""
        faults, action = self.device.faults, request.action
        if not faults:
            return False
        for spoiler in _SPOILERS:
            exchange.mangle = exchange.mangle or strike(faults, spoiler, action=action)
        if strike(faults, Hang, action=action) is not None:
            return True
        status = strike(faults, HttpStatus, action=action)
        if status is not None:
            exchange.send(status.status)
            return True
        quota = strike(faults, QuotaFault) if action == "Create" else None
        if quota is not None:
            kind = soap_faults.of_code(quota.code, "A quota was exceeded. ")
            self._refuse(exchange, request.message_id, kind, limit=self._limits.shells)
            return True
        ordered = strike(faults, WsmanFault, action=action)
        if ordered is not None:
            kind = soap_faults.FaultKind(
                code=ordered.code, subcode="w:InternalError", text=ordered.message
            )
            self._refuse(exchange, request.message_id, kind)
            return True
        drop = find(faults, DropInReceive) if action == "Receive" else None
        shell = self.shells.get(request.shell_id)
        if drop is not None and shell is not None and shell.receives >= drop.after:
            strike(faults, DropInReceive)
            self._loop.call_soon(exchange.cut)
            return True
        return False

    def _find(self, shell_id: str) -> Shell | None:
        self._expire()
        return self.shells.get(shell_id)

    def _expire(self) -> None:
        """Drop the shells nobody used for their idle time."""
        now = self._loop.time()
        for shell in list(self.shells.values()):
            busy = any(not item.ended for item in shell.commands.values())
            if not busy and now - shell.touched > shell.idle_timeout:
                self.remove(shell)

    def remove(self, shell: Shell) -> None:
        """End a shell."""
        self.shells.pop(shell.shell_id, None)
        shell.close()

    def _killed(self, shell: Shell) -> None:
        """Take away a shell whose session died under a command, and the PC if it restarts."""
        if shell.rebooted:
            self._on_reboot()
        if shell.shell_id in self.shells:
            self.remove(shell)

    def clear(self) -> None:
        """End all shells, as a restart does."""
        for shell in list(self.shells.values()):
            self.remove(shell)

    def _view(self, shell: Shell, exchange: Exchange, memory: str = "") -> soap.ShellView:
        now = self._loop.time()
        return soap.ShellView(
            shell_id=shell.shell_id,
            resource=shell.resource,
            owner=shell.account,
            client=exchange.client,
            process_id=1000 + 4 * (int(shell.shell_id[:4], 16) if shell.shell_id else 0),
            idle_timeout=shell.idle_timeout,
            state=shell.state,
            age=now - shell.made,
            inactivity=now - shell.touched,
            memory=memory,
        )

    def _refuse(
        self, exchange: Exchange, message_id: str, kind: soap_faults.FaultKind, **words: object
    ) -> None:
        name = self.device.name
        known = {key: value for key, value in words.items() if f"{{{key}}}" in kind.text}
        text = soap_faults.fault(kind, message_id, self._message_id(), name, **known)
        exchange.answer(text, 500)
