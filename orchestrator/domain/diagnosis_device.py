"""Judges of the PC itself: services, clock, restart, network, and who is signed in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from orchestrator.domain.code import Code, Triage
from orchestrator.domain.codes import hexed, inside, lookup, normalise
from orchestrator.domain.diagnosis_view import (
    WORKPLACE_JOIN,
    View,
    finding,
    uses_device_credential,
)
from orchestrator.domain.facts_parts import Session
from orchestrator.domain.findings import Finding

SKEW = timedelta(minutes=5)
"""Kerberos and token checks refuse more."""
PUSH_SERVICE = "dmwappushservice"
ESSENTIAL_SERVICES = frozenset(
    {
        PUSH_SERVICE,
        "dmenrollmentsvc",
        "dcsvc",
        "schedule",
        "gpsvc",
        "profsvc",
        "cryptsvc",
        "keyiso",
        "tokenbroker",
    }
)
_BUILT_IN = frozenset({"nt authority", "window manager", "font driver host", "nt service"})


def judge_services(view: View) -> Iterator[Finding]:
    """Find services that somebody turned off or removed."""
    services = view.facts.services
    if not services:
        return  # not read; a PC without any service is none
    off = [
        service
        for service in services
        if service.start_mode.lower() == "disabled" and service.name.lower() in ESSENTIAL_SERVICES
    ]
    if off:
        names = tuple(service.name for service in off)
        lines = [f"service {name}: StartMode is Disabled" for name in names]
        yield finding("service_disabled", *lines, subjects=names)
    if all(service.name.lower() != PUSH_SERVICE for service in services):
        yield finding("service_missing", f"service {PUSH_SERVICE} is not installed")


def judge_clock(view: View) -> Iterator[Finding]:
    """Find a clock that is wrong by more than five minutes."""
    if view.facts.collected is None:
        return
    off = view.facts.collected - view.observed_at
    if abs(off) > SKEW:
        minutes = round(abs(off).total_seconds() / 60)
        side = "ahead of" if off > timedelta(0) else "behind"
        yield finding("clock_skew", f"the PC's clock is {minutes} minutes {side} ours")


def judge_network(view: View) -> Iterator[Finding]:
    """Find cloud endpoints that SYSTEM cannot reach; unknown unless they were probed."""
    network = view.facts.network
    if network is None:
        return
    failed = [f"{e.host}: {e.error or 'no answer'}" for e in network.endpoints if e.ok is False]
    if failed:
        proxy = f"WinHTTP proxy: {network.proxy or 'none'}"
        yield finding("system_proxy_blocked", *failed, proxy)


def judge_mmpc_flag(view: View) -> Iterator[Finding]:
    """Find the flag that goes with HTTP 400; a hint that counts only together with the code."""
    flags = view.facts.flags
    if flags is not None and flags.mmpc_enrollment_flag == 2 and view.attempt.code == 0x80190190:  # noqa: PLR2004
        yield finding(
            "mmpc_enrollment_flag",
            r"HKLM\SOFTWARE\Microsoft\Enrollments MmpcEnrollmentFlag is 2",
            view.attempt.evidence,
        )


def judge_restart(view: View) -> Iterator[Finding]:
    """Find whether Windows waits for a restart.

    Pending file renames alone are left out: almost every installer leaves some.
    """
    pending = view.facts.pending_reboot
    if pending is None:
        return
    lines = []
    if pending.cbs:
        lines.append("Component Based Servicing: RebootPending is there")
    if pending.windows_update:
        lines.append("Windows Update: RebootRequired is there")
    if pending.configmgr:
        lines.append("CCMSetup.log: ccmsetup ended with 7, which asks for a restart")
    if lines and pending.file_rename:
        lines.append("Session Manager: PendingFileRenameOperations is not empty")
    if lines:
        yield finding("pending_reboot", *lines)


def judge_user(view: View) -> Iterator[Finding]:
    """Find whether somebody is there whose token enrolls the PC.

    A user of a remote desktop session counts: whether the enroller takes them is not settled, so
    it is tried.
    """
    if uses_device_credential(view.facts):
        return
    session = view.facts.session
    if session is not None:
        yield from _present(view, session)
    status = view.facts.user_prt
    if status is not None and status.prt is False:
        why, refused = _refused(status.get("Attempt Status") or "")
        if refused is not None:
            yield finding(refused.cause, f"dsregcmd in the user's session: {why}", refused.meaning)
        who = f" (session of {status.user})" if status.user else ""
        quoted = inside(status.get("Server Error Description") or "")
        told = f"Server Error Description quotes {quoted.text}: {quoted.meaning}" if quoted else ""
        dual = "WorkplaceJoined : YES may be the reason" if status.truth("WorkplaceJoined") else ""
        yield finding(
            "no_prt", f"dsregcmd in the user's session: AzureAdPrt : NO{who}", told, why, dual
        )
    elif status is not None and status.truth("WorkplaceJoined"):
        said = "dsregcmd in the user's session: WorkplaceJoined : YES"
        yield finding("workplace_joined", said, _unblocked(view))


def _unblocked(view: View) -> str:
    """Say that users may add work accounts beside the join, when no policy keeps them from it."""
    scp = view.facts.client_scp
    if scp is None or scp.block_aad_workplace_join == 1:
        return ""
    told = "absent" if scp.block_aad_workplace_join is None else scp.block_aad_workplace_join
    return f"{WORKPLACE_JOIN} BlockAADWorkplaceJoin is {told}: users may add such accounts"


def _refused(attempt: str) -> tuple[str, Code | None]:
    """Say how the last request for a token ended; with the code when it is not the user's to mend.

    Args:
        attempt: ``Attempt Status`` of dsregcmd; empty when it names none.
    """
    if not attempt:
        return "", None
    try:
        code = normalise(attempt)
    except ValueError:
        return f"its last attempt ended with {attempt}", None
    known, told = lookup(code), f"its last attempt ended with {hexed(code)}"
    return told, known if known is not None and known.triage is Triage.CLOUD else None


def _present(view: View, session: Session) -> Iterator[Finding]:
    logons = [logon.user for logon in session.interactive]
    users = [user for user in (session.console_user, *logons) if user and not _built_in(user)]
    if not users:
        yield finding("no_interactive_user", "Win32_ComputerSystem.UserName is empty")
        return
    name = view.facts.identity.computer_name.lower() if view.facts.identity else ""
    if name and all(user.lower().startswith(f"{name}\\") for user in users):
        yield finding("local_user_only", f"signed in: {', '.join(dict.fromkeys(users))}")


def _built_in(user: str) -> bool:
    return user.partition("\\")[0].lower() in _BUILT_IN
