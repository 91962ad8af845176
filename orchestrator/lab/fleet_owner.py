"""Named PCs whose cause somebody else has to remove: directory, tenant, network, user."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from orchestrator.lab import device_enrollment as enrollment
from orchestrator.lab.device_identity import set_proxy
from orchestrator.lab.fleet_story import story
from orchestrator.lab.fleet_tools import (
    attempted,
    configmgr,
    delivered,
    policy_log,
    set_join,
    set_user,
)
from orchestrator.lab.store_baseline import WINDOWS_NT, fixed_guid
from orchestrator.lab.store_state import AAD_CHANNEL, ENDPOINTS, Network, User

if TYPE_CHECKING:
    from orchestrator.lab.device import Device

_DSREG = "Microsoft: troubleshoot devices with dsregcmd"
_HYBRID = "Microsoft: troubleshoot hybrid joined devices"
_AUTO = "Microsoft: troubleshoot Windows auto-enrollment"
_CODES = "Microsoft: troubleshoot Windows enrollment errors"
_GPO = "Microsoft: enroll a Windows device automatically using Group Policy"


@story("PC-WORKGROUP", _DSREG, cause="not_domain_joined", owner="directory", weight=1)
def workgroup(pc: Device) -> None:
    """The PC is in a workgroup."""
    pc.set_policy()
    set_join(
        pc, azure_ad_joined=False, part_of_domain=False, domain_joined=False, domain="", netbios=""
    )
    pc.users = (User(name=f"{pc.name}\\admin", upn="", prt=False),)


@story("PC-ENTRAONLY", _DSREG, cause="entra_joined_only", owner="tenant")
def entra_only(pc: Device) -> None:
    """The PC is joined to Entra ID only: no group policy reaches it."""
    pc.set_policy()
    set_join(pc, part_of_domain=False, domain_joined=False, domain="", netbios="")


@story("PC-DRS", _DSREG, cause="drs_joined", owner="directory")
def drs(pc: Device) -> None:
    """The PC registered with an on-premises device registration service."""
    set_join(pc, azure_ad_joined=False, enterprise_joined=True)
    delivered(pc)


@story("PC-NOTHYBRID", _HYBRID, cause="not_hybrid_joined", owner="device", weight=3)
def not_hybrid(pc: Device) -> None:
    """The PC never ran the join task since it came into scope."""
    set_join(pc, azure_ad_joined=False)
    pc.registry.delete(r"SYSTEM\CurrentControlSet\Control\CloudDomainJoin\TenantInfo")
    delivered(pc)


@story(
    "PC-DISABLED",
    _DSREG + " (DeviceAuthStatus)",
    cause="device_disabled_in_cloud",
    owner="tenant",
    weight=1,
)
def disabled(pc: Device) -> None:
    """The device object is disabled or deleted in Entra ID."""
    set_join(pc, auth_status="FAILED. Device is either disabled or deleted")
    attempted(pc, 0x80180002)


@story("PC-CERTEXPIRED", _DSREG, cause="join_certificate_expired", owner="device", ends="owner")
def certificate_expired(pc: Device) -> None:
    """The certificate of the join has expired."""
    set_join(pc, valid_to=pc.now() - timedelta(days=20))
    delivered(pc)


@story(
    "PC-KEYBAD",
    _DSREG + " (KeySignTest)",
    cause="device_key_unusable",
    owner="device",
    ends="owner",
)
def key_bad(pc: Device) -> None:
    """The TPM was cleared: the PC cannot use the key of its join."""
    set_join(pc, key_sign_test="FAILED", recovery=True)
    delivered(pc)


@story("PC-NOMDMURL", _AUTO, cause="mdm_url_missing", owner="tenant", weight=3)
def no_mdm_url(pc: Device) -> None:
    """The user is out of the MDM scope, so the tenant gives no MDM address."""
    set_join(pc, mdm_url="")
    attempted(pc, 0x80180031)


@story("PC-FOREIGNURL", _AUTO, cause="mdm_url_foreign", owner="tenant")
def foreign_url(pc: Device) -> None:
    """The tenant sends its devices to another MDM than Intune."""
    set_join(pc, mdm_url="https://mdm.other.example/EnrollmentServer/Discovery.svc")
    attempted(pc, 0x80190194)


@story(
    "PC-POLICYOFF",
    _GPO,
    "Microsoft: win32 MDMReg constants (0x80180026)",
    cause="enrollment_disabled_by_policy",
    owner="directory",
    weight=4,
)
def policy_off(pc: Device) -> None:
    """A group policy forbids MDM enrollment; whatever is deleted here comes back."""
    pc.set_policy(AutoEnrollMDM=1, UseAADCredentialType=1, DisableRegistration=1)
    attempted(pc, 0x80180026)


@story("PC-NOGPO", _GPO, cause="gpo_missing", owner="directory", weight=3)
def no_gpo(pc: Device) -> None:
    """The auto-enrollment policy does not reach this PC."""
    pc.set_policy()


@story(
    "PC-DEVCRED",
    _GPO,
    "community: event 52 with a device token",
    cause="wrong_credential_type",
    owner="directory",
    weight=2,
)
def device_credential(pc: Device) -> None:
    """The policy asks for the device credential, which a plain PC cannot use."""
    pc.set_policy(AutoEnrollMDM=1, UseAADCredentialType=2)
    attempted(pc, 0x80180014)


@story(
    "PC-FOREIGNMDM",
    "Microsoft: 0x8018000A",
    "community: provider ids of other MDMs",
    cause="foreign_mdm_active",
    owner="tenant",
    weight=2,
)
def foreign_mdm(pc: Device) -> None:
    """Workspace ONE manages this PC."""
    guid = fixed_guid(f"{pc.name}/airwatch")
    enrollment.add_keys(
        pc,
        guid,
        provider="AirWatchMDM",
        tenant="",
        discovery="https://ds1.awmdm.example/DeviceServices/Discovery.aws",
    )
    enrollment.add_roots(pc, guid)
    enrollment.add_tasks(pc, guid)
    pc.registry.create(r"SOFTWARE\AIRWATCHMDM")
    pc.registry.create(r"SOFTWARE\AIRWATCH")
    pc.files.make_folder(r"C:\ProgramData\AirWatchMDM")
    attempted(pc, 0x8018000A)


@story(
    "PC-FLEETMDM", "community: Fleet's migration script", cause="foreign_mdm_active", owner="tenant"
)
def fleet_mdm(pc: Device) -> None:
    """An MDM nobody has on a list manages this PC."""
    guid = fixed_guid(f"{pc.name}/fleet")
    enrollment.add_keys(
        pc, guid, provider="Fleet", tenant="", discovery="https://fleet.example/api/mdm/discovery"
    )
    enrollment.add_roots(pc, guid)
    enrollment.add_tasks(pc, guid)
    attempted(pc, 0x8018000A)


_HANDLER = (
    "Co-management is enabled. Queuing enrollment timer to fire at 11/27/2026 03:12:44 local time\n"
    "Processing GET for assignment (ScopeId_1/ConfigurationPolicy_2 : 5)\n"
)


@story(
    "PC-COMANAGED",
    "Microsoft: how to monitor co-management",
    "Microsoft: troubleshoot co-management bootstrap",
    cause="ccm_comanaged",
    owner="directory",
    weight=5,
)
def comanaged(pc: Device) -> None:
    """ConfigMgr co-manages this PC and enrolls it itself, some days from now."""
    configmgr(pc, flags=8197, log=_HANDLER)
    policy_log(pc, days=0.1)
    pc.registry.set(r"SOFTWARE\Microsoft\Windows\CurrentVersion\MDM", "ClientHealthStatus", 7)


@story(
    "PC-CCMPRESENT", "Microsoft: manage clients", cause="enrollment_not_triggered", owner="device"
)
def ccm_present(pc: Device) -> None:
    """A ConfigMgr client with a living site is installed; enrollment was never tried."""
    configmgr(pc, flags=0)
    policy_log(pc, days=0.2)
    delivered(pc)


@story("PC-PROXY", _HYBRID, cause="system_proxy_blocked", owner="network", weight=2)
def proxy(pc: Device) -> None:
    """The proxy lets users through, but not SYSTEM."""
    set_proxy(pc, "proxy.corp.fabrikam.example:8080", blocked=frozenset(ENDPOINTS))
    attempted(pc, 0xCAA70004)


@story("PC-NODNS", _HYBRID, cause="system_proxy_blocked", owner="network")
def no_dns(pc: Device) -> None:
    """DNS on this site does not know the cloud's names."""
    pc.network = Network(unresolved=frozenset(ENDPOINTS))
    attempted(pc, 0xCAA82EE7)


