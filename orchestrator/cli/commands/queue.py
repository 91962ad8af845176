"""`enrollmend queue`: what waits, what is worked on, and how to hurry a run."""

from typing import Annotated

import typer

from orchestrator.cli import exit_codes, options
from orchestrator.cli.house import House
from orchestrator.cli.output import run_row, write
from orchestrator.cli.views.campaigns import counts_table
from orchestrator.cli.views.devices import runs_table
from orchestrator.cli.words import counted
from orchestrator.domain.report import device_document
from orchestrator.usecases import queues
from orchestrator.usecases.lookup import find_run, unsettled

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True, add_completion=False)

ON_DEMAND = "on demand"
_RECENT = 10_000


@app.callback()
def queue() -> None:
    """What waits, what is worked on, and under which caps."""


@app.command("ls")
def ls(
    ctx: typer.Context,
    *,
    limit: Annotated[
        int, typer.Option("--limit", "-n", min=1, max=10_000, help="How many runs.")
    ] = 50,
    output: options.Output = "table",
    context: options.Context = None,
) -> int:
    """List the runs asked for by name that are not at their end; campaigns are in `stats`."""
    house = House.of(ctx, context)
    _, ports = house.ports()
    waiting = unsettled(ports.runs.recent(_RECENT))
    runs = waiting[:limit]
    write(
        house.terminal,
        output,
        documents=[device_document(run) for run in runs],
        table=lambda: runs_table(runs),
        rows=[run_row(run) for run in runs],
    )
    house.terminal.say(f"{counted(len(waiting), 'run')} unsettled, {len(runs):,} shown")
    return exit_codes.OK


@app.command("stats")
def stats(
    ctx: typer.Context, *, output: options.Output = "table", context: options.Context = None
) -> int:
    """Show how much is due and how much rests, in each queue, who works, and every cap.

    JSON is one enrollmend.queue/v1 object.
    """
    house = House.of(ctx, context)
    _, ports = house.ports()
    found = queues.queue_stats(ports)
    names = sorted({*found.due, *found.resting})
    waiting = [
        (ON_DEMAND, found.urgent_due, found.urgent_resting),
        *((name, found.due.get(name, 0), found.resting.get(name, 0)) for name in names),
    ]
    document = {
        "schema": "enrollmend.queue/v1",
        "on_demand": {"due": found.urgent_due, "resting": found.urgent_resting},
        "campaigns": {name: {"due": due, "resting": rest} for name, due, rest in waiting[1:]},
        "working": found.working,
        "workers": dict(found.holders),
        "caps": dict(found.limits),
    }
    write(
        house.terminal,
        output,
        documents=[document],
        table=lambda: counts_table(("QUEUE", "DUE", "RESTING"), waiting),
        rows=[
            {"queue": name, "due": str(due), "resting": str(rest)} for name, due, rest in waiting
        ],
        single=True,
    )
    holders = ", ".join(f"{name} {count:,}" for name, count in sorted(found.holders.items()))
    at_work = counted(found.working, "device")
    house.terminal.say(f"{at_work} worked on" + (f": {holders}" if holders else ""))
    told = {
        scope: most
        for scope, most in found.limits.items()
        if not scope.startswith("campaign:") or scope.removeprefix("campaign:") in names
    }
    if told:
        caps = ", ".join(f"{scope} {most:,}" for scope, most in sorted(told.items()))
        house.terminal.say(f"caps: {caps}")
    return exit_codes.OK


@app.command("requeue")
def requeue(
    ctx: typer.Context,
    *,
    what: Annotated[str, typer.Argument(metavar="RUN|HOST", help="A run id or a computer name.")],
    context: options.Context = None,
) -> int:
    """Have a resting run worked on now; exit code 9 when it is at work, ended or unreleased.

    Where its campaign does not run, or its window is closed, that is said: it stays due.
    """
    house = House.of(ctx, context)
    _, ports = house.ports()
    run = queues.requeue(find_run(what, ports).id, ports)
    held = queues.holds_back(run, ports)
    if not held:
        house.terminal.say(f"{run.id} ({run.device}) is due now")
        return exit_codes.OK
    house.terminal.say(f"{run.id} ({run.device}) is due, but not worked on yet: {held}")
    house.terminal.say(f"  enrollmend campaign show {run.campaign}")
    return exit_codes.OK
