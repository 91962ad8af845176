"""What the use cases need from the world, in domain words.

Every port has a real adapter and an in-memory double (`adapters/memory.py`) that pass the same
contract tests.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias

from orchestrator.usecases.ports_campaigns import (
    SAID_MOST,
    Beat,
    Campaigns,
    Caps,
    Control,
    Page,
    Workers,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime

    from orchestrator.domain.device import DeviceName
    from orchestrator.domain.own_steps import OwnStep
    from orchestrator.domain.run import Run
    from orchestrator.usecases.presence_ports import Accounts, Sightings, SiteLoads

__all__ = [
    "SAID_MOST",
    "Agenda",
    "Beat",
    "Bell",
    "Campaigns",
    "Caps",
    "Clock",
    "Control",
    "Created",
    "Entry",
    "Feed",
    "Ids",
    "Lease",
    "Leases",
    "Page",
    "Parameter",
    "Ports",
    "Presence",
    "Runs",
    "Session",
    "Sessions",
    "Workers",
]

Parameter: TypeAlias = str | int | bool | list[str]
"""A value handed to a PowerShell function. ``True`` gives a switch; ``False`` leaves it out."""


class Clock(Protocol):
    """Time, so that tests can move it."""

    def now(self) -> datetime:
        """Return the current time, aware, in UTC."""
        ...

    def monotonic(self) -> float:
        """Return seconds from an arbitrary start that never jump."""
        ...


class Ids(Protocol):
    """Names for new things."""

    def run_id(self) -> str:
        """Return a fresh run id, such as ``r-0k3v9w2m``."""
        ...


class Session(Protocol):
    """An open PSRP session on one device."""

    def invoke(
        self,
        function: str,
        parameters: Mapping[str, Parameter],
        *,
        seconds: float,
        on_object: Callable[[dict[str, object]], None] | None = None,
    ) -> list[dict[str, object]]:
        """Call a function of the module by name and return the objects it wrote.

        Args:
            function: name of a public function of the module.
            parameters: typed values; never script text.
            seconds: how long it may take.
            on_object: called with each object as it arrives, on the calling thread.

        Returns:
            Every JSON object the function wrote, decoded.

        Raises:
            DeviceError: the leaf of `errors` that fits; after the command was sent a broken line
                is `OutcomeUnknown`, the end of its time `DeadlineExceeded`, a terminating error
                `ScriptFailed` with the FullyQualifiedErrorId in `code`.
        """
        ...


class Sessions(Protocol):
    """Opens sessions. Secrets live behind this port and nowhere else."""

    def open(self, device: DeviceName, *, seconds: float) -> AbstractContextManager[Session]:
        """Log in to a device and open a runspace.

        Args:
            device: whom to call.
            seconds: how long opening may take.

        Raises:
            DeviceError: it could not be opened; nothing ran.
            CredentialsMissing: there is no account to log in with.
        """
        ...


class Presence(Protocol):
    """Whether a device is there at all, cheaply."""

    def is_there(self, device: DeviceName) -> bool:
        """Tell whether the name resolves and a WinRM port takes a connection.

        Raises:
            Unreachable: it is not there, and this is why; instead of returning False.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Created:
    """What became of a request for a run.

    Attributes:
        run: the run that now stands for the request.
        fresh: False when the device already had one, which the caller joins.
    """

    run: Run
    fresh: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """The right to work on a device until a time.

    Attributes:
        run_id: the run it was given for.
        device: `DeviceName.key`.
        holder: who has it.
        fence: higher than every fence given for any device before, by whichever ledger: it is taken
            from the time, in microseconds.
        until: when it ends unless renewed.
    """

    run_id: str
    device: str
    holder: str
    fence: int
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One line of a run's history.

    Attributes:
        run_id, device, campaign: whose.
        at: when.
        kind: ``state``, ``stage``, ``note`` or ``fault``.
        state: the run's state after it.
        text: one line for a person.
    """

    run_id: str
    device: str
    at: datetime
    kind: str
    state: str
    text: str
    campaign: str = ""


class Runs(Protocol):
    """The truth about runs."""

    def create(self, run: Run) -> Created:
        """Keep a new run, unless the device has an unsettled one of its own or is being worked on.

        A run of a campaign is always created; an on-demand run joins what is active.

        Raises:
            StoreError: nothing was kept.
        """
        ...

    def create_many(self, runs: Iterable[Run]) -> int:
        """Keep runs of campaigns, thousands at a time; those whose id exists are left as they are.

        Done in parts: after an error, calling again with all of them adds what is missing.

        Returns:
            How many are new.

        Raises:
            ValueError: a run belongs to no campaign.
            StoreError: not all were kept.
        """
        ...

    def load(self, run_id: str) -> Run:
        """Return a run.

        Raises:
            NotFound: there is none of that id.
        """
        ...

    def latest(self, device: DeviceName, limit: int = 1) -> Sequence[Run]:
        """Return the device's newest runs, newest first."""
        ...

    def recent(self, limit: int = 50) -> Sequence[Run]:
        """Return the newest on-demand runs of all devices, newest first."""
        ...

    def history(self, device: DeviceName) -> Sequence[Entry]:
        """Return every entry about the device, oldest first."""
        ...

    def remark(self, entry: Entry) -> None:
        """Add a line to a run's history without touching the run."""
        ...

    def forget(self, before: datetime, most: int) -> int:
        """Remove up to `most` on-demand runs that ended by then; return how many.

        One that is unsettled, or is to be checked again, stays. Entries may be kept for longer.
        """
        ...


