from __future__ import annotations

from functools import partial
from threading import Event, get_ident
from typing import TYPE_CHECKING

import pytest

from orchestrator.adapters.ledger.ahead import one_ahead

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PATIENCE = 10.0


def test_calls_are_made_in_their_order_and_give_what_they_return() -> None:
    made: list[int] = []

    def call(number: int) -> int:
        made.append(number)
        return number * 10

    assert list(one_ahead(partial(call, number) for number in range(5))) == [0, 10, 20, 30, 40]
    assert made == [0, 1, 2, 3, 4]


def test_the_next_call_is_laid_out_while_the_one_before_is_under_way() -> None:
    laid_out = Event()

    def calls() -> Iterator[Callable[[], bool]]:
        yield partial(laid_out.wait, PATIENCE)
        laid_out.set()
        yield lambda: True

    assert list(one_ahead(calls())) == [True, True]


def test_a_call_that_fails_is_the_last_one() -> None:
    made: list[int] = []

    def call(number: int) -> None:
        made.append(number)
        if number == 1:
            message = "the line broke"
            raise ConnectionError(message)

    with pytest.raises(ConnectionError, match="the line broke"):
        list(one_ahead(partial(call, number) for number in range(4)))
    assert made == [0, 1]


def test_what_lays_out_stays_in_the_thread_that_asked() -> None:
    asked: set[int] = set()

    def calls() -> Iterator[Callable[[], int]]:
        for _ in range(3):
            asked.add(get_ident())
            yield get_ident

    answered = set(one_ahead(calls()))
    assert asked == {get_ident()}
    assert get_ident() not in answered


def test_nothing_to_do_is_nothing_done() -> None:
    assert list(one_ahead(())) == []
