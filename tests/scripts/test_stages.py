"""Each stage on the PC it is for: its own changes only, twice as once, nothing under WhatIf."""

from __future__ import annotations

from dataclasses import replace

import pytest

from orchestrator.lab.store_state import Process
from orchestrator.lab.store_tasks import ENTERPRISE_MGMT
from tests.scripts.bench import AUTO_ENROLL, ENROLLMENTS, OMADM, ONE, TWO, Bench
from tests.scripts.builders import auto_enroll, broken, unjoined

CLEAN = ("tasks", "certificates", "state")


# -- tasks, certificates, state ------------------------------------------------------------------


def test_a_stale_enrollment_goes_with_everything_and_nothing_else_does() -> None:
    pc = Bench()
    before = pc.dump()
    thumbprint = pc.stale(ONE)
    assert pc.diff(before) != []
    answer = pc.repair(*CLEAN, ids=[ONE], thumbprints=[thumbprint])
    assert answer.statuses == {
        "backup": "changed",
        "tasks": "changed",
        "certificates": "changed",
        "state": "changed",
    }
    assert pc.diff(before) == []


def test_each_cleaning_stage_changes_only_what_is_its_own() -> None:
    pc = Bench()
    thumbprint = pc.stale(ONE)
    kinds = {}
    for fence, stage in enumerate(CLEAN, start=1):
        before = pc.dump()
        pc.repair(stage, ids=[ONE], thumbprints=[thumbprint], fence=fence)
        kinds[stage] = {line.split(" ")[1] for line in pc.diff(before)}
    assert kinds == {
        "tasks": {"folders", "tasks"},
        "certificates": {"certificates"},
        "state": {"registry"},
    }


def test_two_stale_enrollments_go_independently_and_a_live_one_stays() -> None:
    pc = Bench()
    live = pc.live()
    before = pc.dump()
    first, second = pc.stale(ONE), pc.stale(TWO)
    pc.device.registry.set(OMADM + r"\Logger", "CurrentEnrollmentId", "another")
    pc.repair(*CLEAN, ids=[ONE, TWO], thumbprints=[first, second])
    assert [line for line in pc.diff(before) if "CurrentEnrollmentId" not in line] == []
    assert live in pc.device.certificates


def test_only_the_named_one_of_two_goes() -> None:
    pc = Bench()
    pc.stale(TWO)
    before = pc.dump()
    thumbprint = pc.stale(ONE)
    pc.device.registry.set(OMADM + r"\Logger", "CurrentEnrollmentId", TWO.upper())
    pc.repair(*CLEAN, ids=[ONE], thumbprints=[thumbprint])
    assert pc.diff(before) == []


def test_what_is_kept_for_system_is_removed_by_a_task_that_does_not_stay() -> None:
    pc = Bench()
    pc.stale(ONE)
    pc.repair("tasks", "state", ids=[ONE])
    assert pc.device.registry.find(f"{OMADM}\\Accounts\\{ONE}") is None
    assert not [path for path in pc.device.tasks.folders if "enrollmend" in path]
    assert not [path for path in pc.device.tasks.tasks if "enrollmend" in path]


def test_an_empty_task_folder_goes_with_the_account_of_its_enrollment() -> None:
    pc = Bench()
    pc.device.registry.create(f"{OMADM}\\Accounts\\{ONE}")
    before = pc.dump()
    pc.device.tasks.make_folder(f"{ENTERPRISE_MGMT}{ONE}\\")
    answer = pc.repair("tasks", ids=[ONE])
    assert [change["action"] for change in answer.stage("tasks")["changes"]] == ["delete"]
    assert pc.diff(before) == []


def test_a_running_task_is_stopped_before_it_goes() -> None:
    pc = Bench()
    pc.stale(ONE)
    folder = f"{ENTERPRISE_MGMT}{ONE.upper()}\\"
    start = f"Start-ScheduledTask -TaskPath '{folder}' -TaskName 'PushLaunch' -ErrorAction Stop"
    assert pc.script(start) == ""
    answer = pc.repair("tasks", ids=[ONE])
    before = [change["before"] for change in answer.stage("tasks")["changes"]]
    assert before.count("Running") == 1
    assert f"{folder}PushLaunch".lower() not in pc.device.tasks.tasks


def test_a_synchronisation_at_work_is_waited_for_and_then_the_stage_is_tried_later() -> None:
    pc = Bench()
    pc.stale(ONE)
    pc.device.processes[77] = Process(pid=77, name="omadmclient")
    before, start = pc.dump(), pc.now
    answer = pc.repair("tasks", "state", ids=[ONE])
    parked = answer.stage("tasks")
    assert answer.statuses == {"backup": "changed", "tasks": "parked"}
    assert "omadmclient.exe" in parked["reason"]
    assert pc.diff(before) == []
    assert 60 <= (pc.now - start).total_seconds() < 65
    del pc.device.processes[77]
    assert pc.repair("tasks", "state", ids=[ONE], fence=2).statuses["tasks"] == "changed"


