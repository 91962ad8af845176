r"""The account that logs in to devices, and the brake that keeps it from being locked.

- A secret is read from the environment or its file at the moment of use and kept by nobody here.
- No repr, message or error holds one.
- Each variable may carry the value itself or, with ``_FILE`` appended, the file that holds it.

======================================== ==================================================
``ENROLLMEND_USERNAME``                  ``DOMAIN\user`` or ``user@REALM``
``ENROLLMEND_PASSWORD``                  its password
``ENROLLMEND_KEYTAB``                    path of a Kerberos keytab, instead of a password
``ENROLLMEND_CERTIFICATE``               path of the client certificate, PEM
``ENROLLMEND_CERTIFICATE_KEY``           path of its private key, PEM
``ENROLLMEND_CERTIFICATE_KEY_PASSWORD``  password of that key, if it has one
======================================== ==================================================
"""

from __future__ import annotations

import hashlib
import os
import secrets
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.adapters.connection import AuthKind
from orchestrator.adapters.memory_presence import MemoryAccounts
from orchestrator.adapters.system import SystemClock
from orchestrator.errors import AuthenticationRefused, CredentialsMissing, TransientFailure
from orchestrator.usecases.breaker import BRAKE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from orchestrator.usecases.presence_ports import Accounts

_SALT = secrets.token_bytes(16)
_PREFIX = "ENROLLMEND_"
_USERNAME = "USERNAME"

REFUSED = "401"
"""The code of an `AuthenticationRefused` that counts towards a lock-out."""

