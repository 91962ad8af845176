"""`enrollmend undo`: give back what a repair changed."""

from typing import Annotated

import typer

from orchestrator.cli import exit_codes, options
from orchestrator.cli.carrying import carry_out
from orchestrator.cli.durations import seconds
from orchestrator.cli.house import House
from orchestrator.cli.output import write_runs
from orchestrator.cli.words import counted
from orchestrator.domain.device import DeviceName
from orchestrator.domain.run import Intent, RunOptions
from orchestrator.errors import InvalidInput
from orchestrator.usecases.lookup import run_to_undo


def undo(
    ctx: typer.Context,
    *,
    host: options.Host,
    run: Annotated[
        str,
        typer.Option("--run", metavar="ID", help="The run to take back; the newest that changed."),
    ] = "",
    here: options.Here = False,
    output: options.Output = "table",
    timeout: options.Timeout = "15m",
    yes: options.Yes = False,
    context: options.Context = None,
) -> int:
    """Restore what a repair changed on a PC from the backup that was made before it.

    What cannot come back (a private key, an uninstalled product) is named. JSON is one
    enrollmend.device/v1 object.
    """
    house = House.of(ctx, context)
    device = DeviceName.parse(host, where="HOST")
    watching = seconds(timeout, where="--timeout")
    _, ports = house.ports(here=here)
    repair = run_to_undo(device, ports, run)
    if repair.device.key != device.key:
        msg = f"{repair.id} repaired {repair.device}, not {device}"
        raise InvalidInput(msg, where="--run", hint=f"enrollmend timeline {device}")
    changes = sum(len(outcome.changes) for outcome in repair.outcomes)
    seen = repair.ended == repair.begun
    what = f"{counted(changes, 'change')} of" if seen else "whatever was changed by"
    question = (
        f"{what} {repair.id} ({repair.created:%Y-%m-%d %H:%M}Z) will be taken back on {device}"
    )
    if not house.confirm(question, yes=yes):
        house.terminal.say("nothing was done")
        return exit_codes.ERROR
    wanted = RunOptions(intent=Intent.UNDO, undo_run=repair.id, offline="fail")
    carried = carry_out(house, [device], wanted, seconds=watching, here=here)
    if carried.runs and not carried.interrupted:
        write_runs(house.terminal, carried.runs, output, single=True)
    return carried.exit_code(wanted)
