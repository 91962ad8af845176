"""Start, find and stop a lab: what stands behind `enrollmend lab`.

Loaded by those commands alone; a lab needs the extra ``[lab]``.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from orchestrator.adapters.system import SystemClock
from orchestrator.errors import EnrollmendError, InvalidInput, NotFound
from orchestrator.lab.service_control import ask
from orchestrator.lab.service_state import running_pid

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


def simulated(
    names: Sequence[str], *, devices: int, seed: int, pace: float, first: int = 1
) -> list[Device]:
    """Make the PCs of a lab: those named, or a mixture by seed.

    Args:
        names: PCs of the fleet, or ``STORY=NAME`` for one under a name of its own.
        devices: how many in a mixture.
        seed: chooses the mixture.
        pace: real seconds a simulated one takes.
        first: the number of the first PC of a mixture.

    Raises:
        InvalidInput: there is no PC of a name.
    """
    clock = SystemClock().now
    if not names:
        return fleet.mix(devices, seed, clock=clock, pace=pace, first=first)
    made = []
    for name in names:
        try:
            story, _, own = name.partition("=")
            made.append(fleet.build(story, clock=clock, pace=pace, computer_name=own or None))
        except KeyError as error:
            msg = f"the fleet has no PC {story!r}"
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


def explained(folder: Path, pc: str) -> str:
    """Say what is wrong with a PC: the running lab for its own ones, the fleet for those it names.

    Raises:
        NotFound: there is no such PC.
        InvalidInput: the running lab has no such PC, and neither has the fleet.
    """
    if running_pid(folder) is not None:
        try:
            return str(ask(folder, "explain", pc=pc))
        except InvalidInput:
            if pc.upper() not in {story.name for story in fleet.catalogue()}:
                raise
    try:
        return fleet.explain(pc)
    except KeyError as error:
        msg = f"the fleet has no PC {pc!r}"
        hint = "enrollmend lab fleet lists them; a PC of a mixture is known to its running lab"
        raise NotFound(msg, hint=hint) from error


def start_detached(words: Sequence[str], log: Path) -> str:
    """Start a lab in a process of its own, and return its first line once it listens.

    Args:
        words: the arguments of ``lab up``.
        log: where the process's talk goes.

    Raises:
        InvalidInput: it did not start; says why.
    """
    log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    told, telling = os.pipe()
    command = [sys.executable, "-m", "orchestrator.cli", "lab", "up", *words]
    try:
        # Not `subprocess`: that wants its children back, and this one outlives us on purpose.
        child = os.posix_spawn(
            sys.executable,
            command,
            os.environ,
            file_actions=[
                (os.POSIX_SPAWN_OPEN, 0, os.devnull, os.O_RDONLY, 0),
                (os.POSIX_SPAWN_DUP2, telling, 1),
                (os.POSIX_SPAWN_OPEN, 2, log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600),
            ],
            setsid=True,  # Ctrl-C ends the command, not the lab
        )
    finally:
        os.close(telling)
    with os.fdopen(told, encoding="utf-8") as stream:
        line = stream.readline().strip()
    if line:
        return line
    os.waitpid(child, 0)
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines() or ["it said nothing"]
    said = {word: text for word, _, text in (line.partition(":") for line in lines)}
    message = said.get("error", lines[-1]).strip()
    raise InvalidInput(message, where="lab", hint=said.get("hint", "").strip())
