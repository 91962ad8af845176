"""`enrollmend worker`: start workers, or list those that run."""

import logging
import sys
from typing import Annotated

import typer

from orchestrator.adapters.queue import QUEUES
from orchestrator.cli import exit_codes, options
from orchestrator.cli.backstage import start_worker
from orchestrator.cli.house import House
from orchestrator.cli.output import write
from orchestrator.cli.views.causes import names_view
from orchestrator.errors import InvalidInput, NoWorker

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True, add_completion=False)


@app.callback()
def workers() -> None:
    """Start workers, or list those that run."""


@app.command("start")
def start(
    ctx: typer.Context,
    *,
    queue: Annotated[
        list[str] | None,
        typer.Option(
            "--queue", "-Q", metavar="[interactive|bulk]", help="What to serve; repeatable."
        ),
    ] = None,
    slots: Annotated[
        int | None,
        typer.Option("--slots", min=1, max=10_000, help="Devices worked on at a time."),
    ] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Log what it does.")] = False,
    context: options.Context = None,
) -> int:
    """Take up work until stopped; Ctrl-C lets what is begun end first.

    Devices asked for by name have slots of their own that campaigns cannot fill.
    """
    house = House.of(ctx, context)
    settings = house.settings()
    logging.basicConfig(
        stream=sys.stderr,
        level=logging.INFO if verbose else logging.WARNING,
        format="%(asctime)s %(levelname)-7s %(name)s: %(message)s",
    )
    served = tuple(queue or settings.workers.queues)
    unknown = next((name for name in served if name not in QUEUES), None)
    if unknown is not None:
        msg = f"there is no queue {unknown!r}"
        raise InvalidInput(msg, where="--queue", hint=f"there are: {', '.join(QUEUES)}")

    def ready() -> None:
        house.terminal.say(f"worker ready: {' and '.join(served)}, store {settings.redis_shown}")

    return start_worker(settings, queues=served, slots=slots, on_ready=ready)


@app.command("ls")
def ls(
    ctx: typer.Context, *, output: options.Output = "table", context: options.Context = None
) -> int:
    """List the workers that answer now; exit code 8 when none does."""
    house = House.of(ctx, context)
    names = house.workers(house.settings())
    if not names:
        msg = "no worker answers"
        raise NoWorker(msg, hint="start one: enrollmend worker start")
    rows = [{"worker": name} for name in names]
    write(
        house.terminal,
        output,
        documents=[{"schema": "enrollmend.worker/v1", **row} for row in rows],
        table=lambda: names_view("WORKER", names),
        rows=rows,
    )
    return exit_codes.OK
