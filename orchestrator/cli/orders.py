"""Ask for devices: queue them, or join what already goes on.

- `fix` never hides behind a run that only reads, nor `undo` behind one that repairs: what would
  not do what was asked for is waited out when it is short, and named when it is not.
- Who only wants to know sets no repair going: one that is being carried out is watched, one that
  rests is named.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from orchestrator.domain.run import FINAL, Intent, at_work
from orchestrator.errors import DeviceBusy
from orchestrator.usecases.follow import follow
from orchestrator.usecases.submit import submit

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orchestrator.domain.device import DeviceName
    from orchestrator.domain.run import Run, RunOptions
    from orchestrator.usecases.ports import Ports

_REBOOTS = ("never", "if_needed", "allow")
_SHORT = 180.0
"""Seconds a run that only reads is waited for."""


@dataclass(slots=True, kw_only=True)
class Placed:
    """What became of the devices that were asked for.

    Attributes:
        runs: those that stand for them now, in order.
        joined: ids of runs that were there before.
        busy: devices another kind of run holds.
        interrupted: the person pressed Ctrl-C before all were queued.
    """

    runs: list[Run] = field(default_factory=list)
    joined: set[str] = field(default_factory=set)
    busy: list[DeviceBusy] = field(default_factory=list)
    interrupted: bool = False


def place(devices: Iterable[DeviceName], options: RunOptions, ports: Ports) -> Placed:
    """Queue a run for each device; Ctrl-C ends that, and what is queued stays queued.

    Raises:
        StoreError: the store takes no more; what was queued before stays queued.
    """
    placed = Placed()
    try:
        for device in devices:
            try:
                run, fresh = _place(device, options, ports)
            except DeviceBusy as busy:
                placed.busy.append(busy)
                continue
            placed.runs.append(run)
            if not fresh:
                placed.joined.add(run.id)
    except KeyboardInterrupt:
        placed.interrupted = True
    return placed


def _place(device: DeviceName, options: RunOptions, ports: Ports) -> tuple[Run, bool]:
    created = submit(device, options, ports)
    if not created.fresh and not _serves(created.run, options):
        if not created.run.options.only_reads:
            raise _busy(created.run)
        _wait_out(created.run, ports)
        created = submit(device, options, ports)
        if not created.fresh and not _serves(created.run, options):
            raise _busy(created.run)
    return created.run, created.fresh


def _serves(run: Run, wanted: RunOptions) -> bool:
    """Whether a run that is there gives what is wanted.

    A repair that rests does not serve somebody who wants to know: nobody may set it going who was
    told that nothing is changed.
    """
    there = run.options
    if wanted.only_reads:
        return there.only_reads or (there.intent is not Intent.UNDO and at_work(run))
    return there.intent is wanted.intent and not there.dry_run


def refused(there: RunOptions, wanted: RunOptions) -> tuple[str, ...]:
    """Return the permissions that were asked for and that a joined run does not have, as typed."""
    if wanted.only_reads or wanted.intent is not Intent.FIX:
        return ()
    lacks = []
    if wanted.allow_configmgr_removal and not there.allow_configmgr_removal:
        lacks.append("--allow-configmgr-removal")
    if _REBOOTS.index(wanted.reboot) > _REBOOTS.index(there.reboot):
        lacks.append(f"--reboot {wanted.reboot.replace('_', '-')}")
    return tuple(lacks)


def _wait_out(run: Run, ports: Ports) -> None:
    for now, _ in follow([run.id], ports, seconds=_SHORT):
        if now.state in FINAL:
            return


def _busy(run: Run) -> DeviceBusy:
    msg = f"{run.device} is held by {run.id} ({run.options.intent.value}, {run.state.value})"
    return DeviceBusy(
        msg, hint=f"watch it: enrollmend show {run.id} --follow; or: enrollmend cancel {run.id}"
    )
