"""Whether a device is enrolled: evidence on the device, and nothing else.

A  event 75 or 72 after the marker that was taken before the trigger
B  exactly one ``MS DM Server`` enrollment of the joined tenant, state 1, UPN set, Intune's URL
C  its client certificate, by thumbprint, of Intune's authority, with private key, in its time,
   and made after the marker
D  its OMA-DM account
E  its tasks, among them ``PushLaunch`` and ``Schedule #1 ...``
F  its policy provider and an OMA-DM session of it that ended well; raises confidence only

After a trigger A, B and C are needed; when the log was cleared meanwhile, C's time stands for A.
Without a marker B to E are needed: what lives has all of them a few minutes after enrollment.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from orchestrator.domain.codes import hexed
from orchestrator.domain.diagnosis_attempt import FAILED, SUCCEEDED, event_code
from orchestrator.domain.enrollments import (
    ENROLLMENT_ISSUERS,
    Judged,
    Kind,
    Place,
    is_intune_url,
    issuer_name,
    judge_enrollments,
)
from orchestrator.domain.facts import Facts
from orchestrator.domain.facts_parts import LogEvent
from orchestrator.domain.facts_reader import read_time
from orchestrator.domain.outcome import Marker

BACKDATED = timedelta(minutes=10)
"""Certificate authorities date a certificate a few minutes back."""
ENROLLED_STATE = 1
SESSION_ENDED = 209


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What speaks for an enrollment, and what is missing.

    Attributes:
        complete: everything that is needed is there.
        evidence: what was found, as sentences to check.
        missing: what is needed and was not found, short.
        failed_code: the newest attempt after the marker failed with this code, as uint32.
    """

    complete: bool
    evidence: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    failed_code: int | None = None


def prove(facts: Facts, marker: Marker | None) -> Proof:
    """Weigh the evidence for an enrollment.

    Args:
        facts: a fresh reading.
        marker: taken on the device before the trigger; None to ask whether the device is enrolled
            whenever that happened.
    """
    evidence: list[str] = []
    missing: list[str] = []
    failed = None
    if marker is not None:
        failed = _events(facts, marker, evidence, missing)
    own = _enrollment(facts, evidence, missing)
    if own is not None:
        _certificate(own, marker, evidence, missing)
        _lives(own, evidence, missing if marker is None else [])
        _confidence(facts, own, marker, evidence)
    return Proof(
        complete=not missing,
        evidence=tuple(evidence),
        missing=tuple(missing),
        failed_code=failed if missing else None,
    )


def _events(facts: Facts, marker: Marker, evidence: list[str], missing: list[str]) -> int | None:
    """Look for A; return the code of the newest failure after the marker, if none succeeded."""
    log = facts.events
    if log is None or (log.newest_record or 0) < marker.record:
        evidence.append(
            "the event log was cleared or could not be read: the certificate's time counts"
        )
        return None
    later = [item for item in log.items if (item.record or 0) > marker.record]
    success = max((i for i in later if i.id in SUCCEEDED), key=_record, default=None)
    if success is not None:
        evidence.append(f"event {success.id}, record {success.record}: enrollment succeeded")
        return None
    failures = sorted((i for i in later if i.id in FAILED), key=_record, reverse=True)
    code = next((c for item in failures if (c := event_code(item)) is not None), None)
    told = f"event 75 or 72 after record {marker.record}"
    missing.append(f"{told} ({hexed(code)} came instead)" if code is not None else told)
    return code


def _record(item: LogEvent) -> int:
    return item.record or 0


