"""What every judge looks at: the facts, the time, and what was judged of them before."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from orchestrator.domain.diagnosis_attempt import LastAttempt, last_attempt
from orchestrator.domain.enrollments import Judged, judge_enrollments
from orchestrator.domain.facts import Facts
from orchestrator.domain.findings import Finding
from orchestrator.domain.run import RunOptions

ENROLLMENTS = r"HKLM\SOFTWARE\Microsoft\Enrollments"
WORKPLACE_JOIN = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\WorkplaceJoin"
POLICY = r"HKLM\SOFTWARE\Policies\Microsoft\Windows\CurrentVersion\MDM"
MULTI_SESSION = "serverrdsh"
DEVICE_CREDENTIAL = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """One device as the judges see it.

    Attributes:
        facts: the reading.
        now: the device's time; ours when the device did not tell its own.
        earliest: the earlier of the device's time and ours: what has expired only by a clock that
            runs ahead has not expired.
        observed_at: our time at the end of the reading.
        options: what the caller allowed.
        judged: every enrollment id.
        attempt: the last attempt to enroll.
    """

    facts: Facts
    now: datetime
    earliest: datetime
    observed_at: datetime
    options: RunOptions
    judged: tuple[Judged, ...]
    attempt: LastAttempt

    @classmethod
    def of(cls, facts: Facts, observed_at: datetime, options: RunOptions) -> View:
        """Return the view of a reading."""
        now = facts.collected or observed_at
        earliest = min(now, observed_at)
        return cls(
            facts=facts,
            now=now,
            earliest=earliest,
            observed_at=observed_at,
            options=options,
            judged=judge_enrollments(facts, now=earliest),
            attempt=last_attempt(facts),
        )


def finding(cause: str, *evidence: str, subjects: tuple[str, ...] = ()) -> Finding:
    """Return a finding; empty evidence lines are left out."""
    return Finding(
        cause=cause, evidence=tuple(line for line in evidence if line), subjects=subjects
    )


def hybrid_joined(facts: Facts) -> bool | None:
    """Tell whether the PC is joined to Entra ID; None when that was not read.

    dsregcmd decides; when it is silent, ``CloudDomainJoin`` in the registry does: with a record
    whose certificate is there. One without may be left over from a former join, and tells nothing.
    """
    said = facts.dsregcmd.azure_ad_joined if facts.dsregcmd else None
    if said is not None or facts.join_info is None:
        return said
    if not facts.join_info:
        return False
    there = {item.thumbprint.upper() for item in facts.certificates or ()}
    return True if any(i.thumbprint.upper() in there for i in facts.join_info) else None


def multi_session(facts: Facts) -> bool:
    """Tell whether this is a multi-session host of Azure Virtual Desktop."""
    return facts.os is not None and facts.os.edition_id.lower() == MULTI_SESSION


def uses_device_credential(facts: Facts) -> bool:
    """Tell whether the policy enrolls with the device's own token, so that no user is needed."""
    policy = facts.policy
    return policy is not None and policy.use_aad_credential_type == DEVICE_CREDENTIAL


def co_managed(facts: Facts) -> tuple[str, ...]:
    """Return what shows that ConfigMgr manages the PC together with Intune; empty when nothing."""
    ccm = facts.configmgr
    if ccm is None or not client_present(facts):
        return ()
    lines = []
    if (ccm.co_management_flags or 0) > 0:
        lines.append(
            f"HKLM\\SOFTWARE\\Microsoft\\CCM CoManagementFlags is {ccm.co_management_flags}"
        )
    if ccm.comanagement_log:
        lines.append(r"%windir%\CCM\Logs\CoManagementHandler.log shows co-management at work")
    if (ccm.client_health_status or 0) > 0:
        lines.append(
            r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\MDM ClientHealthStatus is "
            f"{ccm.client_health_status}"
        )
    return tuple(lines)


def client_present(facts: Facts) -> bool:
    """Tell whether a ConfigMgr client is installed."""
    running = any(service.name.lower() == "ccmexec" for service in facts.services or ())
    return running or (facts.configmgr is not None and facts.configmgr.client_exe is True)
