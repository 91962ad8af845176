"""`enrollmend store`: see and stop the embedded servers, which outlive the commands."""

from typing import Annotated

import typer

from orchestrator.cli import exit_codes, options
from orchestrator.cli.house import House
from orchestrator.cli.output import write
from orchestrator.cli.stores import StoreFacts, server, stores
from orchestrator.cli.views.stores import stores_table
from orchestrator.errors import InvalidInput

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True, add_completion=False)


@app.callback()
def store() -> None:
    """See and stop the servers that keep the work where no Redis is named."""


@app.command("status")
def status(
    ctx: typer.Context, *, output: options.Output = "table", context: options.Context = None
) -> int:
    """List the embedded servers of all contexts that have data here; start none."""
    house = House.of(ctx, context)
    settings = house.settings(lab_needed=False)
    found = stores(settings.state_dir)
    rows = [_row(each) for each in found]
    if output == "table" and not found:
        house.terminal.say(f"no embedded server has data below {settings.state_dir}")
        return exit_codes.OK
    write(
        house.terminal,
        output,
        documents=[{"schema": "enrollmend.store/v1", **row} for row in rows],
        table=lambda: stores_table(rows),
        rows=rows,
    )
    if settings.redis_url:
        house.terminal.say(f"this context keeps its work in {settings.redis_shown} instead")
    return exit_codes.OK


@app.command("stop")
def stop(
    ctx: typer.Context,
    *,
    every: Annotated[bool, typer.Option("--all", help="Those of all contexts.")] = False,
    yes: options.Yes = False,
    context: options.Context = None,
) -> int:
    """Stop the embedded server of this context; its data stay, and the next command starts it.

    Workers that use it start it again: stop them first.
    """
    house = House.of(ctx, context)
    settings = house.settings(lab_needed=False)
    if settings.redis_url and not every:
        msg = f"this context has no embedded server: it keeps its work in {settings.redis_shown}"
        raise InvalidInput(msg, hint="enrollmend store status lists those of other contexts")
    wanted = [
        each
        for each in stores(settings.state_dir)
        if each.running is not None and (every or each.context == settings.context)
    ]
    if not wanted:
        house.terminal.say("no embedded server runs here" if every else "it does not run")
        return exit_codes.OK
    used = sum(each.running.connections for each in wanted if each.running is not None)
    if used:
        connections = "1 connection uses" if used == 1 else f"{used} connections use"
        question = f"{connections} it, such as those of a worker, which starts it again"
        if not house.confirm(question, yes=yes):
            house.terminal.say("nothing was stopped")
            return exit_codes.ERROR
    for each in wanted:
        server(settings.state_dir, each.context).stop()
        whose = f"of context {each.context}" if each.context else "without a context"
        house.terminal.say(f"stopped the server {whose}; its data stay in {each.directory}")
    return exit_codes.OK


def _row(facts: StoreFacts) -> dict[str, str]:
    runs = facts.running
    return {
        "context": facts.context,
        "state": "running" if runs else "stopped",
        "pid": str(runs.pid) if runs else "",
        "version": runs.version if runs else "",
        "connections": str(runs.connections) if runs else "",
        "memory": str(runs.memory) if runs else "",
        "keys": str(runs.keys) if runs else "",
        "disk": str(facts.disk),
        "directory": str(facts.directory),
    }
