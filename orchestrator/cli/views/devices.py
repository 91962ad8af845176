"""Many devices: one row each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from orchestrator.cli.safe import clean
from orchestrator.cli.words import counted, next_step, result, style

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.domain.run import Run


def grid(*titles: str) -> Table:
    """Return an empty table in the house's style."""
    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False, expand=False)
    for number, title in enumerate(titles):
        last = number == len(titles) - 1
        table.add_column(title, overflow="fold", no_wrap=number == 0, ratio=1 if last else None)
    return table


def devices_table(runs: Sequence[Run]) -> Table:
    """Return the result of each device, why, and what is next."""
    table = grid("DEVICE", "RESULT", "WHY, AND WHAT NEXT")
    for run in runs:
        table.add_row(clean(run.device.text), Text(result(run), style=style(run)), _what(run))
    return table


def runs_table(runs: Sequence[Run]) -> Table:
    """Return the newest runs with their ids."""
    table = grid("RUN", "DEVICE", "ASKED", "CREATED", "RESULT")
    for run in runs:
        asked = "dry run" if run.options.dry_run else run.options.intent.value
        table.add_row(
            run.id,
            clean(run.device.text),
            asked,
            f"{run.created:%Y-%m-%d %H:%M}",
            Text(result(run), style=style(run)),
        )
    return table


def tally(runs: Sequence[Run]) -> str:
    """Return how many ended how; the counts add up to the number of devices."""
    counts: dict[str, int] = {}
    for run in runs:
        counts[result(run)] = counts.get(result(run), 0) + 1
    parts = [f"{count:,} {word}" for word, count in sorted(counts.items(), key=lambda i: -i[1])]
    return f"{counted(len(runs), 'device')}: {', '.join(parts)}"


def _what(run: Run) -> Text:
    text = Text(clean(run.reason))
    following = next_step(run)
    if following and following != run.reason:
        text.append(("\n" if run.reason else "") + clean(following), style="dim")
    return text
