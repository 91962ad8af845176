"""Memory of a simulated PC that thousands share until one of them changes it.

- `Shared` is a mapping that copies its items at the first write.
- `Registry` is a tree whose keys are copied along the path that is written (a persistent tree):
  a fresh PC costs nothing, a changed one costs the keys it changed.
- Names compare without case and keep their spelling, as in Windows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping, ValuesView
from functools import lru_cache
from typing import Generic, TypeVar, overload

V = TypeVar("V")
T = TypeVar("T")

RegistryData = str | int | bytes | tuple[str, ...]
Value = tuple[str, str, RegistryData]  # name as spelled, kind such as REG_DWORD, data

_HIVES = {
    "hklm": ("HKLM",),
    "hkey_local_machine": ("HKLM",),
    "hkcr": ("HKLM", "SOFTWARE", "Classes"),
    "hkey_classes_root": ("HKLM", "SOFTWARE", "Classes"),
    "hku": ("HKU",),
    "hkey_users": ("HKU",),
    "hkcu": ("HKU", "CURRENT"),
    "hkey_current_user": ("HKU", "CURRENT"),
}


class Shared(MutableMapping[str, V], Generic[V]):
    """A case-insensitive mapping that shares its items with its copies until one is written.

    Values must be immutable: bend a PC by putting another value, never by changing one in place.
    """

    __slots__ = ("_items", "_own")

    def __init__(self, items: dict[str, V] | None = None) -> None:
        """Take items whose keys are lower case already."""
        self._items: dict[str, V] = items if items is not None else {}
        self._own = False

    def copy(self) -> Shared[V]:
        """Return a mapping with the same items; neither sees the other's later writes."""
        self._own = False
        return Shared(self._items)

    def _mine(self) -> dict[str, V]:
        if not self._own:
            self._items = dict(self._items)
            self._own = True
        return self._items

    def __getitem__(self, key: str) -> V:
        """Look up, whatever the case."""
        return self._items[key.lower()]

    def __setitem__(self, key: str, value: V) -> None:
        """Set in this copy only."""
        self._mine()[key.lower()] = value

    def __delitem__(self, key: str) -> None:
        """Remove from this copy only."""
        del self._mine()[key.lower()]

    def __iter__(self) -> Iterator[str]:
        """Iterate the keys in lower case."""
        return iter(tuple(self._items))

    def __len__(self) -> int:
        """Count the items."""
        return len(self._items)

    @overload
    def get(self, key: str, /) -> V | None: ...
    @overload
    def get(self, key: str, /, default: V | T) -> V | T: ...
    def get(self, key: str, /, default: object = None) -> object:
        """Look up, whatever the case; the default when it is not there."""
        return self._items.get(key.lower(), default)

    def values(self) -> ValuesView[V]:
        """Return what is there now."""
        return self._items.copy().values()

    def __contains__(self, key: object) -> bool:
        """Tell whether the key is there, whatever the case."""
        return isinstance(key, str) and key.lower() in self._items


_NO_VALUES: dict[str, Value] = {}
_NO_CHILDREN: dict[str, Key] = {}


class Key:
    """One registry key; change it only through `Registry`.

    Attributes:
        name: as spelled.
        values: lower-case name to (name, kind, data).
        children: lower-case name to key.
        denied: ``""``, ``"write"`` or ``"all"``: what Administrators may not do here, though
            SYSTEM may (community: some keys below an enrollment deny Administrators).
    """

    __slots__ = ("children", "denied", "name", "owner", "values")

    def __init__(self, name: str, owner: object) -> None:
        """Make an empty key."""
        self.name = name
        self.values = _NO_VALUES
        self.children = _NO_CHILDREN
        self.denied = ""
        self.owner = owner

    def copy(self, owner: object) -> Key:
        """Return a key with the same values and children, owned by another registry."""
        twin = Key(self.name, owner)
        twin.values = dict(self.values) if self.values else _NO_VALUES
        twin.children = dict(self.children) if self.children else _NO_CHILDREN
        twin.denied = self.denied
        return twin

    def data(self, name: str) -> RegistryData | None:
        """Return the data of a value, or None."""
        value = self.values.get(name.lower())
        return None if value is None else value[2]


@lru_cache(maxsize=65536)
def registry_parts(path: str) -> tuple[str, ...]:
    r"""Split a key's path: ``HKLM:\SOFTWARE\X``, ``HKEY_LOCAL_MACHINE\...``, ``SOFTWARE\X``.

    Provider prefixes (``Registry::``, ``Microsoft.PowerShell.Core\Registry::``) are dropped. A path
    without a hive is below HKLM.
    """
    text = path.rpartition("::")[2].replace("/", "\\")
    head, _, tail = text.partition("\\")
    parts = tuple(part for part in tail.split("\\") if part)
    hive = _HIVES.get(head.rstrip(":").lower())
    if hive is not None:
        return (*hive, *parts)
    return ("HKLM", *(part for part in (head, *parts) if part))


