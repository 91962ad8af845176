"""The simulated PCs of the comparison, in a process of their own: all the same, all slow to answer.

    python benchmarks/remediation_lab.py FOLDER DEVICES SECONDS SEED HTTP_PORT

Writes how it is reached into the folder, as `enrollmend lab up` does, and runs until it is told
to stop. One PC more than asked for is there, ``PC-0000``, for trying things out.
"""

from __future__ import annotations

import sys
from pathlib import Path

from orchestrator.adapters.system import SystemClock
from orchestrator.lab import fleet
from orchestrator.lab.backend_powershell import PowerShellBackend
from orchestrator.lab.faults import Slow
from orchestrator.lab.service_run import serve

STORY = "PC-EXPIRED"
SPARE = "PC-0000"
PACE = 0.001


def main(folder: Path, count: int, late: float, seed: int, port: int) -> None:
    """Make the PCs and serve them."""
    pattern = fleet.build(STORY, clock=SystemClock().now, pace=PACE)
    names = [SPARE, *(f"PC-{number:04}" for number in range(1, count + 1))]
    devices = [pattern.copy(name) for name in names]
    for device in devices:
        device.faults.append(Slow(seconds=late))
    serve(
        devices,
        backend=PowerShellBackend(),
        folder=folder,
        ready=lambda _: print("ready", flush=True),
        seed=seed,
        pace=PACE,
        ports={"http": port},
    )


if __name__ == "__main__":
    main(
        Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]), int(sys.argv[4]), int(sys.argv[5])
    )
