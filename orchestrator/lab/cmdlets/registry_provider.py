r"""The registry provider: keys and values as PowerShell 5.1 shows them.

Errors follow Microsoft's registry provider: a key that Administrators may not open is
``System.Security.SecurityException``; testing whether it exists still says yes.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from orchestrator.lab.cmdlets.common import error, has_wildcard, wildcard
from orchestrator.lab.powershell.objects import Int64
from orchestrator.lab.powershell.runtime import NOTHING
from orchestrator.lab.powershell.values import CaseDict, PSObject, Refusal
from orchestrator.lab.store import Key, RegistryData, first_denied, registry_parts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from orchestrator.lab.device_seat import Seat
    from orchestrator.lab.powershell.registry import Call

_PREFIX = "Microsoft.PowerShell.Core\\Registry::"
_HIVES = {"HKLM": "HKEY_LOCAL_MACHINE", "HKU": "HKEY_USERS"}
_DWORD_SIGN = 0x80000000
_QWORD_SIGN = 0x8000000000000000
KINDS = {
    "string": "REG_SZ",
    "expandstring": "REG_EXPAND_SZ",
    "dword": "REG_DWORD",
    "qword": "REG_QWORD",
    "binary": "REG_BINARY",
    "multistring": "REG_MULTI_SZ",
}
_KIND_NAMES = {
    "REG_SZ": "String",
    "REG_EXPAND_SZ": "ExpandString",
    "REG_DWORD": "DWord",
    "REG_QWORD": "QWord",
    "REG_BINARY": "Binary",
    "REG_MULTI_SZ": "MultiString",
}


@lru_cache(maxsize=65536)
def is_registry(path: str) -> bool:
    """Tell whether a path belongs to this provider."""
    lower = path.lower()
    return lower.startswith(("hklm:", "hkcu:", "hkcr:", "hku:", "registry::")) or (
        "\\registry::" in lower
    )


@lru_cache(maxsize=65536)
def long_name(path: str) -> str:
    r"""Return ``HKEY_LOCAL_MACHINE\...`` for any spelling."""
    head, *rest = registry_parts(path)
    return "\\".join([_HIVES.get(head, head), *rest])


def shown(kind: str, data: RegistryData) -> object:
    """Return a value as .NET gives it: DWORD is signed 32, QWORD signed 64."""
    if kind == "REG_DWORD" and isinstance(data, int):
        return data - 2 * _DWORD_SIGN if data >= _DWORD_SIGN else data
    if kind == "REG_QWORD" and isinstance(data, int):
        return Int64(data - 2 * _QWORD_SIGN if data >= _QWORD_SIGN else data)
    return list(data) if isinstance(data, tuple) else data


def stored(kind: str, value: object) -> RegistryData:
    """Return the data to keep for a script's value.

    Raises:
        ValueError: the value does not fit the kind.
    """
    if kind in {"REG_DWORD", "REG_QWORD"}:
        number = int(str(value)) if not isinstance(value, (bool, int)) else int(value)
        size = 2 * (_DWORD_SIGN if kind == "REG_DWORD" else _QWORD_SIGN)
        if not -size // 2 <= number < size:
            msg = f"{number} does not fit {kind}"
            raise ValueError(msg)
        return number % size
    if kind == "REG_BINARY":
        if isinstance(value, bytes):
            return value
        return bytes(value) if isinstance(value, list) else bytes([int(str(value))])
    if kind == "REG_MULTI_SZ":
        items = value if isinstance(value, list) else [value]
        return tuple(str(item) for item in items)
    return "" if value is None else str(value)


def locations(path: str, name: str = "") -> dict[str, object]:
    """Return the PS* properties of an item."""
    whole = long_name(path)
    parent, _, child = whole.rpartition("\\")
    return {
        "PSPath": _PREFIX + whole,
        "PSParentPath": _PREFIX + parent if parent else "",
        "PSChildName": name or child,
        "PSDrive": "HKLM",
        "PSProvider": "Microsoft.PowerShell.Core\\Registry",
    }


def may_not(seat: Seat, key: Key, *, write: bool) -> bool:
    """Tell whether this seat is denied; SYSTEM never is.

    The hive of LocalService (S-1-5-19) opens to elevated processes only.
    """
    if seat.is_system:
        return False
    if not seat.device.host.elevated and (write or key.name == "S-1-5-19"):
        return True
    return key.denied == "all" or (write and bool(key.denied))


def key_object(seat: Seat, path: str, key: Key) -> PSObject:
    """Return a ``Microsoft.Win32.RegistryKey``."""

    def get_value(name: str, default: object = None, *_: object) -> object:
        value = key.values.get(str(name).lower())
        return default if value is None else shown(value[1], value[2])

    def kind_of(name: str) -> str:
        return _KIND_NAMES[key.values[str(name).lower()][1]]

    def open_sub(name: str, *_: object) -> PSObject | None:
        child = seat.device.registry.find(f"{path}\\{name}")
        return None if child is None else key_object(seat, f"{path}\\{child.name}", child)

    def nothing() -> object:
        return NOTHING  # the lab keeps no handles

    whole = long_name(path)
    parent, _, child = whole.rpartition("\\")
    names: list[object] = [name or "(default)" for name, _, _ in key.values.values()]
    properties: dict[str, tuple[str, object]] = {
        "name": ("Name", whole),
        "property": ("Property", names),
        "subkeycount": ("SubKeyCount", len(key.children)),
        "valuecount": ("ValueCount", len(key.values)),
        "pspath": ("PSPath", _PREFIX + whole),
        "psparentpath": ("PSParentPath", _PREFIX + parent),
        "pschildname": ("PSChildName", child),
        "psiscontainer": ("PSIsContainer", True),
    }
    methods: dict[str, tuple[str, Callable[..., object]]] = {
        "getvalue": ("GetValue", get_value),
        "getvaluenames": ("GetValueNames", lambda: [name for name, _, _ in key.values.values()]),
        "getvaluekind": ("GetValueKind", kind_of),
        "getsubkeynames": (
            "GetSubKeyNames",
            lambda: [sub.name for sub in key.children.values()],
        ),
        "opensubkey": ("OpenSubKey", open_sub),
        "close": ("Close", nothing),
        "dispose": ("Dispose", nothing),
    }
    return PSObject(
        "Microsoft.Win32.RegistryKey",
        CaseDict.of_pairs(properties),
        CaseDict.of_pairs(methods),
        native=key,
        text=whole,
    )


def not_found(call: Call, path: str) -> None:
    """Write the error of a path that is not there."""
    error(
        call,
        "PathNotFound",
        f"Cannot find path '{path}' because it does not exist.",
        category="ObjectNotFound",
        exception="System.Management.Automation.ItemNotFoundException",
        target=path,
    )


def denied(call: Call, path: str) -> None:
    """Write the error of a key that may not be opened."""
    error(
        call,
        "System.Security.SecurityException",
        "Requested registry access is not allowed.",
        category="PermissionDenied",
        exception="System.Security.SecurityException",
        target=long_name(path),
    )


def open_key(call: Call, seat: Seat, path: str, *, write: bool = False) -> Key | None:
    """Return a key; None after the error was written."""
    key = seat.device.registry.find(seat.key_path(path))
    if key is None:
        not_found(call, path)
        return None
    if may_not(seat, key, write=write):
        denied(call, path)
        return None
    return key


def expand(seat: Seat, path: str, *, literal: bool) -> list[str]:
    """Return the keys a path with wildcards stands for; the path itself when literal."""
    if literal or not has_wildcard(path):
        return [path]
    head, *parts = registry_parts(path)
    found = [head]
    for part in parts:
        test = wildcard(part)
        found = [
            f"{base}\\{child.name}"
            for base in found
            for child in _children(seat, f"Registry::{base}")
            if test(child.name)
        ]
    return [f"Registry::{base}" for base in found]


def _children(seat: Seat, path: str) -> list[Key]:
    key = seat.device.registry.find(seat.key_path(path))
    return [] if key is None else list(key.children.values())


def children(
    call: Call, seat: Seat, path: str, *, recurse: bool, names: bool = False
) -> Iterator[PSObject]:
    """Yield the keys below one, as Get-ChildItem does; denied ones give an error each.

    With `names` no child is opened, so that a denied one is listed too (PowerShell source:
    RegistryProvider.GetChildNames).
    """
    key = open_key(call, seat, path)
    if key is None:
        return
    for child in list(key.children.values()):
        below = f"{path}\\{child.name}"
        if may_not(seat, child, write=False) and not names:
            denied(call, below)
            continue
        yield key_object(seat, below, child)
        if recurse:
            yield from children(call, seat, below, recurse=True)


def values_object(path: str, key: Key, names: list[str]) -> PSObject | None:
    """Return the values of a key as Get-ItemProperty does: nothing for a key without values."""
    if not key.values:
        return None
    wanted = [wildcard(name) for name in names]
    properties: dict[str, object] = {
        name or "(default)": shown(kind, data)
        for name, kind, data in key.values.values()
        if not wanted or any(test(name or "(default)") for test in wanted)
    }
    properties.update(locations(path))
    return PSObject(
        "System.Management.Automation.PSCustomObject", CaseDict(properties), writable=None
    )


def remove_tree(call: Call, seat: Seat, path: str) -> None:
    """Delete a key with all below it; what SYSTEM keeps for itself stays and gives an error.

    As .NET's DeleteSubKeyTree does, what was reached before the denied key is gone already.
    """
    registry = seat.device.registry
    whole = seat.key_path(path)
    key = registry.find(whole)
    if key is None:
        not_found(call, path)
        return
    if not seat.is_system and first_denied(key, write=True) is not None:
        for child in list(key.children.values()):
            if first_denied(child, write=True) is None:
                registry.delete(f"{whole}\\{child.name}")
            else:
                break
        denied(call, path)
        return
    registry.delete(whole)


def new_key(call: Call, seat: Seat, path: str, *, force: bool) -> PSObject | None:
    """Create a key; ``-Force`` makes parents and, as Windows does, empties an existing key."""
    registry = seat.device.registry
    whole = seat.key_path(path)
    known = registry.find(whole)
    parent = registry.find(whole.rpartition("\\")[0])
    if known is not None and not force:
        error(
            call,
            "System.IO.IOException",
            "A key in this path already exists.",
            category="ResourceExists",
            exception="System.IO.IOException",
            target=path,
        )
        return None
    if parent is None and not force:
        error(
            call,
            "System.ArgumentException",
            "The registry key at the specified path does not exist.",
            category="InvalidArgument",
            exception="System.ArgumentException",
            target=path,
        )
        return None
    blocked = known if known is not None else parent
    if blocked is not None and may_not(seat, blocked, write=True):
        denied(call, path)
        return None
    if known is not None:
        registry.delete(whole)
    return key_object(seat, path, registry.create(whole))


def kind_named(name: str) -> str:
    """Return the registry type of a PropertyType.

    Raises:
        Refusal: a type the lab does not model.
    """
    kind = KINDS.get(name.lower())
    if kind is None:
        what = f"registry value type {name}"
        raise Refusal(what)
    return kind
