"""What every call of a cmdlet needs to know of its declaration, worked out once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.lab.powershell.binding import CHANGING, COMMON, SlotTable

if TYPE_CHECKING:
    from orchestrator.lab.powershell.registry import Cmdlet, Parameter


@dataclass(frozen=True, slots=True)
class CmdletSlot:
    """A cmdlet's parameter as the binder sees it."""

    parameter: Parameter
    name: str
    aliases: tuple[str, ...]
    position: int | None
    is_switch: bool


class CmdletTable(SlotTable):
    """What every call of a cmdlet needs to know, worked out once.

    Attributes:
        parameters: its parameters by their lower-case names.
        required: lower-case and spelled names of the mandatory ones.
        sole: lower-case name of the one that takes any piped object as it is; empty for none.
    """

    __slots__ = ("parameters", "required", "sole")

    def __init__(self, cmdlet: Cmdlet) -> None:
        """Read a cmdlet's declaration."""
        slots = [
            CmdletSlot(item, item.name, item.aliases, item.position, item.type == "switch")
            for item in cmdlet.parameters
        ]
        super().__init__(slots, COMMON + CHANGING if cmdlet.changes else COMMON)
        self.parameters = {item.name.lower(): item for item in cmdlet.parameters}
        self.required = tuple(
            (item.name.lower(), item.name) for item in cmdlet.parameters if item.mandatory
        )
        by_value = [item for item in cmdlet.parameters if item.by_value]
        takes_all = len(by_value) == 1 and by_value[0].type == "object"
        self.sole = by_value[0].name.lower() if takes_all else ""


_TABLES: dict[int, CmdletTable] = {}


def slots_of(cmdlet: Cmdlet) -> CmdletTable:
    """Return the parameters of a cmdlet as the binder sees them."""
    known = _TABLES.get(id(cmdlet))
    if known is None:
        known = _TABLES[id(cmdlet)] = CmdletTable(cmdlet)
    return known
