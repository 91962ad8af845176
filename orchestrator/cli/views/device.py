"""One device: everything worth knowing about one run."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from rich.console import Group
from rich.table import Table
from rich.text import Text

from orchestrator.cli.safe import clean
from orchestrator.cli.words import GOOD, OWNERS, counted, next_step, result, style
from orchestrator.domain.history import stage_line
from orchestrator.domain.outcome import StageStatus
from orchestrator.domain.plan import Decision
from orchestrator.domain.run import FINAL, Intent, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import RenderableType

    from orchestrator.domain.findings import Diagnosis
    from orchestrator.domain.outcome import Outcome
    from orchestrator.domain.plan import Plan
    from orchestrator.domain.run import Run

_STAGE_STYLE = {
    StageStatus.CHANGED: "green",
    StageStatus.FAILED: "red",
    StageStatus.PARKED: "yellow",
    StageStatus.SKIPPED: "yellow",
}
_FEW = 8


def device_view(run: Run, *, last_error: str = "") -> RenderableType:
    """Return one run in full.

    Args:
        run: the run.
        last_error: the newest enrollment error of the device, with its name and meaning.
    """
    head = Text.assemble(
        (clean(run.device.text), "bold"), "   ", (result(run).upper(), f"bold {style(run)}")
    )
    primary = run.diagnosis.primary if run.diagnosis else None
    if primary is not None and run.verdict not in GOOD:
        head.append(f"   cause {primary.cause}")
    body = Table.grid(padding=(0, 2))
    body.add_column(no_wrap=True, style="dim", min_width=12)
    body.add_column(overflow="fold", ratio=1)
    for label, value in _rows(run, last_error):
        body.add_row(f"  {label}", value)
    return Group(head, body)


def _rows(run: Run, last_error: str) -> Iterable[tuple[str, Text]]:
    evidence = run.diagnosis.primary.evidence if run.diagnosis and run.diagnosis.primary else ()
    if run.reason and run.reason not in evidence:
        yield "reason", Text(clean(run.reason))
    if run.owner is not None and run.verdict in {Verdict.DIAGNOSED, Verdict.NEEDS_OWNER}:
        yield "owner", Text(OWNERS[run.owner])
    if run.diagnosis is not None and run.verdict not in GOOD:
        yield from _findings(run.diagnosis, last_error)
    if run.outcomes:
        yield from _listed("stages", [_stage(outcome) for outcome in run.outcomes])
        yield from _listed("lost for good", _lost(run.outcomes))
    elif run.plan is not None and run.plan.decision is Decision.REPAIR:
        yield from _listed(
            "would do" if run.verdict is Verdict.DIAGNOSED else "plan",
            _planned(run.plan, run.diagnosis),
        )
    if run.plan is not None:
        yield from _listed("note", [Text(clean(note)) for note in run.plan.notes])
    yield from _listed("proof", [Text(clean(line)) for line in run.proof])
    following = next_step(run)
    if following:
        yield "next", Text(clean(following))
    yield "run", Text(_facts(run), style="dim")
    command = _command(run)
    if command:
        yield "try", Text(command, style="bold")


def _findings(diagnosis: Diagnosis, last_error: str) -> Iterable[tuple[str, Text]]:
    if last_error:
        yield "last error", Text(clean(last_error))
    primary = diagnosis.primary
    if primary is not None:
        yield from _listed("evidence", [Text(clean(line)) for line in primary.evidence])
    others = [
        Text(f"{finding.cause}: {clean(finding.evidence[0]) if finding.evidence else 'seen'}")
        for finding in diagnosis.findings[1:]
    ]
    yield from _listed("also", others)
    yield from _listed("ruled out", [Text(clean(line)) for line in diagnosis.ruled_out])
    yield from _listed("not read", [Text(clean(line)) for line in diagnosis.unknown])


def _listed(label: str, lines: list[Text]) -> Iterable[tuple[str, Text]]:
    for number, line in enumerate(lines[:_FEW]):
        yield ("" if number else label), line
    if len(lines) > _FEW:
        yield "", Text(f"and {len(lines) - _FEW} more; -o json has them all", style="dim")


def _planned(plan: Plan, diagnosis: Diagnosis | None) -> list[Text]:
    """Return the stages in order; those in a row with one reason share a line.

    A reason that is the evidence of a cause is named by the cause: the evidence stands above.
    """
    shown = {
        line: finding.cause
        for finding in (diagnosis.findings if diagnosis else ())
        for line in finding.evidence[:1]
    }
    lines = []
    for reason, stages in groupby(plan.stages, key=lambda stage: stage.reason):
        names = ", ".join(stage.name for stage in stages)
        lines.append(Text(f"{names}: {clean(shown.get(reason, reason))}"))
    return lines


def _lost(outcomes: Iterable[Outcome]) -> list[Text]:
    """Return what an undo could not bring back."""
    return [
        Text(clean(change.object), style="yellow")
        for outcome in outcomes
        if outcome.stage == "restore"
        for change in outcome.changes
        if not change.restorable
    ]


def _stage(outcome: Outcome) -> Text:
    return Text(clean(stage_line(outcome)), style=_STAGE_STYLE.get(outcome.status, ""))


def _facts(run: Run) -> str:
    parts = [run.id, f"asked {run.created:%Y-%m-%d %H:%M:%SZ}", counted(run.attempt, "attempt")]
    if run.state in FINAL:
        parts.append(f"took {(run.updated - run.created).total_seconds():.0f} s")
    return " · ".join(parts)


def _command(run: Run) -> str:
    if run.verdict is Verdict.DIAGNOSED and run.plan and run.plan.decision is Decision.REPAIR:
        return f"enrollmend fix {run.device}"
    changed = any(o.changes for o in run.outcomes if o.status is not StageStatus.WOULD_CHANGE)
    changed = changed or run.begun > run.ended  # a repair whose end was not seen
    if run.verdict is Verdict.FAILED and changed and run.options.intent is Intent.FIX:
        return f"enrollmend undo {run.device} --run {run.id}"
    return ""
