"""Runs and their history in Redis."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta
from functools import partial
from itertools import groupby, islice
from operator import attrgetter
from typing import TYPE_CHECKING, Final, TypeAlias

from orchestrator.adapters.ledger import entries
from orchestrator.adapters.ledger.ahead import one_ahead
from orchestrator.adapters.run_codec import bucket, decode, encode, mark, micros, trail
from orchestrator.domain.campaign_tally import Mark, mark_of
from orchestrator.errors import NotFound
from orchestrator.usecases.ports import Created

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from orchestrator.adapters.ledger.connection import Store
    from orchestrator.domain.device import DeviceName
    from orchestrator.domain.run import Run
    from orchestrator.usecases.ports import Entry

_Argument: TypeAlias = str | bytes | int

_UNMARKED: Final = Mark()
_RECENT: Final = 10_000
_ENTRIES_LONGER: Final = timedelta(days=60)
"""How much longer than runs their entries are kept: a run may go on for weeks."""

_BATCH: Final = 500
"""Runs a script creates at a time: about 2 ms in which the server does nothing else."""


class RedisRuns:
    """The port `Runs`."""

    def __init__(self, store: Store) -> None:
        """Work on a store."""
        self._store = store

    def create(self, run: Run) -> Created:
        """Keep a new run, or join the one that stands for the device; see the port."""
        if run.campaign:
            fresh = self.create_many([run])
            return Created(run=run if fresh else self.load(run.id), fresh=bool(fresh))
        fresh, run_id, record = self._store.script("create", run.id, encode(run), _RECENT)
        return Created(run=run if fresh else decode(run_id.decode(), record), fresh=bool(fresh))

    def create_many(self, runs: Iterable[Run]) -> int:
        """Keep runs of campaigns, thousands at a time; see the port."""
        return sum(
            one_ahead(
                partial(self._create_batch, campaign, batch, self._layout(campaign, batch))
                for campaign, batch in _batches(runs)
            )
        )

    def _create_batch(self, campaign: str, runs: Mapping[str, Run], laid: list[_Argument]) -> int:
        """Create those of the runs that do not exist; return how many that were."""
        left = dict(runs)
        while left:
            made: int = self._store.script("create_many", *laid)
            if made >= 0:
                return made
            for run_id in self.records(list(left)):
                del left[run_id]
            laid = self._layout(campaign, left)
        return 0

    def _layout(self, campaign: str, runs: Mapping[str, Run]) -> list[_Argument]:
        """Return the arguments of ``create_many.lua``."""
        prefix = self._store.key("r", "")
        records: list[_Argument] = []
        due: list[_Argument] = []
        others: list[_Argument] = []
        marks: Counter[str] = Counter()
        buckets: dict[str, list[_Argument]] = defaultdict(list)
        for run_id, run in runs.items():
            records += (prefix + run_id, encode(run))
            if run.due is not None:
                due += (micros(run.due), run_id)
            if run_id != f"{campaign}.{run.device.key}":
                others += (run.device.key, micros(run.created), run_id)
            within = bucket(run.state, run.verdict)
            buckets[within] += (micros(run.updated), run_id)
            what = mark_of(run)
            if what != _UNMARKED:
                marks[f"{within} {mark(what)}"] += 1
        laid: list[_Argument] = [campaign, len(runs), *records, len(due), *due]
        laid += [len(others), *others, 2 * len(marks)]
        for field, count in marks.items():
            laid += [field, count]
        for name, members in buckets.items():
            laid += [name, len(members), *members]
        return laid

    def load(self, run_id: str) -> Run:
        """Return a run; see the port."""
        return decode(run_id, self.record(run_id))

    def record(self, run_id: str) -> bytes:
        """Return a run's record as it is kept.

        Raises:
            NotFound: there is none of that id.
        """
        with self._store.errors() as redis:
            record: bytes | None = redis.get(self._store.key("r", run_id))
        if record is None:
            msg = f"there is no run {run_id}"
            raise NotFound(msg)
        return record

    def records(self, run_ids: Sequence[str]) -> dict[str, bytes]:
        """Return the records of those runs that exist."""
        if not run_ids:
            return {}
        with self._store.errors() as redis:
            found = redis.mget([self._store.key("r", run_id) for run_id in run_ids])
        return {run_id: record for run_id, record in zip(run_ids, found, strict=True) if record}

    def latest(self, device: DeviceName, limit: int = 1) -> Sequence[Run]:
        """Return the device's newest runs, newest first."""
        records = self.records(self._of(device))
        runs = [decode(run_id, record) for run_id, record in records.items()]
        return sorted(runs, key=lambda run: (run.created, run.id), reverse=True)[:limit]

    def recent(self, limit: int = 50) -> Sequence[Run]:
        """Return the newest on-demand runs of all devices, newest first."""
        with self._store.errors() as redis:
            found = redis.zrange(self._store.key("recent"), 0, limit - 1, desc=True)
        records = self.records([run_id.decode() for run_id in found])
        return [decode(run_id, record) for run_id, record in records.items()]

    def history(self, device: DeviceName) -> Sequence[Entry]:
        """Return every entry about the device, oldest first."""
        found: list[tuple[tuple[int, int], Entry]] = []
        for run_id, record in self.records(self._of(device)).items():
            campaign = decode(run_id, record).campaign
            found += [
                (_place(entry_id), entry)
                for entry_id, entry in self.entries(campaign, trail(record))
            ]
        return [entry for _, entry in sorted(found, key=lambda item: item[0])]

    def entries(self, campaign: str, ids: Sequence[str]) -> list[tuple[str, Entry]]:
        """Return the entries of those ids that are still kept, each behind its id."""
        if not ids:
            return []
        stream = self._store.key("c", campaign, "ev") if campaign else self._store.key("ev")
        with self._store.errors() as redis:
            pipe = redis.pipeline(transaction=False)
            for entry_id in ids:
                pipe.xrange(stream, entry_id, entry_id, count=1)
            answers: list[list[tuple[bytes, dict[bytes, bytes]]]] = pipe.execute()
        return [
            (entry_id.decode(), entries.read(fields, campaign=campaign))
            for answer in answers
            for entry_id, fields in answer
        ]

    def remark(self, entry: Entry) -> None:
        """Add a line to a run's history; see the port.

        Raises:
            NotFound: there is no run of that id.
        """
        if not self._store.script("remark", entry.run_id, *entries.flat([entry])):
            msg = f"there is no run {entry.run_id}"
            raise NotFound(msg)

    def forget(self, before: datetime, most: int) -> int:
        """Remove on-demand runs that ended by then; see the port."""
        oldest = micros(before - _ENTRIES_LONGER) // 1000
        return int(self._store.script("forget_runs", micros(before), most, max(oldest, 0)))

    def _of(self, device: DeviceName) -> list[str]:
        """Return every id a run of the device can have."""
        key = device.key
        with self._store.errors() as redis:
            pipe = redis.pipeline(transaction=False)
            pipe.zrange(self._store.key("d", key), 0, -1)
            pipe.zrange(self._store.key("campaigns"), 0, -1)
            own, campaigns = pipe.execute()
        ids = [run_id.decode() for run_id in own]
        return ids + [f"{campaign.decode()}.{key}" for campaign in campaigns]


def _batches(runs: Iterable[Run]) -> Iterator[tuple[str, dict[str, Run]]]:
    """Yield a campaign and up to `_BATCH` of its runs by id."""
    for campaign, group in groupby(runs, key=attrgetter("campaign")):
        if not campaign:
            msg = "an on-demand run is created by itself: it may have to join another"
            raise ValueError(msg)
        while batch := {run.id: run for run in islice(group, _BATCH)}:
            yield campaign, batch


def _place(entry_id: str) -> tuple[int, int]:
    milliseconds, _, sequence = entry_id.partition("-")
    return int(milliseconds), int(sequence)
