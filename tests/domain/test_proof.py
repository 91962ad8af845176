from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from orchestrator.domain.facts import Facts
from orchestrator.domain.outcome import Marker
from orchestrator.domain.proof import Proof, prove
from tests.domain.facts_builder import (
    ID,
    ID2,
    NOW,
    OTHER_TENANT,
    certificate,
    enrollment,
    event,
    events,
    failed,
    healthy,
    iso,
    judge,
    pseudo,
    reading,
    unjoined,
)

TRIGGERED = NOW - timedelta(minutes=5)
MARKER = Marker(time=iso(TRIGGERED), record=4700)
FRESH = certificate(not_before=iso(TRIGGERED + timedelta(seconds=20)))


def enrolled(**sections: Any) -> dict[str, Any]:
    """A PC two minutes after a trigger that worked."""
    known = {"certificates": [FRESH], "events": events(event(75, 4712, "0", minutes_ago=4))}
    return reading(healthy(), **(known | sections))


def proof(payload: dict[str, Any], marker: Marker | None = MARKER) -> Proof:
    return prove(Facts.parse(payload), marker)


def test_event_enrollment_and_certificate_together_prove() -> None:
    found = proof(enrolled())
    assert found.complete
    assert found.missing == ()
    assert found.failed_code is None
    assert found.evidence[0] == "event 75, record 4712: enrollment succeeded"
    assert f"Enrollments\\{ID}" in found.evidence[1]
    assert found.evidence[2].startswith("Cert:\\LocalMachine\\My\\A1B2")


def test_event_72_proves_as_well() -> None:
    assert proof(enrolled(events=events(event(72, 4712)))).complete


@pytest.mark.parametrize(
    ("sections", "missing"),
    [
        ({"events": events(event(75, 4700, "0"))}, "event 75 or 72 after record 4700"),
        ({"events": events(event(75, 4600, "0"), event(4, 4800))}, "event 75 or 72"),
        ({"enrollments": pseudo()}, "exactly one MS DM Server enrollment of the joined tenant"),
        (
            {"enrollments": [enrollment(), enrollment(id=ID2)]},
            "(2 enrollments)",
        ),
        ({"enrollments": [enrollment(tenant_id=OTHER_TENANT)]}, "(no enrollments)"),
        ({"enrollments": [enrollment(tenant_id=None)]}, "(no enrollments)"),
        ({"enrollments": [enrollment(enrollment_state=3)]}, "EnrollmentState 1 (it is 3)"),
        ({"enrollments": [enrollment(enrollment_state=None)]}, "EnrollmentState 1 (it is None)"),
        ({"enrollments": [enrollment(upn="")]}, "a UPN"),
        ({"enrollments": [enrollment(discovery_url="https://x.example")]}, "a discovery URL"),
        ({"enrollments": None}, "the enrollments could not be read"),
        ({"certificates": []}, "its client certificate with private key"),
        ({"certificates": None}, "could not be read"),
        ({"certificates": [FRESH | {"has_private_key": False}]}, "has no private key"),
        ({"certificates": [FRESH | {"has_private_key": None}]}, "could not be read"),
        ({"certificates": [FRESH | {"not_after": iso(NOW)}]}, "expired"),
        ({"certificates": [FRESH | {"issuer": "CN=Fabrikam CA"}]}, "Intune's authority"),
        ({"certificates": [certificate()]}, "a client certificate made after"),
        ({"certificates": [FRESH | {"not_before": None}]}, "a client certificate made after"),
        ({"dsregcmd": None, "join_info": None}, "the tenant the PC is joined to is not known"),
        ({"dsregcmd": {"text": unjoined()}, "join_info": []}, "the tenant"),
        ({"collected": "no time"}, "the device's time could not be read"),
    ],
)
def test_each_missing_piece_is_named_and_nothing_is_proven(
    sections: dict[str, Any], missing: str
) -> None:
    found = proof(enrolled(**sections))
    assert not found.complete
    assert any(missing in line for line in found.missing), found.missing


def test_a_certificate_dated_back_a_little_is_still_new() -> None:
    back = certificate(not_before=iso(TRIGGERED - timedelta(minutes=10)))
    assert proof(enrolled(certificates=[back])).complete
    older = certificate(not_before=iso(TRIGGERED - timedelta(minutes=10, seconds=1)))
    assert not proof(enrolled(certificates=[older])).complete


