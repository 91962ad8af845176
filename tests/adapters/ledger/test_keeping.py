from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from orchestrator.adapters.keeping import KeptLeases
from orchestrator.adapters.memory import ManualClock, MemoryLedger
from orchestrator.domain.device import DeviceName
from orchestrator.domain.run import Run, RunState, Verdict
from orchestrator.errors import LeaseLost
from orchestrator.usecases.ports import Lease


class _Worker:
    """A ledger, and a worker on one device."""

    def __init__(self) -> None:
        self.clock = ManualClock()
        self.ledger = MemoryLedger()
        self.kept = KeptLeases(self.ledger, self.clock)
        now = self.clock.now()
        run = Run(id="r-1", device=DeviceName("PC-1"), created=now, updated=now, due=now)
        self.ledger.create(run)
        claimed = self.kept.claim("r-1", "worker", now)
        assert claimed is not None
        self.run, self.lease = claimed
        self.run = self.save(state=RunState.PROBING, due=None)

    def save(self, **changes: object) -> Run:
        changed = replace(self.run, **changes)  # type: ignore[arg-type]
        return self.kept.save(changed, [], self.lease)

    def reaped_after(self, seconds: float) -> list[str]:
        self.clock.move(timedelta(seconds=seconds))
        return list(self.ledger.reap(self.clock.now()))


def _cancel(worker: _Worker) -> None:
    ended = replace(worker.run, state=RunState.CANCELLED, verdict=Verdict.CANCELLED, due=None)
    worker.ledger.save(ended, [], None)


def _is_free(worker: _Worker) -> bool:
    now = worker.clock.now()
    other = Run(id="r-2", device=DeviceName("PC-1"), created=now, updated=now, due=now)
    worker.ledger.create(other)
    return worker.ledger.claim("r-2", "other", now) is not None


def test_a_lease_lasts_as_long_as_it_is_renewed() -> None:
    worker = _Worker()
    for _ in range(20):
        assert not worker.reaped_after(30)
        worker.kept.renew_all()
    assert worker.save(attempt=2).attempt == 2


def test_a_lease_that_is_not_renewed_runs_out() -> None:
    worker = _Worker()
    assert worker.reaped_after(61) == ["r-1"]


def test_a_lease_that_was_given_back_is_not_renewed() -> None:
    worker = _Worker()
    worker.save(state=RunState.SETTLED, verdict=Verdict.FAILED)
    worker.kept.renew_all()
    assert _is_free(worker)


def test_the_device_of_a_run_called_off_is_free_once_its_worker_has_noticed() -> None:
    worker = _Worker()
    _cancel(worker)
    assert not _is_free(worker)
    with pytest.raises(LeaseLost):
        worker.save(attempt=2)
    worker.clock.move(timedelta(seconds=5))
    assert worker.ledger.claim("r-2", "other", worker.clock.now()) is not None


def test_a_lost_lease_does_not_keep_others_from_being_renewed() -> None:
    worker = _Worker()
    now = worker.clock.now()
    worker.ledger.create(
        Run(id="r-9", device=DeviceName("PC-9"), created=now, updated=now, due=now)
    )
    claimed = worker.kept.claim("r-9", "worker", now)
    assert claimed is not None
    assert isinstance(claimed[1], Lease)
    _cancel(worker)
    worker.clock.move(timedelta(seconds=50))
    worker.kept.renew_all()
    assert not worker.reaped_after(50)
    assert worker.kept.renew(claimed[1], worker.clock.now()).fence == claimed[1].fence
