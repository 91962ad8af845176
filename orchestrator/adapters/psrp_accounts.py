"""A login in the form in which pyspnego takes accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import spnego
from spnego._ntlm_raw.crypto import ntowfv1

from orchestrator.adapters.connection import AuthKind

if TYPE_CHECKING:
    from orchestrator.adapters.credentials import Login

Account: TypeAlias = str | spnego.NTLMHash | spnego.KerberosKeytab | None


def spnego_account(login: Login) -> tuple[Account, str | None]:
    """Return the user and, only where a protocol needs it in clear, the password.

    NTLM proves the hash of the password and never needs the password itself; handing over the
    hash keeps the password out of the objects of a session, and saves the hash of a much older
    protocol that pyspnego would compute with it.
    """
    if login.kind is AuthKind.NTLM:
        digest = ntowfv1(login.password).hex()
        return spnego.NTLMHash(username=login.username, nt_hash=digest), None
    if login.keytab:
        return spnego.KerberosKeytab(keytab=login.keytab, principal=login.username or None), None
    return login.username or None, login.password or None
