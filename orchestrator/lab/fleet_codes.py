"""Named PCs known by the code their last attempt ended with: nothing else on the PC shows it.

A second attempt ends with the same code, until the owner has changed what it names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.lab.fleet_story import Builder, Story, add
from orchestrator.lab.fleet_tools import attempted, delivered, set_join
from orchestrator.lab.store_state import JOIN_CHANNEL, Cloud

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.lab.device import Device

_SOURCES = {
    "codes": "Microsoft: troubleshoot Windows enrollment errors",
    "community": "community: codes seen around auto-enrollment",
    "hybrid": "Microsoft: troubleshoot hybrid joined devices",
    "mdmreg": "Microsoft: win32 MDMReg constants",
    "none": "platform knowledge: Windows error codes",
}
_DIRECTORY_FAILURE = 0x801C03F2
_TOKEN = 0xCAA00000
_TOKEN_END = 0xCAAFFFFF

# name, code, source, owner, cause; then the sentence
_ENROLL = """
PC-NOLICENCE   80180018 codes     tenant    user_not_licensed
    The user has no Intune licence.
PC-NOTALLOWED  80180003 codes     tenant    user_not_authorised
    The user may not enroll devices.
PC-NOSCOPE     8018002B codes     tenant    mdm_scope_excludes_user
    The MDM user scope does not contain this user.
PC-DEVLIMIT    80180013 codes     tenant    device_limit_reached
    The user has as many devices as allowed.
PC-RESTRICTED  80180014 codes     tenant    enrollment_restricted
    An enrollment restriction blocks this platform.
PC-NOFEATURE   80180015 mdmreg    tenant    feature_not_supported
    The service does not support this kind of enrollment.
PC-BADDATA     80180019 mdmreg    tenant    enrollment_data_rejected
    The service rejects the enrollment data.
PC-CAREFUSED   80180004 mdmreg    tenant    ca_refused
    The certificate authority of the service refuses.
PC-CUSTOM      80180032 mdmreg    tenant    custom_server_error
    The service refuses with a text of its own.
PC-CONDACCESS  80190193 community tenant    blocked_by_conditional_access
    Conditional access forbids the enrollment.
PC-URLWRONG    80190194 community tenant    mdm_url_wrong
    The MDM address of the tenant leads nowhere.
PC-BADREQUEST  80190190 community tenant    bad_request
    The service answers HTTP 400, though no stale state is here.
PC-FEDERATION  CAA90014 hybrid    directory federation_failure
    The federation service does not issue a token.
PC-COMGMTCFG   CAA9001F community tenant    comanagement_misconfigured
    Integrated sign-in is used for a domain that is not federated.
PC-NODC        80070774 codes     network   domain_unreachable
    No domain controller was in reach.
PC-INSECURE    8018001A mdmreg    network   insecure_redirect
    The network redirects the enrollment to plain HTTP.
PC-TLSINTER    80180012 mdmreg    network   tls_interception
    A TLS-inspecting proxy breaks the service's certificate.
PC-CANCELLED   80180030 mdmreg    user      user_cancelled
    The user cancelled the enrollment.
PC-SIGNIN      80180002 mdmreg    user      user_sign_in_needed
    The service could not authenticate the user.
PC-BADGRANT    CAA20003 hybrid    user      wrong_password
    The identity provider refuses the user's password.
PC-SRVERROR    80180006 mdmreg    tenant    service_error
    The service had an error of its own.
PC-MAINTAIN    80180017 mdmreg    tenant    service_error
    The service is in maintenance.
PC-THROTTLED   80180033 mdmreg    tenant    throttled
    The service asks to come back later.
PC-TIMEOUT     80072EE2 hybrid    network   service_unreachable
    The connection to the service timed out.
PC-BUSY        80180009 mdmreg    device    enrollment_in_progress
    Another enrollment was running.