@lru_cache(maxsize=65536)
def registry_path(path: str) -> str:
    """Return a key's path in the one spelling that `registry_parts` gives it."""
    return "\\".join(registry_parts(path))


@lru_cache(maxsize=65536)
def _both_cases(path: str) -> tuple[tuple[str, str], ...]:
    return tuple((part, part.lower()) for part in registry_parts(path))


def kind_of(data: RegistryData) -> str:
    """Return the registry type that fits a value's Python type."""
    if isinstance(data, bytes):
        return "REG_BINARY"
    if isinstance(data, tuple):
        return "REG_MULTI_SZ"
    return "REG_SZ" if isinstance(data, str) else "REG_DWORD"


def _set(key: Key, name: str, data: RegistryData, kind: str) -> None:
    if key.values is _NO_VALUES:
        key.values = {}
    lower = name.lower()
    known = key.values.get(lower)
    key.values[lower] = (known[0] if known else name, kind or kind_of(data), data)


class Registry:
    """A registry of one PC over keys it may share with others."""

    __slots__ = ("_owner", "root")

    def __init__(self, root: Key | None = None) -> None:
        """Start from the keys of another registry, or from nothing."""
        self._owner = object()
        self.root = root if root is not None else Key("", self._owner)

    def copy(self) -> Registry:
        """Return a registry with the same keys; neither sees the other's later writes."""
        self._owner = object()
        return Registry(self.root)

    def find(self, path: str) -> Key | None:
        """Return a key to read, or None."""
        key: Key | None = self.root
        for _, lower in _both_cases(path):
            if key is None:
                return None
            key = key.children.get(lower)
        return key

    def create(self, path: str) -> Key:
        """Return a key to write, made with its parents if it is not there."""
        key = self._root()
        for part, lower in _both_cases(path):
            key = self._child(key, part, lower)
        return key

    def get(self, path: str, name: str) -> RegistryData | None:
        """Return the data of a value, or None."""
        key = self.find(path)
        return None if key is None else key.data(name)

    def number(self, path: str, name: str) -> int:
        """Return a DWORD or QWORD; 0 when it is absent or something else."""
        data = self.get(path, name)
        return data if isinstance(data, int) else 0

    def text(self, path: str, name: str) -> str:
        """Return a string; empty when it is absent or something else."""
        data = self.get(path, name)
        return data if isinstance(data, str) else ""

    def set(self, path: str, name: str, data: RegistryData, kind: str = "") -> None:
        """Set a value, with its key if need be; the first spelling of its name stays."""
        _set(self.create(path), name, data, kind)

    def put(self, path: str, values: Mapping[str, RegistryData]) -> None:
        """Set several values of one key; an empty dict makes the key."""
        key = self.create(path)
        for name, data in values.items():
            _set(key, name, data, "")

    def unset(self, path: str, name: str) -> None:
        """Remove a value; nothing happens when it is absent."""
        key = self.find(path)
        if key is not None and name.lower() in key.values:
            del self.create(path).values[name.lower()]

    def delete(self, path: str) -> None:
        """Remove a key with everything below it; nothing happens when it is absent."""
        parts = registry_parts(path)
        if self.find(path) is None or not parts:
            return
        key = self._root()
        for part in parts[:-1]:
            key = self._child(key, part, part.lower())
        del key.children[parts[-1].lower()]

    def deny(self, path: str, what: str = "all") -> None:
        """Let only SYSTEM read (``all``) or write (``write``) a key."""
        self.create(path).denied = what

    def _root(self) -> Key:
        if self.root.owner is not self._owner:
            self.root = self.root.copy(self._owner)
        return self.root

    def _child(self, key: Key, name: str, lower: str) -> Key:
        if key.children is _NO_CHILDREN:
            key.children = {}
        child = key.children.get(lower)
        if child is None:
            child = Key(name, self._owner)
        elif child.owner is not self._owner:
            child = child.copy(self._owner)
        else:
            return child
        key.children[lower] = child
        return child


def first_denied(key: Key, *, write: bool) -> Key | None:
    """Return the first key at or below one that Administrators may not read or change."""
    if key.denied == "all" or (write and key.denied):
        return key
    for child in key.children.values():
        found = first_denied(child, write=write)
        if found is not None:
            return found
    return None


def flatten(key: Key, prefix: str = "") -> dict[str, dict[str, str]]:
    """Return every key below one as ``path -> {value name: "KIND:data"}``, for dumps."""
    result: dict[str, dict[str, str]] = {}
    for child in key.children.values():
        path = f"{prefix}\\{child.name}" if prefix else child.name
        result[path] = {
            name: f"{kind}:{data.hex() if isinstance(data, bytes) else data}"
            for name, kind, data in child.values.values()
        }
        result.update(flatten(child, path))
    return result