def test_tasks_and_account_may_come_later_than_the_event() -> None:
    young = enrollment(tasks=None, **{"in": 1})
    assert proof(enrolled(enrollments=[young])).complete
    assert not proof(enrolled(enrollments=[young]), None).complete


@pytest.mark.parametrize("log", [None, events(event(4, 12)), {"newest_record": 0, "items": []}])
def test_when_the_log_was_cleared_the_certificates_time_stands_for_the_event(log: Any) -> None:
    found = proof(enrolled(events=log))
    assert found.complete
    assert "the certificate's time counts" in found.evidence[0]
    assert not proof(enrolled(events=log, certificates=[certificate()])).complete


def test_an_attempt_that_failed_after_the_marker_is_told_with_its_code() -> None:
    pc = reading(events=events(failed(0x80180018, record=4710)))
    found = proof(pc)
    assert found.failed_code == 0x80180018
    assert "0x80180018 MENROLL_E_USERLICENSE came instead" in found.missing[0]


def test_an_attempt_that_failed_before_the_marker_is_forgotten() -> None:
    assert proof(reading(events=events(failed(0x80180018, record=4700)))).failed_code is None


def test_the_newest_failure_counts() -> None:
    log = events(failed(0x80180026, record=4701), failed(0x80180018, record=4705))
    assert proof(reading(events=log)).failed_code == 0x80180018


def test_already_enrolled_after_the_success_is_no_failure() -> None:
    log = events(event(75, 4712, "0"), failed(0x8018000A, record=4720))
    found = proof(enrolled(events=log))
    assert found.complete
    assert found.failed_code is None


def test_a_dead_enrollment_beside_the_living_one_does_not_disprove() -> None:
    dead = enrollment(id=ID2, thumbprint="DEAD")
    assert proof(enrolled(enrollments=[*pseudo(), dead, enrollment()])).complete


def test_without_a_marker_the_event_is_not_asked_for() -> None:
    found = proof(reading(healthy(), events=None), None)
    assert found.complete
    assert any("OMADM\\Accounts" in line for line in found.evidence)
    assert any("12 tasks" in line for line in found.evidence)


def test_a_finished_session_and_a_policy_provider_raise_confidence_only() -> None:
    log = events(event(75, 4712, "0"), event(209, 4730, f"{{{ID.upper()}}}", "Intune", "0x0"))
    told = proof(enrolled(events=log)).evidence
    assert any(line.startswith("event 209, record 4730") for line in told)
    assert any("PolicyManager\\Providers" in line for line in told)


@pytest.mark.parametrize(
    "sessions",
    [
        [event(209, 4730, ID, "Intune", "2149056522")],
        [event(209, 4730, ID2, "Intune", "0")],
        [event(209, 4730, "0")],
        [event(209, 4730)],
        [event(209, 4690, ID, "Intune", "0")],
        [event(209, 4730, ID, "Intune", "0"), event(209, 4740, ID, "Intune", "0x80072ee7")],
    ],
    ids=["failed", "of another", "of none", "without data", "before", "then failed"],
)
def test_only_a_session_of_this_enrollment_that_ended_well_raises_confidence(
    sessions: list[dict[str, Any]],
) -> None:
    found = proof(enrolled(events=events(event(75, 4712, "0"), *sessions)))
    assert found.complete
    assert not any("event 209" in line for line in found.evidence)


@pytest.mark.parametrize(
    ("tasks", "missing"),
    [
        ({"push_task": False}, "PushLaunch among its 12 tasks"),
        ({"schedule_task": False}, "Schedule #1 among its 12 tasks"),
        (
            {"push_task": None, "schedule_task": None},
            "PushLaunch and Schedule #1 among its 12 tasks",
        ),
    ],
)
def test_an_enrollment_lives_only_with_the_tasks_that_make_it_sync(
    tasks: dict[str, Any], missing: str
) -> None:
    pc = enrolled(enrollments=[enrollment(**tasks)])
    assert proof(pc, None).missing == (missing,)
    assert proof(pc).complete, "after a trigger they may come later"


def test_what_is_proven_is_what_the_diagnosis_calls_enrolled() -> None:
    for pc in (healthy(), enrolled(), reading(), enrolled(certificates=[])):
        found, _, facts = judge(pc)
        assert found.enrolled is prove(facts, None).complete


def test_a_marker_without_a_time_leaves_the_time_out() -> None:
    assert proof(enrolled(certificates=[certificate()]), Marker(time="", record=4700)).complete
