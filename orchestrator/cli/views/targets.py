"""Devices that are meant, or left alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.cli.safe import clean
from orchestrator.cli.views.devices import grid

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from rich.table import Table

    from orchestrator.domain.target import Exclusion


def targets_table(rows: Iterable[Mapping[str, str]]) -> Table:
    """Return devices with their sites and tags."""
    table = grid("DEVICE", "SITE", "TAGS")
    for row in rows:
        table.add_row(clean(row["device"]), clean(row["site"]), clean(row["tags"]))
    return table


def exclusions_table(found: Iterable[Exclusion]) -> Table:
    """Return devices that are left alone, and why."""
    table = grid("DEVICE", "BY", "SINCE", "WHY")
    for each in found:
        since = f"{each.at:%Y-%m-%d %H:%MZ}"
        table.add_row(clean(each.device.text), clean(each.by), since, clean(each.reason))
    return table
