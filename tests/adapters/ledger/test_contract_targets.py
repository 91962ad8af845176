"""The inventory and the exclusion list: the same in Redis and in memory."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from orchestrator.adapters.ledger import RedisTargetBook
from orchestrator.adapters.memory_targets import MemoryTargetBook
from orchestrator.domain.device import DeviceName
from orchestrator.domain.target import Exclusion, Target

if TYPE_CHECKING:
    from orchestrator.usecases.known_targets import TargetBook

NOW = datetime(2026, 1, 5, 8, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture(params=["memory", "valkey"])
def book(request: pytest.FixtureRequest) -> TargetBook:
    if request.param == "memory":
        return MemoryTargetBook()
    return RedisTargetBook(request.getfixturevalue("store"))


def test_what_is_kept_is_found_as_it_was(book: TargetBook) -> None:
    target = Target.of("pc-1.corp.example", site="Berlin Ö", tags=(("floor", "3"), ("vip", "")))
    assert book.keep([target, Target.of("PC-2")]) == 2
    assert book.targets() == {"PC-1": target, "PC-2": Target.of("PC-2")}


def test_what_is_kept_again_is_changed_and_not_doubled(book: TargetBook) -> None:
    book.keep([Target.of("PC-1", site="BER")])
    assert book.keep([Target.of("pc-1", site="HAM"), Target.of("PC-2")]) == 1
    assert book.targets()["PC-1"].site == "HAM"


def test_what_is_dropped_is_gone(book: TargetBook) -> None:
    book.keep([Target.of("PC-1"), Target.of("PC-2")])
    assert book.drop(["PC-1", "PC-9"]) == 1
    assert list(book.targets()) == ["PC-2"]


def test_an_exclusion_says_by_whom_when_and_why(book: TargetBook) -> None:
    mine = Exclusion(device=DeviceName("PC-1"), by="ada", at=NOW, reason="of the board")
    assert book.exclude([mine]) == 1
    assert book.exclude([mine]) == 0
    assert book.exclusions() == {"PC-1": mine}
    assert book.include(["PC-1", "PC-2"]) == 1
    assert book.exclusions() == {}


def test_many_are_kept_at_once(book: TargetBook) -> None:
    many = [Target.of(f"PC-{number}", site="BER") for number in range(5000)]
    assert book.keep(many) == 5000
    assert len(book.targets()) == 5000
    assert book.drop(each.device.key for each in many) == 5000
