"""Entries as the event streams keep them, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.adapters.run_codec import micros, moment
from orchestrator.usecases.ports import Entry

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def flat(entries: Iterable[Entry]) -> list[str | int]:
    """Return at, kind, state, text of each entry in one list, as the scripts take them."""
    values: list[str | int] = []
    for entry in entries:
        values += (micros(entry.at), entry.kind, entry.state, entry.text)
    return values


def read(fields: Mapping[bytes, bytes], *, campaign: str = "") -> Entry:
    """Return the entry of a stream.

    Args:
        fields: ``r`` run, ``d`` device when the run's name does not end in it, ``a`` at, ``k``
            kind, ``s`` state, ``t`` text.
        campaign: whose stream it is; empty for the one of on-demand runs.
    """
    run_id = fields[b"r"].decode()
    device = fields[b"d"].decode()
    return Entry(
        run_id=run_id,
        device=device or run_id.rpartition(".")[2],
        campaign=campaign,
        at=moment(int(fields[b"a"])),
        kind=fields[b"k"].decode(),
        state=fields[b"s"].decode(),
        text=fields[b"t"].decode(),
    )
