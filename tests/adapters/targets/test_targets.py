"""Lists of devices: what is read, what is merged, and every way to get it wrong."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pytest

from orchestrator.adapters.targets import read_targets
from orchestrator.errors import InvalidInput, InvalidInputs

if TYPE_CHECKING:
    from pathlib import Path


def names(*words: str, stdin: str = "") -> list[str]:
    return [device.text for device in read_targets(words, io.StringIO(stdin)).devices]


def listed(tmp_path: Path, content: str | bytes, name: str = "hosts.csv", column: str = "") -> str:
    path = tmp_path / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return f"@{path}{column}"


def test_names_keep_the_order_they_were_given_in() -> None:
    assert names("PC-0002", "PC-0001") == ["PC-0002", "PC-0001"]


def test_a_text_list_has_a_name_a_line_and_comments(tmp_path: Path) -> None:
    word = listed(tmp_path, "# laptops\nPC-0001\n\n  PC-0002  # of Ada\n", "hosts.txt")
    assert names(word) == ["PC-0001", "PC-0002"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32", "cp1252"])
def test_a_list_is_read_in_every_encoding_windows_writes(tmp_path: Path, encoding: str) -> None:
    word = listed(tmp_path, "Name;User\r\nPC-0001;Jörg\r\n".encode(encoding))
    assert names(word) == ["PC-0001"]


@pytest.mark.parametrize(
    ("content", "column"),
    [
        ("PC-0001\nPC-0002\n", ""),
        ("Name\nPC-0001\nPC-0002\n", ""),
        ("user,Device name,site\nada,PC-0001,BER\nbob,PC-0002,HAM\n", ""),
        ("user;asset\nada;PC-0001\nbob;PC-0002\n", "#asset"),
        ("user\tasset\nada\tPC-0001\nbob\tPC-0002\n", "#ASSET"),
        ("ada,PC-0001\nbob,PC-0002\n", "#2"),
        ("user,Device name\nada,PC-0001\nbob,PC-0002\n", "#2"),
        ("sep=;\nuser;hostname\nada;PC-0001\nbob;PC-0002\n", ""),
        ('"SamAccountName","Enabled"\n"PC-0001$","True"\n"PC-0002$","True"\n', ""),
        ('name,note\nPC-0001,"two\nlines, quoted ""so"""\nPC-0002,\n', ""),
        ("name\r\n\r\nPC-0001\r\n\r\nPC-0002\r\n", ""),
    ],
)
def test_a_csv_list_is_understood_as_people_export_it(
    tmp_path: Path, content: str, column: str
) -> None:
    assert names(listed(tmp_path, content, column=column)) == ["PC-0001", "PC-0002"]


@pytest.mark.parametrize(
    "text",
    [
        "PC-0001\nPC-0002\n",
        "name,site\nPC-0001,BER\nPC-0002,HAM\n",
        '["PC-0001", "PC-0002"]',
        '[{"name": "PC-0001"}, {"device": {"name": "PC-0002"}}]',
        '{"host": "PC-0001"}\n{"host": "PC-0002"}\n',
    ],
)
def test_standard_input_says_by_itself_what_it_is(text: str) -> None:
    assert names("-", stdin=text) == ["PC-0001", "PC-0002"]


def test_duplicates_are_merged_and_told_with_both_places(tmp_path: Path) -> None:
    word = listed(tmp_path, "PC-0001\npc-0001.corp.example\nPC-0002\nPC-0002\n", "hosts.txt")
    found = read_targets([word], None)
    assert [device.text for device in found.devices] == ["pc-0001.corp.example", "PC-0002"]
    first, second = found.duplicates
    assert first.where.endswith("hosts.txt:2")
    assert first.first.endswith("hosts.txt:1)")
    assert second.text == "PC-0002"


def test_two_pcs_of_different_domains_with_one_name_are_never_merged() -> None:
    with pytest.raises(InvalidInput, match="share one computer name"):
        names("pc-1.berlin.example", "pc-1.paris.example")


def test_every_mistake_of_a_list_is_told_at_once_with_its_line(tmp_path: Path) -> None:
    word = listed(tmp_path, "name,site\n10.0.0.1,BER\nPC-0001,HAM\n,BER\nPC 3,BER\n")
    with pytest.raises(InvalidInputs) as caught:
        names(word)
    lines = [str(problem).rpartition("hosts.csv:")[2] for problem in caught.value.problems]
    assert [line[0] for line in lines] == ["4", "2", "5"]
    assert "is an address" in lines[1]


def test_no_more_than_twenty_mistakes_are_told_one_by_one(tmp_path: Path) -> None:
    word = listed(tmp_path, "bad name\n" * 50, "hosts.txt")
    with pytest.raises(InvalidInputs, match="50 entries") as caught:
        names(word)
    assert len(caught.value.problems) == 20
    assert caught.value.left_out == 30


@pytest.mark.parametrize(
    ("content", "name", "column", "message"),
    [
        ("", "hosts.csv", "", "no device was named"),
        ("# nothing\n", "hosts.txt", "", "no device was named"),
        ('name\n"PC-0001\nPC-0002\n', "hosts.csv", "", r"hosts.csv:2: the quotes"),
        ('name,x\nPC-1,ok\n"PC"-2,no\n', "hosts.csv", "", r"hosts.csv:3: the quotes"),
        ("a,b\n1,PC-0001\n", "hosts.csv", "", "which of the 2 columns"),
        ("a,b\n1,PC-0001\n", "hosts.csv", "#c", "there is no column 'c'"),
        ("a,b\n1,PC-0001\n", "hosts.csv", "#3", "there is no column '3'"),
        ("name,Name\nPC-1,PC-2\n", "hosts.csv", "", "hosts.csv: 2 columns have the title 'name'"),
        ("a,b,a\nPC-1,x,PC-2\n", "hosts.csv", "#a", "2 columns have the title 'a': 1 and 3"),
        ("a,name\n1,PC-0001\n2\n", "hosts.csv", "", r"hosts.csv:3: this line has 1 column, and"),
        (b"\x00\x01\x02PC", "hosts.txt", "", "not a text file"),
        (b"\xff\xfeA", "hosts.txt", "", "says that it is UTF-16"),
        ("[1]", "hosts.json", "", "names no device"),
        ('["PC-0001",', "hosts.json", "", r"hosts.json:1: this is not JSON"),
        ('{"name": "PC-1"}\n{oops}\n', "hosts.jsonl", "", r"hosts.jsonl:2: this is not JSON"),
        ("[" * 100_000, "hosts.json", "", "nested too deeply"),
    ],
)
def test_a_list_that_cannot_be_used_says_what_and_where(
    tmp_path: Path, content: str | bytes, name: str, column: str, message: str
) -> None:
    with pytest.raises(InvalidInput, match=message):
        names(listed(tmp_path, content, name, column))


@pytest.mark.parametrize("word", ["@nowhere.csv", "@", "@/"])
def test_a_file_that_is_not_there_is_one_clear_line(word: str) -> None:
    with pytest.raises(InvalidInput, match=r"no such file|cannot be read|no file follows the @"):
        names(word)


def test_empty_standard_input_names_no_device() -> None:
    with pytest.raises(InvalidInput, match="no device was named"):
        names("-")
