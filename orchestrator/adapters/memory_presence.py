"""Who is away, how sites and accounts fare, in memory: the doubles of what the ledger keeps."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING, Final

from orchestrator.domain.adaptive import SiteCap, Tally
from orchestrator.domain.campaign import HANDED_OUT
from orchestrator.domain.online_hours import OnlineHours, generation
from orchestrator.domain.run import RunState
from orchestrator.errors import InvalidInput
from orchestrator.usecases.presence_ports import Absent, AbsentPage, Refused

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orchestrator.adapters.memory import MemoryLedger

_FORGOTTEN: Final = timedelta(minutes=30)
_LONGEST_TRY: Final = timedelta(minutes=2)


class MemorySightings:
    """The port `Sightings`."""

    def __init__(self, ledger: MemoryLedger) -> None:
        """Share what a ledger knows."""
        self._state = ledger.state
        self._seen: dict[tuple[int, str], OnlineHours] = defaultdict(OnlineHours)

    def away(self, cursor: str = "", limit: int = 1000) -> AbsentPage:
        """Return absent runs of what goes on now; see the port."""
        if cursor and not cursor.startswith(">"):
            msg = f"{cursor[:60]!r} does not continue a round"
            raise InvalidInput(msg, hint="begin without a cursor")
        state = self._state
        with state.changed:
            going = {each.id for each in state.campaigns.values() if each.status in HANDED_OUT}
            found = sorted(
                (run.id, run.device.text)
                for run in state.runs.values()
                if run.state is RunState.AWAY and (not run.campaign or run.campaign in going)
            )
        rest = [each for each in found if not cursor or each[0] > cursor[1:]]
        page = tuple(Absent(run_id=run_id, device=device) for run_id, device in rest[:limit])
        return AbsentPage(absent=page, cursor=f">{page[-1].run_id}" if len(rest) > limit else "")

    def learn(self, devices: Sequence[str], at: datetime) -> None:
        """Note that PCs were seen; see the port."""
        with self._state.changed:
            for device in devices:
                key = (generation(at), device)
                self._seen[key] = self._seen[key].seen(at)

    def hours(self, device: str, at: datetime) -> OnlineHours:
        """Return when a PC was seen lately; see the port."""
        newest = generation(at)
        none = OnlineHours()
        with self._state.changed:
            return self._seen.get((newest, device), none) | self._seen.get(
                (newest - 1, device), none
            )


class MemorySiteLoads:
    """The port `SiteLoads`."""

    def __init__(self) -> None:
        """Begin with nothing counted."""
        self._lock = Lock()
        self._counted: dict[str, Tally] = {}
        self._kept: dict[str, SiteCap] = {}

    def note(self, site: str, *, late: bool) -> None:
        """Count an attempt that reached its device; see the port."""
        with self._lock:
            old = self._counted.get(site, Tally())
            self._counted[site] = Tally(ended=old.ended + 1, late=old.late + late)

    def collect(self) -> Mapping[str, Tally]:
        """Return what was counted since the last call, and begin anew."""
        with self._lock:
            counted, self._counted = self._counted, {}
            return counted

    def adapted(self) -> Mapping[str, SiteCap]:
        """Return the limits that were last decided, by site."""
        with self._lock:
            return dict(self._kept)

    def keep(self, site: str, cap: SiteCap | None) -> None:
        """Remember what was decided for a site; see the port."""
        with self._lock:
            if cap is None:
                self._kept.pop(site, None)
            else:
                self._kept[site] = cap


class MemoryAccounts:
    """The port `Accounts`. Unlike the one in Redis, it forgets by the times it is told."""

    def __init__(self) -> None:
        """Begin with no refusals."""
        self._lock = Lock()
        self._good: set[str] = set()
        self._refused: dict[str, tuple[frozenset[str], datetime]] = {}
        self._trying: dict[str, dict[str, datetime]] = defaultdict(dict)

    def enter(self, account: str, ticket: str, now: datetime, *, limit: int) -> int:
        """Ask to try a login; see the port."""
        account = account.lower()
        with self._lock:
            count = len(self._devices(account, now))
            if count >= limit:
                return count
            if account in self._good:
                return 0
            trying = self._trying[account]
            for old in [each for each, until in trying.items() if until <= now]:
                del trying[old]
            if len(trying) >= limit - count:
                return -1
            trying[ticket] = now + _LONGEST_TRY
            return 0

    def leave(self, account: str, ticket: str) -> None:
        """The try ended for a reason that says nothing about the account."""
        with self._lock:
            self._trying[account.lower()].pop(ticket, None)

    def accepted(self, account: str, ticket: str) -> None:
        """A device let it in: the count begins anew."""
        account = account.lower()
        with self._lock:
            self._trying[account].pop(ticket, None)
            self._refused.pop(account, None)
            self._good.add(account)

    def refused(
        self, account: str, ticket: str, device: str, now: datetime, *, limit: int
    ) -> Refused:
        """A device refused it."""
        account = account.lower()
        with self._lock:
            self._trying[account].pop(ticket, None)
            self._good.discard(account)
            before = self._devices(account, now)
            after = before | {device.upper()}
            self._refused[account] = (after, now + _FORGOTTEN)
            return Refused(devices=tuple(sorted(after)), tripped=len(before) < limit <= len(after))

    def forgive(self, account: str = "") -> None:
        """Forget the refusals of an account; of all accounts when it is empty."""
        with self._lock:
            for each in [account.lower()] if account else list(self._refused):
                self._refused.pop(each, None)

    def _devices(self, account: str, now: datetime) -> frozenset[str]:
        devices, until = self._refused.get(account, (frozenset(), now))
        return devices if until > now else frozenset()
