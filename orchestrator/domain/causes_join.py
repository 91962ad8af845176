"""Causes before enrollment: the PC is not, or no longer, properly joined to Entra ID."""

from __future__ import annotations

from orchestrator.domain.cause import Cause
from orchestrator.domain.findings import Disposition, Owner

_REPORT = Disposition.REPORT
_RETRY = Disposition.RETRY
_JOIN = "Microsoft: troubleshoot hybrid joined devices"
_REJOIN = (
    "rejoin by hand: `dsregcmd /leave` as SYSTEM, then start the task \\Microsoft\\Windows\\"
    "Workplace Join\\Automatic-Device-Join; the user loses the token, so it is not done here"
)

JOIN_CAUSES = (
    Cause(
        name="device_disabled_in_cloud",
        rank=45,
        owner=Owner.TENANT,
        disposition=_REPORT,
        title="the device object is disabled or deleted in Entra ID",
        next_action=(
            "Entra admin center > Devices: enable the device; when it was deleted, the PC has to "
            "join again"
        ),
        source="Microsoft: dsregcmd DeviceAuthStatus",
    ),
    Cause(
        name="join_certificate_expired",
        rank=46,
        owner=Owner.DEVICE,
        disposition=_REPORT,
        title="the certificate of the join has expired",
        next_action=_REJOIN,
        source="Microsoft: dsregcmd DeviceCertificateValidity",
    ),
    Cause(
        name="device_key_unusable",
        rank=47,
        owner=Owner.DEVICE,
        disposition=_REPORT,
        title="the PC cannot use the key of its join",
        next_action=f"sign in once more, Windows then tries to recover; else {_REJOIN}",
        source="Microsoft: dsregcmd KeySignTest, AadRecoveryEnabled; NTE_BAD_KEYSET",
    ),
    Cause(
        name="join_scp_unreadable",
        rank=57,
        owner=Owner.DIRECTORY,
        disposition=_REPORT,
        title="the PC cannot read the service connection point",
        next_action=(
            "check CN=62a0ff2e-97b9-4513-943f-0d221bd30080,CN=Device Registration Configuration,"
            "CN=Services in the configuration partition, its read rights and AD replication"
        ),
        source=_JOIN,
    ),
    Cause(
        name="join_tenant_wrong",
        rank=57,
        owner=Owner.DIRECTORY,
        disposition=_REPORT,
        title="the service connection point names a tenant that does not exist",
        next_action=(
            "correct azureADId and azureADName in the keywords of the service connection point, or "
            r"TenantId in HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\CDJ\AAD when that is set"
        ),
        source=_JOIN,
    ),
    Cause(
        name="join_quota_reached",
        rank=57,
        owner=Owner.TENANT,
        disposition=_REPORT,
        title="the quota of joined devices is reached",
        next_action="Entra admin center > Devices > Device settings: raise the maximum, or tidy up",
        source="community: 0x801C000E",
    ),
    Cause(
        name="join_not_allowed",
        rank=57,
        owner=Owner.TENANT,
        disposition=_REPORT,
        title="the tenant does not let this account join devices",
        next_action="Entra admin center > Devices > Device settings: who may join devices",
        source="community: 0x801C0003",
    ),
    Cause(
        name="join_response_altered",
        rank=57,
        owner=Owner.NETWORK,
        disposition=_REPORT,
        title="a proxy answers in place of the registration service",
        next_action=(
            "let computer accounts reach enterpriseregistration.windows.net without a sign-in page"
        ),
        source=_JOIN,
    ),
    Cause(
        name="tpm_fips_mode",
        rank=57,
        owner=Owner.DIRECTORY,
        disposition=_REPORT,
        title="the TPM is in FIPS mode, which the join does not support",
        next_action="turn the TPM's FIPS mode off in the firmware, or update Windows to 1809+",
        source=_JOIN,
    ),
    Cause(
        name="join_tpm_failure",
        rank=58,
        owner=Owner.USER,
        disposition=Disposition.REBOOT,
        title="the TPM failed during the join",
        next_action="restart the PC; the run goes on by itself. If it comes back, clear the TPM",
        source=_JOIN,
    ),
    Cause(
        name="join_sync_pending",
        rank=59,
        owner=Owner.DIRECTORY,
        disposition=_RETRY,
        title="the computer object has not been synchronised to Entra ID yet",
        next_action=(
            "waiting for Entra Connect (every 30 minutes). If it stays, put this PC's OU into the "
            "synchronisation scope"
        ),
        source=_JOIN,
        wait_seconds=1800,
    ),
    Cause(
        name="join_service_unavailable",
        rank=59,
        owner=Owner.NETWORK,
        disposition=_RETRY,
        title="the registration service could not be reached, or did not answer properly",
        next_action=(
            "tried again in 30 minutes. If it stays, check DNS, proxy and firewall for SYSTEM to "
            "enterpriseregistration.windows.net"
        ),
        source=_JOIN,
        wait_seconds=1800,
    ),
    Cause(
        name="join_under_way",
        rank=60,
        owner=Owner.DEVICE,
        disposition=_RETRY,
        title="the join was started a short while ago",
        next_action="looked at again in 30 minutes: a hybrid join takes 30 to 60 minutes",
        source="Microsoft: Entra Connect synchronises every 30 minutes",
        wait_seconds=1800,
    ),
    Cause(
        name="not_hybrid_joined",
        rank=61,
        owner=Owner.DEVICE,
        disposition=Disposition.REPAIR,
        title="joined to the domain, but not to Entra ID",
        next_action="the join task is started; the PC is looked at again after 30 minutes",
        source="Microsoft: dsregcmd, table of join states",
        stages=("join",),
    ),
    Cause(
        name="device_auth_error",
        rank=940,
        owner=Owner.NETWORK,
        disposition=Disposition.NOTE,
        title="the PC could not check whether its device object is alive",
        next_action="nothing yet; the check needs the network",
        source="Microsoft: dsregcmd DeviceAuthStatus",
    ),
)
