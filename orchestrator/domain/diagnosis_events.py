"""Events beside the enrollment log: they back up a cause that other evidence found, never make one.

- 1085 of the System log: Group Policy's extension that asks for enrollment ended with an error.
- 1081, 1084, 1088, 1097, 1098, 1104 of AAD/Operational: a sign-in to the directory failed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta

from orchestrator.domain.codes import hexed, inside
from orchestrator.domain.diagnosis_attempt import event_code
from orchestrator.domain.diagnosis_code import ALREADY, BY_STATE
from orchestrator.domain.facts import Facts
from orchestrator.domain.facts_parts import LogEvent
from orchestrator.domain.findings import Finding

FRESH = timedelta(days=1)
"""A failed sign-in says something of the join or the token of today."""
_HEALTHY = "already_enrolled_healthy"
_TASK_GONE = "auto_enroll_task_missing"
_SIGN_IN = frozenset(
    {
        "device_auth_error",
        "device_disabled_in_cloud",
        "device_key_unusable",
        "join_service_unavailable",
        "join_sync_pending",
        "join_under_way",
        "mfa_needed",
        "no_prt",
        "not_hybrid_joined",
        "prt_unknown",
        "user_sign_in_needed",
        "workplace_joined",
        "wrong_password",
    }
)
"""Causes about the join and the tokens."""


def backed_up(found: Iterable[Finding], facts: Facts) -> list[Finding]:
    """Add what the logs beside the enrollment log say to the findings it speaks for."""
    policy, sign_in = _policy(facts), _sign_in(facts)
    result = []
    for item in found:
        more = []
        if policy and item.cause in policy[0]:
            more.append(policy[1])
        if sign_in and item.cause in _SIGN_IN:
            more.append(sign_in)
        result.append(replace(item, evidence=(*item.evidence, *more)))
    return result


def _policy(facts: Facts) -> tuple[frozenset[str], str] | None:
    """Return the causes that the newest event 1085 speaks for, and its sentence.

    Microsoft: 0x8018000A there is expected on an enrolled PC and harmless.
    """
    newest = max(
        facts.policy_events.items if facts.policy_events else (), key=_record, default=None
    )
    code = event_code(newest) if newest else None
    if newest is None or code is None:
        return None
    told = f"event {newest.id} of the System log, {_place(newest)}: {hexed(code)}"
    if code == ALREADY:
        harmless = "Group Policy met an enrollment that was there, harmless when it lives"
        return frozenset({_HEALTHY, *BY_STATE}) - {"facts_unread"}, f"{told}; {harmless}"
    return frozenset({_TASK_GONE}), f"{told}, by the extension of Group Policy that makes the task"


def _sign_in(facts: Facts) -> str:
    """Return the newest failed sign-in that names a code, at most a day old; never its text."""
    for item in sorted(
        facts.aad_events.items if facts.aad_events else (), key=_record, reverse=True
    ):
        code, quoted = event_code(item), inside(" ".join(item.data))
        if (code is None and quoted is None) or not _fresh(item.time, facts.collected):
            continue
        named = [hexed(code)] if code is not None else []
        if quoted is not None and quoted.value != code:
            named.append(f"quotes {quoted.text}")
        return f"event {item.id} of AAD/Operational, {_place(item)}: {', '.join(named)}"
    return ""


def _fresh(time: datetime | None, now: datetime | None) -> bool:
    return time is not None and now is not None and now - time <= FRESH


def _record(item: LogEvent) -> int:
    return item.record or 0


def _place(item: LogEvent) -> str:
    return f"record {item.record}" + (f", {item.time:%Y-%m-%d %H:%M:%SZ}" if item.time else "")
