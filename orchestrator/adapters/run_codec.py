"""A run as the ledger keeps it: one line of plain words, one line of compact JSON.

- The first line (the head) holds what the Lua scripts compare and change: ``version state verdict
  due updated created device campaign site mark``, times in microseconds since 1970, ``-`` for
  nothing. The mark is what the run is counted under: ``cause/owner``; on-demand runs have none.
- The second line (the body) is everything else as JSON; whatever equals its default is left out.
  A long one is compressed (zlib), with its line feeds spelled otherwise.
- A third line (the trail), written by the scripts, names the run's entries in the event stream.
- The id is the key's, and not repeated.
"""

from __future__ import annotations

import zlib
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from functools import cache, lru_cache, partial
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from urllib.parse import quote, unquote

import msgspec

from orchestrator.domain.campaign_tally import Mark, mark_of
from orchestrator.domain.device import DeviceName
from orchestrator.domain.findings import Owner
from orchestrator.domain.run import Run, RunState, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    _Read: TypeAlias = Callable[[object], tuple[object, ...]]
    _Shape: TypeAlias = tuple[_Read, tuple[str, ...], tuple[object, ...]]

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_NONE: Final = "-"
_HEAD: Final = frozenset(
    {
        "id",
        "version",
        "state",
        "verdict",
        "due",
        "updated",
        "created",
        "device",
        "campaign",
        "site",
    }
)

_UNMARKED: Final = Mark()
_LONG: Final = 400
"""Bytes from which a body is compressed: to about half."""

_SPELLED: Final = ((b"\x1b", b"\x1b1"), (b"\n", b"\x1b2"))
"""What a compressed body must not hold, and how it is spelled; the second needs the first."""

_json: Final = msgspec.json.Encoder()
_plain: Final = msgspec.json.Decoder(dict[str, Any])


@lru_cache(maxsize=1024)
def micros(at: datetime) -> int:
    """Return microseconds since 1970; exact in a sorted set's score until the year 2255."""
    return (at - _EPOCH) // _MICROSECOND


@lru_cache(maxsize=1024)
def moment(microseconds: int) -> datetime:
    """Return the time in UTC."""
    return _EPOCH + timedelta(microseconds=microseconds)


@lru_cache(maxsize=4096)
def word(text: str) -> str:
    """Return a text as one word of the head: no blanks, never empty."""
    quoted = quote(text, safe="")
    return {"": _NONE, _NONE: "%2D"}.get(quoted, quoted)


@lru_cache(maxsize=1024)
def mark(what: Mark) -> str:
    """Return a mark as one word of the head."""
    if what == _UNMARKED:
        return _NONE
    return f"{word(what.cause)}/{what.owner.value if what.owner else _NONE}"


def read_mark(text: str) -> Mark:
    """Return the mark a word stands for."""
    cause, _, owner = text.partition("/")
    return Mark(cause=_text(cause), owner=None if owner in {"", _NONE} else Owner(owner))


def read_bucket(name: str) -> tuple[RunState, Verdict | None]:
    """Return the state and the verdict a set is named after."""
    state, _, verdict = name.partition("/")
    return RunState(state), Verdict(verdict) if verdict else None


def bucket(state: RunState, verdict: Verdict | None) -> str:
    """Return the name of the set a campaign keeps such a run in."""
    return (
        f"{state.value}/{verdict.value}" if verdict and state is RunState.SETTLED else state.value
    )


def encode(run: Run, *, version: int | None = None) -> bytes:
    """Return the head and the body of a run.

    Args:
        run: any run; its times are aware.
        version: in place of its own.
    """
    key = run.device.key
    due = micros(run.due) if run.due else _NONE
    verdict = run.verdict.value if run.verdict else _NONE
    number = run.version if version is None else version
    head = (
        f"{number} {run.state.value} {verdict} {due} {micros(run.updated)}"
        f" {micros(run.created)} {key} {word(run.campaign)} {word(run.site)}"
        f" {mark(mark_of(run)) if run.campaign else _NONE}\n"
    )
    body = _body(run)
    if run.device.text != key:
        body["device"] = run.device.text
    return head.encode() + (_packed(_json.encode(body)) if body else b"{}")


