"""Selectors become targets, and what was merged or left out is told."""

from __future__ import annotations

from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING

from orchestrator.adapters.targets import Targets, read_targets
from orchestrator.cli.words import counted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orchestrator.adapters.targets import Known
    from orchestrator.cli.house import House
    from orchestrator.domain.selector import Selector
    from orchestrator.domain.target import Exclusion, Target
    from orchestrator.domain.target_list import Row
    from orchestrator.usecases.known_targets import TargetBook

_TOLD = 5


def choose(
    house: House, words: Sequence[str], *, all_of_them: bool = False, names_only: bool = False
) -> Targets:
    """Return the devices that selectors mean; tell what was merged and left out.

    Names are looked at before anything is connected.

    Args:
        house: terminal and ports.
        words: the selectors.
        all_of_them: also those on the exclusion list.
        names_only: sites and tags of the inventory are of no interest.

    Raises:
        InvalidInput: something cannot be used, there is no such campaign, or nothing is left.
        StoreError: what is known cannot be read.
    """
    known = _Known(house, all_of_them=all_of_them, names_only=names_only)
    targets = read_targets(words, house.terminal.stdin, known)
    _tell(house, targets)
    return targets


class _Known:
    """What the ledger knows, connected to when it is asked."""

    def __init__(self, house: House, *, all_of_them: bool, names_only: bool) -> None:
        self._house = house
        self._names_only = names_only
        self._all_of_them = all_of_them

    @cached_property
    def _book(self) -> TargetBook:
        return self._house.book(self._house.settings())

    @cached_property
    def _known(self) -> Known:
        from orchestrator.usecases.known_targets import KnownTargets  # noqa: PLC0415 - a bad name does without it

        _, ports = self._house.ports()
        return KnownTargets(ports.runs, ports.campaigns, self._book)

    def rows(self, selector: Selector) -> Sequence[Row]:
        return self._known.rows(selector)

    def inventory(self) -> Mapping[str, Target]:
        return {} if self._names_only else self._book.targets()

    def exclusions(self) -> Mapping[str, Exclusion]:
        return {} if self._all_of_them else self._book.exclusions()


def _tell(house: House, targets: Targets) -> None:
    shown = targets.duplicates[:_TOLD]
    for duplicate in shown:
        place = f" ({duplicate.where})" if duplicate.where else ""
        house.terminal.say(f"{duplicate.text}{place} is {duplicate.first}; taken once")
    if len(targets.duplicates) > len(shown):
        house.terminal.say(f"{len(targets.duplicates):,} duplicates in all, each taken once")
    if targets.left_out:
        reasons = Counter(each.why for each in targets.left_out)
        parts = ", ".join(f"{why} {count:,}" for why, count in reasons.most_common())
        house.terminal.say(f"left out {counted(len(targets.left_out), 'device')}: {parts}")
