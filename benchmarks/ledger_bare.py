"""The least that keeps the same of a run with redis-py alone, as a measure for the ledger.

A record, the sets that find it, a lease and a history, each step one transaction. Nothing is
compared first: two workers would take one PC, a late one would write over a newer record, and
nobody's budget or window is asked. What is written is encoded beforehand.
"""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING, Any

from orchestrator.adapters.run_codec import encode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.domain.run import Run

BATCH = 500
STATES = ("probing", "repairing", "verifying", "settled")
_WHEN = 1_767_600_000_000_000
_TEXT = "tasks: changed (13 unregister)"


def enqueue(client: Any, made: Sequence[Run]) -> float:  # noqa: ANN401 - as redis-py has it
    """Keep runs, some hundred a transaction; return the seconds."""
    begin = perf_counter()
    for first in range(0, len(made), BATCH):
        pipe = client.pipeline(transaction=True)
        for run in made[first : first + BATCH]:
            pipe.set(f"bare:r:{run.id}", encode(run))
            pipe.zadd("bare:queued", {run.id: _WHEN})
            pipe.zadd("bare:due", {run.id: _WHEN})
        pipe.execute()
    return perf_counter() - begin


def work(client: Any, made: Sequence[Run]) -> float:  # noqa: ANN401 - as redis-py has it
    """Carry runs to their end one after the other, as the ledger does; return the seconds."""
    records = {run.id: encode(run) for run in made}
    begin = perf_counter()
    for run_id, record in records.items():
        client.get(f"bare:r:{run_id}")
        pipe = client.pipeline(transaction=True)
        pipe.hset("bare:leases", run_id, "bench")
        pipe.zadd("bare:lease", {run_id: _WHEN})
        pipe.zrem("bare:due", run_id)
        pipe.execute()
        before = "queued"
        for state in STATES:
            pipe = client.pipeline(transaction=True)
            pipe.set(f"bare:r:{run_id}", record)
            pipe.zrem(f"bare:{before}", run_id)
            pipe.zadd(f"bare:{state}", {run_id: _WHEN})
            pipe.xadd("bare:ev", {"r": run_id, "a": _WHEN, "k": "stage", "s": state, "t": _TEXT})
            if state == STATES[-1]:
                pipe.xadd("bare:ev", {"r": run_id, "a": _WHEN, "k": "state", "s": state, "t": ""})
                pipe.hdel("bare:leases", run_id)
                pipe.zrem("bare:lease", run_id)
            pipe.publish(f"bare:news:{run_id}", state)
            pipe.execute()
            before = state
    return perf_counter() - begin
