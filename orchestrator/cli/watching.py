"""Follow runs until they rest, telling what happens as it happens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, Self

from orchestrator.domain.run import RunState, is_still
from orchestrator.errors import NoWorker
from orchestrator.usecases.follow import follow

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import TracebackType

    from orchestrator.domain.run import Run
    from orchestrator.usecases.ports import Entry, Ports


class Progress(Protocol):
    """Tells a person what happens; entered before, left after, also when it is cut short."""

    def __enter__(self) -> Self:
        """Begin."""
        ...

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End."""
        ...

    def changed(self, run: Run, entries: Sequence[Entry]) -> None:
        """Tell what is new about a run."""
        ...


def watch(
    runs: Sequence[Run],
    ports: Ports,
    progress: Progress,
    *,
    seconds: float,
    unheard: float,
    workers: Callable[[], Sequence[str]],
) -> list[Run]:
    """Return the runs as they are when all rest, or when the time is over.

    Args:
        runs: what to follow.
        ports: the world.
        progress: is told of each change once.
        seconds: how long to watch; the runs go on after it.
        unheard: when nobody has taken any of them up after so long, workers are looked for.
        workers: names those that answer.

    Raises:
        NoWorker: nobody is there to take the runs up; they stay queued.
        StoreError: the ledger cannot be reached.
    """
    latest = {run.id: run for run in runs}
    seen: set[tuple[str, object, str]] = set()
    clock = ports.clock
    end = clock.monotonic() + seconds
    asked = False
    while (left := end - clock.monotonic()) > 0:
        for run, entries in follow(list(latest), ports, seconds=left if asked else unheard):
            latest[run.id] = run
            fresh = [e for e in entries if (e.run_id, e.at, e.text) not in seen]
            seen.update((e.run_id, e.at, e.text) for e in fresh)
            progress.changed(run, fresh)
        if all(is_still(run) for run in latest.values()):
            break
        if not asked and all(run.state is RunState.QUEUED for run in latest.values()):
            _look_for_workers(list(latest), workers)
        asked = True
    return list(latest.values())


def _look_for_workers(ids: list[str], workers: Callable[[], Sequence[str]]) -> None:
    if workers():
        return
    what = ids[0] if len(ids) == 1 else f"{len(ids)} devices"
    stay = "stays" if len(ids) == 1 else "stay"
    msg = f"no worker is running; {what} {stay} queued"
    raise NoWorker(msg, hint="start one: enrollmend worker start; or do the work here: --here")
