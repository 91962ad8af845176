"""`enrollmend cancel`: call a run off."""

from typing import Annotated

import typer

from orchestrator.cli import exit_codes, options
from orchestrator.cli.house import House
from orchestrator.cli.words import result
from orchestrator.domain.run import RunState
from orchestrator.usecases.cancel import cancel as call_off
from orchestrator.usecases.lookup import find_run


def cancel(
    ctx: typer.Context,
    *,
    what: Annotated[str, typer.Argument(metavar="RUN|HOST", help="A run id or a computer name.")],
    context: options.Context = None,
) -> int:
    """Call a run off; a stage that is running on the PC at this moment still ends there."""
    house = House.of(ctx, context)
    _, ports = house.ports()
    run = call_off(find_run(what, ports).id, ports)
    if run.state is RunState.CANCELLED:
        house.terminal.say(f"{run.id} ({run.device}) is called off")
        return exit_codes.OK
    house.terminal.say(f"{run.id} ({run.device}) had ended already: {result(run)}")
    return exit_codes.OK
