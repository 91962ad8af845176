"""What is due, in Redis."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final

from orchestrator.adapters.run_codec import micros

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from orchestrator.adapters.ledger.connection import Store

REAPED_TEXT: Final = "the worker was lost; the device is looked at again"
AHEAD: Final = timedelta(days=1)
"""How much earlier than others those are rung for that go first."""

RUNG: Final = timedelta(seconds=10)
"""When a run that was rung for where it was asked for, and not claimed, is handed out."""

_BATCH: Final = 200


class RedisAgenda:
    """The port `Agenda`."""

    def __init__(self, store: Store, *, grace: timedelta = timedelta(seconds=60)) -> None:
        """Work on a store.

        Args:
            store: where.
            grace: when a run that was taken and not claimed comes back.
        """
        self._store = store
        self._grace = grace

    def take(self, count: int, now: datetime, *, urgent: bool) -> Sequence[str]:
        """Hand out up to `count` run ids that are due; see the port."""
        later = micros(now + self._grace)
        taken = self._store.script("take", count, micros(now), later, int(urgent))
        return [run_id.decode() for run_id in taken]

    def rung(self, run_id: str, now: datetime) -> None:
        """Note that an on-demand run was rung for; see the port."""
        with self._store.errors() as redis:
            # only what is still there, and only later: a worker may have been quicker
            redis.zadd(self._store.key("due"), {run_id: micros(now + RUNG)}, xx=True, gt=True)

    def reap(self, now: datetime) -> Sequence[str]:
        """Make runs whose lease ended due again; see the port."""
        reaped: list[str] = []
        while True:
            looked_at, *ids = self._store.script("reap", micros(now), _BATCH, REAPED_TEXT)
            reaped += [run_id.decode() for run_id in ids]
            if looked_at < _BATCH:
                return reaped

    def hasten(self, run_ids: Sequence[str], now: datetime, *, first: bool = False) -> int:
        """Make resting runs due now; see the port."""
        hastened = 0
        rung = micros(now - AHEAD) if first else micros(now)
        for start in range(0, len(run_ids), _BATCH):
            batch = run_ids[start : start + _BATCH]
            hastened += self._store.script("hasten", micros(now), rung, *batch)
        return hastened

    def lead(self, duty: str, holder: str, *, seconds: float) -> bool:
        """Take or keep a duty that one process does for all; see the port."""
        return bool(self._store.script("lead", duty, holder, int(seconds * 1000)))
