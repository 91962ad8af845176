"""The two streams of a command: data on stdout, talk on stderr.

- Colour, spinners and live lines only on a terminal, and never with `NO_COLOR`.
- What is piped is never cut to the width of a screen that is not there.
"""

from __future__ import annotations

import os
import sys
from functools import cached_property
from typing import TYPE_CHECKING, TextIO

from orchestrator.cli.safe import clean

if TYPE_CHECKING:
    from rich.console import Console, RenderableType

_PIPED_WIDTH = 160


class Terminal:
    """Where a command writes and asks."""

    def __init__(
        self,
        *,
        out: TextIO | None = None,
        err: TextIO | None = None,
        stdin: TextIO | None = None,
        plain: bool = False,
        quiet: bool = False,
    ) -> None:
        """Take the streams, the process's own by default.

        Args:
            out: for data.
            err: for talk.
            stdin: where answers come from.
            plain: no colour and nothing live, terminal or not.
            quiet: no talk, only data and errors.
        """
        self._out = out or sys.stdout
        self._err = err or sys.stderr
        self.stdin = stdin or sys.stdin
        self.plain = plain
        self.quiet = quiet

    @cached_property
    def out(self) -> Console:
        """For data."""
        return self._console(self._out)

    @cached_property
    def err(self) -> Console:
        """For talk."""
        return self._console(self._err)

    def _console(self, stream: TextIO) -> Console:
        from rich.console import Console  # noqa: PLC0415 - `--help` and JSON do without it

        width = None if stream.isatty() or "COLUMNS" in os.environ else _PIPED_WIDTH
        return Console(
            file=stream,
            width=width,
            no_color=self.plain or None,
            force_terminal=False if self.plain else None,
            highlight=False,
            markup=False,
            emoji=False,
        )

    @property
    def live(self) -> bool:
        """Whether lines may be redrawn while things happen."""
        dumb = os.environ.get("TERM") in {"dumb", "unknown"}
        return self._err.isatty() and not self.plain and not self.quiet and not dumb

    @property
    def can_ask(self) -> bool:
        """Whether there is a person to answer."""
        return self.stdin.isatty() and self._err.isatty()

    def data(self, text: str) -> None:
        """Write data as it is."""
        self._out.write(text)
        self._out.flush()

    def show(self, renderable: RenderableType) -> None:
        """Write a view as data; without the blanks that fill a screen when there is none."""
        if self.out.is_terminal:
            self.out.print(renderable)
            return
        with self.out.capture() as captured:
            self.out.print(renderable)
        self.data("".join(f"{line.rstrip()}\n" for line in captured.get().splitlines()))

    def say(self, line: str) -> None:
        """Tell the person something on one line."""
        if not self.quiet:
            self._write(line)

    def complain(self, message: str, hint: str = "") -> None:
        """Tell what went wrong, and what can be done about it."""
        self._write(f"error: {message}")
        if hint:
            self._write(f"hint:  {hint}")

    def _write(self, line: str) -> None:
        self._err.write(f"{clean(line)}\n")
        self._err.flush()

    def ask(self, question: str) -> bool:
        """Ask for yes or no; anything but yes is no."""
        self._err.write(f"{clean(question)} [y/N] ")
        self._err.flush()
        return self.stdin.readline().strip().lower() in {"y", "yes"}

    def ask_for(self, question: str) -> str:
        """Ask for a line of text."""
        self._err.write(f"{clean(question)} ")
        self._err.flush()
        return self.stdin.readline().strip()
