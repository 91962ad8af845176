"""Values that only the evaluator makes: typed numbers, hashtables, script blocks, error records.

- They are subclasses of Python's own values where that is possible, so that a cmdlet may take a
  `Guid` for a string and an `Int64` for an integer without knowing of them.
- A hashtable that is not ``[ordered]`` enumerates in a scrambled but repeatable order: .NET gives
  no promise, so a script that leans on the order must be seen to fail.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, MutableMapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from orchestrator.lab.powershell.functions import FunctionBody


class Guid(str):
    """A ``System.Guid``: lower case, with dashes."""

    __slots__ = ()


class Char(str):
    """A ``System.Char``: one character."""

    __slots__ = ()


class Version(str):
    """A ``System.Version``; compared by its parts."""

    __slots__ = ()

    @property
    def parts(self) -> tuple[int, ...]:
        """Return the parts given."""
        return tuple(int(part) for part in self.split("."))


class Int64(int):
    """A ``System.Int64`` that was asked for, by a cast or a suffix."""

    __slots__ = ()


class UInt32(int):
    """A ``System.UInt32``."""

    __slots__ = ()


class UInt64(int):
    """A ``System.UInt64``."""

    __slots__ = ()


class Byte(int):
    """A ``System.Byte``."""

    __slots__ = ()


class Switch(int):
    """A ``SwitchParameter``: behaves as a boolean, has ``IsPresent``."""

    __slots__ = ()


class GenericList(list[object]):
    """A ``System.Collections.Generic.List`` or an ``ArrayList``: an array that grows.

    Attributes:
        type_name: the .NET type.
        element: the canonical name of the element type.
    """

    type_name = "System.Collections.Generic.List`1"
    element = "System.Object"


class HashSet(list[object]):
    """A ``HashSet[string]``; membership by `key`, in order of insertion.

    Attributes:
        ignore_case: True when it was made with an ``OrdinalIgnoreCase`` comparer.
    """

    type_name = "System.Collections.Generic.HashSet`1"

    def __init__(self, *, ignore_case: bool) -> None:
        super().__init__()
        self.ignore_case = ignore_case
        self.keys: set[str] = set()

    def key(self, value: object) -> str:
        """Return what two equal members have in common."""
        return str(value).lower() if self.ignore_case else str(value)


class Hashtable(MutableMapping[object, object]):
    """A ``Hashtable`` or an ``OrderedDictionary``; text keys compare without case.

    Attributes:
        ordered: whether enumeration follows insertion.
        type_name: the .NET type.
        version: counts writes.
    """

    __slots__ = ("_items", "ordered", "type_name", "version")

    def __init__(self, *, ordered: bool = False, type_name: str = "") -> None:
        self._items: dict[object, tuple[object, object]] = {}
        self.ordered = ordered
        self.version = 0
        self.type_name = type_name or (
            "System.Collections.Specialized.OrderedDictionary"
            if ordered
            else "System.Collections.Hashtable"
        )

    @staticmethod
    def _key(key: object) -> object:
        return key.lower() if isinstance(key, str) else key

    def __getitem__(self, key: object) -> object:
        return self._items[self._key(key)][1]

    def __setitem__(self, key: object, value: object) -> None:
        self.version += 1
        lower = key.lower() if isinstance(key, str) else key
        known = self._items.get(lower)
        self._items[lower] = (known[0] if known else key, value)

    def __delitem__(self, key: object) -> None:
        self.version += 1
        del self._items[self._key(key)]

    def __contains__(self, key: object) -> bool:
        return self._key(key) in self._items

    def get(self, key: object, default: Any = None) -> Any:  # noqa: ANN401 - as of any mapping
        """Look a key up; the default when it is not there."""
        found = self._items.get(key.lower() if isinstance(key, str) else key)
        return default if found is None else found[1]

    def __iter__(self) -> Iterator[object]:
        if self.ordered:
            return iter([spelled for spelled, _ in self._items.values()])
        keys = sorted(self._items, key=_scrambled)
        return iter([self._items[key][0] for key in keys])

    def __len__(self) -> int:
        return len(self._items)


@lru_cache(maxsize=4096, typed=True)
def _scrambled(key: object) -> int:
    return zlib.crc32(f"{key}/salt".encode())


class TableView(list[object]):
    """``Keys`` or ``Values`` of a hashtable.

    Attributes:
        table: whose they are.
        version: of the table when they were asked for: .NET ends an enumeration that outlives a
            change.
    """

    def __init__(self, table: Hashtable, items: list[object]) -> None:
        super().__init__(items)
        self.table = table
        self.version = table.version

    def changed(self) -> bool:
        """Tell whether the table was written to since."""
        return self.table.version != self.version


@dataclass(frozen=True, slots=True)
class Entry:
    """A ``DictionaryEntry``: what enumerating a hashtable gives."""

    key: object
    value: object


@dataclass(frozen=True, slots=True)
class TypeRef:
    """A type as a value.

    Attributes:
        name: the canonical .NET name of the (element) type.
        array: whether it is an array of them.
    """

    name: str
    array: bool = False

    def __str__(self) -> str:
        return self.name + ("[]" if self.array else "")


@dataclass(eq=False, slots=True)
class ScriptBlock:
    """A script block; runs in the scope of whoever calls it."""

    body: FunctionBody
    text: str


class EnumValue(str):
    """A member of an enumeration: text that also has a number.

    Attributes:
        type_name: the .NET type.
        number: its value.
    """

    __slots__ = ("number", "type_name")

    type_name: str
    number: int

    def __new__(cls, text: str, type_name: str, number: int) -> Self:
        """Make the text and hang the number on it."""
        value = super().__new__(cls, text)
        value.type_name = type_name
        value.number = number
        return value


@dataclass(eq=False, slots=True)
class NetException:
    """A .NET exception.

    Attributes:
        type_name: canonical, such as ``System.IO.IOException``.
        message: what it says.
        inner: the exception it wraps.
        hresult: signed 32-bit.
    """

    type_name: str
    message: str
    inner: NetException | None = None
    hresult: int = -2146233088
    record: ErrorRecord | None = None


@dataclass(eq=False, slots=True)
class ErrorRecord:
    """A PowerShell error record.

    Attributes:
        exception: what went wrong.
        error_id: the FullyQualifiedErrorId.
        category: such as ``ObjectNotFound``.
        target: the object it happened to.
        line: 1-based line of the script, 0 when unknown.
        source: the text of the script that line is of.
        command: the command that wrote it, empty for the engine's own errors.
    """

    exception: NetException
    error_id: str
    category: str = "NotSpecified"
    target: object = None
    line: int = 0
    source: str = field(default="", repr=False)
    command: str = ""
    details: str = ""

    @property
    def message(self) -> str:
        """Return what the record tells a reader."""
        return self.details or self.exception.message

    @property
    def line_text(self) -> str:
        """Return the line it points to."""
        lines = self.source.splitlines()
        return lines[self.line - 1] if 0 < self.line <= len(lines) else ""


def is_list(value: object) -> bool:
    """Tell whether PowerShell enumerates the value in a pipeline."""
    return isinstance(value, (list, bytes, tuple))
