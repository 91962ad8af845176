"""`enrollmend why`: say why a PC is not enrolled."""

import typer

from orchestrator.cli import options
from orchestrator.cli.carrying import carry_out
from orchestrator.cli.durations import seconds
from orchestrator.cli.house import House
from orchestrator.cli.output import write_runs
from orchestrator.domain.device import DeviceName
from orchestrator.domain.run import Intent, RunOptions


def why(
    ctx: typer.Context,
    *,
    host: options.Host,
    here: options.Here = False,
    output: options.Output = "table",
    timeout: options.Timeout = "5m",
    context: options.Context = None,
) -> int:
    """Say why a PC is not enrolled, with the evidence, and who can do something about it.

    Nothing is changed on the PC. JSON is one enrollmend.device/v1 object.
    """
    house = House.of(ctx, context)
    device = DeviceName.parse(host, where="HOST")
    wanted = RunOptions(intent=Intent.WHY, offline="fail")
    watching = seconds(timeout, where="--timeout")
    carried = carry_out(house, [device], wanted, seconds=watching, here=here)
    if carried.runs and not carried.interrupted:
        write_runs(house.terminal, carried.runs, output, single=True)
    return carried.exit_code(wanted)
