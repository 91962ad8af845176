"""Work on one batch here while the server works on the one before."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Future

_T = TypeVar("_T")


def one_ahead(calls: Iterable[Callable[[], _T]]) -> Iterator[_T]:
    """Make calls one after the other, in their order, each while the next one is laid out.

    Args:
        calls: each is made when the one before has answered; laying it out is what the iterable
            does until it gives it.

    Yields:
        What each call returned.

    Raises:
        BaseException: what a call raised; those behind it are not made.
    """
    under_way: Future[_T] | None = None
    with ThreadPoolExecutor(1, thread_name_prefix="ledger") as pool:
        for call in calls:
            if under_way is not None:
                yield under_way.result()
            under_way = pool.submit(call)
        if under_way is not None:
            yield under_way.result()
