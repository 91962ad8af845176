"""What a Kerberos login that fails is taken for: the account is blamed only for what it did."""

from __future__ import annotations

import pytest
from spnego import exceptions as spnego_errors

from orchestrator.adapters.psrp_faults import Phase, Where, classify
from orchestrator.errors import (
    AuthenticationRefused,
    DeviceError,
    OutcomeUnknown,
    PolicyRefused,
    TransientFailure,
    Unreachable,
)

GSS_FAILURE = 851968
CANARY = "hunter2-canary"


def mit(rfc_number: int) -> int:
    """Return MIT krb5's code of an error of RFC 4120, as gssapi gives it: unsigned."""
    return (-1765328384 + rfc_number) & 0xFFFFFFFF


class Base(Exception):
    """What gssapi or Windows raises."""

    def __init__(self, **codes: int) -> None:
        super().__init__(CANARY)
        self.__dict__.update(codes)


def seen(phase: Phase = Phase.OPEN, **codes: int) -> DeviceError:
    error = spnego_errors.SpnegoError(base_error=Base(**codes))
    made = classify(error, Where("PC-1", phase))
    assert made is not None
    return made


@pytest.mark.parametrize(
    ("number", "kind", "words"),
    [
        pytest.param(6, AuthenticationRefused, "account", id="no such account"),
        pytest.param(7, Unreachable, "no such service", id="no such service name"),
        pytest.param(18, AuthenticationRefused, "account", id="account locked"),
        pytest.param(23, AuthenticationRefused, "account", id="password expired"),
        pytest.param(24, AuthenticationRefused, "account", id="password wrong"),
        pytest.param(29, TransientFailure, "domain controller", id="service unavailable"),
        pytest.param(37, PolicyRefused, "clocks", id="clock skew"),
        pytest.param(41, PolicyRefused, "not that device", id="another PC's key"),
        pytest.param(60, TransientFailure, "not be completed", id="generic"),
    ],
)
def test_a_code_of_the_protocol_says_whose_trouble_it_is(
    number: int, kind: type[DeviceError], words: str
) -> None:
    for code in (mit(number), mit(number) - 2**32):
        made = seen(maj_code=GSS_FAILURE, min_code=code)
        assert type(made) is kind
        assert words in made.message
        assert made.hint
        assert CANARY not in str(made) + made.hint


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        pytest.param(0x80090311, TransientFailure, id="no logon server"),
        pytest.param(0x80090303, Unreachable, id="target unknown"),
        pytest.param(0x80090322, PolicyRefused, id="wrong principal"),
        pytest.param(0x80090324, PolicyRefused, id="clock skew"),
        pytest.param(0x8009030C, AuthenticationRefused, id="logon denied"),
    ],
)
def test_a_code_of_windows_says_whose_trouble_it_is(code: int, kind: type[DeviceError]) -> None:
    assert type(seen(winerror=code - 2**32)) is kind


def test_a_domain_controller_that_does_not_answer_is_tried_again() -> None:
    """MIT krb5: KRB5_KDC_UNREACH, "Cannot contact any KDC for realm"."""
    made = seen(maj_code=GSS_FAILURE, min_code=-1765328228 & 0xFFFFFFFF)
    assert type(made) is TransientFailure


def test_a_login_that_fails_without_a_known_code_is_tried_again() -> None:
    assert type(seen(maj_code=GSS_FAILURE, min_code=0)) is TransientFailure
    bare = classify(spnego_errors.SpnegoError(error_code=13), Where("PC-1", Phase.OPEN))
    assert type(bare) is TransientFailure


def test_trouble_with_a_login_once_a_function_runs_leaves_its_end_unknown() -> None:
    made = seen(Phase.RUN, maj_code=GSS_FAILURE, min_code=mit(29))
    assert type(made) is OutcomeUnknown


def test_a_credential_that_is_invalid_is_not_tried_again() -> None:
    made = classify(spnego_errors.InvalidCredentialError(), Where("PC-1", Phase.OPEN))
    assert type(made) is AuthenticationRefused
