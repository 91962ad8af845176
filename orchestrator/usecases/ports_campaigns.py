"""What use cases about many devices need from the world; `ports` gives it out with the rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from orchestrator.domain.campaign import Campaign, CampaignStatus, Counts
    from orchestrator.domain.campaign_tally import Tally
    from orchestrator.domain.run import Run, RunState, Verdict
    from orchestrator.usecases.ports import Entry

SAID_MOST: Final = 1_000
"""Entries about a campaign itself that are kept: years of decisions, or of alarms."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some of many runs.

    Attributes:
        runs: at most as many as were asked for.
        cursor: asks for the next page; empty when this was the last.
    """

    runs: tuple[Run, ...]
    cursor: str


class Campaigns(Protocol):
    """The truth about campaigns. Their runs are made and kept through `Runs` and `Leases`."""

    def create(self, campaign: Campaign) -> Campaign:
        """Keep a new campaign and return it; the same one sent again is kept once.

        Raises:
            InvalidInput: the id is taken by another.
        """
        ...

    def load(self, campaign_id: str) -> Campaign:
        """Return a campaign.

        Raises:
            NotFound: there is none of that id.
        """
        ...

    def newest(self, limit: int = 50) -> Sequence[Campaign]:
        """Return the newest campaigns, newest first."""
        ...

    def save(
        self, campaign: Campaign, entries: Sequence[Entry] = (), *, release: int = 0
    ) -> Campaign:
        """Keep the next version of a campaign and return it with that version.

        Workers see its status and its budget with their next `claim` or `take`.

        Args:
            campaign: as it is to be; its version is the one that was read.
            entries: what to add to its history, with it or not at all.
            release: so many more of its runs may be let go; `Control.release` does it.

        Raises:
            RunChanged: it was saved by somebody else since it was read; nothing was kept.
            NotFound: there is none of that id.
        """
        ...

    def set_status(
        self,
        campaign_id: str,
        status: CampaignStatus,
        now: datetime,
        *,
        only_from: CampaignStatus | None = None,
    ) -> Campaign:
        """Change nothing but the status, whatever version it has now; return the campaign.

        Args:
            campaign_id: which.
            status: what it is to have.
            now: the time of the change.
            only_from: change it only while it has this status; with another it stays as it is.

        Raises:
            NotFound: there is none of that id.
        """
        ...

    def add_runs(self, runs: Iterable[Run]) -> int:
        """As `Runs.create_many`; runs named by `domain.campaign.run_id` never come twice."""
        ...

    def counts(self, campaign_id: str) -> Counts:
        """Return how many of its runs are in each state, exactly."""
        ...

    def page(
        self,
        campaign_id: str,
        within: RunState | Verdict | None = None,
        cursor: str = "",
        limit: int = 50,
    ) -> Page:
        """Return its runs by last change, the oldest first, a page at a time.

        A run that does not change while pages are read is in exactly one of them.

        Args:
            campaign_id: whose.
            within: only those in a state, or of a verdict; None for all.
            cursor: `Page.cursor` of the page before; empty for the first.
            limit: how many at most.

        Raises:
            InvalidInput: the cursor is none.
        """
        ...

    def events(
        self, campaign_id: str, after: str = "", limit: int = 100
    ) -> Sequence[tuple[str, Entry]]:
        """Return entries of all its devices and of itself, oldest first, each with its place.

        Args:
            campaign_id: whose.
            after: the place of the last entry that was read; empty for the beginning.
            limit: how many at most.
        """
        ...

    def remark(self, campaign_id: str, entry: Entry) -> None:
        """Add an entry about the campaign itself; its `run_id` and `device` are empty."""
        ...

    def said(self, campaign_id: str) -> Sequence[Entry]:
        """Return the newest `SAID_MOST` entries about the campaign itself, oldest first.

        Costs the same however much happened to its devices.
        """
        ...

    def ended_before(self, before: datetime) -> Sequence[str]:
        """Return the ids of campaigns that ended by then and have nothing left to do.

        Those whose removal was cut short are among them.
        """
        ...

    def forget(self, campaign_id: str, *, most: int | None = None) -> bool:
        """Remove it with all its runs and entries; silent when it is gone already.

        It cannot be found any more from the first step on.

        Args:
            campaign_id: which.
            most: so many of its runs at most; the rest when called again. None: all.

        Returns:
            Whether nothing of it is left.
        """
        ...


class Control(Protocol):
    """What the controller of campaigns needs of the ledger."""

    def going(self) -> Sequence[Campaign]:
        """Return the campaigns that want a controller: in planning, running, being called off."""
        ...

    def tally(self, campaign_id: str) -> Tally:
        """Return everything that is counted of a campaign, at one moment."""
        ...

    def load_runs(self, run_ids: Sequence[str]) -> Sequence[Run]:
        """Return those of the runs that exist, in this order."""
        ...

    def replace_runs(
        self, runs: Sequence[Run], now: datetime, *, text: str = "", unreleased: bool = False
    ) -> int:
        """Keep the next versions of runs of one campaign that nobody works on, and tell followers.

        Runs that changed since they were read are left as they are.

        Args:
            runs: as they are to be; their versions are those that were read.
            now: the time of the change.
            text: added to the history of each; nothing when empty.
            unreleased: they wait, in this order, behind those that wait already, until they are
                released; one that is worked on is left as it is. Otherwise its worker is told
                with its next save that the run is not its own any more.

        Returns:
            How many were kept.

        Raises:
            RunChanged: they would wait, and their campaign is not being started (any more);
                of the last of them nothing was kept.
        """
        ...

    def release(self, campaign_id: str, now: datetime, most: int) -> int:
        """Make up to `most` of the runs that may be let go due, in their order.

        Returns:
            How many more may be let go.
        """
        ...

    def open_windows(
        self, campaign_id: str, windows: Mapping[str, tuple[datetime, datetime]]
    ) -> None:
        """Say when runs may be claimed: from, until, by site; ``""`` for sites not named.

        Replaces what was said before; a campaign nothing was said about is always open.
        """
        ...

    def tail(self, campaign_id: str, limit: int) -> Sequence[tuple[str, Entry]]:
        """Return the newest entries of a campaign, oldest first, each with its place."""
        ...

    def news(
        self, campaign_id: str, after: str, limit: int, *, seconds: float
    ) -> Sequence[tuple[str, Entry]]:
        """As `Campaigns.events`, but wait up to `seconds` for the first entry."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat:
    """What is known of a worker process.

    Attributes:
        name: as it holds leases.
        seen: when it reported last.
        working: devices it holds.
        draining: it was asked to take nothing more and to end.
    """

    name: str
    seen: datetime
    working: int
    draining: bool


class Workers(Protocol):
    """Who works."""

    def beat(self, worker: str, now: datetime) -> bool:
        """Report that a worker is there; return whether it is asked to end."""
        ...

    def gone(self, worker: str) -> None:
        """Forget a worker that ended."""
        ...

    def seen(self, since: datetime) -> Sequence[Beat]:
        """Return the workers that reported since a time, by name."""
        ...

    def drain(self, worker: str) -> None:
        """Ask a worker to take nothing more and to end."""
        ...

    def waiting(self, now: datetime) -> Mapping[str, tuple[int, int]]:
        """Return how many runs are due, and how many come later, by campaign; ``""`` on demand."""
        ...


class Caps(Protocol):
    """How many devices may be worked on at once.

    A scope is ``all``, ``campaign:{id}`` or ``site:{name}``. On-demand runs count in each of
    theirs, but are never made to wait for room.
    """

    def limit(self, scope: str, most: int | None) -> None:
        """Set or lift a limit; holds from the next `claim` on."""
        ...

    def limits(self) -> Mapping[str, int]:
        """Return every limit that is set."""
        ...

    def busy(self, scope: str, now: datetime) -> int:
        """Return how many devices of the scope are worked on."""
        ...
