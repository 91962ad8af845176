r"""Who may log in to a simulated PC, and the proof of it: NTLM, Negotiate, Basic.

What must always be true here:

- one `Acceptor` belongs to one TCP connection, and its keys die with it;
- Basic is taken over TLS only; over plain HTTP a body has to be encrypted (Microsoft: the WinRM
  service's ``AllowUnencrypted`` is false);
- a wrong password, an unknown user and a forged channel binding look the same: 401.

pyspnego looks accounts up in one file for the whole process. Each PC has its own accounts here, so
its private lookup is replaced, once, by one that asks the accounts of the login in hand
(`contextvars`: other threads and ordinary clients of pyspnego see no difference).
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
import struct
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import spnego
import spnego.channel_bindings
from spnego import _ntlm as ntlm
from spnego._ntlm_raw.crypto import ntowfv1
from spnego.exceptions import ErrorCode, SpnegoError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

BOUNDARY = b"--Encrypted Boundary"
ENCRYPTED = (
    'multipart/encrypted;protocol="application/HTTP-SPNEGO-session-encrypted"'
    ';boundary="Encrypted Boundary"'
)
CERTIFICATE = "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual"
_LENGTH = re.compile(rb"Length=(\d+)")


class Unreadable(Exception):
    """An encrypted body that this connection cannot read: it has no key, or another one."""


@dataclass(frozen=True, slots=True)
class Account:
    r"""An account of the lab.

    Attributes:
        name: ``DOMAIN\user``.
        password: never shown.
        admin: whether it may open a shell; others are refused with access denied.
    """

    name: str
    password: str = field(repr=False)
    admin: bool = True

    @property
    def nt_hash(self) -> bytes:
        """The hash NTLM proves knowledge of."""
        return bytes(ntowfv1(self.password))


class Accounts:
    """The accounts of one PC."""

    def __init__(self, accounts: Iterable[Account]) -> None:
        """Index the accounts by user name, without case."""
        self._known: dict[str, tuple[Account, bytes]] = {
            item.name.rpartition("\\")[2].lower(): (item, item.nt_hash) for item in accounts
        }

    def find(self, name: str) -> Account | None:
        r"""Find an account by ``user``, ``DOMAIN\user`` or ``user@domain``."""
        domain, _, user = name.rpartition("\\")
        found = self._known.get(user.partition("@")[0].lower())
        if found is None:
            return None
        own = found[0].name.rpartition("\\")[0]
        return found[0] if not domain or domain.lower() == own.lower() else None

    def check(self, name: str, password: str) -> Account | None:
        """Return the account if the password is right."""
        account = self.find(name)
        if account and hmac.compare_digest(account.password.encode(), password.encode()):
            return account
        return None

    def hash_of(self, name: str) -> bytes | None:
        """Return the NT hash of an account."""
        account = self.find(name)
        if account is None:
            return None
        return self._known[account.name.rpartition("\\")[2].lower()][1]


_ASKED: ContextVar[Accounts | None] = ContextVar("accounts of the login in hand", default=None)
_stock_file = ntlm._get_credential_file  # noqa: SLF001 - see the module's docstring
_stock_credential = ntlm._get_credential  # noqa: SLF001 - see the module's docstring


def _credential_file() -> str | None:
    return "lab" if _ASKED.get() else _stock_file()


def _credential(
    store: str | None, domain: str | None = None, username: str | None = None
) -> tuple[str | None, str | None, bytes, bytes]:
    accounts = _ASKED.get()
    if accounts is None:
        return _stock_credential(store, domain, username)
    known = accounts.hash_of(f"{domain}\\{username}" if domain else username or "")
    if known is None:
        raise SpnegoError(ErrorCode.failure, context_msg="no such account")
    return domain, username, bytes(16), known


ntlm._get_credential_file = _credential_file  # noqa: SLF001 - see the module's docstring
ntlm._get_credential = _credential  # noqa: SLF001 - see the module's docstring


@contextmanager
def _asking(accounts: Accounts) -> Iterator[None]:
    token = _ASKED.set(accounts)
    try:
        yield
    finally:
        _ASKED.reset(token)


@dataclass(frozen=True, slots=True)
class Granted:
    """The login is complete.

    Attributes:
        token: the last one, to be sent along with the answer; may be empty.
    """

    account: Account
    token: bytes = b""


@dataclass(frozen=True, slots=True)
class Challenge:
    """One more round is needed."""

    token: bytes


@dataclass(frozen=True, slots=True)
class Refused:
    """401."""


Verdict = Granted | Challenge | Refused


class Acceptor:
    """Authentication of one connection.

    Attributes:
        account: who is logged in, for Negotiate as long as the connection lives.
    """

    def __init__(
        self,
        accounts: Accounts,
        *,
        secure: bool,
        binding: bytes = b"",
        certified: Account | None = None,
    ) -> None:
        """Begin without a login.

        Args:
            accounts: of the PC.
            secure: whether the connection is TLS.
            binding: ``tls-server-end-point`` hash of the PC's certificate.
            certified: the account the client's certificate is mapped to.
        """
        self._accounts = accounts
        self._secure = secure
        self._binding = binding
        self._certified = certified
        self._context: spnego.ContextProxy | None = None
        self.account: Account | None = None

    @property
    def offers(self) -> tuple[str, ...]:
        """What a 401 lists."""
        return ("Negotiate", 'Basic realm="WSMAN"') if self._secure else ("Negotiate",)

    @property
    def sealed(self) -> bool:
        """Whether bodies have to be encrypted."""
        return not self._secure

    def authenticate(self, header: str) -> Verdict:
        """Take an ``Authorization`` header; an empty one relies on an earlier login."""
        scheme, _, rest = header.partition(" ")
        match scheme.lower():
            case "":
                return Granted(self.account) if self.account else Refused()
            case "negotiate" | "ntlm":
                return self._negotiate(rest.strip())
            case "basic" if self._secure:
                return self._basic(rest.strip())
            case kind if kind == CERTIFICATE.lower() and self._certified:
                return Granted(self._certified)
        return Refused()

    def forget(self) -> None:
        """End the login."""
        self._context = self.account = None

    def _basic(self, token: str) -> Verdict:
        try:
            name, _, password = base64.b64decode(token, validate=True).decode().partition(":")
        except (binascii.Error, UnicodeDecodeError):
            return Refused()
        account = self._accounts.check(name, password)
        return Granted(account) if account else Refused()

    def _negotiate(self, token: str) -> Verdict:
        try:
            data = base64.b64decode(token, validate=True)
        except binascii.Error:
            return Refused()
        if self._context is None or self._context.complete:
            self._context = self._begin(data)
        try:
            with _asking(self._accounts):
                answer = self._context.step(data)
        except (SpnegoError, ValueError, struct.error):
            # whatever was wrong with the token, a client learns no more than from Windows
            self.forget()
            return Refused()
        if not self._context.complete:
            return Challenge(answer or b"")
        self.account = self._accounts.find(self._context.client_principal or "")
        return Granted(self.account, answer or b"") if self.account else Refused()

    def _begin(self, token: bytes) -> spnego.ContextProxy:
        raw = token.startswith(b"NTLMSSP\0")
        options = spnego.NegotiateOptions.use_ntlm if raw else spnego.NegotiateOptions.use_negotiate
        bindings = (
            spnego.channel_bindings.GssChannelBindings(
                application_data=b"tls-server-end-point:" + self._binding
            )
            if self._binding
            else None
        )
        with _asking(self._accounts):
            return spnego.server(
                protocol="ntlm" if raw else "negotiate",
                options=options,
                channel_bindings=bindings,
            )

    # -- message encryption -------------------------------------------------------------------

    def unwrap(self, body: bytes) -> bytes:
        """Decrypt a request.

        Raises:
            Unreadable: there is no key, or it does not fit.
        """
        if self._context is None or not self._context.complete:
            message = "the connection has no security context"
            raise Unreadable(message)
        _, _, rest = body.partition(b"\tContent-Type: application/octet-stream\r\n")
        length = _LENGTH.search(body)
        sealed = rest.removesuffix(BOUNDARY + b"--\r\n")
        if length is None or len(sealed) < 4:  # noqa: PLR2004 - the header's length itself
            message = "the body is not multipart/encrypted"
            raise Unreadable(message)
        (size,) = struct.unpack_from("<i", sealed)
        try:
            plain: bytes = self._context.unwrap_winrm(sealed[4 : 4 + size], sealed[4 + size :])
        except (SpnegoError, ValueError) as error:
            message = "the body is sealed with another key"
            raise Unreadable(message) from error
        if len(plain) != int(length[1]):
            message = "the body has another length than it says"
            raise Unreadable(message)
        return plain

    def wrap(self, body: bytes) -> bytes:
        """Encrypt an answer."""
        if self._context is None:
            message = "the connection has no security context"
            raise Unreadable(message)
        sealed = self._context.wrap_winrm(body)
        length = len(body) + sealed.padding_length
        return b"\r\n".join(
            (
                BOUNDARY,
                b"\tContent-Type: application/HTTP-SPNEGO-session-encrypted",
                b"\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length=%d" % length,
                BOUNDARY,
                b"\tContent-Type: application/octet-stream",
                struct.pack("<i", len(sealed.header)) + sealed.header + sealed.data,
            )
        ) + (BOUNDARY + b"--\r\n")


def is_encrypted(headers: Mapping[str, str]) -> bool:
    """Tell whether a request's body is WinRM's encrypted multipart."""
    return headers.get("content-type", "").startswith("multipart/encrypted")
