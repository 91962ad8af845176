"""pypsrp's own transport with its doors closed: a fallback, and the yardstick for ours.

As it comes it follows redirects and logs in where they lead, honours proxies, CA bundle and netrc
of the environment, repeats what timed out, and reads whatever length it is sent.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, TypeAlias

from pypsrp.wsman import _TransportHTTP
from requests.adapters import HTTPAdapter
from urllib3 import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.exceptions import NewConnectionError
from urllib3.util.retry import Retry

from orchestrator.adapters.psrp_accounts import spnego_account
from orchestrator.adapters.psrp_answer import Answer, read_answer
from orchestrator.adapters.psrp_transport import endpoint_of

if TYPE_CHECKING:
    import socket
    from collections.abc import Iterator

    from requests import PreparedRequest, Response, Session

    from orchestrator.adapters.connection import ConnectionProfile
    from orchestrator.adapters.credentials import Login
    from orchestrator.adapters.psrp_line import Line, Meter

Timeout: TypeAlias = int | float | tuple[int | float, int | float] | None

_CHUNK = 16384
_PATIENCE = 13
"""Seconds more than pypsrp waits by itself for an answer that the device promised."""


class StockTransport(_TransportHTTP):
    """The transport of pypsrp on `requests`, kept to one device."""

    def __init__(
        self,
        line: Line,
        meter: Meter,
        profile: ConnectionProfile,
        login: Login,
        *,
        connect_timeout: float,
        read_timeout: float,
    ) -> None:
        """Connect to nobody yet; arguments as for `SocketTransport`."""
        username, password = spnego_account(login)
        super().__init__(
            line.host,
            port=profile.tcp_port,
            username=username,  # type: ignore[arg-type] # handed on to pyspnego as it is
            password=password,
            ssl=profile.scheme == "https",
            auth=login.kind.value,
            cert_validation=str(profile.ca_file) if profile.ca_file else True,  # type: ignore[arg-type] # or a path
            connection_timeout=math.ceil(connect_timeout),
            encryption="always" if profile.sealed else "auto",
            no_proxy=True,
            read_timeout=math.ceil(read_timeout),
            certificate_pem=login.certificate or None,
            certificate_key_pem=login.key or None,
            certificate_key_password=login.key_password or None,
            negotiate_service=profile.service,
        )
        self.endpoint = endpoint_of(profile, line.host)
        self._line = line
        self._meter = meter

    def send(
        self,
        message: bytes,
        *,
        retries_on_read_timeout: int = 0,  # noqa: ARG002 - nothing is sent twice
        timeout: Timeout = None,
    ) -> bytes:
        """Post a SOAP message once and return the answer's."""
        patience = timeout + _PATIENCE if isinstance(timeout, int | float) else timeout
        answer: bytes = super().send(message, retries_on_read_timeout=0, timeout=patience)
        return answer

    def close(self) -> None:
        """Hang up."""
        super().close()
        self._line.close()

    def _build_session(self) -> Session:
        session = super()._build_session()
        session.trust_env = False
        session.proxies = {}
        session.verify = self.cert_validation
        session.max_redirects = 0
        key_password = self.certificate_key_password
        for scheme in ("http://", "https://"):
            session.mount(scheme, _Adapter(self._line, self._meter, key_password))
        return session

    def _send_request(self, request: PreparedRequest, timeout: Timeout = None) -> bytes:
        most = timeout if isinstance(timeout, int | float) else self.read_timeout
        waits = (self.connection_timeout, self._line.left(most))
        session = self.session or self._build_session()
        response = session.send(request, timeout=waits)
        answer = Answer(
            response.status_code, response.headers.get("content-type", ""), "", response.content
        )
        return read_answer(answer, self.encryption if self.wrap_required else None)


class _Adapter(HTTPAdapter):
    """Dials through the line and measures what comes."""

    def __init__(self, line: Line, meter: Meter, key_password: str | None) -> None:
        self._meter = meter
        self._line = line
        self._key_password = key_password
        self._connections: list[HTTPConnection] = []
        super().__init__(max_retries=Retry(0, read=False))

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 - requests' own
        """Make pools whose connections are dialled by the line."""
        if self._key_password:
            kwargs["key_password"] = self._key_password
        super().init_poolmanager(*args, **kwargs)
        share = self._share

        class Plain(HTTPConnection):
            def _new_conn(self) -> socket.socket:
                return share(self)

        class Secured(HTTPSConnection):
            def _new_conn(self) -> socket.socket:
                return share(self)

        class PlainPool(HTTPConnectionPool):
            ConnectionCls = Plain

        class SecuredPool(HTTPSConnectionPool):
            ConnectionCls = Secured

        # an instance's own table; urllib3 shares the one it replaces among all managers
        pools = {"http": PlainPool, "https": SecuredPool}
        self.poolmanager.pool_classes_by_scheme = pools

    def send(
        self,
        request: PreparedRequest,
        *args: Any,  # noqa: ANN401 - requests' own
        **kwargs: Any,  # noqa: ANN401 - requests' own
    ) -> Response:
        """Post through the line, and count."""
        body = request.body
        self._meter.ask(len(body) if isinstance(body, bytes) else 0)
        response = super().send(request, *args, **kwargs)
        response.raw.stream = self._measured(response.raw.stream)  # type: ignore[method-assign] # the one place all bodies pass
        return response

    def _measured(self, stream: Any) -> Any:  # noqa: ANN401 - urllib3's method
        def measured(amount: int = _CHUNK, **options: Any) -> Iterator[bytes]:  # noqa: ANN401 - urllib3's
            for piece in stream(min(amount, _CHUNK), **options):
                self._meter.take(len(piece))
                self._line.left(1)
                yield piece

        return measured

    def close(self) -> None:
        """Hang up, also where an answer was not read to its end."""
        super().close()
        for connection in self._connections:
            connection.close()
        self._connections.clear()

    def _share(self, connection: HTTPConnection) -> socket.socket:
        """Dial, and let the line keep a handle of its own: TLS takes the connection over unseen."""
        try:
            made = self._line.dial()
        except OSError as error:
            raise NewConnectionError(connection, str(error)) from error
        self._line.swap(made, made.dup())
        self._connections.append(connection)
        return made
