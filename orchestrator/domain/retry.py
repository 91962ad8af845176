"""Whether and when to try again, as a value.

- Away is a state, not a failure: it backs off for as long as the caller is patient.
- A refused login is never tried again: accounts lock. What was not tried for that reason has not
  failed, and waits until the account is right.
- After a line broke with a command under way, the next try is a fresh look, soon.
- The spread comes from the run's own id, so that ten thousand laptops do not come back together
  and the same run always decides the same.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from orchestrator.domain.online_hours import OnlineHours, next_look


class Fault(StrEnum):
    """What went wrong with an attempt; the names are those of `errors.DeviceError.kind`."""

    UNREACHABLE = "unreachable"
    TLS = "tls"
    AUTH = "auth"
    QUOTA = "quota"
    TRANSIENT = "transient"
    OUTCOME_UNKNOWN = "outcome_unknown"
    POLICY = "policy"
    PROTOCOL = "protocol"
    SCRIPT = "script"
    STAGE = "stage"  # a stage said that it failed
    NOT_PROVEN = "not_proven"  # triggered, and no evidence came
    REBOOT = "reboot"  # the device has to restart, or is doing so
    ACCOUNT = "account"  # we have no account to log in with
    UNSUITABLE = "unsuitable"  # the session the account gets on the device cannot repair
    PROGRAM = "program"  # an error of this program
    WORKER = "worker"  # whoever worked on it was lost in the middle
    SPARED = "spared"  # not tried, so that the domain does not lock the account


@dataclass(frozen=True, slots=True, kw_only=True)
class Timings:
    """Every waiting time of a run, in seconds.

    The lab shortens all of them by one factor; production uses these.

    Attributes:
        verify_poll: between two looks after the trigger. The enroller reports within about a
            minute, its tasks and account a minute or two later.
        verify_looks: looks before a trigger counts as not proven.
        park_poll: at most so long between looks at something that goes on by itself.
        agent_removal: how long the retired Intune client's uninstaller may go on, and again how
            long Windows needs behind it (Microsoft: half an hour each).
        away_first, away_last: back-off while a device does not answer.
        held: between looks while a user is needed.
        quota: after the device had no shell left.
        transient: the tries after faults before anything ran.
        broken: after the line broke with a command under way.
        stage: after a stage failed.
        patience: give up on a device that stays away or held, when the caller set no deadline.
        rechecks: after enrollment was proven, look again so much later each.
        device_seconds: how long one repair pipeline may take.
        probe_seconds: how long one reading may take.
        open_seconds: how long logging in may take.
    """

    verify_poll: float = 15
    verify_looks: int = 20
    park_poll: float = 1800
    agent_removal: float = 1800
    away_first: float = 900
    away_last: float = 14400
    held: float = 1800
    quota: float = 120
    transient: tuple[float, ...] = (5, 15, 45)
    broken: float = 30
    stage: float = 300
    patience: float = 14 * 86400
    rechecks: tuple[float, ...] = (3600, 86400)
    device_seconds: float = 600
    probe_seconds: float = 180
    open_seconds: float = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Again:
    """Try again at a time."""

    at: datetime
    away: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveUp:
    """Do not try again, and why."""

    reason: str


MAX_ROUNDS = 3
"""How many repairs of one device are carried to their end before a person has to look."""

MAX_BREAKS = 8
"""How many repairs of one device may break, whatever breaks them, before one comes to its end."""

_LIMITS = {
    Fault.QUOTA: 20,
    Fault.OUTCOME_UNKNOWN: 8,
    Fault.SCRIPT: 2,
    Fault.STAGE: 2,
    Fault.NOT_PROVEN: 2,
    Fault.REBOOT: 20,
    Fault.PROTOCOL: 2,
    Fault.PROGRAM: 2,
    Fault.WORKER: MAX_BREAKS,
}
_NEVER = {
    Fault.AUTH: "it is not tried again, for accounts lock",
    Fault.ACCOUNT: "nothing was sent to the device",
    Fault.TLS: "it stays so until somebody changes the certificate or the connection",
    Fault.POLICY: "it stays so until somebody changes the configuration",
    Fault.UNSUITABLE: "the session would be the same at the next try",
}


def spread(seed: str, seconds: float) -> timedelta:
    """Return a wait within 20 % of `seconds`, the same for the same seed."""
    share = zlib.crc32(seed.encode()) / 0xFFFFFFFF
    return timedelta(seconds=seconds * (0.8 + 0.4 * share))


def decide(
    fault: Fault,
    *,
    tries: int,
    now: datetime,
    give_up_at: datetime,
    seed: str,
    timings: Timings,
    breaks: int = 0,
    hours: OnlineHours | None = None,
) -> Again | GiveUp:
    """Decide about the next try.

    Nothing is tried again after `give_up_at`, whatever went wrong.

    Args:
        fault: what went wrong.
        tries: how often this fault has come since the run got on, this time included.
        now: the time of the decision.
        give_up_at: when patience with the device ends.
        seed: run id and attempt; spreads the tries of different devices.
        timings: the waiting times.
        breaks: how many repairs have broken since one ended, by any fault; 0 when it was no repair
            that broke.
        hours: when an absent device was seen before; a try that the back-off would put where it
            never was is put where it was, unless patience ends before that.
    """
    if fault in _NEVER:
        return GiveUp(reason=_NEVER[fault])
    if fault is Fault.UNREACHABLE:
        wait = min(timings.away_first * 2 ** min(tries - 1, 16), timings.away_last)
        at = now + spread(f"{seed}:{tries}", wait)
        usual = next_look(hours or OnlineHours(), now, otherwise=at, seed=f"{seed}:{tries}")
        at = usual if usual <= give_up_at else at
        if at > give_up_at:
            return GiveUp(reason="the device did not answer before its deadline")
        return Again(at=at, away=True)
    if fault is Fault.SPARED:
        wait = min(timings.quota / 8 * 2 ** min(tries - 1, 16), timings.stage)
        at = now + spread(f"{seed}:{tries}", wait)
        if at > give_up_at:
            return GiveUp(reason="its account was refused until the deadline")
        return Again(at=at)
    wait, why = _wait(fault, tries, breaks, timings)
    at = now + timedelta(seconds=wait)
    if not why and at > give_up_at:
        why = "the deadline comes before the next try"
    return GiveUp(reason=why) if why else Again(at=at)


def _wait(fault: Fault, tries: int, breaks: int, timings: Timings) -> tuple[float, str]:
    """Return the seconds before the next try, and why there is none (empty when there is)."""
    row = max(tries, breaks)
    if fault is Fault.TRANSIENT:
        most = len(timings.transient)
        if tries > most:
            return 0, f"the same passing fault came {tries} times in a row"
        wait = timings.transient[min(row, most) - 1]
    else:
        if tries > _LIMITS[fault]:
            return 0, f"it failed the same way {tries} times in a row ({fault.value})"
        first = {
            Fault.QUOTA: timings.quota,
            Fault.STAGE: timings.stage,
            Fault.SCRIPT: timings.stage,
        }
        wait = first.get(fault, timings.broken) * 2 ** min(row - 1, 16)
        wait = min(wait, max(timings.park_poll, timings.stage))
    if breaks > MAX_BREAKS:
        return 0, f"{breaks} repairs broke, and none came to its end"
    return wait, ""
