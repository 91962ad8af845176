"""What happened to a device, line by line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from orchestrator.cli.safe import clean
from orchestrator.cli.views.devices import grid

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.table import Table

    from orchestrator.usecases.ports import Entry

_STYLE = {"note": "dim", "fault": "yellow", "stage": "cyan"}


def history_table(entries: Sequence[Entry]) -> Table:
    """Return the entries, oldest first; a run is named where it changes."""
    table = grid("TIME (UTC)", "RUN", "WHAT")
    shown = ""
    for entry in entries:
        table.add_row(
            f"{entry.at:%Y-%m-%d %H:%M:%S}",
            entry.run_id if entry.run_id != shown else "",
            Text(clean(entry.text), style=_STYLE.get(entry.kind, "")),
        )
        shown = entry.run_id
    return table
