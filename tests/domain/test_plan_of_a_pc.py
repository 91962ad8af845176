"""What is planned for a PC, and why."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from orchestrator.domain.findings import Owner
from orchestrator.domain.plan import Decision
from tests.domain.facts_builder import (
    CHILD,
    ID,
    ID2,
    NOW,
    OTHER_TENANT,
    THUMBPRINT,
    blank,
    certificate,
    dsregcmd,
    enrollment,
    events,
    failed,
    healthy,
    iso,
    judge,
    pseudo,
    reading,
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


def stages(payload: dict[str, Any], **options: Any) -> list[str]:
    return [stage.name for stage in judge(payload, **options)[1].stages]


def test_the_legacy_client_is_removed_and_the_flag_it_set_cleared() -> None:
    pc = reading(
        legacy_client=LEGACY, flags={"externally_managed": 1}, events=events(failed(0x80180026))
    )
    found, plan, _ = judge(pc)
    assert [item.cause for item in found.findings] == [
        "legacy_intune_agent",
        "externally_managed_flag",
    ]
    assert [stage.name for stage in plan.stages] == ["backup", "agents", "flag", "trigger"]
    assert found.last_error == 0x80180026
    (ruled_out,) = found.ruled_out
    assert ruled_out.startswith("enrollment_disabled_by_policy: HKLM\\SOFTWARE\\Policies")
    assert ruled_out.endswith("DisableRegistration is 0 or absent")


def test_a_policy_that_forbids_enrollment_is_reported_and_nothing_is_cleaned_for_nothing() -> None:
    pc = with_enrollments(
        enrollment(),
        policy={"auto_enroll_mdm": 1, "disable_registration": 1},
        legacy_client=LEGACY,
    )
    found, plan, _ = judge(pc)
    assert found.primary is not None
    assert found.primary.cause == "enrollment_disabled_by_policy"
    assert plan.decision is Decision.OWNER
    assert plan.owner is Owner.DIRECTORY
    assert plan.stages == ()
    assert "Disable MDM Enrollment" in plan.next_action


def test_two_dead_enrollments_are_removed_one_by_one() -> None:
    pc = with_enrollments(enrollment(), enrollment(id=ID2, thumbprint="BEEF"), certificates=[])
    found, plan, _ = judge(pc)
    assert found.primary is not None
    assert found.primary.subjects == (ID, ID2)
    assert plan.enrollment_ids == (ID, ID2)
    assert stages(pc) == ["backup", "tasks", "certificates", "state", "trigger"]


def test_a_linked_child_goes_before_its_dead_parent() -> None:
    pc = with_enrollments(enrollment(linked_id=CHILD), enrollment(**MMPC), certificates=[])
    _, plan, _ = judge(pc)
    assert plan.enrollment_ids == (CHILD, ID)


def test_the_certificate_of_a_dead_enrollment_goes_with_it() -> None:
    old = certificate(not_after=iso(NOW - timedelta(days=1)))
    _, plan, _ = judge(with_enrollments(enrollment(), certificates=[old]))
    assert plan.thumbprints == (THUMBPRINT,)


def test_a_certificate_of_another_authority_stays() -> None:
    other = certificate(issuer="CN=Fabrikam CA", has_private_key=False)
    _, plan, _ = judge(with_enrollments(enrollment(), certificates=[other]))
    assert plan.enrollment_ids == (ID,)
    assert plan.thumbprints == ()


def test_a_certificate_that_a_living_enrollment_uses_stays() -> None:
    pc = reading(
        healthy(),
        enrollments=[enrollment(), enrollment(id=ID2, tenant_id=OTHER_TENANT)],
    )
    found, plan, _ = judge(pc)
    assert found.enrolled
    assert plan.decision is Decision.NOTHING
    assert plan.thumbprints == ()


def test_nobody_signed_in_leaves_the_trigger_out_and_the_repair_in() -> None:
    pc = with_enrollments(enrollment(), certificates=[], session=NO_USER)
    found, plan, _ = judge(pc)
    assert [item.cause for item in found.findings] == ["stale_enrollment", "no_interactive_user"]
    assert plan.decision is Decision.REPAIR
    assert "trigger" not in stages(pc)
    assert "signs in" in plan.next_action


def test_nobody_signed_in_and_nothing_to_repair_is_waited_for() -> None:
    pc = reading(session=NO_USER, tasks=[])
    _, plan, _ = judge(pc)
    assert plan.decision is Decision.HOLD
    assert plan.owner is Owner.USER


def test_device_credential_needs_nobody() -> None:
    pc = reading(
        os={"edition_id": "ServerRdsh", "product_type": "ServerNT"},
        policy={"use_aad_credential_type": 2},
        session=NO_USER,
    )
    _, plan, _ = judge(pc)
    assert plan.decision is Decision.REPAIR
    assert plan.credential_type == "Device"
    assert stages(pc) == ["backup", "trigger"]


def test_a_co_managed_pc_is_left_alone_even_with_stale_state() -> None:
    pc = with_enrollments(
        enrollment(), configmgr=CCM | {"co_management_flags": 3}, flags={"externally_managed": 1}
    )
    found, plan, _ = judge(pc)
    assert found.primary is not None
    assert found.primary.cause == "ccm_comanaged"
    assert plan.decision is Decision.OWNER
    assert "left alone" in plan.next_action


def test_a_co_managed_pc_needs_no_policy() -> None:
    found, _, _ = judge(
        reading(configmgr=CCM | {"co_management_flags": 1}, policy={"auto_enroll_mdm": 0})
    )
    assert "gpo_missing" not in {item.cause for item in found.findings}


ORPHAN = CCM | {"last_policy": iso(NOW - timedelta(days=90))}


def test_an_orphaned_configmgr_client_goes_only_with_permission() -> None:
    pc = reading(configmgr=ORPHAN, flags={"externally_managed": 1})
    assert stages(pc) == ["backup", "flag", "trigger"]
    assert stages(pc, allow_configmgr_removal=True) == ["backup", "configmgr", "flag", "trigger"]


def test_a_plan_that_uninstalls_the_configmgr_client_says_so() -> None:
    told = "the Configuration Manager client without a site is uninstalled (ccmsetup /uninstall)"
    alone = judge(reading(configmgr=ORPHAN), allow_configmgr_removal=True)[1]
    assert alone.next_action == f"{told}, then enrolled"
    flag = reading(configmgr=ORPHAN, flags={"externally_managed": 1})
    assert judge(flag, allow_configmgr_removal=True)[1].next_action.startswith(f"{told}; ")
    assert told not in judge(flag)[1].next_action


def test_a_registration_for_app_protection_goes_only_when_it_is_in_the_way() -> None:
    mam = enrollment(discovery_url="https://wip.mam.manage.microsoft.com/Enroll")
    for log in ([], [failed(0x80180018, minutes_ago=30)], [failed(0x80180026, minutes_ago=1)]):
        found, plan, _ = judge(with_enrollments(mam, events=events(*log)))
        assert "mam_leftover" in {item.cause for item in found.findings}
        assert plan.enrollment_ids == ()
        assert "state" not in [stage.name for stage in plan.stages]
    for age in (1, 60 * 24 * 90):
        refused = events(failed(0x8018000A, minutes_ago=age))
        found, plan, _ = judge(with_enrollments(mam, events=refused))
        assert plan.enrollment_ids == (ID,)
        assert "state" in [stage.name for stage in plan.stages]


def test_an_orphaned_client_is_the_suspect_when_nothing_else_explains_the_block() -> None:
    pc = reading(configmgr=ORPHAN, events=events(failed(0x80180026)))
    found, plan, _ = judge(pc)
    assert found.primary is not None
    assert found.primary.cause == "ccm_orphan"
    assert plan.decision is Decision.OWNER
    assert "--allow-configmgr-removal" in plan.next_action


def test_a_pending_restart_stops_what_removes_and_not_the_trigger() -> None:
    waiting = {"windows_update": True}
    removes = with_enrollments(enrollment(), certificates=[], pending_reboot=waiting)
    assert judge(removes)[1].decision is Decision.HOLD
    assert stages(reading(pending_reboot=waiting)) == ["backup", "trigger"]
    assert judge(reading(pending_reboot={"cbs": True}))[1].decision is Decision.HOLD


def test_nothing_is_removed_before_a_pending_restart_whatever_is_allowed() -> None:
    pc = with_enrollments(enrollment(), certificates=[], pending_reboot={"cbs": True})
    for reboot in ("never", "if_needed", "allow"):
        assert stages(pc, reboot=reboot) == []


def test_a_pc_that_is_not_joined_gets_the_join_task_and_nothing_else() -> None:
    pc = with_enrollments(
        enrollment(), dsregcmd={"text": unjoined()}, join_info=[], certificates=[]
    )
    found, plan, _ = judge(pc)
    assert found.primary is not None
    assert found.primary.cause == "not_hybrid_joined"
    assert stages(pc) == ["backup", "join"]
    assert plan.enrollment_ids == ()


def test_a_missing_token_says_what_the_sign_in_service_answered() -> None:
    text = dsregcmd(
        AzureAdPrt="NO",
        WorkplaceJoined="YES",
        Attempt_Status="0xc000006d",
        Server_Error_Description="AADSTS50126: Falsches Kennwort.",
    )
    found, plan, _ = judge(reading(user_prt={"user": "FABRIKAM\\jdoe", "text": text}))
    assert found.primary is not None
    assert found.primary.evidence == (
        "dsregcmd in the user's session: AzureAdPrt : NO (session of FABRIKAM\\jdoe)",
        "Server Error Description quotes AADSTS50126: wrong user name or password",
        "its last attempt ended with 0xC000006D STATUS_LOGON_FAILURE",
        "WorkplaceJoined : YES may be the reason",
    )
    assert plan.decision is Decision.HOLD


def test_a_clock_that_runs_ahead_makes_no_enrollment_dead() -> None:
    ahead = NOW + timedelta(days=365 * 20)
    for dead in ((), (enrollment(id=ID2, tenant_id=OTHER_TENANT),)):
        pc = reading(healthy(), collected=iso(ahead), enrollments=[enrollment(), *dead])
        found, plan, _ = judge(pc)
        assert "clock_skew" in {item.cause for item in found.findings}
        assert "clock" in [stage.name for stage in plan.stages]
        assert ID not in plan.enrollment_ids
        assert THUMBPRINT not in plan.thumbprints


def test_a_token_nobody_looked_at_is_noted_as_unknown() -> None:
    told = "prt_unknown: the token was not looked at in a user's own session"
    pc = blank()
    del pc["user_prt"]
    found, plan, _ = judge(pc)
    assert told in plan.notes
    assert "no_prt" not in {item.cause for item in found.findings}
    assert judge(blank())[1].notes == ()
    machine = dsregcmd(AzureAdPrt="NO", Executing_Account_Name="NT AUTHORITY\\SYSTEM")
    assert told in judge(reading(user_prt={"text": machine}))[1].notes
    device = {"auto_enroll_mdm": 1, "use_aad_credential_type": 2}
    assert told not in judge(reading(pc, policy=device))[1].notes
    assert told not in judge(reading(healthy(), user_prt=None))[1].notes


def test_intunes_id_of_the_pc_is_that_of_its_living_enrollment() -> None:
    living = enrollment(ent_dm_id=f" {ID2.upper()} ")
    assert judge(reading(healthy(), enrollments=[living]))[0].dm_id == ID2.lower()
    assert judge(with_enrollments(living, certificates=[]))[0].dm_id == ""
    assert judge(reading(healthy()))[0].dm_id == ""


def said(pc: dict[str, Any], cause: str) -> str:
    """Return the evidence of a cause, as one text."""
    (item,) = (item for item in judge(pc)[0].findings if item.cause == cause)
    return "\n".join(item.evidence)


def test_the_clients_own_service_connection_point_is_told_when_the_join_is_missing() -> None:
    scp = {"tenant_id": OTHER_TENANT, "tenant_name": "old.example"}
    pc = reading(dsregcmd={"text": unjoined()}, join_info=[], client_scp=scp)
    assert rf"CDJ\AAD TenantId is {OTHER_TENANT} old.example" in said(pc, "not_hybrid_joined")
    assert "CDJ" not in said(reading(pc, client_scp=None), "not_hybrid_joined")


def test_a_policy_that_group_policy_did_not_bring_is_told_with_the_missing_task() -> None:
    told = "Group Policy's history has no run of the MDM extension"
    written = {"auto_enroll_mdm": 1, "gp_history": False}
    assert told in said(reading(tasks=[], policy=written), "auto_enroll_task_missing")
    brought = written | {"gp_history": True}
    assert told not in said(reading(tasks=[], policy=brought), "auto_enroll_task_missing")


def test_pending_file_renames_are_told_beside_what_asks_for_a_restart() -> None:
    both = reading(pending_reboot={"cbs": True, "file_rename": True})
    assert "PendingFileRenameOperations" in said(both, "pending_reboot")
    alone = judge(reading(pending_reboot={"file_rename": True}))[0]
    assert "pending_reboot" not in {item.cause for item in alone.findings}


def test_a_link_that_failed_is_told_of_a_dead_enrollment() -> None:
    dead = enrollment(linked_id=CHILD, linked_status=3)
    pc = with_enrollments(dead, certificates=[])
    assert f"its link to {CHILD} failed (liveness" in said(pc, "stale_enrollment")
    fine = with_enrollments(dead | {"linked_status": 4}, certificates=[])
    assert "its link" not in said(fine, "stale_enrollment")


def test_services_are_named() -> None:
    pc = reading(
        services=[
            {"name": "dmwappushservice", "start_mode": "Disabled"},
            {"name": "DmEnrollmentSvc", "start_mode": "Disabled"},
        ]
    )
    _, plan, _ = judge(pc)
    assert plan.service_names == ("DmEnrollmentSvc", "dmwappushservice")


def test_a_missing_certificate_alone_makes_an_enrollment_dead() -> None:
    pc = with_enrollments(enrollment(), certificates=[], events=events(failed(0x8018000A)))
    found, _, _ = judge(pc)
    assert found.primary is not None
    assert found.primary.cause == "stale_enrollment"
    assert "is not in Cert:\\LocalMachine\\My" in found.primary.evidence[0]
    assert found.primary.evidence[-1].startswith("last attempt: event 76, record 4710")


def test_pseudo_providers_are_never_named() -> None:
    _, plan, _ = judge(with_enrollments(enrollment(), certificates=[]))
    assert not {item["id"] for item in pseudo()} & set(plan.enrollment_ids)
