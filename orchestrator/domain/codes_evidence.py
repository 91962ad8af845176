"""What on the PC confirms a cause, or the first hypothesis of a code, and what overrules it."""

from __future__ import annotations

from collections.abc import Mapping

_AGAIN = "the same code after the next attempt confirms it; an event 75 overrules it"
_ONLY_CODE = "nothing on the PC shows it: the code of a recent attempt is the evidence"
_NETWORK = "a probe of the endpoints as SYSTEM confirms or overrules it"
_STATE = "a dead enrollment on the PC confirms it; when there is none, another reason is looked for"

BY_CAUSE: Mapping[str, str] = {
    "already_enrolled_healthy": (
        "one enrollment of the joined tenant whose certificate, key, account and tasks are whole"
    ),
    "attempt_interrupted": _AGAIN,
    "auto_enroll_task_disabled": "the state of the auto-enroll task: Disabled confirms it",
    "auto_enroll_task_missing": (
        "AutoEnrollMDM 1 and no auto-enroll task below EnterpriseMgmt confirm it"
    ),
    "bad_request": "MmpcEnrollmentFlag 2 or a dead enrollment overrules it",
    "blocked_by_conditional_access": _ONLY_CODE,
    "blocked_cause_unknown": "the code 0x80180026 with no policy, no flag and no agent to be found",
    "ca_refused": _ONLY_CODE,
    "ccm_comanaged": (
        "CoManagementFlags above 0, or what the client's own logs say of co-management, confirms it"
    ),
    "ccm_orphan": (
        "no policy for 30 days, with neither co-management, a task sequence nor a site system, "
        "confirms it; what is not known overrules it"
    ),
    "ccm_present": (
        "CcmExec.exe, with no sign of co-management and a policy that is recent or unknown"
    ),
    "clock_skew": "a clock more than 5 minutes wrong confirms it; a right one means TLS inspection",
    "comanagement_misconfigured": "CoManagementFlags above 0 confirms it",
    "component_missing": _AGAIN,
    "custom_server_error": "event 52 of the enrollment channel holds the service's words",
    "device_auth_error": (
        "DeviceAuthStatus with an error in dsregcmd, where FAILED would name the reason"
    ),
    "device_disabled_in_cloud": "DeviceAuthStatus FAILED in dsregcmd confirms it",
    "device_key_unusable": "KeySignTest in dsregcmd confirms or overrules it",
    "device_limit_reached": _ONLY_CODE,
    "domain_unreachable": _NETWORK,
    "drs_joined": "EnterpriseJoined YES confirms it",
    "edition_not_licensed": "the code 0x8018001C on an edition that could be enrolled",
    "enrollment_data_rejected": _ONLY_CODE,
    "enrollment_disabled_by_policy": (
        "DisableRegistration other than 0 confirms it; 0 or absent overrules it"
    ),
    "enrollment_in_progress": _AGAIN,
    "enrollment_incomplete": (
        "a certificate that works, with tasks, an account or a value that is missing, confirms it"
    ),
    "enrollment_not_triggered": "an enrollment on the PC overrules it",
    "enrollment_restricted": "UseAADCredentialType 2 on a plain PC overrules it",
    "enrollment_state_cached": (
        "the code 0x8018000A after a clean-up that left nothing; a boot after it overrules it"
    ),
    "entra_joined_only": "AzureAdJoined YES with DomainJoined NO confirms it",
    "externally_managed_flag": "see the two switches",
    "facts_unread": "the lines under 'unknown'; a look that reads them overrules it",
    "fake_mdm_marker": "an enrollment key whose id is all F confirms it",
    "feature_not_supported": _ONLY_CODE,
    "federation_failure": _ONLY_CODE,
    "foreign_agent_present": (
        "another vendor's agent without ExternallyManaged, or a provider with neither address "
        "nor account"
    ),
    "foreign_mdm_active": (
        "an enrollment of another provider with an address or account of its own, or its agent "
        "together with ExternallyManaged, confirms it"
    ),
    "foreign_tenant_enrollment": (
        "an enrollment whose AADTenantID is not the joined tenant confirms it"
    ),
    "gpo_missing": "no AutoEnrollMDM below Policies confirms it; AutoEnrollMDM 1 overrules it",
    "home_edition": "EditionID beginning with Core confirms it; any other overrules it",
    "idp_refused": _ONLY_CODE,
    "insecure_redirect": _NETWORK,
    "join_certificate_expired": "the end of DeviceCertificateValidity in dsregcmd lies in the past",
    "join_not_allowed": _ONLY_CODE,
    "join_quota_reached": _ONLY_CODE,
    "join_response_altered": _NETWORK,
    "join_scp_unreadable": "AD Configuration Test in dsregcmd confirms or overrules it",
    "join_service_unavailable": "DRS Discovery Test in dsregcmd confirms or overrules it",
    "join_sync_pending": "AzureAdJoined YES after the next synchronisation overrules it",
    "join_tenant_wrong": "the tenant that the service connection point names decides",
    "join_tpm_failure": "TpmProtected and KeySignTest in dsregcmd after a restart",
    "join_under_way": "the join task ran within the hour, and no code says that it failed",
    "legacy_agent_leftovers": "traces of OnlineManagement confirm it; their absence overrules it",
    "legacy_intune_agent": "an installed product of the legacy client confirms it",
    "local_user_only": "a session whose user has no domain account confirms it",
    "mam_leftover": (
        "an enrollment of the provider wip.mam confirms it; it blocks only when the code "
        "0x8018000A says so"
    ),
    "mdm_scope_excludes_user": (
        "an empty MdmUrl confirms it; a user name with a made-up suffix, or TenantInfo of a "
        "former tenant, overrules it"
    ),
    "mdm_url_foreign": (
        "an MdmUrl on hosts of another MDM confirms it; one on Intune's overrules it"
    ),
    "mdm_url_missing": "an empty MdmUrl confirms it; an MdmUrl on Intune's hosts overrules it",
    "mdm_url_wrong": "an MdmUrl on other hosts than Intune's confirms it",
    "mfa_needed": _ONLY_CODE,
    "mmpc_enrollment_flag": "MmpcEnrollmentFlag 2 beside the code 0x80190190 confirms it",
    "no_interactive_user": "no session of a signed-in user confirms it",
    "no_prt": "AzureAdPrt NO in the user's own session confirms it; over remoting it is not known",
    "not_domain_joined": "DomainJoined NO in dsregcmd confirms it",
    "not_hybrid_joined": "DomainJoined YES with AzureAdJoined NO confirms it",
    "orphan_mmpc": (
        "a Microsoft Device Management enrollment whose parent is gone confirms it; a parent "
        "that lives overrules it"
    ),
    "os_too_old": "a build below 16299 confirms it; any other overrules it",
    "pending_reboot": (
        "RebootPending, RebootRequired or ccmsetup's own request confirms it; a boot after it "
        "overrules it"
    ),
    "platform_restart_needed": "a boot after the event overrules it",
    "provisioning_failed": _STATE,
    "proxy_not_found": _NETWORK,
    "prt_unknown": "nobody's own session could be asked; AzureAdPrt read in one overrules it",
    "purge_incomplete": (
        "residue, while the PC's journal holds a repair that never ended, confirms it"
    ),
    "relapsed": "an event 75 or 72, and no enrollment that it made, confirm it",
    "residue": (
        "tasks and keys under an id that has no enrollment confirm it; a living enrollment of "
        "that id overrules it"
    ),
    "residue_registry_only": _STATE,
    "residue_tasks_only": "tasks under an id that has neither an enrollment nor a key confirm it",
    "server_os": "ProductType other than WinNT confirms it; a multi-session edition overrules it",
    "service_disabled": "dmwappushservice disabled or missing confirms it",
    "service_error": _AGAIN,
    "service_missing": "dmwappushservice that is not installed confirms it",
    "service_unreachable": _NETWORK,
    "stale_enrollment": _STATE,
    "system_proxy_blocked": (
        "probes as SYSTEM that fail, directly and through the proxy, confirm it"
    ),
    "tenant_info_leftover": "a TenantInfo key of another tenant than the joined one confirms it",
    "throttled": _AGAIN,
    "tls_interception": "a clock more than 5 minutes wrong overrules it",
    "tpm_fips_mode": _ONLY_CODE,
    "unknown_code": (
        "a recent event 76 with a code that is not in the catalogue; a newer event 75 overrules it"
    ),
    "upn_not_routable": "a UPN that ends in a made-up suffix (.local, .lan) confirms it",
    "user_cancelled": _ONLY_CODE,
    "user_not_authorised": _ONLY_CODE,
    "user_not_licensed": _ONLY_CODE,
    "user_sign_in_needed": "AzureAdPrt in the user's own session confirms or overrules it",
    "user_unknown_in_tenant": "the user name of the session confirms or overrules it",
    "workplace_joined": "WorkplaceJoined YES in the user's own session confirms it",
    "wrong_credential_type": (
        "UseAADCredentialType 2 on a PC that is neither co-managed nor multi-session confirms it"
    ),
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
