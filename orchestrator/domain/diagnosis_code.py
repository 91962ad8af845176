"""From the code of the last attempt to a cause, and which causes the facts rule out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from orchestrator.domain.causes import CAUSES
from orchestrator.domain.codes import lookup
from orchestrator.domain.diagnosis_policy import former_tenants
from orchestrator.domain.diagnosis_view import ENROLLMENTS, POLICY, View, finding
from orchestrator.domain.findings import Disposition, Finding

BLOCKED, ALREADY, NOT_CONFIGURED = 0x80180026, 0x8018000A, 0x8018002B

BY_STATE = (
    "foreign_mdm_active",
    "foreign_tenant_enrollment",
    "stale_enrollment",
    "orphan_mmpc",
    "mam_leftover",
    "purge_incomplete",
    "residue",
    "residue_tasks_only",
    "residue_registry_only",
    "enrollment_incomplete",
    "facts_unread",
)
_SHARED: Mapping[int, tuple[str, ...]] = {
    BLOCKED: (
        "enrollment_disabled_by_policy",
        "externally_managed_flag",
        "legacy_intune_agent",
        "legacy_agent_leftovers",
        "ccm_orphan",
        "foreign_mdm_active",
    ),
    ALREADY: BY_STATE,
    NOT_CONFIGURED: ("mdm_url_missing", "mdm_url_foreign", "no_prt"),
}
"""Causes that explain a code, by evidence. One of them found is enough."""

_OTHERWISE: Mapping[str, str] = {
    "clock_skew": "tls_interception",
    "device_disabled_in_cloud": "user_sign_in_needed",
    "externally_managed_flag": "blocked_cause_unknown",
    "home_edition": "edition_not_licensed",
    "legacy_agent_leftovers": "provisioning_failed",
    "legacy_intune_agent": "provisioning_failed",
    "mdm_url_missing": "mdm_scope_excludes_user",
    "os_too_old": "feature_not_supported",
    "residue_registry_only": "provisioning_failed",
    "service_disabled": "platform_restart_needed",
    "stale_enrollment": "provisioning_failed",
}
"""What a code means when its first hypothesis can be seen on a PC, and is not there."""
_OTHERWISE_BY_CODE: Mapping[int, str] = {
    ALREADY: "enrollment_state_cached",
    0x80180022: "provisioning_failed",
    0x80190190: "bad_request",
}
_NO_SUFFIX = frozenset({"local", "lan", "internal", "corp", "home", "intranet", "localdomain"})


def judge_code(view: View, found: Sequence[Finding]) -> Iterator[Finding]:
    """Find what the last attempt's code says, unless what is on the PC explains it already."""
    attempt = view.attempt
    if attempt.code is None:
        return
    names = {item.cause for item in found}
    known = lookup(attempt.code)
    if known is None:
        yield finding("unknown_code", attempt.evidence)
        return
    if names & {*_SHARED.get(attempt.code, ()), known.cause}:
        return
    if attempt.code == NOT_CONFIGURED and (special := _not_configured(view)):
        yield special
        return
    if known.cause in {"stale_enrollment", "residue_registry_only"} and names & {
        *BY_STATE,
        "mmpc_enrollment_flag",
    }:
        return
    if known.cause == "service_disabled" and "service_missing" in names:
        return
    if known.cause == "enrollment_restricted" and "wrong_credential_type" in names:
        return
    if known.cause == "enrollment_not_triggered":
        return
    if CAUSES[known.cause].disposition is Disposition.REPAIR and _repaired_since(view):
        return
    cause = _OTHERWISE_BY_CODE.get(known.value) or _OTHERWISE.get(known.cause, known.cause)
    yield finding(cause, attempt.evidence, known.meaning, attempt.server)


def _repaired_since(view: View) -> bool:
    """Tell whether a repair of ours began after the attempt: its answer is about what was then."""
    time = view.attempt.time
    return time is not None and any(
        backup.created is not None and backup.created > time for backup in view.facts.backups or ()
    )


def _not_configured(view: View) -> Finding | None:
    status = view.facts.user_prt
    name = status.user_name if status else ""
    if name and _unroutable(name):
        return finding("upn_not_routable", f"the user signs in as {name}", view.attempt.evidence)
    former = former_tenants(view.facts)
    if former:
        lines = [f"{path} is of a tenant the PC is not joined to" for path in former]
        return finding("tenant_info_leftover", *lines, view.attempt.evidence)
    return None


def _unroutable(name: str) -> bool:
    domain = name.rpartition("@")[2].strip().lower()
    return "." not in domain or domain.rpartition(".")[2] in _NO_SUFFIX


def ruled_out(view: View, found: Sequence[Finding]) -> Iterator[str]:
    """Yield ``cause: why not`` for what shares the last code and was read to be absent.

    What could not be read is not ruled out.
    """
    names = {item.cause for item in found}
    checks = {BLOCKED: _not_blocked, ALREADY: _not_enrolled, NOT_CONFIGURED: _is_configured}
    check = checks.get(view.attempt.code or 0)
    for cause, why in check(view) if check else ():
        if cause not in names:
            yield f"{cause}: {why}"


def _not_blocked(view: View) -> Iterator[tuple[str, str]]:
    facts = view.facts
    if facts.policy is not None and not facts.policy.disable_registration:
        yield "enrollment_disabled_by_policy", f"{POLICY} DisableRegistration is 0 or absent"
    if facts.flags is not None and not facts.flags.externally_managed:
        yield "externally_managed_flag", f"{ENROLLMENTS} ExternallyManaged is 0 or absent"
    if facts.legacy_client is not None:
        yield "legacy_intune_agent", "no product, service or uninstaller of the legacy client"


def _not_enrolled(view: View) -> Iterator[tuple[str, str]]:
    if view.facts.enrollments is None:
        return
    yield "stale_enrollment", "no MS DM Server enrollment on the PC"
    yield "orphan_mmpc", "no Microsoft Device Management enrollment without its parent"
    yield "mam_leftover", "no app-protection registration"
    yield "foreign_mdm_active", "no enrollment of another provider"


def _is_configured(view: View) -> Iterator[tuple[str, str]]:
    facts = view.facts
    if facts.dsregcmd is not None and facts.dsregcmd.mdm_url:
        yield "mdm_url_missing", f"dsregcmd: MdmUrl : {facts.dsregcmd.mdm_url}"
    if facts.user_prt is not None and facts.user_prt.prt:
        yield "no_prt", "dsregcmd in the user's session: AzureAdPrt : YES"
    name = facts.user_prt.user_name if facts.user_prt else ""
    if name and not _unroutable(name):
        yield "upn_not_routable", f"the user signs in as {name}"
    if facts.tenant_info is not None and facts.tenant_id and not former_tenants(facts):
        yield "tenant_info_leftover", "TenantInfo holds the joined tenant alone"
