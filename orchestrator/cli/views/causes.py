"""The catalogue of causes and codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group
from rich.table import Table
from rich.text import Text

from orchestrator.cli.safe import clean
from orchestrator.cli.views.devices import grid

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.console import RenderableType

    from orchestrator.domain.cause import Cause


def causes_table(causes: Sequence[Cause]) -> Table:
    """Return the causes, one row each."""
    table = grid("CAUSE", "OWNER", "WE", "WHAT IT IS")
    for cause in causes:
        table.add_row(cause.name, cause.owner.value, cause.disposition.value, cause.title)
    return table


def facts_view(title: str, facts: Mapping[str, str]) -> RenderableType:
    """Return what is known of one thing, a line each; what is empty is left out."""
    body = Table.grid(padding=(0, 2))
    body.add_column(no_wrap=True, style="dim")
    body.add_column(overflow="fold", ratio=1)
    for name, value in facts.items():
        if value and value not in title.split():
            body.add_row(f"  {name.replace('_', ' ')}", clean(value))
    return Group(Text(clean(title).strip(), style="bold"), body)
