"""What on the PC confirms the first hypothesis of a code, and what overrules it."""

from __future__ import annotations

from collections.abc import Mapping

_AGAIN = "the same code after the next attempt confirms it; an event 75 overrules it"
_ONLY_CODE = "nothing on the PC shows it: the code of a recent attempt is the evidence"
_NETWORK = "a probe of the endpoints as SYSTEM confirms or overrules it"
_STATE = "a dead enrollment on the PC confirms it; when there is none, another reason is looked for"

BY_CAUSE: Mapping[str, str] = {
    "attempt_interrupted": _AGAIN,
    "bad_request": "MmpcEnrollmentFlag 2 or a dead enrollment overrules it",
    "blocked_by_conditional_access": _ONLY_CODE,
    "ca_refused": _ONLY_CODE,
    "clock_skew": "a clock more than 5 minutes wrong confirms it; a right one means TLS inspection",
    "comanagement_misconfigured": "CoManagementFlags above 0 confirms it",
    "component_missing": _AGAIN,
    "custom_server_error": "event 52 of the enrollment channel holds the service's words",
    "device_disabled_in_cloud": "DeviceAuthStatus FAILED in dsregcmd confirms it",
    "device_key_unusable": "KeySignTest in dsregcmd confirms or overrules it",
    "device_limit_reached": _ONLY_CODE,
    "domain_unreachable": _NETWORK,
    "enrollment_data_rejected": _ONLY_CODE,
    "enrollment_in_progress": _AGAIN,
    "enrollment_not_triggered": "an enrollment on the PC overrules it",
    "enrollment_restricted": "UseAADCredentialType 2 on a plain PC overrules it",
    "externally_managed_flag": "see the two switches",
    "feature_not_supported": _ONLY_CODE,
    "federation_failure": _ONLY_CODE,
    "home_edition": "EditionID beginning with Core confirms it; any other overrules it",
    "idp_refused": _ONLY_CODE,
    "insecure_redirect": _NETWORK,
    "join_not_allowed": _ONLY_CODE,
    "join_quota_reached": _ONLY_CODE,
    "join_response_altered": _NETWORK,
    "join_scp_unreadable": "AD Configuration Test in dsregcmd confirms or overrules it",
    "join_service_unavailable": "DRS Discovery Test in dsregcmd confirms or overrules it",
    "join_sync_pending": "AzureAdJoined YES after the next synchronisation overrules it",
    "join_tenant_wrong": "the tenant that the service connection point names decides",
    "join_tpm_failure": "TpmProtected and KeySignTest in dsregcmd after a restart",
    "legacy_agent_leftovers": "traces of OnlineManagement confirm it; their absence overrules it",
    "legacy_intune_agent": "an installed product of the legacy client confirms it",
    "mdm_scope_excludes_user": "an empty MdmUrl confirms it; a user name with a made-up suffix, or "
    "TenantInfo of a former tenant, overrules it",
    "mdm_url_missing": "an empty MdmUrl confirms it; an MdmUrl on Intune's hosts overrules it",
    "mdm_url_wrong": "an MdmUrl on other hosts than Intune's confirms it",
    "mfa_needed": _ONLY_CODE,
    "os_too_old": "a build below 16299 confirms it; any other overrules it",
    "platform_restart_needed": "a boot after the event overrules it",
    "provisioning_failed": _STATE,
    "proxy_not_found": _NETWORK,
    "residue_registry_only": _STATE,
    "service_disabled": "dmwappushservice disabled or missing confirms it",
    "service_error": _AGAIN,
    "service_unreachable": _NETWORK,
    "stale_enrollment": _STATE,
    "throttled": _AGAIN,
    "tls_interception": "a clock more than 5 minutes wrong overrules it",
    "tpm_fips_mode": _ONLY_CODE,
    "user_cancelled": _ONLY_CODE,
    "user_not_authorised": _ONLY_CODE,
    "user_not_licensed": _ONLY_CODE,
    "user_sign_in_needed": "AzureAdPrt in the user's own session confirms or overrules it",
    "user_unknown_in_tenant": "the user name of the session confirms or overrules it",
    "wrong_password": "AzureAdPrt and its diagnostics in the user's own session",
    "wrong_token_context": "an attempt by SYSTEM with a user at the console decides",
}

BY_CODE: Mapping[int, str] = {
    0x80180026: (
        "DisableRegistration other than 0 makes it the policy; ExternallyManaged other than 0 "
        "makes it the flag, or the legacy client that set it; neither: the code may be old"
    ),
    0x8018000A: (
        "a healthy enrollment of the joined tenant makes it harmless; a dead one, a former "
        "tenant's, an orphaned MMP-C child or a MAM registration is removed; another MDM's is its "
        "owner's; nothing at all: a restart"
    ),
    0x8018002B: (
        "an empty MdmUrl: MDM scope; a user name whose suffix no tenant can verify: the name; "
        "TenantInfo of another tenant: that; no token in the user's session: the user"
    ),
    0x80190190: "a dead enrollment or MmpcEnrollmentFlag 2 confirms local state; else the service",
    0x80180014: "UseAADCredentialType 2 on a plain PC makes it the policy; else a restriction",
}
