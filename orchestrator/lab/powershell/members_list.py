"""Methods of lists, sets and dictionaries. Source: the .NET Framework 4.8 reference."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.lab.powershell.convert import cast, to_number
from orchestrator.lab.powershell.objects import (
    Entry,
    GenericList,
    HashSet,
    Hashtable,
    TypeRef,
)
from orchestrator.lab.powershell.operators import equals
from orchestrator.lab.powershell.runtime import NOTHING
from orchestrator.lab.powershell.text import to_text
from orchestrator.lab.powershell.values import MethodFailure

if TYPE_CHECKING:
    from collections.abc import Callable


def _add(values: list[object], item: object) -> object:
    if isinstance(values, HashSet):
        key = values.key(item)
        if key in values.keys:
            return False
        values.keys.add(key)
        values.append(to_text(item))
        return True
    if isinstance(values, GenericList) and values.type_name.endswith("`1"):
        values.append(cast(item, TypeRef(values.element)))
        return NOTHING
    values.append(item)
    return len(values) - 1


def _add_range(values: list[object], items: object) -> object:
    for item in items if isinstance(items, (list, bytes)) else [items]:
        _add(values, item)
    return NOTHING


def _position(values: list[object], item: object) -> int:
    for index, one in enumerate(values):
        if equals(one, item, case=True):
            return index
    return -1


def _contains(values: list[object], item: object) -> bool:
    if isinstance(values, HashSet):
        return values.key(item) in values.keys
    return _position(values, item) >= 0


def _remove(values: list[object], item: object) -> object:
    if isinstance(values, HashSet):
        key = values.key(item)
        found = key in values.keys
        values.keys.discard(key)
        values[:] = [one for one in values if values.key(one) != key]
        return found
    at = _position(values, item)
    if at >= 0:
        del values[at]
    return at >= 0 if getattr(values, "type_name", "").endswith("`1") else NOTHING


def _remove_at(values: list[object], index: object) -> object:
    at = round(to_number(index))
    if not 0 <= at < len(values):
        msg = (
            "Index was out of range. Must be non-negative and less than the size of the collection."
        )
        raise MethodFailure(msg, exception="System.ArgumentOutOfRangeException")
    del values[at]
    return NOTHING


def _clear(values: list[object]) -> object:
    values.clear()
    if isinstance(values, HashSet):
        values.keys.clear()
    return NOTHING


def _insert(values: list[object], index: object, item: object) -> object:
    values.insert(round(to_number(index)), item)
    return NOTHING


def _reverse(values: list[object]) -> object:
    values.reverse()
    return NOTHING


LIST_METHODS: dict[str, Callable[..., object]] = {
    "add": _add,
    "addrange": _add_range,
    "clear": _clear,
    "contains": _contains,
    "indexof": _position,
    "insert": _insert,
    "remove": _remove,
    "removeat": _remove_at,
    "reverse": _reverse,
    "toarray": list,
}


def _table_add(table: Hashtable, key: object, value: object) -> object:
    if key is None:
        msg = "Key cannot be null.\r\nParameter name: key"
        raise MethodFailure(msg, exception="System.ArgumentNullException")
    if key in table:
        name = to_text(key)
        msg = f"Item has already been added. Key in dictionary: '{name}'  Key being added: '{name}'"
        raise MethodFailure(msg, exception="System.ArgumentException")
    table[key] = value
    return NOTHING


def _table_remove(table: Hashtable, key: object) -> object:
    if key in table:
        del table[key]
    return NOTHING


def _table_clear(table: Hashtable) -> object:
    for key in list(table):
        del table[key]
    return NOTHING


def _table_clone(table: Hashtable) -> Hashtable:
    made = Hashtable(ordered=table.ordered, type_name=table.type_name)
    for key in table:
        made[key] = table[key]
    return made


TABLE_METHODS: dict[str, Callable[..., object]] = {
    "add": _table_add,
    "clear": _table_clear,
    "clone": _table_clone,
    "contains": lambda table, key: key in table,
    "containskey": lambda table, key: key in table,
    "containsvalue": lambda table, value: any(equals(table[key], value) for key in table),
    "remove": _table_remove,
    "getenumerator": lambda table: [Entry(key, table[key]) for key in table],
    "item": lambda table, key: table.get(key),
}
