"""What a repair changed comes back, but for what cannot; a lost session leaves no half state."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from orchestrator.lab.device_enrollment import add_certificate, add_keys
from orchestrator.lab.faults import KillAfterOperation
from orchestrator.lab.store_state import FORMER_TENANT_ID
from orchestrator.lab.store_tasks import ENTERPRISE_MGMT, Task
from tests.scripts.bench import AUTO_ENROLL, ENROLLMENTS, LINKED, OMADM, ONE, THREE, TWO, Bench
from tests.scripts.builders import auto_enroll, legacy_client

CLEAN = ("tasks", "certificates", "state")
FOLDER = r"C:\ProgramData\enrollmend"


def test_undo_brings_back_everything_but_the_certificates() -> None:
    pc = Bench()
    thumbprints = [pc.stale(ONE), pc.stale(TWO)]
    pc.device.registry.set(ENROLLMENTS, "ExternallyManaged", 1)
    pc.device.services["dmwappushservice"] = replace(
        pc.device.services["dmwappushservice"], start_mode="Disabled"
    )
    auto_enroll(pc, enabled=False)
    pc.device.tasks.make_folder(f"{ENTERPRISE_MGMT}{ONE.upper()}\\")
    before = pc.dump()
    pc.repair(
        *CLEAN,
        "flag",
        "services",
        ids=[ONE, TWO],
        thumbprints=thumbprints,
        services=["dmwappushservice"],
    )
    assert len(pc.diff(before)) > 100
    outcome = pc.restore().one
    assert (outcome["stage"], outcome["status"]) == ("restore", "changed")
    assert {line.split(" / ")[1] for line in pc.diff(before)} == set(thumbprints)
    lost = [change["object"] for change in outcome["changes"] if not change["restorable"]]
    assert sorted(lost) == sorted(thumbprints)


def test_the_manifest_tells_what_cannot_come_back() -> None:
    pc = Bench()
    thumbprint = pc.stale(ONE)
    pc.repair(*CLEAN, "flag", ids=[ONE], thumbprints=[thumbprint])
    manifest = pc.device.files.items[FOLDER + r"\backup\r-1\manifest.json"].content or b""
    entries = json.loads(manifest.decode("utf-8-sig"))["objects"]
    kinds: dict[bool, set[str]] = {True: set(), False: set()}
    for entry in entries:
        kinds[entry["restorable"]].add(entry["kind"])
    assert kinds[False] == {"certificate"}
    assert kinds[True] >= {"key", "task", "task_folder"}


def test_undo_twice_is_undo_once() -> None:
    pc = Bench()
    thumbprint = pc.stale(ONE)
    pc.repair(*CLEAN, "flag", ids=[ONE], thumbprints=[thumbprint])
    pc.restore()
    before = pc.dump()
    outcome = pc.restore(fence=100).one
    assert outcome["status"] == "unchanged"
    assert [change["restorable"] for change in outcome["changes"]] == [False]
    assert pc.diff(before) == []


def test_undo_of_a_repair_that_did_nothing_does_nothing() -> None:
    pc = Bench()
    before = pc.dump()
    pc.repair("flag")
    assert pc.restore().one["status"] == "unchanged"
    assert pc.diff(before) == []


def test_undo_under_what_if_only_says_what_it_would_do() -> None:
    pc = Bench()
    thumbprint = pc.stale(ONE)
    pc.repair(*CLEAN, ids=[ONE], thumbprints=[thumbprint])
    before = pc.device.dump()
    outcome = pc.restore(WhatIf=True).one
    assert outcome["status"] == "would_change"
    assert pc.device.diff(before) == []


def test_a_value_that_was_absent_is_deleted_again() -> None:
    pc = Bench()
    before = pc.dump()
    pc.repair("flag")
    pc.device.registry.set(ENROLLMENTS, "ExternallyManaged", 0)
    outcome = pc.restore().one
    assert [change["action"] for change in outcome["changes"]] == ["delete"]
    assert pc.diff(before) == []


def test_a_task_that_policy_enabled_is_disabled_again() -> None:
    pc = Bench()
    auto_enroll(pc, enabled=False)
    pc.repair("policy")
    assert pc.device.tasks.tasks[AUTO_ENROLL.lower()].enabled
    pc.restore()
    assert not pc.device.tasks.tasks[AUTO_ENROLL.lower()].enabled


def test_a_key_that_has_changed_meanwhile_is_put_back_as_it_was() -> None:
    pc = Bench()
    pc.stale(ONE)
    before = pc.dump()
    pc.repair("tasks", "state", ids=[ONE])
    pc.restore()
    pc.device.registry.set(f"{ENROLLMENTS}\\{ONE}", "UPN", "somebody@else.example")
    outcome = pc.restore(fence=100).one
    assert [change["object"].lower().endswith(ONE) for change in outcome["changes"]] == [True]
    assert pc.diff(before) == []


def test_an_enrollment_made_since_the_repair_keeps_what_is_its_own() -> None:
    pc = Bench()
    thumbprint = pc.stale(ONE)
    stale = pc.dump()
    pc.repair(*CLEAN, ids=[ONE], thumbprints=[thumbprint])
    pc.live(THREE)
    pc.device.registry.set(f"{OMADM}\\Logger", "CurrentEnrollmentId", THREE)
    living = pc.dump()
    outcome = pc.restore().one
    assert outcome["status"] == "changed"
    assert outcome["reason"] == f"an enrollment made since stays: {THREE}"
    # Nothing of the living one is touched, and all of the old one is back.
    assert [line for line in pc.diff(living) if not line.startswith("+ ")] == []
    gone = [line for line in pc.diff(stale) if not line.startswith("+ ")]
    assert {line.split(" / ")[1] for line in gone} == {thumbprint, f"HKLM\\{OMADM}\\Logger"}
    assert pc.device.registry.get(f"{OMADM}\\Logger", "CurrentEnrollmentId") == THREE


def test_an_enrollment_that_came_to_life_under_the_old_id_stays_as_it_is() -> None:
    pc = Bench()
    thumbprint = pc.stale(ONE)
    pc.repair(*CLEAN, ids=[ONE], thumbprints=[thumbprint])
    pc.live(ONE)
    child = TWO
    pc.device.registry.set(f"{ENROLLMENTS}\\{ONE}\\{LINKED}", "LinkedEnrollmentId", child)
    living = pc.dump()
    outcome = pc.restore().one
    assert (outcome["status"], outcome["reason"]) == (
        "unchanged",
        f"an enrollment made since stays: {ONE}",
    )
    assert pc.diff(living) == []


def test_a_dead_id_in_the_value_of_the_current_enrollment_is_replaced_by_undo() -> None:
    pc = Bench()
    thumbprint = pc.stale(ONE)
    before = pc.device.registry.get(f"{OMADM}\\Logger", "CurrentEnrollmentId")
    pc.repair(*CLEAN, ids=[ONE], thumbprints=[thumbprint])
    pc.device.registry.set(f"{OMADM}\\Logger", "CurrentEnrollmentId", TWO)
    assert pc.restore().one["reason"] == ""
    assert pc.device.registry.get(f"{OMADM}\\Logger", "CurrentEnrollmentId") == before


def test_products_and_folder_of_the_retired_client_are_named_as_lost() -> None:
    pc = Bench()
    legacy_client(pc, b"MZ broken", shared=False)
    pc.repair("agents")
    pc.later(1800)
    pc.repair("agents", fence=2)
    pc.later(1800)
    pc.repair("agents", fence=3)
    outcome = pc.restore().one
    lost = [change for change in outcome["changes"] if not change["restorable"]]
    assert len([change for change in lost if change["object"].startswith("{")]) == 13
    assert len([change for change in lost if change["object"] == "C0" * 20]) == 1
    assert [change["action"] for change in outcome["changes"] if change["restorable"]] == ["create"]


def test_a_backup_that_was_changed_is_not_believed() -> None:
    pc = Bench()
    pc.stale(ONE)
    pc.repair("tasks", "state", ids=[ONE])
    path = next(file.path for file in pc.device.files.items.values() if file.path.endswith(".reg"))
    pc.device.files.write(path, b"Windows Registry Editor Version 5.00\r\n")
    outcome = pc.restore().one
    assert outcome["status"] == "failed"
    assert "has been changed" in outcome["reason"]


def test_backup_and_journal_are_for_administrators_only() -> None:
    pc = Bench()
    pc.repair("flag")
    folder = pc.device.files.find(FOLDER)
    assert folder is not None
    assert folder.protected


def test_the_journal_has_a_line_before_and_after_each_change() -> None:
    pc = Bench()
    thumbprint = pc.stale(ONE)
    answer = pc.repair(*CLEAN, ids=[ONE], thumbprints=[thumbprint], fence=5)
    changes = [
        (document["stage"], change["action"], change["object"])
        for document in answer.documents
        for change in document["changes"]
    ]
    lines = pc.journal()["lines"]
    assert [
        (line["stage"], line["action"], line["object"])
        for line in lines
        if line["phase"] == "before"
    ] == changes
    assert [line["phase"] for line in lines] == ["before", "after"] * len(changes)
    assert {line["fence"] for line in lines} == {5}


def test_the_journal_of_an_unknown_run_is_empty() -> None:
    nothing = {"format": 1, "run_id": "r-7", "lines": [], "torn": 0, "backup": []}
    assert Bench().journal("r-7") == nothing


def test_a_torn_line_of_the_journal_is_counted_and_left_out() -> None:
    pc = Bench()
    pc.repair("flag")
    path = FOLDER + r"\journal\r-1.jsonl"
    whole = pc.device.files.items[path].content or b""
    lines = pc.journal()["lines"]
    pc.device.files.write(path, whole + whole[10:30])
    assert (pc.journal()["lines"], pc.journal()["torn"]) == (lines, 1)


def test_every_object_is_in_the_backup_before_anything_is_changed() -> None:
    pc = Bench()
    thumbprint = pc.stale(ONE)
    pc.repair("backup", *CLEAN, ids=[ONE], thumbprints=[thumbprint])
    entries = pc.journal()["backup"]
    kinds = [entry["kind"] for entry in entries]
    assert {kind: kinds.count(kind) for kind in kinds} == {
        "task_folder": 2,
        "task": 10,
        "certificate": 1,
        "key": 8,
        "value": 1,
    }
    for entry in entries:
        if entry["kind"] in {"task", "certificate", "key"}:
            assert len(entry["sha256"]) == 64
            file = pc.device.files.find(entry["file"])
            assert file is not None
            assert file.content


def test_a_second_attempt_keeps_the_backup_of_the_first() -> None:
    pc = Bench()
    thumbprint = pc.stale(ONE)
    pc.repair("tasks", ids=[ONE], thumbprints=[thumbprint])
    first = pc.journal()["backup"]
    pc.repair(*CLEAN, ids=[ONE], thumbprints=[thumbprint], fence=2)
    assert pc.journal()["backup"][: len(first)] == first


def small(pc: Bench) -> str:
    """Leave an enrollment behind that has one of each kind of object."""
    device = pc.device
    thumbprint = add_certificate(device, ONE)
    add_keys(device, ONE, tenant=FORMER_TENANT_ID, thumbprint=thumbprint)
    device.registry.set(f"{OMADM}\\Accounts\\{ONE}\\Protected", "ConnInfo", "x")
    device.registry.deny(f"{OMADM}\\Accounts\\{ONE}\\Protected")
    device.registry.set(ENROLLMENTS, "ExternallyManaged", 1)
    device.tasks.add(Task(path=f"{ENTERPRISE_MGMT}{ONE}\\", name="PushLaunch"))
    return thumbprint


@pytest.mark.parametrize("first", [0, 3, 5])
def test_a_session_lost_before_some_operation_is_finished_by_the_next_attempt(first: int) -> None:
    stages = (*CLEAN, "flag")
    whole = Bench()
    thumbprint = small(whole)
    dirty = whole.dump()
    whole.repair(*stages, ids=[ONE], thumbprints=[thumbprint])
    clean = whole.dump()
    operations = whole.device.operations
    for count in range(first, operations, 8):
        pc = Bench()
        small(pc)
        pc.device.faults = [KillAfterOperation(operations=count, torn=count % 2 == 1)]
        lost = pc.repair(*stages, ids=[ONE], thumbprints=[thumbprint])
        assert lost.state == "Stopped", count
        pc.later(120)
        answer = pc.repair(*stages, ids=[ONE], thumbprints=[thumbprint], fence=2)
        assert answer.state == "Completed", (count, answer.error, answer.message)
        assert "failed" not in answer.statuses.values(), (count, answer.documents)
        assert pc.diff(clean) == [], count
        if count % 3:
            continue
        pc.restore()
        assert {line.split(" / ")[0] for line in pc.diff(dirty)} == {"- certificates"}, count


def test_a_session_that_dies_in_the_middle_of_writing_a_file_leaves_a_run_that_can_be_undone() -> (
    None
):
    whole = Bench()
    whole.device.registry.set(ENROLLMENTS, "ExternallyManaged", 1)
    dirty = whole.dump()
    whole.repair("flag")
    torn = 0
    for count in range(whole.device.operations):
        pc = Bench()
        pc.device.registry.set(ENROLLMENTS, "ExternallyManaged", 1)
        pc.device.faults = [KillAfterOperation(operations=count, torn=True)]
        assert pc.repair("flag").state == "Stopped", count
        pc.later(120)
        torn += pc.journal()["torn"]
        assert "backups" not in pc.facts()["unread"], count
        answer = pc.repair("flag", fence=2)
        assert answer.statuses["backup"] in {"changed", "unchanged"}, (count, answer.documents)
        assert answer.stage("backup")["reason"] == "", count
        assert pc.device.registry.get(ENROLLMENTS, "ExternallyManaged") != 1
        assert pc.restore().one["status"] == "changed", count
        assert pc.diff(dirty) == [], count
    assert torn > 3


@pytest.mark.parametrize("content", [b"", b'\xef\xbb\xbf{"format":1,"obj', None])
def test_a_manifest_that_is_not_the_one_that_was_written_is_not_believed(
    content: bytes | None,
) -> None:
    pc = Bench()
    pc.stale(ONE)
    pc.repair("tasks", ids=[ONE])
    path = FOLDER + r"\backup\r-1\manifest.json"
    good = pc.device.files.items[path].content or b""
    pc.device.files.write(
        path, good.replace(b"PushLaunch", b"PushOther") if content is None else content
    )
    before = pc.dump()
    assert pc.facts()["backups"] == []
    assert pc.journal()["backup"] == []
    answer = pc.restore()
    assert answer.error == "Enrollmend.NoBackup"
    assert "is torn or was changed" in answer.message
    assert pc.diff(before) == []
    # The same run goes on with a manifest of its own, says so, and overwrites no exported file.
    exported = {file.path: file.content for file in pc.device.files.below(FOLDER + r"\backup")}
    pc.stale(TWO)
    stage = pc.repair("tasks", "state", ids=[TWO], fence=2).stage("backup")
    assert "cannot be undone; its files are kept in" in stage["reason"]
    after = {file.path: file.content for file in pc.device.files.below(FOLDER + r"\backup")}
    assert all(after[name] == old for name, old in exported.items() if name != path)
    assert pc.restore(fence=100).one["status"] == "changed"
    assert [line for line in pc.diff(before) if line.startswith("- ")] == []


def test_an_interrupted_attempt_is_seen_as_open() -> None:
    pc = Bench()
    thumbprint = small(pc)
    pc.device.faults = [KillAfterOperation(operations=30)]
    assert pc.repair(*CLEAN, ids=[ONE], thumbprints=[thumbprint]).state == "Stopped"
    pc.later(120)
    assert pc.facts()["journal"] == {"run_id": "r-1", "fence": 1, "open": True}
    phases = [line["phase"] for line in pc.journal()["lines"]]
    assert phases.count("before") - phases.count("after") in {0, 1}


def test_what_was_kept_for_system_comes_back_through_a_task_of_system() -> None:
    pc = Bench()
    pc.stale(ONE)
    before = pc.dump()
    pc.repair("tasks", "state", ids=[ONE])
    key = f"{OMADM}\\Accounts\\{ONE.upper()}"
    pc.device.registry.deny(key)
    pc.restore()
    assert pc.device.registry.find(key + "\\Protected") is not None
    assert pc.diff(before) == []


@pytest.mark.parametrize("stage", ["tasks", "state"])
def test_another_run_has_a_backup_of_its_own(stage: str) -> None:
    pc = Bench()
    pc.stale(ONE)
    pc.repair("tasks", ids=[ONE], run="r-1")
    pc.repair(stage, ids=[ONE], run="r-2", fence=2)
    names = {backup["run_id"] for backup in pc.facts()["backups"]}
    assert names == {"r-1", "r-2"}
