"""Events beside the enrollment log back up causes and never make one."""

from __future__ import annotations

from typing import Any

import pytest

from tests.domain.facts_builder import (
    enrollment,
    event,
    evidence_of,
    healthy,
    judge,
    reading,
    unjoined,
    with_enrollments,
)

EXTENSION = "{7909AD9E-09EE-4247-BAB9-7029D5F0A278}"
ALREADY = "2149056522"


def refused(code: str, record: int = 8000) -> dict[str, Any]:
    """Event 1085 with the parameters that Windows gives it."""
    words = ("1", "4404", "0", "1250", code, "text", "dc.corp", "MDM Policy", EXTENSION)
    return event(1085, record, *words)


def side(base: dict[str, Any] | None = None, /, **logs: list[dict[str, Any]]) -> dict[str, Any]:
    """A PC with events in the logs beside the enrollment log."""
    return reading(base, **{name: {"newest_record": 1, "items": log} for name, log in logs.items()})


def causes(payload: dict[str, Any]) -> list[str]:
    found, _, _ = judge(payload)
    return [finding.cause for finding in found.findings]


def test_already_enrolled_in_the_system_log_is_harmless_on_an_enrolled_pc() -> None:
    pc = side(healthy(), policy_events=[refused(ALREADY)])
    found, plan, _ = judge(pc)
    assert found.enrolled
    assert causes(pc) == causes(healthy())
    assert plan.stages == ()
    told = evidence_of(pc, "already_enrolled_healthy")
    assert "event 1085 of the System log, record 8000" in told
    assert "0x8018000A MENROLL_E_DEVICE_ALREADY_ENROLLED" in told
    assert "harmless" in told


def test_already_enrolled_in_the_system_log_is_no_attempt_to_enroll() -> None:
    pc = side(policy_events=[refused(ALREADY)])
    found, _, _ = judge(pc)
    assert found.last_error is None
    assert causes(pc) == causes(reading())
    assert not any("1085" in line for f in found.findings for line in f.evidence)


def test_already_enrolled_in_the_system_log_speaks_for_a_dead_enrollment() -> None:
    base = with_enrollments(enrollment(thumbprint="DEAD", tasks=None, **{"in": 1}))
    pc = side(base, policy_events=[refused(ALREADY)])
    assert causes(pc) == causes(base)
    assert "event 1085" in evidence_of(pc, "stale_enrollment")


def test_another_error_of_the_extension_says_why_the_task_is_missing() -> None:
    pc = side(reading(tasks=[]), policy_events=[refused("2147942405", 7), refused(ALREADY, 6)])
    assert "record 7" in evidence_of(pc, "auto_enroll_task_missing")
    assert "0x80070005" in evidence_of(pc, "auto_enroll_task_missing")


@pytest.mark.parametrize("data", [(), ("1", "0", EXTENSION), ("0", "Access is denied")])
def test_an_event_of_group_policy_without_a_code_says_nothing(data: tuple[str, ...]) -> None:
    pc = side(reading(tasks=[]), policy_events=[event(1085, 7, *data)])
    assert "1085" not in evidence_of(pc, "auto_enroll_task_missing")


def test_a_failed_sign_in_is_told_with_its_codes_and_without_its_text() -> None:
    words = "Description: AADSTS50076: jdoe@fabrikam.example has to prove more."
    base = reading(dsregcmd={"text": unjoined()}, join_info=[])
    pc = side(base, aad_events=[event(1098, 40, "3399614476", words), event(1081, 39, "AADSTS1")])
    told = evidence_of(pc, "not_hybrid_joined")
    assert "event 1098 of AAD/Operational, record 40" in told
    assert "0xCAA2000C" in told
    assert "quotes AADSTS50076" in told
    assert "jdoe" not in told
    assert "record 39" not in told
    assert causes(pc) == causes(base)


@pytest.mark.parametrize(
    "log",
    [
        [event(1098, 40, "3399614476", minutes_ago=60 * 24 + 1)],
        [event(1098, 40, "no code at all")],
        [event(1098, 40, "3399614476") | {"time": None}],
    ],
    ids=["a day ago", "no code", "no time"],
)
def test_an_old_or_nameless_sign_in_says_nothing_of_today(log: list[dict[str, Any]]) -> None:
    pc = side(reading(dsregcmd={"text": unjoined()}, join_info=[]), aad_events=log)
    assert "AAD/Operational" not in evidence_of(pc, "not_hybrid_joined")


def test_a_failed_sign_in_says_nothing_of_what_has_nothing_to_do_with_it() -> None:
    pc = side(
        reading(policy={"disable_registration": 1}), aad_events=[event(1098, 40, "3399614476")]
    )
    assert "AAD/Operational" not in evidence_of(pc, "enrollment_disabled_by_policy")


@pytest.mark.parametrize("section", ["aad_events", "policy_events"])
def test_a_log_that_could_not_be_read_is_unknown_and_changes_no_cause(section: str) -> None:
    pc = reading(**{section: None})
    found, _, _ = judge(pc)
    assert any(line.startswith(f"{section}: ") for line in found.unknown)
    assert causes(pc) == causes(reading())