class Leases(Protocol):
    """Who works on which device. One run a device at a time, whatever it belongs to."""

    def claim(self, run_id: str, holder: str, now: datetime) -> tuple[Run, Lease] | None:
        """Take a run that is due and whose device is free; None when it is not to be had."""
        ...

    def renew(self, lease: Lease, now: datetime) -> Lease:
        """Hold the device longer.

        Raises:
            LeaseLost: somebody else has it, or the run was called off; in the latter case the
                device is held longer all the same, until its worker leaves it.
        """
        ...

    def save(self, run: Run, entries: Sequence[Entry], lease: Lease | None) -> Run:
        """Keep the next version of a run and tell whoever follows it.

        Compares version and fence; a run that rests or is final gives its lease back.

        Args:
            run: the run as `apply` made it; its version is the one that was read.
            entries: what to add to the history.
            lease: the lease it is worked under; None for changes from outside (cancel).

        Returns:
            The run with its new version.

        Raises:
            LeaseLost: the fence is not ours any more; nothing was kept.
            RunChanged: the version is not the one stored; nothing was kept.
        """
        ...

    def release(self, lease: Lease) -> None:
        """Give a lease back without a change; silent when it is lost already."""
        ...


class Agenda(Protocol):
    """What is due."""

    def take(self, count: int, now: datetime, *, urgent: bool) -> Sequence[str]:
        """Hand out up to `count` run ids that are due, each to one caller only.

        A taken run that nobody claims comes back after a grace period.
        """
        ...

    def rung(self, run_id: str, now: datetime) -> None:
        """Note that an on-demand run was rung for: it is handed out only if nobody claims it soon.

        Changes nothing about when it may be claimed; a run that was claimed already stays so.
        """
        ...

    def reap(self, now: datetime) -> Sequence[str]:
        """Make runs whose lease ended due again, as `waiting`; return their ids."""
        ...

    def hasten(self, run_ids: Sequence[str], now: datetime, *, first: bool = False) -> int:
        """Make resting runs due now, such as those of a PC that was just seen; return how many.

        Args:
            run_ids: which.
            now: the time.
            first: they are handed out before everything else that is due: a PC that is there now
                may be gone when those before it are done.
        """
        ...

    def lead(self, duty: str, holder: str, *, seconds: float) -> bool:
        """Take or keep a duty that one process does for all, such as ringing.

        Args:
            duty: its name.
            holder: who wants it.
            seconds: how long nobody else gets it, unless it is taken again before.

        Returns:
            Whether `holder` has it.
        """
        ...


class Feed(Protocol):
    """Live news of runs."""

    def follow(
        self, run_ids: Sequence[str], *, seconds: float
    ) -> Iterator[tuple[Run, list[Entry]]]:
        """Yield each run now (so that nothing is missed), then again after every change.

        Ends when all are final or resting for a person or a PC (held, away), or after `seconds`.
        """
        ...


class Bell(Protocol):
    """Tells workers that there is work. A lost ring is harmless: the agenda rings again."""

    def ring(self, run_id: str, *, urgent: bool) -> None:
        """Wake a worker for a run.

        Raises:
            QueueError: the broker does not take it.
        """
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Everything a use case may touch.

    Attributes:
        own_steps: the site's own, in their order.
        own_digest: digest of them and their functions; empty without any.
        sightings: who is away, and when PCs were seen; None: nothing is learned.
        loads: how attempts at each site end; None: nobody counts.
        accounts: which accounts devices refuse, known to all workers; None: to this one alone.
    """

    clock: Clock
    ids: Ids
    runs: Runs
    leases: Leases
    agenda: Agenda
    feed: Feed
    bell: Bell
    sessions: Sessions
    presence: Presence
    own_steps: Sequence[OwnStep] = ()
    own_digest: str = ""
    sightings: Sightings | None = None
    loads: SiteLoads | None = None
    accounts: Accounts | None = None
    campaigns: Campaigns
    control: Control
    caps: Caps
    workers: Workers
