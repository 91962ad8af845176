"""Start, find and stop a lab: what stands behind `enrollmend lab`.

Loaded by those commands alone; a lab needs the extra ``[lab]``.
"""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Final

from orchestrator.adapters.system import SystemClock
from orchestrator.errors import EnrollmendError, InvalidInput

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from orchestrator.lab.device import Device
    from orchestrator.lab.service import Lab

try:
    from orchestrator.lab import fleet
    from orchestrator.lab.backend_powershell import PowerShellBackend
    from orchestrator.lab.service_run import serve
except ModuleNotFoundError as missing:
    if (missing.name or "").startswith("orchestrator"):
        raise
    _MISSING = f"the lab needs {missing.name}, which is not installed"
    raise EnrollmendError(_MISSING, hint="pip install 'enrollmend[lab]'") from missing


_LEFT_RUNNING: Final[list[subprocess.Popen[bytes]]] = []
"""The labs this process started: kept, for they are meant to outlive who started them."""


def simulated(names: Sequence[str], *, devices: int, seed: int, pace: float) -> list[Device]:
    """Make the PCs of a lab: those named, or a mixture by seed.

    Raises:
        InvalidInput: there is no PC of a name.
    """
    clock = SystemClock().now
    if not names:
        return fleet.mix(devices, seed, clock=clock, pace=pace)
    made = []
    for name in names:
        try:
            made.append(fleet.build(name, clock=clock, pace=pace))
        except KeyError as error:
            msg = f"the fleet has no PC {name!r}"
            raise InvalidInput(msg, where="--pc", hint="enrollmend lab fleet lists them") from error
    return made


def run_lab(
    devices: Sequence[Device],
    folder: Path,
    *,
    seed: int,
    pace: float,
    ports: Mapping[str, int],
    ready: Callable[[Lab], None],
) -> None:
    """Run a lab in this process until it is told to stop.

    Raises:
        InvalidInput: an address is in use, or another lab runs already.
    """
    serve(
        devices,
        backend=PowerShellBackend(),
        folder=folder,
        explain=lambda device: fleet.explain(getattr(device, "story", "")),
        ready=ready,
        seed=seed,
        pace=pace,
        ports=ports,
    )


def start_detached(words: Sequence[str], log: Path) -> str:
    """Start a lab in a process of its own, and return its first line once it listens.

    Args:
        words: the arguments of ``lab up``.
        log: where the process's talk goes.

    Raises:
        InvalidInput: it did not start; says why.
    """
    log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with log.open("wb") as talk:
        process = subprocess.Popen(
            [sys.executable, "-m", "orchestrator.cli", "lab", "up", *words],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=talk,
            start_new_session=True,
            env=os.environ,
        )
    if process.stdout is None:
        raise AssertionError
    with process.stdout as told:
        line = told.readline().decode().strip()
    if line:
        _LEFT_RUNNING.append(process)
        return line
    process.wait()
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines() or ["it said nothing"]
    said = {word: text for word, _, text in (line.partition(":") for line in lines)}
    message = said.get("error", lines[-1]).strip()
    raise InvalidInput(message, where="lab", hint=said.get("hint", "").strip())
