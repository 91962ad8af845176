"""Opens sessions on devices: log in, open a runspace, close it again whatever happens.

- A session is one connection to one device, used by one thread, and always closed: a shell left
  open counts against the quota of the account.
- Secrets are read for each session and live in it alone.
- An account that several devices refuse is not tried on more (`credentials.AccountBrake`).
"""

from __future__ import annotations

import logging
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from orchestrator.adapters.credentials import AccountBrake
from orchestrator.adapters.psrp_definitions import Definitions, shipped
from orchestrator.adapters.psrp_faults import Phase, Where
from orchestrator.adapters.psrp_line import Line, Meter
from orchestrator.adapters.psrp_session import CLOSING, PsrpSession, bounded
from orchestrator.adapters.psrp_stock import StockTransport
from orchestrator.adapters.psrp_tls import tls_context
from orchestrator.adapters.psrp_transport import SocketTransport, Transport
from orchestrator.adapters.psrp_watchdog import Watchdog
from orchestrator.adapters.psrp_wsman import Pool, Wsman, quiet_loggers
from orchestrator.errors import DeviceError, SettingsInvalid

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from orchestrator.adapters.connection import ConnectionProfile
    from orchestrator.adapters.credentials import Credentials, Login
    from orchestrator.adapters.resolver import Resolver
    from orchestrator.domain.device import DeviceName

_log = logging.getLogger(__name__)

_PATIENCE = 15
"""Seconds an answer may be later than the device promised."""

_IDLE = 900
"""Seconds after which a device closes a session that nobody asks any more."""


class PsrpSessions:
    """Opens sessions over PSRP; see `usecases.ports.Sessions`."""

    def __init__(
        self,
        profile: ConnectionProfile,
        credentials: Credentials,
        resolver: Resolver,
        *,
        transport: str = "socket",
        operation_timeout: int = 60,
        connect_timeout: float = 10,
        grace: float = 2,
        max_answer_bytes: int = 4 * 1024 * 1024,
        max_call_bytes: int = 32 * 1024 * 1024,
        brake: AccountBrake | None = None,
        definitions: Definitions | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """Connect to nobody yet.

        Args:
            profile: how to log in.
            credentials: as whom; asked for each session.
            resolver: finds addresses.
            transport: ``socket``, ours, or ``stock``, that of pypsrp with its doors closed.
            operation_timeout: seconds after which a device answers even if it has nothing to say.
            connect_timeout: seconds for one address to take a connection.
            grace: seconds after a deadline in which the last answer may still come; devices count
                in whole seconds.
            max_answer_bytes: of one answer.
            max_call_bytes: of all answers to one call.
            brake: counts refusals of the account; one of its own when None.
            definitions: the module; the one that ships when None.
            monotonic: seconds that never jump.

        Raises:
            SettingsInvalid: there is no such transport.
        """
        if transport not in ("socket", "stock"):
            msg = f"{transport!r} is neither socket nor stock"
            raise SettingsInvalid(msg, where="connection.transport")
        quiet_loggers()
        self._profile = profile
        self._credentials = credentials
        self._resolver = resolver
        self._stock = transport == "stock"
        self._operation_timeout = operation_timeout
        self._connect_timeout = connect_timeout
        self._grace = grace
        self._max_answer = max_answer_bytes
        self._max_call = max_call_bytes
        self._brake = brake or AccountBrake()
        self._definitions = definitions or shipped()
        self._monotonic = monotonic
        self._watchdog = Watchdog(monotonic)

    @contextmanager
    def open(self, device: DeviceName, *, seconds: float) -> Iterator[PsrpSession]:
        """Log in to a device and open a runspace; see `usecases.ports.Sessions.open`."""
        host = str(device)
        login = self._credentials.login(self._profile.auth)
        where = Where(host)
        line = Line(
            self._profile.host_name(host),
            self._profile.tcp_port,
            self._resolver,
            connect_timeout=self._connect_timeout,
            grace=self._grace,
            monotonic=self._monotonic,
        )
        meter = Meter(max_answer=self._max_answer, max_call=self._max_call)
        transport = self._transport(line, meter, login)
        promised = max(1, min(self._operation_timeout, int(seconds)))
        wsman = Wsman(transport, operation_timeout=promised)
        pool = Pool(
            wsman,
            self._profile.configuration_name,
            idle_timeout=_IDLE,
            no_profile=not self._profile.constrained,
        )
        deadline = self._monotonic() + seconds
        try:
            with (
                self._brake.trying(login, host, seconds=seconds),
                bounded(line, where, self._watchdog, deadline),
            ):
                pool.open()
            wsman.operation_timeout = self._operation_timeout
            yield PsrpSession(
                pool,
                line,
                meter,
                where,
                self._watchdog,
                definitions=self._definitions,
                constrained=self._profile.constrained,
                operation_timeout=self._operation_timeout,
                monotonic=self._monotonic,
            )
        finally:
            self._close(pool, line, where)
            transport.close()
            line.close()

    def _transport(self, line: Line, meter: Meter, login: Login) -> Transport:
        read_timeout = self._operation_timeout + _PATIENCE
        if self._stock:
            return StockTransport(
                line,
                meter,
                self._profile,
                login,
                connect_timeout=self._connect_timeout,
                read_timeout=read_timeout,
            )
        tls = tls_context(self._profile, login)
        return SocketTransport(line, meter, self._profile, login, tls, read_timeout=read_timeout)

    def _close(self, pool: Pool, line: Line, where: Where) -> None:
        """Delete the shell so that it counts no more; a failure is logged and hides nothing.

        After a broken line the shell stays: what runs in it must not be killed half-way by a
        stranger to its state. The device drops it when it has been idle long enough.
        """
        if not pool.shell.opened:
            return
        if where.phase is Phase.RUN and not line.well:
            _log.warning("%s: the session was lost and ends by itself", where.host)
            return
        try:
            with bounded(line, where, self._watchdog, self._monotonic() + CLOSING):
                pool.close()
        except DeviceError as error:
            _log.warning("%s: the session could not be closed: %s", where.host, error)
