"""Facts that back up a judgement: the tasks of a living enrollment, events beside the main log."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from orchestrator.lab.programs_policy import log_extension
from orchestrator.lab.store_baseline import CDJ
from orchestrator.lab.store_state import AAD_CHANNEL, MDM_CHANNEL, SYSTEM_CHANNEL
from orchestrator.lab.store_tasks import ENTERPRISE_MGMT
from tests.scripts.bench import ONE, Bench
from tests.scripts.builders import legacy_client


def tasks_of_one(pc: Bench) -> dict[str, object]:
    """What the entry of the enrollment says of its tasks."""
    entry = next(item for item in pc.facts()["enrollments"] if item["id"] == ONE)
    return {name: entry.get(name) for name in ("tasks", "push_task", "schedule_task")}


def test_the_tasks_that_make_an_enrollment_sync_are_told() -> None:
    pc = Bench()
    pc.live(ONE)
    assert tasks_of_one(pc) == {"tasks": 10, "push_task": True, "schedule_task": True}


@pytest.mark.parametrize(
    ("name", "fact"),
    [
        ("PushLaunch", "push_task"),
        ("Schedule #1 created by enrollment client", "schedule_task"),
    ],
)
def test_a_task_that_is_gone_is_told_as_gone(name: str, fact: str) -> None:
    pc = Bench()
    pc.live(ONE)
    pc.device.tasks.remove(f"{ENTERPRISE_MGMT}{ONE}\\{name}")
    told = {"push_task": True, "schedule_task": True} | {fact: False}
    assert tasks_of_one(pc) == {"tasks": 9, **told}


def test_what_is_set_about_the_join_is_told_and_nothing_else() -> None:
    pc = Bench()
    assert pc.facts().get("client_scp", {}) == {}
    registry = pc.device.registry
    registry.set(CDJ, "FallbackToSyncJoin", 0)
    registry.put(
        r"SOFTWARE\Policies\Microsoft\Windows\WorkplaceJoin",
        {"autoWorkplaceJoin": 0, "BlockAADWorkplaceJoin": 1},
    )
    assert pc.facts()["client_scp"] == {
        "fallback_to_sync_join": 0,
        "auto_workplace_join": 0,
        "block_aad_workplace_join": 1,
    }


def items(pc: Bench, section: str) -> list[dict[str, Any]]:
    """The events of a section."""
    found: list[dict[str, Any]] = pc.facts()[section]["items"]
    return found


def test_of_the_extensions_of_group_policy_only_the_one_that_enrolls_is_told() -> None:
    pc = Bench()
    log_extension(pc.device, 0x8018000A)
    for number in range(6):
        pc.device.log(
            SYSTEM_CHANNEL, 1085, 1, 1, 0, 9, number, "", "dc", "Scripts", "{42B5FAAE-6536}"
        )
    (found,) = items(pc, "policy_events")
    assert found["id"] == 1085
    assert found["data"][4] == "2149056522"
    assert found["data"][8] == "{7909AD9E-09EE-4247-BAB9-7029D5F0A278}"


def test_group_policy_is_told_with_three_events_however_many_there_are() -> None:
    pc = Bench()
    for number in range(40):
        log_extension(pc.device, 0x80070000 + number)
    newest = [str(0x80070000 + number) for number in (39, 38, 37)]
    assert [found["data"][4] for found in items(pc, "policy_events")] == newest


def test_an_enrolled_pc_whose_policy_is_applied_anew_has_the_event_that_says_so() -> None:
    pc = Bench()
    pc.live(ONE)
    pc.device.gpo = (("AutoEnrollMDM", 1),)
    pc.repair("policy")
    assert [found["data"][4] for found in items(pc, "policy_events")] == ["2149056522"]


def test_failed_sign_ins_are_told_and_other_events_of_that_channel_are_not() -> None:
    pc = Bench()
    for number in (1006, 1081, 1084, 1088, 1097, 1098, 1104, 1007):
        pc.device.log(AAD_CHANNEL, number, 0xCAA2000C, "x" * 400)
    found = items(pc, "aad_events")
    assert [item["id"] for item in found] == [1104, 1098, 1097, 1088, 1084, 1081]
    assert [len(item["data"][1]) for item in found] == [300] * 6


@pytest.mark.parametrize(
    ("channel", "section"), [(AAD_CHANNEL, "aad_events"), (SYSTEM_CHANNEL, "policy_events")]
)
def test_a_channel_that_is_missing_leaves_its_section_unread(channel: str, section: str) -> None:
    pc = Bench()
    del pc.device.events[channel]
    facts = pc.facts()
    assert section not in facts
    assert [(item["fact"], item["id"]) for item in facts["unread"]] == [(section, "ChannelMissing")]


def test_a_german_windows_with_its_decimal_commas_reads_as_an_english_one() -> None:
    read = {}
    for culture in ("de-DE", "en-US"):
        pc = Bench()
        legacy_client(pc, shared=True)
        pc.stale(ONE)
        pc.device.log(MDM_CHANNEL, 76, 0, 0x80180026)
        pc.device.host = replace(pc.device.host, culture=culture)
        read[culture] = pc.facts()
        assert read[culture]["host"].pop("culture") == culture
    assert read["de-DE"] == read["en-US"]
