"""Who works on which device, in Redis."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from orchestrator.adapters.ledger.entries import flat
from orchestrator.adapters.run_codec import decode, encode, micros
from orchestrator.domain.run import at_work
from orchestrator.errors import LeaseLost, NotFound, RunChanged
from orchestrator.usecases.ports import Lease

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from orchestrator.adapters.ledger.connection import Store
    from orchestrator.domain.run import Run
    from orchestrator.usecases.ports import Entry

NO_ROOM: Final = timedelta(seconds=5)
"""When to ring again for a run whose device is taken or whose campaign or site is full."""

GIVEN_UP: Final = timedelta(seconds=30)
"""How long a begun run rests whose worker gave up, so that a fault in the program does not spin."""

GIVEN_UP_TEXT: Final = "the worker gave up in the middle; the device is looked at again"


class RedisLeases:
    """The port `Leases`."""

    def __init__(
        self,
        store: Store,
        *,
        length: timedelta = timedelta(seconds=60),
        keep: timedelta | None = timedelta(days=30),
    ) -> None:
        """Work on a store.

        Args:
            store: where.
            length: how long a lease lasts unless renewed.
            keep: how long an on-demand run is kept behind its end; None: for ever.
        """
        self._store = store
        self._length = length
        self._keep = 0 if keep is None else max(1, int(keep.total_seconds()))

    def claim(self, run_id: str, holder: str, now: datetime) -> tuple[Run, Lease] | None:
        """Take a run that is due and whose device is free; see the port."""
        until = now + self._length
        fence, record = self._store.script(
            "claim", run_id, holder, micros(now), micros(until), micros(now + NO_ROOM)
        )
        if not fence:
            return None
        run = decode(run_id, record)
        return run, Lease(
            run_id=run_id, device=run.device.key, holder=holder, fence=fence, until=until
        )

    def renew(self, lease: Lease, now: datetime) -> Lease:
        """Hold the device longer; see the port."""
        until = now + self._length
        kept = self._store.script("renew", lease.device, lease.run_id, lease.fence, micros(until))
        if not kept:
            raise LeaseLost(_lost(lease.device))
        return replace(lease, until=until)

    def save(self, run: Run, entries: Sequence[Entry], lease: Lease | None) -> Run:
        """Keep the next version of a run and tell whoever follows it; see the port."""
        kept = replace(run, version=run.version + 1)
        answer: bytes = self._store.script(
            "save",
            run.id,
            run.version,
            lease.fence if lease else "-",
            encode(kept),
            int(at_work(run)),
            self._keep,
            *flat(entries),
        )
        match answer:
            case b"ok":
                return kept
            case b"lease":
                raise LeaseLost(_lost(run.device.key))
            case b"version":
                msg = f"run {run.id} was changed by somebody else"
                raise RunChanged(msg, hint="read it again")
            case _:
                msg = f"there is no run {run.id}"
                raise NotFound(msg)

    def release(self, lease: Lease) -> None:
        """Give a lease back without a change; see the port."""
        self._store.script(
            "release",
            lease.device,
            lease.run_id,
            lease.fence,
            GIVEN_UP // timedelta(microseconds=1),
            GIVEN_UP_TEXT,
        )


def _lost(device: str) -> str:
    return f"{device} is not ours to work on any more"
