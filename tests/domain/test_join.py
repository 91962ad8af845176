"""The last attempt to join: its code, and how long it counts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from orchestrator.domain.plan import Decision
from tests.domain.facts_builder import (
    NOW,
    certificate,
    dsregcmd,
    event,
    evidence_of,
    iso,
    judge,
    reading,
    task,
    unjoined,
)


def joining(**keys: str) -> dict[str, Any]:
    return reading(dsregcmd={"text": unjoined(**keys)}, join_info=[])


@pytest.mark.parametrize(
    ("code", "cause", "decision"),
    [
        ("0x801c03f2", "join_sync_pending", Decision.RETRY),
        ("0x801c003a", "join_tenant_wrong", Decision.OWNER),
        ("0x801c001d", "join_scp_unreadable", Decision.OWNER),
        ("0x801c000e", "join_quota_reached", Decision.OWNER),
        ("0x801c0003", "join_not_allowed", Decision.OWNER),
        ("0x801c0021", "join_service_unavailable", Decision.RETRY),
        ("0x8007000d", "join_response_altered", Decision.OWNER),
        ("0x80090016", "device_key_unusable", Decision.OWNER),
        ("0x80290407", "join_tpm_failure", Decision.HOLD),
        ("0x80280036", "tpm_fips_mode", Decision.OWNER),
    ],
)
def test_a_join_that_failed_lately_says_why(code: str, cause: str, decision: Decision) -> None:
    tried = "2026-11-25 07:30:00.000 UTC"
    found, plan, _ = judge(joining(Previous_Registration=tried, Client_ErrorCode=code))
    assert [item.cause for item in found.findings] == [cause, "not_hybrid_joined"]
    assert found.primary is not None
    assert code.upper()[2:] in found.primary.evidence[0].upper()
    assert plan.decision is decision


def test_a_join_that_failed_long_ago_is_tried_again() -> None:
    tried = "2026-11-25 06:30:00.000 UTC"
    found, plan, _ = judge(joining(Previous_Registration=tried, Client_ErrorCode="0x801c003a"))
    assert [item.cause for item in found.findings] == ["not_hybrid_joined"]
    assert [stage.name for stage in plan.stages] == ["backup", "join"]


def test_a_join_that_was_started_lately_is_waited_for() -> None:
    ran = task(
        path="\\Microsoft\\Windows\\Workplace Join\\",
        name="Automatic-Device-Join",
        last_run=iso(NOW - timedelta(minutes=20)),
        last_result=0,
    )
    found, plan, _ = judge(joining() | {"tasks": [ran]})
    assert found.primary is not None
    assert found.primary.cause == "join_under_way"
    assert plan.decision is Decision.RETRY
    assert plan.wait_seconds == 1800


def test_a_tenant_that_is_not_found_is_no_missing_synchronisation() -> None:
    found, plan, _ = judge(
        joining(
            Previous_Registration="2026-11-25 07:30:00.000 UTC",
            Client_ErrorCode="0x801c03f2",
            Server_Message="AADSTS90002: Mandant nicht gefunden.",
        )
    )
    assert found.primary is not None
    assert found.primary.cause == "join_tenant_wrong"
    assert plan.decision is Decision.OWNER


def test_the_event_of_a_failed_join_speaks_when_dsregcmd_does_not() -> None:
    log = {"channel": "join", "newest_record": 9, "items": [event(304, 9, "0x801c001d")]}
    found, _, _ = judge(joining() | {"join_events": log})
    assert found.primary is not None
    assert found.primary.cause == "join_scp_unreadable"
    assert "event 304 of User Device Registration, record 9" in found.primary.evidence[0]


def joining_by(settings: dict[str, int]) -> dict[str, Any]:
    """A PC that is not joined, with settings about the join."""
    return reading(joining(), client_scp=settings)


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"auto_workplace_join": 0}, r"WorkplaceJoin autoWorkplaceJoin is 0"),
        ({"fallback_to_sync_join": 0}, r"CDJ FallbackToSyncJoin is 0"),
    ],
)
def test_a_setting_that_turns_the_join_off_is_told(settings: dict[str, int], told: str) -> None:
    said = evidence_of(joining_by(settings), "not_hybrid_joined")
    assert told in said
    on = dict.fromkeys(settings, 1)
    assert told not in evidence_of(joining_by(on), "not_hybrid_joined")
    assert told not in evidence_of(joining_by({}), "not_hybrid_joined")


@pytest.mark.parametrize(("value", "told"), [(1, ""), (0, "is 0"), (None, "is absent")])
def test_a_work_account_beside_the_join_is_told_with_the_policy_that_would_forbid_it(
    value: int | None, told: str
) -> None:
    text = dsregcmd(AzureAdPrt="YES", WorkplaceJoined="YES")
    scp = {} if value is None else {"block_aad_workplace_join": value}
    pc = reading(user_prt={"user": "FABRIKAM\\jdoe", "text": text}, client_scp=scp)
    said = evidence_of(pc, "workplace_joined")
    assert "WorkplaceJoined : YES" in said
    assert ("BlockAADWorkplaceJoin" in said) is bool(told)
    assert told in said


JOINED_AS = "3F0C"
"""Thumbprint of the join in the readings."""


@pytest.mark.parametrize(
    ("sections", "cause"),
    [
        ({"certificates": [certificate(thumbprint=JOINED_AS.lower())]}, ""),
        ({"certificates": [certificate(thumbprint="DEAD")]}, "facts_unread"),
        ({"certificates": None}, "facts_unread"),
        ({"join_info": []}, "not_hybrid_joined"),
        ({"join_info": None}, "facts_unread"),
    ],
    ids=["with its certificate", "left over", "certificates unread", "none", "unread"],
)
def test_where_dsregcmd_is_silent_a_record_of_a_join_counts_with_its_certificate(
    sections: dict[str, Any], cause: str
) -> None:
    found, _, _ = judge(reading(dsregcmd=None, **sections))
    told = {item.cause for item in found.findings} & {"facts_unread", "not_hybrid_joined"}
    assert told == ({cause} if cause else set())
