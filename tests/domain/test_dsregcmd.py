from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.domain.dsregcmd import JoinStatus
from tests.domain.dsregcmd_samples import (
    ALL,
    AS_SYSTEM,
    MODERN,
    NO_MDM_URL,
    NO_TOKEN,
    NOT_JOINED,
    OLD,
    box,
)

TENANT = "1c9e7b14-55aa-4d0e-8f61-0c1d5b7e9a33"
DEVICE = "ab1e5c02-6a1f-4c55-9b0e-2f3a94d0c611"
TRUTHS = ("AzureAdJoined", "EnterpriseJoined", "DomainJoined", "AzureAdPrt", "AadRecoveryEnabled")


def test_the_modern_layout_is_understood() -> None:
    status = JoinStatus.parse(MODERN)
    assert status.azure_ad_joined is True
    assert status.domain_joined is True
    assert status.enterprise_joined is False
    assert status.device_id == DEVICE
    assert status.tenant_id == TENANT
    assert status.device_auth_status == "SUCCESS"
    assert (status.mdm_url or "").endswith("/discovery.svc")
    assert status.certificate_valid_until == datetime(2035, 3, 4, 8, 41, 20, tzinfo=UTC)
    assert status.get("WamDefaultGUID") == "{B16898C6-A148-4967-9171-64D755DA8520} (AzureAd)"
    assert status.get("SettingsUrl") == ""


def test_the_old_layout_says_the_same() -> None:
    status = JoinStatus.parse(OLD, user_session=True)
    assert status.azure_ad_joined is True
    assert status.domain_joined is True
    assert status.tenant_id == TENANT
    assert (status.mdm_url or "").endswith("/Discovery.svc")
    assert (status.get("MdmComplianceUrl") or "").endswith("Compliance")
    assert status.get("KeySignTest") == "MUST Run elevated to test."
    assert status.prt is True


def test_keys_are_compared_in_any_case_and_keep_their_box() -> None:
    status = JoinStatus.parse(MODERN)
    assert status.get("device name") == "WS-0007.corp.contoso.example"
    boxes = {entry.section for entry in status.entries}
    assert boxes >= {"Device State", "Tenant Details", "SSO State", "Ngc Prerequisite Check"}


def test_a_colon_without_a_blank_before_it_is_a_colon() -> None:
    assert JoinStatus.parse(MODERN).truth("AadRecoveryEnabled") is False


def test_the_diagnosis_of_a_failed_join_is_read_from_a_box_without_a_title() -> None:
    status = JoinStatus.parse(NOT_JOINED)
    assert status.azure_ad_joined is False
    assert status.join_error == "0x801c03f2"
    assert status.join_tried == datetime(2026, 5, 18, 5, 12, 9, tzinfo=UTC)
    assert status.get("Server Message") == (
        "The device object (ab1e5c02: new) was not found: try later."
    )
    assert next(e.section for e in status.entries if e.key == "Error Phase") == ""
    assert status.device_id == ""
    assert status.mdm_url is None


def test_an_empty_mdm_url_is_not_a_missing_one() -> None:
    assert JoinStatus.parse(NO_MDM_URL).mdm_url == ""
    assert JoinStatus.parse(NOT_JOINED).mdm_url is None


def test_a_token_that_failed_says_how() -> None:
    status = JoinStatus.parse(NO_TOKEN, user_session=True)
    assert status.prt is False
    assert status.get("Attempt Status") == "0xc000006d"
    assert status.get("http STATUS") == "400"


@pytest.mark.parametrize("text", [MODERN, NO_TOKEN, AS_SYSTEM, OLD])
def test_a_token_seen_from_outside_the_users_session_is_unknown(text: str) -> None:
    assert JoinStatus.parse(text).prt is None


