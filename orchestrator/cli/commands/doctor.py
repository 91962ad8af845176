"""`enrollmend doctor`: look at every layer and name the one that fails."""

from typing import Annotated

import typer

from orchestrator.cli import checkup, exit_codes, options
from orchestrator.cli.checkup_device import check_device
from orchestrator.cli.house import House
from orchestrator.cli.output import write
from orchestrator.cli.views.checks import checks_view
from orchestrator.domain.device import DeviceName


def doctor(
    ctx: typer.Context,
    *,
    hosts: Annotated[
        list[str] | None, typer.Argument(metavar="[HOST]...", help="Computer names.")
    ] = None,
    output: options.Output = "table",
    context: options.Context = None,
) -> int:
    """Check settings, Redis, workers and clock; with HOST also the way to a shell on it.

    The way: DNS, TCP, TLS, login, endpoint, quota, language mode, identity, clock. The exit code is
    that of the first layer that fails. JSON is one array of enrollmend.check/v1 objects.
    """
    house = House.of(ctx, context)
    devices = [DeviceName.parse(host, where="HOST") for host in hosts or []]
    mine, settings, ports = checkup.check_controller(house)
    groups = {"controller": mine}
    if settings is not None and ports is not None:
        resolve = house.addresses(settings) if devices else None
        for device in devices:
            if resolve is not None:
                groups[device.text] = check_device(device, settings, ports, resolve)
    rows = [
        {
            "subject": subject,
            "layer": check.layer,
            "health": check.health.value,
            "text": check.text,
            "hint": check.hint,
        }
        for subject, checks in groups.items()
        for check in checks
    ]
    write(
        house.terminal,
        output,
        documents=[{"schema": "enrollmend.check/v1", **row} for row in rows],
        table=lambda: checks_view(groups),
        rows=rows,
    )
    codes = [checkup.exit_code(checks) for checks in reversed(groups.values())]
    return next((code for code in codes if code), exit_codes.OK)
