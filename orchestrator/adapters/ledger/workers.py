"""Who works, in Redis."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.adapters.run_codec import micros, moment
from orchestrator.usecases.ports import Beat

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from orchestrator.adapters.ledger.connection import Store


class RedisWorkers:
    """The port `Workers`."""

    def __init__(self, store: Store) -> None:
        """Work on a store."""
        self._store = store

    def beat(self, worker: str, now: datetime) -> bool:
        """Report that a worker is there; return whether it is asked to end."""
        return bool(self._store.script("beat", worker, micros(now)))

    def gone(self, worker: str) -> None:
        """Forget a worker that ended."""
        with self._store.errors() as redis:
            redis.zrem(self._store.key("workers"), worker)
            redis.srem(self._store.key("draining"), worker)

    def seen(self, since: datetime) -> Sequence[Beat]:
        """Return the workers that reported since a time, by name."""
        with self._store.errors() as redis:
            redis.zremrangebyscore(self._store.key("workers"), "-inf", f"({micros(since)}")
            found = redis.zrange(self._store.key("workers"), 0, -1, withscores=True)
            draining = redis.smembers(self._store.key("draining"))
            leases = redis.hvals(self._store.key("leases"))
        holders = [lease.split(b" ", 4)[4] for lease in leases]
        return sorted(
            (
                Beat(
                    name=name.decode(),
                    seen=moment(int(at)),
                    working=holders.count(name),
                    draining=name in draining,
                )
                for name, at in found
            ),
            key=lambda beat: beat.name,
        )

    def drain(self, worker: str) -> None:
        """Ask a worker to take nothing more and to end."""
        with self._store.errors() as redis:
            redis.sadd(self._store.key("draining"), worker)

    def waiting(self, now: datetime) -> Mapping[str, tuple[int, int]]:
        """Return how many runs are due, and how many come later; see the port."""
        with self._store.errors() as redis:
            ids = [each.decode() for each in redis.zrange(self._store.key("agenda"), 0, -1)]
            keys = [self._store.key("due"), *(self._store.key("c", each, "due") for each in ids)]
            pipe = redis.pipeline(transaction=False)
            for key in keys:
                pipe.zcount(key, "-inf", micros(now))
                pipe.zcard(key)
            sizes = pipe.execute()
        pairs = zip(sizes[::2], sizes[1::2], strict=True)
        return {
            name: (due, size - due) for name, (due, size) in zip(["", *ids], pairs, strict=True)
        }
