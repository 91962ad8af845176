"""Sessions that are made when the first is opened."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from orchestrator.adapters.late import LateSessions
from orchestrator.domain.device import DeviceName

if TYPE_CHECKING:
    from collections.abc import Iterator

PC = DeviceName("PC-0042")


class Opening:
    """Sessions that say which device they are on."""

    @contextmanager
    def open(self, device: DeviceName, *, seconds: float) -> Iterator[Any]:
        yield f"{device} for {seconds:g}"


def test_nothing_is_made_before_a_session_is_opened() -> None:
    made: list[Opening] = []

    def make() -> Opening:
        made.append(Opening())
        return made[-1]

    late = LateSessions(make)
    assert made == []
    with late.open(PC, seconds=5) as session:
        assert str(session) == "PC-0042 for 5"
    assert len(made) == 1


def test_many_threads_share_what_the_first_makes() -> None:
    made: list[Opening] = []

    def make() -> Opening:
        made.append(Opening())
        return made[-1]

    late = LateSessions(make)
    with ThreadPoolExecutor(8) as pool:
        opened = list(pool.map(lambda _: late.open(PC, seconds=1), range(32)))
    assert (len(opened), len(made)) == (32, 1)


def test_what_could_not_be_made_is_tried_again_with_the_next_session() -> None:
    tries = iter((OSError("no file"), None))

    def make() -> Opening:
        if error := next(tries):
            raise error
        return Opening()

    late = LateSessions(make)
    raised = False
    try:
        late.open(PC, seconds=1)
    except OSError:
        raised = True
    with late.open(PC, seconds=1) as session:
        assert raised
        assert str(session) == "PC-0042 for 1"
