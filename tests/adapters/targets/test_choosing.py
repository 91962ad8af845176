"""What is meant after everything that is not: sites, tags, the inventory, and what is left out."""

from __future__ import annotations

import io
import tracemalloc
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from orchestrator.adapters.memory import MemoryLedger
from orchestrator.adapters.memory_campaigns import MemoryCampaigns
from orchestrator.adapters.memory_targets import MemoryTargetBook
from orchestrator.adapters.targets import read_targets
from orchestrator.adapters.targets_file import read_stream
from orchestrator.domain.device import DeviceName
from orchestrator.domain.target import Exclusion, Target
from orchestrator.errors import InvalidInput, InvalidInputs
from orchestrator.usecases.known_targets import KnownTargets

if TYPE_CHECKING:
    from pathlib import Path

    from orchestrator.adapters.targets import Targets

NOW = datetime(2026, 1, 5, tzinfo=UTC)


class World:
    """A book and a ledger to choose from."""

    def __init__(self) -> None:
        ledger = MemoryLedger()
        self.book = MemoryTargetBook()
        self.known = KnownTargets(ledger, MemoryCampaigns(ledger), self.book)

    def choose(self, *words: str, stdin: str = "") -> Targets:
        return read_targets(words, io.StringIO(stdin), self.known)

    def names(self, *words: str, stdin: str = "") -> list[str]:
        return [device.text for device in self.choose(*words, stdin=stdin).devices]


@pytest.fixture
def world() -> World:
    return World()


def target(name: str, site: str = "", **tags: str) -> Target:
    return Target.of(name, site=site, tags=tuple(sorted(tags.items())))


def test_sites_and_tags_are_read_beside_the_names(world: World) -> None:
    text = "user;Hostname;Standort;Tags\nada;PC-1;BER;floor=3, vip\nbob;PC-2;-;\n"
    first, second = world.choose("-", stdin=text).targets
    assert first == target("PC-1", "BER", floor="3", vip="")
    assert second == target("PC-2")


@pytest.mark.parametrize(
    "text",
    [
        '[{"name": "PC-1", "site": "BER", "tags": {"floor": "3"}}]',
        '[{"device": {"name": "PC-1", "site": "BER"}, "tags": ["floor=3"]}]',
        '{"host": "PC-1", "site": "BER", "tags": "floor=3"}',
    ],
)
def test_json_has_sites_and_tags_too(world: World, text: str) -> None:
    assert world.choose("-", stdin=text).targets == (target("PC-1", "BER", floor="3"),)


def test_one_site_in_two_spellings_is_one_site(world: World) -> None:
    found = world.choose("-", stdin="name,site\nPC-1,BER\nPC-2,ber\n")
    assert [each.site for each in found.targets] == ["BER", "BER"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name,site\nPC-1,BER\npc-1.corp.example,HAM\n", r"stdin:3: .* is at HAM here, and at BER"),
        ("name,tags\nPC-1,floor=3\nPC-1,floor=4\n", r"stdin:3: PC-1 has another value of the tag"),
        ("name,tags\nPC-1,floor=3; floor=4\n", r"stdin:2: the tag floor has two values"),
        ("name,tags\nPC-1,a b\n", r"stdin:2: 'a b' is not a tag"),
        ("name,site\nPC-1,=1+1\n", r"stdin:2: '=1\+1' is a spreadsheet formula"),
        ("name,site\n=HYPERLINK(1),BER\n", r"stdin:2: '=HYPERLINK\(1\)' begins as a spreadsheet"),
        ("name,site\n@SUM(A1),BER\n", r"stdin:2: '@SUM\(A1\)' begins as a spreadsheet formula"),
        ("name,site\nPC-1," + "x" * 65 + "\n", "a site has at most 64 printable characters"),
        ("A" * 300 + "\n", r"stdin:1: .* has 300 characters; no computer name has"),
    ],
)
def test_a_line_that_cannot_be_used_says_what_and_where(
    world: World, text: str, message: str
) -> None:
    with pytest.raises(InvalidInput, match=message):
        world.choose("-", stdin=text)


def test_what_is_left_out_wins_over_what_is_named_and_is_told(world: World) -> None:
    found = world.choose("PC-1", "PC-2", "PC-3", "!pc-2.corp.example", "!-", stdin="PC-3\n")
    assert [device.text for device in found.devices] == ["PC-1"]
    assert [(each.device.text, each.why) for each in found.left_out] == [
        ("PC-2", "!pc-2.corp.example"),
        ("PC-3", "!-"),
    ]


