"""Builders of readings: a PC in a state, in one line."""

from __future__ import annotations

import copy
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from orchestrator.domain.diagnosis import diagnose
from orchestrator.domain.facts import Facts
from orchestrator.domain.plan_for import plan_for
from orchestrator.domain.run import RunOptions

if TYPE_CHECKING:
    from orchestrator.domain.findings import Diagnosis
    from orchestrator.domain.plan import Plan

NOW = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
TENANT = "2c9e7b14-55aa-4d0e-8f61-0c1d5b7e9a33"
OTHER_TENANT = "9a0b1c2d-0000-4d0e-8f61-0c1d5b7e9a33"
ID = "11111111-2222-4333-8444-555555555555"
ID2 = "66666666-7777-4888-8999-aaaaaaaaaaaa"
CHILD = "0c0c0c0c-1111-4222-8333-444444444444"
THUMBPRINT = "A1B2C3D4E5F60718293A4B5C6D7E8F9001122334"
URL = "https://enrollment.manage.microsoft.com/enrollmentserver/discovery.svc"
CHANNEL = "Microsoft-Windows-DeviceManagement-Enterprise-Diagnostics-Provider/Admin"
TASK = (
    "Schedule created by enrollment client for automatically enrolling in MDM from "
    "Microsoft Entra ID"
)
FOLDER = "\\Microsoft\\Windows\\EnterpriseMgmt\\"
EVERYWHERE = 0b1_1111_1111


def iso(time: datetime) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


def dsregcmd(**keys: str) -> str:
    """The text of a hybrid-joined PC; a key with the value ``-`` is left out."""
    known = {
        "AzureAdJoined": "YES",
        "EnterpriseJoined": "NO",
        "DomainJoined": "YES",
        "DomainName": "FABRIKAM",
        "DeviceId": "7d1e5c02-6a1f-4c55-9b0e-2f3a94d0c611",
        "DeviceCertificateValidity": "[ 2025-03-04 08:11:20 UTC -- 2035-03-04 08:41:20 UTC ]",
        "DeviceAuthStatus": "SUCCESS",
        "TenantId": TENANT,
        "MdmUrl": URL,
        "AzureAdPrt": "NO",
        "KeySignTest": "PASSED",
    }
    known |= {name.replace("_", " "): value for name, value in keys.items()}
    return "".join(f"{k:>26} : {v}\n" for k, v in known.items() if v != "-")


def unjoined(**keys: str) -> str:
    """The text of a PC that is in the domain only."""
    gone = dict.fromkeys(
        ("DeviceId", "DeviceCertificateValidity", "DeviceAuthStatus", "TenantId", "MdmUrl"), "-"
    )
    return dsregcmd(**{"AzureAdJoined": "NO", **gone, **keys})


def enrollment(**values: Any) -> dict[str, Any]:
    """A whole Intune enrollment."""
    known = {
        "id": ID,
        "in": EVERYWHERE,
        "provider_id": "MS DM Server",
        "enrollment_type": 6,
        "enrollment_state": 1,
        "discovery_url": URL,
        "upn": "jdoe@fabrikam.example",
        "tenant_id": TENANT,
        "thumbprint": THUMBPRINT,
        "tasks": 12,
        "push_task": True,
        "schedule_task": True,
    }
    return known | values


def certificate(**values: Any) -> dict[str, Any]:
    known = {
        "thumbprint": THUMBPRINT,
        "issuer": "CN=Microsoft Intune MDM Device CA",
        "subject": "CN=8f2b",
        "not_before": iso(NOW - timedelta(days=30)),
        "not_after": iso(NOW + timedelta(days=335)),
        "has_private_key": True,
    }
    return known | values


def event(number: int, record: int, *data: str, minutes_ago: float = 3) -> dict[str, Any]:
    time = iso(NOW - timedelta(minutes=minutes_ago))
    return {"id": number, "record": record, "time": time, "data": list(data)}


def failed(code: int, *, minutes_ago: float = 3, record: int = 4710) -> dict[str, Any]:
    return event(76, record, "0", str(code), minutes_ago=minutes_ago)


def events(*items: dict[str, Any]) -> dict[str, Any]:
    newest = max((item["record"] for item in items), default=4700)
    return {"channel": CHANNEL, "newest_record": newest, "items": list(items)}


def task(**values: Any) -> dict[str, Any]:
    return {"path": FOLDER, "name": TASK, "state": "Ready"} | values


def task_of(identity: str, name: str = "PushLaunch") -> dict[str, Any]:
    """A task in the folder of an enrollment."""
    return task(path=f"{FOLDER}{identity}\\", name=name)


SERVICES = ("dmwappushservice", "DmEnrollmentSvc", "Schedule", "CryptSvc", "W32Time")


