"""Campaigns and caps in memory, on the state of a `MemoryLedger`."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from orchestrator.adapters.run_codec import micros
from orchestrator.domain.campaign import ENDED, Campaign, CampaignStatus, Counts
from orchestrator.domain.run import FINAL, Run, RunState, Verdict
from orchestrator.errors import InvalidInput, NotFound, RunChanged
from orchestrator.usecases.ports import SAID_MOST, Page

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from orchestrator.adapters.memory import MemoryLedger
    from orchestrator.usecases.ports import Entry


class MemoryCampaigns:
    """The port `Campaigns`."""

    def __init__(self, ledger: MemoryLedger) -> None:
        """Share what a ledger knows."""
        self._ledger = ledger
        self._state = ledger.state

    def create(self, campaign: Campaign) -> Campaign:
        """Keep a new campaign; see the port."""
        with self._state.changed:
            kept = replace(campaign, version=0)
            if self._state.campaigns.get(campaign.id, kept) != kept:
                msg = f"there is a campaign {campaign.id} already"
                raise InvalidInput(msg)
            self._state.campaigns[campaign.id] = kept
            self._note_end(kept)
            return kept

    def load(self, campaign_id: str) -> Campaign:
        """Return a campaign; see the port."""
        with self._state.changed:
            campaign = self._state.campaigns.get(campaign_id)
        if campaign is None:
            msg = f"there is no campaign {campaign_id}"
            raise NotFound(msg)
        return campaign

    def newest(self, limit: int = 50) -> Sequence[Campaign]:
        """Return the newest campaigns, newest first."""
        with self._state.changed:
            campaigns = list(self._state.campaigns.values())
        return sorted(campaigns, key=lambda each: (each.created, each.id), reverse=True)[:limit]

    def save(
        self, campaign: Campaign, entries: Sequence[Entry] = (), *, release: int = 0
    ) -> Campaign:
        """Keep the next version of a campaign; see the port."""
        with self._state.changed:
            if self.load(campaign.id).version != campaign.version:
                msg = f"campaign {campaign.id} was changed by somebody else"
                raise RunChanged(msg, hint="read it again")
            kept = replace(campaign, version=campaign.version + 1)
            self._state.campaigns[campaign.id] = kept
            self._note_end(kept)
            self._state.entries += [replace(entry, campaign=campaign.id) for entry in entries]
            self._state.owed[campaign.id] += release
            self._state.changed.notify_all()
            return kept

    def set_status(
        self,
        campaign_id: str,
        status: CampaignStatus,
        now: datetime,  # noqa: ARG002 - the port's
        *,
        only_from: CampaignStatus | None = None,
    ) -> Campaign:
        """Change nothing but the status; see the port."""
        with self._state.changed:
            kept = self.load(campaign_id)
            if only_from is not None and kept.status is not only_from:
                return kept
            return self.save(replace(kept, status=status))

    def add_runs(self, runs: Iterable[Run]) -> int:
        """Keep runs of a campaign; see the port."""
        return self._ledger.create_many(runs)

    def counts(self, campaign_id: str) -> Counts:
        """Return how many of its runs are in each state, exactly."""
        with self._state.changed:
            runs = self._runs(campaign_id)
            targets = self._state.targets[campaign_id]
        settled = [run for run in runs if run.state is RunState.SETTLED and run.verdict]
        states = Counter(run.state for run in runs)
        states[RunState.SETTLED] -= len(settled)
        return Counts.of(states, Counter(run.verdict for run in settled if run.verdict), targets)

    def page(
        self,
        campaign_id: str,
        within: RunState | Verdict | None = None,
        cursor: str = "",
        limit: int = 50,
    ) -> Page:
        """Return its runs by last change, a page at a time; see the port."""
        with self._state.changed:
            found = [(_place(run), run) for run in self._runs(campaign_id) if _in(run, within)]
        last = _last_seen(cursor)
        rest = sorted((row for row in found if row[0] > last), key=lambda row: row[0])
        page = rest[:limit]
        place = " ".join(map(str, page[-1][0])) if len(page) == limit else ""
        return Page(runs=tuple(run for _, run in page), cursor=place)

    def events(
        self, campaign_id: str, after: str = "", limit: int = 100
    ) -> Sequence[tuple[str, Entry]]:
        """Return entries of all its devices and of itself, oldest first; see the port."""
        with self._state.changed:
            numbered = [
                (str(number), entry)
                for number, entry in enumerate(self._state.entries, 1)
                if entry.campaign == campaign_id and number > int(after or 0)
            ]
        return numbered[:limit]

    def remark(self, campaign_id: str, entry: Entry) -> None:
        """Add an entry about the campaign itself; see the port."""
        with self._state.changed:
            self._state.entries.append(replace(entry, campaign=campaign_id))

    def said(self, campaign_id: str) -> Sequence[Entry]:
        """Return what was decided about the campaign itself; see the port."""
        with self._state.changed:
            entries = self._state.entries
            own = [each for each in entries if each.campaign == campaign_id and not each.run_id]
        return own[-SAID_MOST:]

    def _note_end(self, campaign: Campaign) -> None:
        if campaign.status in ENDED:
            self._state.caps.pop(f"campaign:{campaign.id}", None)
            if campaign.course.ended is not None:
                self._state.ended[campaign.id] = campaign.course.ended

    def ended_before(self, before: datetime) -> Sequence[str]:
        """Return campaigns that ended by then and have nothing left to do; see the port."""
        with self._state.changed:
            old = sorted((at, each) for each, at in self._state.ended.items() if at <= before)
            return [each for _, each in old if not self._goes_on(each)]

    def _goes_on(self, campaign_id: str) -> bool:
        held = (held for held in self._state.held.values())
        return any(f"campaign:{campaign_id}" in each.scopes for each in held) or any(
            run.state not in FINAL or run.due is not None for run in self._runs(campaign_id)
        )

    def forget(self, campaign_id: str, *, most: int | None = None) -> bool:
        """Remove it with all its runs and entries; see the port."""
        state = self._state
        with state.changed:
            runs = self._runs(campaign_id)
            for run in runs[:most]:
                del state.runs[run.id]
                state.rings.pop(run.id, None)
            state.entries[:] = [each for each in state.entries if each.campaign != campaign_id]
            state.campaigns.pop(campaign_id, None)
            state.targets.pop(campaign_id, None)
            state.caps.pop(f"campaign:{campaign_id}", None)
            state.unreleased.pop(campaign_id, None)
            state.owed.pop(campaign_id, None)
            state.windows.pop(campaign_id, None)
            state.settled.pop(campaign_id, None)
            if most is not None and len(runs) > most:
                return False
            state.ended.pop(campaign_id, None)
            return True

    def _runs(self, campaign_id: str) -> list[Run]:
        return [run for run in self._state.runs.values() if run.campaign == campaign_id]


class MemoryCaps:
    """The port `Caps`."""

    def __init__(self, ledger: MemoryLedger) -> None:
        """Share what a ledger knows."""
        self._state = ledger.state

    def limit(self, scope: str, most: int | None) -> None:
        """Set or lift a limit; holds from the next `claim` on."""
        with self._state.changed:
            if most is None:
                self._state.caps.pop(scope, None)
            else:
                self._state.caps[scope] = most

    def limits(self) -> Mapping[str, int]:
        """Return every limit that is set."""
        with self._state.changed:
            return dict(self._state.caps)

    def busy(self, scope: str, now: datetime) -> int:
        """Return how many devices of the scope are worked on."""
        with self._state.changed:
            return self._state.busy(scope, now)


def _place(run: Run) -> tuple[str, int, str]:
    """Return what runs are paged by: settled ones last, by verdict; then by last change."""
    state = run.state.value if run.state is not RunState.SETTLED else f"~{run.verdict}"
    return (state, micros(run.updated), run.id)


def _last_seen(cursor: str) -> tuple[str, int, str]:
    if not cursor:
        return ("", 0, "")
    state, _, rest = cursor.partition(" ")
    at, _, run_id = rest.partition(" ")
    if not run_id or not at.isdigit():
        msg = f"{cursor[:60]!r} does not continue a page of these runs"
        raise InvalidInput(msg, hint="begin without a cursor")
    return (state, int(at), run_id)


def _in(run: Run, within: RunState | Verdict | None) -> bool:
    if isinstance(within, Verdict):
        return run.state is RunState.SETTLED and run.verdict is within
    return within is None or run.state is within
