"""What each enrollment GUID on a PC is, whether it lives, and whether it may be removed.

- Only an allow-list can be stale: Intune's own providers, its MAM leftovers, and residue with
  traces of an enrollment client. Everything else is protected, whatever it looks like.
- Unknown is not no: a point of the score that could not be read counts as if it were there when
  something is to be removed, and as if it were not when something is to be proven.
- Ids are compared as whole GUIDs, never by pattern, and handled one by one.

Sources: providers, types and the score are from the community's StaleMdmEnrollment inventory;
``MS DM Server`` from Microsoft's DMClient CSP.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import IntFlag, StrEnum
from urllib.parse import urlsplit

from orchestrator.domain.enrollment_certificate import client_certificate, named_thumbprints
from orchestrator.domain.facts import Facts
from orchestrator.domain.facts_parts import Certificate, Enrollment

_GUID = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
NIL = "00000000-0000-0000-0000-000000000000"
MARKER = "ffffffff-ffff-ffff-ffff-ffffffffffff"
INTUNE_PROVIDER = "ms dm server"
MMPC_PROVIDER = "microsoft device management"
SYSTEM_PROVIDERS = frozenset(
    {"wmi_bridge_sccm_server", "local authority", "deploy authority", "cloud authority"}
)
SYSTEM_TYPES = frozenset({12, 28, 30, 31})
INTUNE_HOSTS = (
    "manage.microsoft.com",
    "manage-beta.microsoft.com",
    "manage.microsoft.us",
    "dm.microsoft.com",
)
ENROLLMENT_ISSUERS = frozenset(
    {
        "microsoft intune mdm device ca",
        "microsoft intune beta mdm device ca",
        "sc_online_issuing",
        "microsoft device management device ca",
    }
)
_TASK_MARKS = (
    "enrollment client",
    "dm client",
    "omadmclient",
    "pushlaunch",
    "pushrenewal",
    "pushupgrade",
    "pushupdate",
    "incomplete session",
    "provisioning initiated session",
    "queued alerts",
    "declared configuration",
    "policy manager login",
)
"""Parts of the names of tasks that enrollment clients make (community; the list is open)."""
LOOKS_ALIVE = 6
FULL_SCORE = 9


class Place(IntFlag):
    """Where a GUID was seen; the bits of ``in``."""

    ENROLLMENTS = 1
    STATUS = 2
    TRACKED = 4
    ADMX = 8
    PROVIDERS = 16
    ACCOUNTS = 32
    LOGGER = 64
    SESSIONS = 128
    TASKS = 256
    TASKS_NONCRITICAL = 512
    CURRENT = 1024
    LINKED = 2048


IN_TASKS = Place.TASKS | Place.TASKS_NONCRITICAL
IN_REGISTRY = Place(0xFF)

PLACE_NAMES: Mapping[Place, str] = {
    Place.ENROLLMENTS: r"HKLM\SOFTWARE\Microsoft\Enrollments",
    Place.STATUS: r"HKLM\SOFTWARE\Microsoft\Enrollments\Status",
    Place.TRACKED: r"HKLM\SOFTWARE\Microsoft\EnterpriseResourceManager\Tracked",
    Place.ADMX: r"HKLM\SOFTWARE\Microsoft\PolicyManager\AdmxInstalled",
    Place.PROVIDERS: r"HKLM\SOFTWARE\Microsoft\PolicyManager\Providers",
    Place.ACCOUNTS: r"HKLM\SOFTWARE\Microsoft\Provisioning\OMADM\Accounts",
    Place.LOGGER: r"HKLM\SOFTWARE\Microsoft\Provisioning\OMADM\Logger",
    Place.SESSIONS: r"HKLM\SOFTWARE\Microsoft\Provisioning\OMADM\Sessions",
    Place.TASKS: r"\Microsoft\Windows\EnterpriseMgmt",
    Place.TASKS_NONCRITICAL: r"\Microsoft\Windows\EnterpriseMgmtNonCritical",
    Place.CURRENT: r"HKLM\SOFTWARE\Microsoft\Provisioning\OMADM\Logger (CurrentEnrollmentId)",
    Place.LINKED: r"LinkedEnrollment of another enrollment",
}

_MICROSOFT = "HKLM\\SOFTWARE\\Microsoft\\"


class Kind(StrEnum):
    """What a GUID stands for."""

    SYSTEM = "system"  # a pseudo provider, or nothing we know: never touched
    MARKER = "marker"  # the all-F "fake MDM" marker admins create
    INTUNE = "intune"
    MMPC = "mmpc"  # the linked declared-configuration child of Intune
    MAM = "mam"
    FOREIGN = "foreign"
    DORMANT = "dormant"  # another provider with neither address nor account: manages nothing
    RESIDUE = "residue"
    UNREAD = "unread"  # its keys are denied to us: whatever it is, it stays


_KEPT = frozenset({Kind.SYSTEM, Kind.MARKER, Kind.FOREIGN, Kind.DORMANT, Kind.UNREAD})
"""Never touched, so that neither score nor certificate matters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One GUID, judged.

    Attributes:
        id: as it was spelled.
        fact: what was read of it.
        kind: what it is.
        low, high: the liveness score without and with what could not be read, 0 to 9.
        tenant: it belongs to the joined tenant; None when that cannot be said.
        certificate: its client certificate; None when it is not in the store or not read.
        usable: the certificate is there, has its key and has not expired; None: not read.
        stale: it may be removed.
        reasons: why it is dead, in sentences that can be checked.
    """

    id: str
    fact: Enrollment
    kind: Kind
    low: int = 0
    high: int = 0
    tenant: bool | None = None
    certificate: Certificate | None = None
    usable: bool | None = None
    stale: bool = False
    reasons: tuple[str, ...] = ()

    @property
    def places(self) -> Place:
        """Where it was seen."""
        return Place((self.fact.seen_in or 0) & 0xFFF)

    @property
    def alive(self) -> bool:
        """It looks alive for sure: score, certificate and tenant."""
        return self.low >= LOOKS_ALIVE and self.usable is True and self.tenant is True

    @property
    def where(self) -> str:
        """The place an engineer looks at first, with the id."""
        place = next((p for p in Place if p in self.places), Place.ENROLLMENTS)
        return f"{PLACE_NAMES[place]}\\{self.id}"


def is_enrollment_id(text: str) -> bool:
    """Tell whether the text is a dashed GUID that may name an enrollment."""
    return bool(_GUID.fullmatch(text)) and text.lower() not in {NIL, MARKER}


def is_intune_url(url: str) -> bool:
    """Tell whether a discovery or MDM URL points to Intune, any cloud, any letter case."""
    try:
        host = (urlsplit(url.strip()).hostname or "").lower()
    except ValueError:
        return False
    return any(host == known or host.endswith(f".{known}") for known in INTUNE_HOSTS)


def is_mam_url(url: str) -> bool:
    """Tell whether a discovery URL is that of an app-protection registration."""
    return "wip.mam.manage.microsoft.com" in url.lower()


def issuer_name(certificate: Certificate) -> str:
    """Return the common name of a certificate's issuer, lower case."""
    parts = (part.strip() for part in certificate.issuer.split(","))
    name = next((part[3:] for part in parts if part.upper().startswith("CN=")), certificate.issuer)
    return name.strip().lower()


def judge_enrollments(facts: Facts, *, now: datetime) -> tuple[Judged, ...]:
    """Judge every GUID that was seen.

    Args:
        facts: the reading; without its ``enrollments`` nothing is judged.
        now: the device's time, for certificates.

    Returns:
        One value a GUID, in the order read.
    """
    judged = [_judge(facts, fact, now) for fact in facts.enrollments or ()]
    return tuple(_orphans(judged))


def removal_order(stale: Sequence[Judged]) -> tuple[str, ...]:
    """Return the ids of what may be removed, linked children before their parents."""
    children = {item.fact.linked_id.lower() for item in stale if item.fact.linked_id}
    first = [i for i in stale if i.kind is Kind.MMPC or i.id.lower() in children]
    rest = [i for i in stale if i not in first]
    return tuple(item.id for item in (*first, *rest) if item.stale)


def removable_thumbprints(judged: Sequence[Judged]) -> tuple[str, ...]:
    """Return the certificates that belong to stale enrollments and to nothing else.

    The issuer is a cross-check only: a certificate of another authority is left alone.
    """
    kept = {
        thumbprint
        for item in judged
        if not item.stale
        for thumbprint in named_thumbprints(item.fact)
    }
    found: dict[str, None] = {}
    for item in judged:
        certificate = item.certificate
        if item.stale and certificate and issuer_name(certificate) in ENROLLMENT_ISSUERS:
            thumbprint = certificate.thumbprint.upper()
            if thumbprint and thumbprint not in kept:
                found[thumbprint] = None
    return tuple(found)


def _judge(facts: Facts, fact: Enrollment, now: datetime) -> Judged:
    kind = _kind(facts, fact)
    judged = Judged(id=fact.id, fact=fact, kind=kind)
    if kind in _KEPT:
        return judged
    if kind is Kind.MAM:
        return replace(judged, stale=True, reasons=(f"its discovery URL is {fact.discovery_url}",))
    certificate, usable, why = client_certificate(facts, fact, now)
    tenant = _tenant(facts, fact)
    points, unknown = _score(fact, certificate, now, read=facts.certificates is not None)
    judged = replace(
        judged,
        low=points,
        high=points + unknown,
        tenant=tenant,
        certificate=certificate,
        usable=usable,
    )
    if kind is Kind.RESIDUE:
        return replace(judged, stale=True, reasons=_residue_reasons(judged))
    return _stale(judged, facts, why)


