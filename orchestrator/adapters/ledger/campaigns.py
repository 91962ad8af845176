"""Campaigns and caps in Redis."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

import msgspec

from orchestrator.adapters.ledger.entries import flat, read
from orchestrator.adapters.ledger.runs import RedisRuns
from orchestrator.adapters.run_codec import bucket, decode, lean, micros, word
from orchestrator.domain.campaign import Campaign, CampaignStatus, Counts
from orchestrator.domain.run import RunState, Verdict
from orchestrator.errors import InvalidInput, NotFound, RunChanged
from orchestrator.usecases.ports import SAID_MOST, Page

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from orchestrator.adapters.ledger.connection import Store
    from orchestrator.domain.run import Run
    from orchestrator.usecases.ports import Entry

UNSETTLED: Final = tuple(bucket(state, None) for state in RunState)
SETTLED: Final = tuple(bucket(RunState.SETTLED, verdict) for verdict in Verdict)
_FORGET: Final = 500
_PARTS: Final = 3


def counted(sizes: Sequence[int], targets: int) -> Counts:
    """Return the counts for the sizes of the sets `UNSETTLED` and `SETTLED`."""
    states = dict(zip(RunState, sizes[: len(UNSETTLED)], strict=True))
    verdicts = dict(zip(Verdict, sizes[len(UNSETTLED) :], strict=True))
    return Counts.of(states, verdicts, targets)


class RedisCampaigns:
    """The port `Campaigns`."""

    def __init__(self, store: Store) -> None:
        """Work on a store."""
        self._store = store
        self._runs = RedisRuns(store)

    def create(self, campaign: Campaign) -> Campaign:
        """Keep a new campaign; see the port."""
        kept = replace(campaign, version=0)
        if self._save(kept, "new") == b"taken" and self.load(kept.id) != kept:
            msg = f"there is a campaign {campaign.id} already"
            raise InvalidInput(msg)
        return kept

    def load(self, campaign_id: str) -> Campaign:
        """Return a campaign; see the port."""
        with self._store.errors() as redis:
            fields = redis.hgetall(self._store.key("c", campaign_id))
        if b"meta" not in fields:
            raise _no_campaign(campaign_id)
        return read_campaign(campaign_id, fields)

    def newest(self, limit: int = 50) -> Sequence[Campaign]:
        """Return the newest campaigns, newest first."""
        with self._store.errors() as redis:
            ids = redis.zrange(self._store.key("campaigns"), 0, limit - 1, desc=True)
            pipe = redis.pipeline(transaction=False)
            for campaign_id in ids:
                pipe.hgetall(self._store.key("c", campaign_id.decode()))
            found = pipe.execute() if ids else []
        return [
            read_campaign(campaign_id.decode(), fields)
            for campaign_id, fields in zip(ids, found, strict=True)
            if b"meta" in fields
        ]

    def save(
        self, campaign: Campaign, entries: Sequence[Entry] = (), *, release: int = 0
    ) -> Campaign:
        """Keep the next version of a campaign; see the port."""
        answer = self._save(campaign, "save", release, entries)
        if answer == b"gone":
            raise _no_campaign(campaign.id)
        if answer == b"version":
            msg = f"campaign {campaign.id} was changed by somebody else"
            raise RunChanged(msg, hint="read it again")
        return replace(campaign, version=campaign.version + 1)

    def set_status(
        self,
        campaign_id: str,
        status: CampaignStatus,
        now: datetime,
        *,
        only_from: CampaignStatus | None = None,
    ) -> Campaign:
        """Change nothing but the status; see the port."""
        before = only_from.value if only_from else ""
        answer = self._store.script(
            "campaign_save", campaign_id, "status", "", status.value, "", micros(now), "", before
        )
        if answer == b"gone":
            raise _no_campaign(campaign_id)
        return self.load(campaign_id)

    def add_runs(self, runs: Iterable[Run]) -> int:
        """Keep runs of a campaign; see the port."""
        return self._runs.create_many(runs)

    def counts(self, campaign_id: str) -> Counts:
        """Return how many of its runs are in each state, exactly."""
        *sizes, targets = self._store.script("counts", campaign_id, *UNSETTLED, *SETTLED)
        return counted(sizes, int(targets))

    def page(
        self,
        campaign_id: str,
        within: RunState | Verdict | None = None,
        cursor: str = "",
        limit: int = 50,
    ) -> Page:
        """Return its runs by last change, a page at a time; see the port."""
        buckets = _buckets(within)
        name, score, member = _place(cursor, buckets)
        if name:
            buckets = buckets[buckets.index(name) :]
        runs: list[Run] = []
        for each in buckets:
            rows: list[bytes] = self._store.script(
                "page", campaign_id, each, limit - len(runs), score, member
            )
            for at in range(0, len(rows), 3):
                runs += [decode(rows[at + 1].decode(), rows[at + 2])] if rows[at + 2] else []
            if rows:
                name, score, member = each, rows[-3].decode(), rows[-2].decode()
            if len(runs) >= limit:
                return Page(runs=tuple(runs), cursor=f"{name} {score} {member}")
            score = member = ""
        return Page(runs=tuple(runs), cursor="")

    def events(
        self, campaign_id: str, after: str = "", limit: int = 100
    ) -> Sequence[tuple[str, Entry]]:
        """Return entries of all its devices and of itself, oldest first; see the port."""
        with self._store.errors() as redis:
            found = redis.xrange(
                self._store.key("c", campaign_id, "ev"), f"({after}" if after else "-", count=limit
            )
        return [(place.decode(), read(fields, campaign=campaign_id)) for place, fields in found]

    def remark(self, campaign_id: str, entry: Entry) -> None:
        """Add an entry about the campaign itself; see the port."""
        at, kind, state, text = flat([entry])
        fields: dict[Any, Any] = {"r": "", "d": "", "a": at, "k": kind, "s": state, "t": text}
        key = self._store.key
        with self._store.errors() as redis:
            pipe = redis.pipeline(transaction=True)
            pipe.xadd(key("c", campaign_id, "ev"), fields)
            pipe.xadd(key("c", campaign_id, "said"), fields, maxlen=SAID_MOST, approximate=False)
            pipe.execute()

    def said(self, campaign_id: str) -> Sequence[Entry]:
        """Return what was decided about the campaign itself; see the port."""
        with self._store.errors() as redis:
            found = redis.xrange(self._store.key("c", campaign_id, "said"))
        return [read(fields, campaign=campaign_id) for _, fields in found]

    def ended_before(self, before: datetime) -> Sequence[str]:
        """Return campaigns that ended by then and have nothing left to do; see the port."""
        found = self._store.script("forgettable", micros(before), *UNSETTLED)
        return [campaign_id.decode() for campaign_id in found]

    def forget(self, campaign_id: str, *, most: int | None = None) -> bool:
        """Remove it with all its runs and entries; see the port."""
        key = self._store.key
        with self._store.errors() as redis:
            pipe = redis.pipeline()
            for listed in ("agenda", "going", "campaigns"):
                pipe.zrem(key(listed), campaign_id)
            pipe.hdel(key("caps"), f"campaign:{campaign_id}")
            pipe.unlink(key("c", campaign_id))
            pipe.execute()
        left = sys.maxsize if most is None else most
        for each in (*UNSETTLED, *SETTLED):
            removed = 1
            while removed:
                if left <= 0:
                    return False
                removed = self._store.script("forget", campaign_id, each, min(_FORGET, left))
                left -= removed
        with self._store.errors() as redis:
            pipe = redis.pipeline()
            parts = ("due", "ev", "said", "marks", "windows", "unreleased")
            pipe.unlink(key("c", campaign_id), *(key("c", campaign_id, part) for part in parts))
            pipe.zrem(key("ended"), campaign_id)
            pipe.execute()
        return True

    def _save(
        self, campaign: Campaign, how: str, release: int = 0, entries: Sequence[Entry] = ()
    ) -> Any:  # noqa: ANN401 - as redis-py answers
        meta = lean(campaign)
        assert isinstance(meta, dict)  # noqa: S101 - a dataclass gives a dict
        for kept_apart in ("id", "status", "version"):
            meta.pop(kept_apart, None)
        return self._store.script(
            "campaign_save",
            campaign.id,
            how,
            campaign.version,
            campaign.status.value,
            msgspec.json.encode(meta),
            micros(campaign.created),
            "" if campaign.course.budget is None else campaign.course.budget,
            release,
            "" if campaign.policy.site_most is None else campaign.policy.site_most,
            "" if campaign.course.ended is None else micros(campaign.course.ended),
            " ".join(f"{word(cause)} {most}" for cause, most in campaign.course.cause_budgets),
            SAID_MOST,
            *flat(entries),
        )


class RedisCaps:
    """The port `Caps`."""

    def __init__(self, store: Store) -> None:
        """Work on a store."""
        self._store = store

    def limit(self, scope: str, most: int | None) -> None:
        """Set or lift a limit; holds from the next `claim` on."""
        with self._store.errors() as redis:
            if most is None:
                redis.hdel(self._store.key("caps"), _scope(scope))
            else:
                redis.hset(self._store.key("caps"), _scope(scope), most)

    def limits(self) -> Mapping[str, int]:
        """Return every limit that is set."""
        with self._store.errors() as redis:
            found = redis.hgetall(self._store.key("caps"))
        return {_unscope(scope.decode()): int(most) for scope, most in found.items()}

    def busy(self, scope: str, now: datetime) -> int:
        """Return how many devices of the scope are worked on."""
        key = ("lease",) if scope == "all" else ("busy", _scope(scope))
        with self._store.errors() as redis:
            return int(redis.zcount(self._store.key(*key), f"({micros(now)}", "+inf"))


def read_campaign(campaign_id: str, fields: Mapping[bytes, bytes]) -> Campaign:
    """Return the campaign a hash holds."""
    document = msgspec.json.decode(fields[b"meta"], type=dict[str, Any])
    document.update(
        id=campaign_id, status=fields[b"status"].decode(), version=int(fields[b"version"])
    )
    return msgspec.convert(document, Campaign)


def _place(cursor: str, buckets: Sequence[str]) -> tuple[str, str, str]:
    """Return the bucket, score and member a cursor stands for; empty ones for none.

    Raises:
        InvalidInput: it is not a cursor of these runs.
    """
    parts = cursor.split(" ") if cursor else ["", "", ""]
    if cursor and (len(parts) != _PARTS or parts[0] not in buckets or not parts[1].isdigit()):
        msg = f"{cursor[:60]!r} does not continue a page of these runs"
        raise InvalidInput(msg, hint="begin without a cursor")
    return parts[0], parts[1], parts[2]


def _buckets(within: RunState | Verdict | None) -> list[str]:
    if within is None:
        return [*UNSETTLED, *SETTLED]
    if within is RunState.SETTLED:
        return [bucket(within, None), *SETTLED]
    if isinstance(within, Verdict):
        return [bucket(RunState.SETTLED, within)]
    return [bucket(within, None)]


def _scope(scope: str) -> str:
    kind, colon, name = scope.partition(":")
    return f"{kind}:{word(name)}" if colon else kind


def _unscope(scope: str) -> str:
    kind, colon, name = scope.partition(":")
    return f"{kind}:{unquote(name)}" if colon else kind


def _no_campaign(campaign_id: str) -> NotFound:
    msg = f"there is no campaign {campaign_id}"
    return NotFound(msg)
