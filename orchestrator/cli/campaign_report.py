"""A campaign as data: one document of where it stands, and rows by cause, site or owner."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from orchestrator.domain.campaign_tally import FAILURES, mark_of
from orchestrator.domain.causes import CAUSES
from orchestrator.domain.run import FINAL, Run, RunState, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from orchestrator.domain.campaign_view import Overview
    from orchestrator.usecases.ports import Entry

By = Literal["cause", "site", "owner"]
REPORT_HEAD = ("devices", "good", "blocked", "failed", "other", "open", "next")
TOTAL = "total"
_NONE = "-"
_NAMED = 5
_GOOD = frozenset({Verdict.ALREADY_ENROLLED, Verdict.ENROLLED, Verdict.RESTORED})
_COUNTS = REPORT_HEAD[:-1]
"""`good` is enrolled, `blocked` waits for its owner, `other` was called off or given up."""


def overview_document(view: Overview) -> dict[str, object]:
    """Return where a campaign stands as plain JSON values, schema ``enrollmend.campaign/v1``.

    Within v1 fields are only ever added.
    """
    campaign = view.campaign
    return {
        "schema": "enrollmend.campaign/v1",
        "campaign": campaign.id,
        "name": campaign.name,
        "status": campaign.status.value,
        "standing": view.standing,
        "holding": list(view.holding),
        "author": campaign.author,
        "approver": campaign.approver,
        "created": _time(campaign.created),
        "plan": campaign.plan,
        "targets": view.targets,
        "settled": view.settled,
        "released": view.released,
        "working": view.working,
        "failures": view.failures,
        "budget": view.budget,
        "wave": view.wave,
        "waves": view.waves,
        "until": _time(view.until),
        "eta": _time(view.eta),
        "states": {state.value: count for state, count in view.states.items()},
        "verdicts": {verdict.value: count for verdict, count in view.verdicts.items()},
        "failures_by_cause": dict(view.failures_by_cause),
        "causes": dict(view.causes),
        "owners": dict(view.owners),
    }


def decisions_rows(entries: Iterable[Entry]) -> list[dict[str, str | None]]:
    """Return what was decided about a campaign as plain JSON values, in the given order."""
    return [
        {"at": _time(each.at), "kind": each.kind, "status": each.state, "text": each.text}
        for each in entries
    ]


def report_rows(runs: Iterable[Run], by: By, campaign_id: str) -> list[dict[str, str]]:
    """Return counts by cause, site or owner, the largest group first, and their total.

    Args:
        runs: all of a campaign; each is counted in one row, and there in one column.
        by: what the rows are; those without one are ``-``, the last row.
        campaign_id: for what to do next.
    """
    groups: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(_COUNTS, 0))
    for run in runs:
        group = groups[_group(run, by)]
        group["devices"] += 1
        group[_column(run)] += 1
    ordered = sorted(
        groups.items(), key=lambda item: (item[0] == _NONE, -item[1]["devices"], item[0])
    )
    rows = [
        {by: name, **_texts(counts), "next": _next(name, counts, by, campaign_id)}
        for name, counts in ordered
    ]
    total = {name: sum(counts[name] for counts in groups.values()) for name in _COUNTS}
    return [*rows, {by: TOTAL, **_texts(total), "next": ""}]


@dataclass(slots=True)
class Clones:
    """Finds PCs of a campaign that Intune takes for one and the same.

    That is what becomes of PCs made from the image of an enrolled one (community).

    Attributes:
        first: Intune's id to the first PC seen with it.
        more: Intune's id to all of them, where there are several.
    """

    first: dict[str, str] = field(default_factory=dict)
    more: dict[str, list[str]] = field(default_factory=dict)

    def among(self, runs: Iterable[Run]) -> Iterator[Run]:
        """Yield the runs as they are, and look at each in passing."""
        for run in runs:
            dm_id = run.diagnosis.dm_id if run.diagnosis else ""
            name = run.device.text
            if dm_id and (first := self.first.setdefault(dm_id, name)) != name:
                self.more.setdefault(dm_id, [first]).append(name)
            yield run

    def lines(self) -> list[str]:
        """Return a sentence for each id that several PCs have, with up to five names."""
        return [
            f"{len(names)} PCs have one id of Intune (EntDMID {dm_id}): "
            f"{', '.join(names[:_NAMED])}{', ...' if len(names) > _NAMED else ''}. They were made "
            "from the image of an enrolled PC; retire that device in Intune, then fix each"
            for dm_id, names in sorted(self.more.items())
        ]


def _group(run: Run, by: By) -> str:
    if by == "site":
        return run.site or _NONE
    mark = mark_of(run)
    if by == "cause":
        return mark.cause or _NONE
    return mark.owner.value if mark.owner else _NONE


def _column(run: Run) -> str:
    if run.state not in FINAL:
        return "open"
    if run.state is RunState.SETTLED and run.verdict in _GOOD:
        return "good"
    if run.verdict is Verdict.NEEDS_OWNER:
        return "blocked"
    return "failed" if run.verdict in FAILURES else "other"


def _next(name: str, counts: dict[str, int], by: By, campaign_id: str) -> str:
    if by == "cause" and counts["blocked"] and name in CAUSES:
        return CAUSES[name].next_action
    if counts["failed"]:
        which = f",{by}:{name}" if by in {"cause", "owner"} and name != _NONE else ""
        return f"enrollmend campaign rerun {campaign_id} --state failed{which}"
    return ""


def _texts(counts: dict[str, int]) -> dict[str, str]:
    return {name: str(count) for name, count in counts.items()}


def _time(time: datetime | None) -> str | None:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ") if time else None
