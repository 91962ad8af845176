"""A worker that is going to be killed: claims, saves, and lets the file system witness it.

Arguments: Redis URL, folder of the witness. Each device is a file there that is locked while it is
worked on; the kernel unlocks the files of a process that was killed.
"""

from __future__ import annotations

import fcntl
import os
import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from random import Random
from threading import Event, Thread
from typing import TYPE_CHECKING

from orchestrator.adapters.ledger import RedisAgenda, RedisLeases, Store
from orchestrator.adapters.system import SystemClock
from orchestrator.domain.run import RunState, Verdict
from orchestrator.errors import StoreError
from orchestrator.usecases.ports import Entry

if TYPE_CHECKING:
    from orchestrator.domain.run import Run
    from orchestrator.usecases.ports import Lease

LEASE = timedelta(seconds=3)
RUNS = 400
_IDLE = Event()


def work(store: Store, witness: Path) -> None:
    clock = SystemClock()
    leases, agenda = RedisLeases(store, length=LEASE), RedisAgenda(store, grace=LEASE)
    holder, random = f"chaos-{os.getpid()}", Random()
    while True:
        try:
            agenda.reap(clock.now())
            taken = agenda.take(5, clock.now(), urgent=False)
            # messages also come late and twice: for any run, at any time
            strays = [f"c-1.PC-{random.randrange(RUNS)}" for _ in range(5)]
            for run_id in (*taken, *strays):
                claimed = leases.claim(run_id, holder, clock.now())
                if claimed is not None:
                    _carry(*claimed, leases, witness)
        except StoreError:
            continue  # the server was killed, or the lease ended meanwhile
        _IDLE.wait(0.02)


def _carry(run: Run, lease: Lease, leases: RedisLeases, witness: Path) -> None:
    with (witness / run.device.key).open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            # Somebody who was frozen past the end of the lease cannot be helped from here: the
            # fence stops the saves. But nobody gets a device while a lease on it goes on.
            file.seek(0)
            if file.read() > SystemClock().now().isoformat():
                (witness / "OVERLAP").touch()
        else:
            file.truncate(0)
            file.write(lease.until.isoformat())
            file.flush()
        steps = (
            replace(run, state=RunState.PROBING, due=None, attempt=run.attempt + 1),
            RunState.REPAIRING,
            RunState.VERIFYING,
            RunState.SETTLED,
        )
        for step in steps:
            if isinstance(step, RunState):
                verdict = Verdict.ENROLLED if step is RunState.SETTLED else None
                run = replace(run, state=step, verdict=verdict)
            else:
                run = step
            now = SystemClock().now()
            entry = Entry(
                run_id=run.id,
                device=run.device.key,
                campaign=run.campaign,
                at=now,
                kind="state",
                state=run.state.value,
                text=f"version {run.version + 1}",
            )
            run = leases.save(replace(run, updated=now), [entry], lease)
            _IDLE.wait(0.01)  # so that a kill finds it in the middle


if __name__ == "__main__":
    shared = Store.connect(sys.argv[1], prefix="em:")
    threads = [Thread(target=work, args=(shared, Path(sys.argv[2]))) for _ in range(4)]
    for thread in threads:
        thread.start()
