"""A site's own steps, and what is wrong with them."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from orchestrator.cli.safe import clean
from orchestrator.cli.views.devices import grid

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.table import Table

    from orchestrator.domain.own_steps import OwnStep


def steps_table(steps: Sequence[OwnStep]) -> Table:
    """Return the steps, one row each."""
    table = grid("STEP", "OWNER", "WE", "WHAT IT IS")
    for step in steps:
        table.add_row(
            step.name,
            step.owner.value,
            "repair" if step.repairs else "report",
            clean(step.title),
        )
    return table


def issues_table(rows: Sequence[Mapping[str, str]]) -> Table:
    """Return what is wrong, one row each."""
    table = grid("WHERE", "RULE", "WHAT")
    for row in rows:
        where = f"{PurePath(row['file']).name}:{row['line']}"
        table.add_row(clean(where), row["code"], clean(row["message"]))
    return table
