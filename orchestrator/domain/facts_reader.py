"""Turns decoded JSON into frozen values without trusting its shape.

- A value of the wrong kind makes its whole section unreadable: half a section could turn an
  unknown into a no.
- What Windows PowerShell 5.1 is known to bend is bent back: a list of one written as its item,
  numbers as text, 0 and 1 for booleans.
- A time that cannot be read is None; every other value is right or its section is refused.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Hashable, Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeAlias, TypeVar

T = TypeVar("T")
_Reader: TypeAlias = Callable[[object, str], Any]


class OddValue(ValueError):
    """A value is not what the contract says; the text names its place."""


def read(kind: type[T], value: object, path: str) -> T:
    """Return a dataclass filled from a JSON object of the same names.

    Args:
        kind: a dataclass whose fields are text, ``int | None``, ``bool | None``,
            ``datetime | None``, tuples of these, or dataclasses of the same sort.
        value: what was decoded.
        path: where it stands, for the message.

    Raises:
        OddValue: it is not an object, or one of its values is of the wrong kind.
    """
    if not isinstance(value, Mapping):
        msg = f"{path} is {_sort(value)}, not an object"
        raise OddValue(msg)
    given: dict[str, Any] = {}
    for name, key, right, reader in _fields(typing.cast("Hashable", kind)):
        found = value.get(key)
        if type(found) is right:
            given[name] = found
        elif found is not None:
            given[name] = reader(found, f"{path}.{key}")
    return kind(**given)


def read_many(kind: type[T], value: object, path: str) -> tuple[T, ...]:
    """Return a tuple of dataclasses; an object alone counts as a list of one.

    Raises:
        OddValue: it is no list, or one of its items is odd.
    """
    items = [value] if isinstance(value, Mapping) else value
    if not isinstance(items, list | tuple):
        msg = f"{path} is {_sort(value)}, not a list"
        raise OddValue(msg)
    return tuple(read(kind, item, f"{path}[{place}]") for place, item in enumerate(items))


def read_time(value: object) -> datetime | None:
    """Return an aware UTC time from ISO 8601 text; None when it is not one."""
    if not isinstance(value, str) or not value.strip():
        return None
    try:
        time = datetime.fromisoformat(value.strip())
        return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


@cache
def _fields(kind: Any) -> tuple[tuple[str, str, type | None, _Reader], ...]:  # noqa: ANN401
    """Return name, key, the type that is right as it is, and the reader of every other value."""
    hints = typing.get_type_hints(kind)
    for item in fields(kind):
        if item.default is MISSING and item.default_factory is MISSING:
            msg = f"{kind.__name__}.{item.name} has no default for a value that is not there"
            raise TypeError(msg)
    return tuple(
        (
            item.name,
            item.metadata.get("key", item.name),
            _AS_IT_IS.get(_bare(hints[item.name])),
            _reader(hints[item.name]),
        )
        for item in fields(kind)
    )


_AS_IT_IS: dict[Any, type] = {str: str, int: int, bool: bool}


def _bare(hint: Any) -> Any:  # noqa: ANN401 - a type
    """Return what a hint is beside None."""
    if typing.get_origin(hint) is types.UnionType:
        return next(part for part in typing.get_args(hint) if part is not types.NoneType)
    return hint


def _reader(hint: Any) -> _Reader:  # noqa: ANN401 - a type, as get_type_hints gives it
    simple: dict[Any, _Reader] = {
        str: _text,
        int: _number,
        bool: _truth,
        datetime: lambda value, _path: read_time(value),
    }
    hint = _bare(hint)
    if hint in simple:
        return simple[hint]
    if typing.get_origin(hint) is tuple:
        kind = typing.get_args(hint)[0]
        if is_dataclass(kind):
            return lambda value, path: read_many(kind, value, path)  # type: ignore[arg-type]
        return lambda value, path: _list(value, path, simple[kind])
    return lambda value, path: read(hint, value, path)


def _list(value: object, path: str, reader: _Reader) -> tuple[Any, ...]:
    items = value if isinstance(value, list | tuple) else [value]
    return tuple(reader(item, f"{path}[{place}]") for place, item in enumerate(items))


def _text(value: object, path: str) -> str:
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        msg = f"{path} is {_sort(value)}, not text"
        raise OddValue(msg)
    return str(value)


def _number(value: object, path: str) -> int:
    if not isinstance(value, bool):
        if isinstance(value, int):
            return value
        if isinstance(value, float) and value.is_integer():
            return int(value)
        if isinstance(value, str) and value.strip().lstrip("-").isdecimal():
            return int(value)
    msg = f"{path} is {_sort(value)}, not a whole number"
    raise OddValue(msg)


def _truth(value: object, path: str) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, int) and value in {0, 1}:
        return bool(value)
    msg = f"{path} is {_sort(value)}, not true or false"
    raise OddValue(msg)


def _sort(value: object) -> str:
    match value:
        case None:
            return "missing"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "text"
        case Mapping():
            return "an object"
        case list() | tuple():
            return "a list"
        case _:
            return "something else"
