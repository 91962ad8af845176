from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.domain.causes import CAUSES
from orchestrator.domain.code import Triage
from orchestrator.domain.codes import (
    CODES,
    Code,
    hexed,
    is_failure,
    lookup,
    normalise,
    owner_of,
)
from orchestrator.domain.codes_join import JOIN
from orchestrator.domain.codes_menroll import MENROLL
from orchestrator.domain.codes_windows import WINDOWS
from orchestrator.domain.findings import Disposition, Owner

HRESULTS = sorted(value for value in CODES if value > 0xFFFFF)


@pytest.mark.parametrize("value", HRESULTS, ids=hex)
def test_every_code_is_found_in_all_five_spellings(value: int) -> None:
    signed = value - (1 << 32) if value >= 1 << 31 else value
    digits = f"{value:08X}"
    spellings: list[str | int] = [
        f"0x{digits.lower()}",
        digits,
        str(value),
        str(signed),
        value,
        signed,
        f"0x{digits[:4]}0{digits[4:]}",
        f"  0x{digits}\n",
    ]
    for spelling in spellings:
        found = lookup(spelling)
        assert found is not None
        assert found.value == value


def test_the_typo_of_the_documentation_is_the_code_it_means() -> None:
    assert normalise("0x80180002b") == 0x8018002B


def test_a_code_of_the_token_service_is_found_by_its_name() -> None:
    found = lookup("aadsts50076")
    assert found is not None
    assert found.text == "AADSTS50076"
    assert found.cause == "mfa_needed"


@pytest.mark.parametrize(
    "text",
    ["", "0x", "hello", "0x123456789a", "0x8018102bc", "99999999999", "-4294967296", "0x-1", "80g"],
)
def test_what_is_no_code_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(ValueError, match=r"not an? |not a code") as caught:
        normalise(text)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("number", [1 << 32, -(1 << 31) - 1])
def test_a_number_of_more_than_32_bits_is_refused(number: int) -> None:
    with pytest.raises(ValueError, match="32 bits"):
        normalise(number)


@given(st.integers(0, 0xFFFFFFFF))
def test_normalising_is_stable_and_never_leaves_32_bits(value: int) -> None:
    assert normalise(value) == value
    assert normalise(f"0x{value:08x}") == value
    signed = value - (1 << 32) if value >= 1 << 31 else value
    assert normalise(signed) == value


def test_an_unknown_code_is_none_and_shown_raw() -> None:
    assert lookup(0x8018002C) is None
    assert hexed(0x8018002C) == "0x8018002C (not in the catalogue)"
    assert hexed(0x80180026) == "0x80180026 MENROLL_E_DEVICE_MANAGEMENT_BLOCKED"


def test_the_catalogue_holds_every_code_of_the_sources() -> None:
    assert (len(MENROLL), len(WINDOWS), len(JOIN)) == (45, 44, 24)
    everything = (*MENROLL, *WINDOWS, *JOIN)
    assert len({row[0] for row in everything}) == len(everything)
    assert len(CODES) == len(everything) + 16


@pytest.mark.parametrize("code", CODES.values(), ids=lambda code: code.text)
def test_every_code_says_what_it_means_who_is_asked_and_what_is_next(code: Code) -> None:
    assert code.meaning
    assert code.evidence
    assert code.next_action
    assert code.source
    assert code.cause in CAUSES
    assert owner_of(code) is CAUSES[code.cause].owner


EXPECTED = {
    Triage.CLOUD: {Owner.TENANT},
    Triage.ONPREM: {Owner.DIRECTORY, Owner.NETWORK},
    Triage.USER: {Owner.USER},
    Triage.REBOOT: {Owner.USER},
    Triage.UNSUPPORTED: {Owner.NOBODY},
}


@pytest.mark.parametrize("code", CODES.values(), ids=lambda code: code.text)
def test_the_first_hypothesis_belongs_to_the_one_who_is_asked_first(code: Code) -> None:
    if code.triage in EXPECTED:
        assert owner_of(code) in EXPECTED[code.triage]


@pytest.mark.parametrize("code", CODES.values(), ids=lambda code: code.text)
def test_what_may_pass_by_itself_is_tried_again_and_not_repaired(code: Code) -> None:
    if code.triage is Triage.RETRY:
        assert CAUSES[code.cause].disposition is Disposition.RETRY


@pytest.mark.parametrize("value", [0, 0x41300, 0x41303, 0x41306, 0x8004131F, 0x80041326])
def test_the_schedulers_own_states_are_no_failures(value: int) -> None:
    assert not is_failure(value)


def test_a_result_of_the_enroller_is_a_failure() -> None:
    assert is_failure(0x80180026)
    assert is_failure(0xCAA82EE2)
