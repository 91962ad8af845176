"""A lab as a process of its own: until somebody stops it.

``serve`` blocks; SIGTERM, SIGINT and the order ``down`` end it cleanly: listeners closed, files of
the folder removed.
"""

from __future__ import annotations

import asyncio
import gc
import signal
from typing import TYPE_CHECKING, Any

from orchestrator.lab.service import Lab
from orchestrator.lab.service_control import Control
from orchestrator.lab.service_state import claim, publish, withdraw
from orchestrator.lab.stack import with_room

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from orchestrator.lab.backend import Backend, Target


_YOUNG, _OLDER, _OLDEST = 50_000, 20, 50


def collect_rarely() -> None:
    """Let the garbage collector leave alone what is there now, and look at the rest less often.

    A lab holds thousands of PCs that live as long as it does, and scripts make objects fast; going
    through all of them again and again takes a tenth of its time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG, _OLDER, _OLDEST)


def serve(
    devices: Iterable[Target],
    *,
    backend: Backend,
    folder: Path,
    explain: Callable[[Target], object] | None = None,
    ready: Callable[[Lab], None] | None = None,
    **options: Any,  # noqa: ANN401 - handed through to `Lab`
) -> None:
    """Run a lab until it is told to stop.

    Args:
        devices: the PCs.
        backend: what runs scripts.
        folder: where the lab says how it is reached, see `service_state`.
        explain: tells what is wrong with a PC, for the order ``explain``.
        ready: is called once everything listens.
        options: as `Lab` takes them.

    Raises:
        InvalidInput: an address is in use, another lab uses the folder, too many PCs.
    """
    claim(folder)
    lab = Lab(devices, backend=backend, folder=folder, **options)
    collect_rarely()
    try:
        with_room(lambda: asyncio.run(_serve(lab, folder, explain, ready)))
    finally:
        withdraw(folder)


async def _serve(
    lab: Lab,
    folder: Path,
    explain: Callable[[Target], object] | None,
    ready: Callable[[Lab], None] | None,
) -> None:
    loop, over = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, over.set)
    control = Control(lab, folder, explain=explain, on_down=over.set)
    await lab.start()
    try:
        await control.start()
        publish(lab, folder)
        if ready is not None:
            ready(lab)
        await over.wait()
    finally:
        await control.stop()
        await lab.stop()
