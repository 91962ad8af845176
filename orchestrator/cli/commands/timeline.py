"""`enrollmend timeline`: everything that ever happened to a PC."""

import typer

from orchestrator.cli import exit_codes, options
from orchestrator.cli.house import House
from orchestrator.cli.output import write
from orchestrator.cli.views.history import history_view
from orchestrator.domain.device import DeviceName
from orchestrator.usecases.lookup import timeline as history
from orchestrator.usecases.ports import Entry


def timeline(
    ctx: typer.Context,
    *,
    host: options.Host,
    output: options.Output = "table",
    context: options.Context = None,
) -> int:
    """Show every attempt, stage and change of state of a PC, oldest first.

    JSON is one array of enrollmend.entry/v1 objects.
    """
    house = House.of(ctx, context)
    device = DeviceName.parse(host, where="HOST")
    _, ports = house.ports()
    entries = history(device, ports)
    rows = [_row(entry) for entry in entries]
    documents = [{"schema": "enrollmend.entry/v1", **row} for row in rows]
    write(
        house.terminal,
        output,
        documents=documents,
        table=lambda: history_view(entries),
        rows=rows,
    )
    return exit_codes.OK


def _row(entry: Entry) -> dict[str, str]:
    return {
        "at": entry.at.isoformat(),
        "device": entry.device,
        "run": entry.run_id,
        "kind": entry.kind,
        "state": entry.state,
        "text": entry.text,
    }
