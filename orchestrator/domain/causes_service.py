"""Causes that rest on what the service or the network answered."""

from __future__ import annotations

from orchestrator.domain.cause import Cause
from orchestrator.domain.findings import Disposition, Owner

_CONSTANTS = "Microsoft: win32 MDMReg constants"
_ERRORS = "Microsoft: troubleshoot Windows enrollment errors"
_INTUNE = "Intune admin center > Devices > Enrollment"


def _report(  # noqa: PLR0917 - a row of a table
    name: str, rank: int, owner: Owner, title: str, action: str, source: str
) -> Cause:
    return Cause(
        name=name,
        rank=rank,
        owner=owner,
        disposition=Disposition.REPORT,
        title=title,
        next_action=action,
        source=source,
        from_code=True,
    )


def _retry(  # noqa: PLR0917 - a row of a table
    name: str, owner: Owner, title: str, action: str, source: str, wait: int
) -> Cause:
    return Cause(
        name=name,
        rank=450,
        owner=owner,
        disposition=Disposition.RETRY,
        title=title,
        next_action=action,
        source=source,
        wait_seconds=wait,
        from_code=True,
    )


SERVICE_CAUSES = (
    _report(
        "user_not_licensed",
        100,
        Owner.TENANT,
        "the user has no Intune licence",
        "Microsoft 365 admin center > Users: assign a licence with Intune to the signed-in user",
        f"{_ERRORS} (0x80180018)",
    ),
    _report(
        "user_not_authorised",
        101,
        Owner.TENANT,
        "the user may not enroll devices",
        "Entra admin center > Mobility (MDM and WIP) > Microsoft Intune: MDM user scope; and the "
        "user's licence",
        f"{_ERRORS} (0x80180003)",
    ),
    _report(
        "mdm_scope_excludes_user",
        102,
        Owner.TENANT,
        "MDM is not configured for this user",
        "Entra admin center > Mobility (MDM and WIP) > Microsoft Intune: MDM user scope All or a "
        "group with this user, WIP user scope None",
        f"{_ERRORS} (0x8018002B, 0x80180031)",
    ),
    _report(
        "device_limit_reached",
        103,
        Owner.TENANT,
        "the user has as many devices as allowed",
        f"{_INTUNE} > Device limit restrictions: raise it, or remove the user's old devices",
        f"{_ERRORS} (0x80180013)",
    ),
    _report(
        "enrollment_restricted",
        104,
        Owner.TENANT,
        "an enrollment restriction refuses this device",
        f"{_INTUNE} > Device platform restriction: allow Windows (MDM) and this version",
        f"{_ERRORS} (0x80180014)",
    ),
    _report(
        "feature_not_supported",
        105,
        Owner.TENANT,
        "the MDM service does not support this kind of enrollment",
        "check which MDM the tenant's MDM URL names and whether it allows enrollment by policy",
        f"{_CONSTANTS} (0x80180015)",
    ),
    _report(
        "enrollment_data_rejected",
        106,
        Owner.TENANT,
        "the service rejects the enrollment data",
        "check MDM user scope and enrollment restrictions; then open a case with the time of the "
        "event",
        f"{_CONSTANTS} (0x80180019)",
    ),
    _report(
        "ca_refused",
        107,
        Owner.TENANT,
        "the certificate authority refuses or cannot be reached by the service",
        "check the tenant's service health; then open a case with the time of the event",
        f"{_CONSTANTS} (0x80180004)",
    ),
    _report(
        "custom_server_error",
        108,
        Owner.TENANT,
        "the service refuses with a text of its own",
        "read event 52 of the enrollment channel: it holds the service's own words",
        f"{_CONSTANTS} (0x80180032)",
    ),
    _report(
        "blocked_by_conditional_access",
        109,
        Owner.TENANT,
        "conditional access or a restriction forbids the enrollment",
        "Entra admin center > Sign-in logs of the user, application Microsoft Intune Enrollment: "
        "exclude it from the policy that blocks",
        "platform knowledge: HTTP 403, AADSTS53003",
    ),
    _report(
        "mdm_url_wrong",
        110,
        Owner.TENANT,
        "the MDM address of the tenant leads nowhere",
        "Entra admin center > Mobility (MDM and WIP) > Microsoft Intune > Restore default MDM URLs",
        "platform knowledge: HTTP 404 from the discovery address",
    ),
    _report(
        "bad_request",
        111,
        Owner.TENANT,
        "the service calls the request wrong (HTTP 400), and no stale state was found",
        "delete stale records of this PC in Intune and Entra ID, then run again",
        "community: 0x80190190",
    ),
    _report(
        "user_unknown_in_tenant",
        112,
        Owner.TENANT,
        "the user or the domain of the user's name is not known to the tenant",
        "verify the UPN's domain in Entra ID and that the user is synchronised to this tenant",
        "Microsoft: troubleshoot hybrid joined devices (0xC000005F), AADSTS50020",
    ),
    _report(
        "federation_failure",
        113,
        Owner.DIRECTORY,
        "the federation service does not issue a token",
        "check AD FS: the WS-Trust endpoints windowstransport and usernamemixed, and the event log",
        "Microsoft: troubleshoot hybrid joined devices (0xCAA90006 and others)",
    ),
    _report(
        "idp_refused",
        114,
        Owner.TENANT,
        "the identity provider does not accept the request",
        "look at the user's sign-in log in Entra ID at the time of the attempt",
        "Microsoft: troubleshoot hybrid joined devices (0xC00000D0)",
    ),
    _report(
        "comanagement_misconfigured",
        115,
        Owner.TENANT,
        "co-management cannot get a token for this kind of account",
        "check the cloud attach settings of Configuration Manager and the UPN's domain",
        "Microsoft: MDM enrollment error 0xCAA9001F",
    ),
    _report(
        "domain_unreachable",
        116,
        Owner.NETWORK,
        "no domain controller was reachable",
        "give the PC a line of sight to a domain controller: office network or a device VPN",
        f"{_ERRORS} (0x80070774)",
    ),
    _report(
        "insecure_redirect",
        117,
        Owner.NETWORK,
        "the network redirects the enrollment to plain HTTP",
        "take the PC out of the captive portal, or the hosts out of the proxy's sign-in page",
        f"{_CONSTANTS} (0x8018001A)",
    ),
    _report(
        "tls_interception",
        118,
        Owner.NETWORK,
        "the service's TLS certificate is not accepted although the clock is right",
        "exempt *.manage.microsoft.com, *.dm.microsoft.com and login.microsoftonline.com from TLS "
        "inspection; update the root certificates",
        "Microsoft: troubleshoot hybrid joined devices (0x80072F8F)",
    ),
    _report(
        "blocked_cause_unknown",
        130,
        Owner.DEVICE,
        "enrollment is refused as blocked, and none of the known reasons is there",
        "start the auto-enroll task by hand and compare its last result: the code may be old",
        "Microsoft: 0x80180026; enrollmend: both switches and all agents are absent",
    ),
    _report(
        "unknown_code",
        330,
        Owner.DEVICE,
        "enrollment fails with a code that is not in the catalogue",
        "look the code up; nothing is repaired on the strength of an unknown code",
        "enrollmend: an unknown code is shown, never acted upon",
    ),
    _report(
        "edition_not_licensed",
        119,
        Owner.DEVICE,
        "Windows says that its edition is not licensed for enrollment",
        "activate Windows (`slmgr /dlv`) as Pro, Education or Enterprise, then run again",
        f"{_ERRORS} (0x8018001C)",
    ),
    _report(
        "proxy_not_found",
        120,
        Owner.NETWORK,
        "the PC as SYSTEM finds no server or proxy",
        "set a proxy for SYSTEM: `netsh winhttp show proxy`, WPAD; the user's proxy does not count",
        "community: 0xCAA70004",
    ),
    _retry(
        "enrollment_in_progress",
        Owner.DEVICE,
        "another enrollment is running",
        "looked at again in 5 minutes",
        f"{_CONSTANTS} (0x80180009)",
        300,
    ),
    _retry(
        "service_unreachable",
        Owner.NETWORK,
        "the PC could not reach the service",
        "tried again in 15 minutes. If it stays, check DNS, proxy and firewall for SYSTEM",
        "Microsoft: troubleshoot hybrid joined devices, network errors",
        900,
    ),
    _retry(
        "service_error",
        Owner.TENANT,
        "the service had an error of its own",
        "tried again in 15 minutes. If it stays, look at the tenant's service health",
        _CONSTANTS,
        900,
    ),
    _retry(
        "throttled",
        Owner.TENANT,
        "the service asks to come back later",
        "tried again in 30 minutes",
        "platform knowledge: HTTP 429",
        1800,
    ),
    _retry(
        "attempt_interrupted",
        Owner.DEVICE,
        "the last attempt was interrupted",
        "tried again in 15 minutes",
        _CONSTANTS,
        900,
    ),
)
