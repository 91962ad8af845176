"""Reading a PC: every section, never a guess, nothing changed, and never more than fits."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from orchestrator.lab.device_enrollment import link
from orchestrator.lab.device_identity import set_proxy
from orchestrator.lab.store_baseline import ACCOUNTS, LOGGER, fixed_guid
from orchestrator.lab.store_state import JOIN_CHANNEL, MDM_CHANNEL, User
from tests.scripts.bench import ENROLLMENTS, ONE, THREE, TWO, Bench
from tests.scripts.builders import auto_enroll, configmgr, legacy_client

ALWAYS = {
    "format",
    "module",
    "collected",
    "elapsed_ms",
    "unread",
    "identity",
    "host",
    "os",
    "dsregcmd",
    "join_info",
    "tenant_info",
    "client_scp",
    "policy",
    "flags",
    "enrollments",
    "tasks",
    "task_folders",
    "certificates",
    "services",
    "legacy_client",
    "configmgr",
    "foreign_agents",
    "events",
    "join_events",
    "aad_events",
    "policy_events",
    "session",
    "pending_reboot",
    "backups",
}


def test_an_ordinary_pc_gives_every_section_and_nothing_unread() -> None:
    facts = Bench().facts()
    assert set(facts) == ALWAYS
    assert facts["unread"] == []
    assert facts["format"] == 1


def test_reading_changes_nothing() -> None:
    pc = Bench()
    pc.stale(ONE)
    before = pc.device.dump()
    pc.facts(UserSession=True, Network=True)
    assert pc.device.diff(before) == []


def test_nothing_in_the_answer_is_null() -> None:
    pc = Bench()
    pc.stale(ONE)
    legacy_client(pc)
    configmgr(pc)
    text = pc.call("Get-EnrollmentFact").texts[0]
    assert ":null" not in text
    assert "\n" not in text


def test_identity_and_windows_are_told() -> None:
    facts = Bench("PC-0042").facts()
    assert facts["identity"]["computer_name"] == "PC-0042"
    assert facts["identity"]["dns_name"] == "PC-0042.corp.fabrikam.example"
    assert facts["identity"]["part_of_domain"] is True
    assert facts["identity"]["boot"].endswith("Z")
    assert facts["os"]["build"] == 22631
    assert facts["os"]["ubr"] == 4317
    assert facts["host"]["is_64bit_process"] is True


def entry(pc: Bench, guid: str) -> dict[str, object]:
    return next(one for one in pc.facts()["enrollments"] if one["id"] == guid)


def test_a_whole_enrollment_is_seen_in_every_place() -> None:
    pc = Bench()
    thumbprint = pc.stale(ONE)
    found = entry(pc, ONE)
    assert found["in"] == 0x7FF
    assert found["provider_id"] == "MS DM Server"
    assert found["thumbprint"] == found["account_thumbprint"] == thumbprint
    assert found["tasks"] == 10
    assert found["ent_dm_id"]


def test_a_linked_child_is_seen_through_its_parent_alone() -> None:
    pc = Bench()
    pc.stale(ONE)
    link(pc.device, ONE, TWO.upper())
    assert entry(pc, TWO) == {"id": TWO, "in": 2048}
    assert entry(pc, ONE)["linked_id"] == TWO.upper()
    assert entry(pc, ONE)["linked_status"] == 4


def test_pseudo_providers_are_listed_without_being_judged() -> None:
    providers = [one.get("provider_id", "") for one in Bench().facts()["enrollments"]]
    assert providers.count("WMI_Bridge_SCCM_Server") == 3
    assert len(providers) >= 30


def test_an_enrollment_that_cannot_be_read_says_so_and_spoils_no_other() -> None:
    pc = Bench()
    pc.stale(ONE)
    pc.stale(TWO)
    pc.device.registry.deny(f"{ENROLLMENTS}\\{ONE}")
    facts = pc.facts()
    found = {one["id"]: one for one in facts["enrollments"]}
    assert found[ONE] == {"id": ONE, "in": 0x3FF, "unread": "System.Security.SecurityException"}
    assert found[TWO]["provider_id"] == "MS DM Server"
    assert facts["unread"] == []


def test_an_account_that_names_no_thumbprint_gives_none() -> None:
    pc = Bench()
    pc.stale(ONE)
    pc.device.registry.set(f"{ACCOUNTS}\\{ONE}", "SslClientCertReference", "MY;User;xyz")
    assert "account_thumbprint" not in entry(pc, ONE)


def test_a_section_that_cannot_be_read_is_named_and_left_out() -> None:
    pc = Bench()
    pc.device.registry.deny(LOGGER)
    facts = pc.facts()
    unread = {one["fact"]: one["id"] for one in facts["unread"]}
    assert unread == {
        "flags": "System.Security.SecurityException",
        "enrollments": "System.Security.SecurityException",
    }
    assert set(facts) == ALWAYS - {"flags", "enrollments"}


@pytest.mark.parametrize(
    ("channel", "section"), [(MDM_CHANNEL, "events"), (JOIN_CHANNEL, "join_events")]
)
def test_a_channel_that_does_not_exist_is_unread_and_not_empty(channel: str, section: str) -> None:
    pc = Bench()
    del pc.device.events[channel]
    facts = pc.facts()
    assert [(one["fact"], one["id"]) for one in facts["unread"]] == [(section, "ChannelMissing")]
    assert section not in facts


def test_events_are_numbers_and_parameters_and_no_text() -> None:
    pc = Bench()
    pc.device.host = replace(pc.device.host, culture="de-DE")
    pc.device.log(MDM_CHANNEL, 76, 0, 0x80180026, message="Automatische MDM-Registrierung: Fehler")
    pc.device.log(MDM_CHANNEL, 404, message="noise")
    events = pc.facts()["events"]
    assert events["newest_record"] == 2
    assert [(one["id"], one["data"]) for one in events["items"]] == [(76, ["0", "2149056550"])]
    assert events["items"][0]["time"] == "2026-11-25T04:00:00Z"


def test_a_long_parameter_of_an_event_is_cut() -> None:
    pc = Bench()
    pc.device.log(MDM_CHANNEL, 52, "DeviceNotSupported", "x" * 5000)
    assert [len(text) for text in pc.facts()["events"]["items"][0]["data"]] == [18, 300]


def test_a_32_bit_host_reads_nothing_from_the_other_view_of_the_registry() -> None:
    pc = Bench()
    pc.stale(ONE)
    pc.device.host = replace(pc.device.host, process_bits=32)
    facts = pc.facts()
    assert facts["host"]["is_64bit_process"] is False
    assert facts["host"]["is_64bit_os"] is True
    assert {one["id"] for one in facts["unread"]} == {"UnsuitableHost"}
    assert "enrollments" not in facts
    assert "os" not in facts
    assert "AzureAdJoined : YES" in facts["dsregcmd"]["text"]
    assert facts["policy"]["auto_enroll_mdm"] == 1


def test_a_constrained_host_is_read_as_far_as_it_lets() -> None:
    pc = Bench()
    pc.mode = "ConstrainedLanguage"
    facts = pc.facts()
    assert facts["host"]["language_mode"] == "ConstrainedLanguage"
    assert facts["identity"]["computer_name"] == "PC-0042"
    unread = {one["fact"]: one["id"] for one in facts["unread"]}
    assert unread == dict.fromkeys(
        ("enrollments", "task_folders"), "CannotCreateTypeConstrainedLanguage"
    )
    assert set(facts) == ALWAYS - unread.keys()


def test_an_installed_module_works_from_an_endpoint_without_any_language() -> None:
    pc = Bench()
    pc.mode = "NoLanguage"
    assert set(pc.facts()) == ALWAYS
    thumbprint = pc.stale(ONE)
    stages = ("tasks", "certificates", "state", "trigger")
    answer = pc.repair(*stages, ids=[ONE], thumbprints=[thumbprint])
    assert answer.statuses["trigger"] == "changed"


def test_a_host_without_rights_is_told_apart() -> None:
    assert Bench().facts()["host"]["elevated"] is True


def test_nobody_and_somebody_at_the_console_are_told_apart() -> None:
    pc = Bench()
    session = pc.facts()["session"]
    assert session["console_user"] == "FABRIKAM\\jdoe"
    assert [one["user"] for one in session["interactive"]] == ["FABRIKAM\\jdoe"]
    pc.alone()
    assert pc.facts()["session"] == {"interactive": []}


def test_a_remote_desktop_user_is_interactive_and_not_at_the_console() -> None:
    pc = Bench()
    pc.device.users = (User(kind="rdp"),)
    session = pc.facts()["session"]
    assert "console_user" not in session
    assert session["interactive"] == [{"user": "FABRIKAM\\jdoe", "logon_type": 10}]


def test_the_token_of_the_user_is_read_in_the_users_own_session() -> None:
    pc = Bench()
    facts = pc.facts(UserSession=True)
    assert "AzureAdPrt : NO" in facts["dsregcmd"]["text"]
    assert "AzureAdPrt : YES" in facts["user_prt"]["text"]
    assert facts["user_prt"]["user"] == "FABRIKAM\\jdoe"


def test_without_a_user_there_is_no_token_to_read() -> None:
    pc = Bench()
    pc.alone()
    facts = pc.facts(UserSession=True)
    assert "user_prt" not in facts
    assert facts["unread"] == []


def test_addresses_are_tried_as_system() -> None:
    pc = Bench()
    pc.device.network = replace(
        pc.device.network, blocked=frozenset({"enrollment.manage.microsoft.com"})
    )
    network = pc.facts(Network=True)["network"]
    assert network["context"] == "system"
    reached = {one["host"]: one["ok"] for one in network["endpoints"]}
    assert reached["login.microsoftonline.com"] is True
    assert reached["enrollment.manage.microsoft.com"] is False
    assert len(reached) == 8


def test_a_proxy_that_is_the_only_way_out_is_no_fault_of_the_network() -> None:
    pc = Bench()
    set_proxy(pc.device, "proxy.fabrikam.example:8080")
    pc.device.network = replace(pc.device.network, direct=False)
    network = pc.facts(Network=True)["network"]
    assert {one["host"] for one in network["endpoints"]} >= {
        "discovery.dm.microsoft.com",
        "checkin.dm.microsoft.com",
    }
    assert {one["ok"] for one in network["endpoints"]} == {True}


def test_a_proxy_that_wants_system_to_log_on_is_told() -> None:
    pc = Bench()
    set_proxy(pc.device, "proxy:8080", blocked=frozenset({"manage.microsoft.com"}))
    tried = {one["host"]: one for one in pc.facts(Network=True)["network"]["endpoints"]}
    assert tried["manage.microsoft.com"]["ok"] is False
    assert tried["manage.microsoft.com"]["error"].startswith("HTTP 407")
    assert tried["login.microsoftonline.com"]["ok"] is True


@pytest.mark.parametrize(
    ("error", "wpad", "ok"),
    [(0x80072EFD, False, False), (0x80072EFD, True, None), (0x80072F8F, False, None)],
)
def test_what_says_nothing_of_the_way_is_unknown(
    error: int, ok: bool | None, *, wpad: bool
) -> None:
    pc = Bench()
    pc.device.network = replace(pc.device.network, direct=False, wpad=wpad, error=error)
    tried = pc.facts(Network=True)["network"]["endpoints"]
    assert {one["ok"] for one in tried} == {ok}
    assert {one["error"][:12] for one in tried} == {f"0x{error:08X}: "}


def test_tasks_outside_of_enrollments_come_first_and_with_their_results() -> None:
    pc = Bench()
    pc.stale(ONE)
    auto_enroll(pc, enabled=False)
    tasks = pc.facts()["tasks"]
    first = next(one for one in tasks if one["name"].startswith("Schedule created by enrollment"))
    assert first["state"] == "Disabled"
    assert first["last_result"] == 0x41303
    assert first["arguments"] == "/c /AutoEnrollMDM"
    assert "last_run" not in first
    assert "last_result" not in tasks[-1]


def test_the_retired_client_and_configuration_manager_are_described() -> None:
    pc = Bench()
    legacy_client(pc)
    configmgr(pc)
    facts = pc.facts()
    client = facts["legacy_client"]
    assert client["folder"] is True
    assert len(client["products"]) == 16
    assert [one["name"] for one in client["products"] if one["shared"]] == [
        "System Center 2012 - Operations Manager Agent",
        "Microsoft Policy Platform",
        "Microsoft Security Client",
    ]
    assert facts["configmgr"]["client_exe"] is True
    assert facts["configmgr"]["site"] == "P01"
    assert facts["configmgr"]["scom_groups"] == 0


def test_agents_of_other_managers_are_shown() -> None:
    pc = Bench()
    pc.device.registry.create(r"SOFTWARE\AIRWATCHMDM")
    assert pc.facts()["foreign_agents"] == [
        {"name": "Workspace ONE", "evidence": "HKLM\\SOFTWARE\\AIRWATCHMDM"}
    ]


def test_a_restart_that_is_waited_for_is_seen() -> None:
    pc = Bench()
    pc.device.registry.create(
        r"SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing\RebootPending"
    )
    assert pc.facts()["pending_reboot"] == {
        "cbs": True,
        "windows_update": False,
        "file_rename": False,
    }


def test_ids_that_have_everything_else_in_common_share_an_entry() -> None:
    pc = Bench()
    for number in range(3):
        key = f"{ENROLLMENTS}\\{fixed_guid(f'key {number}')}"
        pc.device.registry.put(key, {"EnrollmentState": 1, "EnrollmentType": 77})
    pc.stale(ONE)
    given = pc.call("Get-EnrollmentFact").one["enrollments"]
    (shared,) = (entry for entry in given if len(entry.get("ids", ())) == 3)
    assert set(shared) == {"ids", "in", "enrollment_state", "enrollment_type"}
    assert next(entry for entry in given if entry.get("id") == ONE)["tasks"] > 1
    told = [entry.get("id") for entry in given] + [
        each for entry in given for each in entry.get("ids", ())
    ]
    assert sorted(filter(None, told)) == sorted(one["id"] for one in pc.facts()["enrollments"])


def test_times_are_utc_whatever_the_clock_of_the_pc_says() -> None:
    pc = Bench()
    pc.device.skew = 3600
    wanted = (pc.now + timedelta(hours=1)).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert pc.facts()["collected"] == wanted


def test_what_a_session_that_died_left_goes_after_an_hour_and_nothing_else_does() -> None:
    pc = Bench()
    temp = "C:\\Windows\\Temp\\"
    ours = (f"{temp}enrollmend-{ONE}.txt", f"{temp}enrollmend-{THREE}\\probe.ps1")
    others = (f"{temp}enrollmend-notes.txt", f"{temp}{ONE}.txt")
    for path in (*ours, *others):
        pc.device.files.write(path, b"x", pc.now)
    pc.later(3500)
    pc.facts()
    assert all(pc.device.files.find(path) for path in (*ours, *others))
    pc.later(200)
    facts = pc.facts()
    assert facts["unread"] == []
    assert [path for path in ours if pc.device.files.find(path)] == []
    assert all(pc.device.files.find(path) for path in others)


def test_what_was_left_before_the_clock_was_set_back_goes_too() -> None:
    pc = Bench()
    path = f"C:\\Windows\\Temp\\enrollmend-{ONE}.txt"
    pc.device.files.write(path, b"x", pc.now + timedelta(hours=3))
    pc.facts()
    assert pc.device.files.find(path) is None