_ASK_AGAIN = 0.25
"""Seconds between two looks at what other processes found out about an account."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """One way to log in, for one session.

    Attributes:
        kind: how it is proved.
        username: account name; empty for a Kerberos ticket of the cache.
        password: clear text; empty when there is none.
        keytab, certificate, key: paths; empty when there are none.
        key_password: password of the key file.
    """

    kind: AuthKind
    username: str = ""
    password: str = field(default="", repr=False)
    keytab: str = ""
    certificate: str = ""
    key: str = ""
    key_password: str = field(default="", repr=False)

    @property
    def account(self) -> str:
        """What to call the account in a message."""
        return self.username or self.certificate or "the Kerberos ticket cache"

    @property
    def fingerprint(self) -> str:
        """Tells one account and secret from another, in this process only; reveals neither."""
        parts = (self.kind, self.account, self.password, self.keytab, self.key)
        return hashlib.blake2b("\0".join(parts).encode(), key=_SALT).hexdigest()


class Credentials:
    """Reads the account from the environment each time it is asked."""

    def __init__(self, environ: Mapping[str, str] | None = None) -> None:
        """Remember where to look, and read nothing.

        Args:
            environ: variables; the process's own when None.
        """
        self._environ = os.environ if environ is None else environ

    def __repr__(self) -> str:
        return "Credentials()"

    def login(self, kind: AuthKind) -> Login:
        """Return what a login of this kind needs.

        Raises:
            CredentialsMissing: a variable is not set, or its file cannot be read.
        """
        if kind is AuthKind.CERTIFICATE:
            return Login(
                kind=kind,
                certificate=self._file("CERTIFICATE", kind),
                key=self._file("CERTIFICATE_KEY", kind),
                key_password=self._value("CERTIFICATE_KEY_PASSWORD"),
            )
        if kind is AuthKind.KERBEROS:
            keytab = self._value("KEYTAB") and self._file("KEYTAB", kind)
            username = self._value("USERNAME")
            password = self._value("PASSWORD")
            if password and not username:
                raise self._missing(_USERNAME, kind)
            return Login(kind=kind, username=username, password=password, keytab=keytab)
        return Login(
            kind=kind,
            username=self._needed("USERNAME", kind),
            password=self._needed("PASSWORD", kind),
        )

    def _needed(self, name: str, kind: AuthKind) -> str:
        value = self._value(name)
        if not value:
            raise self._missing(name, kind)
        return value

    def _file(self, name: str, kind: AuthKind) -> str:
        path = self._needed(name, kind)
        if not os.access(path, os.R_OK) or not Path(path).is_file():
            msg = f"{_PREFIX}{name}: {path} is not a file that can be read"
            raise CredentialsMissing(msg, hint="check the path and who may read it")
        return path

    def _value(self, name: str) -> str:
        """Return the variable, or what its file holds; empty when neither is set."""
        variable = _PREFIX + name
        direct = self._environ.get(variable, "")
        file = self._environ.get(f"{variable}_FILE", "")
        if direct and file:
            msg = f"{variable} and {variable}_FILE are both set"
            raise CredentialsMissing(msg, hint="keep one of them")
        if not file:
            return direct
        try:
            return Path(file).read_text(encoding="utf-8").removesuffix("\n").removesuffix("\r")
        except (OSError, UnicodeDecodeError) as error:
            reason = getattr(error, "strerror", None) or "it is not UTF-8 text"
            msg = f"{variable}_FILE: {file} cannot be read: {reason}"
            raise CredentialsMissing(msg) from error

    def _missing(self, name: str, kind: AuthKind) -> CredentialsMissing:
        variable = _PREFIX + name
        return CredentialsMissing(
            f"there is no account to log in with: {variable} is not set",
            hint=f"{kind} logins need it; set {variable} or {variable}_FILE",
        )


class AccountBrake:
    """Stops using an account that several devices refused in a row, before the domain locks it.

    - Until a device has accepted the account, so many logins at most are under way as may still
      be refused: a wrong password is never tried by a whole pool of threads at once.
    - A device that accepts it clears the count, and so does a changed password.
    - The counts are those of `Accounts`: with the ledger's, all workers share them.
    - The first login of a process is tried once though the count be used up: it may have been
      started because the password was corrected.
    """

    def __init__(
        self,
        limit: int = 3,
        accounts: Accounts | None = None,
        *,
        now: Callable[[], datetime] | None = None,
    ) -> None:
        """Start with no account tried.

        Args:
            limit: so many different devices in a row may refuse one account.
            accounts: keeps the counts; None: this process alone.
            now: tells the time; the system's clock when None.
        """
        self._limit = limit
        self._accounts = accounts or MemoryAccounts()
        self._now = now or SystemClock().now
        self._changed = threading.Condition()
        self._secrets: dict[str, str] = {}

    @contextmanager
    def trying(self, login: Login, host: str, *, seconds: float) -> Iterator[None]:
        """Let a login pass, and learn from how the block ends.

        Args:
            login: the account.
            host: the device.
            seconds: how long to wait for others that try an unproven account.

        Raises:
            AuthenticationRefused: as many devices as the limit have refused the account.
            TransientFailure: others were still trying it.
        """
        ticket = secrets.token_hex(8)
        self._enter(login, host, ticket, seconds)
        try:
            yield
        except AuthenticationRefused as error:
            error.account = login.account
            if error.code == REFUSED:
                self._refused(error, login.account, ticket, host)
            else:
                self._accounts.leave(login.account, ticket)
            raise
        except BaseException:
            self._accounts.leave(login.account, ticket)
            raise
        else:
            self._accounts.accepted(login.account, ticket)
        finally:
            with self._changed:
                self._changed.notify_all()

    def _enter(self, login: Login, host: str, ticket: str, seconds: float) -> None:
        """Wait until the login may be tried."""
        first = self._first_try(login)
        end = time.monotonic() + seconds
        while True:
            count = self._accounts.enter(login.account, ticket, self._now(), limit=self._limit)
            if count == 0 or (count > 0 and first):
                return
            if count > 0:
                msg = f"not tried: {count} devices in a row refused the account {login.account}"
                raise AuthenticationRefused(
                    msg,
                    host=host,
                    code=BRAKE,
                    hint="correct its password or rights before the domain locks it",
                )
            left = end - time.monotonic()
            if left <= 0:
                msg = f"not tried: others still find out whether {login.account} is good"
                raise TransientFailure(msg, host=host, code=BRAKE)
            with self._changed:
                self._changed.wait(min(left, _ASK_AGAIN))

    def _first_try(self, login: Login) -> bool:
        """Tell whether this process has not tried the account yet; notice a changed secret."""
        with self._changed:
            known = self._secrets.get(login.account)
            self._secrets[login.account] = login.fingerprint
        if known is not None and known != login.fingerprint:
            self._accounts.forgive(login.account)
        return known is None

    def _refused(self, error: AuthenticationRefused, account: str, ticket: str, host: str) -> None:
        refused = self._accounts.refused(account, ticket, host, self._now(), limit=self._limit)
        if refused.tripped:
            error.refused_by = refused.devices