def test_a_synchronisation_that_ends_in_time_holds_nothing_up() -> None:
    pc = Bench()
    pc.stale(ONE)
    assert pc.device.start(pc.device.session(), r"C:\Windows\System32\omadmclient.exe", "")
    assert pc.repair("tasks", ids=[ONE]).statuses["tasks"] == "changed"
    assert pc.device.processes == {}


def test_the_child_enrollment_goes_before_its_parent() -> None:
    pc = Bench()
    pc.stale(ONE)
    pc.stale(TWO)
    pc.device.registry.set(f"{ENROLLMENTS}\\{TWO}", "ProviderID", "Microsoft Device Management")
    answer = pc.repair("tasks", "state", ids=[ONE, TWO])
    deleted = [
        change["object"].rpartition("\\")[2].lower()
        for change in answer.stage("state")["changes"]
        if change["object"].startswith("HKLM\\SOFTWARE\\Microsoft\\Enrollments\\")
        and "Status" not in change["object"]
    ]
    assert deleted == [TWO, ONE]


def test_what_cannot_be_removed_is_named_and_stops_the_repair() -> None:
    pc = Bench()
    pc.stale(ONE)
    answer = pc.repair("state", "trigger", ids=[ONE])
    outcome = answer.stage("state")
    assert outcome["status"] == "failed"
    assert outcome["reason"].startswith("purge_incomplete: \\Microsoft\\Windows\\EnterpriseMgmt")
    assert "trigger" not in answer.statuses


# -- flag, services, clock, policy, join ---------------------------------------------------------


def test_the_flag_is_set_to_zero_and_not_removed() -> None:
    pc = Bench()
    pc.device.registry.set(ENROLLMENTS, "ExternallyManaged", 1)
    before = pc.dump()
    answer = pc.repair("flag")
    assert answer.stage("flag")["changes"] == [
        {
            "object": "HKLM\\SOFTWARE\\Microsoft\\Enrollments ExternallyManaged",
            "action": "set",
            "before": "1",
            "restorable": True,
        }
    ]
    assert len(pc.diff(before)) == 1
    assert pc.device.registry.number(ENROLLMENTS, "ExternallyManaged") == 0


def test_exactly_the_named_services_are_enabled() -> None:
    pc = Bench()
    for name in ("dmwappushservice", "dcsvc", "WpnService"):
        pc.device.services[name] = replace(pc.device.services[name], start_mode="Disabled")
    before = pc.dump()
    answer = pc.repair("services", services=["dmwappushservice", "WpnService", "BITS"])
    assert answer.statuses["services"] == "changed"
    assert pc.diff(before) == [
        "~ services / WpnService / start_mode: Disabled -> Auto",
        "~ services / dmwappushservice / start_mode: Disabled -> Manual",
    ]


def test_a_missing_service_is_a_failure_that_names_it() -> None:
    pc = Bench()
    del pc.device.services["dmwappushservice"]
    outcome = pc.repair("services", services=["dmwappushservice"]).stage("services")
    assert outcome["status"] == "failed"
    assert outcome["reason"].startswith("service_missing: dmwappushservice")


def test_the_clock_is_set_by_the_domain() -> None:
    pc = Bench()
    pc.device.skew = 900
    assert pc.repair("clock").statuses["clock"] == "changed"
    assert abs(pc.device.skew) < 5


def test_a_stopped_time_service_is_started_first() -> None:
    pc = Bench()
    pc.device.services["W32Time"] = replace(pc.device.services["W32Time"], state="Stopped")
    actions = [change["action"] for change in pc.repair("clock").stage("clock")["changes"]]
    assert actions == ["start", "set"]


def test_a_clock_that_cannot_be_set_is_a_failure() -> None:
    pc = Bench()
    del pc.device.services["W32Time"]
    outcome = pc.repair("clock").stage("clock")
    assert outcome["status"] == "failed"
    assert outcome["reason"].startswith("clock_not_set:")


def test_policy_enables_the_auto_enroll_task_that_was_disabled() -> None:
    pc = Bench()
    auto_enroll(pc, enabled=False)
    pc.repair("policy")
    assert pc.device.tasks.tasks[AUTO_ENROLL.lower()].enabled


def test_a_joined_pc_is_not_joined_again() -> None:
    pc = Bench()
    before = pc.dump()
    assert pc.repair("join").statuses["join"] == "unchanged"
    assert pc.diff(before) == []


def test_a_pc_that_joins_is_joined() -> None:
    pc = Bench()
    unjoined(pc)
    assert pc.repair("join").statuses["join"] == "changed"


def test_a_pc_that_does_not_join_is_parked_for_half_an_hour() -> None:
    pc = Bench()
    unjoined(pc, 0x801C03F2)
    outcome = pc.repair("join", "trigger").documents[-1]
    assert (outcome["stage"], outcome["status"], outcome["wait_seconds"]) == (
        "join",
        "parked",
        1800,
    )


