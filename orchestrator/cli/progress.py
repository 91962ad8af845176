"""What a person sees while devices are worked on.

On a terminal the lines scroll above one that is redrawn with the counts; anywhere else there are
plain lines. What was found has lines of its own for a single device only; with many devices, only
what ends or goes wrong has.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from orchestrator.cli.safe import clean
from orchestrator.domain.run import FINAL, RunState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

    from rich.status import Status

    from orchestrator.cli.terminal import Terminal
    from orchestrator.cli.watching import Progress
    from orchestrator.domain.run import Run
    from orchestrator.usecases.ports import Entry

FEW = 12
"""Up to so many devices every stage and every change of state is shown."""


def progress_for(terminal: Terminal, count: int) -> Progress:
    """Return what suits the terminal and the number of devices."""
    return LiveLines(terminal, count) if terminal.live else PlainLines(terminal, count)


class PlainLines:
    """One line a change, on stderr."""

    def __init__(self, terminal: Terminal, count: int) -> None:
        """Take the terminal, and how many devices there will be."""
        self._terminal = terminal
        self._count = count

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Leave nothing behind."""

    def changed(self, run: Run, entries: Sequence[Entry]) -> None:
        """Write the lines of what is new."""
        for entry in entries:
            if _matters(run, entry, self._count):
                self._terminal.say(line(run, entry))


class LiveLines:
    """Lines above, counts below, on a terminal."""

    def __init__(self, terminal: Terminal, count: int) -> None:
        """Take the terminal, and how many devices there will be."""
        self._console = terminal.err
        self._count = count
        self._states: dict[str, RunState] = {}
        self._status: Status | None = None

    def __enter__(self) -> Self:
        self._status = self._console.status("queued")
        self._status.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Wipe the line of counts."""
        if self._status is not None:
            self._status.stop()

    def changed(self, run: Run, entries: Sequence[Entry]) -> None:
        """Write what is new, and the counts."""
        for entry in entries:
            if _matters(run, entry, self._count):
                self._console.print(line(run, entry), style=_STYLE.get(entry.kind, ""))
        self._states[run.id] = run.state
        if self._status is not None:
            self._status.update(self._counts())

    def _counts(self) -> str:
        ended = sum(state in FINAL for state in self._states.values())
        parts = [f"{ended}/{self._count} done"]
        for state in RunState:
            count = sum(one is state for one in self._states.values())
            if count and state not in FINAL:
                parts.append(f"{count} {state.value}")
        return " · ".join(parts)


_STYLE = {"note": "dim", "fault": "yellow", "stage": "cyan"}


def _matters(run: Run, entry: Entry, count: int) -> bool:
    if count <= FEW:
        return count == 1 or entry.kind != "note"
    return entry.kind == "fault" or (entry.kind == "state" and run.state in FINAL)


def line(run: Run, entry: Entry) -> str:
    """Return one line of a run's history."""
    return f"{entry.at:%H:%M:%S} {clean(run.device.text):<15} {clean(entry.text)}"
