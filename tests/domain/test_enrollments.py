from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.domain.enrollments import (
    Kind,
    Place,
    is_enrollment_id,
    is_intune_url,
    judge_enrollments,
)
from orchestrator.domain.facts import Facts
from orchestrator.domain.plan import Decision
from tests.domain.facts_builder import (
    CHILD,
    ID,
    ID2,
    NOW,
    OTHER_TENANT,
    TENANT,
    THUMBPRINT,
    URL,
    certificate,
    enrollment,
    iso,
    judge,
    pseudo,
    reading,
    task_of,
    with_enrollments,
)


def kind_of(fact: dict[str, Any], **sections: Any) -> tuple[Kind, bool]:
    facts = Facts.parse(reading(enrollments=[fact], **sections))
    (item,) = judge_enrollments(facts, now=NOW)
    return item.kind, item.stale


@pytest.mark.parametrize("fact", pseudo(), ids=lambda fact: fact["id"][:8])
def test_pseudo_providers_and_nameless_guids_are_the_systems(fact: dict[str, Any]) -> None:
    assert kind_of(fact) == (Kind.SYSTEM, False)


@pytest.mark.parametrize("number", [12, 28, 30, 31])
def test_the_type_alone_protects(number: int) -> None:
    assert kind_of(enrollment(enrollment_type=number)) == (Kind.SYSTEM, False)


@pytest.mark.parametrize("name", ["WMI_BRIDGE_SCCM_SERVER", "local authority", "Cloud Authority "])
def test_the_name_alone_protects_in_any_case(name: str) -> None:
    assert kind_of(enrollment(provider_id=name, enrollment_type=6)) == (Kind.SYSTEM, False)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "00000000-0000-0000-0000-000000000000",
        "ffffffff-FFFF-ffff-FFFF-ffffffffffff",
        "{11111111-2222-4333-8444-555555555555}",
        "11111111-2222-4333-8444-555555555555\n",
        "11111111-2222-4333-8444-55555555555",
        "x11111111-2222-4333-8444-555555555555",
        "Context",
        "Ownership",
        ".*",
    ],
)
def test_what_is_no_guid_names_no_enrollment(text: str) -> None:
    assert not is_enrollment_id(text)
    kind, stale = kind_of(enrollment(id=text))
    assert kind in {Kind.SYSTEM, Kind.MARKER}
    assert not stale


def test_the_marker_of_administrators_is_told_and_kept() -> None:
    fact = {"id": "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF", "in": 33, "enrollment_state": 1}
    assert kind_of(fact) == (Kind.MARKER, False)


@pytest.mark.parametrize("name", ["MS DM Server", "ms dm server", "MS DM SERVER"])
def test_intune_is_known_in_any_case(name: str) -> None:
    assert kind_of(enrollment(provider_id=name))[0] is Kind.INTUNE


@pytest.mark.parametrize(
    ("name", "url"),
    [
        ("AirWatchMDM", "https://mdm.example/discovery"),
        ("SCConfigMgr", ""),
        ("Fleet", "https://fleet.example/mdm"),
        ("", "https://mdm.example/discovery"),
        ("Vendor", URL),
    ],
)
def test_other_providers_are_foreign_and_kept(name: str, url: str) -> None:
    fact = enrollment(provider_id=name, discovery_url=url)
    assert kind_of(fact) == (Kind.FOREIGN, False)


def test_a_provider_with_neither_address_nor_account_manages_nothing_and_is_kept() -> None:
    places = Place.ENROLLMENTS | Place.STATUS
    fact = enrollment(provider_id="Vendor", discovery_url="") | {"in": int(places), "tasks": 0}
    assert kind_of(fact) == (Kind.DORMANT, False)
    assert kind_of(fact | {"in": int(places | Place.ACCOUNTS)}) == (Kind.FOREIGN, False)
    found, plan, _ = judge(with_enrollments(fact))
    assert found.primary is not None
    assert found.primary.cause == "enrollment_not_triggered"
    assert plan.decision is Decision.REPAIR
    assert plan.enrollment_ids == ()
    assert plan.notes[0].startswith("foreign_agent_present: ")
    assert "ProviderID Vendor, no discovery URL, no OMA-DM account" in plan.notes[0]


def test_a_nameless_key_with_intunes_address_is_kept() -> None:
    assert kind_of(enrollment(provider_id="")) == (Kind.SYSTEM, False)


@pytest.mark.parametrize(
    ("seen_in", "tasks", "eligible"),
    [
        (32, None, True),  # an OMA-DM account
        (256, 3, True),  # tasks
        (512, 1, True),
        (256, None, False),  # an empty folder says nothing
        (16, None, False),  # a policy provider alone says nothing of enrollment
        (2 + 4 + 8, None, False),
        (64 + 128, None, False),
        (1024, None, False),  # CurrentEnrollmentId of nothing
        (2048, None, False),
        (0, None, False),
    ],
)
def test_residue_needs_traces_of_an_enrollment_client(
    seen_in: int, tasks: int | None, eligible: bool
) -> None:
    seen = [task_of(ID, "Schedule #1 created by enrollment client")] if tasks else []
    kind, stale = kind_of({"id": ID, "in": seen_in, "tasks": tasks}, tasks=seen)
    assert stale is eligible
    assert kind is (Kind.RESIDUE if eligible else Kind.SYSTEM)


