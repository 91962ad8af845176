"""Text from elsewhere is harmless where it is shown."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.cli.safe import cell, clean


def test_an_escape_sequence_is_shown_and_not_obeyed() -> None:
    assert clean("task\x1b]0;owned\x07") == "task\\x1b]0;owned\\x07"
    assert clean("a\u202eb") == "a\\u202eb"


@given(st.text())
def test_whatever_comes_is_one_printable_line(text: str) -> None:
    assert all(letter.isprintable() or letter.isspace() for letter in clean(text))
    assert len(clean(text).splitlines()) <= 1


@given(st.text().filter(str.isprintable))
def test_ordinary_text_is_left_as_it_is(text: str) -> None:
    assert clean(text) == text


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "=cmd|' /C calc'!A0"])
def test_a_spreadsheet_takes_no_cell_for_a_formula(text: str) -> None:
    assert cell(text) == f"'{text}"
