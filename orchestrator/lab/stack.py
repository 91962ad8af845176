"""Room on the interpreter's stack of frames for scripts that nest deeply.

CPython (3.11 to 3.13) keeps the frames of a thread in pieces of 16 KiB, asks the system for a piece
when a call does not fit and gives it back when that call returns. Compiled PowerShell nests a
hundred calls and more, so that some loop always runs where two pieces meet: each of its turns then
maps and unmaps memory, a quarter of a busy lab's time. A frame that claims to be large gets a piece
of twice its size, and whatever it calls finds room there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

# Just above half of 1 MiB, in words: sizes are powers of two, and the other half is the room.
_WORDS = 66_000


def _claim(work: Callable[[], T]) -> T:
    return work()


_claim.__code__ = _claim.__code__.replace(co_stacksize=_WORDS)


def with_room(work: Callable[[], T]) -> T:
    """Call something with about half a MiB of room for the frames of what it calls.

    Args:
        work: what is called; what it returns or raises is handed through.
    """
    return _claim(work)