def test_tasks_that_no_enrollment_client_makes_are_no_residue() -> None:
    fact = {"id": ID, "in": 256, "tasks": 2}
    assert not kind_of(fact, tasks=[task_of(ID, "Vendor sync"), task_of(ID, "Backup")])[1]
    assert not kind_of(fact, tasks=[task_of(ID2)])[1]
    assert not kind_of(fact, tasks=None)[1]
    assert kind_of(fact, tasks=[task_of(ID.upper(), "pushlaunch"), task_of(ID, "x")])[1]


def test_what_an_interrupted_repair_was_to_remove_may_be_finished() -> None:
    left = {"id": ID, "in": 16}
    backup = [{"run_id": "r-1", "objects": 3, "enrollment_ids": [ID.upper()]}]
    opened = {"run_id": "r-1", "fence": 1, "open": True}
    assert kind_of(left, journal=opened, backups=backup) == (Kind.RESIDUE, True)
    assert kind_of(left, journal=opened | {"open": False}, backups=backup)[1] is False
    assert kind_of(left, journal=opened | {"run_id": "r-2"}, backups=backup)[1] is False
    assert kind_of(left | {"in": 17}, journal=opened, backups=backup)[1] is False
    assert kind_of(left | {"in": 1024}, journal=opened, backups=backup)[1] is False


def test_an_enrollment_whose_keys_are_denied_is_unread_and_kept() -> None:
    denied = {"id": ID, "in": 1 + 32 + 256, "unread": "System.Security.SecurityException"}
    assert kind_of(denied) == (Kind.UNREAD, False)
    found, plan, _ = judge(reading(enrollments=[denied, enrollment(id=ID2)], certificates=[]))
    assert found.primary is not None
    assert found.primary.cause == "facts_unread"
    assert "SecurityException" in found.primary.evidence[0]
    assert plan.decision is Decision.OWNER
    assert kind_of(denied | {"in": 3}) == (Kind.SYSTEM, False)


def test_a_child_is_no_orphan_while_it_is_not_known_what_was_not_read() -> None:
    child = enrollment(id=CHILD, provider_id="Microsoft Device Management")
    for places, causes in ((1 + 32, {"facts_unread"}), (1 + 2, {"orphan_mmpc"})):
        denied = {"id": ID, "in": places, "unread": "System.Security.SecurityException"}
        found, _, _ = judge(with_enrollments(denied, child))
        assert {item.cause for item in found.findings} == causes


def test_a_guid_without_a_place_is_kept() -> None:
    assert kind_of({"id": ID}) == (Kind.SYSTEM, False)


@pytest.mark.parametrize(
    ("certificates", "stale"),
    [
        ([certificate()], False),
        ([certificate(has_private_key=False)], True),
        ([certificate(not_after=iso(NOW - timedelta(seconds=1)))], True),
        ([certificate(thumbprint=THUMBPRINT.lower())], False),
        ([certificate(thumbprint="00")], True),
        ([], True),
        ([certificate(not_after=None)], False),
        ([certificate(has_private_key=None)], False),
        (None, False),
    ],
)
def test_an_enrollment_dies_with_its_certificate_and_not_of_our_ignorance(
    certificates: list[dict[str, Any]] | None, stale: bool
) -> None:
    assert kind_of(enrollment(), certificates=certificates)[1] is stale


def test_an_outdated_thumbprint_kills_nothing_while_the_other_place_names_a_good_certificate() -> (
    None
):
    for key, account in (("DEAD", THUMBPRINT), (THUMBPRINT, "DEAD")):
        fact = enrollment(thumbprint=key, account_thumbprint=account)
        assert kind_of(fact, certificates=[certificate()])[1] is False
        expired = certificate(thumbprint="DEAD", not_after=iso(NOW - timedelta(days=1)))
        assert kind_of(fact, certificates=[expired, certificate()])[1] is False
        assert kind_of(fact, certificates=[expired])[1] is True


def test_the_certificate_of_the_account_stands_in_for_the_one_of_the_key() -> None:
    fact = enrollment(thumbprint=None, account_thumbprint=THUMBPRINT)
    assert kind_of(fact, certificates=[certificate()])[1] is False
    assert kind_of(enrollment(thumbprint=None), certificates=[certificate()])[1] is True


def test_an_unknown_tenant_is_no_other_tenant() -> None:
    fact = enrollment(tenant_id=None)
    assert kind_of(fact, certificates=[certificate()])[1] is False
    unknown = reading(
        enrollments=[enrollment(tenant_id=OTHER_TENANT)],
        certificates=[certificate()],
        dsregcmd=None,
        join_info=None,
    )
    (item,) = judge_enrollments(Facts.parse(unknown), now=NOW)
    assert item.tenant is None
    assert not item.stale


