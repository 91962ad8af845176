"""The remediation by pypsrp as it comes, in a pool of threads: one session a PC, scripts as text.

    python benchmarks/remediation_bare.py FOLDER WIDTH five|three [PC ...]

The folder holds `steps.json`, which `remediation.py` writes. Nothing is judged, kept or shown:
each PC gets the same calls with the same values, and the last is repeated until the event that
says *enrolled* is there. The definitions of the functions are sent once a session.
"""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from pypsrp.powershell import PowerShell, RunspacePool
from pypsrp.wsman import WSMan

PROVEN = '"id":75,'
LOOKS = 50


def remediate(told: dict[str, Any], steps: list[dict[str, str]], name: str) -> None:
    """Work on one PC.

    Raises:
        RuntimeError: a step failed, or the PC is not enrolled in the end.
    """
    wsman = WSMan(
        told["addresses"][name],
        port=told["port"],
        ssl=False,
        auth="ntlm",
        username=told["username"],
        password=told["password"],
    )
    with wsman, RunspacePool(wsman) as pool:
        for step in steps:
            text = _call(pool, step["definitions"] + step["call"])
        looks = 1
        while PROVEN not in text and looks < LOOKS:
            text = _call(pool, steps[-1]["call"])
            looks += 1
    if PROVEN not in text:
        message = f"{name} is not enrolled after {looks} looks"
        raise RuntimeError(message)


def _call(pool: RunspacePool, script: str) -> str:
    shell = PowerShell(pool)
    shell.add_script(script)
    answers = shell.invoke()
    if shell.had_errors or shell.streams.error:
        message = f"a step failed: {shell.streams.error}"
        raise RuntimeError(message)
    return "\n".join(map(str, answers))


def main(folder: Path, width: int, kind: str, names: list[str]) -> None:
    """Work on all PCs."""
    told = json.loads((folder / "steps.json").read_text(encoding="utf-8"))
    chosen = names or told["names"]
    with ThreadPoolExecutor(width) as pool:
        list(pool.map(lambda name: remediate(told, told[kind], name), chosen))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4:])