def _kind(facts: Facts, fact: Enrollment) -> Kind:
    if fact.id.lower() == MARKER:
        return Kind.MARKER
    if not is_enrollment_id(fact.id) or fact.seen_in is None:
        return Kind.SYSTEM
    if not fact.seen_in & Place.ENROLLMENTS:
        return Kind.RESIDUE if _has_traces(facts, fact) else Kind.SYSTEM
    if fact.unread:
        return Kind.UNREAD if fact.seen_in & (Place.ACCOUNTS | IN_TASKS) else Kind.SYSTEM
    provider = fact.provider_id.strip().lower()
    if provider in SYSTEM_PROVIDERS or fact.enrollment_type in SYSTEM_TYPES:
        return Kind.SYSTEM
    if not provider:
        known = not fact.discovery_url or is_intune_url(fact.discovery_url)
        return Kind.SYSTEM if known else Kind.FOREIGN
    if is_mam_url(fact.discovery_url):
        return Kind.MAM
    own = {INTUNE_PROVIDER: Kind.INTUNE, MMPC_PROVIDER: Kind.MMPC}
    manages = fact.discovery_url or fact.seen_in & Place.ACCOUNTS
    return own.get(provider, Kind.FOREIGN if manages else Kind.DORMANT)


def _has_traces(facts: Facts, fact: Enrollment) -> bool:
    """Tell whether a GUID without an enrollment key was left by an enrollment client.

    Or by a repair that was cut off: what its backup names may be finished.
    """
    seen = Place((fact.seen_in or 0) & 0xFFF)
    if seen & (IN_REGISTRY | IN_TASKS) and fact.id.lower() in _half_removed(facts):
        return True
    if seen & Place.ACCOUNTS:
        return True
    if not seen & IN_TASKS or facts.tasks is None:
        return False
    folder = f"\\{fact.id.lower()}\\"
    names = [t.name.lower() for t in facts.tasks if t.path.lower().endswith(folder)]
    return any(mark in name for name in names for mark in _TASK_MARKS)


def _half_removed(facts: Facts) -> frozenset[str]:
    journal = facts.journal
    if journal is None or not journal.open:
        return frozenset()
    return frozenset(
        name.lower()
        for backup in facts.backups or ()
        if backup.run_id == journal.run_id
        for name in backup.enrollment_ids
    )


def _score(
    fact: Enrollment, certificate: Certificate | None, now: datetime, *, read: bool
) -> tuple[int, int]:
    """Return the points that were seen, and those that could not be read."""
    seen = fact.seen_in or 0
    points = 3 if seen & Place.ACCOUNTS else 0
    points += 2 if fact.tasks else 0
    points += 1 if is_intune_url(fact.discovery_url) else 0
    if certificate is None:
        return points, (0 if read or not named_thumbprints(fact) else 3)
    unknown = 0
    if certificate.has_private_key is None:
        unknown += 2
    points += 2 if certificate.has_private_key else 0
    if certificate.not_after is None:
        unknown += 1
    elif certificate.not_after > now:
        points += 1
    return points, unknown


def _tenant(facts: Facts, fact: Enrollment) -> bool | None:
    own, joined = fact.tenant_id.strip("{} ").lower(), facts.tenant_id
    return own == joined if own and joined else None


def _stale(judged: Judged, facts: Facts, why: str) -> Judged:
    fact = judged.fact
    if judged.tenant is False:
        reason = f"it belongs to tenant {fact.tenant_id}; the PC is joined to {facts.tenant_id}"
        return replace(judged, stale=True, reasons=(reason, *((why,) if why else ())))
    reasons = [why] if why else []
    if not fact.seen_in or not fact.seen_in & Place.ACCOUNTS:
        reasons.append(f"there is no {PLACE_NAMES[Place.ACCOUNTS]}\\{judged.id}")
    if not fact.tasks:
        reasons.append(f"it has no task below {PLACE_NAMES[Place.TASKS]}")
    dead = judged.usable is False or judged.high < LOOKS_ALIVE
    return replace(judged, stale=dead, reasons=tuple(reasons))


def _residue_reasons(judged: Judged) -> tuple[str, ...]:
    """Say where an id is left behind; places below one key are named from there on."""
    places = [PLACE_NAMES[place] for place in Place if place in judged.places]
    below = [place.removeprefix(_MICROSOFT) for place in places]
    root = f" below {_MICROSOFT[:-1]}" if below != places else ""
    return (f"it is in {', '.join(below)}{root}, but not in {PLACE_NAMES[Place.ENROLLMENTS]}",)


def _orphans(judged: Sequence[Judged]) -> list[Judged]:
    """Protect linked children of what lives or was not read; mark those whose parent is gone.

    With no Intune enrollment left a child alone makes the enroller give up quietly or answer
    0x8018000A (community), however healthy the child looks.
    """
    parents = [item for item in judged if item.kind is Kind.INTUNE]
    unread = any(item.kind is Kind.UNREAD for item in judged)
    kept = unread or any(not item.stale for item in parents)
    result: list[Judged] = []
    for item in judged:
        if item.kind is not Kind.MMPC:
            result.append(item)
        elif kept:
            result.append(replace(item, stale=False, reasons=()))
        else:
            reason = (
                "the Intune enrollment it is linked to is dead too"
                if parents
                else "there is no MS DM Server enrollment that it could be linked to"
            )
            result.append(replace(item, stale=True, reasons=(reason, *item.reasons)))
    return result
