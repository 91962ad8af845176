"""Judges of what Windows it is, what the policies say and where the tenant sends it."""

from __future__ import annotations

from collections.abc import Iterator

from orchestrator.domain.diagnosis_view import (
    DEVICE_CREDENTIAL,
    POLICY,
    View,
    co_managed,
    finding,
    hybrid_joined,
    multi_session,
)
from orchestrator.domain.enrollments import is_intune_url
from orchestrator.domain.facts import Facts
from orchestrator.domain.findings import Finding

OLDEST_BUILD = 16299
_TENANT_INFO = r"HKLM\SYSTEM\CurrentControlSet\Control\CloudDomainJoin\TenantInfo"


def judge_system(view: View) -> Iterator[Finding]:
    """Find whether this Windows can be enrolled at all."""
    system = view.facts.os
    if system is None:
        return
    if system.build is not None and system.build < OLDEST_BUILD:
        yield finding("os_too_old", f"CurrentBuildNumber is {system.build}, below {OLDEST_BUILD}")
    if system.edition_id.lower().startswith("core"):
        yield finding("home_edition", f"EditionID is {system.edition_id}")
    server = system.product_type and system.product_type.lower() != "winnt"
    if server and not multi_session(view.facts):
        yield finding("server_os", f"ProductType is {system.product_type}")


def judge_policy(view: View) -> Iterator[Finding]:
    """Find whether a policy forbids enrollment, or none asks for it."""
    policy = view.facts.policy
    if policy is None:
        return
    if policy.disable_registration:
        yield finding(
            "enrollment_disabled_by_policy",
            f"{POLICY} DisableRegistration is {policy.disable_registration}",
        )
    if co_managed(view.facts):
        return
    if policy.auto_enroll_mdm != 1:
        told = policy.auto_enroll_mdm
        yield finding(
            "gpo_missing", f"{POLICY} AutoEnrollMDM is {'absent' if told is None else told}"
        )
    known = view.facts.configmgr is not None and view.facts.os is not None
    device = policy.use_aad_credential_type == DEVICE_CREDENTIAL
    if device and known and not multi_session(view.facts):
        yield finding(
            "wrong_credential_type",
            f"{POLICY} UseAADCredentialType is {DEVICE_CREDENTIAL}",
            "the PC is neither co-managed nor a multi-session host",
        )


def judge_mdm_url(view: View) -> Iterator[Finding]:
    """Find whether the tenant gives the PC an MDM address, and whose."""
    facts = view.facts
    if not hybrid_joined(facts):
        return
    url, evidence = mdm_url(facts)
    if url:
        if not is_intune_url(url):
            yield finding("mdm_url_foreign", evidence)
    elif evidence:
        yield finding("mdm_url_missing", evidence)


def mdm_url(facts: Facts) -> tuple[str, str]:
    """Return the MDM address, and the sentence that shows it or its absence.

    dsregcmd decides; where it is silent, the registry does. Both empty: not known.
    """
    said = facts.dsregcmd.mdm_url if facts.dsregcmd else None
    if said:
        return said, f"dsregcmd: MdmUrl : {said}"
    own = None
    if facts.tenant_info is not None and facts.tenant_id:
        own = next((i for i in facts.tenant_info if i.tenant_id.lower() == facts.tenant_id), None)
        if own and own.mdm_enrollment_url:
            where = f"{_TENANT_INFO}\\{own.tenant_id} MdmEnrollmentUrl is {own.mdm_enrollment_url}"
            return own.mdm_enrollment_url, where
    if said == "":
        return "", "dsregcmd: MdmUrl is empty"
    if own is not None:
        return "", f"{_TENANT_INFO}\\{own.tenant_id} has no MdmEnrollmentUrl"
    return "", ""


def former_tenants(facts: Facts) -> tuple[str, ...]:
    """Return the paths of tenants in the address book that the PC is not joined to."""
    if not facts.tenant_id:
        return ()
    return tuple(
        f"{_TENANT_INFO}\\{info.tenant_id}"
        for info in facts.tenant_info or ()
        if info.tenant_id and info.tenant_id.lower() != facts.tenant_id
    )
