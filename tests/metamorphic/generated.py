"""PCs with any mix of what can be wrong with one, drawn by hypothesis, and what belongs to whom."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from hypothesis import strategies as st

from orchestrator.lab import device_enrollment as enrollment
from orchestrator.lab import fleet_tools as tools
from orchestrator.lab.programs_enroll import log_failure
from orchestrator.lab.store_baseline import ACCOUNTS, ENROLLMENTS, LOGGER, TRACKED, fixed_guid
from orchestrator.lab.store_state import FORMER_TENANT_ID, Certificate
from orchestrator.lab.store_tasks import ENTERPRISE_MGMT, Action, Task
from tests.scripts.bench import Bench

if TYPE_CHECKING:
    from orchestrator.lab.device import Device

STALE = ("dead", "expired", "former", "tasks", "registry", "mmpc", "denied")
OTHERS = ("pseudo", "lookalike", "marker", "backup_task", "certificate", "foreign")
LEGACY = ("", "", "whole", "partial", "no_uninstaller", "leftovers")
CONFIGMGR = ("", "", "orphan", "alive", "comanaged")
OUTDATED = ("", "", "key", "account")
SERVICES = ("dmwappushservice", "DmEnrollmentSvc", "dcsvc", "wlidsvc")


@dataclass(frozen=True, slots=True, kw_only=True)
class Spec:
    """What is on a PC.

    Attributes:
        stale: enrollments of ours that are dead, in part or whole.
        live: it is enrolled and well.
        outdated: of the two places that name a live enrollment's certificate, the one that names
            another: ``key``, ``account`` or none.
        others: what looks like ours and belongs to somebody else.
        code: what the last attempt ended with; 0 for none.
    """

    stale: tuple[str, ...] = ()
    live: bool = False
    outdated: str = ""
    others: frozenset[str] = frozenset()
    legacy: str = ""
    configmgr: str = ""
    flag: bool = False
    task: str = "ready"
    policy: str = "on"
    user: str = "console"
    services: frozenset[str] = frozenset()
    skew: float = 0.0
    code: int = 0

    @property
    def stale_ids(self) -> tuple[str, ...]:
        return tuple(stale_id(number) for number in range(len(self.stale)))


def stale_id(number: int) -> str:
    return fixed_guid(f"generated/{number}")


def specs(*, live: bool | None = False, foreign: bool = True) -> st.SearchStrategy[Spec]:
    """Draw PCs.

    Args:
        live: whether they are enrolled; None for either.
        foreign: whether another MDM may manage them.
    """
    others = OTHERS if foreign else tuple(name for name in OTHERS if name != "foreign")
    return st.builds(
        Spec,
        stale=st.lists(st.sampled_from(STALE), max_size=3).map(tuple),
        live=st.booleans() if live is None else st.just(live),
        outdated=st.sampled_from(OUTDATED),
        others=st.frozensets(st.sampled_from(others), max_size=3),
        legacy=st.sampled_from(LEGACY),
        configmgr=st.sampled_from(CONFIGMGR),
        flag=st.booleans(),
        task=st.sampled_from(("ready", "disabled", "missing")),
        policy=st.sampled_from(("on", "on", "on", "none", "forbids")),
        user=st.sampled_from(("console", "console", "console", "none", "no_prt")),
        services=st.frozensets(st.sampled_from(SERVICES), max_size=2),
        skew=st.sampled_from((0.0, 0.0, 10800.0)),
        code=st.sampled_from((0, 0x8018000A, 0x80180026, 0x8018001F)),
    )


REPAIRABLE = specs(foreign=False).map(
    lambda spec: replace(
        spec,
        policy="on",
        user="console",
        configmgr="" if spec.configmgr == "comanaged" else spec.configmgr,
    )
)
"""PCs that nobody but us has to do anything about."""


def build(spec: Spec) -> Bench:
    """Make the PC."""
    bench = Bench("PC-GENERATED")
    pc = bench.device
    for number, kind in enumerate(spec.stale):
        _stale(pc, kind, stale_id(number))
    for other in sorted(spec.others):
        _other(pc, other)
    _agents(pc, spec)
    if spec.flag:
        pc.registry.set(ENROLLMENTS, "ExternallyManaged", 1)
    for service in sorted(spec.services):
        tools.set_start(pc, service, "Disabled")
    _people_and_policy(pc, spec)
    if spec.code:
        log_failure(pc, spec.code, local=False, when=pc.now() - timedelta(minutes=20))
    if spec.live:
        _live(pc, spec.outdated)
    pc.skew = spec.skew
    return bench


def _live(pc: Device, outdated: str) -> None:
    guid = fixed_guid("generated/live")
    enrollment.enroll(pc, guid, age_days=30.0)
    tools.succeeded(pc, days=30.0)
    former = enrollment.thumbprint_for("generated/before the renewal")
    if outdated == "key":
        pc.registry.set(f"{ENROLLMENTS}\\{guid}", "DMPCertThumbPrint", former)
    elif outdated == "account":
        pc.registry.set(f"{ACCOUNTS}\\{guid}", "SslClientCertReference", f"MY;System;{former}")


def _stale(pc: Device, kind: str, guid: str) -> None:
    thumbprint = enrollment.thumbprint_for(f"{pc.name}/{guid}")
    if kind == "former":
        enrollment.enroll(pc, guid, tenant=FORMER_TENANT_ID, age_days=300)
    elif kind == "mmpc":
        enrollment.enroll_child(pc, guid, age_days=200)
    elif kind == "tasks":
        enrollment.add_tasks(pc, guid)
    elif kind == "registry":
        enrollment.add_roots(pc, guid, thumbprint=thumbprint)
    else:
        if kind == "expired":
            enrollment.add_certificate(pc, guid, age_days=800, valid_days=365)
        enrollment.add_keys(pc, guid, thumbprint=thumbprint)
        enrollment.add_roots(pc, guid, thumbprint=thumbprint)
        enrollment.add_tasks(pc, guid)
        if kind == "denied":
            pc.registry.deny(f"{ENROLLMENTS}\\{guid}\\DMClient", "write")


def _other(pc: Device, kind: str) -> None:
    guid = fixed_guid(f"generated/{kind}")
    if kind == "pseudo":
        for number, provider in enumerate(("WMI_Bridge_SCCM_Server", "Local_Management")):
            pc.registry.put(
                f"{ENROLLMENTS}\\{fixed_guid(f'generated/pseudo {number}')}",
                {"EnrollmentState": 1, "EnrollmentType": 12, "ProviderID": provider},
            )
    elif kind == "lookalike":
        for name in (f"{{{guid}}}", f"{guid}-backup", guid.replace("-", "")):
            pc.registry.put(f"{ENROLLMENTS}\\{name}", {"ProviderID": "Contoso Backup"})
            pc.registry.create(f"{TRACKED}\\{name}")
    elif kind == "marker":
        pc.registry.put(f"{ENROLLMENTS}\\{enrollment.FAKE}", {"EnrollmentState": 1})
        pc.registry.put(f"{ACCOUNTS}\\{enrollment.FAKE}", {"Flags": 0x00D6FB7F})
    elif kind == "backup_task":
        action = Action(execute=r"C:\Tools\backup.exe")
        for folder in (f"{ENTERPRISE_MGMT}{guid}-backup\\", "\\Contoso\\"):
            pc.tasks.add(Task(path=folder, name="Nightly", actions=(action,)))
    elif kind == "certificate":
        thumbprint = enrollment.thumbprint_for(guid)
        pc.certificates[thumbprint] = Certificate(
            thumbprint=thumbprint,
            subject="CN=vpn",
            issuer="CN=Fabrikam Issuing CA",
            not_before=pc.now(),
            not_after=pc.now().replace(year=2029),
        )
    else:
        enrollment.add_keys(pc, guid, provider="Fleet", tenant="", discovery="https://f.example/")
        enrollment.add_roots(pc, guid)
        enrollment.add_tasks(pc, guid)


def _agents(pc: Device, spec: Spec) -> None:
    contents = {"whole": b"MZ", "partial": b"MZ partial", "no_uninstaller": None}
    if spec.legacy == "leftovers":
        tools.legacy_leftovers(pc)
    elif spec.legacy:
        tools.legacy_agents(pc, uninstaller=contents[spec.legacy])
    if spec.configmgr:
        tools.configmgr(pc, flags=8197 if spec.configmgr == "comanaged" else 0)
        tools.policy_log(pc, days=400 if spec.configmgr == "orphan" else 0.2)


def _people_and_policy(pc: Device, spec: Spec) -> None:
    if spec.policy == "none":
        pc.set_policy()
    elif spec.policy == "forbids":
        pc.set_policy(AutoEnrollMDM=1, UseAADCredentialType=1, DisableRegistration=1)
    if spec.task != "missing" or spec.policy == "on":
        tools.delivered(pc, task=spec.task != "missing", enabled=spec.task == "ready")
    if spec.user == "none":
        pc.users = ()
    elif spec.user == "no_prt":
        tools.set_user(pc, prt=False)
    if spec.stale:
        pc.registry.set(LOGGER, "CurrentEnrollmentId", stale_id(0))
