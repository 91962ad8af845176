"""Look for PCs that are away, and have them tried the moment they are seen.

- A sweep takes no slot and no lease: it makes a run due and rings, and the claim decides.
- A round looks at everybody who is away once; it goes on in slices, so that whoever has the duty
  keeps it, and holds a page of names at a time.
- A PC that comes back is tried at once. One that takes a connection and then fails as absent all
  the same is tried less and less often until it has been gone once.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from orchestrator.domain.device import DeviceName

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from orchestrator.usecases.ports import Agenda, Clock
    from orchestrator.usecases.presence_ports import Absent, Looked, Sightings, Sweep

_PAGE: Final = 1000
_WARY: Final = timedelta(minutes=1)
_WARIEST: Final = timedelta(hours=4)
_REMEMBERED: Final = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """What a slice came to.

    Attributes:
        looked: how many PCs were looked for.
        there: of them, those that take a connection.
        hastened: runs that were made due.
        complete: whether the round ended with it.
    """

    looked: int = 0
    there: int = 0
    hastened: int = 0
    complete: bool = False


@dataclass(slots=True, kw_only=True)
class Watch:
    """Rounds over all who are away.

    Attributes:
        clock, agenda, sightings, sweep: the world.
        ring: called when runs were made due, so that nobody waits for the next ringing.
        every: from the beginning of a round to that of the next.
        slice_seconds: about so long goes on what one call of `step` begins.
    """

    clock: Clock
    agenda: Agenda
    sightings: Sightings
    sweep: Sweep
    ring: Callable[[], object]
    every: timedelta = timedelta(minutes=1)
    slice_seconds: float = 5.0
    _cursor: str = ""
    _next_round: datetime | None = None
    _tried: OrderedDict[str, tuple[int, datetime]] = field(default_factory=OrderedDict)

    def step(self) -> Swept:
        """Go on with the round, or begin one when it is time; otherwise do nothing.

        Raises:
            StoreError: the ledger cannot be reached; the round goes on where it was.
        """
        now = self.clock.now()
        if not self._cursor:
            if self._next_round is not None and now < self._next_round:
                return Swept(complete=True)
            self._next_round = now + self.every
        looked = there = hastened = 0

        def found(news: Sequence[Looked]) -> None:
            nonlocal looked, there, hastened
            seen = [each.absent for each in news if each.there]
            looked += len(news)
            there += len(seen)
            for each in news:
                if not each.there:
                    self._tried.pop(each.absent.run_id, None)
            hastened += self._seen(seen)

        self.sweep.look(self._some(), found)
        return Swept(looked=looked, there=there, hastened=hastened, complete=not self._cursor)

    def _some(self) -> Iterator[Absent]:
        """Yield those who are away, from where the round stands, for a slice of time."""
        end = self.clock.monotonic() + self.slice_seconds
        while True:
            page = self.sightings.away(self._cursor, _PAGE)
            yield from page.absent
            self._cursor = page.cursor
            if not page.cursor or self.clock.monotonic() >= end:
                return

    def _seen(self, seen: Sequence[Absent]) -> int:
        """Note that PCs were seen and have their runs tried; return how many were made due."""
        if not seen:
            return 0
        now = self.clock.now()
        self.sightings.learn([DeviceName(each.device).key for each in seen], now)
        wanted = [each.run_id for each in seen if self._may_try(each.run_id, now)]
        hastened = self.agenda.hasten(wanted, now, first=True) if wanted else 0
        if hastened:
            self.ring()
        return hastened

    def _may_try(self, run_id: str, now: datetime) -> bool:
        count, not_before = self._tried.get(run_id, (0, now))
        if now < not_before:
            return False
        wait = min(_WARY * 2 ** min(count, 16), _WARIEST)
        self._tried[run_id] = (count + 1, now + wait)
        self._tried.move_to_end(run_id)
        if len(self._tried) > _REMEMBERED:
            self._tried.popitem(last=False)
        return True
