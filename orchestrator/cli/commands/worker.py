"""`enrollmend worker`: start workers, list those that run, let one end."""

import logging
from typing import Annotated

import typer

from orchestrator.adapters.logs import log_to_stderr
from orchestrator.adapters.queue import QUEUES
from orchestrator.cli import exit_codes, options
from orchestrator.cli.backstage import start_worker
from orchestrator.cli.house import House
from orchestrator.cli.output import write
from orchestrator.cli.views.campaigns import counts_table
from orchestrator.cli.words import counted
from orchestrator.errors import InvalidInput, NoWorker
from orchestrator.usecases import queues

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True, add_completion=False)


@app.callback()
def workers() -> None:
    """Start workers, list those that run, let one end."""


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
    log_to_stderr(logging.INFO if verbose else logging.WARNING)
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
    """List the workers that reported lately; exit code 8 when none did.

    A worker that ended in good order is not listed any more, one that was killed for a minute.
    """
    house = House.of(ctx, context)
    _, ports = house.ports()
    found = queues.workers(ports)
    if not found:
        msg = "no worker has reported within the last minute"
        raise NoWorker(msg, hint="start one: enrollmend worker start")
    rows = [
        {
            "worker": each.name,
            "working": str(each.working),
            "seen": each.seen.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "state": "draining" if each.draining else "ready",
        }
        for each in found
    ]
    write(
        house.terminal,
        output,
        documents=[
            {"schema": "enrollmend.worker/v1", **row, "working": each.working}
            for row, each in zip(rows, found, strict=True)
        ],
        table=lambda: counts_table(
            ("WORKER", "WORKING", "STATE", "SEEN"),
            [(row["worker"], int(row["working"]), row["state"], row["seen"]) for row in rows],
        ),
        rows=rows,
    )
    return exit_codes.OK


@app.command("drain")
def drain(
    ctx: typer.Context,
    *,
    worker: Annotated[str, typer.Argument(metavar="WORKER", help="As `worker ls` shows it.")],
    context: options.Context = None,
) -> int:
    """Let a worker take nothing more, finish what it works on, and end."""
    house = House.of(ctx, context)
    _, ports = house.ports()
    queues.drain(worker, ports)
    left = next((each.working for each in queues.workers(ports) if each.name == worker), 0)
    house.terminal.say(f"{worker} ends when {counted(left, 'device')} at work there are done")
    return exit_codes.OK