@story("PC-HOME", _CODES + " (0x8018001C)", cause="home_edition", owner="nobody")
def home(pc: Device) -> None:
    """The edition is Home."""
    pc.registry.put(WINDOWS_NT, {"EditionID": "Core", "ProductName": "Windows 10 Home"})
    attempted(pc, 0x8018001C)


@story("PC-OLDOS", _AUTO, cause="os_too_old", owner="nobody")
def old_os(pc: Device) -> None:
    """Windows 10 1703 is too old for enrollment by policy."""
    pc.registry.put(WINDOWS_NT, {"CurrentBuildNumber": "15063", "CurrentBuild": "15063"})
    set_join(pc, layout="old", auth_status="")
    attempted(pc, 0x80070032)


@story("PC-SERVER", "Microsoft: MDM.admx, supported on clients", cause="server_os", owner="nobody")
def server(pc: Device) -> None:
    """It is a Windows Server."""
    pc.registry.set(r"SYSTEM\CurrentControlSet\Control\ProductOptions", "ProductType", "ServerNT")
    pc.registry.put(
        WINDOWS_NT,
        {
            "EditionID": "ServerStandard",
            "CurrentBuildNumber": "20348",
            "ProductName": "Windows Server 2022 Standard",
        },
    )


@story(
    "PC-AVD",
    _GPO + " (Azure Virtual Desktop multi-session)",
    cause="enrollment_not_triggered",
    owner="device",
)
def avd(pc: Device) -> None:
    """A multi-session host enrolls with the device credential; it was never tried."""
    pc.registry.set(r"SYSTEM\CurrentControlSet\Control\ProductOptions", "ProductType", "ServerNT")
    pc.registry.put(WINDOWS_NT, {"EditionID": "ServerRdsh"})
    pc.set_policy(AutoEnrollMDM=1, UseAADCredentialType=2)
    set_join(pc, virtual_desktop="YES")
    pc.users = (User(kind="rdp"),)
    delivered(pc)


