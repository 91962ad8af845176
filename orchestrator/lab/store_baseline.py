r"""What every simulated PC has before anything is wrong with it: an ordinary domain PC.

- Built once and shared (`baseline`); a PC copies what it changes.
- The noise is deliberate: about thirty GUID keys below ``Enrollments`` that are no enrollments
  (community: StaleMdmEnrollment notes), decoy tasks beside the ones that matter, GUID keys in
  ``PolicyManager\Providers`` and ``Tracked`` that belong to Windows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from uuid import NAMESPACE_DNS, uuid5

from orchestrator.lab.store import Registry, Shared
from orchestrator.lab.store_files import Files
from orchestrator.lab.store_state import (
    AAD_CHANNEL,
    JOIN_CHANNEL,
    MDM_CHANNEL,
    SYSTEM_CHANNEL,
    Certificate,
    Event,
    Service,
)
from orchestrator.lab.store_tasks import (
    ENTERPRISE_MGMT,
    NON_CRITICAL,
    WORKPLACE_JOIN,
    Action,
    Task,
    TaskTree,
)

ENROLLMENTS = r"SOFTWARE\Microsoft\Enrollments"
STATUS = ENROLLMENTS + r"\Status"
TRACKED = r"SOFTWARE\Microsoft\EnterpriseResourceManager\Tracked"
ADMX = r"SOFTWARE\Microsoft\PolicyManager\AdmxInstalled"
PROVIDERS = r"SOFTWARE\Microsoft\PolicyManager\Providers"
ACCOUNTS = r"SOFTWARE\Microsoft\Provisioning\OMADM\Accounts"
LOGGER = r"SOFTWARE\Microsoft\Provisioning\OMADM\Logger"
SESSIONS = r"SOFTWARE\Microsoft\Provisioning\OMADM\Sessions"
ROOTS = (ENROLLMENTS, STATUS, TRACKED, ADMX, PROVIDERS, ACCOUNTS, LOGGER, SESSIONS)
POLICY = r"SOFTWARE\Policies\Microsoft\Windows\CurrentVersion\MDM"
GP_HISTORY = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Group Policy\History"
MDM_EXTENSION = GP_HISTORY + r"\{7909AD9E-09EE-4247-BAB9-7029D5F0A278}"
GP_MACHINE = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Group Policy\State\Machine"
WINDOWS_NT = r"SOFTWARE\Microsoft\Windows NT\CurrentVersion"
UNINSTALL = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall"
UNINSTALL_32 = r"SOFTWARE\WOW6432Node\Microsoft\Windows\CurrentVersion\Uninstall"
CLOUD_JOIN = r"SYSTEM\CurrentControlSet\Control\CloudDomainJoin"
CDJ = r"SOFTWARE\Microsoft\Windows\CurrentVersion\CDJ"
INSTALLER_PRODUCTS = r"SOFTWARE\Classes\Installer\Products"
SYSTEM32 = r"C:\Windows\System32"

_PSEUDO = (
    ("WMI_Bridge_SCCM_Server", 12, 3),
    ("Local Authority", 28, 6),
    ("Deploy Authority", 30, 5),
    ("Cloud Authority", 31, 5),
    ("", 0, 11),
)
_PLAIN_KEYS = (
    *ROOTS,
    ENROLLMENTS + r"\Context",
    ENROLLMENTS + r"\ValidNodePaths",
    r"SOFTWARE\Microsoft\PolicyManager\current\device",
    r"SOFTWARE\Microsoft\PolicyManager\default\Experience",
    r"SOFTWARE\Policies\Microsoft\Windows\WorkplaceJoin",
    r"SOFTWARE\Microsoft\Windows\CurrentVersion\MDM",
    r"SOFTWARE\Microsoft\Windows\CurrentVersion\Component Based Servicing",
    r"SOFTWARE\Microsoft\Windows\CurrentVersion\WindowsUpdate\Auto Update",
    r"SOFTWARE\Microsoft\Windows\CurrentVersion\Policies\System",
    WINDOWS_NT + r"\Schedule\TaskCache\Tree\Microsoft\Windows\EnterpriseMgmt",
    INSTALLER_PRODUCTS,
    UNINSTALL,
    UNINSTALL_32,
    r"SOFTWARE\Microsoft\Windows\CurrentVersion\Internet Settings\Connections",
    CDJ,
    CLOUD_JOIN + r"\JoinInfo",
    CLOUD_JOIN + r"\TenantInfo",
    GP_MACHINE,
    r"SYSTEM\CurrentControlSet\Control\Session Manager",
    r"SYSTEM\CurrentControlSet\Control\ComputerName\ComputerName",
    r"SYSTEM\CurrentControlSet\Services\Netlogon\Parameters",
    r"SYSTEM\CurrentControlSet\Services\Tcpip\Parameters",
)
_PROGRAMS = (
    "certutil.exe",
    "cmd.exe",
    "deviceenroller.exe",
    "dsregcmd.exe",
    "gpupdate.exe",
    "icacls.exe",
    "msiexec.exe",
    "netsh.exe",
    "omadmclient.exe",
    "reg.exe",
    "schtasks.exe",
    "shutdown.exe",
    "w32tm.exe",
    r"WindowsPowerShell\v1.0\powershell.exe",
)
_PROGRAMS_32 = (
    "cmd.exe",
    "icacls.exe",
    "msiexec.exe",
    "reg.exe",
    "schtasks.exe",
    r"WindowsPowerShell\v1.0\powershell.exe",
)
_TASKS = (
    (ENTERPRISE_MGMT, "MDMMaintenenceTask", "%windir%\\system32\\MDMAgent.exe", ""),
    (
        ENTERPRISE_MGMT + "SessionRetry\\",
        "Retry Schedule created by OmaDm client when the server is unavailable",
        "%windir%\\system32\\deviceenroller.exe",
        "/c /sessionretry",
    ),
    (
        WORKPLACE_JOIN,
        "Automatic-Device-Join",
        "%SystemRoot%\\System32\\dsregcmd.exe",
        "$(Arg0) $(Arg1) $(Arg2)",
    ),
    (
        WORKPLACE_JOIN,
        "Recovery-Check",
        "%SystemRoot%\\System32\\dsregcmd.exe",
        "/checkrecovery",
    ),
    (
        "\\Microsoft\\Windows\\UpdateOrchestrator\\",
        "Schedule Scan",
        "%systemroot%\\system32\\usoclient.exe",
        "StartScan",
    ),
    (
        "\\Microsoft\\Windows\\Defrag\\",
        "ScheduledDefrag",
        "%windir%\\system32\\defrag.exe",
        "-c -h -o -$",
    ),
    (
        "\\Microsoft\\Windows\\Time Synchronization\\",
        "SynchronizeTime",
        "%windir%\\system32\\sc.exe",
        "start w32time task_started",
    ),
    (
        "\\",
        "Adobe Acrobat Update Task",
        r"C:\Program Files (x86)\Common Files\Adobe\ARM\1.0\AdobeARM.exe",
        "",
    ),
    (
        "\\",
        "GoogleUpdateTaskMachineCore",
        r"C:\Program Files (x86)\Google\Update\GoogleUpdate.exe",
        "/c",
    ),
)
_SERVICES = (
    ("dmwappushservice", "Device Management Wireless Application Protocol", "Stopped", "Manual"),
    ("DmEnrollmentSvc", "Device Management Enrollment Service", "Stopped", "Manual"),
    ("dcsvc", "Declared Configuration(DC) service", "Stopped", "Manual"),
    ("EntAppSvc", "Enterprise App Management Service", "Stopped", "Manual"),
    ("Schedule", "Task Scheduler", "Running", "Auto"),
    ("gpsvc", "Group Policy Client", "Running", "Auto"),
    ("ProfSvc", "User Profile Service", "Running", "Auto"),
    ("CryptSvc", "Cryptographic Services", "Running", "Auto"),
    ("KeyIso", "CNG Key Isolation", "Running", "Manual"),
    ("TokenBroker", "Web Account Manager", "Running", "Manual"),
    ("wlidsvc", "Microsoft Account Sign-in Assistant", "Stopped", "Manual"),
    ("DeviceInstall", "Device Install Service", "Stopped", "Manual"),
    ("WpnService", "Windows Push Notifications System Service", "Running", "Auto"),
    ("BITS", "Background Intelligent Transfer Service", "Running", "Manual"),
    ("iphlpsvc", "IP Helper", "Running", "Auto"),
    ("W32Time", "Windows Time", "Running", "Manual"),
    ("Netlogon", "Netlogon", "Running", "Auto"),
    ("WinRM", "Windows Remote Management (WS-Management)", "Running", "Auto"),
    ("Winmgmt", "Windows Management Instrumentation", "Running", "Auto"),
    ("TrustedInstaller", "Windows Modules Installer", "Stopped", "Manual"),
    ("msiserver", "Windows Installer", "Stopped", "Manual"),
)


@dataclass(frozen=True, slots=True)
class Baseline:
    """The shared parts; copy them, never write to them."""

    registry: Registry
    tasks: TaskTree
    services: Shared[Service]
    files: Files
    certificates: Shared[Certificate]
    events: Shared[tuple[Event, ...]]


def fixed_guid(text: str) -> str:
    """Return a GUID that is always the same for the same text."""
    return str(uuid5(NAMESPACE_DNS, text)).upper()


def pseudo_enrollments() -> tuple[tuple[str, str, int], ...]:
    """Return the GUID keys of an ordinary PC that are no enrollments: (id, provider, type)."""
    return tuple(
        (fixed_guid(f"pseudo {provider} {number}"), provider, kind)
        for provider, kind, count in _PSEUDO
        for number in range(count)
    )


def _registry() -> Registry:
    registry = Registry()
    for key in _PLAIN_KEYS:
        registry.create(key)
    registry.create(r"HKU\CURRENT\SOFTWARE\Microsoft")
    registry.create(r"HKU\S-1-5-19\SOFTWARE")
    registry.put(ENROLLMENTS + r"\Ownership", {"CorpOwned": 1})
    for number, (guid, provider, kind) in enumerate(pseudo_enrollments()):
        key = f"{ENROLLMENTS}\\{guid}"
        registry.put(key, {"EnrollmentState": 1, "EnrollmentType": kind})
        if provider:
            registry.put(key, {"ProviderID": provider, "UPN": ""})
            registry.create(f"{STATUS}\\{guid}")
        if number % 6 == 0:
            registry.create(f"{TRACKED}\\{guid}\\default")
        if kind in {28, 30, 31}:
            registry.create(f"{PROVIDERS}\\{guid}\\default\\Device")
    registry.create(f"{PROVIDERS}\\B5292708-1619-419B-9923-E5D9F3925E71\\default\\Device")
    registry.put(
        WINDOWS_NT,
        {
            "ProductName": "Windows 10 Enterprise",  # frozen on Windows 11 too
            "EditionID": "Enterprise",
            "CurrentBuildNumber": "22631",
            "CurrentBuild": "22631",
            "UBR": 4317,
            "InstallationType": "Client",
        },
    )
    registry.put(r"SYSTEM\CurrentControlSet\Control\ProductOptions", {"ProductType": "WinNT"})
    registry.set(UNINSTALL + r"\7-Zip", "DisplayName", "7-Zip 23.01 (x64)")
    registry.set(UNINSTALL_32 + r"\Google Chrome", "DisplayName", "Google Chrome")
    registry.put(
        UNINSTALL + r"\{90160000-008C-0000-1000-0000000FF1CE}",
        {"DisplayName": "Office 16 Click-to-Run Extensibility Component", "WindowsInstaller": 1},
    )
    return registry


def _tasks() -> TaskTree:
    tree = TaskTree()
    tree.make_folder(NON_CRITICAL)
    for path, name, execute, arguments in _TASKS:
        tree.add(
            Task(
                path=path,
                name=name,
                actions=(Action(execute=execute, arguments=arguments),),
                triggers=("TimeTrigger",),
            )
        )
    return tree


def _files() -> Files:
    files = Files()
    for folder in (
        r"C:\Program Files",
        r"C:\Program Files (x86)",
        r"C:\ProgramData\Microsoft",
        r"C:\Users\Public",
        r"C:\Windows\Temp",
        r"C:\Windows\SysWOW64",
    ):
        files.make_folder(folder)
    for name in _PROGRAMS:
        files.write(f"{SYSTEM32}\\{name}", b"MZ")
    for name in _PROGRAMS_32:
        files.write(f"C:\\Windows\\SysWOW64\\{name}", b"MZ")
    return files


@cache
def baseline() -> Baseline:
    """Return the ordinary PC."""
    root = Certificate(
        thumbprint=fixed_guid("web server").replace("-", "") + "00AA11BB",
        subject="CN=PC-AUTHENTICATION",
        issuer="CN=Fabrikam Issuing CA 2, DC=fabrikam, DC=example",
        not_before=datetime(2025, 9, 1, tzinfo=UTC),
        not_after=datetime(2027, 9, 1, tzinfo=UTC),
        provider="Microsoft Software Key Storage Provider",
    )
    return Baseline(
        registry=_registry(),
        tasks=_tasks(),
        services=Shared(
            {
                name.lower(): Service(name=name, display=display, state=state, start_mode=mode)
                for name, display, state, mode in _SERVICES
            }
        ),
        files=_files(),
        certificates=Shared({root.thumbprint.lower(): root}),
        events=Shared(
            {
                channel.lower(): ()
                for channel in (MDM_CHANNEL, JOIN_CHANNEL, AAD_CHANNEL, SYSTEM_CHANNEL)
            }
        ),
    )