def decode(run_id: str, record: bytes) -> Run:
    """Return the run a record holds.

    Raises:
        ValueError: it is not a record of this program.
    """
    head = record.partition(b"\n")[0]
    version, state, verdict, due, updated, created, key, campaign, site, *_ = head.decode().split(
        " "
    )
    document = _plain.decode(body_of(record))
    document.update(
        id=run_id,
        version=int(version),
        state=state,
        verdict=None if verdict == _NONE else verdict,
        due=None if due == _NONE else moment(int(due)),
        updated=moment(int(updated)),
        created=moment(int(created)),
        device=DeviceName(document.get("device", key)),
        campaign=_text(campaign),
        site=_text(site),
    )
    return msgspec.convert(document, Run)


def _packed(body: bytes) -> bytes:
    """Return a body as it is kept; compressed it never begins with a brace."""
    if len(body) < _LONG:
        return body
    packed = zlib.compress(body, 1)
    for raw, spelled in _SPELLED:
        packed = packed.replace(raw, spelled)
    return packed


def body_of(record: bytes) -> bytes:
    """Return the body of a record, as JSON.

    Raises:
        ValueError: it is not a record of this program.
    """
    kept = record.partition(b"\n")[2].partition(b"\n")[0]
    if kept.startswith(b"{"):
        return kept
    for raw, spelled in reversed(_SPELLED):
        kept = kept.replace(spelled, raw)
    try:
        return zlib.decompress(kept)
    except zlib.error as error:
        msg = "the body of a run cannot be unpacked"
        raise ValueError(msg) from error


def trail(record: bytes) -> list[str]:
    """Return the ids of the run's entries in its event stream, oldest first."""
    return record.partition(b"\n")[2].partition(b"\n")[2].decode().split()


@lru_cache(maxsize=4096)
def _text(head_word: str) -> str:
    return "" if head_word == _NONE else unquote(head_word)


def _body(run: Run) -> dict[str, object]:
    return _lean_record(*_body_fields(), run)


@cache
def _body_fields() -> _Shape:
    """Return the shape of a run without what stands in the head."""
    return _shape(Run, without=_HEAD)


def _shape(cls: type, without: frozenset[str] = frozenset()) -> _Shape:
    """Return how a dataclass is read at one go, its fields and their defaults.

    A field without a default has `MISSING`, which equals no value.
    """
    known = [each for each in fields(cls) if each.name not in without]
    names = tuple(each.name for each in known)
    defaults = tuple(
        each.default_factory() if each.default_factory is not MISSING else each.default
        for each in known
    )
    read = attrgetter(*names) if len(names) > 1 else partial(_one_by_one, names)
    return read, names, defaults


def _one_by_one(names: tuple[str, ...], value: object) -> tuple[object, ...]:
    return tuple(getattr(value, name) for name in names)


def lean(value: object) -> object:
    """Return a value as plain JSON types, without what equals its default.

    Args:
        value: dataclasses, enums, tuples, times and plain values, nested in any way.
    """
    way = _way(type(value))  # type: ignore[arg-type] # a class is hashable
    return way(value) if way else value


@cache
def _way(kind: type) -> Callable[[Any], object] | None:
    """Return how values of a type are made plain; None when they are."""
    if issubclass(kind, Enum):
        return attrgetter("value")
    if issubclass(kind, tuple | list):
        return _lean_items
    if issubclass(kind, dict):
        return _lean_mapping
    if is_dataclass(kind):
        return partial(_lean_record, *_shape(kind))
    return None


def _lean_items(items: Iterable[object]) -> list[object]:
    return [lean(item) for item in items]


def _lean_mapping(mapping: Mapping[str, object]) -> dict[str, object]:
    return {key: lean(item) for key, item in mapping.items()}


def _lean_record(
    read: _Read, names: tuple[str, ...], defaults: tuple[object, ...], record: object
) -> dict[str, object]:
    values = read(record)
    if values == defaults:  # most often: a run nobody has worked on
        return {}
    return {
        name: lean(value)
        for name, value, default in zip(names, values, defaults, strict=True)
        if value is not default and value != default
    }
