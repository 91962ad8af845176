"""One human line for everything that happens to a run."""

from __future__ import annotations

from orchestrator.domain.breaking import UNCHECKED
from orchestrator.domain.events import (
    AttemptBegan,
    AttemptBroken,
    Event,
    FactsRead,
    StageEnded,
)
from orchestrator.domain.outcome import Outcome, StageStatus
from orchestrator.domain.restart import STAGE as RESTART
from orchestrator.domain.run import Run, RunState, Verdict

_STATUS = {
    StageStatus.CHANGED: "changed",
    StageStatus.UNCHANGED: "nothing to do",
    StageStatus.WOULD_CHANGE: "would change",
    StageStatus.PARKED: "goes on by itself",
    StageStatus.SKIPPED: "skipped",
    StageStatus.FAILED: "failed",
}


def describe(before: Run, event: Event, after: Run) -> list[tuple[str, str]]:
    """Return the history lines of an event: pairs of kind and sentence.

    Kinds: ``state`` (where the run is now), ``stage`` (what a stage did), ``note`` (what was found)
    and ``fault`` (what went wrong).
    """
    lines: list[tuple[str, str]] = []
    match event:
        case AttemptBegan() if after.attempt > before.attempt:
            lines.append(("state", f"attempt {after.attempt}: connecting"))
        case AttemptBegan() if after.state is RunState.WAITING:
            lines.append(("fault", f"{_moved(after)}, and not for the first time"))
        case FactsRead():
            lines += [("note", line) for line in _findings(after)]
        case StageEnded(outcome=outcome):
            lines.append(("stage", stage_line(outcome)))
        case AttemptBroken(text=text):
            lines.append(("fault", text))
        case _:
            pass
    if UNCHECKED in after.reason and UNCHECKED not in before.reason:
        lines.append(("note", after.reason[after.reason.index(UNCHECKED) :]))
    if after.state is not before.state or after.verdict is not before.verdict:
        moved = _moved(after)
        if moved:
            lines.append(("state", moved))
    return lines or [("state", after.state.value)]


def stage_line(outcome: Outcome) -> str:
    """Return what a stage did in one line: ``tasks: changed (13 unregister)``."""
    text = f"{outcome.stage}: {_STATUS[outcome.status]}"
    counts: dict[str, int] = {}
    for change in outcome.changes:
        counts[change.action] = counts.get(change.action, 0) + 1
    details = [f"{count} {action}" for action, count in counts.items()]
    if outcome.reboot and outcome.stage != RESTART:
        details.append("asks for a restart")
    if outcome.result is not None:
        details.append(f"result 0x{outcome.result:08X}")
    if details:
        text += f" ({', '.join(details)})"
    return f"{text}: {outcome.reason}" if outcome.reason else text


def _findings(run: Run) -> list[str]:
    if run.marker is not None or run.diagnosis is None:
        return [f"evidence: {line}" for line in run.proof]
    return [
        f"{finding.cause}: {finding.evidence[0] if finding.evidence else 'seen'}"
        for finding in run.diagnosis.findings[:5]
    ]


def _moved(run: Run) -> str:
    match run.state:
        case RunState.SETTLED if run.verdict is Verdict.DIAGNOSED and run.diagnosis is not None:
            primary = run.diagnosis.primary
            return f"diagnosed: {primary.cause if primary else run.reason}"
        case RunState.SETTLED if run.verdict is not None:
            return f"{run.verdict.value.replace('_', ' ')}: {run.reason}"
        case RunState.REPAIRING if run.plan is not None:
            stages = ", ".join(stage.name for stage in run.plan.stages)
            return f"repairing: {stages}"
        case RunState.VERIFYING:
            return "verifying: looking for evidence of enrollment"
        case RunState.WAITING | RunState.AWAY | RunState.HELD:
            until = f" until {run.due:%Y-%m-%d %H:%M:%SZ}" if run.due else ""
            return f"{run.state.value}{until}: {run.reason}"
        case RunState.CANCELLED:
            return "called off"
        case _:
            return ""
