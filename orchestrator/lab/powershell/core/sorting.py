"""``Sort-Object``."""

from __future__ import annotations

from functools import cmp_to_key
from typing import TYPE_CHECKING

from orchestrator.lab.powershell.core.selection import evaluate
from orchestrator.lab.powershell.objects import Hashtable
from orchestrator.lab.powershell.operators import compare
from orchestrator.lab.powershell.registry import cmdlet
from orchestrator.lab.powershell.signals import ScriptError
from orchestrator.lab.powershell.text import to_bool, to_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from orchestrator.lab.powershell.call import BoundCall

Key = tuple[object, ...]
Pair = tuple[Key, object]


def order(left: object, right: object, *, case: bool) -> int:
    """Order two values as ``Sort-Object`` does: null first, unlike types by their text."""
    if left is None or right is None:
        return (left is not None) - (right is not None)
    try:
        return compare(left, right, case=case)
    except ScriptError:
        first, second = to_text(left).lower(), to_text(right).lower()
        return (first > second) - (first < second)


@cmdlet(
    "Sort-Object",
    "Property:object[]0 Descending:switch Unique:switch CaseSensitive:switch InputObject:object^",
    collects=True,
)
def sort_object(call: BoundCall) -> Iterable[object]:
    """Sort objects; equal ones keep their order."""
    wanted = call.get("Property") or [None]
    case = bool(call.get("CaseSensitive"))
    down = bool(call.get("Descending"))
    falling = [_falls(what, down=down) for what in wanted]
    compare_keys = _comparer(falling, case=case)
    keyed: list[tuple[Key, object]] = []
    for value in call.get("InputObject") or ():
        key = tuple(value if what is None else evaluate(call.scope, value, what) for what in wanted)
        keyed.append((key, value))
    keyed.sort(key=cmp_to_key(_first(compare_keys)))
    if not call.get("Unique"):
        return [value for _, value in keyed]
    found: list[tuple[Key, object]] = []
    for pair in keyed:
        if not found or compare_keys(found[-1][0], pair[0]) != 0:
            found.append(pair)
    return [value for _, value in found]


def _falls(what: object, *, down: bool) -> bool:
    if isinstance(what, Hashtable):
        if "Descending" in what:
            return to_bool(what["Descending"])
        if "Ascending" in what:
            return not to_bool(what["Ascending"])
    return down


def _first(compare_keys: Callable[[Key, Key], int]) -> Callable[[Pair, Pair], int]:
    return lambda left, right: compare_keys(left[0], right[0])


def _comparer(falling: list[bool], *, case: bool) -> Callable[[Key, Key], int]:
    def run(left: Key, right: Key) -> int:
        for first, second, down in zip(left, right, falling, strict=True):
            result = order(first, second, case=case)
            if result:
                return -result if down else result
        return 0

    return run
