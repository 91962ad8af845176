from __future__ import annotations

import json
from dataclasses import fields
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestrator.domain.facts import OPTIONAL, Facts
from tests.domain.facts_builder import (
    ID,
    ID2,
    NOW,
    TENANT,
    blank,
    dsregcmd,
    enrollment,
    healthy,
    iso,
    reading,
    with_enrollments,
)

SECTIONS = sorted(
    {item.name for item in fields(Facts)} - {"module", "collected", "elapsed_ms", "unread", "own"}
)


def test_a_whole_reading_is_understood() -> None:
    facts = Facts.parse(healthy())
    assert facts.unread == ()
    assert facts.collected == NOW
    assert facts.identity is not None
    assert facts.identity.computer_name == "PC-0042"
    assert facts.identity.boot == "2026-11-23T08:00:00Z"
    assert facts.device_id == "7d1e5c02-6a1f-4c55-9b0e-2f3a94d0c611"
    assert facts.tenant_id == TENANT
    assert facts.enrollments is not None
    (own,) = [item for item in facts.enrollments if item.id == ID]
    assert own.seen_in == 511
    assert own.tasks == 12


@pytest.mark.parametrize("payload", [None, [], "x", 7, {}, {"format": 2}, {"format": "1"}])
def test_what_is_no_reading_is_refused_in_one_line(payload: object) -> None:
    with pytest.raises(ValueError, match="the device's reading") as caught:
        Facts.parse(payload)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("name", sorted(set(SECTIONS) - OPTIONAL))
def test_a_section_that_is_missing_is_unread_and_not_empty(name: str) -> None:
    payload = blank()
    payload.pop(name, None)
    facts = Facts.parse(payload)
    assert getattr(facts, name) is None
    assert [item.fact for item in facts.unread] == [name]
    assert facts.unknown[0].startswith(f"{name}: ")


@pytest.mark.parametrize("name", SECTIONS)
@pytest.mark.parametrize("odd", [7, "text", [7], {"items": 7}, [["x"]], True])
def test_an_odd_section_never_becomes_a_wrong_fact(name: str, odd: Any) -> None:
    facts = Facts.parse(blank() | {name: odd})
    value = getattr(facts, name)
    read = name not in {item.fact for item in facts.unread}
    assert read or value is None


def test_one_odd_value_makes_its_section_unread_and_says_where() -> None:
    facts = Facts.parse(reading(policy={"disable_registration": "perhaps"}))
    assert facts.policy is None
    assert facts.unread[0].message == ("policy.disable_registration is text, not a whole number")


def test_what_the_device_could_not_read_is_told_in_its_words() -> None:
    facts = Facts.parse(reading(events=None))
    assert facts.events is None
    assert facts.unknown == ("events: denied",)


def test_enrollments_that_are_alike_share_an_entry_and_are_told_apart() -> None:
    shared = {"ids": [ID, ID2], "in": 1, "provider_id": "WMI_Bridge_SCCM_Server"}
    facts = Facts.parse(blank() | {"enrollments": [shared, enrollment(id="x")]})
    assert [one.id for one in facts.enrollments or ()] == [ID, ID2, "x"]
    assert {one.provider_id for one in (facts.enrollments or ())[:2]} == {"WMI_Bridge_SCCM_Server"}


def test_a_list_of_one_may_be_written_as_its_item() -> None:
    facts = Facts.parse(blank() | {"enrollments": enrollment(), "task_folders": "\\x\\"})
    assert facts.enrollments is not None
    assert [item.id for item in facts.enrollments] == [ID]
    assert facts.task_folders == ("\\x\\",)


def test_numbers_as_text_and_truths_as_numbers_are_understood() -> None:
    facts = Facts.parse(reading(policy={"disable_registration": "1"}, pending_reboot={"cbs": 1}))
    assert facts.policy is not None
    assert facts.policy.disable_registration == 1
    assert facts.pending_reboot is not None
    assert facts.pending_reboot.cbs is True


def test_a_time_that_is_none_is_unknown_and_nothing_else_is_lost() -> None:
    facts = Facts.parse(reading(certificates=[{"thumbprint": "AB", "not_after": "soon"}]))
    assert facts.certificates is not None
    assert facts.certificates[0].not_after is None
    assert facts.certificates[0].thumbprint == "AB"


def test_a_time_in_another_zone_is_the_same_moment() -> None:
    assert Facts.parse(blank() | {"collected": "2026-11-25T09:00:00+01:00"}).collected == NOW
    assert Facts.parse(blank() | {"collected": iso(NOW)}).collected == NOW


def test_text_that_dsregcmd_never_wrote_is_unread() -> None:
    facts = Facts.parse(reading(dsregcmd={"text": "'dsregcmd' is not recognized"}))
    assert facts.dsregcmd is None
    assert facts.unread[0].fact == "dsregcmd"


def test_the_tenant_comes_from_the_registry_when_dsregcmd_is_silent() -> None:
    silent = {"text": dsregcmd(TenantId="-")}
    assert Facts.parse(reading(dsregcmd=silent)).tenant_id == TENANT
    two = [{"tenant_id": TENANT}, {"tenant_id": "another"}]
    assert Facts.parse(reading(dsregcmd=silent, join_info=two)).tenant_id == ""


def test_a_boolean_is_no_number_and_a_float_is_one_only_when_whole() -> None:
    assert Facts.parse(with_enrollments({"id": ID, "in": True})).enrollments is None
    assert Facts.parse(with_enrollments({"id": ID, "in": 1.5})).enrollments is None
    assert Facts.parse(with_enrollments({"id": ID, "in": 32.0})).enrollments is not None


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)


# how fast values are drawn depends on what else the machine does
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.dictionaries(st.sampled_from([*SECTIONS, "unread", "collected", "elapsed_ms"]), JSON))
def test_any_json_in_any_section_is_survived(sections: dict[str, Any]) -> None:
    facts = Facts.parse(blank() | json.loads(json.dumps(sections)))
    for name in SECTIONS:
        if getattr(facts, name) is None and name not in OPTIONAL:
            assert name in {item.fact for item in facts.unread}
