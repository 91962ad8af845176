"""The inventory and the exclusion list in Redis."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final, TypeVar

import msgspec

from orchestrator.domain.target import Exclusion, Target

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from orchestrator.adapters.ledger.connection import Store

_INVENTORY: Final = "inventory"
_EXCLUDED: Final = "excluded"
_BATCH: Final = 2000
_Kept = TypeVar("_Kept", Target, Exclusion)


class RedisTargetBook:
    """The port `TargetBook`: two hashes, ``inventory`` and ``excluded``, DEVICE -> JSON."""

    def __init__(self, store: Store) -> None:
        """Work on a store."""
        self._store = store

    def keep(self, targets: Iterable[Target]) -> int:
        """Add or change devices of the inventory; see the port."""
        return self._put(_INVENTORY, targets)

    def drop(self, keys: Iterable[str]) -> int:
        """Take devices out of the inventory; see the port."""
        return self._take(_INVENTORY, keys)

    def targets(self) -> Mapping[str, Target]:
        """Return the inventory."""
        return self._all(_INVENTORY, Target)

    def exclude(self, exclusions: Iterable[Exclusion]) -> int:
        """Leave devices alone from now on; see the port."""
        return self._put(_EXCLUDED, exclusions)

    def include(self, keys: Iterable[str]) -> int:
        """Take devices off the exclusion list; see the port."""
        return self._take(_EXCLUDED, keys)

    def exclusions(self) -> Mapping[str, Exclusion]:
        """Return the exclusion list."""
        return self._all(_EXCLUDED, Exclusion)

    def _put(self, name: str, values: Iterable[_Kept]) -> int:
        fresh = 0
        rest = iter(values)
        while batch := {each.device.key: each for each in islice(rest, _BATCH)}:
            encoded = {key: msgspec.json.encode(each) for key, each in batch.items()}
            with self._store.errors() as redis:
                fresh += int(redis.hset(self._store.key(name), mapping=encoded))
        return fresh

    def _take(self, name: str, keys: Iterable[str]) -> int:
        gone = 0
        rest = iter(keys)
        while batch := list(islice(rest, _BATCH)):
            with self._store.errors() as redis:
                gone += int(redis.hdel(self._store.key(name), *batch))
        return gone

    def _all(self, name: str, kind: type[_Kept]) -> Mapping[str, _Kept]:
        with self._store.errors() as redis:
            found = redis.hgetall(self._store.key(name))
        return {key.decode(): msgspec.json.decode(each, type=kind) for key, each in found.items()}
