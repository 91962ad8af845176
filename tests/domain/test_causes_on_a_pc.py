"""Each cause on a PC that has it, and on one that nearly has it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from orchestrator.domain.causes import CAUSES
from orchestrator.domain.plan import Decision
from tests.domain.facts_builder import (
    CHILD,
    FOLDER,
    ID,
    NOW,
    OTHER_TENANT,
    TENANT,
    blank,
    certificate,
    dsregcmd,
    enrollment,
    event,
    events,
    failed,
    healthy,
    iso,
    judge,
    reading,
    task,
    task_of,
    unjoined,
    with_enrollments,
)

LEGACY = {
    "folder": True,
    "uninstaller": True,
    "products": [
        {"code": "{700F5896}", "name": "Windows Intune Center", "version": "5.0", "shared": False}
    ],
}
CCM = {"client_exe": True, "uninstaller": True, "site": "P01", "last_policy": iso(NOW)}
MMPC = {"id": CHILD, "provider_id": "Microsoft Device Management", "enrollment_type": 26}
NO_USER: dict[str, Any] = {"console_user": None, "interactive": []}
OTHER_MDM = enrollment(
    provider_id="AirWatchMDM", discovery_url="https://mdm.example/d", enrollment_type=6
)

# cause, a PC that has it, one that has it not although it looks like it
CASES: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
    ("already_enrolled_healthy", healthy(), reading(healthy(), certificates=[])),
    ("os_too_old", reading(os={"build": 15063}), reading(os={"build": 16299})),
    ("home_edition", reading(os={"edition_id": "CoreN"}), reading(os={"edition_id": "ScoreN"})),
    (
        "server_os",
        reading(os={"product_type": "ServerNT", "edition_id": "ServerStandard"}),
        reading(os={"product_type": "ServerNT", "edition_id": "ServerRdsh"}),
    ),
    ("facts_unread", reading(enrollments=None), reading(certificates=None)),
    (
        "not_domain_joined",
        reading(
            identity={"part_of_domain": False},
            dsregcmd={"text": unjoined(DomainJoined="NO")},
            join_info=[],
        ),
        reading(identity={"part_of_domain": True}, dsregcmd={"text": dsregcmd(DomainJoined="NO")}),
    ),
    (
        "entra_joined_only",
        reading(identity={"part_of_domain": False}, dsregcmd={"text": dsregcmd(DomainJoined="NO")}),
        reading(dsregcmd={"text": dsregcmd(DomainJoined="NO")}),
    ),
    (
        "drs_joined",
        reading(dsregcmd={"text": dsregcmd(EnterpriseJoined="YES")}),
        reading(dsregcmd={"text": dsregcmd(EnterpriseJoined="-")}),
    ),
    (
        "foreign_mdm_active",
        with_enrollments(OTHER_MDM),
        reading(foreign_agents=[{"name": "Workspace ONE", "evidence": "HKLM\\SOFTWARE\\AIRWATCH"}]),
    ),
    (
        "foreign_agent_present",
        reading(foreign_agents=[{"name": "Workspace ONE", "evidence": "HKLM\\SOFTWARE\\AIRWATCH"}]),
        reading(foreign_agents=None),
    ),
    (
        "ccm_comanaged",
        reading(configmgr=CCM | {"co_management_flags": 1}),
        reading(configmgr=CCM | {"co_management_flags": 0}),
    ),
    (
        "ccm_orphan",
        reading(configmgr=CCM | {"last_policy": iso(NOW - timedelta(days=90))}),
        reading(
            configmgr=CCM | {"last_policy": iso(NOW - timedelta(days=90)), "site_system": True}
        ),
    ),
    (
        "ccm_orphan",
        reading(configmgr=CCM | {"last_policy": iso(NOW - timedelta(days=31))}),
        reading(configmgr=CCM | {"last_policy": None}),
    ),
    ("ccm_present", reading(configmgr=CCM), reading(configmgr={"handler_log": True})),
    (
        "ccm_present",
        reading(configmgr=CCM | {"last_policy": None}),
        reading(configmgr=CCM | {"last_policy": iso(NOW - timedelta(days=31))}),
    ),
    (
        "device_disabled_in_cloud",
        reading(
            dsregcmd={
                "text": dsregcmd(DeviceAuthStatus="FAILED. Device is either disabled or deleted")
            }
        ),
        reading(dsregcmd={"text": dsregcmd(DeviceAuthStatus="FAILED. ERROR 0x80072ee7")}),
    ),
    (
        "device_auth_error",
        reading(dsregcmd={"text": dsregcmd(DeviceAuthStatus="FAILED. ERROR 0x80072ee7")}),
        reading(dsregcmd={"text": dsregcmd(DeviceAuthStatus="-")}),
    ),
    (
        "join_certificate_expired",
        reading(
            dsregcmd={
                "text": dsregcmd(
                    DeviceCertificateValidity="[ 2015-03-04 08:11:20.000 UTC -- "
                    "2025-03-04 08:41:20.000 UTC ]"
                )
            }
        ),
        reading(dsregcmd={"text": dsregcmd(DeviceCertificateValidity="[ ]")}),
    ),
    (
        "device_key_unusable",
        reading(dsregcmd={"text": dsregcmd(KeySignTest="FAILED. 0x80090016")}),
        reading(dsregcmd={"text": dsregcmd(KeySignTest=": MUST Run elevated to test.")}),
    ),
    (
        "not_hybrid_joined",
        reading(dsregcmd={"text": unjoined()}, join_info=[]),
        reading(dsregcmd={"text": dsregcmd(AzureAdJoined="ERROR")}),
    ),
    (
        "enrollment_disabled_by_policy",
        reading(policy={"disable_registration": 1}),
        reading(policy={"disable_registration": 0}),
    ),
    ("gpo_missing", reading(policy={"auto_enroll_mdm": 0}), reading(policy=None)),
    (
        "wrong_credential_type",
        reading(policy={"use_aad_credential_type": 2}),
        reading(policy={"use_aad_credential_type": 2}, os={"edition_id": "ServerRdsh"}),
    ),
    (
        "mdm_url_missing",
        reading(dsregcmd={"text": dsregcmd(MdmUrl="")}, tenant_info=[{"tenant_id": TENANT}]),
        reading(dsregcmd={"text": dsregcmd(MdmUrl="-")}, tenant_info=None),
    ),
    (
        "mdm_url_foreign",
        reading(dsregcmd={"text": dsregcmd(MdmUrl="https://manage.microsoft.com.evil.example/")}),
        reading(
            dsregcmd={"text": dsregcmd(MdmUrl="https://ENROLLMENT.manage.microsoft.us/Discovery")}
        ),
    ),
    (
        "system_proxy_blocked",
        reading(network={"endpoints": [{"host": "login.microsoftonline.com", "ok": False}]}),
        reading(network={"endpoints": [{"host": "login.microsoftonline.com", "ok": True}]}),
    ),
    (
        "mmpc_enrollment_flag",
        reading(flags={"mmpc_enrollment_flag": 2}, events=events(failed(0x80190190))),
        reading(flags={"mmpc_enrollment_flag": 2}),
    ),
    (
        "enrollment_incomplete",
        with_enrollments(enrollment(tasks=None), certificates=[certificate()]),
        with_enrollments(enrollment(), certificates=[certificate()]),
    ),
    (
        "service_missing",
        reading(services=[{"name": "Schedule", "state": "Running", "start_mode": "Auto"}]),
        reading(services=None),
    ),
    (
        "service_disabled",
        reading(services=[{"name": "dmwappushservice", "start_mode": "Disabled"}]),
        reading(
            services=[
                {"name": "dmwappushservice", "start_mode": "Manual"},
                {"name": "W32Time", "start_mode": "Disabled"},
            ]
        ),
    ),
    (
        "fake_mdm_marker",
        with_enrollments({"id": "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF", "in": 1}),
        with_enrollments({"id": "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFF0", "in": 1}),
    ),
    ("legacy_intune_agent", reading(legacy_client=LEGACY), reading(legacy_client={"folder": True})),
    (
        "legacy_agent_leftovers",
        reading(legacy_client={"installer_key": True}),
        reading(legacy_client=LEGACY),
    ),
    (
        "externally_managed_flag",
        reading(flags={"externally_managed": 1}),
        reading(flags={"externally_managed": 0}),
    ),
    (
        "clock_skew",
        reading(collected=iso(NOW - timedelta(hours=3))),
        reading(collected=iso(NOW - timedelta(minutes=5))),
    ),
    (
        "foreign_tenant_enrollment",
        with_enrollments(enrollment(tenant_id=OTHER_TENANT), certificates=[certificate()]),
        with_enrollments(enrollment(tenant_id=TENANT.upper()), certificates=[]),
    ),
    (
        "stale_enrollment",
        with_enrollments(enrollment(), certificates=[]),
        with_enrollments(enrollment(), certificates=None),
    ),
    (
        "orphan_mmpc",
        with_enrollments(enrollment(**MMPC), certificates=[certificate()]),
        reading(healthy(), enrollments=[enrollment(linked_id=CHILD), enrollment(**MMPC)]),
    ),
    (
        "mam_leftover",
        with_enrollments(enrollment(discovery_url="https://wip.mam.manage.microsoft.com/Enroll")),
        with_enrollments(enrollment(), certificates=[]),
    ),
    (
        "purge_incomplete",
        with_enrollments(
            {"id": ID, "in": 32 + 16}, journal={"run_id": "r-1", "fence": 3, "open": True}
        ),
        with_enrollments(
            {"id": ID, "in": 32 + 16}, journal={"run_id": "r-1", "fence": 3, "open": False}
        ),
    ),
    (
        "residue",
        with_enrollments({"id": ID, "in": 256 + 32 + 16, "tasks": 3}, tasks=[task(), task_of(ID)]),
        with_enrollments({"id": ID, "in": 16 + 4}),
    ),
    (
        "residue_tasks_only",
        with_enrollments({"id": ID, "in": 256, "tasks": 3}, tasks=[task(), task_of(ID)]),
        with_enrollments(
            {"id": ID, "in": 256, "tasks": 1},
            tasks=[task(), task(path=f"{FOLDER}{ID}\\", name="Vendor sync")],
        ),
    ),
    (
        "residue_registry_only",
        with_enrollments({"id": ID, "in": 32 + 128}),
        with_enrollments({"id": "{" + ID + "}", "in": 32 + 128}),
    ),
    (
        "auto_enroll_task_disabled",
        reading(tasks=[task(state="Disabled")]),
        reading(tasks=[task(), task(path=f"{FOLDER}{ID}\\", state="Disabled")]),
    ),
    ("auto_enroll_task_missing", reading(tasks=[]), reading(tasks=None)),
    (
        "relapsed",
        reading(events=events(event(75, 4600, "0", minutes_ago=3000))),
        reading(events=events(event(75, 4600, "0"), failed(0x80180018))),
    ),
    ("enrollment_not_triggered", blank(), reading(tasks=[])),
    (
        "pending_reboot",
        reading(pending_reboot={"cbs": True}),
        reading(pending_reboot={"cbs": False, "file_rename": True}),
    ),
    ("no_interactive_user", reading(session=NO_USER, user_prt=None), reading(session=None)),
    (
        "local_user_only",
        reading(session={"console_user": "PC-0042\\admin", "interactive": []}),
        reading(
            session={
                "console_user": "PC-0042\\admin",
                "interactive": [{"user": "FABRIKAM\\jdoe", "logon_type": 10}],
            }
        ),
    ),
    (
        "workplace_joined",
        reading(user_prt={"text": dsregcmd(AzureAdPrt="YES", WorkplaceJoined="YES")}),
        reading(dsregcmd={"text": dsregcmd(WorkplaceJoined="YES")}, user_prt=None),
    ),
    (
        "prt_unknown",
        reading(user_prt=None, dsregcmd={"text": dsregcmd(AzureAdPrt="NO")}),
        reading(user_prt={"text": dsregcmd(AzureAdPrt="YES")}),
    ),
    (
        "no_prt",
        reading(user_prt={"text": dsregcmd(AzureAdPrt="NO", Attempt_Status="0xc000006d")}),
        reading(user_prt=None, dsregcmd={"text": dsregcmd(AzureAdPrt="NO")}),
    ),
    (
        "idp_refused",
        reading(user_prt={"text": dsregcmd(AzureAdPrt="NO", Attempt_Status="0xc00000d0")}),
        reading(user_prt={"text": dsregcmd(AzureAdPrt="YES", Attempt_Status="0xc00000d0")}),
    ),
    (
        "user_unknown_in_tenant",
        reading(user_prt={"text": dsregcmd(AzureAdPrt="NO", Attempt_Status="0xc000005f")}),
        reading(user_prt={"text": dsregcmd(AzureAdPrt="NO", Attempt_Status="0xc000006d")}),
    ),
]
NAMES = [name for name, _, _ in CASES]


@pytest.mark.parametrize(("cause", "with_it", "without_it"), CASES, ids=NAMES)
def test_the_cause_is_found_where_it_is_and_not_where_it_only_looks_so(
    cause: str, with_it: dict[str, Any], without_it: dict[str, Any]
) -> None:
    found, _, _ = judge(with_it)
    assert cause in {item.cause for item in found.findings}
    evidence = next(item.evidence for item in found.findings if item.cause == cause)
    assert evidence
    assert all(line.strip() for line in evidence)

    other, _, _ = judge(without_it)
    assert cause not in {item.cause for item in other.findings}


@pytest.mark.parametrize("pc", [with_it for _, with_it, _ in CASES], ids=NAMES)
def test_what_is_planned_follows_from_the_first_finding(pc: dict[str, Any]) -> None:
    found, plan, _ = judge(pc)
    assert found.primary is not None
    entry = CAUSES[found.primary.cause]
    expected = {
        "report": Decision.UNSUPPORTED if entry.unsupported else Decision.OWNER,
        "hold": Decision.HOLD,
        "reboot": Decision.HOLD,
        "retry": Decision.RETRY,
        "repair": Decision.REPAIR,
        "note": Decision.REPAIR,
        "leave": Decision.NOTHING if found.enrolled else Decision.OWNER,
    }
    assert plan.decision is expected[entry.disposition.value]
    assert plan.next_action
    if plan.decision is not Decision.REPAIR:
        assert not plan.stages
        assert not plan.enrollment_ids
        assert plan.owner is entry.owner
