"""Writes what was measured into `docs/benchmarks.md`, each benchmark its own section.

A section begins with ``## Title`` and ends where the next begins. Who measures again replaces its
own section and leaves the others; a new one goes to the end.
"""

from __future__ import annotations

import os
import platform
import re
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

PAGE = Path(__file__).resolve().parent.parent / "docs" / "benchmarks.md"
_HEAD = """# Benchmarks

Written by the programs in `benchmarks/`; `make bench` measures everything anew. The PCs are
simulated on the same machine, which they share with what is measured: ratios within one table can
be trusted, seconds are those of this machine.
"""


def machine() -> str:
    """Describe where it was measured: processor, cores, system, Python, and how busy it was."""
    model = platform.processor() or platform.machine()
    for line in _lines(Path("/proc/cpuinfo")):
        if line.startswith("model name"):
            model = line.partition(":")[2].strip()
            break
    today = datetime.now(UTC).date()  # noqa: TID251 - a program, not the domain
    return (
        f"{os.cpu_count()} cores of {model}, {platform.system()}, "
        f"Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}, {today}"
    )


def typed() -> str:
    """Return how this program was called."""
    words = [word for word in sys.argv[1:] if word != "--write"]
    return " ".join([f"python benchmarks/{Path(sys.argv[0]).name}", *words, "--write"])


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return a table; the first column is words, the others are numbers."""
    lines = [head, ["---", *("---:" for _ in head[1:])], *rows]
    return "".join("| " + " | ".join(map(str, line)) + " |\n" for line in lines)


def write(title: str, command: str, body: str) -> None:
    """Replace a section of the page.

    Args:
        title: of the section.
        command: what made it, to be typed in the root of the repository.
        body: Markdown.
    """
    text = PAGE.read_text(encoding="utf-8") if PAGE.exists() else _HEAD
    section = f"## {title}\n\n`{command}`\n{machine()}\n\n{body.strip()}\n"
    section = section.replace("`\n", "`  \n", 1)
    old = re.compile(rf"^## {re.escape(title)}\n.*?(?=^## |\Z)", re.MULTILINE | re.DOTALL)
    if old.search(text):
        text = old.sub(lambda _: section + "\n", text)
    else:
        text = f"{text.rstrip()}\n\n{section}"
    PAGE.write_text(text.rstrip() + "\n", encoding="utf-8")


def _lines(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []
