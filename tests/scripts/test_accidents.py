"""Accidents that re-enrollment scripts have had in the wild; each has its test here."""

from __future__ import annotations

import pytest

from orchestrator.lab.store_baseline import CDJ
from orchestrator.lab.store_tasks import ENTERPRISE_MGMT, NON_CRITICAL
from tests.scripts.bench import ENROLLMENTS, OMADM, ONE, THREE, TWO, Bench
from tests.scripts.builders import auto_enroll

CLEAN = ("tasks", "certificates", "state")


def test_an_empty_guid_once_removed_every_task_of_the_pc() -> None:
    pc = Bench()
    pc.stale(ONE)
    before = pc.device.dump()
    for ids in ([""], ["", ONE], []):
        assert pc.repair(*CLEAN, ids=ids).error != ""
    assert pc.device.diff(before) == []


def test_several_guids_were_once_joined_into_one_text() -> None:
    pc = Bench()
    before = pc.dump()
    first, second = pc.stale(ONE), pc.stale(TWO)
    assert pc.repair(*CLEAN, ids=[f"{ONE} {TWO}"]).error == "Enrollmend.InvalidEnrollmentId"
    pc.repair(*CLEAN, ids=[ONE, TWO], thumbprints=[first, second])
    assert pc.diff(before) == []


def test_a_script_once_gave_up_because_there_was_no_task_folder() -> None:
    pc = Bench()
    before = pc.dump()
    thumbprint = pc.stale(ONE)
    for tree in (ENTERPRISE_MGMT, NON_CRITICAL):
        for task in list(pc.device.tasks.inside(f"{tree}{ONE}\\")):
            pc.device.tasks.remove(task.full)
        pc.script(
            "$s = New-Object -ComObject 'Schedule.Service'; $null = $s.Connect(); "
            f"$null = $s.GetFolder('{tree.rstrip(chr(92))}').DeleteFolder('{ONE.upper()}', 0)"
        )
    seen = {entry["id"]: entry["in"] for entry in pc.facts()["enrollments"]}
    assert seen[ONE] & 0xFF == 0xFF
    assert not seen[ONE] & 0x300
    pc.repair(*CLEAN, ids=[ONE], thumbprints=[thumbprint])
    assert pc.diff(before) == []


def test_tasks_without_any_key_are_found_too() -> None:
    pc = Bench()
    pc.stale(ONE)
    before = pc.dump()
    pc.repair("tasks", "state", ids=[ONE])
    pc.restore()
    for root in ("Enrollments", "Enrollments\\Status"):
        pc.device.registry.delete(f"SOFTWARE\\Microsoft\\{root}\\{ONE}")
    entry = next(entry for entry in pc.facts()["enrollments"] if entry["id"] == ONE)
    assert entry["tasks"] == 10
    assert entry["in"] & 3 == 0
    assert [line for line in pc.diff(before) if not line.startswith("- registry")] == []


def test_the_wmi_bridge_was_once_taken_for_a_provisioning_package() -> None:
    pc = Bench()
    before = pc.device.dump()
    for entry in pc.facts()["enrollments"]:
        if entry.get("enrollment_type") == 12:
            assert pc.repair("state", ids=[entry["id"]]).error == "Enrollmend.ProtectedEnrollment"
    assert pc.device.diff(before) == []


def test_pseudo_providers_were_once_deleted_by_a_deny_list_of_names() -> None:
    pc = Bench()
    before = pc.device.dump()
    entries = pc.facts()["enrollments"]
    assert len(entries) >= 30
    for entry in entries:
        assert pc.repair(*CLEAN, ids=[entry["id"]]).error == "Enrollmend.ProtectedEnrollment"
    assert pc.device.diff(before) == []


@pytest.mark.parametrize("name", ["Context", "Ownership", "Status", "ValidNodePaths"])
def test_named_keys_below_enrollments_were_once_wiped_with_the_rest(name: str) -> None:
    pc = Bench()
    pc.stale(ONE)
    assert name not in {entry["id"] for entry in pc.facts()["enrollments"]}
    pc.repair("tasks", "state", ids=[ONE])
    assert pc.device.registry.find(f"{ENROLLMENTS}\\{name}") is not None


