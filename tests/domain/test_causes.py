from __future__ import annotations

import re

import pytest

from orchestrator.domain.causes import CAUSES, Cause, cause
from orchestrator.domain.codes_evidence import BY_CAUSE
from orchestrator.domain.findings import Disposition, Owner
from orchestrator.domain.stages import STAGES
from orchestrator.errors import NotFound

NAMES = [
    "not_domain_joined",
    "not_hybrid_joined",
    "device_disabled_in_cloud",
    "no_prt",
    "mdm_url_missing",
    "mdm_url_foreign",
    "gpo_missing",
    "wrong_credential_type",
    "enrollment_disabled_by_policy",
    "externally_managed_flag",
    "legacy_intune_agent",
    "ccm_comanaged",
    "ccm_orphan",
    "foreign_mdm_active",
    "mam_leftover",
    "stale_enrollment",
    "foreign_tenant_enrollment",
    "orphan_mmpc",
    "residue_tasks_only",
    "residue_registry_only",
    "already_enrolled_healthy",
    "service_disabled",
    "clock_skew",
    "system_proxy_blocked",
    "home_edition",
    "os_too_old",
    "no_interactive_user",
    "fake_mdm_marker",
    "pending_reboot",
    "auto_enroll_task_missing",
    "auto_enroll_task_disabled",
    "relapsed",
    "purge_incomplete",
    "unknown_code",
]


@pytest.mark.parametrize("name", NAMES)
def test_the_catalogue_has_the_causes_everybody_speaks_of(name: str) -> None:
    assert cause(name).name == name


@pytest.mark.parametrize("entry", CAUSES.values(), ids=lambda entry: entry.name)
def test_an_entry_says_what_it_is_whose_it_is_and_what_happens_next(entry: Cause) -> None:
    assert re.fullmatch(r"[a-z]+(_[a-z]+)*", entry.name)
    assert entry.title
    assert entry.next_action
    assert entry.source
    assert "\n" not in entry.title + entry.next_action
    assert set(entry.stages) <= set(STAGES)
    if entry.disposition is Disposition.REPAIR:
        assert entry.owner is Owner.DEVICE
    if entry.disposition in {Disposition.HOLD, Disposition.REBOOT}:
        assert entry.owner is Owner.USER
    if entry.stages:
        assert entry.disposition is Disposition.REPAIR
    if entry.unsupported:
        assert entry.disposition is Disposition.REPORT
    if entry.wait_seconds:
        assert entry.disposition is Disposition.RETRY


def test_each_cause_says_what_confirms_it() -> None:
    assert BY_CAUSE.keys() == CAUSES.keys()
    assert all(text.strip() for text in BY_CAUSE.values())


def test_what_others_have_to_change_comes_before_what_is_repaired() -> None:
    """But for joining, without which nothing else can be, and a code that says nothing."""
    first_repair = CAUSES["legacy_intune_agent"].rank
    for entry in CAUSES.values():
        if entry.disposition is Disposition.REPORT and entry.name != "unknown_code":
            assert entry.rank < first_repair
        if entry.disposition is Disposition.NOTE:
            assert entry.rank >= 900


def test_a_name_is_found_however_it_is_written() -> None:
    assert cause(" Stale-Enrollment ").name == "stale_enrollment"


def test_a_name_that_is_not_there_gets_the_nearest() -> None:
    with pytest.raises(NotFound) as caught:
        cause("stale_enrolment")
    assert caught.value.hint == "did you mean stale_enrollment?"
    with pytest.raises(NotFound) as caught:
        cause("zzz")
    assert "cause ls" in caught.value.hint
