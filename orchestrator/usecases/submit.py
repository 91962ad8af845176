"""Accept a device: saved first, rung second."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.domain.run import Run, RunOptions
from orchestrator.errors import QueueError
from orchestrator.usecases.ports import Created, Entry, Ports

if TYPE_CHECKING:
    from orchestrator.domain.device import DeviceName


def submit(device: DeviceName, options: RunOptions, ports: Ports) -> Created:
    """Keep a run for the device and wake a worker.

    A lost ring is harmless: the run is due, and the dispatcher of any worker rings again.

    Args:
        device: whom it is about.
        options: what was asked for and allowed.
        ports: the world.

    Returns:
        The new run, or the one the device already has; a repair that is there is not hurried by
        who only wants to know.

    Raises:
        StoreError: nothing was accepted.
    """
    now = ports.clock.now()
    run = Run(
        id=ports.ids.run_id(), device=device, options=options, created=now, updated=now, due=now
    )
    created = ports.runs.create(run)
    if options.only_reads and not created.run.options.only_reads:
        return created  # who only wants to know sets no repair going
    if not created.fresh:
        # Whoever asks by name does not wait until the run would be looked at again by itself.
        ports.agenda.hasten([created.run.id], now)
    try:
        ports.bell.ring(created.run.id, urgent=not created.run.campaign)
    except QueueError as error:
        note(created.run, f"not rung yet: {error}", ports)
    else:
        if created.fresh:
            ports.agenda.rung(created.run.id, now)
    return created


def note(run: Run, text: str, ports: Ports) -> None:
    """Add a line to a run's history without changing the run."""
    entry = Entry(
        run_id=run.id,
        device=run.device.key,
        campaign=run.campaign,
        at=ports.clock.now(),
        kind="note",
        state=run.state.value,
        text=text,
    )
    ports.runs.remark(entry)
