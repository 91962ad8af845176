"""Pipelines as pypsrp sends them, without the work it repeats for each.

Definitions are the bulk of a session, the same for every device, and calls differ in a few values.
So the message pypsrp makes of a call is made once for each kind of call, with a mark in the place
of every value, and kept as finished CLIXML; for a device the values are put in, escaped as pypsrp
does. Marks are of Unicode's private area; definitions are ASCII.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

from pypsrp.complex_objects import ApartmentState, Command, HostInfo, PSThreadOptions
from pypsrp.messages import InitRunspacePool, MessageType, SessionCapability
from pypsrp.powershell import PowerShell
from pypsrp.serializer import Serializer, TaggedValue

from orchestrator.adapters.psrp_definitions import PRELUDE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Self

    from orchestrator.adapters.psrp_wsman import Pool

_Shape: TypeAlias = str | int
"""Of a value: its tag in CLIXML, or how many strings a list has."""

_MARK = "\uf8ff{}\uf8ff"
_MARKS = re.compile("\uf8ff(\\d+)\uf8ff".encode())
_SWITCH = "B"
_ESCAPES = Serializer()


@dataclass(frozen=True, slots=True)
class _PoolKind:
    """What a message takes of the pool it is for."""

    protocol_version: str | None
    apartment_state: int
    host: None = None


@dataclass(frozen=True, slots=True)
class _CallKind:
    """Calls whose messages differ in values only."""

    pool: _PoolKind
    texts: tuple[str, ...]
    function: str
    shapes: tuple[tuple[str, _Shape], ...]


def pipeline(
    pool: Pool, texts: Sequence[str], function: str, arguments: Mapping[str, object]
) -> PowerShell:
    """Make a pipeline that defines functions and calls one.

    Args:
        pool: where it runs.
        texts: the definitions; none for an endpoint that has them.
        function: whom to call.
        arguments: as `psrp_values.to_wire` made them.
    """
    shapes: list[tuple[str, _Shape]] = []
    values: list[str] = []
    for name, value in arguments.items():
        shape, found = _taken_apart(value)
        shapes.append((name, shape))
        values += found
    kind = _PoolKind(pool.protocol_version, pool.apartment_state)
    pieces = list(_cut(_CallKind(kind, tuple(texts), function, tuple(shapes))))
    pieces[1::2] = [_in_xml(values[int(number)]) for number in pieces[1::2]]
    shell = _Call(pool)
    shell.add_cmdlet(function)
    shell.clixml = b"".join(pieces)
    return shell


def _taken_apart(value: object) -> tuple[_Shape, list[str]]:
    """Return the shape of a value and the texts that stand in it."""
    match value:
        case True:
            return _SWITCH, []
        case TaggedValue():
            return value.tag, [str(value.value)]
        case list():
            return len(value), value
        case _:
            return "S", [str(value)]


@lru_cache(maxsize=128)
def _cut(kind: _CallKind) -> tuple[bytes, ...]:
    """Return the message of a kind of call, cut at its marks, with the numbers between."""
    shell = _Pattern(kind.pool)  # type: ignore[arg-type] # as much of a pool as is asked for
    if kind.texts:
        # the first of several statements travels twice (MS-PSRP 2.2.3.11), so a short one leads
        for statement in (PRELUDE, "".join(kind.texts)):
            shell.add_command(_command(kind.pool, _script(statement), is_script=True))
            shell.add_statement()
    shell.add_command(_command(kind.pool, kind.function, is_script=False))
    number = 0
    for name, shape in kind.shapes:
        value, number = _marked(shape, number)
        shell.add_parameter(name, value)
    shell.begin_invoke()
    element: Any = Serializer().serialize(shell.message)
    return tuple(_MARKS.split(ET.tostring(element, encoding="utf-8", method="xml")))


def _marked(shape: _Shape, number: int) -> tuple[object, int]:
    """Return a value of a shape with marks from a number on, and the next number."""
    if shape == _SWITCH:
        return True, number
    if isinstance(shape, int):
        return [_MARK.format(number + place) for place in range(shape)], number + shape
    mark = _MARK.format(number)
    return (mark if shape == "S" else TaggedValue(shape, mark)), number + 1


def _in_xml(text: str) -> bytes:
    """Return a text as CLIXML has it between two tags."""
    told = _ESCAPES._serialize_string(text) or ""  # noqa: SLF001 - the one place that escapes
    told = told.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return told.encode(errors="xmlcharrefreplace")


class _Shared(Command):
    """A command that may stand in several places of a message: nobody changes it there."""

    def __deepcopy__(self, memo: object) -> Self:
        """Return itself; pypsrp copies for lxml, whose elements have one parent only."""
        return self


def _command(pool: _PoolKind, what: Any, *, is_script: bool) -> Command:  # noqa: ANN401 - text or element
    return _Shared(what, protocol_version=pool.protocol_version or "", is_script=is_script)


def _script(text: str) -> ET.Element:
    element = ET.Element("S")
    element.text = _ESCAPES._serialize_string(text) or ""  # noqa: SLF001 - the same
    return element


class _Pattern(PowerShell):
    """A pipeline that is never sent; it keeps the message pypsrp makes of it."""

    message: Any

    def _invoke(self, msg: Any) -> None:  # noqa: ANN401 - pypsrp's
        self.message = msg


class _Packed:
    """The message that creates a pipeline, as finished CLIXML."""

    MESSAGE_TYPE = MessageType.CREATE_PIPELINE

    def __init__(self, clixml: bytes) -> None:
        self.clixml = clixml


class _Call(PowerShell):
    """A pipeline whose message is finished, whatever its commands say.

    Attributes:
        clixml: the message.
    """

    clixml: bytes

    def _invoke(self, msg: Any) -> None:  # noqa: ANN401, ARG002 - pypsrp's own message is not needed
        super()._invoke(_Packed(self.clixml))  # type: ignore[arg-type] # all that is asked of it


class PackingSerializer(Serializer):
    """pypsrp's serializer, which lets pass what is finished, and opens every pool alike."""

    def serialize(self, value: Any, *args: Any, **options: Any) -> Any:  # noqa: ANN401 - pypsrp's
        """Return the element of a value, or the bytes of a finished message."""
        if isinstance(value, _Packed):
            return value.clixml
        kind = _opening(value)
        if kind is None:
            return super().serialize(value, *args, **options)
        known = _OPENINGS.get(kind)
        if known is None:
            element: Any = super().serialize(value, *args, **options)
            known = _OPENINGS[kind] = ET.tostring(element, encoding="utf-8", method="xml")
        return known


_OPENINGS: dict[tuple[object, ...], bytes] = {}


def _opening(value: object) -> tuple[object, ...] | None:
    """Return what one of the two messages that open a pool depends on; None for any other."""
    match value:
        case SessionCapability(time_zone=None):
            return value.protocol_version, value.ps_version, value.serialization_version
        case InitRunspacePool(
            application_arguments=None,
            host_info=HostInfo(host=None),
            thread_options=PSThreadOptions() as threads,
            apartment_state=ApartmentState() as apartment,
        ):
            return value.min_runspaces, value.max_runspaces, threads.value, apartment.value
        case _:
            return None
