"""`enrollmend fix`: repair PCs and prove it."""

from datetime import timedelta
from typing import Annotated, Literal

import typer

from orchestrator.adapters.targets import Targets
from orchestrator.cli import exit_codes, options
from orchestrator.cli.carrying import carry_out
from orchestrator.cli.choosing import choose
from orchestrator.cli.durations import seconds
from orchestrator.cli.house import House
from orchestrator.cli.output import codes, write_runs
from orchestrator.domain.run import Intent, RunOptions


def fix(
    ctx: typer.Context,
    *,
    hosts: options.Hosts,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Find out and decide; change nothing.")
    ] = False,
    here: options.Here = False,
    reboot: Annotated[
        Literal["never", "if-needed", "allow"],
        typer.Option(
            "--reboot", help="Restart a PC that needs it: with nobody signed in, or always."
        ),
    ] = "never",
    allow_configmgr_removal: Annotated[
        bool,
        typer.Option(
            "--allow-configmgr-removal", help="An orphaned ConfigMgr client may be uninstalled."
        ),
    ] = False,
    offline: Annotated[
        Literal["wait", "skip", "fail"],
        typer.Option("--offline", help="What to do with a PC that does not answer."),
    ] = "wait",
    offline_deadline: Annotated[
        str | None,
        typer.Option(
            "--offline-deadline", metavar="TIME", help="Give up on an absent PC after it."
        ),
    ] = None,
    detach: Annotated[
        bool, typer.Option("--detach", "-d", help="Queue, print the runs, and do not watch.")
    ] = False,
    output: options.Output = "table",
    timeout: options.Timeout = "1h",
    yes: options.Yes = False,
    exit_zero_on: options.ZeroOn = "",
    context: options.Context = None,
) -> int:
    """Find out why PCs are not enrolled, repair them, and prove that they are.

    A PC that is being repaired already is joined, not repaired twice. JSON is one array of
    enrollmend.device/v1 objects.
    """
    house = House.of(ctx, context)
    zero_on = codes(exit_zero_on)
    watching = seconds(timeout, where="--timeout")
    patience = None
    if offline_deadline:
        patience = timedelta(seconds=seconds(offline_deadline, where="--offline-deadline"))
    wanted = RunOptions(
        intent=Intent.FIX,
        dry_run=dry_run,
        allow_configmgr_removal=allow_configmgr_removal,
        reboot=reboot.replace("-", "_"),
        offline=offline,
    )
    targets = choose(house, hosts, names_only=True)
    if not _agreed(house, targets, dry_run=dry_run, yes=yes):
        return exit_codes.ERROR
    carried = carry_out(
        house,
        targets.devices,
        wanted,
        seconds=watching,
        patience=patience,
        here=here,
        detach=detach,
    )
    if not carried.interrupted:
        write_runs(house.terminal, carried.runs, output, detached=detach)
    if detach and not carried.busy:
        return exit_codes.OK
    return exit_codes.forgiven(carried.exit_code(wanted), zero_on)


def _agreed(house: House, targets: Targets, *, dry_run: bool, yes: bool) -> bool:
    count = len(targets.devices)
    limit = house.settings().limits.confirm_above
    if dry_run or count <= limit:
        return True
    if house.confirm(f"{count} devices will be changed", yes=yes):
        return True
    house.terminal.say("nothing was done")
    return False
