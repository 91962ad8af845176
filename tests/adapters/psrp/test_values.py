from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.adapters.psrp_values import from_wire, to_wire
from orchestrator.errors import ProtocolFailure

SCALARS = st.none() | st.booleans() | st.integers() | st.text()
OBJECTS = st.dictionaries(st.text(), SCALARS | st.lists(SCALARS))


@given(OBJECTS)
def test_any_json_object_comes_through(value: dict[str, object]) -> None:
    assert from_wire(json.dumps(value), host="PC-1") == value


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (None, "wrote nothing"),
        (17, "wrote a int"),
        ("", "0 characters that are not JSON"),
        ("<xml/>", "6 characters"),
        ('{"a": NaN}', "not JSON"),
        ("[" * 100_000, "not JSON"),
        ('{"n": ' + "9" * 5000 + "}", "not JSON"),
        ("[]", "a JSON list"),
        ('"text"', "a JSON str"),
    ],
)
def test_anything_else_is_one_line_that_repeats_nothing(value: object, message: str) -> None:
    with pytest.raises(ProtocolFailure, match=message) as caught:
        from_wire(value, host="PC-1")
    assert caught.value.host == "PC-1"
    assert len(str(caught.value)) < 120


def test_an_object_over_the_limit_is_not_decoded() -> None:
    with pytest.raises(ProtocolFailure, match="12 characters; 10 are the limit"):
        from_wire('{"a": "bcd"}', host="PC-1", limit=10)


@pytest.mark.parametrize("text", ['{"a": "\\ud800"}', '{"a": "\ud800"}', '{"a": "\\uDFFF!"}'])
def test_half_a_character_is_replaced_so_that_the_rest_can_be_kept(text: str) -> None:
    found = from_wire(text, host="PC-1")
    assert json.dumps(found, ensure_ascii=False).encode()
    assert "?" in str(found["a"])


def test_a_whole_character_written_as_two_halves_stays() -> None:
    assert from_wire('{"a": "\\ud83d\\ude00"}', host="PC-1") == {"a": "\N{GRINNING FACE}"}


def test_numbers_travel_as_64_bits_and_switches_not_given_stay_behind() -> None:
    sent = to_wire({"Fence": 7, "Network": True, "WhatIf": False, "RunId": "r", "Stage": ["a"]})
    fence = sent.pop("Fence")
    assert (getattr(fence, "tag", ""), getattr(fence, "value", 0)) == ("I64", 7)
    assert sent == {"Network": True, "RunId": "r", "Stage": ["a"]}
    assert to_wire({"RunId": None}) == {}


@pytest.mark.parametrize("value", [1.5, b"bytes", {"a": 1}, [1], object()], ids=type)
def test_a_value_no_parameter_takes_is_a_mistake_of_ours(value: Any) -> None:
    with pytest.raises(TypeError, match="parameter Odd"):
        to_wire({"Odd": value})
