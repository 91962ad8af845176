"""``Select-Object``, ``Group-Object``, ``Measure-Object``, ``Compare-Object``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.lab.powershell.convert import to_number
from orchestrator.lab.powershell.core.filtering import block_value
from orchestrator.lab.powershell.matching import wildcard
from orchestrator.lab.powershell.members import get_or_missing
from orchestrator.lab.powershell.objects import Hashtable, ScriptBlock
from orchestrator.lab.powershell.registry import cmdlet, processor
from orchestrator.lab.powershell.runtime import MISSING, Scope
from orchestrator.lab.powershell.signals import StopUpstream
from orchestrator.lab.powershell.text import CUSTOM, to_text
from orchestrator.lab.powershell.values import CaseDict, PSObject, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orchestrator.lab.powershell.call import BoundCall


def evaluate(scope: Scope, value: object, what: object) -> object:
    """Return a property by name, or what a script block or a calculated property gives."""
    if isinstance(what, Hashtable):
        what = what.get("Expression", what.get("e"))
    if isinstance(what, ScriptBlock):
        return block_value(scope, what, value)
    found = get_or_missing(scope, value, to_text(what))
    return None if found is MISSING else found


def label(what: object) -> str:
    """Return the name of a property or a calculated property."""
    if isinstance(what, Hashtable):
        for key in ("Name", "n", "Label", "l"):
            if key in what:
                return to_text(what[key])
        return to_text(what.get("Expression"))
    return to_text(what)


def _project(scope: Scope, value: object, wanted: list[object]) -> PSObject:
    made: CaseDict[object] = CaseDict()
    for what in wanted:
        name = label(what)
        if (
            isinstance(what, str)
            and any(mark in name for mark in "*?[")
            and isinstance(value, PSObject)
        ):
            pattern = wildcard(name, case=False)
            for known, item in value.properties.items():
                if pattern.match(known):
                    made[known] = item
            continue
        made[name] = evaluate(scope, value, what)
    return PSObject(CUSTOM, made, writable=None)


def identity(value: object) -> object:
    """Return what two objects that ``-Unique`` takes for the same have in common."""
    if isinstance(value, PSObject):
        return tuple((name.lower(), to_text(item)) for name, item in value.properties.items())
    return to_text(value)


@processor(
    "Select-Object",
    "Property:object[]0 ExpandProperty:str ExcludeProperty:str[] First:int Last:int Skip:int "
    "Index:int[] Unique:switch InputObject:object^",
)
class SelectObject:
    """Chooses objects and properties."""

    alone = False

    def begin(self, call: BoundCall) -> None:
        """Start counting."""
        self.seen = 0
        self.given = 0
        self.kept: list[object] = []
        self.known: set[object] = set()
        self.first = call.get("First")

    def process(self, call: BoundCall, value: object) -> Iterable[object]:
        """Take one object."""
        self.seen += 1
        if self.seen <= (call.get("Skip") or 0):
            return
        if call.has("Index") and self.seen - 1 not in call.get("Index"):
            return
        if call.has("Last"):
            self.kept.append(value)
            return
        if self.first is not None and self.given >= self.first:
            raise StopUpstream(self)
        yield from self._shape(call, value)
        if self.first is not None and self.given >= self.first:
            raise StopUpstream(self)

    def _shape(self, call: BoundCall, value: object) -> list[object]:
        found: list[object] = [value]
        if call.has("ExpandProperty"):
            found = self._expanded(call, value)
        elif call.has("Property"):
            made = _project(call.scope, value, call.get("Property"))
            for name in call.get("ExcludeProperty") or ():
                made.properties.pop(name, None)
            found = [made]
        if call.get("Unique"):
            found = [item for item in found if self._new(item)]
        self.given += 1 if found else 0
        return found

    def _expanded(self, call: BoundCall, value: object) -> list[object]:
        name = call.get("ExpandProperty")
        item = get_or_missing(call.scope, value, name)
        if item is MISSING:
            call.error(
                "ExpandPropertyNotFound",
                f'Property "{name}" cannot be found.',
                category="InvalidArgument",
                exception="System.Management.Automation.PSArgumentException",
                target=value,
            )
            return []
        return list(item) if isinstance(item, list) else [item]

    def _new(self, value: object) -> bool:
        key = identity(value)
        new = key not in self.known
        self.known.add(key)
        return new

    def end(self, call: BoundCall) -> Iterable[object]:
        """Give the last ones."""
        count = call.get("Last")
        for value in self.kept[-count:] if count else []:
            yield from self._shape(call, value)


@cmdlet(
    "Group-Object",
    "Property:object[]0 NoElement:switch AsHashTable:switch AsString:switch CaseSensitive:switch "
    "InputObject:object^",
    collects=True,
)
def group_object(call: BoundCall) -> Iterable[object]:
    """Collect objects that have the same property values."""
    groups: dict[object, tuple[list[object], list[object]]] = {}
    case = call.get("CaseSensitive")
    for value in call.get("InputObject") or ():
        wanted = call.get("Property") or [None]
        values = [value if what is None else evaluate(call.scope, value, what) for what in wanted]
        texts = tuple(to_text(item) if case else to_text(item).lower() for item in values)
        groups.setdefault(texts, (values, []))[1].append(value)
    if call.get("AsHashTable"):
        table = Hashtable()
        for values, members in groups.values():
            key = to_text(values[0]) if call.get("AsString") else values[0]
            table[key] = list(members)
        return [table]
    return [
        PSObject(
            "Microsoft.PowerShell.Commands.GroupInfo",
            CaseDict(
                {
                    "Name": ", ".join(to_text(item) for item in values),
                    "Count": len(members),
                    "Group": [] if call.get("NoElement") else list(members),
                    "Values": values,
                }
            ),
        )
        for values, members in groups.values()
    ]


@cmdlet(
    "Measure-Object",
    "Property:str0 Sum:switch Average:switch Maximum:switch Minimum:switch InputObject:object^",
    collects=True,
)
def measure_object(call: BoundCall) -> Iterable[object]:
    """Count objects and add their values up."""
    values = list(call.get("InputObject") or ())
    name = call.get("Property")
    if name is not None:
        values = [evaluate(call.scope, value, name) for value in values]
        values = [value for value in values if value is not None]
    wanted = [flag for flag in ("Sum", "Average", "Maximum", "Minimum") if call.get(flag)]
    fields: CaseDict[object] = CaseDict({"Count": len(values)})
    fields["Property"] = name
    fields.update(dict.fromkeys(("Sum", "Average", "Maximum", "Minimum")))
    if wanted and values:
        numbers = [float(to_number(value)) for value in values]
        fields["Sum"] = sum(numbers) if "Sum" in wanted else None
        fields["Average"] = sum(numbers) / len(numbers) if "Average" in wanted else None
        fields["Maximum"] = max(numbers) if "Maximum" in wanted else None
        fields["Minimum"] = min(numbers) if "Minimum" in wanted else None
    return [PSObject("Microsoft.PowerShell.Commands.GenericMeasureInfo", fields)]


@cmdlet(
    "Compare-Object",
    "ReferenceObject:object[]0! DifferenceObject:object[]1!^ Property:object[] "
    "IncludeEqual:switch ExcludeDifferent:switch PassThru:switch CaseSensitive:switch",
    collects=True,
)
def compare_object(call: BoundCall) -> Iterable[object]:
    """Tell which objects are on one side only."""
    if call.has("Property") or call.get("PassThru"):
        msg = "Compare-Object -Property and -PassThru"
        raise Refusal(msg)
    case = call.get("CaseSensitive")

    def key(value: object) -> str:
        return to_text(value) if case else to_text(value).lower()

    waiting: dict[str, list[object]] = {}
    for value in call.get("ReferenceObject"):
        waiting.setdefault(key(value), []).append(value)
    equal: list[object] = []
    only_right: list[object] = []
    for value in call.get("DifferenceObject"):
        same = waiting.get(key(value))
        if same:
            equal.append(same.pop(0))
        else:
            only_right.append(value)
    only_left = [value for values in waiting.values() for value in values]
    found: list[tuple[object, str]] = []
    if call.get("IncludeEqual"):
        found += [(value, "==") for value in equal]
    if not call.get("ExcludeDifferent"):
        found += [(value, "=>") for value in only_right] + [(value, "<=") for value in only_left]
    return [
        PSObject(CUSTOM, CaseDict({"InputObject": value, "SideIndicator": side}), writable=None)
        for value, side in found
    ]