def test_braces_and_case_of_a_tenant_do_not_matter() -> None:
    fact = enrollment(tenant_id=f"{{{TENANT.upper()}}}")
    assert kind_of(fact, certificates=[certificate()])[1] is False


@pytest.mark.parametrize(
    ("url", "known"),
    [
        (URL, True),
        ("https://ENROLLMENT.MANAGE.MICROSOFT.COM/EnrollmentServer/Discovery.svc", True),
        ("https://enrollment.manage.microsoft.us/x", True),
        ("https://discovery.dm.microsoft.com/x", True),
        ("https://manage.microsoft.com", True),
        ("https://manage.microsoft.com.evil.example/x", False),
        ("https://evilmanage.microsoft.com/x", False),
        ("https://mdm.example/?x=manage.microsoft.com", False),
        ("https://[broken", False),
        ("", False),
        ("manage.microsoft.com", False),
    ],
)
def test_an_address_is_intunes_by_its_host(url: str, known: bool) -> None:
    assert is_intune_url(url) is known


PROVIDERS = [
    "MS DM Server",
    "Microsoft Device Management",
    "WMI_Bridge_SCCM_Server",
    "Local Authority",
    "Deploy Authority",
    "Cloud Authority",
    "AirWatchMDM",
    "",
]
GUIDS = [f"{n:08x}-2222-4333-8444-555555555555" for n in range(1, 7)]
ODD_IDS = [
    "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF",
    "00000000-0000-0000-0000-000000000000",
    "Context",
]


def facts_of(identity: str) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {
            "id": st.just(identity),
            "in": st.integers(0, 4095),
            "provider_id": st.sampled_from(PROVIDERS),
            "enrollment_type": st.sampled_from([None, 0, 6, 12, 13, 14, 26, 28, 30, 31]),
            "enrollment_state": st.sampled_from([None, 0, 1, 3]),
            "discovery_url": st.sampled_from(["", URL, "https://mdm.example/x"]),
            "tenant_id": st.sampled_from(["", TENANT, OTHER_TENANT]),
            "thumbprint": st.sampled_from(["", THUMBPRINT, "DEAD"]),
            "tasks": st.sampled_from([None, 3]),
            "upn": st.sampled_from(["", "a@b.example"]),
        }
    )


MIXES = st.lists(st.sampled_from([*GUIDS, *ODD_IDS]), unique=True, max_size=6).flatmap(
    lambda ids: st.tuples(*[facts_of(identity) for identity in ids])
)
CERTIFICATES = st.sampled_from(
    [
        [],
        [certificate()],
        [certificate(has_private_key=False)],
        [certificate(not_after=iso(NOW - timedelta(days=1)))],
    ]
)


def protected(fact: dict[str, Any]) -> bool:
    """The law, told once more and differently: what must never be removed."""
    if fact["id"] in ODD_IDS or not fact["in"]:
        return True
    if not fact["in"] & 1:
        return not fact["in"] & (32 + 256 + 512)
    if fact["enrollment_type"] in {12, 28, 30, 31}:
        return True
    return fact["provider_id"] not in {"MS DM Server", "Microsoft Device Management"}


@given(MIXES, CERTIFICATES)
def test_whatever_the_mix_nothing_protected_is_ever_named(
    mix: tuple[dict[str, Any], ...], certificates: list[dict[str, Any]]
) -> None:
    found, plan, _ = judge(
        with_enrollments(*mix, certificates=certificates), allow_configmgr_removal=True
    )
    allowed = {fact["id"] for fact in mix if not protected(fact)}
    assert set(plan.enrollment_ids) <= allowed
    assert len(set(plan.enrollment_ids)) == len(plan.enrollment_ids)
    if plan.decision is not Decision.REPAIR:
        assert not plan.enrollment_ids
        assert not plan.thumbprints
    if found.enrolled:
        assert plan.decision is Decision.NOTHING


@given(MIXES, CERTIFICATES)
def test_a_living_enrollment_of_the_tenant_and_its_certificate_are_never_named(
    mix: tuple[dict[str, Any], ...], certificates: list[dict[str, Any]]
) -> None:
    alive = enrollment(id=CHILD)
    _, plan, _ = judge(with_enrollments(alive, *mix, certificates=[certificate(), *certificates]))
    assert CHILD not in plan.enrollment_ids
    assert THUMBPRINT not in plan.thumbprints


@given(MIXES)
def test_without_certificates_read_nothing_of_the_joined_tenant_is_named_for_lack_of_one(
    mix: tuple[dict[str, Any], ...],
) -> None:
    _, plan, _ = judge(with_enrollments(*mix, certificates=None))
    named = set(plan.enrollment_ids)
    for fact in mix:
        whole = fact["in"] & 33 == 33 and fact["thumbprint"] and fact["tasks"]
        own = fact["tenant_id"] == TENANT and fact["provider_id"] == "MS DM Server"
        if whole and own:
            assert fact["id"] not in named
