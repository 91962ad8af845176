"""Read what is known about devices and runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.domain.device import DeviceName
from orchestrator.domain.run import Intent, RunState
from orchestrator.errors import InvalidInput, NotFound

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.domain.run import Run
    from orchestrator.usecases.ports import Entry, Ports


def find_run(text: str, ports: Ports) -> Run:
    """Return the run of that id, or the newest run of the device of that name.

    Raises:
        NotFound: neither exists.
    """
    try:
        return ports.runs.load(text)
    except NotFound:
        try:
            device = DeviceName.parse(text)
        except InvalidInput:
            raise NotFound(f"there is no run {text!r}") from None  # noqa: EM102, TRY003 - the name is all there is to say
    newest = ports.runs.latest(device)
    if not newest:
        msg = f"nothing is known about {device}"
        raise NotFound(msg, hint=f"enrollmend why {device} looks at it")
    return newest[0]


def timeline(device: DeviceName, ports: Ports) -> Sequence[Entry]:
    """Return everything that ever happened to a device, oldest first.

    Raises:
        NotFound: nothing did.
    """
    entries = ports.runs.history(device)
    if not entries:
        msg = f"nothing is known about {device}"
        raise NotFound(msg)
    return entries


def run_to_undo(device: DeviceName, ports: Ports, run_id: str = "") -> Run:
    """Return the run whose changes `undo` would take back: the named or the newest that changed.

    A repair whose end was not seen counts: what it changed is known to the device alone.

    Raises:
        NotFound: no run of the device changed anything.
    """
    if run_id:
        return ports.runs.load(run_id)
    for run in ports.runs.latest(device, limit=50):
        repaired = run.options.intent is Intent.FIX and not run.options.dry_run
        if repaired and (run.begun or any(outcome.changes for outcome in run.outcomes)):
            return run
    msg = f"no run has changed anything on {device}"
    raise NotFound(msg, hint=f"enrollmend timeline {device} shows what was done")


def unsettled(runs: Sequence[Run]) -> tuple[Run, ...]:
    """Return the runs that are not at their end."""
    final = {RunState.SETTLED, RunState.CANCELLED}
    return tuple(run for run in runs if run.state not in final)
