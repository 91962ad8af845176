"""WSMan fault codes and HTTP statuses, and which of our errors they are.

Source of numbers and names: Microsoft, wsmerror.h; of what they mean for a caller: Microsoft,
"Windows Remote Management error codes", and the quotas of "Installation and configuration for
Windows Remote Management". Two columns as in `psrp_faults`: while opening, while running.
"""

from __future__ import annotations

from dataclasses import dataclass

from orchestrator.errors import (
    AuthenticationRefused,
    DeviceError,
    OutcomeUnknown,
    PolicyRefused,
    ProtocolFailure,
    QuotaExceeded,
    TlsFailure,
    TransientFailure,
    Unreachable,
)


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table.

    Attributes:
        open: our error while the session is opened.
        run: our error once a command was sent.
        text: what happened, for the operator.
        hint: what to do about it.
        code: a code of its own; the foreign one when empty.
    """

    open: type[DeviceError]
    run: type[DeviceError]
    text: str
    hint: str = ""
    code: str = ""


def _same(kind: type[DeviceError], text: str, hint: str = "") -> Row:
    return Row(kind, kind, text, hint)


_DENIED = _same(
    AuthenticationRefused, "access denied", "the account must be an administrator of the PC"
)
_QUOTA = _same(QuotaExceeded, "the device has no shell or operation left for this account")
_AWAY = Row(Unreachable, OutcomeUnknown, "the device reports that WinRM cannot be reached")
_LOST = Row(TransientFailure, OutcomeUnknown, "the device lost the session")
_PASSING = Row(TransientFailure, OutcomeUnknown, "the WinRM service cannot serve now")
_FORBIDDEN = _same(
    PolicyRefused, "the device forbids remote shells", "see the Windows Remote Shell policies"
)
_MISCONFIGURED = _same(PolicyRefused, "the WinRM service of the device is not set up right")

CODES: dict[int, Row] = {
    0: Row(TransientFailure, OutcomeUnknown, "the device answered with a fault"),  # any other
    5: _DENIED,
    995: _LOST,  # ERROR_OPERATION_ABORTED: the service is stopping
    0x80070005: _DENIED,
    0x80338000: Row(
        PolicyRefused, OutcomeUnknown, "the endpoint or session does not exist on the device",
        "is the session configuration of the profile registered there?",
    ),  # RESOURCE_NOT_FOUND
    0x80338005: _MISCONFIGURED,  # CONFIG_CORRUPTED
    0x80338012: _AWAY,  # DESTINATION_UNREACHABLE
    0x80338014: _PASSING,  # ENDPOINT_UNAVAILABLE
    0x80338026: _same(ProtocolFailure, "a message is larger than the device takes"),
    0x80338029: Row(TransientFailure, OutcomeUnknown, "the device did not answer in time"),
    0x80338036: _same(AuthenticationRefused, "the device refused the account"),
    0x8033805B: _LOST,  # UNEXPECTED_SELECTORS: the shell is gone
    0x80338126: _AWAY,  # NETWORK_TIMEDOUT
    0x803381A5: _QUOTA,  # QUOTA_MAX_SHELLS
    0x803381A6: _QUOTA,  # QUOTA_MAX_OPERATIONS
    0x803381A7: _QUOTA,  # QUOTA_USER
    0x803381A8: _QUOTA,  # QUOTA_SYSTEM
    0x803381A9: _PASSING,  # DIFFERENT_AUTHZ_TOKEN
    0x803381AB: _QUOTA,  # QUOTA_MAX_SHELLUSERS
    0x803381AC: _FORBIDDEN,  # REMOTESHELLS_NOT_ALLOWED
    0x803381B9: _AWAY,  # NAME_NOT_RESOLVED
    0x803381BA: Row(TlsFailure, OutcomeUnknown, "the device aborted TLS"),
    0x803381BB: _same(AuthenticationRefused, "an address needs an explicit kind of login"),
    0x803381C4: _LOST,  # SHELL_DISCONNECTED
    0x803381C6: _LOST,
    0x803381CC: _LOST,  # COMMAND_TERMINATED
    0x803381CD: _LOST,
    0x803381DD: _FORBIDDEN,  # SERVICE_REMOTE_ACCESS_DISABLED
    0x803381DE: _LOST,
    0x803381E3: _FORBIDDEN,
    0x803381E4: _QUOTA,  # the quotas of the plugin
    0x803381E5: _QUOTA,
    0x803381E6: _QUOTA,
    0x803381E7: _QUOTA,
    0x803381E8: _QUOTA,
    0x803381E9: _QUOTA,
    0x803381EA: _QUOTA,
    0x803381F0: _same(AuthenticationRefused, "the device could not prove itself to the account"),
    0x803381FA: _LOST,  # CLIENT_SESSION_UNUSABLE: WinRM restarted
    0x803381FB: _MISCONFIGURED,  # VIRTUALACCOUNT_NOTSUPPORTED
}  # fmt: skip

SUBCODES: dict[str, Row] = {
    "AccessDenied": _DENIED,
    "QuotaLimit": _QUOTA,
    "TimedOut": CODES[0x80338029],
    "EndpointUnavailable": _PASSING,
    "DestinationUnreachable": CODES[0x80338000],
    "InvalidResourceURI": CODES[0x80338000],
    "InvalidSelectors": _LOST,
    "EncodingLimit": CODES[0x80338026],
}
"""SOAP subcodes (DMTF DSP0226) of faults that carry no number."""

_BUSY = Row(TransientFailure, OutcomeUnknown, "the device's web service cannot serve now")

STATUSES: dict[int, Row] = {
    401: _same(AuthenticationRefused, "the device refused the account"),
    403: _same(PolicyRefused, "the device forbids the request"),
    404: _same(PolicyRefused, "the device has no WinRM service at /wsman"),
    425: _BUSY,
    429: _BUSY,
    502: _BUSY,
    503: _BUSY,
    504: _BUSY,
}
