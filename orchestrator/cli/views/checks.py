"""Layers and how they are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from orchestrator.cli.checkup import Health
from orchestrator.cli.safe import clean

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orchestrator.cli.checkup import Check

_STYLE = {
    Health.OK: "green",
    Health.WARNING: "yellow",
    Health.FAILED: "bold red",
    Health.SKIPPED: "dim",
}


def checks_view(groups: Mapping[str, Sequence[Check]]) -> Table:
    """Return the layers of the controller and of each device, one row each."""
    table = Table.grid(padding=(0, 2))
    for _ in range(3):
        table.add_column(no_wrap=True)
    table.add_column(overflow="fold", ratio=1)
    for name, checks in groups.items():
        for number, check in enumerate(checks):
            what = Text(clean(check.text))
            if check.hint:
                what.append(f"\n{clean(check.hint)}", style="dim")
            table.add_row(
                Text("" if number else clean(name), style="bold"),
                check.layer,
                Text(check.health.value, style=_STYLE[check.health]),
                what,
            )
    return table
