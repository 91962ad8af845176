"""Outputs of ``dsregcmd /status`` in every shape that is known, with invented values."""

from __future__ import annotations


def box(title: str, *lines: str, width: int = 26) -> str:
    rule = f"+{'-' * 70}+"
    head = [rule, f"| {title:<68} |", rule] if title else [rule, rule]
    body = [_line(line, width) for line in lines]
    return "\r\n".join([*head, "", *body, "", ""])


def _line(line: str, width: int) -> str:
    key, found, value = line.partition("=")
    return f"{key:>{width}} : {value}" if found else line


DEVICE = box(
    "Device State",
    "AzureAdJoined=YES",
    "EnterpriseJoined=NO",
    "DomainJoined=YES",
    "DomainName=CONTOSO",
    "Virtual Desktop=NOT SET",
    "Device Name=WS-0007.corp.contoso.example",
)
DETAILS = box(
    "Device Details",
    "DeviceId=AB1E5C02-6A1F-4C55-9B0E-2F3A94D0C611",
    "Thumbprint=0F0C5D8B1A7E46922C4DB0AF5E6178D3C9A2B410",
    "DeviceCertificateValidity=[ 2025-03-04 08:11:20.000 UTC -- 2035-03-04 08:41:20.000 UTC ]",
    "KeyProvider=Microsoft Platform Crypto Provider",
    "TpmProtected=YES",
    "DeviceAuthStatus=SUCCESS",
)
TENANT = box(
    "Tenant Details",
    "TenantName=Contoso",
    "TenantId=1c9e7b14-55aa-4d0e-8f61-0c1d5b7e9a33",
    "Idp=login.windows.net",
    "MdmUrl=https://enrollment.manage.microsoft.com/enrollmentserver/discovery.svc",
    "SettingsUrl=",
)
USER = box(
    "User State",
    "NgcSet=NO",
    "WorkplaceJoined=NO",
    "WamDefaultSet=YES",
    "WamDefaultGUID={B16898C6-A148-4967-9171-64D755DA8520} (AzureAd)",
)
SSO = box("SSO State", "AzureAdPrt=YES", "AzureAdPrtUpdateTime=2026-05-19 06:02:41.000 UTC")
DIAGNOSTIC = box(
    "Diagnostic Data",
    "         AadRecoveryEnabled: NO",
    "Executing Account Name=CONTOSO\\asmith, asmith@contoso.example",
    "KeySignTest=PASSED",
)
NGC = box("Ngc Prerequisite Check", "IsDeviceJoined=YES", "PreReqResult=WillNotProvision")
TAIL = "For more information, please visit https://www.microsoft.com/aadjerrors\r\n"

MODERN = f"\r\n{DEVICE}{DETAILS}{TENANT}{USER}{SSO}{DIAGNOSTIC}{NGC}{TAIL}"

AS_SYSTEM = f"\r\n{DEVICE}{DETAILS}{TENANT}" + (
    box("User State", "WamDefaultSet=ERROR (0x80070520)")
    + box("SSO State", "AzureAdPrt=NO")
    + box("Diagnostic Data", "Executing Account Name=NT AUTHORITY\\SYSTEM", "KeySignTest=PASSED")
)

NOT_JOINED = (
    "\r\n"
    + box(
        "Device State",
        "AzureAdJoined=NO",
        "EnterpriseJoined=NO",
        "DomainJoined=YES",
        "DomainName=CONTOSO",
    )
    + box(
        "Diagnostic Data",
        "Diagnostics Reference=www.microsoft.com/aadjerrors",
        "User Context=SYSTEM",
        "Client Time=2026-05-19 06:30:12.000 UTC",
        "AD Connectivity Test=PASS",
        "DRS Discovery Test=FAIL [0x801c0021/0x80072ee2]",
        "Fallback to Sync-Join=ENABLED",
    )
    + box(
        "",
        "Previous Registration=2026-05-18 05:12:09.000 UTC",
        "Registration Type=sync",
        "Error Phase=join",
        "Client ErrorCode=0x801c03f2",
        "Server ErrorCode=DirectoryError",
        "Server Message=The device object (ab1e5c02: new) was not found: try later.",
        "Https Status=400",
    )
)

NO_TOKEN = f"\r\n{DEVICE}{DETAILS}{TENANT}{USER}" + box(
    "SSO State",
    "AzureAdPrt=NO",
    "AcquirePrtDiagnostics=PRESENT",
    "Previous Prt Attempt=2026-05-19 06:02:41.000 UTC",
    "Attempt Status=0xc000006d",
    "HTTP status=400",
    "Server Error Description=AADSTS50126: Error validating credentials.",
)

NO_MDM_URL = MODERN.replace(
    "MdmUrl : https://enrollment.manage.microsoft.com/enrollmentserver/discovery.svc", "MdmUrl : "
)

OLD = (
    "+----------------------------------------------------------------------+\r\n"
    "| Device State                                                         |\r\n"
    "+----------------------------------------------------------------------+\r\n\r\n"
    "    AzureAdJoined: YES\r\n"
    " EnterpriseJoined: NO\r\n"
    "         DeviceId: ab1e5c02-6a1f-4c55-9b0e-2f3a94d0c611\r\n"
    "         TenantId: 1c9e7b14-55aa-4d0e-8f61-0c1d5b7e9a33\r\n"
    "           MdmUrl: https://enrollment.manage.microsoft.com/EnrollmentServer/Discovery.svc\r\n"
    "  dmComplianceUrl: https://portal.manage.microsoft.com/?portalAction=Compliance\r\n"
    "      KeySignTest: : MUST Run elevated to test.\r\n"
    "     DomainJoined: YES\r\n"
    "       DomainName: CONTOSO\r\n\r\n"
    "+----------------------------------------------------------------------+\r\n"
    "| User State                                                           |\r\n"
    "+----------------------------------------------------------------------+\r\n\r\n"
    "           NgcSet: NO\r\n"
    "       AzureAdPrt: YES\r\n"
)

ALL = {
    "modern": MODERN,
    "system": AS_SYSTEM,
    "not joined": NOT_JOINED,
    "no token": NO_TOKEN,
    "no mdm url": NO_MDM_URL,
    "old": OLD,
}
