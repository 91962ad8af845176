"""What a client asks to run, read straight from its CLIXML.

`psrpcore` builds some forty objects for the simplest pipeline, of which four matter; reading those
four ourselves takes a sixth of the time. Values of parameters still go through `psrpcore`, but for
the plain ones. Layout: [MS-PSRP] 2.2.2.10, 2.2.3.11 and 2.2.3.12.
"""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from orchestrator.lab.endpoint.constants import unescape
from orchestrator.lab.endpoint.values import inward
from orchestrator.lab.powershell import Command, Statement

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from xml.etree.ElementTree import Element

_MERGES = frozenset(
    {
        "MergeMyResult",
        "MergeToResult",
        "MergeError",
        "MergeWarning",
        "MergeVerbose",
        "MergeDebug",
        "MergeInformation",
    }
)


class _Document:
    """A message and what its parts refer to."""

    def __init__(self, data: bytes, deserialize: Callable[[Element], object]) -> None:
        self.root = ET.fromstring(data)  # noqa: S314 - the lab's clients are our own
        self._deserialize = deserialize
        self._objects: dict[str, Element] | None = None
        self._types: dict[str, Element] = {}

    def _index(self) -> dict[str, Element]:
        if self._objects is None:
            self._objects = {item.get("RefId", ""): item for item in self.root.iter("Obj")}
            self._types = {item.get("RefId", ""): item for item in self.root.iter("TN")}
        return self._objects

    def resolve(self, item: Element) -> Element:
        """Follow a reference to an object told before."""
        return self._index()[item.get("RefId", "")] if item.tag == "Ref" else item

    def value(self, item: Element) -> object:
        """Return the value of an element."""
        match item.tag:
            case "Nil":
                return None
            case "S":
                return unescape(item.text or "")
            case "I32":
                return int(item.text or "0")
            case "B":
                return item.text == "true"
        return inward(self._deserialize(self._standalone(item)))

    def _standalone(self, item: Element) -> Element:
        """Copy an element with everything it refers to in place of the references."""
        objects = self._index()
        whole = copy.deepcopy(self.resolve(item))
        for parent in whole.iter():
            for place, child in enumerate(parent):
                found = {"TNRef": self._types, "Ref": objects}.get(child.tag)
                if found is not None:
                    parent[place] = copy.deepcopy(found[child.get("RefId", "")])
        return whole


def _members(item: Element) -> dict[str, Element]:
    """Return the named members of an object."""
    return {child.get("N", ""): child for part in item.iterfind("MS") for child in part}


def _items(item: Element) -> Iterator[Element]:
    for part in item.iterfind("LST"):
        yield from part


def _number(document: _Document, item: Element) -> int:
    return int(document.resolve(item).findtext("I32") or "0")


def _command(document: _Document, item: Element) -> tuple[Command, bool]:
    """Return a command and whether it merges streams."""
    members = _members(document.resolve(item))
    arguments: list[tuple[str | None, object]] = []
    for argument in _items(document.resolve(members["Args"])):
        pair = _members(document.resolve(argument))
        name = document.value(pair["N"])
        arguments.append((None if name is None else str(name), document.value(pair["V"])))
    text = unescape(members["Cmd"].text or "")
    merges = any(_number(document, members[name]) for name in _MERGES & members.keys())
    return Command(text, members["IsScript"].text == "true", tuple(arguments)), merges


def read_pipeline(
    data: bytes, deserialize: Callable[[Element], object]
) -> tuple[tuple[Statement, ...], bool, bool]:
    """Read a CREATE_PIPELINE message.

    Args:
        data: CLIXML.
        deserialize: turns an element into one of `psrpcore`'s values.

    Returns:
        The statements, whether pipeline input follows, whether a command merges streams.

    Raises:
        KeyError: a part is missing.
        ParseError: the data is not XML.
    """
    document = _Document(data, deserialize)
    members = _members(document.root)
    shell = _members(document.resolve(members["PowerShell"]))
    extra = shell.get("ExtraCmds")
    lists = (
        [shell["Cmds"]]
        if extra is None or extra.tag == "Nil"
        else [_members(document.resolve(item))["Cmds"] for item in _items(document.resolve(extra))]
    )
    statements, merges = [], False
    for commands in lists:
        read = [_command(document, item) for item in _items(document.resolve(commands))]
        merges = merges or any(merged for _, merged in read)
        if read:
            statements.append(Statement(tuple(command for command, _ in read)))
    return tuple(statements), members["NoInput"].text != "true", merges
