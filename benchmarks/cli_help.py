"""How long the command line takes to answer: `--help`, beside an interpreter that does nothing.

Run: .venv/bin/python benchmarks/cli_help.py
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

RUNS = 15
CASES = {
    "python -c pass": ["-c", "pass"],
    "python -c 'import typer'": ["-c", "import typer"],
    "enrollmend --help": ["-m", "orchestrator.cli", "--help"],
    "enrollmend fix --help": ["-m", "orchestrator.cli", "fix", "--help"],
}


def measure(words: list[str]) -> list[float]:
    """Return the wall times of a command, in seconds, in order."""
    times = []
    for _ in range(RUNS):
        start = time.perf_counter()
        subprocess.run([sys.executable, *words], stdout=subprocess.DEVNULL, check=True)
        times.append(time.perf_counter() - start)
    return sorted(times)


for name, command in CASES.items():
    measured = measure(command)
    print(f"{name:26} median {statistics.median(measured):.3f} s  worst {measured[-1]:.3f} s")