PC-INTERRUPTED 80180025 mdmreg    device    attempt_interrupted
    The last attempt was interrupted during provisioning.
PC-TPMKEY      80180027 mdmreg    user      platform_restart_needed
    The TPM could not make a private key.
PC-CERTSTORE   8018001E mdmreg    device    provisioning_failed
    Provisioning failed in the certificate store, and there is no residue.
PC-NOFILE      80070002 none      device    component_missing
    The enroller missed a file.
PC-UNKNOWN     8018FFFE none      device    unknown_code
    Enrollment fails with a code nobody has written down.
"""

_JOIN = """
PC-SYNCWAIT    801C03F2 hybrid    directory join_sync_pending
    The computer object was not synchronised to Entra ID yet.
PC-SCP         801C001D hybrid    directory join_scp_unreadable
    The PC cannot read the service connection point.
PC-SCPTENANT   801C003A hybrid    directory join_tenant_wrong
    The service connection point names a tenant that does not exist.
PC-JOINQUOTA   801C000E hybrid    tenant    join_quota_reached
    The quota of joined devices is reached.
PC-JOINDENIED  801C0003 hybrid    tenant    join_not_allowed
    The tenant does not let this account join devices.
PC-JOINPROXY   8007000D hybrid    network   join_response_altered
    A proxy answers in place of the registration service.
PC-TPMFIPS     80280036 hybrid    directory tpm_fips_mode
    The TPM is in FIPS mode, which the join does not support.
PC-TPMJOIN     80290407 hybrid    user      join_tpm_failure
    The TPM failed during the join.
PC-DRSBUSY     801C0025 hybrid    network   join_service_unavailable
    The registration service answers 503.
"""


def _enroll(code: int) -> Builder:
    def build(pc: Device) -> None:
        token = _TOKEN <= code <= _TOKEN_END
        pc.cloud = (
            Cloud(token_code=code)
            if token
            else Cloud(
                enroll_code=code,
                step=52 if code in {0x80180014, 0x80180032} else 0,
                fault=("DeviceNotSupported", "The administrator blocks this device type."),
            )
        )
        attempted(pc, code)

    return build


def _join(code: int) -> Builder:
    server = "DirectoryError" if code == _DIRECTORY_FAILURE else ""

    def build(pc: Device) -> None:
        set_join(
            pc,
            azure_ad_joined=False,
            join_code=code,
            join_phase="discover" if code in {0x801C001D, 0x801C003A} else "join",
            join_server_code=server,
            join_server_message="The device object by the given id is not found (retry: 5m)."
            if server
            else "",
            join_discovery_test=f"FAIL [0x{code:08x}]"
            if code in {0x801C001D, 0x801C003A}
            else "PASS",
        )
        pc.log(JOIN_CHANNEL, 305, code, "join", level=2)
        pc.log(JOIN_CHANNEL, 304, code, server, level=2)
        delivered(pc)

    return build


_TRIED = {"component_missing", "provisioning_failed"}
_LATER = {
    "attempt_interrupted",
    "enrollment_in_progress",
    "join_service_unavailable",
    "join_sync_pending",
    "service_error",
    "service_unreachable",
    "throttled",
}


def _declare(table: str, make: Callable[[int], Builder]) -> None:
    lines = table.strip().splitlines()
    for head, sentence in zip(lines[::2], lines[1::2], strict=True):
        name, digits, source, owner, cause = head.split()
        ends = "user" if owner == "user" else "owner"
        if cause in _LATER:
            ends = "later"
        elif cause in _TRIED:
            ends = "failed"
        add(
            Story(
                name=name,
                why=f"{sentence.strip()[:-1]} (0x{digits}).",
                sources=(_SOURCES[source],),
                cause=cause,
                owner=owner,
                build=make(int(digits, 16)),
                weight=1,
                ends=ends,
            )
        )


_declare(_ENROLL, _enroll)
_declare(_JOIN, _join)
