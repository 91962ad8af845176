"""What the controller of campaigns needs, and who works, on the state of a `MemoryLedger`."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from time import monotonic
from typing import TYPE_CHECKING

from orchestrator.adapters.memory_campaigns import MemoryCampaigns
from orchestrator.domain.campaign import CampaignStatus
from orchestrator.domain.campaign_tally import Mark, Tally, mark_of
from orchestrator.domain.run import RunState
from orchestrator.errors import RunChanged
from orchestrator.usecases.ports import Beat, Entry

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from orchestrator.adapters.memory import MemoryLedger
    from orchestrator.domain.campaign import Campaign
    from orchestrator.domain.run import Run

_GOING = frozenset({CampaignStatus.PLANNING, CampaignStatus.RUNNING, CampaignStatus.CANCELLING})


class MemoryControl:
    """The port `Control`."""

    def __init__(self, ledger: MemoryLedger) -> None:
        """Share what a ledger knows."""
        self._campaigns = MemoryCampaigns(ledger)
        self._state = ledger.state

    def going(self) -> Sequence[Campaign]:
        """Return the campaigns that want a controller; see the port."""
        with self._state.changed:
            mine = [each for each in self._state.campaigns.values() if each.status in _GOING]
        return sorted(mine, key=lambda each: (each.created, each.id))

    def tally(self, campaign_id: str) -> Tally:
        """Return everything that is counted of a campaign, at one moment."""
        state = self._state
        with state.changed:
            marked = [
                (run.state, run.verdict if run.state is RunState.SETTLED else None, mark_of(run))
                for run in state.runs.values()
                if run.campaign == campaign_id
            ]
            return Tally(
                counts=self._campaigns.counts(campaign_id),
                unreleased=len(state.unreleased[campaign_id]),
                owed=state.owed[campaign_id],
                working=sum(
                    f"campaign:{campaign_id}" in held.scopes for held in state.held.values()
                ),
                last_settled=state.settled.get(campaign_id),
                marks=Counter(row for row in marked if row[2] != Mark()),
            )

    def load_runs(self, run_ids: Sequence[str]) -> Sequence[Run]:
        """Return those of the runs that exist, in this order."""
        with self._state.changed:
            return [self._state.runs[each] for each in run_ids if each in self._state.runs]

    def replace_runs(
        self, runs: Sequence[Run], now: datetime, *, text: str = "", unreleased: bool = False
    ) -> int:
        """Keep the next versions of runs of one campaign; see the port."""
        state, kept = self._state, 0
        with state.changed:
            campaign = state.campaigns.get(runs[0].campaign) if runs else None
            starting = campaign is not None and campaign.status is CampaignStatus.STARTING
            if runs and unreleased and not starting:
                msg = f"campaign {runs[0].campaign} is not being started any more"
                raise RunChanged(msg, hint="read it again")
            for run in runs:
                old, held = state.runs.get(run.id), state.held.get(run.device.key)
                worked_on = held is not None and held.run == run.id
                if old is None or old.version != run.version or (worked_on and unreleased):
                    continue
                state.put(replace(run, version=run.version + 1))
                state.rings.pop(run.id, None)
                if run.due is not None:
                    state.rings[run.id] = run.due
                if held is not None and worked_on:
                    held.run = ""
                if unreleased:
                    state.unreleased[run.campaign].append(run.id)
                if text:
                    state.entries.append(_entry(run, now, text))
                kept += 1
            state.changed.notify_all()
        return kept

    def release(self, campaign_id: str, now: datetime, most: int) -> int:
        """Make up to `most` of the runs that may be let go due; see the port."""
        state = self._state
        with state.changed:
            waiting = state.unreleased[campaign_id]
            count = min(state.owed[campaign_id], most, len(waiting))
            for run_id in waiting[:count]:
                run = state.runs[run_id]
                if run.state is RunState.QUEUED and run.due is None:
                    state.put(replace(run, due=now, version=run.version + 1))
                    state.rings[run_id] = now
            del waiting[:count]
            state.owed[campaign_id] = min(state.owed[campaign_id] - count, len(waiting))
            state.changed.notify_all()
            return state.owed[campaign_id]

    def open_windows(
        self, campaign_id: str, windows: Mapping[str, tuple[datetime, datetime]]
    ) -> None:
        """Say when runs may be claimed; see the port."""
        with self._state.changed:
            self._state.windows[campaign_id] = dict(windows)

    def tail(self, campaign_id: str, limit: int) -> Sequence[tuple[str, Entry]]:
        """Return the newest entries of a campaign, oldest first, each with its place."""
        return self._campaigns.events(campaign_id, limit=len(self._state.entries))[-limit:]

    def news(
        self, campaign_id: str, after: str, limit: int, *, seconds: float
    ) -> Sequence[tuple[str, Entry]]:
        """Return entries behind a place, once there are any; see the port."""
        end = monotonic() + seconds
        with self._state.changed:
            while True:
                found = self._campaigns.events(campaign_id, after, limit)
                left = end - monotonic()
                if found or left <= 0:
                    return found
                self._state.changed.wait(left)


class MemoryWorkers:
    """The port `Workers`."""

    def __init__(self, ledger: MemoryLedger) -> None:
        """Share what a ledger knows."""
        self._state = ledger.state

    def beat(self, worker: str, now: datetime) -> bool:
        """Report that a worker is there; return whether it is asked to end."""
        with self._state.changed:
            self._state.workers[worker] = now
            return worker in self._state.draining

    def gone(self, worker: str) -> None:
        """Forget a worker that ended."""
        with self._state.changed:
            self._state.workers.pop(worker, None)
            self._state.draining.discard(worker)

    def seen(self, since: datetime) -> Sequence[Beat]:
        """Return the workers that reported since a time, by name."""
        with self._state.changed:
            holders = Counter(held.holder for held in self._state.held.values())
            return [
                Beat(
                    name=name, seen=at, working=holders[name], draining=name in self._state.draining
                )
                for name, at in sorted(self._state.workers.items())
                if at >= since
            ]

    def drain(self, worker: str) -> None:
        """Ask a worker to take nothing more and to end."""
        with self._state.changed:
            self._state.draining.add(worker)

    def waiting(self, now: datetime) -> Mapping[str, tuple[int, int]]:
        """Return how many runs are due, and how many come later; see the port."""
        due: Counter[str] = Counter()
        later: Counter[str] = Counter()
        with self._state.changed:
            for run_id, at in self._state.rings.items():
                (due if at <= now else later)[self._state.runs[run_id].campaign] += 1
        return {name: (due[name], later[name]) for name in sorted({"", *due, *later})}


def _entry(run: Run, now: datetime, text: str) -> Entry:
    return Entry(
        run_id=run.id,
        device=run.device.key,
        campaign=run.campaign,
        at=now,
        kind="state",
        state=run.state.value,
        text=text,
    )
