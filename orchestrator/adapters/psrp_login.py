"""Proving the account on one connection, over our own sockets.

Negotiate begins with a token instead of waiting to be asked, which saves a round trip. Over HTTP
the rounds are empty and end with the key that seals the messages; over HTTPS the message rides on
the last round.
"""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING

import spnego
from pypsrp.encryption import WinRMEncryption
from pypsrp.exceptions import AuthenticationError
from pypsrp.negotiate import HTTPNegotiateAuth
from spnego.channel_bindings import GssChannelBindings

from orchestrator.adapters.connection import AuthKind
from orchestrator.adapters.psrp_accounts import spnego_account

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from orchestrator.adapters.connection import ConnectionProfile
    from orchestrator.adapters.credentials import Login
    from orchestrator.adapters.psrp_answer import Answer

_MUTUAL = "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual"
_CHALLENGE = re.compile(r"\b(Kerberos|Negotiate)\b(?:\s+([A-Za-z0-9+/=]+))?", re.IGNORECASE)
_ROUNDS = 6
_OK, _UNAUTHORIZED = 200, 401


class NoKey(Exception):
    """The login ended without the key that seals messages."""


def fixed_headers(login: Login) -> dict[str, str]:
    """Return the header of a login that has no rounds: certificate or Basic."""
    if login.kind is AuthKind.CERTIFICATE:
        return {"Authorization": _MUTUAL}
    if login.kind is AuthKind.BASIC:
        pair = base64.b64encode(f"{login.username}:{login.password}".encode()).decode()
        return {"Authorization": f"Basic {pair}"}
    return {}


class Negotiation:
    """The rounds of one Negotiate login on one connection.

    Attributes:
        encryption: seals and opens messages, once the rounds are over; None over HTTPS.
    """

    def __init__(
        self, profile: ConnectionProfile, login: Login, host: str, certificate: bytes | None
    ) -> None:
        """Prepare the first token.

        Args:
            profile: says how, and whether messages are sealed.
            login: the account.
            host: the device's name, for Kerberos.
            certificate: the device's TLS certificate (DER), which the login is bound to.
        """
        self.encryption: WinRMEncryption | None = None
        self._sealed = profile.sealed
        self._early = login.kind is AuthKind.KERBEROS
        self._scheme = "Negotiate"
        username, password = spnego_account(login)
        bindings = None
        if certificate is not None:
            hashed = HTTPNegotiateAuth._get_certificate_hash  # noqa: SLF001 - RFC 5929
            digest = hashed(certificate)  # type: ignore[no-untyped-call]
            bindings = GssChannelBindings(application_data=b"tls-server-end-point:" + digest)
        self._context = spnego.client(
            username,
            password,
            hostname=host,
            service=profile.service,
            channel_bindings=bindings,
            protocol=login.kind.value,
            options=(
                spnego.NegotiateOptions.wrapping_winrm
                if self._sealed
                else spnego.NegotiateOptions.none
            ),
        )

    def run(
        self, ask: Callable[[bytes, Mapping[str, str]], Answer], message: bytes
    ) -> Answer | None:
        """Go through the rounds.

        Args:
            ask: posts a body with extra headers on this connection.
            message: the SOAP message that waits to be sent.

        Returns:
            The answer to the message when it rode on the last round, or an answer that ended the
            rounds with another status; else None.

        Raises:
            AuthenticationError: the device does not accept the account.
            NoKey: it does, but messages cannot be sealed.
        """
        token = self._context.step()
        for number in range(_ROUNDS):
            rides = not self._sealed and (number > 0 or self._early)
            proof = {"Authorization": f"{self._scheme} {base64.b64encode(token or b'').decode()}"}
            answer = ask(message if rides else b"", proof)
            reply = self._reply(answer)
            if answer.status not in (_OK, _UNAUTHORIZED):
                return answer
            if answer.status == _OK:
                if reply and not self._context.complete:
                    self._context.step(reply)
                self._seal()
                return answer if rides else None
            if reply is None:
                if number == 0 and self._other_scheme(answer):
                    continue
                raise AuthenticationError
            token = self._context.step(reply)
        raise AuthenticationError

    def _reply(self, answer: Answer) -> bytes | None:
        for scheme, token in _CHALLENGE.findall(answer.challenges):
            if scheme.lower() == self._scheme.lower() and token:
                return base64.b64decode(token, validate=True)
        return None

    def _other_scheme(self, answer: Answer) -> bool:
        """Take up the bare Kerberos scheme where Negotiate is switched off."""
        offered = {scheme.lower() for scheme, _ in _CHALLENGE.findall(answer.challenges)}
        if not self._early or "negotiate" in offered or "kerberos" not in offered:
            return False
        self._scheme = "Kerberos"
        return True

    def _seal(self) -> None:
        if not self._sealed:
            return
        if not self._context.complete:
            raise NoKey
        bare = self._scheme == "Kerberos"
        protocol = WinRMEncryption.KERBEROS if bare else WinRMEncryption.SPNEGO
        self.encryption = WinRMEncryption(self._context, protocol)
