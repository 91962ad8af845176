"""Results as data: JSON, JSON Lines and CSV; tables come from the views."""

from __future__ import annotations

import csv
import io
import json
import re
from typing import TYPE_CHECKING

from orchestrator.cli.safe import cell, clean
from orchestrator.cli.words import next_step, result
from orchestrator.domain.report import device_document
from orchestrator.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from rich.console import RenderableType

    from orchestrator.cli.options import Format
    from orchestrator.cli.terminal import Terminal
    from orchestrator.domain.run import Run

Document = dict[str, object]


def write(
    terminal: Terminal,
    output: Format,
    *,
    documents: Sequence[Mapping[str, object]],
    table: Callable[[], RenderableType],
    rows: Sequence[Mapping[str, str]] = (),
    single: bool = False,
) -> None:
    """Write a result to stdout in the form that was asked for.

    Args:
        terminal: where to.
        output: the form.
        documents: for JSON and JSON Lines.
        table: makes the view; called for ``table`` alone.
        rows: for CSV.
        single: JSON is the one document itself, not an array.
    """
    match output:
        case "table":
            terminal.show(table())
        case "json":
            whole = documents[0] if single else list(documents)
            terminal.data(f"{json.dumps(whole, indent=2)}\n")
        case "jsonl":
            terminal.data("".join(f"{json.dumps(document)}\n" for document in documents))
        case "csv":
            terminal.data(_csv(rows))


def write_runs(
    terminal: Terminal,
    runs: Sequence[Run],
    output: Format,
    *,
    detached: bool = False,
    single: bool = False,
) -> None:
    """Write devices: one in full, several as rows, with the counts as talk."""
    from orchestrator.cli.views.device import device_view  # noqa: PLC0415 - JSON does without rich
    from orchestrator.cli.views.devices import devices_table, tally  # noqa: PLC0415 - the same

    if output == "table" and detached:
        for run in runs:
            terminal.data(f"{run.id}\t{run.device}\n")
        return
    if not runs and output == "table":
        return

    def table() -> RenderableType:
        return device_view(runs[0]) if len(runs) == 1 else devices_table(runs)

    write(
        terminal,
        output,
        documents=[device_document(run) for run in runs],
        table=table,
        rows=[run_row(run) for run in runs],
        single=single,
    )
    if len(runs) > 1:
        terminal.say(tally(runs))


def run_row(run: Run) -> dict[str, str]:
    """Return a run as the columns of a CSV file."""
    primary = run.diagnosis.primary if run.diagnosis else None
    return {
        "device": run.device.text,
        "run": run.id,
        "result": result(run),
        "state": run.state.value,
        "verdict": run.verdict.value if run.verdict else "",
        "cause": primary.cause if primary else "",
        "owner": run.owner.value if run.owner else "",
        "reason": run.reason,
        "next": next_step(run),
        "attempts": str(run.attempt),
        "created": run.created.isoformat(),
        "updated": run.updated.isoformat(),
    }


def _csv(rows: Sequence[Mapping[str, str]]) -> str:
    if not rows:
        return ""
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows({name: cell(value) for name, value in row.items()} for row in rows)
    return text.getvalue()


def markdown(title: str, head: Sequence[str], rows: Iterable[Mapping[str, str]]) -> str:
    """Return rows as a table in Markdown, with a title; numbers stand on the right."""
    known = list(rows)
    marks = ["---:" if all(row[name].isdigit() for row in known) else "---" for name in head]
    lines = [f"# {_plain(title)}", "", _line(head), _line(marks)]
    lines += [_line([row[name] for name in head]) for row in known]
    return "".join(f"{line}\n" for line in lines)


def _line(cells: Iterable[str]) -> str:
    return f"| {' | '.join(map(_plain, cells))} |"


def _plain(text: str) -> str:
    """Return text that stays in its cell and is no markup."""
    return re.sub(r"([|\\`*_<>\[\]])", r"\\\1", clean(text))


def codes(text: str) -> frozenset[int]:
    """Read a list of exit codes.

    Raises:
        InvalidInput: it is none.
    """
    words = [word.strip() for word in text.split(",") if word.strip()]
    if not all(word.isdigit() and int(word) < 256 for word in words):  # noqa: PLR2004 - POSIX exit codes
        msg = f"{text!r} is not a list of exit codes"
        raise InvalidInput(msg, where="--exit-zero-on", hint="write 3 or 3,6")
    return frozenset(int(word) for word in words)
