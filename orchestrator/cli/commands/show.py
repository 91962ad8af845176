"""`enrollmend show`: a run, a PC's newest run, or the newest runs of all."""

from typing import Annotated

import typer

from orchestrator.cli import exit_codes, options
from orchestrator.cli.carrying import watch_runs
from orchestrator.cli.durations import seconds
from orchestrator.cli.house import House
from orchestrator.cli.output import run_row, write, write_runs
from orchestrator.cli.views.devices import runs_table
from orchestrator.domain.report import device_document
from orchestrator.usecases.lookup import find_run


def show(
    ctx: typer.Context,
    *,
    what: Annotated[
        str, typer.Argument(metavar="[RUN|HOST]", help="A run id or a computer name.")
    ] = "",
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Watch it until it rests.")
    ] = False,
    limit: Annotated[
        int, typer.Option("--limit", "-n", min=1, max=10_000, help="How many of the newest runs.")
    ] = 20,
    output: options.Output = "table",
    timeout: options.Timeout = "1h",
    context: options.Context = None,
) -> int:
    """Show a run in full, or the newest runs when nothing is named.

    With --follow the exit code is that of the run; without it, 0.
    """
    house = House.of(ctx, context)
    watching = seconds(timeout, where="--timeout")
    settings, ports = house.ports()
    if not what:
        runs = ports.runs.recent(limit)
        write(
            house.terminal,
            output,
            documents=[device_document(run) for run in runs],
            table=lambda: runs_table(runs),
            rows=[run_row(run) for run in runs],
        )
        return exit_codes.OK
    run = find_run(what, ports)
    if not follow:
        write_runs(house.terminal, [run], output, single=True)
        return exit_codes.OK
    carried = watch_runs(house, settings, ports, [run], seconds=watching)
    if not carried.interrupted:
        write_runs(house.terminal, carried.runs, output, single=True)
    return carried.exit_code(run.options)
