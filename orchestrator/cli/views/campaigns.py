"""Campaigns: the list of them, one in full, and what a plan would do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Group
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from orchestrator.cli.campaign_report import REPORT_HEAD
from orchestrator.cli.campaign_words import (
    STATUS_STYLE,
    at_once_line,
    budget_line,
    done_line,
    ends,
    headline,
    shares_line,
    state_counts,
    terms,
)
from orchestrator.cli.safe import clean
from orchestrator.cli.views.devices import grid
from orchestrator.domain.causes import CAUSES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from rich.console import RenderableType

    from orchestrator.domain.campaign_plan import PlanDocument
    from orchestrator.domain.campaign_view import Overview
    from orchestrator.usecases.ports import Entry

_BAR = 28
_CAUSES = 8
_ROWS = 12


def campaigns_table(found: Sequence[Overview]) -> Table:
    """Return campaigns, a row each."""
    table = grid("CAMPAIGN", "STATUS", "SETTLED", "FAILED", "CREATED", "NAME")
    for view in found:
        campaign = view.campaign
        status = Text(campaign.status.value, style=STATUS_STYLE.get(campaign.status, ""))
        table.add_row(
            campaign.id,
            status,
            f"{view.settled:,}/{view.targets:,}",
            f"{view.failures:,}",
            f"{campaign.created:%Y-%m-%d %H:%M}",
            clean(campaign.name),
        )
    return table


def campaign_view(view: Overview, decided: Sequence[Entry] = ()) -> RenderableType:
    """Return a campaign in full: where it stands, counts that add up, causes, owners, decisions."""
    parts: list[RenderableType] = [_head(view), progress_view(view), Text()]
    counts = grid("STATE", "DEVICES")
    for word, count in state_counts(view):
        counts.add_row(word, _right(count))
    counts.add_row(Text("total", style="bold"), _right(view.targets))
    parts.append(counts)
    if view.causes:
        parts += [Text(), _causes("CAUSE", view.causes)]
    if view.owners:
        named = ", ".join(f"{owner} {count:,}" for owner, count in view.owners.items())
        parts += [Text(), Text(f"has to act: {named}")]
    if decided:
        parts += [Text(), _decisions(decided)]
    return Group(*parts)


def progress_view(view: Overview) -> RenderableType:
    """Return the bar and the line of figures, as they are redrawn while it is watched."""
    total = max(1, view.targets)
    bar = Table.grid(padding=(0, 2))
    bar.add_row(
        ProgressBar(total=total, completed=view.settled, width=_BAR),
        Text(f"{done_line(view)}, {100 * view.settled // total} %"),
    )
    return Group(bar, Text(shares_line(view)))


def watch_view(view: Overview) -> RenderableType:
    """Return the lines that are redrawn while a campaign is watched."""
    parts: list[RenderableType] = [_head(view), progress_view(view)]
    counts = " · ".join(f"{word} {count:,}" for word, count in state_counts(view))
    parts.append(Text(f"{counts} = {view.targets:,}"))
    if view.causes:
        shown = list(view.causes.items())[:_CAUSES]
        parts.append(Text("causes " + " · ".join(f"{name} {n:,}" for name, n in shown)))
    return Group(*parts)


def plan_view(document: PlanDocument) -> RenderableType:
    """Return what a plan would do: totals by cause and owner, stages, budget, digest."""
    total = len(document.devices)
    table = grid("WOULD BE", "DEVICES")
    rows = ends(document)
    for word, count in rows:
        table.add_row(word, _right(count))
    table.add_row(Text("total", style="bold"), _right(total))
    parts: list[RenderableType] = [
        Text(f"{document.campaign}  {clean(document.name)}", style="bold"),
        Text(f"planned by {clean(document.author)} at {document.created:%Y-%m-%d %H:%MZ}"),
        Text(),
        table,
    ]
    if document.causes:
        parts += [Text(), _causes("CAUSE", document.causes)]
    if document.stages:
        named = " · ".join(f"{name} {count:,}" for name, count in document.stages.items())
        parts += [Text(), Text(f"stages  {named}")]
    spread = document.policy.spread
    waves = ", ".join(str(share) for share in spread.waves)
    parts.append(
        Text(f"waves   {waves}; at most {budget_line(spread.max_failures, total)} may fail")
    )
    most = at_once_line(spread, total)
    parts += [Text(f"at once {most}")] if most else []
    parts += [Text(f"{word:<7} {clean(said)}") for word, said in terms(document)]
    parts.append(Text(f"sha256  {document.digest}", overflow="fold"))
    return Group(*parts)


def report_view(by: str, rows: Sequence[Mapping[str, str]]) -> RenderableType:
    """Return the report of a campaign; the last row is the total, and what is next below it."""
    numbers = REPORT_HEAD[:-1]
    table = grid(by.upper(), *(name.upper() for name in numbers))
    for row in rows:
        table.add_row(clean(row[by]), *(_right(int(row[name])) for name in numbers))
    steps = Table.grid(padding=(0, 2))
    steps.add_column(no_wrap=True, style="dim")
    steps.add_column(overflow="fold", ratio=1)
    for row in rows:
        if row["next"]:
            steps.add_row(clean(row[by]), clean(row["next"]))
    return Group(table, Text(), steps) if steps.row_count else table


def counts_table(titles: Sequence[str], rows: Iterable[Sequence[str | int]]) -> Table:
    """Return words and numbers, a row each; numbers stand on the right."""
    table = grid(*titles)
    for row in rows:
        table.add_row(*(_right(each) if isinstance(each, int) else clean(each) for each in row))
    return table


def _head(view: Overview) -> RenderableType:
    campaign = view.campaign
    line = Text(f"{campaign.id}  {clean(campaign.name)}  ", style="bold")
    line.append(campaign.status.value, style=STATUS_STYLE.get(campaign.status, ""))
    return Group(line, Text(clean(headline(view))))


def _decisions(entries: Sequence[Entry]) -> Table:
    table = grid("WHEN", "DECIDED")
    for entry in entries:
        table.add_row(f"{entry.at:%Y-%m-%d %H:%M:%SZ}", clean(entry.text))
    return table


def _causes(title: str, causes: Mapping[str, int]) -> Table:
    table = grid(title, "DEVICES", "OWNER", "WHAT IT IS")
    for name, count in list(causes.items())[:_ROWS]:
        entry = CAUSES.get(name)
        owner = entry.owner.value if entry else ""
        table.add_row(clean(name), _right(count), owner, entry.title if entry else "")
    if len(causes) > _ROWS:
        rest = list(causes.values())[_ROWS:]
        table.add_row(f"{len(rest)} more", _right(sum(rest)), "", "")
    return table


def _right(number: int) -> Text:
    return Text(f"{number:,}", justify="right")
