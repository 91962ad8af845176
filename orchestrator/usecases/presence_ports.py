"""What looking for absent devices, and sparing busy sites and accounts, needs from the world."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from orchestrator.domain.adaptive import SiteCap, Tally
    from orchestrator.domain.online_hours import OnlineHours


@dataclass(frozen=True, slots=True, kw_only=True)
class Absent:
    """A run that rests because its PC did not answer.

    Attributes:
        run_id: which run.
        device: the PC's name, to be resolved.
    """

    run_id: str
    device: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AbsentPage:
    """Some of the absent.

    Attributes:
        absent: about as many as were asked for; the same one may come twice in a round.
        cursor: asks for the next page; empty when the round is complete.
    """

    absent: tuple[Absent, ...]
    cursor: str


class Sightings(Protocol):
    """Who is away, and when each PC was seen."""

    def away(self, cursor: str = "", limit: int = 1000) -> AbsentPage:
        """Return absent runs of what goes on now: campaigns that run, and on-demand runs.

        Whoever is away through a whole round is in one of its pages.

        Args:
            cursor: `AbsentPage.cursor` of the page before; empty for the first.
            limit: how many, about.
        """
        ...

    def learn(self, devices: Sequence[str], at: datetime) -> None:
        """Note that PCs were seen; by `DeviceName.key`."""
        ...

    def hours(self, device: str, at: datetime) -> OnlineHours:
        """Return when a PC was seen in the last four to eight weeks; by `DeviceName.key`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """What came of looking for one PC.

    Attributes:
        absent: whom was looked for.
        there: whether it takes a connection on the WinRM port.
        reason: why not, in a few words; empty when it is there.
    """

    absent: Absent
    there: bool
    reason: str = ""


class Sweep(Protocol):
    """Looks for many PCs at once, with no slot, no session and no login."""

    def look(self, absent: Iterable[Absent], found: Callable[[Sequence[Looked]], object]) -> None:
        """Look for each and tell what came of it, in the order in which answers come.

        Args:
            absent: whom to look for; read as there is room, never all at once.
            found: called on this thread with what has come in, a quarter of a second later at
                most. What it raises ends the look.
        """
        ...


class SiteLoads(Protocol):
    """How attempts end, by site, added up over all workers."""

    def note(self, site: str, *, late: bool) -> None:
        """Count an attempt that reached its device; `late`: the line broke, or nothing came."""
        ...

    def collect(self) -> Mapping[str, Tally]:
        """Return what was counted since the last call, and begin anew."""
        ...

    def adapted(self) -> Mapping[str, SiteCap]:
        """Return the limits that were last decided, by site."""
        ...

    def keep(self, site: str, cap: SiteCap | None) -> None:
        """Remember what was decided for a site; None: it is as the operator set it."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Where an account stands after a device refused it.

    Attributes:
        devices: every device in a row that refused it, in alphabetical order.
        tripped: this refusal was the one that reached the limit; so for one caller only.
    """

    devices: tuple[str, ...]
    tripped: bool


class Accounts(Protocol):
    """Which accounts devices refuse, known to all workers. Names come here, never a secret.

    A count is forgotten half an hour after its last refusal (Microsoft, account lockout policy:
    what "Reset account lockout counter after" is suggested to be once a threshold is set).
    """

    def enter(self, account: str, ticket: str, now: datetime, *, limit: int) -> int:
        """Ask to try a login.

        Args:
            account: its name.
            ticket: names this try; `leave` gives it back.
            now: the time.
            limit: so many devices may refuse it in a row.

        Returns:
            0 to go ahead; more when so many devices have refused it, which is the limit or above;
            -1 when as many others try an unproven account now as may still be refused.
        """
        ...

    def leave(self, account: str, ticket: str) -> None:
        """The try ended for a reason that says nothing about the account."""
        ...

    def accepted(self, account: str, ticket: str) -> None:
        """A device let it in: the count begins anew."""
        ...

    def refused(
        self, account: str, ticket: str, device: str, now: datetime, *, limit: int
    ) -> Refused:
        """A device refused it."""
        ...

    def forgive(self, account: str = "") -> None:
        """Forget the refusals of an account; of all accounts when it is empty."""
        ...