def test_the_exclusion_list_holds_for_every_list(world: World) -> None:
    world.book.exclude([Exclusion(device=DeviceName("PC-2"), by="ada", at=NOW)])
    assert world.names("PC-1", "pc-2.corp.example") == ["PC-1"]
    with pytest.raises(InvalidInput, match="no device is left: the exclusion list takes 1"):
        world.choose("PC-2")


def test_a_list_of_what_to_leave_out_is_read_as_strictly(world: World, tmp_path: Path) -> None:
    path = tmp_path / "vip.txt"
    path.write_text("PC-1\nPC 2\n")
    with pytest.raises(InvalidInput, match=r"vip.txt:2: 'PC 2' is not a computer name"):
        world.choose("PC-9", f"!@{path}")
    with pytest.raises(InvalidInput, match="there is no such file"):
        world.choose("PC-9", "!@nowhere.csv")


def test_only_what_to_leave_out_names_no_device(world: World) -> None:
    with pytest.raises(InvalidInput, match="no device was named"):
        world.choose("!PC-1")


def test_tags_choose_from_the_inventory_and_reject_from_any_list(world: World) -> None:
    world.book.keep([target("PC-1", "BER"), target("PC-2", "HAM", vip=""), target("PC-3", "ber")])
    assert world.names("tag:site=BER") == ["PC-1", "PC-3"]
    assert world.names("tag:site") == ["PC-1", "PC-2", "PC-3"]
    assert world.names("PC-1", "PC-2", "!tag:vip") == ["PC-1"]
    own = "name,tags\nPC-8,vip\nPC-9,\n"
    assert world.names("-", "!tag:vip", stdin=own) == ["PC-9"]
    with pytest.raises(InvalidInput, match="tag:site=MUC: this means no device now"):
        world.choose("tag:site=MUC")


def test_what_a_list_does_not_say_the_inventory_does(world: World) -> None:
    world.book.keep([target("PC-1", "BER", floor="3", vip="")])
    (found,) = world.choose("-", stdin="name,tags\nPC-1,floor=4\n").targets
    assert found == target("PC-1", "BER", floor="4", vip="")


def test_mistakes_of_every_selector_are_told_at_once(world: World) -> None:
    with pytest.raises(InvalidInputs) as caught:
        world.choose("PC 1", "@nowhere.csv", "ad:x", "tag:site=MUC", "-", stdin="10.0.0.1\n")
    told = " ".join(str(problem) for problem in caught.value.problems)
    for part in ("no selector ad:", "no such file", "means no device", "'PC 1'", "is an address"):
        assert part in told


class Endless(io.RawIOBase):
    """A file that is one line without an end, and counts how much of it was read."""

    def __init__(self) -> None:
        super().__init__()
        self.given = 0

    def read(self, size: int = -1, /) -> bytes:
        assert size > 0
        self.given += size
        return b"A" * size


def test_a_line_of_a_gigabyte_is_refused_before_it_was_read() -> None:
    stream = Endless()
    tracemalloc.start()
    with pytest.raises(InvalidInput, match=r"huge.csv:1: this line is longer than 64 KiB"):
        read_stream(stream, where="huge.csv")  # type: ignore[arg-type]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert stream.given <= 256 << 10
    assert peak < 1 << 20


def test_a_long_list_of_json_may_be_one_line(world: World) -> None:
    names = [f"PC-{number:06}" for number in range(20_000)]
    text = "[" + ",".join(f'"{name}"' for name in names) + "]"
    assert read_stream(io.BytesIO(text.encode()), where="x") == text.encode()
    assert world.names("-", stdin=text) == names


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (
            "name\nPC-1\nJörg\n".encode() + "Jörg\n".encode("cp1252"),
            r"hosts.csv:4: this line is of",
        ),
        (b"name\nPC-1\n" + "PC-2\n".encode("utf-16-le"), r"hosts.csv:3: this line is of another"),
        (b"\xef\xbb\xbfname\nPC-1\nJ\xf6rg\n", r"hosts.csv:3: says that it is UTF-8, and is not"),
        ("name\nPC-1\n".encode("utf-16") + b"PC-2\n", r"hosts.csv:\d: "),
    ],
)
def test_a_list_of_two_encodings_is_refused_with_the_line(
    world: World, tmp_path: Path, raw: bytes, message: str
) -> None:
    path = tmp_path / "hosts.csv"
    path.write_bytes(raw)
    with pytest.raises(InvalidInput, match=message):
        world.choose(f"@{path}")
