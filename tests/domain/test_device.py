from __future__ import annotations

import pytest

from orchestrator.domain.device import DeviceName
from orchestrator.errors import InvalidInput


@pytest.mark.parametrize("text", ["PC-0042", "pc-0042.corp.fabrikam.example", " PC_7 "])
def test_a_computer_name_is_accepted(text: str) -> None:
    assert DeviceName.parse(text).text == text.strip()


def test_two_spellings_of_one_pc_have_one_key() -> None:
    assert DeviceName.parse("pc-1.corp.example.").key == DeviceName.parse("PC-1").key


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "is empty"),
        ("   ", "is empty"),
        ("10.1.2.3", "is an address"),
        ("fe80::1", "is an address"),
        ("PC 1", "is not a computer name"),
        ("PC;rm", "is not a computer name"),
        ("-PC", "is not a computer name"),
        ("A" * 16, "at most 15"),
        ("a." + "b" * 64, "is not a computer name"),
    ],
)
def test_a_bad_name_gets_one_line_that_says_why(text: str, says: str) -> None:
    with pytest.raises(InvalidInput, match=says) as caught:
        DeviceName.parse(text, where="hosts.csv:3")
    assert str(caught.value).startswith("hosts.csv:3: ")
    assert "\n" not in str(caught.value)
