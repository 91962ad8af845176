"""Live news of runs, over Redis publish and subscribe.

- A channel only says that a run changed; what it is now is read from the ledger. A message that is
  lost is made up for by looking at all runs again every few seconds.
"""

from __future__ import annotations

from contextlib import suppress
from time import monotonic
from typing import TYPE_CHECKING, Any, Final

from orchestrator.adapters.ledger.runs import RedisRuns
from orchestrator.adapters.run_codec import decode, trail
from orchestrator.domain.run import is_still
from orchestrator.errors import NotFound, StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from orchestrator.adapters.ledger.connection import Store
    from orchestrator.domain.run import Run
    from orchestrator.usecases.ports import Entry

_LOOK_AGAIN: Final = 3.0
_BATCH: Final = 1000


class RedisFeed:
    """The port `Feed`."""

    def __init__(self, store: Store) -> None:
        """Work on a store."""
        self._store = store
        self._runs = RedisRuns(store)

    def follow(
        self, run_ids: Sequence[str], *, seconds: float
    ) -> Iterator[tuple[Run, list[Entry]]]:
        """Yield each run now, then again after every change; see the port."""
        end = monotonic() + seconds
        seen: dict[str, tuple[bytes, str]] = {}
        left = list(dict.fromkeys(run_ids))
        channels = self._store.key("news", "")
        with self._store.errors() as redis:
            subscription = redis.pubsub(ignore_subscribe_messages=True)
        try:
            with self._store.errors():
                for first in range(0, len(left), _BATCH):
                    subscription.subscribe(*[channels + i for i in left[first : first + _BATCH]])
            changed = list(left)
            while left:
                for run, news in self._read(changed, seen):
                    if is_still(run):
                        left.remove(run.id)
                    yield run, news
                wait = min(_LOOK_AGAIN, end - monotonic())
                if not left or wait <= 0:
                    return
                told = self._wait(subscription, wait, len(channels))
                still = set(left)
                changed = [run_id for run_id in told if run_id in still] if told else list(left)
        finally:
            with suppress(StoreUnavailable), self._store.errors():
                subscription.close()

    def _wait(self, subscription: Any, seconds: float, prefix: int) -> list[str]:  # noqa: ANN401 - redis-py's PubSub
        """Return the runs that changed, in the order of the news; none after `seconds`."""
        told: dict[str, None] = {}
        with self._store.errors():
            message = subscription.get_message(timeout=seconds)
            while message is not None:
                told[message["channel"].decode()[prefix:]] = None
                message = subscription.get_message(timeout=0)
        return list(told)

    def _read(
        self, run_ids: Sequence[str], seen: dict[str, tuple[bytes, str]]
    ) -> Iterator[tuple[Run, list[Entry]]]:
        """Yield those of the runs that are not as they were when last seen."""
        for first in range(0, len(run_ids), _BATCH):
            batch = run_ids[first : first + _BATCH]
            records = self._runs.records(batch)
            for run_id in batch:
                record = records.get(run_id)
                if record is None:
                    msg = f"there is no run {run_id}"
                    raise NotFound(msg)
                before, last = seen.get(run_id, (b"", ""))
                if record == before:
                    continue
                ids = trail(record)
                fresh = ids[ids.index(last) + 1 :] if last in ids else ids
                run = decode(run_id, record)
                seen[run_id] = (record, ids[-1] if ids else "")
                yield run, [entry for _, entry in self._runs.entries(run.campaign, fresh)]
