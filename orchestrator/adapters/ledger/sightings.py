"""Who is away, when PCs were seen, and how attempts end at each site, in Redis."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

import msgspec

from orchestrator.adapters.run_codec import body_of, micros, moment
from orchestrator.domain.adaptive import SiteCap, Tally
from orchestrator.domain.online_hours import OnlineHours, generation, slot
from orchestrator.domain.run import RunState
from orchestrator.errors import InvalidInput
from orchestrator.usecases.presence_ports import Absent, AbsentPage

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from orchestrator.adapters.ledger.connection import Store

REMEMBERED: Final = timedelta(weeks=8)
"""How long the hours of four weeks are kept."""

_ON_DEMAND: Final = "-"
_AWAY: Final = RunState.AWAY.value.encode()
_NO_LIMIT: Final = "-"


class _Name(msgspec.Struct):
    """The part of a run's body that names its PC when the head does not."""

    device: str = ""


_name = msgspec.json.Decoder(_Name)


class RedisSightings:
    """The port `Sightings`."""

    def __init__(self, store: Store) -> None:
        """Work on a store."""
        self._store = store

    def away(self, cursor: str = "", limit: int = 1000) -> AbsentPage:
        """Return absent runs of what goes on now; see the port."""
        source, _, place = cursor.partition(" ")
        if cursor and not place.isdigit():
            msg = f"{cursor[:60]!r} does not continue a round"
            raise InvalidInput(msg, hint="begin without a cursor")
        source = source or _ON_DEMAND
        with self._store.errors() as redis:
            if source == _ON_DEMAND:
                place, rows = redis.hscan(self._store.key("open"), int(place or 0), count=limit)
                ids = [run_id.decode() for run_id in rows.values()]
            else:
                key = self._store.key("c", source, "in", RunState.AWAY.value)
                place, members = redis.zscan(key, int(place or 0), count=limit)
                ids = [run_id.decode() for run_id, _ in members]
            records = redis.mget([self._store.key("r", run_id) for run_id in ids]) if ids else []
            following = f"{source} {place}" if place else self._after(redis, source)
        found = (_absent(*row) for row in zip(ids, records, strict=True))
        return AbsentPage(absent=tuple(each for each in found if each), cursor=following)

    def _after(self, redis: Any, source: str) -> str:  # noqa: ANN401 - redis-py's client
        """Return the cursor of the next campaign that goes on; empty behind the last."""
        going = sorted(each.decode() for each in redis.zrange(self._store.key("agenda"), 0, -1))
        following = next((each for each in going if source == _ON_DEMAND or each > source), "")
        return following and f"{following} 0"

    def learn(self, devices: Sequence[str], at: datetime) -> None:
        """Note that PCs were seen; see the port."""
        if not devices:
            return
        hour, period = slot(at), str(generation(at))
        with self._store.errors() as redis:
            pipe = redis.pipeline(transaction=False)
            for device in devices:
                key = self._store.key("seen", period, device)
                pipe.setbit(key, hour, 1)
                pipe.expire(key, int(REMEMBERED.total_seconds()))
            pipe.execute()

    def hours(self, device: str, at: datetime) -> OnlineHours:
        """Return when a PC was seen lately; see the port."""
        newest = generation(at)
        keys = [self._store.key("seen", str(period), device) for period in (newest, newest - 1)]
        with self._store.errors() as redis:
            return OnlineHours.unpack(*(packed for packed in redis.mget(keys) if packed))


def _absent(run_id: str, record: bytes | None) -> Absent | None:
    """Return whom a run waits for; None when it does not rest as away."""
    if record is None:
        return None
    words = record.partition(b"\n")[0].split(b" ")
    if words[1] != _AWAY:
        return None
    body = body_of(record)
    name = _name.decode(body).device if b'"device":' in body else ""
    return Absent(run_id=run_id, device=name or words[6].decode())


class RedisSiteLoads:
    """The port `SiteLoads`."""

    def __init__(self, store: Store) -> None:
        """Work on a store."""
        self._store = store

    def note(self, site: str, *, late: bool) -> None:
        """Count an attempt that reached its device; see the port."""
        with self._store.errors() as redis:
            pipe = redis.pipeline(transaction=False)
            pipe.hincrby(self._store.key("load"), f"ended:{site}", 1)
            if late:
                pipe.hincrby(self._store.key("load"), f"late:{site}", 1)
            pipe.execute()

    def collect(self) -> Mapping[str, Tally]:
        """Return what was counted since the last call, and begin anew."""
        with self._store.errors() as redis:
            pipe = redis.pipeline()
            pipe.hgetall(self._store.key("load"))
            pipe.unlink(self._store.key("load"))
            counted = _texts(pipe.execute()[0])
        return {
            site: Tally(ended=int(count), late=int(counted.get(f"late:{site}", 0)))
            for kind, _, site, count in _split(counted)
            if kind == "ended"
        }

    def adapted(self) -> Mapping[str, SiteCap]:
        """Return the limits that were last decided, by site."""
        with self._store.errors() as redis:
            kept = _texts(redis.hgetall(self._store.key("adapted")))
        return {site: _cap(words.split()) for site, words in kept.items()}

    def keep(self, site: str, cap: SiteCap | None) -> None:
        """Remember what was decided for a site; see the port."""
        key = self._store.key("adapted")
        with self._store.errors() as redis:
            if cap is None:
                redis.hdel(key, site)
            else:
                most = _NO_LIMIT if cap.most is None else cap.most
                redis.hset(key, site, f"{cap.now} {most} {micros(cap.halved)}")


def _cap(words: Sequence[str]) -> SiteCap:
    now, most, halved = words
    return SiteCap(
        now=int(now), most=None if most == _NO_LIMIT else int(most), halved=moment(int(halved))
    )


def _texts(found: Mapping[bytes, bytes]) -> dict[str, str]:
    return {key.decode(): value.decode() for key, value in found.items()}


def _split(counted: Mapping[str, str]) -> Iterable[tuple[str, str, str, str]]:
    for field, count in counted.items():
        yield (*field.partition(":"), count)
