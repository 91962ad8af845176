"""What happened to a device, line by line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from orchestrator.cli.safe import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.usecases.ports import Entry

_STYLE = {"note": "dim", "fault": "yellow", "stage": "cyan"}


def history_view(entries: Sequence[Entry]) -> Table:
    """Return the entries, oldest first; each run and each day has a line of its own above."""
    table = Table.grid(padding=(0, 2))
    table.add_column(no_wrap=True, style="dim", min_width=12)
    table.add_column(overflow="fold", ratio=1)
    above = ("", "")
    for entry in entries:
        day = f"{entry.at:%Y-%m-%d}"
        if (entry.run_id, day) != above:
            table.add_row(Text(day, style="bold"), Text(f"{entry.run_id} (UTC)", style="bold"))
            above = (entry.run_id, day)
        text = Text(clean(entry.text), style=_STYLE.get(entry.kind, ""))
        table.add_row(f"  {entry.at:%H:%M:%S}", text)
    return table
