"""``Where-Object`` and ``ForEach-Object``.

Their script blocks run in the caller's own scope. Source: Microsoft, "about_Script_Blocks".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.lab.powershell.matching import like, regex
from orchestrator.lab.powershell.members import get_member, get_or_missing
from orchestrator.lab.powershell.objects import ScriptBlock
from orchestrator.lab.powershell.operators import compare, equals
from orchestrator.lab.powershell.registry import processor
from orchestrator.lab.powershell.runtime import MISSING, Scope
from orchestrator.lab.powershell.signals import ReturnSignal
from orchestrator.lab.powershell.text import to_bool, to_text
from orchestrator.lab.powershell.values import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from orchestrator.lab.powershell.call import BoundCall


def run_block(scope: Scope, block: object, value: object, out: Callable[[object], None]) -> None:
    """Run a script block with ``$_`` in the caller's scope.

    Raises:
        Refusal: it is no script block.
    """
    if not isinstance(block, ScriptBlock):
        msg = "something that is not a script block where one is wanted"
        raise Refusal(msg)
    before = scope.variables.get("_", MISSING)
    try:
        block.body.run(scope, [], out, dollar=value, inner=False)
    except ReturnSignal:
        return
    finally:
        if before is MISSING:
            scope.variables.pop("_", None)
        else:
            scope.variables["_"] = before


def block_value(scope: Scope, block: object, value: object) -> object:
    """Return what a script block gives for an object."""
    found: list[object] = []
    run_block(scope, block, value, found.append)
    return found[0] if len(found) == 1 else found or None


_TESTS: dict[str, Callable[..., bool]] = {
    "eq": equals,
    "ne": lambda left, right: not equals(left, right),
    "gt": lambda left, right: compare(left, right) > 0,
    "ge": lambda left, right: compare(left, right) >= 0,
    "lt": lambda left, right: compare(left, right) < 0,
    "le": lambda left, right: compare(left, right) <= 0,
    "like": like,
    "notlike": lambda left, right: not like(left, right),
    "match": lambda left, right: (
        regex(to_text(right), case=False).search(to_text(left)) is not None
    ),
    "in": lambda left, right: any(equals(left, item) for item in right),
    "notin": lambda left, right: not any(equals(left, item) for item in right),
    "contains": lambda left, right: any(equals(item, right) for item in left),
}


@processor(
    "Where-Object",
    "FilterScript:scriptblock0 Property:str Value:object EQ:switch NE:switch GT:switch GE:switch "
    "LT:switch LE:switch Like:switch NotLike:switch Match:switch In:switch NotIn:switch "
    "Contains:switch InputObject:object^",
)
class WhereObject:
    """Lets through what a condition holds for."""

    alone = False

    def begin(self, call: BoundCall) -> None:
        """Find the block before the first object comes."""
        self.block = call.get("FilterScript", MISSING)

    def process(self, call: BoundCall, value: object) -> Iterable[object]:
        """Test one object."""
        if self.block is not MISSING:
            found: list[object] = []
            run_block(call.scope, self.block, value, found.append)
            return (value,) if to_bool(found) else ()
        name = call.get("Property")
        if name is None:
            msg = "Where-Object without a condition"
            raise Refusal(msg)
        item = get_or_missing(call.scope, value, name)
        item = None if item is MISSING else item
        for test, holds in _TESTS.items():
            if call.get(test):
                return [value] if holds(item, call.get("Value")) else []
        return [value] if to_bool(item) else []

    def end(self, _call: BoundCall) -> None:
        """Need nothing after the last object."""


@processor(
    "ForEach-Object",
    "Process:object0 Begin:scriptblock End:scriptblock MemberName:str InputObject:object^",
)
class ForEachObject:
    """Runs a block for each object."""

    alone = True

    def _blocks(self, call: BoundCall) -> list[object]:
        blocks = call.get("Process")
        return list(blocks) if isinstance(blocks, list) else [] if blocks is None else [blocks]

    def begin(self, call: BoundCall) -> None:
        """Run the begin block."""
        self.out = call.out
        if call.has("Begin"):
            run_block(call.scope, call.get("Begin"), None, self.out)

    def process(self, call: BoundCall, value: object) -> Iterable[object] | None:
        """Run the block for one object."""
        if value is MISSING:
            value = call.get("InputObject")
        name = call.get("MemberName")
        if name is not None:
            found = get_member(call.scope, value, name)
            return found if isinstance(found, list) else [found]
        for block in self._blocks(call):
            if isinstance(block, str):
                found = get_member(call.scope, value, block)
                return found if isinstance(found, list) else [found]
            run_block(call.scope, block, value, self.out)
        return None

    def end(self, call: BoundCall) -> None:
        """Run the end block."""
        if call.has("End"):
            run_block(call.scope, call.get("End"), None, self.out)
