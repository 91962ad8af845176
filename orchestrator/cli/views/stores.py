"""Embedded servers, one row each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text

from orchestrator.cli.safe import clean
from orchestrator.cli.views.devices import grid

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.table import Table


def stores_table(rows: Sequence[Mapping[str, str]]) -> Table:
    """Return the servers with what they hold and where."""
    table = grid("CONTEXT", "STATE", "PID", "USED BY", "MEMORY", "ON DISK", "WHERE")
    for row in rows:
        runs = row["state"] == "running"
        table.add_row(
            clean(row["context"] or "(none)"),
            Text(row["state"], style="green" if runs else "dim"),
            row["pid"],
            row["connections"],
            _size(row["memory"]),
            _size(row["disk"]),
            Text(clean(row["directory"]), overflow="fold"),
        )
    return table


def _size(digits: str) -> str:
    if not digits:
        return ""
    size = int(digits) / 1024
    return f"{size:.0f} KB" if size < 10 * 1024 else f"{size / 1024:.0f} MB"
