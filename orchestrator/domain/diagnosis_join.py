"""Judges of the join: domain, Entra ID, the device object and its key."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from orchestrator.domain.codes import hexed, inside, lookup, normalise
from orchestrator.domain.diagnosis_attempt import event_code
from orchestrator.domain.diagnosis_view import WORKPLACE_JOIN, View, finding, hybrid_joined
from orchestrator.domain.dsregcmd import JoinStatus
from orchestrator.domain.facts import Facts
from orchestrator.domain.facts_parts import Task
from orchestrator.domain.findings import Finding

JOIN_TAKES = timedelta(minutes=60)
"""A hybrid join takes 30 to 60 minutes: the computer object has to reach Entra ID first."""
_JOIN_FAILED = frozenset({204, 304, 305, 307})
_CLIENT_SCP = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\CDJ\AAD"
"""The client's own service connection point; it goes before that of the directory (Microsoft)."""
_SYNC_JOIN = r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\CDJ FallbackToSyncJoin"
_REGISTER = f"{WORKPLACE_JOIN} autoWorkplaceJoin"
_JOIN_TASK = "\\microsoft\\windows\\workplace join\\"


def judge_join(view: View) -> Iterator[Finding]:
    """Find what is wrong with the join."""
    facts = view.facts
    status = facts.dsregcmd
    domain = _domain_joined(facts)
    joined = hybrid_joined(facts)
    if status and status.enterprise_joined:
        yield finding("drs_joined", "dsregcmd: EnterpriseJoined : YES")
    if domain is False:
        where = "Win32_ComputerSystem.PartOfDomain is False"
        if joined:
            yield finding("entra_joined_only", where, "dsregcmd: AzureAdJoined : YES")
        else:
            yield finding("not_domain_joined", where)
        return
    if joined is None:
        why = next((line for line in facts.unknown if line.startswith("dsregcmd")), "")
        yield finding("facts_unread", "whether the PC is joined to Entra ID could not be read", why)
    elif joined:
        yield from _joined(status, view.earliest)
    else:
        yield from _not_joined(view)


def _domain_joined(facts: Facts) -> bool | None:
    """Tell whether the PC is in a domain: either source may say yes, WMI alone may say no.

    ``DomainJoined`` of dsregcmd has been seen wrong away from the office (community).
    """
    told = facts.identity.part_of_domain if facts.identity else None
    status = facts.dsregcmd.domain_joined if facts.dsregcmd else None
    if told or status:
        return True
    return told if told is not None else status


def _joined(status: JoinStatus | None, now: datetime) -> Iterator[Finding]:
    if status is None:
        return
    auth = status.device_auth_status
    if auth.upper().startswith("FAILED"):
        dead = "disabled" in auth.lower() or "deleted" in auth.lower()
        cause = "device_disabled_in_cloud" if dead else "device_auth_error"
        yield finding(cause, f"dsregcmd: DeviceAuthStatus : {auth}")
    until = status.certificate_valid_until
    if until is not None and until <= now:
        yield finding(
            "join_certificate_expired",
            f"dsregcmd: DeviceCertificateValidity ended {until:%Y-%m-%d}",
        )
    signed = status.get("KeySignTest") or ""
    recovery = status.truth("AadRecoveryEnabled")
    if signed.upper().startswith("FAIL") or recovery:
        yield finding(
            "device_key_unusable",
            f"dsregcmd: KeySignTest : {signed}" if signed else "",
            "dsregcmd: AadRecoveryEnabled : YES" if recovery else "",
        )


def _not_joined(view: View) -> Iterator[Finding]:
    status = view.facts.dsregcmd
    evidence = ["dsregcmd: AzureAdJoined : NO"]
    if status is None:
        evidence = [r"HKLM\SYSTEM\CurrentControlSet\Control\CloudDomainJoin\JoinInfo is empty"]
    code, tried, told = _last_join(view)
    task = _join_task(view.facts)
    if task and task.state == "Disabled":
        evidence.append(f"the task {task.path}{task.name} is disabled")
    recent = tried is not None and view.now - tried < JOIN_TAKES
    known = lookup(code) if code is not None else None
    scp = view.facts.client_scp
    if scp is not None and scp.tenant_id:
        evidence.append(f"{_CLIENT_SCP} TenantId is {scp.tenant_id} {scp.tenant_name}".rstrip())
    if told:
        evidence.append(told)
    quoted = inside(status.get("Server Message") or "") if status else None
    if recent and quoted is not None:
        yield finding(quoted.cause, f"dsregcmd: Server Message quotes {quoted.text}", told)
    elif recent and known is not None:
        named = (line for line in evidence if line.startswith(_CLIENT_SCP))
        yield finding(known.cause, told, evidence[0], *named)
    elif recent and code is None:
        yield finding("join_under_way", *_started(tried), evidence[0])
    yield finding("not_hybrid_joined", *evidence, *_turned_off(view.facts))


def _turned_off(facts: Facts) -> Iterator[str]:
    """Say which settings keep a PC of the domain from joining."""
    scp = facts.client_scp
    if scp is not None and scp.auto_workplace_join == 0:
        yield f"{_REGISTER} is 0: by policy PCs of the domain do not register themselves"
    if scp is not None and scp.fallback_to_sync_join == 0:
        yield f"{_SYNC_JOIN} is 0: a join does not wait for the directory's synchronisation"


def _last_join(view: View) -> tuple[int | None, datetime | None, str]:
    """Return the code, time and place of the last failed join; time alone when none failed."""
    status, log = view.facts.dsregcmd, view.facts.join_events
    if status and status.join_error:
        try:
            code = normalise(status.join_error)
        except ValueError:
            code = None
        if code is not None:
            server = status.get("Server ErrorCode") or ""
            told = f"dsregcmd: Client ErrorCode : {hexed(code)}"
            return (
                code,
                status.join_tried,
                f"{told}, Server ErrorCode : {server}" if server else told,
            )
    items = [i for i in (log.items if log else ()) if i.id in _JOIN_FAILED]
    newest = max(items, key=lambda item: item.record or 0, default=None)
    if newest is not None and (code := event_code(newest)) is not None:
        told = (
            f"event {newest.id} of User Device Registration, record {newest.record}: {hexed(code)}"
        )
        return code, newest.time, told
    task = _join_task(view.facts)
    return None, task.last_run if task else None, ""


def _join_task(facts: Facts) -> Task | None:
    return next(
        (
            task
            for task in facts.tasks or ()
            if task.path.lower() == _JOIN_TASK and task.name.lower() == "automatic-device-join"
        ),
        None,
    )


def _started(tried: datetime | None) -> tuple[str, ...]:
    return (f"the join task ran {tried:%Y-%m-%d %H:%M:%SZ}",) if tried else ()
