"""The code of the last attempt: which cause it names, and how long it counts."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from orchestrator.domain.causes import CAUSES
from orchestrator.domain.codes import CODES
from orchestrator.domain.diagnosis import wants_network
from orchestrator.domain.diagnosis_attempt import last_attempt
from orchestrator.domain.facts import Facts
from orchestrator.domain.findings import Disposition, Owner
from orchestrator.domain.plan import Decision
from tests.domain.facts_builder import (
    NOW,
    OTHER_TENANT,
    TENANT,
    URL,
    dsregcmd,
    enrollment,
    event,
    events,
    failed,
    iso,
    judge,
    reading,
    task,
    with_enrollments,
)

# code, the cause it names on a PC on which nothing else is to be seen
ALONE = [
    (0x80180001, "service_error"),
    (0x80180002, "user_sign_in_needed"),
    (0x80180003, "user_not_authorised"),
    (0x80180004, "ca_refused"),
    (0x80180009, "enrollment_in_progress"),
    (0x8018000A, "enrollment_state_cached"),
    (0x8018000D, "tls_interception"),
    (0x80180010, "service_unreachable"),
    (0x80180013, "device_limit_reached"),
    (0x80180014, "enrollment_restricted"),
    (0x80180015, "feature_not_supported"),
    (0x80180016, "provisioning_failed"),
    (0x80180018, "user_not_licensed"),
    (0x80180019, "enrollment_data_rejected"),
    (0x8018001A, "insecure_redirect"),
    (0x8018001B, "platform_restart_needed"),
    (0x8018001C, "edition_not_licensed"),
    (0x8018001F, "provisioning_failed"),
    (0x80180021, "attempt_interrupted"),
    (0x80180022, "provisioning_failed"),
    (0x80180023, "platform_restart_needed"),
    (0x80180026, "blocked_cause_unknown"),
    (0x80180027, "platform_restart_needed"),
    (0x8018002A, "mfa_needed"),
    (0x8018002B, "mdm_scope_excludes_user"),
    (0x80180030, "user_cancelled"),
    (0x80180031, "mdm_scope_excludes_user"),
    (0x80180032, "custom_server_error"),
    (0x80180033, "throttled"),
    (0x8007064C, "provisioning_failed"),
    (0x80070774, "domain_unreachable"),
    (0x80072EE7, "service_unreachable"),
    (0x80072F8F, "tls_interception"),
    (0x80190190, "bad_request"),
    (0x80190191, "user_sign_in_needed"),
    (0x80190193, "blocked_by_conditional_access"),
    (0x80190194, "mdm_url_wrong"),
    (0x801901AD, "throttled"),
    (0x80070032, "feature_not_supported"),
    (0x80070005, "wrong_token_context"),
    (0x80070002, "component_missing"),
    (0xCAA2000C, "mfa_needed"),
    (0xCAA20003, "wrong_password"),
    (0xCAA70004, "proxy_not_found"),
    (0xCAA90006, "federation_failure"),
    (0xCAA9001F, "comanagement_misconfigured"),
    (0xCAA9004D, "wrong_token_context"),
    (0xC000005F, "user_unknown_in_tenant"),
    (0xC00000D0, "idp_refused"),
    (0x8018002C, "unknown_code"),
    (0x87654321, "unknown_code"),
]


@pytest.mark.parametrize(("code", "cause"), ALONE, ids=lambda v: f"{v:x}" if v is int else str(v))
def test_a_code_alone_names_a_cause_and_shows_the_event(code: int, cause: str) -> None:
    found, plan, _ = judge(reading(events=events(failed(code))))
    assert found.primary is not None
    assert found.primary.cause == cause
    assert found.primary.evidence[0].startswith("event 76, record 4710, 2026-11-25 07:57:00Z: 0x")
    assert found.last_error == code
    if CAUSES[cause].disposition is Disposition.REPORT:
        assert plan.decision is Decision.OWNER
        assert plan.stages == ()


@pytest.mark.parametrize("code", CODES.values(), ids=lambda code: code.text)
def test_every_code_of_the_catalogue_leads_to_a_cause(code: Any) -> None:
    found, plan, _ = judge(reading(events=events(failed(code.value))))
    assert found.primary is not None
    assert plan.next_action
    destructive = {"agents", "configmgr", "tasks", "certificates", "state"}
    assert not destructive & {stage.name for stage in plan.stages}


@pytest.mark.parametrize(
    "spelling", ["0x80180026", "80180026", "2149056550", "-2145910746", "0x801800026"]
)
def test_a_code_is_read_from_the_properties_however_it_is_spelled(spelling: str) -> None:
    pc = reading(flags={"externally_managed": 1}, events=events(event(76, 9, "0", spelling)))
    found, _, _ = judge(pc)
    assert found.last_error == 0x80180026


def test_a_text_in_any_language_is_no_code() -> None:
    text = "Die Verwaltung mobiler Geräte (MDM) ist nicht konfiguriert."
    for kind in ("0", "1", "0x1"):
        attempt = last_attempt(Facts.parse(reading(events=events(event(76, 9, kind, text)))))
        assert attempt.code is None
        assert attempt.evidence.endswith("failed without a code")


def test_the_newest_record_counts_and_not_the_order_of_the_list() -> None:
    log = events(failed(0x80180018, record=5), failed(0x80180026, record=9), failed(1, record=2))
    assert last_attempt(Facts.parse(reading(events=log))).code == 0x80180026


def test_a_success_after_a_failure_ends_the_failure() -> None:
    log = events(failed(0x80180026, record=5), event(75, 6, "0"))
    attempt = last_attempt(Facts.parse(reading(events=log)))
    assert attempt.succeeded
    assert attempt.code is None


def test_noise_in_the_channel_is_no_attempt() -> None:
    log = events(event(404, 9, "2149056550"), event(209, 10, "0"))
    assert last_attempt(Facts.parse(reading(events=log))).evidence == ""


def test_the_last_result_of_the_task_counts_when_the_log_says_nothing_newer() -> None:
    result = task(last_result=2149056550, last_run=iso(NOW - timedelta(minutes=2)))
    attempt = last_attempt(Facts.parse(reading(tasks=[result], events=None)))
    assert attempt.code == 0x80180026
    assert attempt.evidence.startswith("task \\Microsoft\\Windows\\EnterpriseMgmt\\Schedule")
    newer = events(failed(0x80180018, minutes_ago=1))
    assert last_attempt(Facts.parse(reading(tasks=[result], events=newer))).code == 0x80180018


@pytest.mark.parametrize("result", [0, 267009, 267011, 0x80041326])
def test_a_state_of_the_scheduler_is_no_attempt(result: int) -> None:
    ran = task(last_result=result, last_run=iso(NOW))
    assert last_attempt(Facts.parse(reading(tasks=[ran]))).code is None


def test_another_task_in_the_folder_is_not_the_one_that_enrolls() -> None:
    other = task(name="MDMMaintenenceTask", last_result=0x80180026, last_run=iso(NOW))
    assert last_attempt(Facts.parse(reading(tasks=[other]))).code is None


# ------------------------------------------------------------------ evidence overrules the code


def causes(payload: dict[str, Any]) -> list[str]:
    return [item.cause for item in judge(payload)[0].findings]


def test_already_enrolled_is_decided_by_what_is_on_the_pc() -> None:
    log = events(failed(0x8018000A))
    assert causes(with_enrollments(enrollment(), events=log, certificates=[])) == [
        "stale_enrollment"
    ]
    other = enrollment(provider_id="AirWatchMDM", discovery_url="https://mdm.example/x")
    assert causes(with_enrollments(other, events=log)) == ["foreign_mdm_active"]
    found, _, _ = judge(reading(events=log))
    assert [line.partition(":")[0] for line in found.ruled_out] == [
        "stale_enrollment",
        "orphan_mmpc",
        "mam_leftover",
        "foreign_mdm_active",
    ]


def test_not_configured_is_decided_by_what_is_on_the_pc() -> None:
    log = events(failed(0x8018002B))
    no_url = reading(
        events=log, dsregcmd={"text": dsregcmd(MdmUrl="")}, tenant_info=[{"tenant_id": TENANT}]
    )
    assert causes(no_url) == ["mdm_url_missing"]
    account = dsregcmd(AzureAdPrt="YES", Executing_Account_Name="X\\j, jdoe@corp.local")
    assert causes(reading(events=log, user_prt={"text": account})) == ["upn_not_routable"]
    former = [{"tenant_id": TENANT, "mdm_enrollment_url": URL}, {"tenant_id": OTHER_TENANT}]
    assert causes(reading(events=log, tenant_info=former)) == ["tenant_info_leftover"]
    no_token = {"text": dsregcmd(AzureAdPrt="NO")}
    assert causes(reading(events=log, user_prt=no_token)) == ["no_prt"]


def test_a_name_that_no_tenant_can_verify_is_no_cause_by_itself() -> None:
    account = dsregcmd(AzureAdPrt="YES", Executing_Account_Name="X\\j, jdoe@corp.local")
    assert causes(reading(user_prt={"text": account})) == ["enrollment_not_triggered"]


def test_what_was_not_read_is_not_ruled_out() -> None:
    log = events(failed(0x80180026))
    found, _, _ = judge(reading(events=log, flags=None))
    assert not any(line.startswith("externally_managed_flag") for line in found.ruled_out)
    assert "flags: denied" in found.unknown


def test_a_clock_that_is_wrong_explains_a_certificate_of_a_wrong_date() -> None:
    wrong = NOW - timedelta(hours=3)
    pc = reading(
        collected=iso(wrong), events=events(event(76, 9, "0", "0x80072f8f", minutes_ago=183))
    )
    found, plan, _ = judge(pc)
    assert [item.cause for item in found.findings] == ["clock_skew"]
    assert [stage.name for stage in plan.stages] == ["backup", "clock", "trigger"]


def test_the_push_service_explains_a_provisioning_that_failed() -> None:
    off = [{"name": "dmwappushservice", "start_mode": "Disabled"}]
    assert causes(reading(services=off, events=events(failed(0x80180023)))) == ["service_disabled"]
    gone = [{"name": "Schedule", "start_mode": "Auto"}]
    assert causes(reading(services=gone, events=events(failed(0x800706D9)))) == ["service_missing"]


def test_an_old_windows_and_a_home_edition_explain_their_codes() -> None:
    log = events(failed(0x8018001C))
    assert causes(reading(os={"edition_id": "Core"}, events=log)) == ["home_edition"]
    old = events(failed(0x80070032))
    assert causes(reading(os={"build": 10240}, events=old)) == ["os_too_old"]


def test_a_device_token_on_a_plain_pc_explains_a_device_that_is_not_supported() -> None:
    pc = reading(policy={"use_aad_credential_type": 2}, events=events(failed(0x80180014)))
    assert causes(pc) == ["wrong_credential_type"]


# ------------------------------------------------------------------ how long a code counts


def test_an_old_answer_is_asked_for_again_before_anybody_is_sent() -> None:
    old = reading(events=events(failed(0x80180018, minutes_ago=11)))
    found, plan, _ = judge(old)
    assert found.primary is not None
    assert found.primary.cause == "user_not_licensed"
    assert [stage.name for stage in plan.stages] == ["backup", "trigger"]
    assert plan.stages[1].reason.startswith("try again: event 76")
    assert "once more; if it fails the same way: Microsoft 365" in plan.next_action
    recent = judge(reading(events=events(failed(0x80180018, minutes_ago=10))))[1]
    assert recent.decision is Decision.OWNER
    assert recent.owner is Owner.TENANT


def test_a_young_answer_of_an_earlier_boot_is_asked_for_again() -> None:
    young = reading(
        events=events(failed(0x80180018, minutes_ago=9)),
        identity={"boot": iso(NOW - timedelta(minutes=5))},
    )
    assert [stage.name for stage in judge(young)[1].stages] == ["backup", "trigger"]


def test_an_unknown_code_repairs_nothing_and_is_asked_for_again_when_it_is_old() -> None:
    _, plan, _ = judge(reading(events=events(failed(0x8018002C, minutes_ago=1))))
    assert plan.decision is Decision.OWNER
    assert plan.stages == ()
    for age in (11, 60 * 24 * 90):
        _, plan, _ = judge(reading(events=events(failed(0x8018002C, minutes_ago=age))))
        assert [stage.name for stage in plan.stages] == ["backup", "trigger"]
        assert "once more; if it fails the same way: look the code up" in plan.next_action


@pytest.mark.parametrize("age", [1, 60 * 24 * 90])
def test_an_unknown_code_does_not_block_what_is_repaired_by_evidence(age: int) -> None:
    log = events(failed(0x8018002C, minutes_ago=age))
    found, plan, _ = judge(with_enrollments(enrollment(), certificates=[], events=log))
    assert found.primary is not None
    assert found.primary.cause == "stale_enrollment"
    assert plan.decision is Decision.REPAIR
    assert "state" in [stage.name for stage in plan.stages]


def test_an_unknown_code_does_not_hide_what_can_be_seen() -> None:
    pc = with_enrollments(enrollment(), certificates=[], events=events(failed(0x8018002C)))
    found, _, _ = judge(pc)
    assert {item.cause for item in found.findings} == {"unknown_code", "stale_enrollment"}


def test_what_may_pass_is_waited_for_and_then_tried() -> None:
    _, plan, _ = judge(reading(events=events(failed(0x80072EE7, minutes_ago=2))))
    assert plan.decision is Decision.RETRY
    assert plan.wait_seconds == 900
    assert plan.owner is Owner.NETWORK
    assert judge(reading(events=events(failed(0x80072EE7, minutes_ago=20))))[1].decision is (
        Decision.REPAIR
    )


def test_a_restart_ends_what_only_a_restart_ends() -> None:
    log = events(failed(0x80180027, minutes_ago=30))
    assert judge(reading(events=log))[1].decision is Decision.HOLD
    booted = {"boot": iso(NOW - timedelta(minutes=5))}
    assert judge(reading(events=log, identity=booted))[1].decision is Decision.REPAIR


def test_state_that_windows_keeps_in_memory_wants_a_restart_once() -> None:
    log = events(failed(0x8018000A, minutes_ago=2))
    held = judge(reading(events=log))[1]
    assert held.decision is Decision.HOLD
    assert held.owner is Owner.USER
    booted = {"boot": iso(NOW - timedelta(minutes=1))}
    assert judge(reading(events=log, identity=booted))[1].decision is Decision.REPAIR
    later = events(failed(0x8018000A, minutes_ago=60 * 23))
    assert judge(reading(events=later))[1].decision is Decision.HOLD
    outdated = events(failed(0x8018000A, minutes_ago=60 * 25))
    assert judge(reading(events=outdated))[1].decision is Decision.REPAIR


@pytest.mark.parametrize(
    ("code", "otherwise"),
    [
        (0x8018000A, "enrollment_state_cached"),
        (0x80180023, "platform_restart_needed"),
        (0xCAA82F8F, "tls_interception"),
    ],
)
def test_what_a_repair_mended_since_is_not_held_against_the_pc(code: int, otherwise: str) -> None:
    log = events(failed(code, minutes_ago=20))
    backup = {"run_id": "r-1", "created": iso(NOW - timedelta(minutes=2)), "objects": 22}
    assert causes(reading(events=log, backups=[backup])) == ["enrollment_not_triggered"]
    before = backup | {"created": iso(NOW - timedelta(minutes=30))}
    assert causes(reading(events=log, backups=[before])) == [otherwise]


def test_a_try_of_an_address_that_says_nothing_is_unknown_and_not_blocked() -> None:
    tried = {"host": "manage.microsoft.com", "ok": None, "error": "0x80072F8F: a security error"}
    found, _, _ = judge(reading(network={"endpoints": [tried]}))
    assert "system_proxy_blocked" not in {item.cause for item in found.findings}
    told = "network: whether SYSTEM reaches manage.microsoft.com was not told: 0x80072F8F"
    assert any(line.startswith(told) for line in found.unknown)


def test_the_network_is_probed_when_a_code_speaks_of_it() -> None:
    assert not wants_network(None)
    assert not wants_network(judge(reading(events=events(failed(0x80180018))))[0])
    assert wants_network(judge(reading(events=events(failed(0xCAA82EE7))))[0])
    assert wants_network(judge(reading(events=events(failed(0xCAA70004))))[0])


def test_a_second_factor_is_waited_for() -> None:
    _, plan, _ = judge(reading(events=events(failed(0x8018002A))))
    assert plan.decision is Decision.HOLD
    assert plan.owner is Owner.USER


def test_what_the_service_said_is_shown_beside_its_code() -> None:
    said = event(52, 4709, "DeviceNotSupported", "Gerät nicht unterstützt", minutes_ago=3)
    old = event(52, 4000, "Something else", minutes_ago=300)
    found, _, _ = judge(reading(events=events(failed(0x80180014), said, old)))
    assert found.primary is not None
    assert found.primary.evidence[-1] == (
        "event 52, record 4709: DeviceNotSupported Gerät nicht unterstützt"
    )
    quiet, _, _ = judge(reading(events=events(failed(0x80180014), old)))
    assert quiet.primary is not None
    assert not any("event 52" in line for line in quiet.primary.evidence)
