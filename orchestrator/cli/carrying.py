"""What `fix`, `why`, `verify` and `undo` share: place, watch, and say how to go on."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from orchestrator.cli import exit_codes
from orchestrator.cli.durations import shown
from orchestrator.cli.orders import place, refused
from orchestrator.cli.progress import progress_for
from orchestrator.cli.watching import watch
from orchestrator.cli.words import counted
from orchestrator.domain.run import FINAL, is_still
from orchestrator.usecases import queues

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import timedelta

    from orchestrator.cli.house import House
    from orchestrator.domain.device import DeviceName
    from orchestrator.domain.run import Run, RunOptions
    from orchestrator.errors import DeviceBusy
    from orchestrator.settings import Settings
    from orchestrator.usecases.ports import Ports


@dataclass(frozen=True, slots=True, kw_only=True)
class Carried:
    """How far the devices came.

    Attributes:
        runs: as they are now.
        busy: devices another kind of run holds.
        interrupted: the person pressed Ctrl-C.
    """

    runs: list[Run] = field(default_factory=list)
    busy: list[DeviceBusy] = field(default_factory=list)
    interrupted: bool = False

    def exit_code(self, options: RunOptions) -> int:
        """Return the exit code of the whole."""
        if self.interrupted:
            return exit_codes.INTERRUPTED
        code = exit_codes.of_runs(self.runs, intent=options.intent, dry_run=options.dry_run)
        return exit_codes.LOCKED if self.busy and code in {0, exit_codes.WAITING} else code


def carry_out(
    house: House,
    devices: Sequence[DeviceName],
    options: RunOptions,
    *,
    seconds: float,
    patience: timedelta | None = None,
    here: bool = False,
    detach: bool = False,
) -> Carried:
    """Queue the devices and, unless detached, watch them until they rest.

    Args:
        house: terminal, settings and ports.
        devices: which.
        options: what is asked for and allowed.
        seconds: how long to watch.
        patience: give up on devices that stay away after so long.
        here: this process does the work.
        detach: do not watch.

    Raises:
        StoreError: the ledger cannot be reached.
        NoWorker: nobody takes the work up.
    """
    settings, ports = house.ports(here=here)
    if patience is not None:
        options = replace(options, deadline=ports.clock.now() + patience)
    placed = place(devices, options, ports)
    for busy in placed.busy:
        house.terminal.complain(busy.message, busy.hint)
    for run in placed.runs:
        if run.id in placed.joined:
            house.terminal.say(f"{run.device}: joined {run.id}, which was {run.state.value}")
            if lacks := refused(run.options, options):
                house.terminal.say(
                    f"{run.device}: {run.id} was started without {' and '.join(lacks)}, and goes on"
                    f" without; to change that: enrollmend cancel {run.id}, then ask again"
                )
    if placed.interrupted:
        queued = f"interrupted: {len(placed.runs)} of {counted(len(devices), 'device')} queued"
        if placed.runs:
            say_how_to_go_on(house, placed.runs, queued, here=here)
        else:
            house.terminal.say(queued)
        return Carried(runs=placed.runs, busy=placed.busy, interrupted=True)
    if detach and placed.runs and not here:
        say_if_nobody_works(house, ports)
    if detach or not placed.runs:
        return Carried(runs=placed.runs, busy=placed.busy)
    carried = watch_runs(house, settings, ports, placed.runs, seconds=seconds, here=here)
    return Carried(runs=carried.runs, busy=placed.busy, interrupted=carried.interrupted)


def say_if_nobody_works(house: House, ports: Ports) -> None:
    """Tell whoever does not wait for what was queued that no worker is there to take it up."""
    if not queues.workers(ports):
        house.terminal.say("no worker is running; start one: enrollmend worker start")


def watch_runs(
    house: House,
    settings: Settings,
    ports: Ports,
    runs: Sequence[Run],
    *,
    seconds: float,
    here: bool = False,
) -> Carried:
    """Watch runs until they rest; Ctrl-C ends the watching and nothing else."""
    progress = progress_for(house.terminal, len(runs))
    try:
        with progress:
            now = watch(
                runs,
                ports,
                progress,
                seconds=seconds,
                unheard=house.unheard,
                workers=(lambda: ["here"]) if here else (lambda: house.workers(settings)),
            )
    except KeyboardInterrupt:
        say_how_to_go_on(house, runs, "stopped watching", here=here)
        return Carried(runs=list(runs), interrupted=True)
    moving = [run for run in now if not is_still(run)]
    if moving:
        say_how_to_go_on(house, moving, f"not watched any longer than {shown(seconds)}", here=here)
    resting = [run for run in now if is_still(run) and run.state not in FINAL]
    if resting:
        say_how_to_go_on(house, resting, "nothing to see for now", here=here)
    return Carried(runs=now)


def say_how_to_go_on(house: House, runs: Sequence[Run], why: str, *, here: bool) -> None:
    """Tell that the runs go on, and how to see it."""
    first = runs[0]
    what = first.id if len(runs) == 1 else f"{first.id} and {len(runs) - 1} more"
    goes = "goes" if len(runs) == 1 else "go"
    if here:
        command = f"enrollmend fix {first.device} --here"
        house.terminal.say(f"{why}; {what} {goes} on when a worker takes it up, or with: {command}")
    else:
        command = f"enrollmend show {first.id} --follow"
        house.terminal.say(f"{why}; {what} {goes} on. Follow it: {command}")