@story(
    "PC-NOUSER",
    _GPO,
    "community: the enroller borrows the console user's token",
    cause="no_interactive_user",
    owner="user",
    weight=6,
)
def no_user(pc: Device) -> None:
    """Nobody is signed in."""
    pc.users = ()
    attempted(pc, 0x80070520)


@story(
    "PC-RDPONLY",
    "community: the enroller looks for the console user",
    cause="user_sign_in_needed",
    owner="user",
)
def rdp_only(pc: Device) -> None:
    """Somebody works over remote desktop, and nobody is at the console."""
    set_user(pc, kind="rdp")
    attempted(pc, 0x80070520)


@story("PC-LOCALUSER", _GPO, cause="local_user_only", owner="user")
def local_user(pc: Device) -> None:
    """Only a local account is signed in."""
    pc.users = (User(name=f"{pc.name}\\admin", upn="", prt=False, sid="S-1-5-21-1-2-3-1001"),)
    delivered(pc)


@story("PC-NOPRT", _DSREG, cause="no_prt", owner="user", weight=3)
def no_prt(pc: Device) -> None:
    """The signed-in user has no primary refresh token."""
    set_user(pc, prt=False)
    attempted(pc, 0xCAA10001)


@story("PC-PRTFAIL", _DSREG + " (attempt status)", cause="no_prt", owner="user", weight=1)
def prt_failed(pc: Device) -> None:
    """The user's password was changed, and the token request is refused since."""
    set_user(
        pc,
        prt=False,
        prt_error="0xc000006a",
        prt_description="AADSTS50126: Error validating credentials due to invalid username "
        "or password.",
    )
    pc.log(AAD_CHANNEL, 1081, 0xCAA20003, "AADSTS50126: Error validating credentials", level=2)
    attempted(pc, 0xCAA10001)


@story("PC-MFA", _CODES + " (0x8018002A)", cause="mfa_needed", owner="user", weight=1)
def mfa(pc: Device) -> None:
    """Enrollment asks for a second factor, and nobody answers."""
    set_user(pc, mfa="unanswered")
    attempted(pc, 0x8018002A)


@story("PC-UPN", _CODES + " (0x8018002B)", cause="upn_not_routable", owner="directory", weight=1)
def upn(pc: Device) -> None:
    """The user's sign-in name ends in a domain no tenant can verify."""
    set_user(pc, upn="jdoe@fabrikam.local", routable=False)
    attempted(pc, 0x8018002B)


@story(
    "PC-WRONGCTX",
    "community: 0xCAA9004D when the enroller runs in an administrator's session",
    cause="wrong_token_context",
    owner="device",
)
def wrong_context(pc: Device) -> None:
    """Somebody ran the enroller in a remote session of his own."""
    attempted(pc, 0xCAA9004D)


@story(
    "PC-TWOCAUSES",
    _GPO,
    "Microsoft: SetManagedExternally",
    cause="enrollment_disabled_by_policy",
    owner="directory",
)
def two_causes(pc: Device) -> None:
    """Policy forbids enrollment and the flag is set too: cleaning alone would be for nothing."""
    policy_off_values = {"AutoEnrollMDM": 1, "UseAADCredentialType": 1, "DisableRegistration": 1}
    pc.set_policy(**policy_off_values)
    pc.registry.set(r"SOFTWARE\Microsoft\Enrollments", "ExternallyManaged", 1)
    attempted(pc, 0x80180026)


@story(
    "PC-OFFNET",
    "community: dsregcmd DomainJoined off the corporate network",
    cause="enrollment_not_triggered",
    owner="device",
)
def off_network(pc: Device) -> None:
    """Off the corporate network dsregcmd denies the domain join; WMI knows better."""
    pc.join = replace(pc.join, domain_joined=False)
    delivered(pc)
