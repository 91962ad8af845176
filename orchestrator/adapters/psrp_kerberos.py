"""What a Kerberos login that was not completed means, by the minor code of its mechanism.

- Whether the account was refused is said by a handful of codes only; each other trouble lies with
  the domain, the name or a clock, and comes and goes without any harm to the account.
- Sources: RFC 4120, 7.5.9 (error numbers); MIT krb5, krb5_err.et and k5e1_err.et, whose tables
  begin at -1765328384 and put the RFC's numbers first; Microsoft, winerror.h (SEC_E_*).
"""

from __future__ import annotations

from orchestrator.adapters.psrp_codes import Row
from orchestrator.errors import (
    AuthenticationRefused,
    OutcomeUnknown,
    PolicyRefused,
    TransientFailure,
    Unreachable,
)

_MIT = -1765328384
"""The code of RFC error 0 in MIT krb5."""

OTHER = Row(
    TransientFailure, OutcomeUnknown, "the login could not be completed",
    hint="Kerberos: ticket, clock and service name of the device; see its event log",
)  # fmt: skip
_NO_LOGON_SERVER = Row(
    TransientFailure, OutcomeUnknown, "no domain controller answers for the login",
    hint="is a KDC of the realm reachable from here?",
)  # fmt: skip
_WRONG_NAME = Row(
    Unreachable, OutcomeUnknown, "the domain knows no such service on the device",
    hint="is the name the PC's full one, and is its service name registered once?",
)  # fmt: skip
_WRONG_PC = Row(
    PolicyRefused, OutcomeUnknown, "what answers under the device's name is not that device",
    hint="does the name resolve to another PC, or was this one joined to the domain again?",
)  # fmt: skip
_SKEW = Row(
    PolicyRefused, OutcomeUnknown, "the clocks of this computer and of the domain differ too much",
    hint="set the clocks of worker, PC and domain controller by the same source",
)  # fmt: skip
_ACCOUNT = Row(
    AuthenticationRefused, AuthenticationRefused, "the domain refused the account",
    hint="it is not tried again; is it locked, disabled or expired, or its password wrong?",
)  # fmt: skip

_RFC: dict[int, Row] = {
    6: _ACCOUNT,  # KDC_ERR_C_PRINCIPAL_UNKNOWN
    7: _WRONG_NAME,  # KDC_ERR_S_PRINCIPAL_UNKNOWN
    8: _WRONG_NAME,  # KDC_ERR_PRINCIPAL_NOT_UNIQUE
    12: _ACCOUNT,  # KDC_ERR_POLICY
    18: _ACCOUNT,  # KDC_ERR_CLIENT_REVOKED: locked or disabled
    23: _ACCOUNT,  # KDC_ERR_KEY_EXPIRED: the password
    24: _ACCOUNT,  # KDC_ERR_PREAUTH_FAILED: the password
    29: _NO_LOGON_SERVER,  # KDC_ERR_SVC_UNAVAILABLE
    35: _WRONG_PC,  # KRB_AP_ERR_NOT_US
    37: _SKEW,  # KRB_AP_ERR_SKEW
    41: _WRONG_PC,  # KRB_AP_ERR_MODIFIED: sealed for another key than the PC's
}

CODES: dict[int, Row] = {
    **{_MIT + number: row for number, row in _RFC.items()},
    -1765328230: _NO_LOGON_SERVER,  # KRB5_REALM_UNKNOWN
    -1765328228: _NO_LOGON_SERVER,  # KRB5_KDC_UNREACH
    -1765328164: _NO_LOGON_SERVER,  # KRB5_REALM_CANT_RESOLVE
    -2146893039: _NO_LOGON_SERVER,  # SEC_E_NO_AUTHENTICATING_AUTHORITY, 0x80090311
    -2146893053: _WRONG_NAME,  # SEC_E_TARGET_UNKNOWN, 0x80090303
    -2146893022: _WRONG_PC,  # SEC_E_WRONG_PRINCIPAL, 0x80090322
    -2146893020: _SKEW,  # SEC_E_TIME_SKEW, 0x80090324
    -2146893044: _ACCOUNT,  # SEC_E_LOGON_DENIED, 0x8009030C
}


def row_of(error: BaseException) -> Row | None:
    """Return the row of a failed login by the code of what it was made of; None without one.

    Args:
        error: of pyspnego, whose `base_error` is gssapi's (`min_code`, unsigned or signed, 32
            bits) or Windows' (`winerror`).
    """
    base = getattr(error, "base_error", None)
    for name in ("min_code", "winerror"):
        code = getattr(base, name, None)
        if isinstance(code, int):
            found = CODES.get((code & 0xFFFFFFFF) - (1 << 32))
            if found is not None:
                return found
    return None