def blank() -> dict[str, Any]:
    """A PC in order on which enrollment was just never tried."""
    return {
        "format": 1,
        "module": "0.1.0",
        "collected": iso(NOW),
        "elapsed_ms": 800,
        "unread": [],
        "identity": {
            "computer_name": "PC-0042",
            "dns_name": "PC-0042.corp.fabrikam.example",
            "domain": "corp.fabrikam.example",
            "part_of_domain": True,
            "distinguished_name": "CN=PC-0042,OU=Berlin,DC=corp",
            "boot": iso(NOW - timedelta(days=2)),
        },
        "host": {"language_mode": "FullLanguage", "is_64bit_process": True, "elevated": True},
        "os": {"build": 22631, "ubr": 4317, "edition_id": "Enterprise", "product_type": "WinNT"},
        "dsregcmd": {"text": dsregcmd(), "exit_code": 0},
        "join_info": [{"thumbprint": "3F0C", "tenant_id": TENANT, "user_email": ""}],
        "tenant_info": [{"tenant_id": TENANT, "mdm_enrollment_url": URL}],
        "policy": {"auto_enroll_mdm": 1, "use_aad_credential_type": 1, "gp_history": True},
        "flags": {},
        "enrollments": pseudo(),
        "tasks": [task()],
        "task_folders": [],
        "certificates": [],
        "services": [{"name": n, "state": "Stopped", "start_mode": "Manual"} for n in SERVICES],
        "legacy_client": {
            "folder": False,
            "subfolders": [],
            "uninstaller": False,
            "registry_key": False,
            "installer_key": False,
            "products": [],
        },
        "configmgr": {
            "client_exe": False,
            "handler_log": False,
            "comanagement_log": False,
            "task_sequence": False,
            "site_system": False,
            "scom_groups": 0,
        },
        "foreign_agents": [],
        "events": events(),
        "join_events": {"channel": "join", "newest_record": 5, "items": []},
        "aad_events": {"channel": "aad", "newest_record": 0, "items": []},
        "policy_events": {"channel": "System", "newest_record": 0, "items": []},
        "session": {
            "console_user": "FABRIKAM\\jdoe",
            "interactive": [{"user": "FABRIKAM\\jdoe", "logon_type": 2}],
        },
        "user_prt": {
            "user": "FABRIKAM\\jdoe",
            "text": dsregcmd(
                AzureAdPrt="YES",
                Executing_Account_Name="FABRIKAM\\jdoe, jdoe@fabrikam.example",
            ),
        },
        "pending_reboot": {"cbs": False, "windows_update": False, "file_rename": True},
    }


def pseudo() -> list[dict[str, Any]]:
    """The GUID keys that every PC carries and that are no enrollments."""
    providers = (
        ("WMI_Bridge_SCCM_Server", 12),
        ("Local Authority", 28),
        ("Deploy Authority", 30),
        ("Cloud Authority", 31),
    )
    known = [
        {
            "id": f"aaaaaaa{n}-0000-4000-8000-00000000000{n}",
            "in": 3,
            "provider_id": name,
            "enrollment_type": kind,
            "enrollment_state": 1,
        }
        for n, (name, kind) in enumerate(providers)
    ]
    nameless = [{"id": f"bbbbbbbb-0000-4000-8000-0000000000{n:02d}", "in": 1} for n in range(4)]
    return [*known, *nameless]


def healthy() -> dict[str, Any]:
    """An enrolled PC."""
    return blank() | {
        "enrollments": [*pseudo(), enrollment()],
        "certificates": [certificate()],
        "tasks": [task_of(ID)],
        "events": events(event(75, 4600, "0", minutes_ago=60 * 24 * 30)),
    }


def reading(base: dict[str, Any] | None = None, /, **sections: Any) -> dict[str, Any]:
    """A reading with sections replaced; a dict is merged, None takes the section away as unread."""
    payload = copy.deepcopy(blank() if base is None else base)
    for name, value in sections.items():
        if value is None:
            payload.pop(name, None)
            payload["unread"].append({"fact": name, "id": "AccessDenied", "message": "denied"})
        elif isinstance(value, dict) and isinstance(payload.get(name), dict):
            payload[name] = payload[name] | value
        else:
            payload[name] = value
    return payload


def with_enrollments(*items: dict[str, Any], **sections: Any) -> dict[str, Any]:
    return reading(enrollments=[*pseudo(), *items], **sections)


def judge(
    payload: dict[str, Any], *, observed_at: datetime = NOW, **options: Any
) -> tuple[Diagnosis, Plan, Facts]:
    facts = Facts.parse(payload)
    chosen = RunOptions(**options)
    found = diagnose(facts, observed_at=observed_at, options=chosen)
    return found, plan_for(found, facts, chosen), facts


def evidence_of(payload: dict[str, Any], cause: str) -> str:
    """All evidence of a finding, a line each; empty when it was not found."""
    found, _, _ = judge(payload)
    return "\n".join("\n".join(f.evidence) for f in found.findings if f.cause == cause)