def test_the_service_connection_point_of_the_pc_was_once_removed() -> None:
    pc = Bench()
    pc.device.registry.put(CDJ + r"\AAD", {"TenantId": "t", "TenantName": "n"})
    before = pc.dump()
    thumbprint = pc.stale(ONE)
    pc.repair(*CLEAN, "flag", "policy", ids=[ONE], thumbprints=[thumbprint])
    assert not [line for line in pc.diff(before) if "CDJ" in line]


def test_a_misspelt_path_once_cleaned_nothing_in_silence() -> None:
    pc = Bench()
    thumbprint = pc.stale(ONE)
    pc.repair(*CLEAN, ids=[ONE], thumbprints=[thumbprint])
    assert ONE not in {entry["id"] for entry in pc.facts()["enrollments"]}
    assert ONE not in str(pc.dump()).lower()


def test_keys_once_grew_again_because_tasks_were_left() -> None:
    pc = Bench()
    thumbprint = pc.stale(ONE)
    answer = pc.repair("state", "certificates", "tasks", ids=[ONE], thumbprints=[thumbprint])
    assert list(answer.statuses) == ["backup", "tasks", "certificates", "state"]
    assert pc.repair("state", ids=[ONE], fence=2).statuses["state"] == "unchanged"


def test_unregistering_by_name_once_hit_other_enrollments() -> None:
    pc = Bench()
    pc.live(THREE)
    pc.stale(ONE)
    live = {task.full for task in pc.device.tasks.inside(f"{ENTERPRISE_MGMT}{THREE}\\")}
    assert live
    pc.repair("tasks", ids=[ONE])
    assert {task.full for task in pc.device.tasks.inside(f"{ENTERPRISE_MGMT}{THREE}\\")} == live


def test_policies_that_the_old_management_left_are_not_undone() -> None:
    pc = Bench()
    pc.stale(ONE)
    tattoo = r"SOFTWARE\Microsoft\PolicyManager\current\device\LocalUsersAndGroups"
    pc.device.registry.set(tattoo, "Configure", "<x/>")
    pc.repair("tasks", "state", ids=[ONE])
    assert pc.device.registry.find(tattoo) is not None


def test_task_files_were_once_deleted_from_the_disk_and_the_cache_stayed() -> None:
    pc = Bench()
    pc.stale(ONE)
    pc.repair("tasks", ids=[ONE])
    assert not [folder for folder in pc.device.tasks.folders if ONE in folder]
    assert not [file for file in pc.dump()["files"] if "System32\\Tasks" in file]  # type: ignore[attr-defined]


def test_the_certificate_was_once_removed_first_and_the_rest_kept() -> None:
    pc = Bench()
    thumbprint = pc.stale(ONE)
    answer = pc.repair(*CLEAN, ids=[ONE], thumbprints=[thumbprint])
    stages = list(answer.statuses)
    assert stages.index("tasks") < stages.index("certificates") < stages.index("state")


def test_the_decoys_beside_the_enrollments_stay() -> None:
    pc = Bench()
    auto_enroll(pc)
    before = pc.dump()
    thumbprint = pc.stale(ONE)
    pc.repair(*CLEAN, ids=[ONE], thumbprints=[thumbprint])
    assert pc.diff(before) == []
    names = {task.name for task in pc.device.tasks.tasks.values()}
    assert {"MDMMaintenenceTask", "Automatic-Device-Join"} <= names


def test_a_key_whose_name_only_begins_like_the_guid_stays() -> None:
    pc = Bench()
    for root in (ENROLLMENTS, OMADM + r"\Accounts"):
        pc.device.registry.set(f"{root}\\{ONE}-copy", "Keep", 1)
        pc.device.registry.set(f"{root}\\{{{ONE}}}", "Keep", 1)
    pc.device.tasks.make_folder(f"{ENTERPRISE_MGMT}{ONE}-copy\\")
    before = pc.dump()
    thumbprint = pc.stale(ONE)
    pc.repair(*CLEAN, ids=[ONE], thumbprints=[thumbprint])
    assert pc.diff(before) == []
