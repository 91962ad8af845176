"""How long the command line takes to answer: `--help`, beside an interpreter that does nothing.

python benchmarks/cli_help.py [--write]
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

import pages

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


rows = []
bare = 0.0
for name, command in CASES.items():
    measured = measure(command)
    middle = statistics.median(measured)
    bare = bare or middle
    rows.append((f"`{name}`", f"{middle:.3f} s", f"{measured[-1]:.3f} s", f"{middle / bare:.1f}"))
table = pages.table(("", "median", "worst", "x bare interpreter"), rows)
print(table)
if "--write" in sys.argv:
    pages.write("Time to answer", pages.typed(), f"{RUNS} starts of each.\n\n{table}")
