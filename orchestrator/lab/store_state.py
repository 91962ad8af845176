"""The parts of a simulated PC that are not registry, tasks or files: frozen values.

Bend a PC by assignment: ``pc.join = replace(pc.join, azure_ad_joined=False)``. Facts about
Windows in the attribute comments name their source.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

INTUNE_DISCOVERY = "https://enrollment.manage.microsoft.com/enrollmentserver/discovery.svc"
INTUNE_TERMS = "https://portal.manage.microsoft.com/TermsofUse.aspx"
INTUNE_COMPLIANCE = "https://portal.manage.microsoft.com/?portalAction=Compliance"
TENANT_ID = "2c9e7b14-55aa-4d0e-8f61-0c1d5b7e9a33"
FORMER_TENANT_ID = "9f0d2a61-1c3b-4e58-a7d4-6b5e8c7f0d12"
MDM_CHANNEL = "Microsoft-Windows-DeviceManagement-Enterprise-Diagnostics-Provider/Admin"
JOIN_CHANNEL = "Microsoft-Windows-User Device Registration/Admin"
AAD_CHANNEL = "Microsoft-Windows-AAD/Operational"
SYSTEM_CHANNEL = "System"
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A Windows service.

    Attributes:
        state: ``Running`` or ``Stopped``.
        start_mode: ``Auto``, ``Manual`` or ``Disabled``, as Win32_Service spells it.
    """

    name: str
    display: str = ""
    state: str = "Stopped"
    start_mode: str = "Manual"
    account: str = "LocalSystem"
    path: str = r"C:\Windows\system32\svchost.exe -k netsvcs -p"


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    r"""A certificate of ``Cert:\\LocalMachine\\My``; times are UTC."""

    thumbprint: str
    subject: str
    issuer: str
    not_before: datetime
    not_after: datetime
    has_private_key: bool = True
    provider: str = "Microsoft Platform Crypto Provider"


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """An event record.

    Attributes:
        data: the properties in order, as the manifest declares them.
        message: localised text, for show only.
        level: 2 error, 3 warning, 4 information.
    """

    record: int
    id: int
    time: datetime
    data: tuple[int | str, ...] = ()
    message: str = ""
    level: int = 4
    provider: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class User:
    """Somebody with a session on the PC.

    Attributes:
        kind: ``console``, ``rdp`` or ``disconnected``; the enroller borrows the active console
            user (community: observed on several builds).
        prt: whether this user holds a primary refresh token.
        prt_error: NTSTATUS of the last failed attempt, such as ``0xc000006d``; empty when none.
        mfa: ``""``, ``"answered"`` or ``"unanswered"``: whether the token asks for a second factor
            (Microsoft: Intune troubleshooting, 0x8018002A).
        routable: whether the UPN's suffix is a verified domain of the tenant.
    """

    name: str = "FABRIKAM\\jdoe"
    upn: str = "jdoe@fabrikam.example"
    sid: str = "S-1-5-21-1004336348-1177238915-682003330-1104"
    kind: str = "console"
    prt: bool = True
    prt_error: str = ""
    prt_description: str = ""
    workplace_joined: bool = False
    mfa: str = ""
    routable: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Join:
    """How the PC is joined, as ``dsregcmd /status`` tells (Microsoft: dsregcmd troubleshooting).

    Attributes:
        part_of_domain: what Win32_ComputerSystem says.
        domain_joined: what dsregcmd says; it has been seen wrong off the network (community).
        auth_status: ``SUCCESS`` or the ``FAILED...`` text; empty before Windows 10 21H1.
        layout: ``modern`` (1809 and later) or ``old``.
        mdm_url: tenant's URL for this user; empty when the user is out of the MDM scope.
        join_code: what a join attempt ends with; 0 is success.
        join_phase: ``join``, ``discover``, ``pre-check`` ... in the failure block.
    """

    azure_ad_joined: bool = True
    enterprise_joined: bool = False
    part_of_domain: bool = True
    domain_joined: bool = True
    domain: str = "corp.fabrikam.example"
    netbios: str = "FABRIKAM"
    device_id: str = ""
    thumbprint: str = ""
    valid_from: datetime = datetime(2025, 3, 4, 8, 11, 20, tzinfo=UTC)
    valid_to: datetime = datetime(2035, 3, 4, 8, 41, 20, tzinfo=UTC)
    tenant_id: str = TENANT_ID
    tenant_name: str = "Fabrikam"
    auth_status: str = "SUCCESS"
    tpm_protected: bool = True
    key_sign_test: str = "PASSED"
    recovery: bool = False
    layout: str = "modern"
    mdm_url: str = INTUNE_DISCOVERY
    virtual_desktop: str = "NOT SET"
    join_code: int = 0
    join_phase: str = "join"
    join_server_code: str = ""
    join_server_message: str = ""
    join_discovery_test: str = "PASS"


@dataclass(frozen=True, slots=True, kw_only=True)
class Cloud:
    """What the services answer this PC.

    Attributes:
        enroll_code: HRESULT of the enrollment conversation; 0 is success.
        step: event id that the failing step writes (5, 7, 9, 11, 17, 52, 57).
        fault: value and text of a server fault (event 52).
        token_code: HRESULT of the token request before it; 0 is success.
    """

    enroll_code: int = 0
    step: int = 0
    fault: tuple[str, str] = ("", "")
    token_code: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """What the PC reaches in the SYSTEM context.

    Attributes:
        blocked: host names that do not answer.
        error: HRESULT of a blocked connection.
        proxy: WinHTTP proxy; empty is direct access.
        unresolved: host names that DNS does not know.
        direct: there is a way out without a proxy.
        wpad: DNS knows ``wpad``, where a proxy is found automatically.
    """

    blocked: frozenset[str] = frozenset()
    unresolved: frozenset[str] = frozenset()
    error: int = 0x80072EFD
    proxy: str = ""
    direct: bool = True
    wpad: bool = False

    def misses(self, host: str) -> bool:
        """Tell whether a host does not answer without a proxy; DNS is not asked."""
        return not self.direct or host.lower() in self.blocked


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """The PowerShell host and the hardware it runs on.

    Attributes:
        process_bits: 64, or 32 for the ``Microsoft.PowerShell32`` endpoint.
    """

    language_mode: str = "FullLanguage"
    culture: str = "en-US"
    process_bits: int = 64
    elevated: bool = True
    ps_version: str = "5.1.22621.2506"


@dataclass(frozen=True, slots=True, kw_only=True)
class Process:
    """A running process.

    Attributes:
        killable: False for one that the program model ends by itself.
    """

    pid: int
    name: str
    owner: str = "NT AUTHORITY\\SYSTEM"
    command: str = ""


ENDPOINTS = (
    "login.microsoftonline.com",
    "enterpriseregistration.windows.net",
    "device.login.microsoftonline.com",
    "enrollment.manage.microsoft.com",
    "enterpriseenrollment.manage.microsoft.com",
    "manage.microsoft.com",
    "discovery.dm.microsoft.com",
    "checkin.dm.microsoft.com",
)