def test_a_disabled_join_task_is_enabled_and_a_missing_one_is_a_failure() -> None:
    pc = Bench()
    unjoined(pc)
    path = "\\Microsoft\\Windows\\Workplace Join\\Automatic-Device-Join"
    task = pc.device.tasks.tasks[path.lower()]
    pc.device.tasks.tasks[path.lower()] = replace(task, enabled=False)
    changes = pc.repair("join").stage("join")["changes"]
    assert [change["action"] for change in changes] == ["enable", "start"]
    unjoined(pc)
    pc.device.tasks.remove(path)
    outcome = pc.repair("join", fence=2).stage("join")
    assert outcome["status"] == "failed"
    assert outcome["reason"].startswith("join_task_missing:")


# -- trigger -------------------------------------------------------------------------------------


def test_the_trigger_enrolls_a_clean_pc_and_says_where_to_look() -> None:
    pc = Bench()
    outcome = pc.repair("trigger").stage("trigger")
    assert outcome["status"] == "changed"
    assert outcome["result"] == 0
    assert outcome["marker"] == {"time": outcome["marker"]["time"], "record": 0}
    assert pc.facts()["events"]["items"][0]["id"] == 75
    assert pc.repair("trigger", fence=2).stage("trigger")["status"] == "unchanged"


def test_the_task_of_group_policy_is_used_when_it_is_there() -> None:
    pc = Bench()
    auto_enroll(pc)
    outcome = pc.repair("trigger").stage("trigger")
    assert [change["object"] for change in outcome["changes"]] == [AUTO_ENROLL]
    assert "result" not in outcome
    assert AUTO_ENROLL.lower() not in pc.device.tasks.tasks
    assert pc.facts()["events"]["items"][0]["id"] == 75


def test_a_disabled_task_or_one_of_the_other_credential_is_not_used() -> None:
    pc = Bench()
    auto_enroll(pc, enabled=False)
    outcome = pc.repair("trigger").stage("trigger")
    assert outcome["changes"][0]["object"] == "deviceenroller.exe /c /AutoEnrollMDM"
    other = Bench()
    auto_enroll(other)
    outcome = other.repair("trigger", CredentialType="Device").stage("trigger")
    assert outcome["changes"][0]["object"].endswith("/AutoEnrollMDMUsingAADDeviceCredential")


def test_the_exit_code_comes_back_as_an_unsigned_number() -> None:
    pc = Bench()
    pc.device.registry.set(ENROLLMENTS, "ExternallyManaged", 1)
    assert pc.repair("trigger").stage("trigger")["result"] == 0x80180026


def test_nobody_signed_in_is_no_trigger_with_a_users_credential() -> None:
    pc = Bench()
    pc.alone()
    before = pc.dump()
    outcome = pc.repair("trigger").stage("trigger")
    assert outcome["status"] == "skipped"
    assert outcome["reason"].startswith("no_interactive_user:")
    assert pc.diff(before) == []


def test_the_marker_is_the_newest_record_before_the_attempt() -> None:
    pc = Bench()
    pc.device.registry.set(ENROLLMENTS, "ExternallyManaged", 1)
    pc.repair("trigger")
    newest = pc.facts()["events"]["newest_record"]
    assert newest > 0
    assert pc.repair("trigger", fence=2).stage("trigger")["marker"]["record"] == newest


# -- all of them ---------------------------------------------------------------------------------

EVERY = (
    "agents",
    "configmgr",
    "services",
    "clock",
    "join",
    "tasks",
    "certificates",
    "state",
    "flag",
    "policy",
    "trigger",
)


@pytest.mark.parametrize("stage", EVERY)
def test_what_if_changes_nothing_at_all_and_says_what_would_change(stage: str) -> None:
    pc = Bench()
    thumbprints = broken(pc)
    if stage == "join":
        unjoined(pc)
    before = pc.device.dump()
    answer = pc.repair(
        stage,
        ids=[ONE, TWO],
        thumbprints=thumbprints,
        services=["dmwappushservice"],
        AllowConfigMgrRemoval=True,
        WhatIf=True,
    )
    outcome = answer.stage(stage)
    assert outcome["status"] == "would_change"
    assert outcome["changes"] != []
    assert pc.device.diff(before) == []
    assert pc.device.operations == 0


def test_stages_run_in_their_one_order_however_they_are_named() -> None:
    pc = Bench()
    thumbprint = pc.stale(ONE)
    answer = pc.repair(
        "trigger", "flag", "state", "certificates", "tasks", ids=[ONE], thumbprints=[thumbprint]
    )
    assert list(answer.statuses) == ["backup", "tasks", "certificates", "state", "flag", "trigger"]


@pytest.mark.parametrize("stage", ["services", "tasks", "certificates", "state", "flag"])
def test_twice_is_once(stage: str) -> None:
    pc = Bench()
    thumbprints = broken(pc)
    ids = {"ids": [ONE, TWO], "thumbprints": thumbprints, "services": ["dmwappushservice"]}
    if stage == "state":
        pc.repair("tasks", ids=[ONE, TWO])
    assert pc.repair(stage, **ids, fence=2).statuses[stage] == "changed"  # type: ignore[arg-type]
    before = pc.dump()
    assert pc.repair(stage, **ids, fence=3).statuses == {"backup": "unchanged", stage: "unchanged"}  # type: ignore[arg-type]
    assert pc.diff(before) == []
