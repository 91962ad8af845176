"""The ports in memory: for tests, and for work that needs no Redis.

- They keep the same promises as the real adapters and pass the same contract tests.
- Safe to share among threads of one process; gone when it ends.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import TYPE_CHECKING, Final

from orchestrator.adapters.memory_state import Held, State, scopes_of
from orchestrator.domain.campaign import HANDED_OUT, CampaignStatus
from orchestrator.domain.run import FINAL, RESTING, at_work, is_still
from orchestrator.errors import LeaseLost, NotFound, RunChanged
from orchestrator.usecases.ports import Created, Lease

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from orchestrator.domain.device import DeviceName
    from orchestrator.domain.run import Run
    from orchestrator.usecases.ports import Entry

_RUNG: Final = timedelta(seconds=10)
_AHEAD: Final = timedelta(days=1)
_GIVEN_UP: Final = timedelta(seconds=30)


class MemoryLedger:
    """The ports `Runs`, `Leases`, `Agenda` and `Feed`."""

    def __init__(
        self,
        state: State | None = None,
        *,
        length: timedelta = timedelta(seconds=60),
        grace: timedelta = timedelta(seconds=60),
    ) -> None:
        """Begin with nothing, unless a state is handed in.

        Args:
            state: what it knows; shared with `MemoryCampaigns` and `MemoryCaps`.
            length: how long a lease lasts unless renewed.
            grace: when a run that was taken and not claimed comes back.
        """
        self.state = state or State()
        self._length = length
        self._grace = grace

    def create(self, run: Run) -> Created:
        """Keep a new run, or join the one that stands for the device; see the port."""
        state = self.state
        with state.changed:
            other = state.runs.get(run.id) or (None if run.campaign else self._stands_for(run))
            if other is not None:
                return Created(run=other, fresh=False)
            self._keep(run)
            return Created(run=run, fresh=True)

    def _stands_for(self, run: Run) -> Run | None:
        key = run.device.key
        for other in self.state.runs.values():
            mine = other.device.key == key and not other.campaign
            if mine and other.state not in FINAL:
                return other
        held = self.state.held.get(key)
        worked_on = self.state.runs.get(held.run) if held else None
        return worked_on if worked_on and worked_on.state not in FINAL else None

    def _keep(self, run: Run) -> None:
        self.state.runs[run.id] = run
        if run.due is not None:
            self.state.rings[run.id] = run.due
        if run.campaign:
            self.state.targets[run.campaign] += 1

    def create_many(self, runs: Iterable[Run]) -> int:
        """Keep runs of campaigns, thousands at a time; see the port."""
        fresh = 0
        for run in runs:
            if not run.campaign:
                msg = "an on-demand run is created by itself: it may have to join another"
                raise ValueError(msg)
            fresh += self.create(run).fresh
        return fresh

    def load(self, run_id: str) -> Run:
        """Return a run; see the port."""
        with self.state.changed:
            run = self.state.runs.get(run_id)
        if run is None:
            msg = f"there is no run {run_id}"
            raise NotFound(msg)
        return run

    def latest(self, device: DeviceName, limit: int = 1) -> Sequence[Run]:
        """Return the device's newest runs, newest first."""
        with self.state.changed:
            mine = [run for run in self.state.runs.values() if run.device.key == device.key]
        return _newest(mine)[:limit]

    def recent(self, limit: int = 50) -> Sequence[Run]:
        """Return the newest on-demand runs of all devices, newest first."""
        with self.state.changed:
            mine = [run for run in self.state.runs.values() if not run.campaign]
        return _newest(mine)[:limit]

    def history(self, device: DeviceName) -> Sequence[Entry]:
        """Return every entry about the device, oldest first."""
        with self.state.changed:
            return [entry for entry in self.state.entries if entry.device == device.key]

    def remark(self, entry: Entry) -> None:
        """Add a line to a run's history; see the port.

        Raises:
            NotFound: there is no run of that id.
        """
        self.load(entry.run_id)
        with self.state.changed:
            self.state.entries.append(entry)
            self.state.changed.notify_all()

    def forget(self, before: datetime, most: int) -> int:
        """Remove on-demand runs that ended by then; see the port."""
        state = self.state
        with state.changed:
            held = {each.run for each in state.held.values()}
            old = [
                run.id
                for run in state.runs.values()
                if not run.campaign and run.state in FINAL and run.due is None
                if run.updated <= before and run.id not in held
            ][:most]
            for run_id in old:
                del state.runs[run_id]
            state.entries[:] = [each for each in state.entries if each.run_id not in old]
            return len(old)

    def claim(self, run_id: str, holder: str, now: datetime) -> tuple[Run, Lease] | None:
        """Take a run that is due and whose device is free; see the port."""
        state = self.state
        with state.changed:
            run = state.runs.get(run_id)
            if run is None or run_id not in state.rings or run.due is None or run.due > now:
                return None
            if run.campaign and not state.goes_on(run):
                return None
            later = state.not_before(run, now)
            if later is not None:
                state.rings[run_id] = later
                return None
            state.fence = max(state.fence + 1, int(now.timestamp() * 1_000_000))
            until = now + self._length
            state.held[run.device.key] = Held(run_id, state.fence, until, holder, scopes_of(run))
            del state.rings[run_id]
            return run, Lease(
                run_id=run_id,
                device=run.device.key,
                holder=holder,
                fence=state.fence,
                until=until,
            )

    def renew(self, lease: Lease, now: datetime) -> Lease:
        """Hold the device longer; see the port."""
        with self.state.changed:
            held = self.state.held.get(lease.device)
            if held is not None and held.fence == lease.fence:
                held.until = now + self._length  # also when called off: somebody is still on it
            if held is None or self._ours(lease) is None:
                raise LeaseLost(_lost(lease.device))
            return replace(lease, until=held.until)

    def save(self, run: Run, entries: Sequence[Entry], lease: Lease | None) -> Run:
        """Keep the next version of a run and tell whoever follows it; see the port."""
        state, key = self.state, run.device.key
        with state.changed:
            old = self.load(run.id)
            held = state.held.get(key)
            if lease is not None and self._ours(lease) is None:
                raise LeaseLost(_lost(key))
            if old.version != run.version:
                msg = f"run {run.id} was changed by somebody else"
                raise RunChanged(msg, hint="read it again")
            kept = replace(run, version=run.version + 1)
            state.put(kept)
            state.entries += entries
            state.rings.pop(run.id, None)
            if not at_work(kept) and kept.due is not None:
                state.rings[run.id] = kept.due
            if lease is not None and not at_work(kept):
                del state.held[key]
            elif lease is None and held and held.run == run.id and kept.state in FINAL:
                held.run = ""  # the device stays taken until the worker has noticed
            state.changed.notify_all()
            return kept

    def release(self, lease: Lease) -> None:
        """Give a lease back without a change; see the port."""
        state = self.state
        with state.changed:
            held = state.held.get(lease.device)
            if held is None or held.fence != lease.fence:
                return
            del state.held[lease.device]
            run = state.runs.get(held.run)
            if run is None:
                return
            if run.state in RESTING and run.due is not None:
                state.rings[run.id] = run.due
            else:
                text = "the worker gave up in the middle; the device is looked at again"
                state.put_back(run, run.updated + _GIVEN_UP, run.updated, text)

    def take(self, count: int, now: datetime, *, urgent: bool) -> Sequence[str]:
        """Hand out up to `count` run ids that are due; see the port."""
        state = self.state
        with state.changed:
            if urgent:
                return self._take("", count, now)
            going = [
                each for each, campaign in state.campaigns.items() if campaign.status in HANDED_OUT
            ]
            going.sort(key=lambda each: state.served[each])
            taken: list[str] = []
            for turn, campaign_id in enumerate(going):
                share = -(-(count - len(taken)) // (len(going) - turn))
                most = state.caps.get(f"campaign:{campaign_id}")
                if most is not None:
                    share = min(share, most - state.busy(f"campaign:{campaign_id}", now))
                if state.campaigns[campaign_id].status is CampaignStatus.RUNNING:
                    room = state.within_budget(campaign_id)
                    share = share if room is None else min(share, room)
                mine = self._take(campaign_id, share, now)
                if mine:
                    state.served[campaign_id] = max(state.served.values(), default=0) + 1
                taken += mine
            return taken

    def _take(self, campaign: str, count: int, now: datetime) -> list[str]:
        rings, runs = self.state.rings, self.state.runs
        due = [i for i, at in rings.items() if at <= now and runs[i].campaign == campaign]
        for run_id in due:
            opens = self.state.opens(runs[run_id], now)
            rings[run_id] = opens or rings[run_id]
        due = [run_id for run_id in due if rings[run_id] <= now]
        due.sort(key=lambda run_id: (rings[run_id], run_id))
        taken = due[: max(count, 0)]
        rings.update(dict.fromkeys(taken, now + self._grace))
        return taken

    def rung(self, run_id: str, now: datetime) -> None:
        """Note that an on-demand run was rung for; see the port."""
        with self.state.changed:
            if at := self.state.rings.get(run_id):
                self.state.rings[run_id] = max(at, now + _RUNG)

    def reap(self, now: datetime) -> Sequence[str]:
        """Make runs whose lease ended due again; see the port."""
        state, reaped = self.state, []
        with state.changed:
            ended = [device for device, held in state.held.items() if held.until <= now]
            for device in ended:
                run = state.runs.get(state.held.pop(device).run)
                if run is not None and (run.state not in FINAL or run.due is not None):
                    text = "the worker was lost; the device is looked at again"
                    state.put_back(run, now, now, text)
                    reaped.append(run.id)
        return reaped

    def hasten(self, run_ids: Sequence[str], now: datetime, *, first: bool = False) -> int:
        """Make resting runs due now; see the port."""
        state, hastened = self.state, 0
        with state.changed:
            for run_id in run_ids:
                run = state.runs.get(run_id)
                rests = run is not None and run.state in RESTING and run_id in state.rings
                if run is not None and rests and run.due is not None and run.due > now:
                    state.runs[run_id] = replace(run, due=now, updated=now, version=run.version + 1)
                    state.rings[run_id] = now - _AHEAD if first else now
                    hastened += 1
            state.changed.notify_all()
        return hastened

    def lead(self, duty: str, holder: str, *, seconds: float) -> bool:
        """Take or keep a duty that one process does for all; see the port."""
        with self.state.changed:
            who, until = self.state.duties.get(duty, (holder, 0.0))
            if who != holder and until > monotonic():
                return False
            self.state.duties[duty] = (holder, monotonic() + seconds)
            return True

    def follow(
        self, run_ids: Sequence[str], *, seconds: float
    ) -> Iterator[tuple[Run, list[Entry]]]:
        """Yield each run now, then again after every change; see the port."""
        end = monotonic() + seconds
        left = list(dict.fromkeys(run_ids))
        seen: dict[str, tuple[int, int]] = dict.fromkeys(left, (-1, 0))
        while left:
            news: list[tuple[Run, list[Entry]]] = []
            with self.state.changed:
                while not news:
                    news = self._news(left, seen)
                    if not news and not self.state.changed.wait(max(0.0, end - monotonic())):
                        return
            for run, entries in news:
                if is_still(run):
                    left.remove(run.id)
                yield run, entries
            if monotonic() >= end:
                return

    def _news(
        self, run_ids: Sequence[str], seen: dict[str, tuple[int, int]]
    ) -> list[tuple[Run, list[Entry]]]:
        news = []
        for run_id in run_ids:
            run = self.load(run_id)
            mine = [entry for entry in self.state.entries if entry.run_id == run_id]
            version, count = seen[run_id]
            if (run.version, len(mine)) != (version, count):
                seen[run_id] = (run.version, len(mine))
                news.append((run, mine[count:]))
        return news

    def _ours(self, lease: Lease) -> Held | None:
        held = self.state.held.get(lease.device)
        ours = held and (held.fence, held.run) == (lease.fence, lease.run_id)
        return held if ours else None


def _newest(runs: list[Run]) -> list[Run]:
    return sorted(runs, key=lambda run: (run.created, run.id), reverse=True)


def _lost(device: str) -> str:
    return f"{device} is not ours to work on any more"


class MemoryBell:
    """The port `Bell`: remembers who was rung for, or answers at once.

    Attributes:
        rung: run ids, and whether each was urgent, in order.
        answer: called with each run id; None: nobody comes.
    """

    def __init__(self, answer: Callable[[str], None] | None = None) -> None:
        """Say who comes when it rings."""
        self.rung: list[tuple[str, bool]] = []
        self.answer = answer

    def ring(self, run_id: str, *, urgent: bool) -> None:
        """Remember the ring, and have it answered on this thread."""
        self.rung.append((run_id, urgent))
        if self.answer is not None:
            self.answer(run_id)


class ManualClock:
    """The port `Clock`: stands still until it is moved."""

    def __init__(self, start: datetime = datetime(2026, 1, 5, 8, tzinfo=UTC)) -> None:
        """Begin at a time; a Monday morning unless told otherwise."""
        self._now = start
        self._monotonic = 0.0

    def now(self) -> datetime:
        """Return the time it was moved to."""
        return self._now

    def monotonic(self) -> float:
        """Return the seconds it was moved by."""
        return self._monotonic

    def move(self, step: timedelta) -> datetime:
        """Let time pass and return the new time."""
        self._now += step
        self._monotonic += step.total_seconds()
        return self._now


class CountedIds:
    """The port `Ids`: ``r-0000000001`` and so on."""

    def __init__(self) -> None:
        """Begin with 1."""
        self._count = 0

    def run_id(self) -> str:
        """Return the next id."""
        self._count += 1
        return f"r-{self._count:010}"
