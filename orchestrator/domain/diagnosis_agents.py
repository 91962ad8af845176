"""Judges of other managers: the legacy client, ConfigMgr, other vendors, and the flag they set."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from orchestrator.domain.diagnosis_view import (
    ENROLLMENTS,
    View,
    client_present,
    co_managed,
    finding,
)
from orchestrator.domain.enrollments import Kind, issuer_name
from orchestrator.domain.findings import Finding

POLICY_SILENCE = timedelta(days=30)
"""A ConfigMgr client that has had no policy for so long has no site any more."""
_CLIENT = r"%ProgramFiles%\Microsoft\OnlineManagement"


def judge_legacy_client(view: View) -> Iterator[Finding]:
    """Find the Intune PC software client, or what it left."""
    facts = view.facts
    client = facts.legacy_client
    if client is None:
        return
    products = [product for product in client.products if product.shared is False]
    service = any(item.name.lower() == "omcsvc" for item in facts.services or ())
    installed = [f"installed product {p.name} {p.version} {p.code}".rstrip() for p in products]
    if client.uninstaller:
        installed.append(rf"{_CLIENT}\Common\ProvisioningUtil.exe is there")
    if service:
        installed.append("service OmcSvc is installed")
    if installed:
        codes = tuple(product.code for product in products)
        yield finding("legacy_intune_agent", *installed, subjects=codes)
        return
    left = []
    if client.registry_key:
        left.append(r"HKLM\SOFTWARE\Microsoft\OnlineManagement is there")
    if client.installer_key:
        left.append(r"HKCR\Installer\Products\6985F0077D3EEB44AB6849B5D7913E95 is there")
    if client.folder:
        left.append(f"the folder {_CLIENT} is there")
    used = {i.certificate.thumbprint for i in view.judged if i.certificate}
    left += [
        f"certificate {c.thumbprint} of SC_Online_Issuing is in Cert:\\LocalMachine\\My"
        for c in facts.certificates or ()
        if issuer_name(c) == "sc_online_issuing" and c.thumbprint not in used
    ]
    if left:
        yield finding("legacy_agent_leftovers", *left)


def judge_flag(view: View) -> Iterator[Finding]:
    """Find the flag that declares the PC managed by something else."""
    flags = view.facts.flags
    if flags is not None and flags.externally_managed:
        yield finding(
            "externally_managed_flag",
            f"{ENROLLMENTS} ExternallyManaged is {flags.externally_managed}",
        )


def judge_configmgr(view: View) -> Iterator[Finding]:
    """Find whether ConfigMgr manages the PC, is merely there, or is dead.

    Anything unsure counts as alive (Microsoft: co-managed clients must stay), so also a client of
    which nobody can tell when its last policy came.
    """
    ccm = view.facts.configmgr
    if not client_present(view.facts):
        return
    managed = co_managed(view.facts)
    if managed:
        yield finding("ccm_comanaged", *managed)
        return
    present = r"%windir%\CCM\CcmExec.exe is installed"
    if ccm is None:
        yield finding("ccm_present", present, "its state could not be read")
        return
    if ccm.last_policy is None:
        unclear = r"when its last policy came is unknown: no %windir%\CCM\Logs\PolicyAgent.log"
        yield finding("ccm_present", present, unclear)
        return
    quiet = view.now - ccm.last_policy > POLICY_SILENCE
    known = None not in {ccm.comanagement_log, ccm.task_sequence, ccm.site_system}
    if known and quiet and not ccm.task_sequence and not ccm.site_system:
        silent = f"its last policy came {ccm.last_policy:%Y-%m-%d}"
        yield finding("ccm_orphan", present, silent, "CoManagementFlags is 0 or absent")
    else:
        yield finding("ccm_present", present)


def judge_other_mdm(view: View) -> Iterator[Finding]:
    """Find an MDM that is not Intune, or what is left of one.

    An enrollment of another provider that has neither an address nor an account manages nothing:
    it is told and kept.
    """
    foreign = [item for item in view.judged if item.kind is Kind.FOREIGN]
    agents = [f"{a.name}: {a.evidence}" for a in view.facts.foreign_agents or ()]
    flags = view.facts.flags
    dormant = [
        f"{item.where}: ProviderID {item.fact.provider_id}, no discovery URL, no OMA-DM account"
        for item in view.judged
        if item.kind is Kind.DORMANT
    ]
    lines = [
        f"{item.where}: ProviderID {item.fact.provider_id or 'absent'}, "
        f"DiscoveryServiceFullURL {item.fact.discovery_url or 'absent'}"
        for item in foreign
    ]
    if foreign:
        ids = tuple(item.id for item in foreign)
        yield finding("foreign_mdm_active", *lines, *agents, subjects=ids)
    elif agents and flags is not None and flags.externally_managed:
        yield finding(
            "foreign_mdm_active",
            *agents,
            f"{ENROLLMENTS} ExternallyManaged is {flags.externally_managed}",
        )
    elif agents or dormant:
        yield finding("foreign_agent_present", *agents, *dormant)
