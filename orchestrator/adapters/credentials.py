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
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.adapters.connection import AuthKind
from orchestrator.errors import AuthenticationRefused, CredentialsMissing, TransientFailure

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_SALT = secrets.token_bytes(16)
_PREFIX = "ENROLLMEND_"
_USERNAME = "USERNAME"

REFUSED = "401"
"""The code of an `AuthenticationRefused` that counts towards a lock-out."""


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


@dataclass(slots=True)
class _Standing:
    """What is known of an account.

    Attributes:
        proven: the newest answer was that it is good.
        refused: the devices that refused it since it was last good.
        trying: logins under way.
    """

    proven: bool = False
    refused: set[str] = field(default_factory=set)
    trying: int = 0


class AccountBrake:
    """Stops using an account that several devices refused, before the domain locks it.

    - Until a device has accepted the account, so many logins at most are under way as may still
      be refused: a wrong password is never tried by a whole pool of threads at once.
    - A device that accepts it clears the count; a changed password is another account.
    - One brake serves one process.
    """

    def __init__(self, limit: int = 5) -> None:
        """Start with no refusals.

        Args:
            limit: so many different devices in a row may refuse one account.
        """
        self._limit = limit
        self._changed = threading.Condition()
        self._known: dict[str, _Standing] = {}

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
        standing = self._enter(login, host, seconds)
        try:
            yield
        except AuthenticationRefused as error:
            if error.code == REFUSED:
                self._learn(standing, host)
            raise
        else:
            self._learn(standing, "")
        finally:
            with self._changed:
                standing.trying -= 1
                self._changed.notify_all()

    def _enter(self, login: Login, host: str, seconds: float) -> _Standing:
        with self._changed:
            standing = self._known.setdefault(login.fingerprint, _Standing())
            free = self._changed.wait_for(lambda: self._may_pass(standing), timeout=seconds)
            count = len(standing.refused)
            if count >= self._limit:
                msg = f"not tried: {count} devices in a row refused the account {login.account}"
                raise AuthenticationRefused(
                    msg,
                    host=host,
                    code="brake",
                    hint="correct its password or rights before the domain locks it",
                )
            if not free:
                msg = f"not tried: others still find out whether {login.account} is good"
                raise TransientFailure(msg, host=host, code="brake")
            standing.trying += 1
            return standing

    def _may_pass(self, standing: _Standing) -> bool:
        left = self._limit - len(standing.refused)
        return left <= 0 or standing.proven or standing.trying < left

    def _learn(self, standing: _Standing, refused_by: str) -> None:
        with self._changed:
            standing.proven = not refused_by
            if refused_by:
                standing.refused.add(refused_by.upper())
            else:
                standing.refused.clear()
