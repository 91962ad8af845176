"""What the controller of campaigns needs, in Redis."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

from orchestrator.adapters.ledger.ahead import one_ahead
from orchestrator.adapters.ledger.campaigns import SETTLED, UNSETTLED, counted, read_campaign
from orchestrator.adapters.ledger.entries import read
from orchestrator.adapters.ledger.runs import RedisRuns
from orchestrator.adapters.run_codec import (
    decode,
    encode,
    micros,
    moment,
    read_bucket,
    read_mark,
    word,
)
from orchestrator.domain.campaign_tally import Tally
from orchestrator.errors import RunChanged

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from orchestrator.adapters.ledger.connection import Store
    from orchestrator.domain.campaign import Campaign
    from orchestrator.domain.run import Run
    from orchestrator.usecases.ports import Entry

_BATCH: Final = 250
"""Runs a script replaces at a time: some milliseconds in which the server does nothing else."""


class RedisControl:
    """The port `Control`."""

    def __init__(self, store: Store) -> None:
        """Work on a store."""
        self._store = store
        self._runs = RedisRuns(store)

    def going(self) -> Sequence[Campaign]:
        """Return the campaigns that want a controller; see the port."""
        with self._store.errors() as redis:
            ids = [each.decode() for each in redis.zrange(self._store.key("going"), 0, -1)]
            pipe = redis.pipeline(transaction=False)
            for campaign_id in ids:
                pipe.hgetall(self._store.key("c", campaign_id))
            found = pipe.execute() if ids else []
        return [
            read_campaign(campaign_id, fields)
            for campaign_id, fields in zip(ids, found, strict=True)
            if b"meta" in fields
        ]

    def tally(self, campaign_id: str) -> Tally:
        """Return everything that is counted of a campaign, at one moment."""
        sizes, targets, unreleased, owed, working, settled, marks = self._store.script(
            "tally", campaign_id, *UNSETTLED, *SETTLED
        )
        pairs = zip(marks[::2], marks[1::2], strict=True)
        by_mark = {}
        for field, count in pairs:
            within, _, mark = field.decode().partition(" ")
            by_mark[*read_bucket(within), read_mark(mark)] = int(count)
        return Tally(
            counts=counted(sizes, int(targets)),
            unreleased=unreleased,
            owed=int(owed),
            working=working,
            last_settled=moment(int(settled)) if int(settled) else None,
            marks=by_mark,
        )

    def load_runs(self, run_ids: Sequence[str]) -> Sequence[Run]:
        """Return those of the runs that exist, in this order."""
        return [decode(run_id, text) for run_id, text in self._runs.records(run_ids).items()]

    def replace_runs(
        self, runs: Sequence[Run], now: datetime, *, text: str = "", unreleased: bool = False
    ) -> int:
        """Keep the next versions of runs of one campaign; see the port."""
        told = (micros(now), text, int(unreleased))
        batches = (runs[first : first + _BATCH] for first in range(0, len(runs), _BATCH))
        return sum(
            one_ahead(
                partial(self._replace, batch[0].campaign, *told, *_rows(batch)) for batch in batches
            )
        )

    def _replace(self, campaign: str, *arguments: str | bytes | int) -> int:
        done: int = self._store.script("replace_many", campaign, *arguments)
        if done < 0:
            msg = f"campaign {campaign} is not being started any more"
            raise RunChanged(msg, hint="read it again")
        return done

    def release(self, campaign_id: str, now: datetime, most: int) -> int:
        """Make up to `most` of the runs that may be let go due; see the port."""
        left, owed = most, 1
        while left > 0 and owed:
            batch = min(left, _BATCH)
            owed = int(self._store.script("release_wave", campaign_id, micros(now), batch))
            left -= batch
        return owed

    def open_windows(
        self, campaign_id: str, windows: Mapping[str, tuple[datetime, datetime]]
    ) -> None:
        """Say when runs may be claimed; see the port."""
        key = self._store.key("c", campaign_id, "windows")
        fields = {
            f"site:{word(site)}" if site else "all": f"{micros(since)} {micros(until)}"
            for site, (since, until) in windows.items()
        }
        with self._store.errors() as redis:
            pipe = redis.pipeline(transaction=True)
            pipe.delete(key)
            if fields:
                pipe.hset(key, mapping=fields)
            pipe.execute()

    def tail(self, campaign_id: str, limit: int) -> Sequence[tuple[str, Entry]]:
        """Return the newest entries of a campaign, oldest first, each with its place."""
        with self._store.errors() as redis:
            found = redis.xrevrange(self._store.key("c", campaign_id, "ev"), count=limit)
        return _entries(campaign_id, reversed(found))

    def news(
        self, campaign_id: str, after: str, limit: int, *, seconds: float
    ) -> Sequence[tuple[str, Entry]]:
        """Return entries behind a place, once there are any; see the port."""
        key = self._store.key("c", campaign_id, "ev")
        wait = max(1, int(seconds * 1000)) if seconds > 0 else None
        with self._store.errors() as redis:
            answer = redis.xread({key: after or "0"}, count=limit, block=wait)
        streams = answer.items() if isinstance(answer, dict) else answer or ()
        return [row for _, found in streams for row in _entries(campaign_id, found)]


def _rows(runs: Sequence[Run]) -> list[str | bytes | int]:
    """Return each run's id, the version that was read, and its next record."""
    rows: list[str | bytes | int] = []
    for run in runs:
        rows += (run.id, run.version, encode(run, version=run.version + 1))
    return rows


def _entries(campaign_id: str, found: Any) -> list[tuple[str, Entry]]:  # noqa: ANN401 - as redis-py answers
    return [(place.decode(), read(fields, campaign=campaign_id)) for place, fields in found]
