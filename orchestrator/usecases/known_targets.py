"""Devices that are known already: of a campaign, by their cause, by their tags.

So the result of one campaign is a list for the next, and a fleet that was imported once can be
named by site.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from orchestrator.domain.report import deciding
from orchestrator.domain.run import RunState, Verdict
from orchestrator.domain.selector import Selector, SelectorKind
from orchestrator.domain.target_list import Row
from orchestrator.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from orchestrator.domain.run import Run
    from orchestrator.domain.run_filter import RunFilter
    from orchestrator.domain.target import Exclusion, Target
    from orchestrator.usecases.ports import Campaigns, Runs

_PAGE = 1000
_RECENT = 10_000
_CAMPAIGNS = 1000
_IN_ORDER = frozenset({Verdict.ALREADY_ENROLLED, Verdict.ENROLLED, Verdict.RESTORED})


class TargetBook(Protocol):
    """What is kept about devices beside their runs."""

    def keep(self, targets: Iterable[Target]) -> int:
        """Add devices to the inventory, or change what it says of them; return how many are new.

        Raises:
            StoreError: not all were kept; doing it again keeps the rest.
        """
        ...

    def drop(self, keys: Iterable[str]) -> int:
        """Take devices out of the inventory; return how many were in it."""
        ...

    def targets(self) -> Mapping[str, Target]:
        """Return the inventory, by `DeviceName.key`."""
        ...

    def exclude(self, exclusions: Iterable[Exclusion]) -> int:
        """Leave devices alone from now on; return how many were not on the list.

        Raises:
            StoreError: not all were kept; doing it again keeps the rest.
        """
        ...

    def include(self, keys: Iterable[str]) -> int:
        """Take devices off the exclusion list; return how many were on it."""
        ...

    def exclusions(self) -> Mapping[str, Exclusion]:
        """Return the exclusion list, by `DeviceName.key`."""
        ...


class KnownTargets:
    """Rows for the selectors that need the ledger."""

    def __init__(self, runs: Runs, campaigns: Campaigns, book: TargetBook) -> None:
        """Read from a ledger and a book."""
        self._runs = runs
        self._campaigns = campaigns
        self._book = book

    def rows(self, selector: Selector) -> Sequence[Row]:
        """Return the devices a selector means.

        Raises:
            InvalidInput: it means none.
            NotFound: there is no such campaign.
        """
        match selector.kind:
            case SelectorKind.CAMPAIGN:
                self._campaigns.load(selector.value)
                runs: Iterable[Run] = campaign_runs(selector.value, selector.runs, self._campaigns)
                rows = [_row(run, selector.text) for run in runs]
            case SelectorKind.CAUSE:
                newest = self._newest().values()
                rows = [_row(run, selector.text) for run in newest if _wants(selector, run)]
            case _:
                rows = [
                    Row(
                        text=target.device.text,
                        where=selector.text,
                        site=target.site,
                        tags=target.tags,
                    )
                    for target in self._book.targets().values()
                    if target.has(selector.value, selector.detail)
                ]
        if not rows and not selector.exclude:
            msg = "this means no device now"
            raise InvalidInput(msg, where=selector.text, hint=_HINTS[selector.kind])
        return rows

    def inventory(self) -> Mapping[str, Target]:
        """Return the inventory, by `DeviceName.key`."""
        return self._book.targets()

    def exclusions(self) -> Mapping[str, Exclusion]:
        """Return the exclusion list, by `DeviceName.key`."""
        return self._book.exclusions()

    def _newest(self) -> Mapping[str, Run]:
        """Return the newest diagnosed run of each device."""
        newest: dict[str, Run] = {}
        for run in self._all():
            known = newest.get(run.device.key)
            if run.diagnosis and (known is None or known.updated < run.updated):
                newest[run.device.key] = run
        return newest

    def _all(self) -> Iterator[Run]:
        yield from self._runs.recent(_RECENT)
        for campaign in self._campaigns.newest(_CAMPAIGNS):
            yield from _pages(campaign.id, None, self._campaigns)


_HINTS = {
    SelectorKind.CAMPAIGN: "`enrollmend campaign show ID` says how many are in which state",
    SelectorKind.CAUSE: "`enrollmend show` lists what is known",
    SelectorKind.TAG: "`enrollmend target import FILE` brings sites and tags",
}


def campaign_runs(campaign_id: str, wanted: RunFilter, campaigns: Campaigns) -> Iterator[Run]:
    """Yield the runs of a campaign that are meant, each once, a page in memory at a time."""
    seen: set[str] = set()
    for within in wanted.within() or (None,):
        for run in _pages(campaign_id, within, campaigns):
            if run.id not in seen and wanted.takes(run):
                seen.add(run.id)
                yield run


def _pages(
    campaign_id: str, within: RunState | Verdict | None, campaigns: Campaigns
) -> Iterator[Run]:
    cursor = ""
    while True:
        page = campaigns.page(campaign_id, within, cursor, _PAGE)
        yield from page.runs
        cursor = page.cursor
        if not cursor:
            return


def _wants(selector: Selector, run: Run) -> bool:
    primary = deciding(run)
    return primary is not None and run.verdict not in _IN_ORDER and selector.runs.takes(run)


def _row(run: Run, where: str) -> Row:
    return Row(text=run.device.text, where=where, site=run.site)
