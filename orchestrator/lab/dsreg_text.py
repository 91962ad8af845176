"""What ``dsregcmd /status`` prints, in both layouts and for whoever runs it.

Microsoft: "Troubleshoot devices using the dsregcmd command" and the hybrid-join troubleshooting
article. Device and tenant details are right in any context; user state, single sign-on and the
Ngc check describe the account that runs the tool, so SYSTEM and remote administrators see no PRT.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from orchestrator.lab.store_state import INTUNE_COMPLIANCE, INTUNE_TERMS

if TYPE_CHECKING:
    from datetime import datetime

    from orchestrator.lab.device_seat import Seat
    from orchestrator.lab.store_state import Join, User

_LINE = "+" + "-" * 70 + "+"
_WIDTH = 26
_OLD_WIDTH = 17
_LOGIN = "https://login.microsoftonline.com"
_DRS = "https://enterpriseregistration.windows.net"
_URN = "urn:ms-drs:enterpriseregistration.windows.net"

Row = tuple[str, str]


def _yes(value: object) -> str:
    return "YES" if value else "NO"


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y-%m-%d %H:%M:%S.000 UTC")


def _box(title: str, rows: list[Row]) -> list[str]:
    head = ["", _LINE, f"| {title:<69}|", _LINE, ""]
    return head + [
        f"{key:>{_WIDTH}}: {value}"
        if key == "AadRecoveryEnabled"  # printed so, without the blank
        else f"{key:>{_WIDTH}} : {value}"
        for key, value in rows
    ]


def _tenant_rows(join: Join) -> list[Row]:
    tenant = join.tenant_id
    mdm = bool(join.mdm_url)
    return [
        ("TenantName", join.tenant_name),
        ("TenantId", tenant),
        ("Idp", "login.windows.net"),
        ("AuthCodeUrl", f"{_LOGIN}/{tenant}/oauth2/authorize"),
        ("AccessTokenUrl", f"{_LOGIN}/{tenant}/oauth2/token"),
        ("MdmUrl", join.mdm_url),
        ("MdmTouUrl", INTUNE_TERMS if mdm else ""),
        ("MdmComplianceUrl", INTUNE_COMPLIANCE if mdm else ""),
        ("SettingsUrl", ""),
        ("JoinSrvVersion", "2.0"),
        ("JoinSrvUrl", f"{_DRS}/EnrollmentServer/device/"),
        ("JoinSrvId", _URN),
        ("KeySrvVersion", "1.0"),
        ("KeySrvUrl", f"{_DRS}/EnrollmentServer/key/"),
        ("KeySrvId", _URN),
        ("DeviceManagementSrvVer", "1.0"),
        ("DeviceManagementSrvUrl", f"{_DRS}/manage/{tenant}/"),
        ("DeviceManagementSrvId", _URN),
    ]


def _sso_rows(user: User | None, join: Join, now: datetime) -> list[Row]:
    if user is None or not user.prt:
        rows = [("AzureAdPrt", "NO"), ("AzureAdPrtAuthority", "")]
        if user is not None and user.prt_error:
            rows += [
                ("AcquirePrtDiagnostics", "PRESENT"),
                ("Previous Prt Attempt", _stamp(now - timedelta(hours=1))),
                ("Attempt Status", user.prt_error),
                ("User Identity", user.upn),
                ("Credential Type", "Password"),
                ("Correlation ID", "63648321-fc5c-46eb-996e-ed1f3ba7740f"),
                ("Endpoint URI", f"{_LOGIN}/{join.tenant_id}/oauth2/token/"),
                ("HTTP Method", "POST"),
                ("HTTP Error", "0x0"),
                ("HTTP status", "400"),
                ("Server Error Code", "invalid_grant"),
                ("Server Error Description", user.prt_description),
            ]
        return [*rows, ("EnterprisePrt", "NO"), ("EnterprisePrtAuthority", "")]
    return [
        ("AzureAdPrt", "YES"),
        ("AzureAdPrtUpdateTime", _stamp(now - timedelta(hours=2))),
        ("AzureAdPrtExpiryTime", _stamp(now + timedelta(days=14))),
        ("AzureAdPrtAuthority", f"{_LOGIN}/{join.tenant_id}"),
        ("EnterprisePrt", "NO"),
        ("EnterprisePrtAuthority", ""),
        ("OnPremTgt", "NO"),
        ("CloudTgt", "YES"),
        ("KerbTopLevelNames", ".windows.net,.windows.net:1433,.windows.net:3342"),
    ]


def _failed_join_rows(seat: Seat, join: Join, now: datetime) -> list[Row]:
    context = "SYSTEM" if seat.is_system else "ELEVATED User"
    rows = [
        ("Diagnostics Reference", "www.microsoft.com/aadjerrors"),
        ("User Context", context),
        ("Client Time", _stamp(now)),
        ("AD Connectivity Test", "PASS"),
        ("AD Configuration Test", "PASS"),
        ("DRS Discovery Test", join.join_discovery_test),
        ("DRS Connectivity Test", "PASS" if join.join_discovery_test == "PASS" else "SKIPPED"),
        ("Token acquisition Test", "SKIPPED"),
        ("Fallback to Sync-Join", "ENABLED"),
    ]
    if join.join_code:
        rows += [
            ("", ""),
            ("Previous Registration", _stamp(now - timedelta(minutes=20))),
            ("Registration Type", "sync"),
            ("Error Phase", join.join_phase),
            ("Client ErrorCode", f"0x{join.join_code:08x}"),
        ]
        if join.join_server_code:
            rows += [
                ("Server ErrorCode", join.join_server_code),
                ("Server Message", join.join_server_message),
                ("Https Status", "400"),
                ("Request Id", "3b5e4c1a-0a51-4e55-9f0e-5a9d1b0e7c11"),
            ]
    return rows


def _modern(seat: Seat, user: User | None) -> list[str]:
    device = seat.device
    join = device.join
    now = seat.now()
    lines = _box(
        "Device State",
        [
            ("AzureAdJoined", _yes(join.azure_ad_joined)),
            ("EnterpriseJoined", _yes(join.enterprise_joined)),
            ("DomainJoined", _yes(join.domain_joined)),
            *([("DomainName", join.netbios)] if join.domain_joined else []),
            ("Virtual Desktop", join.virtual_desktop),
            ("Device Name", device.dns_name),
        ],
    )
    if join.azure_ad_joined:
        details = [
            ("DeviceId", join.device_id),
            ("Thumbprint", join.thumbprint),
            (
                "DeviceCertificateValidity",
                f"[ {_stamp(join.valid_from)} -- {_stamp(join.valid_to)} ]",
            ),
            ("KeyContainerId", "0b8f3c5a-91d2-4e77-8a60-5d2e7710fa3c"),
            ("KeyProvider", "Microsoft Platform Crypto Provider"),
            ("TpmProtected", _yes(join.tpm_protected)),
        ]
        if join.auth_status:
            details.append(("DeviceAuthStatus", join.auth_status))
        lines += _box("Device Details", details)
        lines += _box("Tenant Details", _tenant_rows(join))
    lines += _box(
        "User State",
        [
            ("NgcSet", "NO"),
            ("WorkplaceJoined", _yes(user is not None and user.workplace_joined)),
            ("WamDefaultSet", "YES" if user is not None and user.prt else "ERROR (0x80070520)"),
        ],
    )
    lines += _box("SSO State", _sso_rows(user, join, now))
    if join.azure_ad_joined:
        who = f"{user.name}, {user.upn}" if user is not None else seat.account
        diagnostic = [
            ("AadRecoveryEnabled", _yes(join.recovery)),
            ("Executing Account Name", who),
            (
                "KeySignTest",
                join.key_sign_test if user is None else "MUST Run elevated to test.",
            ),
        ]
        lines += _box("Diagnostic Data", diagnostic)
    elif join.part_of_domain:
        lines += _box("Diagnostic Data", _failed_join_rows(seat, join, now))
    lines += _box(
        "Ngc Prerequisite Check",
        [
            ("IsDeviceJoined", _yes(join.azure_ad_joined)),
            ("IsUserAzureAD", _yes(user is not None and user.prt)),
            ("PolicyEnabled", "NO"),
            ("PostLogonEnabled", "YES"),
            ("DeviceEligible", "YES"),
            ("SessionIsNotRemote", _yes(user is not None and user.kind == "console")),
            ("CertEnrollment", "none"),
            ("PreReqResult", "WillNotProvision"),
        ],
    )
    return [*lines, "", "For more information, please visit https://www.microsoft.com/aadjerrors"]


def _old_box(title: str, rows: list[Row]) -> list[str]:
    head = ["", _LINE, f"| {title:<69}|", _LINE, ""]
    return head + [f"{key:>{_OLD_WIDTH}}: {value}" for key, value in rows]


def _old(seat: Seat, user: User | None) -> list[str]:
    """Print the layout of Windows 10 1607 to 1803, with its clipped key and its two colons."""
    join = seat.device.join
    rows = [
        ("AzureAdJoined", _yes(join.azure_ad_joined)),
        ("EnterpriseJoined", _yes(join.enterprise_joined)),
    ]
    if join.azure_ad_joined:
        rows += [
            ("DeviceId", join.device_id),
            ("Thumbprint", join.thumbprint),
            ("KeyContainerId", "0b8f3c5a-91d2-4e77-8a60-5d2e7710fa3c"),
            ("KeyProvider", "Microsoft Platform Crypto Provider"),
            ("TpmProtected", _yes(join.tpm_protected)),
            ("KeySignTest: ", "MUST Run elevated to test."),
        ]
        clipped = {"MdmComplianceUrl": "dmComplianceUrl"}
        rows += [(clipped.get(key, key), value) for key, value in _tenant_rows(join)]
    rows += [("DomainJoined", _yes(join.domain_joined)), ("DomainName", join.netbios)]
    lines = _old_box("Device State", rows)
    return lines + _old_box(
        "User State",
        [
            ("NgcSet", "NO"),
            ("WorkplaceJoined", _yes(user is not None and user.workplace_joined)),
            ("WamDefaultSet", _yes(user is not None and user.prt)),
            ("AzureAdPrt", _yes(user is not None and user.prt)),
        ],
    )


def status_text(seat: Seat) -> str:
    """Return the output of ``dsregcmd /status`` for the account of a seat; lines end in LF."""
    lines = _old(seat, seat.user) if seat.device.join.layout == "old" else _modern(seat, seat.user)
    return "\n".join(lines) + "\n"