def test_a_token_seen_by_system_is_unknown_even_when_called_the_users() -> None:
    assert JoinStatus.parse(AS_SYSTEM, user_session=True).prt is None
    by_context = box("Diagnostic Data", "User Context=SYSTEM", "AzureAdPrt=NO")
    assert JoinStatus.parse(by_context, user_session=True).prt is None
    machine = "CONTOSO\\WS-0007$"
    assert JoinStatus.parse("AzureAdPrt : NO\n", user_session=True, user=machine).prt is None


def test_the_name_of_the_account_is_its_upn() -> None:
    assert JoinStatus.parse(MODERN).user_name == "asmith@contoso.example"
    assert JoinStatus.parse(AS_SYSTEM).user_name == ""


@pytest.mark.parametrize("value", ["ERROR", "NOT SET", "INVALID", "", "JA", "YES?"])
def test_anything_but_yes_and_no_is_unknown(value: str) -> None:
    assert JoinStatus.parse(f"AzureAdJoined : {value}\n").azure_ad_joined is None
    assert JoinStatus.parse("").azure_ad_joined is None


@pytest.mark.parametrize("value", ["none", "2c9e7b14", f"{{{TENANT}}}", f"{TENANT}0"])
def test_an_id_that_is_no_guid_is_unknown(value: str) -> None:
    assert JoinStatus.parse(f"TenantId : {value}\n").tenant_id == ""


def test_unknown_boxes_keys_and_lines_are_kept() -> None:
    text = f"{MODERN}{box('Work Account 1', 'WorkplaceDeviceId=x', 'what is this')}"
    status = JoinStatus.parse(text)
    assert [e.section for e in status.entries if e.key == "WorkplaceDeviceId"] == ["Work Account 1"]
    assert "what is this" in status.loose


@given(st.text())
def test_any_text_is_accepted(text: str) -> None:
    JoinStatus.parse(text, user_session=True)


@given(st.sampled_from(sorted(ALL)), st.data())
def test_a_text_that_is_cut_off_never_says_something_else(name: str, data: st.DataObject) -> None:
    whole = JoinStatus.parse(ALL[name], user_session=True)
    place = data.draw(st.integers(0, len(ALL[name])))
    part = JoinStatus.parse(ALL[name][:place], user_session=True)
    for key in TRUTHS:
        assert part.truth(key) in {None, whole.truth(key)}
    assert part.device_id in {"", whole.device_id}
    assert part.tenant_id in {"", whole.tenant_id}
    assert part.mdm_url in {None, whole.mdm_url}
    assert part.device_auth_status in {"", whole.device_auth_status}


@given(st.sampled_from(sorted(ALL)), st.randoms(use_true_random=False), st.integers(0, 30))
def test_lost_and_shuffled_lines_never_turn_a_no_into_a_yes(
    name: str, chance: object, lost: int
) -> None:
    lines = ALL[name].splitlines(keepends=True)
    assert hasattr(chance, "shuffle")
    chance.shuffle(lines)
    whole = JoinStatus.parse(ALL[name])
    part = JoinStatus.parse("".join(lines[lost:]) + "\r\n")
    for key in TRUTHS:
        assert part.truth(key) in {None, whole.truth(key)}


@given(
    st.sampled_from(sorted(ALL)),
    st.lists(st.text(st.characters(blacklist_characters=":\r\n|+"), max_size=40), max_size=5),
)
def test_foreign_lines_in_between_change_nothing(name: str, noise: list[str]) -> None:
    lines = ALL[name].split("\r\n")
    for place, line in enumerate(noise):
        lines.insert((place * 17) % len(lines), line)
    whole, part = JoinStatus.parse(ALL[name]), JoinStatus.parse("\r\n".join(lines))
    for key in ("AzureAdJoined", "DomainJoined", "TenantId", "DeviceId", "MdmUrl", "KeySignTest"):
        assert part.get(key) == whole.get(key)


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("name", sorted(ALL))
def test_line_endings_do_not_matter(name: str, ending: str) -> None:
    text = ALL[name].replace("\r\n", ending)
    assert JoinStatus.parse(text) == JoinStatus.parse(ALL[name])
