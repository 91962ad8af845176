"""Watch runs while they happen."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from orchestrator.domain.run import Run
    from orchestrator.usecases.ports import Entry, Ports


def follow(
    run_ids: Sequence[str], ports: Ports, *, seconds: float
) -> Iterator[tuple[Run, list[Entry]]]:
    """Yield each run as it is now, then again whenever it changes.

    Args:
        run_ids: which runs.
        ports: the world.
        seconds: stop watching after so long; the runs go on.

    Yields:
        The run and the entries that are new since the last time it was yielded.

    Raises:
        NotFound: there is no run of an id.
        StoreError: the ledger cannot be reached.
    """
    yield from ports.feed.follow(run_ids, seconds=seconds)
