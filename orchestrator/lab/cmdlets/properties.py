"""Get, Set, New and Remove-ItemProperty: the values of registry keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.lab.cmdlets import registry_provider
from orchestrator.lab.cmdlets.common import error, seat_of, seat_on, wildcard
from orchestrator.lab.cmdlets.items import each_path
from orchestrator.lab.powershell.registry import cmdlet
from orchestrator.lab.powershell.values import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from orchestrator.lab.device_seat import Seat
    from orchestrator.lab.powershell.registry import Call
    from orchestrator.lab.store import Key


def _keys(call: Call, seat: Seat, *, write: bool = False) -> Iterator[tuple[str, Key]]:
    for path in each_path(call, seat):
        if not registry_provider.is_registry(path):
            what = f"{call.name} on {path}"
            raise Refusal(what)
        key = registry_provider.open_key(call, seat, path, write=write)
        if key is not None:
            yield path, key


def _no_property(call: Call, path: str, name: str) -> None:
    error(
        call,
        "System.Management.Automation.PSArgumentException",
        f"Property {name} does not exist at path {registry_provider.long_name(path)}.",
        category="InvalidArgument",
        exception="System.Management.Automation.PSArgumentException",
        target=name,
    )


def _stored_name(name: str) -> str:
    return "" if name.lower() == "(default)" else name


@cmdlet("Get-ItemProperty", "Path:str[]0^ LiteralPath=PSPath:str[]| Name=PSProperty:str[]1")
def get_item_property(call: Call) -> Iterable[object]:
    """Return one object with the values asked for, and the PS* properties."""
    seat = seat_of(call)
    names = [str(name) for name in call.get("Name") or []]
    for path, key in _keys(call, seat):
        for name in names:
            present = any(
                wildcard(name)(known or "(default)") for known, _, _ in key.values.values()
            )
            if not present:
                _no_property(call, path, name)
        if not names or any(_stored_name(name).lower() in key.values for name in names):
            found = registry_provider.values_object(path, key, names)
            if found is not None:
                yield found


@cmdlet("Get-ItemPropertyValue", "Path:str[]0^ LiteralPath=PSPath:str[]| Name=PSProperty:str[]1!")
def get_item_property_value(call: Call) -> Iterable[object]:
    """Return bare values."""
    seat = seat_of(call)
    for path, key in _keys(call, seat):
        for name in call.get("Name"):
            value = key.values.get(_stored_name(str(name)).lower())
            if value is None:
                _no_property(call, path, str(name))
            else:
                yield registry_provider.shown(value[1], value[2])


def _write(call: Call, path: str, name: str, kind: str, value: object) -> None:
    seat = seat_on(call)
    try:
        data = registry_provider.stored(kind, value)
    except ValueError as problem:
        error(
            call,
            "System.ArgumentException",
            f"The type of the value object did not match the specified RegistryValueKind or the "
            f"object could not be properly converted: {problem}",
            category="WriteError",
            exception="System.ArgumentException",
            target=registry_provider.long_name(path),
        )
        return
    registry = seat.device.registry
    whole = seat.key_path(path)
    registry.unset(whole, name)
    registry.set(whole, name, data, kind)


def _guess(value: object, known: str) -> str:
    if known:
        return known
    if isinstance(value, bool):
        return "REG_SZ"
    if isinstance(value, int):
        return "REG_DWORD" if type(value).__name__ != "Int64" else "REG_QWORD"
    if isinstance(value, bytes):
        return "REG_BINARY"
    return "REG_MULTI_SZ" if isinstance(value, list) else "REG_SZ"


@cmdlet(
    "Set-ItemProperty",
    "Path:str[]0^ LiteralPath=PSPath:str[]| Name=PSProperty:str1! Value:object2! Type:str "
    "Force:switch PassThru:switch",
    changes=True,
)
def set_item_property(call: Call) -> None:
    """Set a value; one that is not there is made, of a type that fits."""
    seat = seat_of(call)
    name = _stored_name(str(call.get("Name")))
    for path, key in _keys(call, seat, write=True):
        known = key.values.get(name.lower())
        value = call.get("Value")
        kind = (
            registry_provider.kind_named(str(call.get("Type")))
            if call.has("Type")
            else _guess(value, known[1] if known else "")
        )
        target = f"Item: {registry_provider.long_name(path)} Property: {name}"
        if call.should_process(target, "Set Property"):
            _write(call, path, name, kind, value)


@cmdlet(
    "New-ItemProperty",
    "Path:str[]0^ LiteralPath=PSPath:str[]| Name=PSProperty:str1! Value:object "
    "PropertyType=Type:str Force:switch",
    changes=True,
)
def new_item_property(call: Call) -> Iterable[object]:
    """Create a value; an existing one only with ``-Force``."""
    seat = seat_of(call)
    name = _stored_name(str(call.get("Name")))
    for path, key in _keys(call, seat, write=True):
        if name.lower() in key.values and not call.get("Force"):
            error(
                call,
                "System.IO.IOException",
                "The property already exists.",
                category="WriteError",
                exception="System.IO.IOException",
                target=path,
            )
            continue
        value = call.get("Value")
        kind = (
            registry_provider.kind_named(str(call.get("PropertyType")))
            if call.has("PropertyType")
            else _guess(value, "")
        )
        target = f"Item: {registry_provider.long_name(path)} Property: {name}"
        if call.should_process(target, "New Property"):
            _write(call, path, name, kind, value)
            written = seat.device.registry.find(seat.key_path(path))
            if written is not None and name.lower() in written.values:
                yield registry_provider.values_object(path, written, [name or "(default)"])


@cmdlet(
    "Remove-ItemProperty",
    "Path:str[]0^ LiteralPath=PSPath:str[]| Name=PSProperty:str[]1! Force:switch",
    changes=True,
)
def remove_item_property(call: Call) -> None:
    """Remove values."""
    seat = seat_of(call)
    for path, key in _keys(call, seat, write=True):
        for given in call.get("Name"):
            name = _stored_name(str(given))
            if name.lower() not in key.values:
                _no_property(call, path, str(given))
                continue
            target = f"Item: {registry_provider.long_name(path)} Property: {name}"
            if call.should_process(target, "Remove Property"):
                seat.device.registry.unset(seat.key_path(path), name)
