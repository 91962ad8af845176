from __future__ import annotations

import threading
import time

import pytest

from orchestrator.adapters.psrp_watchdog import Watchdog


class Cut:
    def __init__(self) -> None:
        self.happened = threading.Event()
        self.times = 0

    def cut(self) -> None:
        self.times += 1
        self.happened.set()


def test_what_is_overdue_is_cut_once() -> None:
    dog, line = Watchdog(), Cut()
    with dog.watch(line, time.monotonic() + 0.02):
        assert line.happened.wait(5)
    assert line.times == 1


def test_the_next_time_rules_even_if_it_is_told_last() -> None:
    dog, late, soon = Watchdog(), Cut(), Cut()
    with dog.watch(late, time.monotonic() + 60), dog.watch(soon, time.monotonic() + 0.02):
        assert soon.happened.wait(5)
    assert late.times == 0


def test_what_is_left_in_time_is_not_cut() -> None:
    dog, early, later = Watchdog(), Cut(), Cut()
    with dog.watch(early, time.monotonic() + 0.05):
        pass
    with dog.watch(later, time.monotonic() + 0.1):
        assert later.happened.wait(5)
    assert early.times == 0


def test_an_exception_in_the_block_ends_the_watch() -> None:
    dog, line, other = Watchdog(), Cut(), Cut()
    with pytest.raises(ZeroDivisionError), dog.watch(line, time.monotonic() + 0.05):
        raise ZeroDivisionError
    with dog.watch(other, time.monotonic() + 0.1):
        assert other.happened.wait(5)
    assert line.times == 0


def test_two_hundred_overdue_lines_are_all_cut_near_their_time() -> None:
    dog = Watchdog()
    lines = [Cut() for _ in range(200)]
    at = time.monotonic() + 0.2
    watches = [dog.watch(line, at) for line in lines]
    for watch in watches:
        watch.__enter__()
    assert all(line.happened.wait(5) for line in lines)
    assert time.monotonic() - at < 1
    for watch in watches:
        watch.__exit__(None, None, None)
