"""`enrollmend campaign ls, show, watch, report`: look at campaigns; nothing is changed."""

from itertools import islice
from typing import Annotated, Literal

import typer

from orchestrator.cli import exit_codes, options
from orchestrator.cli.campaign_report import (
    REPORT_HEAD,
    Clones,
    decisions_rows,
    overview_document,
    report_rows,
)
from orchestrator.cli.campaign_watch import tell_end, watch_campaign
from orchestrator.cli.campaign_words import nothing_to_see
from orchestrator.cli.durations import seconds
from orchestrator.cli.house import House
from orchestrator.cli.output import codes, markdown, run_row, write
from orchestrator.cli.views.campaigns import campaign_view, campaigns_table, report_view
from orchestrator.cli.views.devices import devices_table
from orchestrator.cli.words import counted
from orchestrator.domain.campaign import ENDED
from orchestrator.domain.report import device_document
from orchestrator.domain.run_filter import RunFilter
from orchestrator.usecases import campaigns
from orchestrator.usecases.known_targets import campaign_runs

app = typer.Typer()


@app.command("ls")
def ls(
    ctx: typer.Context,
    *,
    limit: Annotated[
        int, typer.Option("--limit", "-n", min=1, max=1000, help="How many of the newest.")
    ] = 20,
    output: options.Output = "table",
    context: options.Context = None,
) -> int:
    """List the newest campaigns. JSON is one array of enrollmend.campaign/v1 objects."""
    house = House.of(ctx, context)
    _, ports = house.ports()
    found = [campaigns.overview(each.id, ports) for each in campaigns.newest(ports, limit=limit)]
    documents = [overview_document(view) for view in found]
    flat = ("campaign", "name", "status", "author", "approver", "created", "targets", "settled")
    write(
        house.terminal,
        output,
        documents=documents,
        table=lambda: campaigns_table(found),
        rows=[{name: str(document[name]) for name in flat} for document in documents],
    )
    return exit_codes.OK


@app.command("show")
def show(
    ctx: typer.Context,
    *,
    campaign_id: options.CampaignId,
    devices: Annotated[
        str,
        typer.Option("--devices", metavar="WHICH", help="List PCs: failed,away,cause:NAME or all."),
    ] = "",
    limit: Annotated[
        int, typer.Option("--limit", "-n", min=1, help="How many PCs a table lists.")
    ] = 20,
    output: options.Output = "table",
    context: options.Context = None,
) -> int:
    """Show where a campaign stands and what was decided about it, or its PCs in some state."""
    house = House.of(ctx, context)
    which = RunFilter() if devices in {"", "all"} else RunFilter.parse(devices, where="--devices")
    _, ports = house.ports()
    view = campaigns.overview(campaign_id, ports)
    if devices:
        chosen = campaign_runs(campaign_id, which, ports.campaigns)
        runs = list(islice(chosen, limit) if output == "table" else chosen)
        write(
            house.terminal,
            output,
            documents=[device_document(run) for run in runs],
            table=lambda: devices_table(runs),
            rows=[run_row(run) for run in runs],
        )
        house.terminal.say(f"{counted(len(runs), 'device')} shown")
        return exit_codes.OK
    decided = campaigns.said(campaign_id, ports)
    document = {**overview_document(view), "decisions": decisions_rows(decided)}
    write(
        house.terminal,
        output,
        documents=[document],
        table=lambda: campaign_view(view, decided),
        rows=[
            {name: str(value) for name, value in document.items() if isinstance(value, str | int)}
        ],
        single=True,
    )
    return exit_codes.OK


@app.command("watch")
def watch(
    ctx: typer.Context,
    *,
    campaign_id: options.CampaignId,
    to_the_end: Annotated[
        bool, typer.Option("--to-the-end", help="Also while all that is left rests.")
    ] = False,
    timeout: options.Timeout = "30d",
    exit_zero_on: options.ZeroOn = "",
    context: options.Context = None,
) -> int:
    """Watch a campaign; Ctrl-C ends the watching and nothing else.

    The exit code is that of the campaign: 0, 3, 5 when it was stopped or waits at a gate, 6 when
    PCs still wait, 130 after Ctrl-C.
    """
    house = House.of(ctx, context)
    zero_on = codes(exit_zero_on)
    watching = seconds(timeout, where="--timeout")
    settings, ports = house.ports()
    view = watch_campaign(
        house,
        settings,
        ports,
        campaign_id,
        seconds=watching,
        enough=(lambda view: view.campaign.status in ENDED) if to_the_end else nothing_to_see,
    )
    if view is None:
        return exit_codes.INTERRUPTED
    return exit_codes.forgiven(tell_end(house, view), zero_on)


@app.command("report")
def report(
    ctx: typer.Context,
    *,
    campaign_id: options.CampaignId,
    by: Annotated[
        Literal["cause", "site", "owner"], typer.Option("--by", help="What the rows are.")
    ] = "cause",
    output: Annotated[
        Literal["table", "csv", "json", "md"],
        typer.Option("--output", "-o", help="How the report is written to stdout."),
    ] = "table",
    context: options.Context = None,
) -> int:
    """Count the PCs of a campaign by cause, site or owner.

    Each is in one row and there in one column: good is enrolled, blocked waits for its owner,
    other was called off or given up. The rows add up to all targets. PCs that Intune takes for
    one, because they were made from the image of an enrolled PC, are told on stderr.
    """
    house = House.of(ctx, context)
    _, ports = house.ports()
    view = campaigns.overview(campaign_id, ports)
    clones = Clones()
    runs = clones.among(campaign_runs(campaign_id, RunFilter(), ports.campaigns))
    rows = report_rows(runs, by, campaign_id)
    for line in clones.lines():
        house.terminal.say(line)
    if output == "md":
        head = [by, *REPORT_HEAD]
        house.terminal.data(markdown(f"{view.campaign.id} {view.campaign.name}", head, rows))
        return exit_codes.OK
    write(
        house.terminal,
        output,
        documents=[
            {"schema": "enrollmend.report/v1", "campaign": campaign_id, **row} for row in rows
        ],
        table=lambda: report_view(by, rows),
        rows=rows,
    )
    return exit_codes.OK
