"""What is counted of a campaign, and under what a run is counted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from orchestrator.domain.campaign import Counts
from orchestrator.domain.causes import CAUSES
from orchestrator.domain.findings import Disposition, Owner
from orchestrator.domain.run import Run, RunState, Verdict

FAILURES = frozenset({Verdict.FAILED, Verdict.IDENTITY_MISMATCH})
"""The verdicts that spend a campaign's budget; away never does."""

_PASSES = frozenset({Disposition.RETRY, Disposition.REBOOT, Disposition.HOLD})
_IN_ORDER = frozenset(
    {Verdict.ALREADY_ENROLLED, Verdict.ENROLLED, Verdict.RESTORED, Verdict.CANCELLED}
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """Under what a run is counted beside its state.

    Attributes:
        cause: what decides, from the catalogue; for a run that failed by a fault, its kind.
        owner: who has to act next.
    """

    cause: str = ""
    owner: Owner | None = None


def mark_of(run: Run) -> Mark:
    """Return under what a run is counted; nothing for one that nobody has looked at."""
    if run.diagnosis is None and not run.tries and run.owner is None:
        return Mark()
    primary = run.diagnosis.primary if run.diagnosis else None
    cause = primary.cause if primary else ""
    if run.verdict is Verdict.FAILED and run.tries:
        cause = run.tries[-1][0]
    if run.verdict is Verdict.IDENTITY_MISMATCH:
        cause = run.verdict.value
    return Mark(cause=cause, owner=run.owner)


def is_parked(state: RunState, mark: Mark) -> bool:
    """Tell whether such a run waits for something nobody can hurry: the service, a restart."""
    known = CAUSES.get(mark.cause)
    return state is RunState.WAITING and known is not None and known.disposition in _PASSES


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Everything that is counted of a campaign, at one moment.

    Attributes:
        counts: runs by state and verdict.
        unreleased: runs that wait for their wave.
        owed: of them, those that may be let go.
        working: devices that are held for one of its runs.
        last_settled: when a run settled last.
        marks: runs that have a mark, by state, verdict and mark.
    """

    counts: Counts
    unreleased: int = 0
    owed: int = 0
    working: int = 0
    last_settled: datetime | None = None
    marks: Mapping[tuple[RunState, Verdict | None, Mark], int] = field(default_factory=dict)

    @property
    def failures(self) -> int:
        """How many runs have spent the budget."""
        return sum(self.counts.verdicts[verdict] for verdict in FAILURES)

    @property
    def failures_by_cause(self) -> Mapping[str, int]:
        """The same by cause, the most frequent first."""
        return self._by((m.cause, n) for _, verdict, m, n in self._rows() if verdict in FAILURES)

    @property
    def causes(self) -> Mapping[str, int]:
        """Runs that are not in order, by cause, the most frequent first."""
        return self._by((m.cause, n) for _, v, m, n in self._rows() if v not in _IN_ORDER)

    @property
    def owners(self) -> Mapping[str, int]:
        """The same by who has to act next."""
        rows = (row for row in self._rows() if row[1] not in _IN_ORDER)
        return self._by((m.owner.value, n) for _, _, m, n in rows if m.owner)

    @property
    def parked(self) -> int:
        """How many runs wait for something nobody can hurry: the service, a restart."""
        return sum(count for state, _, mark, count in self._rows() if is_parked(state, mark))

    @property
    def blocked(self) -> Mapping[tuple[str, Owner], int]:
        """Runs that settled because another owner must act, by cause and owner."""
        counted: Counter[tuple[str, Owner]] = Counter()
        for _, verdict, mark, count in self._rows():
            if verdict is Verdict.NEEDS_OWNER and mark.owner is not None:
                counted[mark.cause, mark.owner] += count
        return counted

    def _rows(self) -> Iterable[tuple[RunState, Verdict | None, Mark, int]]:
        return ((state, v, mark, count) for (state, v, mark), count in self.marks.items())

    @staticmethod
    def _by(pairs: Iterable[tuple[str, int]]) -> Mapping[str, int]:
        counted: Counter[str] = Counter()
        for name, count in pairs:
            if name:
                counted[name] += count
        return dict(counted.most_common())
