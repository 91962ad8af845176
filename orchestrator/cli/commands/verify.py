"""`enrollmend verify`: prove that a PC is enrolled now."""

import typer

from orchestrator.cli import exit_codes, options
from orchestrator.cli.carrying import carry_out
from orchestrator.cli.durations import seconds
from orchestrator.cli.house import House
from orchestrator.cli.output import codes, write_runs
from orchestrator.domain.device import DeviceName
from orchestrator.domain.run import Intent, RunOptions


def verify(
    ctx: typer.Context,
    *,
    host: options.Host,
    here: options.Here = False,
    output: options.Output = "table",
    timeout: options.Timeout = "5m",
    exit_zero_on: options.ZeroOn = "",
    context: options.Context = None,
) -> int:
    """Look at a PC and prove that it is enrolled: exit code 0 when it is, 3 when it is not.

    Nothing is changed on the PC. JSON is one enrollmend.device/v1 object.
    """
    house = House.of(ctx, context)
    device = DeviceName.parse(host, where="HOST")
    zero_on = codes(exit_zero_on)
    wanted = RunOptions(intent=Intent.VERIFY, offline="fail")
    watching = seconds(timeout, where="--timeout")
    carried = carry_out(house, [device], wanted, seconds=watching, here=here)
    if carried.runs and not carried.interrupted:
        write_runs(house.terminal, carried.runs, output, single=True)
    return exit_codes.forgiven(carried.exit_code(wanted), zero_on)
