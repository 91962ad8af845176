"""Every row of the tables, in both phases."""

from __future__ import annotations

import inspect
import socket
import ssl
from typing import TYPE_CHECKING

import pytest
import requests
import spnego
from pypsrp import exceptions as pypsrp_errors
from urllib3.connection import HTTPConnection
from urllib3.exceptions import MaxRetryError, NewConnectionError

from orchestrator import errors
from orchestrator.adapters.psrp_codes import CODES, STATUSES, SUBCODES, Row
from orchestrator.adapters.psrp_faults import EXCEPTIONS, Phase, Where, classify, translated
from orchestrator.errors import (
    AuthenticationRefused,
    CredentialsMissing,
    DeadlineExceeded,
    DeviceError,
    OutcomeUnknown,
    PolicyRefused,
    ProtocolFailure,
    QuotaExceeded,
    SettingsInvalid,
    TlsFailure,
    TransientFailure,
    Unreachable,
)

if TYPE_CHECKING:
    from collections.abc import Callable

CANARY = "hunter2-canary"
BOTH = [Phase.OPEN, Phase.RUN]


def instance(kind: type[BaseException]) -> BaseException:
    """Make an exception of a class whose constructor may want more than a message."""
    error = kind.__new__(kind)
    error.args = (CANARY,)
    return error


def seen(error: BaseException, phase: Phase, *, over: bool = False) -> DeviceError:
    made = classify(error, Where("PC-1", phase, over))
    assert made is not None
    return made


def fault(code: object, reason: str = "no") -> pypsrp_errors.WSManFaultError:
    return pypsrp_errors.WSManFaultError(code, "PC-1", reason, None, None, None)


def column(row: Row, phase: Phase) -> type[DeviceError]:
    return row.open if phase is Phase.OPEN else row.run


@pytest.mark.parametrize("phase", BOTH)
@pytest.mark.parametrize("kind", EXCEPTIONS, ids=lambda kind: f"{kind.__module__}.{kind.__name__}")
def test_each_exception_class_is_its_row(kind: type[BaseException], phase: Phase) -> None:
    made = seen(instance(kind), phase)
    assert type(made) is column(EXCEPTIONS[kind], phase)
    assert made.host == "PC-1"
    assert str(made)
    assert CANARY not in str(made) + made.hint + made.code
    assert "\n" not in str(made)


@pytest.mark.parametrize("phase", BOTH)
@pytest.mark.parametrize("code", CODES)
def test_each_fault_code_is_its_row(code: int, phase: Phase) -> None:
    made = seen(fault(code), phase)
    assert type(made) is column(CODES[code], phase)
    assert made.code == (str(code) if code else "")


@pytest.mark.parametrize("phase", BOTH)
@pytest.mark.parametrize("name", SUBCODES)
def test_each_subcode_is_its_row(name: str, phase: Phase) -> None:
    assert type(seen(fault(f"w:{name}"), phase)) is column(SUBCODES[name], phase)


@pytest.mark.parametrize("phase", BOTH)
@pytest.mark.parametrize("status", STATUSES)
def test_each_http_status_is_its_row(status: int, phase: Phase) -> None:
    error = pypsrp_errors.WinRMTransportError("http", status, CANARY)
    made = seen(error, phase)
    assert type(made) is column(STATUSES[status], phase)
    assert made.code == str(status)
    assert CANARY not in str(made)


@pytest.mark.parametrize(
    ("code", "opening", "running"),
    [
        (5, AuthenticationRefused, AuthenticationRefused),
        (2150858752, PolicyRefused, OutcomeUnknown),
        (2150858770, Unreachable, OutcomeUnknown),
        (2150858772, TransientFailure, OutcomeUnknown),
        (2150858806, AuthenticationRefused, AuthenticationRefused),
        (2150858843, TransientFailure, OutcomeUnknown),
        (2150859046, Unreachable, OutcomeUnknown),
        (2150859173, QuotaExceeded, QuotaExceeded),
        (2150859174, QuotaExceeded, QuotaExceeded),
        (2150859180, PolicyRefused, PolicyRefused),
        (2150859194, TlsFailure, OutcomeUnknown),
        (2150859204, TransientFailure, OutcomeUnknown),
        (2150859229, PolicyRefused, PolicyRefused),
        (2150859236, QuotaExceeded, QuotaExceeded),
        (2150859248, AuthenticationRefused, AuthenticationRefused),
        (2150859258, TransientFailure, OutcomeUnknown),
        (4711, TransientFailure, OutcomeUnknown),
        ("w:InternalError", TransientFailure, OutcomeUnknown),
        (None, TransientFailure, OutcomeUnknown),
    ],
)
def test_codes_mean_what_windows_means_by_them(
    code: object, opening: type[DeviceError], running: type[DeviceError]
) -> None:
    assert type(seen(fault(code), Phase.OPEN)) is opening
    assert type(seen(fault(code), Phase.RUN)) is running


