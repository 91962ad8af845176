"""What is told about runs: a sentence a device, a document a device, and the counts of many.

Every run is counted in exactly one state, so the counts of a summary always add up to its total.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from orchestrator.domain.causes import CAUSES
from orchestrator.domain.codes import hexed
from orchestrator.domain.findings import Finding, Owner
from orchestrator.domain.outcome import Outcome, StageStatus
from orchestrator.domain.run import Run, RunState, Verdict

SCHEMA = "enrollmend.device/v1"
_SAID = {
    Verdict.ALREADY_ENROLLED: "enrolled already, nothing was changed",
    Verdict.ENROLLED: "enrolled, proven by evidence on the device",
    Verdict.RELAPSED: "was enrolled, and is not any more",
    Verdict.DIAGNOSED: "not enrolled",
    Verdict.RESTORED: "restored from the backup",
    Verdict.NEEDS_OWNER: "not enrolled",
    Verdict.DRIFTED: "is not as it was when its plan was approved",
    Verdict.FAILED: "failed",
    Verdict.AWAY_EXPIRED: "was away until the deadline",
    Verdict.CANCELLED: "called off",
    Verdict.IDENTITY_MISMATCH: "another PC answered; nothing was changed",
}
_WHY = frozenset({Verdict.DIAGNOSED, Verdict.NEEDS_OWNER, Verdict.RELAPSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """Many runs, counted.

    Attributes:
        total: how many runs.
        states: runs by the word of `state_of`; adds up to `total`.
        verdicts: settled runs by verdict.
        owners: runs that are not enrolled, by who has to act next.
        causes: the same by deciding cause, the most frequent first.
        lines: a sentence a device, in the order given.
    """

    total: int
    states: Mapping[str, int]
    verdicts: Mapping[Verdict, int]
    owners: Mapping[Owner, int]
    causes: Mapping[str, int]
    lines: tuple[str, ...]


def summarise(runs: Iterable[Run]) -> Summary:
    """Return the counts and sentences of some runs."""
    known = list(runs)
    open_ = [run for run in known if not _in_order(run)]
    causes = Counter(primary.cause for run in open_ if (primary := deciding(run)))
    return Summary(
        total=len(known),
        states=dict(Counter(state_of(run) for run in known)),
        verdicts=dict(Counter(run.verdict for run in known if run.verdict is not None)),
        owners=dict(Counter(run.owner for run in open_ if run.owner is not None)),
        causes=dict(causes.most_common()),
        lines=tuple(device_line(run) for run in known),
    )


def state_of(run: Run) -> str:
    """Return the one word a run is counted under: its state, or how it ended.

    A run that waits for an owner is named after them: ``needs-user``, ``needs-directory``.
    """
    if run.state is not RunState.SETTLED or run.verdict is None:
        return run.state.value
    if run.verdict is Verdict.NEEDS_OWNER and run.owner is not None:
        return f"needs-{run.owner.value}"
    return run.verdict.value.replace("_", "-")


def deciding(run: Run) -> Finding | None:
    """Return the finding that decides about a run, if it was diagnosed."""
    return run.diagnosis.primary if run.diagnosis else None


def device_line(run: Run) -> str:
    """Return one sentence: what is with the device, why, and what happens next."""
    name = str(run.device)
    if run.state is RunState.SETTLED and run.verdict is not None:
        told = _SAID[run.verdict]
        primary = deciding(run)
        if run.verdict in _WHY and primary is not None:
            told = f"{told}: {CAUSES[primary.cause].title}"
        elif run.verdict in {Verdict.FAILED, Verdict.DRIFTED} and run.reason:
            told = f"{told}: {run.reason}"
    else:
        told = f"{run.state.value}: {run.reason}" if run.reason else run.state.value
    nothing = run.verdict in {Verdict.ALREADY_ENROLLED, Verdict.ENROLLED}
    next_action = "" if nothing else run.next_action
    return f"{name}: {told}. Next: {next_action}" if next_action else f"{name}: {told}"


def device_document(run: Run) -> dict[str, object]:
    """Return a run as plain JSON values, schema ``enrollmend.device/v1``.

    Within v1 fields are only ever added.
    """
    diagnosis = run.diagnosis
    return {
        "schema": SCHEMA,
        "device": {"name": str(run.device), "key": run.device.key, "site": run.site},
        "run": run.id,
        "campaign": run.campaign,
        "state": state_of(run),
        "verdict": run.verdict.value if run.verdict else None,
        "reason": run.reason,
        "owner": run.owner.value if run.owner else None,
        "cause": _cause(run),
        "findings": [_finding(item) for item in diagnosis.findings] if diagnosis else [],
        "ruled_out": list(diagnosis.ruled_out) if diagnosis else [],
        "unknown": list(diagnosis.unknown) if diagnosis else [],
        "last_error": (
            hexed(diagnosis.last_error)
            if diagnosis is not None and diagnosis.last_error is not None
            else None
        ),
        "steps": _steps(run),
        "evidence": list(run.proof),
        "attempt": run.attempt,
        "created": _time(run.created),
        "updated": _time(run.updated),
        "due": _time(run.due),
        "next": run.next_action,
    }


def _in_order(run: Run) -> bool:
    good = {Verdict.ALREADY_ENROLLED, Verdict.ENROLLED, Verdict.RESTORED, Verdict.CANCELLED}
    return run.verdict in good


def _cause(run: Run) -> dict[str, object] | None:
    primary = deciding(run)
    if primary is None:
        return None
    entry = CAUSES[primary.cause]
    return {
        "code": primary.cause,
        "title": entry.title,
        "owner": entry.owner.value,
        "evidence": list(primary.evidence),
    }


def _finding(item: Finding) -> dict[str, object]:
    return {
        "code": item.cause,
        "owner": CAUSES[item.cause].owner.value,
        "evidence": list(item.evidence),
        "subjects": list(item.subjects),
    }


def _steps(run: Run) -> list[dict[str, object]]:
    """Return what was done, then what is planned and was not done."""
    done = [_step(outcome) for outcome in run.outcomes]
    names = {outcome.stage for outcome in run.outcomes}
    planned: list[dict[str, object]] = [
        {
            "name": stage.name,
            "state": "planned",
            "changed": 0,
            "ms": 0,
            "detail": stage.reason,
            "objects": [],
        }
        for stage in (run.plan.stages if run.plan else ())
        if stage.name not in names
    ]
    return [*done, *planned]


def _step(outcome: Outcome) -> dict[str, object]:
    return {
        "name": outcome.stage,
        "state": outcome.status.value,
        "changed": len(outcome.changes) if outcome.status is StageStatus.CHANGED else 0,
        "ms": outcome.elapsed_ms,
        "detail": outcome.reason,
        "objects": [change.object for change in outcome.changes],
    }


def _time(time: datetime | None) -> str | None:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ") if time else None
