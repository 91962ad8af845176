"""The values PowerShell code sees in the lab.

- ``$null`` is None; booleans, integers, floats and strings are Python's own; an array is a `list`.
- A date is an aware `datetime` in UTC; bytes are `bytes`.
- Everything else is a `PSObject`: named, ordered, case-insensitive properties and methods, one or
  more type names. What is not listed does not exist: the world is closed, and asking for a
  property or method that is not there raises `Refusal`, never ``$null``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any, Generic, Self, TypeVar

V = TypeVar("V")


class Refusal(Exception):
    """The lab does not model what the script asks for; no script can catch this.

    Attributes:
        what: the command, parameter, member or construct.
        line: 1-based line of the script, 0 when unknown.
    """

    def __init__(self, what: str, line: int = 0) -> None:
        """Say what is not modelled, and where."""
        super().__init__(f"line {line}: not modelled: {what}" if line else f"not modelled: {what}")
        self.what = what
        self.line = line


class CaseDict(MutableMapping[str, V], Generic[V]):
    """An insertion-ordered mapping whose keys compare without case and keep their spelling."""

    __slots__ = ("_items",)

    def __init__(self, items: Mapping[str, V] | None = None) -> None:
        """Copy the given items."""
        self._items: dict[str, tuple[str, V]] = {}
        if items:
            # a fresh mapping is filled at once; only keys that differ by case go the long way
            self._items = {pair[0].lower(): pair for pair in items.items()}
            if len(self._items) != len(items):
                self._items = {}
                for key, value in items.items():
                    self[key] = value

    def __getitem__(self, key: str) -> V:
        """Look a key up, whatever its case."""
        return self._items[key.lower()][1]

    def __setitem__(self, key: str, value: V) -> None:
        """Set a value; the first spelling of a key stays."""
        lower = key.lower()
        known = self._items.get(lower)
        self._items[lower] = (known[0] if known else key, value)

    def __delitem__(self, key: str) -> None:
        """Remove a key, whatever its case."""
        del self._items[key.lower()]

    def __iter__(self) -> Iterator[str]:
        """Iterate the keys as spelled."""
        return (spelling for spelling, _ in self._items.values())

    def __len__(self) -> int:
        """Count the keys."""
        return len(self._items)

    def __contains__(self, key: object) -> bool:
        """Tell whether the key is there, whatever its case."""
        return isinstance(key, str) and key.lower() in self._items

    def get(self, key: str, default: Any = None) -> Any:  # noqa: ANN401 - as of any mapping
        """Look a key up, whatever its case; the default when it is not there."""
        found = self._items.get(key.lower())
        return default if found is None else found[1]

    def pairs(self) -> Collection[tuple[str, V]]:
        """Return the keys as spelled with their values; a view, faster than `items`."""
        return self._items.values()

    @classmethod
    def of_pairs(cls, pairs: dict[str, tuple[str, V]]) -> Self:
        """Take over keys that are lower case already, each with its spelling and value."""
        made = cls()
        made._items = pairs
        return made


class ComputedDict(CaseDict[V]):
    """A `CaseDict` that works values out when they are asked for, in its ``__getitem__``."""

    __slots__ = ()

    def get(self, key: str, default: Any = None) -> Any:  # noqa: ANN401 - as of any mapping
        """Work a value out; the default when there is none."""
        try:
            return self[key]
        except KeyError:
            return default

    def pairs(self) -> Collection[tuple[str, V]]:
        """Work all values out."""
        return [(key, self[key]) for key in self]


class LazyDict(ComputedDict[V]):
    """A `CaseDict` of which some values are made when they are first asked for."""

    __slots__ = ("_makers",)

    def __init__(self, items: Mapping[str, V], makers: dict[str, Callable[[], V]]) -> None:
        """Copy items; those that have a maker, by the lower-case key, are made later."""
        super().__init__(items)
        self._makers = makers

    def __getitem__(self, key: str) -> V:
        """Look a key up, whatever its case; make its value if need be."""
        make = self._makers.get(key.lower())
        if make is not None:
            self[key] = make()
        return super().__getitem__(key)

    def __setitem__(self, key: str, value: V) -> None:
        """Set a value; it is not made any more."""
        if self._makers:
            rest = {name: make for name, make in self._makers.items() if name != key.lower()}
            self._makers = rest
        super().__setitem__(key, value)


Method = Callable[..., object]


@dataclass(eq=False, slots=True)
class PSObject:
    """An object with closed members.

    Attributes:
        type_name: the .NET or CIM type, such as
            ``Microsoft.Management.Infrastructure.CimInstance#MSFT_ScheduledTask``.
        properties: name to value.
        methods: name to a callable that takes the script's arguments.
        native: what the object stands for in the device model; scripts never see it.
        text: what ``"$object"`` gives; the type name when empty.
        writable: property names the script may assign; None means all (a PSCustomObject).
    """

    type_name: str
    properties: CaseDict[object] = field(default_factory=CaseDict)
    methods: CaseDict[Method] = field(default_factory=CaseDict)
    native: object = None
    text: str = ""
    writable: frozenset[str] | None = frozenset()


class MethodFailure(Exception):
    """A method of a `PSObject` raises this; the script sees a .NET exception it can catch.

    Attributes:
        message: what went wrong.
        exception: the .NET type, such as ``System.IO.FileNotFoundException``.
        hresult: signed 32-bit, 0 for the type's own.
    """

    def __init__(
        self, message: str, *, exception: str = "System.Exception", hresult: int = 0
    ) -> None:
        """Keep what the evaluator makes the exception of."""
        super().__init__(message)
        self.message = message
        self.exception = exception
        self.hresult = hresult
