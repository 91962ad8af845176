"""Every line of the shipped module runs in the tests of this folder.

One test runs a choice of the others, which together reach every line, and looks which were left.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.lab.powershell import Coverage
from orchestrator.module import functions
from tests.scripts.bench import MODULE_TEXT, Bench

if TYPE_CHECKING:
    from collections.abc import Callable

CHOICE: tuple[Callable[[], None], ...] = ()

# Runs as SYSTEM from a file of its own, so that its lines count as another program's.
ELSEWHERE = frozenset({"Test-EnrollmentEndpoint"})


def place(line: int) -> tuple[str, int]:
    """Return function and line in it for a line of the joined text."""
    first = 1
    for function in functions().values():
        length = function.text.count("\n") + 1
        if line < first + length:
            return function.name, line - first + 1
        first += length
    return "", line


def test_every_line_of_the_module_runs() -> None:
    Bench.watched_by = Coverage()
    try:
        for test in CHOICE:
            test()
        missing = [place(line) for line in Bench.watched_by.missing_lines(MODULE_TEXT)]
    finally:
        Bench.watched_by = None
    assert [found for found in missing if found[0] not in ELSEWHERE] == []