def test_the_most_specific_class_wins() -> None:
    verify = instance(ssl.SSLCertVerificationError)
    assert "not trusted" in str(seen(verify, Phase.OPEN))
    assert type(seen(instance(requests.exceptions.SSLError), Phase.OPEN)) is TlsFailure
    assert type(seen(ConnectionResetError(), Phase.OPEN)) is TransientFailure
    assert type(seen(UnicodeDecodeError("utf-8", b"", 0, 1, ""), Phase.OPEN)) is ProtocolFailure
    assert type(seen(socket.gaierror(-2, "no"), Phase.OPEN)) is Unreachable


def test_a_refused_connection_inside_requests_is_found() -> None:
    reason = NewConnectionError(HTTPConnection("pc-1"), "refused")
    error = requests.exceptions.ConnectionError(MaxRetryError(None, "/wsman", reason))  # type: ignore[arg-type] # no pool here
    assert type(seen(error, Phase.OPEN)) is Unreachable


def test_what_breaks_after_the_deadline_is_late() -> None:
    assert type(seen(TimeoutError(), Phase.RUN, over=True)) is DeadlineExceeded
    assert type(seen(TimeoutError(), Phase.OPEN, over=True)) is TransientFailure
    assert type(seen(KeyError(), Phase.RUN, over=True)) is DeadlineExceeded
    assert type(seen(fault(5), Phase.RUN, over=True)) is AuthenticationRefused


def test_no_row_after_a_command_calls_a_broken_line_a_failure() -> None:
    """What may be tried again blindly while opening must never be so once something ran."""
    blind = (TransientFailure, Unreachable)
    rows = [*EXCEPTIONS.values(), *CODES.values(), *SUBCODES.values(), *STATUSES.values()]
    assert [row for row in rows if issubclass(row.run, blind)] == []
    assert all(issubclass(row.run, OutcomeUnknown) for row in rows if row.open in blind)


def test_a_401_is_never_anything_that_is_tried_again() -> None:
    for phase in BOTH:
        assert type(seen(pypsrp_errors.AuthenticationError(), phase)) is AuthenticationRefused
        error = pypsrp_errors.WinRMTransportError("http", 401, "")
        assert type(seen(error, phase)) is AuthenticationRefused


def test_the_text_of_a_fault_is_cut_to_one_printable_line() -> None:
    made = seen(fault(995, "first\r\n\x1b[31msecond " + "x" * 900), Phase.OPEN)
    assert "first [31msecond" in str(made)
    assert str(made).isprintable()
    assert len(str(made)) < 300


def test_the_cause_is_kept() -> None:
    broken = ConnectionResetError()
    with pytest.raises(TransientFailure) as caught, translated(Where("PC-1")):
        raise broken
    assert caught.value.__cause__ is broken


def test_our_own_errors_pass_as_they_are() -> None:
    ours = Unreachable("gone", host="PC-1")
    with pytest.raises(Unreachable) as caught, translated(Where("PC-1")):
        raise ours
    assert caught.value is ours


@pytest.mark.parametrize("kind", [KeyboardInterrupt, SystemExit, AssertionError])
def test_what_no_row_names_passes(kind: type[BaseException]) -> None:
    with pytest.raises(kind), translated(Where("PC-1")):
        raise kind


def test_a_missing_library_is_named() -> None:
    with pytest.raises(SettingsInvalid) as caught, translated(Where("PC-1")):
        raise ImportError(name="gssapi")
    assert "enrollmend[kerberos]" in caught.value.hint


@pytest.mark.parametrize(
    "make",
    [
        lambda: spnego.exceptions.NoCredentialError(context_msg=CANARY),
        lambda: spnego.exceptions.CredentialsExpiredError(context_msg=CANARY),
    ],
)
def test_a_missing_ticket_is_ours_to_get(make: Callable[[], BaseException]) -> None:
    with pytest.raises(CredentialsMissing) as caught, translated(Where("PC-1")):
        raise make()
    assert CANARY not in str(caught.value)


def test_every_leaf_that_a_session_can_raise_is_in_a_table() -> None:
    rows = [*EXCEPTIONS.values(), *CODES.values(), *SUBCODES.values(), *STATUSES.values()]
    reached = {kind for row in rows for kind in (row.open, row.run)} | {DeadlineExceeded}
    leaves = {
        kind
        for _, kind in inspect.getmembers(errors, inspect.isclass)
        if issubclass(kind, DeviceError) and kind is not DeviceError
    }
    assert leaves - reached == {errors.ScriptFailed}
