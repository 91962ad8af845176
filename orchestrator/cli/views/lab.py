"""Simulated PCs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from orchestrator.cli.safe import clean
from orchestrator.cli.views.devices import grid

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.table import Table


def pcs_table(pcs: Sequence[Mapping[str, str]]) -> Table:
    """Return the PCs of a running lab."""
    table = grid("PC", "ADDRESS", "", "REQUESTS", "STORY", "FAULTS")
    for pc in pcs:
        on = pc["open"] == "True"
        state = Text("on" if on else "off", style="green" if on else "dim")
        name, address, requests = pc["name"], pc["address"], pc["requests"]
        table.add_row(clean(name), address, state, requests, clean(pc["story"]), pc["faults"])
    return table


def fleet_table(stories: Sequence[Mapping[str, str]]) -> Table:
    """Return the named PCs and why each is not enrolled."""
    table = grid("PC", "CAUSE", "OWNER", "WHY IT IS NOT ENROLLED (SIMULATED)")
    for story in stories:
        table.add_row(*(clean(story[name]) for name in ("name", "cause", "owner", "why")))
    return table
