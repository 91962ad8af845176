"""Every foreign exception of a session, and which of our errors it is.

- One table for exception classes (the most specific class wins), one for WSMan fault codes, one
  for HTTP statuses; one context manager reads them.
- A row has two columns: what it means while the session is *opened* (nothing ran yet), and what
  it means while a function *runs* (from the moment its command is sent). A broken line is
  `OutcomeUnknown` in the second column: the next thing to do is to look, not to repeat.
- Messages are ours. What a device or a library said is not repeated, but for the text of a WSMan
  fault, in one line, cut short.
"""

from __future__ import annotations

import binascii
import socket
import ssl
import struct
import xml.etree.ElementTree as ET
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

import httptools
import requests
from pypsrp import exceptions as pypsrp_errors
from spnego import exceptions as spnego_errors
from urllib3 import exceptions as urllib3_errors

from orchestrator.adapters import psrp_kerberos
from orchestrator.adapters.credentials import REFUSED
from orchestrator.adapters.psrp_answer import Hostile, NotSealed, RedirectRefused
from orchestrator.adapters.psrp_codes import CODES, STATUSES, SUBCODES, Row
from orchestrator.adapters.psrp_line import AnswerTooLarge, CannotConnect, SpeaksTls, TimeOver
from orchestrator.adapters.psrp_login import NoKey
from orchestrator.errors import (
    AuthenticationRefused,
    CredentialsMissing,
    DeadlineExceeded,
    DeviceError,
    EnrollmendError,
    OutcomeUnknown,
    PolicyRefused,
    ProtocolFailure,
    SettingsInvalid,
    TlsFailure,
    TransientFailure,
    Unreachable,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_LONGEST = 200


class Phase(Enum):
    """How far a session is."""

    OPEN = "open"
    RUN = "run"


@dataclass(slots=True)
class Where:
    """Which device, and how far: the session moves `phase` on.

    Attributes:
        host: the device's name.
        phase: open until a command is sent.
        over: the deadline of the call has passed, or the watchdog acted.
    """

    host: str
    phase: Phase = field(default=Phase.OPEN)
    over: bool = False


_BROKEN = Row(TransientFailure, OutcomeUnknown, "the line to the device broke")
_SILENT = Row(TransientFailure, OutcomeUnknown, "the device stopped answering")
_LATE = Row(TransientFailure, DeadlineExceeded, "the device did not finish in its time")
_ABSENT = Row(Unreachable, OutcomeUnknown, "the device takes no connection on the WinRM port")
_TLS = Row(
    TlsFailure, OutcomeUnknown, "TLS with the device failed",
    hint="does that port speak TLS? connection.scheme and connection.port belong together",
)  # fmt: skip
_REFUSED = Row(
    AuthenticationRefused, AuthenticationRefused, "the device refused the account", code=REFUSED,
    hint="it is not tried again; check password, rights and the kind of login",
)  # fmt: skip
_GARBAGE = Row(
    ProtocolFailure, ProtocolFailure, "the device's answer is not WSMan or PSRP",
    hint="does something else answer on that port?",
)  # fmt: skip

EXCEPTIONS: dict[type[BaseException], Row] = {
    # our own sockets
    CannotConnect: _ABSENT,
    TimeOver: _LATE,
    SpeaksTls: Row(
        TlsFailure, OutcomeUnknown, "the port answers with TLS, and is spoken to without",
        hint="connection.scheme and connection.port belong together: http 5985, https 5986",
    ),
    socket.gaierror: Row(Unreachable, OutcomeUnknown, "the device's name does not resolve"),
    ssl.SSLCertVerificationError: Row(
        TlsFailure, TlsFailure, "the device's TLS certificate is not trusted",
        hint="is it issued by the CA of the profile, to this name, and still valid?",
    ),
    ssl.SSLEOFError: _BROKEN,
    ssl.SSLZeroReturnError: _BROKEN,
    ssl.SSLError: _TLS,
    TimeoutError: _SILENT,
    OSError: _BROKEN,
    httptools.HttpParserError: _GARBAGE,
    # answers
    AnswerTooLarge: Row(ProtocolFailure, ProtocolFailure, "the device sends more than is read"),
    RedirectRefused: Row(
        ProtocolFailure, ProtocolFailure, "the device points to another address",
        hint="nobody logs in there; is it the PC you think it is?",
    ),
    NotSealed: Row(ProtocolFailure, ProtocolFailure, "the device's answer is not sealed as agreed"),
    Hostile: Row(ProtocolFailure, ProtocolFailure, "the device's answer holds a document type"),
    # the login
    NoKey: Row(PolicyRefused, OutcomeUnknown, "the login gives no key to seal messages with"),
    spnego_errors.SpnegoError: psrp_kerberos.OTHER,
    spnego_errors.InvalidCredentialError: _REFUSED,
    spnego_errors.BadMICError: Row(ProtocolFailure, OutcomeUnknown, "a seal does not fit"),
    spnego_errors.InvalidTokenError: Row(
        ProtocolFailure, OutcomeUnknown, "the device's login token cannot be read"
    ),
    # pypsrp
    pypsrp_errors.AuthenticationError: _REFUSED,
    pypsrp_errors.WinRMError: _GARBAGE,
    pypsrp_errors.InvalidPSRPOperation: Row(
        TransientFailure, OutcomeUnknown, "the device broke its side of the session"
    ),
    # requests, in stock mode
    requests.exceptions.SSLError: _TLS,
    requests.exceptions.ConnectTimeout: _ABSENT,
    requests.exceptions.Timeout: _SILENT,
    requests.exceptions.TooManyRedirects: Row(
        ProtocolFailure, ProtocolFailure, "the device points to another address",
        hint="nobody logs in there; is it the PC you think it is?",
    ),
    requests.exceptions.ContentDecodingError: _GARBAGE,
    requests.exceptions.RequestException: _BROKEN,
    # whatever a hostile body makes of the decoders
    ET.ParseError: _GARBAGE,
    binascii.Error: _GARBAGE,
    struct.error: _GARBAGE,
    LookupError: _GARBAGE,
    AttributeError: _GARBAGE,
    TypeError: _GARBAGE,
    ValueError: _GARBAGE,
    RecursionError: _GARBAGE,
    OverflowError: _GARBAGE,
}  # fmt: skip


@contextmanager
def translated(where: Where) -> Iterator[None]:
    """Turn what leaves the block into one of our errors; our own pass as they are.

    Raises:
        DeviceError: the leaf the tables name.
        CredentialsMissing: there is no ticket or account on this side.
        SettingsInvalid: a library the profile needs is not installed.
    """
    try:
        yield
    except EnrollmendError:
        raise
    except ImportError as error:
        msg = "this kind of login needs the Kerberos libraries"
        raise SettingsInvalid(
            msg, where="connection.auth", hint="install enrollmend[kerberos]"
        ) from error
    except (spnego_errors.NoCredentialError, spnego_errors.CredentialsExpiredError) as error:
        msg = "there is no valid ticket or account to log in with"
        raise CredentialsMissing(msg, hint="get a ticket with kinit, or set the account") from error
    except Exception as error:
        made = classify(error, where)
        if made is None:
            raise
        raise made from error


def classify(error: BaseException, where: Where) -> DeviceError | None:
    """Return our error for a foreign one; None when no row fits, which is a bug of ours."""
    row = _row(error)
    if row is None:
        return None
    if where.over and row in (_BROKEN, _SILENT, _GARBAGE):  # a line that was cut ends in anything
        row = _LATE
    kind = row.open if where.phase is Phase.OPEN else row.run
    said = _said(error)
    text = f"{row.text}: {said}" if said else row.text
    return kind(text, host=where.host, code=row.code or _code(error), hint=row.hint)


def _row(error: BaseException) -> Row | None:
    if isinstance(error, pypsrp_errors.WSManFaultError):
        return fault_row(error.code)
    if isinstance(error, pypsrp_errors.WinRMTransportError):
        return STATUSES.get(error.code, _GARBAGE)
    if isinstance(error, spnego_errors.SpnegoError):
        by_code = psrp_kerberos.row_of(error)
        if by_code is not None:
            return by_code
    if isinstance(error, requests.exceptions.ConnectionError):
        reason = getattr(error.args[0], "reason", None) if error.args else None
        if isinstance(reason, urllib3_errors.NewConnectionError):
            return _ABSENT
    return next((EXCEPTIONS[kind] for kind in type(error).__mro__ if kind in EXCEPTIONS), None)


def fault_row(code: object) -> Row:
    """Return the row of a WSMan fault: by its number, else by the name of its SOAP subcode."""
    if isinstance(code, int):
        return CODES.get(code, CODES[0])
    name = str(code or "").rpartition(":")[2]
    return SUBCODES.get(name, CODES[0])


def _code(error: BaseException) -> str:
    if isinstance(error, pypsrp_errors.WSManFaultError | pypsrp_errors.WinRMTransportError):
        return str(error.code or "")[:40]
    return ""


def _said(error: BaseException) -> str:
    """Return the text of a WSMan fault in one printable line."""
    if not isinstance(error, pypsrp_errors.WSManFaultError):
        return ""
    words = "".join(char if char.isprintable() else " " for char in str(error.reason or "")).split()
    line = " ".join(words)
    return line if len(line) <= _LONGEST else line[: _LONGEST - 3] + "..."
