"""Which lines and branches of which scripts have run."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestrator.lab.powershell.compiler import Branch, Program


class Coverage:
    """Collects over any number of runspaces; give the same one to each."""

    def __init__(self) -> None:
        self._lines: dict[str, set[int]] = {}
        self._branches: dict[str, set[Branch]] = {}
        self._programs: dict[str, Program] = {}

    def line(self, program: Program, line: int) -> None:
        """Note that a statement ran."""
        self._programs.setdefault(program.text, program)
        self._lines.setdefault(program.text, set()).add(line)

    def branch(self, program: Program, branch: Branch) -> None:
        """Note that a block ran."""
        self._programs.setdefault(program.text, program)
        self._branches.setdefault(program.text, set()).add(branch)

    def lines(self, text: str) -> set[int]:
        """Return the lines of a script that ran."""
        return set(self._lines.get(text, ()))

    def missing_lines(self, text: str) -> list[int]:
        """Return the lines of a script where a statement starts and never ran."""
        from orchestrator.lab.powershell.compiler import compile_script  # noqa: PLC0415 - a cycle

        return sorted(compile_script(text).lines - self.lines(text))

    def missing_branches(self, text: str) -> list[Branch]:
        """Return the blocks of a script that never ran, as line and kind."""
        from orchestrator.lab.powershell.compiler import compile_script  # noqa: PLC0415 - a cycle

        return sorted(compile_script(text).branches - self._branches.get(text, set()))
