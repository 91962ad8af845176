"""The inventory and the exclusion list in memory."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from orchestrator.domain.target import Exclusion, Target


class MemoryTargetBook:
    """The port `TargetBook`."""

    def __init__(self) -> None:
        """Know nothing yet."""
        self._targets: dict[str, Target] = {}
        self._excluded: dict[str, Exclusion] = {}

    def keep(self, targets: Iterable[Target]) -> int:
        """Add or change devices of the inventory; see the port."""
        before = len(self._targets)
        self._targets.update((target.device.key, target) for target in targets)
        return len(self._targets) - before

    def drop(self, keys: Iterable[str]) -> int:
        """Take devices out of the inventory; see the port."""
        return sum(self._targets.pop(key, None) is not None for key in keys)

    def targets(self) -> Mapping[str, Target]:
        """Return the inventory."""
        return dict(self._targets)

    def exclude(self, exclusions: Iterable[Exclusion]) -> int:
        """Leave devices alone from now on; see the port."""
        before = len(self._excluded)
        self._excluded.update((each.device.key, each) for each in exclusions)
        return len(self._excluded) - before

    def include(self, keys: Iterable[str]) -> int:
        """Take devices off the exclusion list; see the port."""
        return sum(self._excluded.pop(key, None) is not None for key in keys)

    def exclusions(self) -> Mapping[str, Exclusion]:
        """Return the exclusion list."""
        return dict(self._excluded)
