"""What one reading of a device is made of, section by section.

Names are those of the JSON in ``docs/module.md``. Text that is not there is empty; a number, truth
or time that is not there is None. Whether a *section* was read at all is told by `Facts`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Unread:
    """A fact that could not be read, and why.

    Attributes:
        fact: the section's name.
        id: a stable error id.
        message: one line.
    """

    fact: str = ""
    id: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who the PC says it is; `boot` is its boot time as ISO 8601 text."""

    computer_name: str = ""
    dns_name: str = ""
    domain: str = ""
    part_of_domain: bool | None = None
    distinguished_name: str = ""
    boot: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Host:
    """The PowerShell host the reading ran in."""

    language_mode: str = ""
    is_64bit_process: bool | None = None
    is_64bit_os: bool | None = None
    elevated: bool | None = None
    ps_version: str = ""
    culture: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class System:
    """The Windows on it; `product_type` is ``WinNT`` on clients."""

    build: int | None = None
    ubr: int | None = None
    edition_id: str = ""
    product_type: str = ""
    product_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What ``dsregcmd /status`` wrote, before it is understood."""

    text: str = ""
    exit_code: int | None = None
    user: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinInfo:
    r"""A join of the machine, from ``CloudDomainJoin\JoinInfo``."""

    thumbprint: str = ""
    tenant_id: str = ""
    user_email: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TenantInfo:
    r"""What the PC knows of a tenant, from ``CloudDomainJoin\TenantInfo``."""

    tenant_id: str = ""
    mdm_enrollment_url: str = ""
    mdm_terms_of_use_url: str = ""
    mdm_compliance_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientScp:
    """The client-side service connection point and the policies of the join; read only.

    Attributes:
        fallback_to_sync_join: 0 turns the join by way of the directory's synchronisation off;
            None is on (Microsoft: hybrid join).
        auto_workplace_join: whether domain PCs register themselves; None when no policy says.
        block_aad_workplace_join: 1 keeps users from adding work accounts.
    """

    tenant_id: str = ""
    tenant_name: str = ""
    fallback_to_sync_join: int | None = None
    auto_workplace_join: int | None = None
    block_aad_workplace_join: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The MDM policies, None where the value is not set (Microsoft: MDM.admx)."""

    auto_enroll_mdm: int | None = None
    use_aad_credential_type: int | None = None
    mdm_application_id: str = ""
    disable_registration: int | None = None
    gp_history: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Flags:
    r"""Root values of ``HKLM\SOFTWARE\Microsoft\Enrollments`` and ``OMADM\Logger``."""

    externally_managed: int | None = None
    mmpc_enrollment_flag: int | None = None
    current_enrollment_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Enrollment:
    """A GUID seen in one of the places where enrollments leave traces.

    Attributes:
        seen_in: bit sum of the places, see `enrollments.Place`.
        tasks: how many tasks lie in its folders.
        push_task: one of them is ``PushLaunch``.
        schedule_task: one of them is ``Schedule #1 created by enrollment client``.
        unread: its keys could not be read, and why; then its other values are not known.
    """

    id: str = ""
    seen_in: int | None = field(default=None, metadata={"key": "in"})
    provider_id: str = ""
    enrollment_type: int | None = None
    enrollment_state: int | None = None
    discovery_url: str = ""
    upn: str = ""
    tenant_id: str = ""
    resource_id: str = ""
    thumbprint: str = ""
    ent_dm_id: str = ""
    linked_id: str = ""
    linked_status: int | None = None
    account_thumbprint: str = ""
    tasks: int | None = None
    push_task: bool | None = None
    schedule_task: bool | None = None
    unread: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A scheduled task; `last_result` is its exit code, `state` as the scheduler names it."""

    path: str = ""
    name: str = ""
    state: str = ""
    last_result: int | None = None
    last_run: datetime | None = None
    arguments: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A certificate of the machine store."""

    thumbprint: str = ""
    issuer: str = ""
    subject: str = ""
    not_before: datetime | None = None
    not_after: datetime | None = None
    has_private_key: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Service:
    """A service of the list that is looked at; one that is not installed is not in the list."""

    name: str = ""
    state: str = ""
    start_mode: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """An installed product of the legacy client; `shared` ones belong to others as well."""

    code: str = ""
    name: str = ""
    version: str = ""
    shared: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class LegacyClient:
    """Traces of the Intune PC software client."""

    folder: bool | None = None
    subfolders: tuple[str, ...] = ()
    uninstaller: bool | None = None
    registry_key: bool | None = None
    installer_key: bool | None = None
    products: tuple[Product, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigMgr:
    """Traces of the Configuration Manager client, and what forbids to remove it."""

    client_exe: bool | None = None
    version: str = ""
    site: str = ""
    co_management_flags: int | None = None
    client_health_status: int | None = None
    handler_log: bool | None = None
    comanagement_log: bool | None = None
    uninstaller: bool | None = None
    task_sequence: bool | None = None
    site_system: bool | None = None
    scom_groups: int | None = None
    last_policy: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ForeignAgent:
    """A trace of another vendor's management agent."""

    name: str = ""
    evidence: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEvent:
    """An event by its properties; its localised text is never read."""

    id: int | None = None
    record: int | None = None
    time: datetime | None = None
    data: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class EventLog:
    """The newest events of a channel that we know how to read."""

    channel: str = ""
    newest_record: int | None = None
    items: tuple[LogEvent, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Logon:
    """Somebody signed in; `logon_type` 2 at the console, 10 by remote desktop, 11 cached."""

    user: str = ""
    logon_type: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Who is signed in."""

    console_user: str = ""
    interactive: tuple[Logon, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Whether a cloud endpoint answers the PC as SYSTEM."""

    host: str = ""
    ok: bool | None = None
    error: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """The cloud endpoints as SYSTEM sees them."""

    context: str = ""
    proxy: str = ""
    endpoints: tuple[Endpoint, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingReboot:
    """Who waits for a restart; `configmgr` is None where the log of ccmsetup does not tell."""

    cbs: bool | None = None
    windows_update: bool | None = None
    configmgr: bool | None = None
    file_rename: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Journal:
    """The last repair on this PC; `open` when it did not come to its end."""

    run_id: str = ""
    fence: int | None = None
    open: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Backup:
    """A backup that lies on the PC, and the enrollments that the repair was to remove."""

    run_id: str = ""
    created: datetime | None = None
    objects: int | None = None
    enrollment_ids: tuple[str, ...] = ()