def _enrollment(facts: Facts, evidence: list[str], missing: list[str]) -> Judged | None:
    """Look for B."""
    if facts.enrollments is None:
        missing.append("the enrollments could not be read")
        return None
    if facts.collected is None:
        missing.append("the device's time could not be read")
        return None
    if not facts.tenant_id:
        missing.append("the tenant the PC is joined to is not known")
        return None
    judged = judge_enrollments(facts, now=facts.collected)
    own = [item for item in judged if item.kind is Kind.INTUNE and item.tenant is True]
    live = [item for item in own if not item.stale] or own
    if len(live) != 1:
        count = "no" if not live else str(len(live))
        plural = "enrollments" if len(live) != 1 else "enrollment"
        missing.append(
            f"exactly one MS DM Server enrollment of the joined tenant ({count} {plural})"
        )
        return None
    one = live[0]
    lacks = []
    if one.fact.enrollment_state != ENROLLED_STATE:
        lacks.append(f"EnrollmentState 1 (it is {one.fact.enrollment_state})")
    if not one.fact.upn:
        lacks.append("a UPN")
    if not is_intune_url(one.fact.discovery_url):
        lacks.append("a discovery URL of Intune")
    if lacks:
        missing.extend(f"{item} in {one.where}" for item in lacks)
        return one
    evidence.append(
        f"{one.where}: MS DM Server, EnrollmentState 1, tenant {one.fact.tenant_id}, UPN set"
    )
    return one


def _certificate(
    own: Judged, marker: Marker | None, evidence: list[str], missing: list[str]
) -> None:
    """Look for C."""
    certificate = own.certificate
    if certificate is None or own.usable is not True:
        why = own.reasons[0] if own.usable is False and own.reasons else "could not be read"
        missing.append(f"its client certificate with private key ({why})")
        return
    if issuer_name(certificate) not in ENROLLMENT_ISSUERS:
        missing.append(f"a client certificate of Intune's authority (it is {certificate.issuer})")
        return
    since = read_time(marker.time) if marker is not None else None
    if since is not None and not _made_after(certificate.not_before, since):
        missing.append(f"a client certificate made after {since:%Y-%m-%d %H:%M:%SZ}")
        return
    until = f", valid until {certificate.not_after:%Y-%m-%d}" if certificate.not_after else ""
    evidence.append(
        f"Cert:\\LocalMachine\\My\\{certificate.thumbprint}: {certificate.issuer}, "
        f"with private key{until}"
    )


def _made_after(made: datetime | None, since: datetime) -> bool:
    return made is not None and made >= since - BACKDATED


def _lives(own: Judged, evidence: list[str], missing: list[str]) -> None:
    """Look for D and E."""
    if own.places & Place.ACCOUNTS:
        evidence.append(
            f"HKLM\\SOFTWARE\\Microsoft\\Provisioning\\OMADM\\Accounts\\{own.id} is there"
        )
    else:
        missing.append("its OMA-DM account")
    fact = own.fact
    needed = {"PushLaunch": fact.push_task, "Schedule #1": fact.schedule_task}
    lacks = [name for name, there in needed.items() if not there]
    folder = f"\\Microsoft\\Windows\\EnterpriseMgmt\\{own.id}"
    if not fact.tasks:
        missing.append("its scheduled tasks")
    elif lacks:
        missing.append(f"{' and '.join(lacks)} among its {fact.tasks} tasks")
    else:
        evidence.append(f"{folder}: {fact.tasks} tasks, PushLaunch and Schedule #1 among them")


def _confidence(facts: Facts, own: Judged, marker: Marker | None, evidence: list[str]) -> None:
    """Look for F."""
    if own.places & Place.PROVIDERS:
        evidence.append(f"HKLM\\SOFTWARE\\Microsoft\\PolicyManager\\Providers\\{own.id} is there")
    since = marker.record if marker else 0
    known = facts.events.items if facts.events else ()
    ended = [i for i in known if i.id == SESSION_ENDED and _of(own, i)]
    newest = max(ended, key=_record, default=None)
    if newest is not None and _record(newest) > since and _ended_well(newest):
        evidence.append(
            f"event {SESSION_ENDED}, record {newest.record}: a session of it with Intune ended well"
        )


def _of(own: Judged, item: LogEvent) -> bool:
    """Tell whether an event names this enrollment; which parameter does is not relied on."""
    return any(value.strip(" {}").lower() == own.id.lower() for value in item.data)


def _ended_well(item: LogEvent) -> bool:
    """Tell whether the status of a session, the last parameter, is success.

    Community: the parameters of event 209 are EnrollmentID, server and status.
    """
    status = item.data[-1].strip().lower()
    return status in {"0", "0x0", "0x00000000"}
