"""When a campaign goes on, waits or stops: pure, and every decision with its reason.

- A wave is released as a whole; how many of it run at once is a matter of caps, and a device only
  fails while it is worked on. So a claim is given only while `failures + worked on < budget`:
  what is in flight can never overshoot the budget, whatever it comes to.
- A wave has ended when each of its devices is settled, or rests because it is away, waits for a
  person, or for what nobody can hurry. Away never counts as failed, and never holds a wave back.
- Canaries that rest tell nothing: others take their place, and no larger wave goes out before
  enough have settled, or somebody promotes.
- A device that needs another owner is not a failure; but when most of what settled is owned by
  the tenant or the directory, going on would only clean ten thousand PCs for nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TypeAlias

from orchestrator.domain.findings import Owner
from orchestrator.domain.share import Share, devices

_BLOCKING_OWNERS = frozenset({Owner.TENANT, Owner.DIRECTORY})
_CANARIES_AT_LEAST = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class WavePolicy:
    """How a campaign spreads.

    Attributes:
        waves: sizes, each a share of all targets; the last one repeats until all are released.
        bake_seconds: wait after a wave has ended before the next one.
        max_failures: failures allowed in all; the campaign stops when they are used up.
        cause_failures: failures allowed for single causes.
        max_parallel: devices worked on at once.
        tenant_share: stop when so large a part of the settled devices is blocked by one cause
            that the tenant or the directory owns.
        stall_seconds: raise an alarm when nothing settled for so long while work was going on.
        gates: numbers of waves (1 is the first) after which somebody must promote.
    """

    waves: tuple[Share, ...] = (
        Share(value="5"),
        Share(value="50"),
        Share(value="10", percent=True),
        Share(value="100", percent=True),
    )
    bake_seconds: float = 1200
    max_failures: Share = field(default_factory=lambda: Share(value="2", percent=True))
    cause_failures: tuple[tuple[str, Share], ...] = ()
    max_parallel: int = 200
    tenant_share: float = 0.5
    stall_seconds: float = 1800
    gates: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """A campaign as it stands.

    Attributes:
        total: targets.
        released: of them, those that may be worked on.
        settled: of the released, those at their end, for whatever reason.
        away, held: of the released, those that rest for a PC or a person.
        parked: of the released, those that are looked at again until something outside has
            passed: a fault of the service, a restart.
        working: of the released, those being worked on now.
        failures: settled as failed.
        failures_by_cause: the same by cause.
        blocked: settled because another owner must act, by cause and owner.
        wave: number of the wave released last; 0 before the first.
        wave_ended: when the last wave was first seen to have ended; None while it goes on.
        last_settled: when a device settled last; None before.
        promoted: waves whose gate somebody has opened.
        alarmed: whether the stall alarm has been raised since the last settlement.
        skipped: of the settled, those that nobody had to look at: enrolled at the plan.
        overruled: somebody goes on though one setting blocks most of the devices.
        closed: outside its window, nothing can begin.
    """

    total: int
    released: int = 0
    settled: int = 0
    away: int = 0
    held: int = 0
    parked: int = 0
    working: int = 0
    failures: int = 0
    failures_by_cause: Mapping[str, int] = field(default_factory=dict)
    blocked: Mapping[tuple[str, Owner], int] = field(default_factory=dict)
    wave: int = 0
    wave_ended: datetime | None = None
    last_settled: datetime | None = None
    promoted: tuple[int, ...] = ()
    alarmed: bool = False
    skipped: int = 0
    overruled: bool = False
    closed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """Let the next devices of the plan's order start: a wave, or in place of resting canaries."""

    wave: int
    count: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EndWave:
    """Note that the wave has ended; its bake time begins."""

    wave: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """Start nothing more, and say why; `setting`: because one setting blocks most devices."""

    reason: str
    setting: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """Tell people that nothing moves; nothing is stopped."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finish:
    """Every device is settled."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
    """Do nothing now."""

    reason: str
    until: datetime | None = None


WaveCommand: TypeAlias = Release | EndWave | Stop | Alarm | Finish | Hold


def next_command(progress: Progress, policy: WavePolicy, now: datetime) -> WaveCommand:
    """Decide what the campaign does now.

    Raises:
        InvalidInput: a share of the policy comes to nothing for this total.
    """
    if progress.settled >= progress.total:
        return Finish(
            reason=devices(progress.total, "its device is settled", "all {} devices are settled")
        )
    if stop := budget_stop(progress, policy):
        return Stop(reason=stop)
    if stop := _one_setting_blocks(progress, policy):
        return Stop(reason=stop, setting=True)
    resting = progress.away + progress.held + progress.parked
    open_ = progress.released - progress.settled - resting
    if progress.wave and open_ > 0:
        what = "still at work" if progress.working else "waiting for a slot"
        return _stalled(progress, policy, now, open_) or Hold(
            reason=f"wave {progress.wave}: {open_} of {progress.released} {what}"
            + _held_by_budget(progress, policy, open_)
        )
    if progress.released >= progress.total:
        left = progress.total - progress.settled
        some = devices(left, "1 device is away, or waits", "{} devices are away, or wait")
        return Hold(reason=f"{some} for a person or for the service")
    if progress.wave and progress.wave_ended is None:
        seen = progress.settled - progress.skipped + progress.held + progress.parked
        if seen < _canaries(progress, policy):  # the others are away: there is nothing to bake
            return _in_their_place(progress, policy, seen)
        return EndWave(
            wave=progress.wave,
            reason=f"wave {progress.wave} has ended; the next one may start in "
            f"{policy.bake_seconds:g} s",
        )
    return _next_wave(progress, policy, now)


def wave_size(number: int, progress: Progress, policy: WavePolicy) -> int:
    """Return how many devices a wave releases; `number` 1 is the first."""
    share = policy.waves[min(number, len(policy.waves)) - 1]
    return min(share.of(progress.total), progress.total - progress.released)


def by_stratum(targets: Sequence[tuple[str, str]]) -> list[str]:
    """Order targets so that each beginning of the list covers as many strata as it can.

    Args:
        targets: pairs of device and stratum (cause, OS build, site, joined).

    Returns:
        The devices, taken in turn from each stratum, the largest stratum first; within a stratum
        in the order given.
    """
    strata: dict[str, list[str]] = {}
    for device, stratum in targets:
        strata.setdefault(stratum, []).append(device)
    queues = sorted(strata.values(), key=len, reverse=True)
    ordered: list[str] = []
    for turn in range(len(queues[0]) if queues else 0):
        for queue in queues:
            if turn >= len(queue):
                break  # the rest are shorter still
            ordered.append(queue[turn])
    return ordered


def budget_stop(progress: Progress, policy: WavePolicy) -> str:
    """Return which failure budget is used up, in one sentence; empty while none is."""
    budget = policy.max_failures.of(progress.total)
    if progress.failures >= budget:
        return (
            f"the failure budget is used up: {progress.failures} of {budget} "
            f"({policy.max_failures} of {progress.total})"
        )
    for cause, share in policy.cause_failures:
        allowed = share.of(progress.total)
        failed = progress.failures_by_cause.get(cause, 0)
        if failed >= allowed:
            return f"the failure budget of {cause} is used up: {failed} of {allowed}"
    return ""


def at_once(progress: Progress, policy: WavePolicy) -> int | None:
    """Return to how many devices at once the failure budgets limit the work; None: they do not."""
    total = progress.total
    left = [policy.max_failures.of(total) - progress.failures]
    for cause, share in policy.cause_failures:
        left.append(share.of(total) - progress.failures_by_cause.get(cause, 0))
    most = max(0, min(left))
    return most if most < min(policy.max_parallel, total) else None


def _held_by_budget(progress: Progress, policy: WavePolicy, open_: int) -> str:
    most = at_once(progress, policy)
    if most is None or most >= open_:
        return ""
    return f", at most {most} at once (no more than may still fail)"


def cause_budgets(policy: WavePolicy, total: int) -> tuple[tuple[str, int], ...]:
    """Return how many of so many devices may fail for single causes.

    Raises:
        InvalidInput: a share comes to nothing for so many.
    """
    return tuple(
        (cause, share.of(total, where=f"the failure budget of {cause}"))
        for cause, share in policy.cause_failures
    )


def _one_setting_blocks(progress: Progress, policy: WavePolicy) -> str:
    settled = progress.settled - progress.skipped
    enough = min(_CANARIES_AT_LEAST, progress.released - progress.skipped)
    if progress.overruled or settled < enough:
        return ""
    for (cause, owner), count in sorted(progress.blocked.items(), key=lambda item: -item[1]):
        if owner in _BLOCKING_OWNERS and count >= policy.tenant_share * settled > 0:
            total = progress.total - progress.skipped
            likely = round(count / settled * total)
            return (
                f"{cause} ({owner.value}) blocks {count} of the {devices(settled)} that "
                f"settled, about {likely} of all {total}: repair nothing more until its "
                "owner has acted"
            )
    return ""


def _canaries(progress: Progress, policy: WavePolicy) -> int:
    """Return how many devices must have settled before a larger wave may follow."""
    return min(_CANARIES_AT_LEAST, _canary_wave(progress, policy))


def _canary_wave(progress: Progress, policy: WavePolicy) -> int:
    return policy.waves[0].of(progress.total)


def _in_their_place(progress: Progress, policy: WavePolicy, seen: int) -> Release:
    """Release others in place of canaries that rest: never more at a time than the first wave."""
    left = progress.total - progress.released
    count = min(max(1, _canary_wave(progress, policy) - seen), left)
    settled = progress.settled - progress.skipped
    rest = progress.away + progress.held + progress.parked
    others = devices(rest, "1 rests, away or waiting", "{} rest, away or waiting")
    return Release(
        wave=progress.wave,
        count=count,
        reason=f"wave {progress.wave} releases {count} more: only {settled} settled, "
        f"{others}, and {_canaries(progress, policy)} have to settle before a larger wave",
    )


def _stalled(progress: Progress, policy: WavePolicy, now: datetime, open_: int) -> Alarm | None:
    since = progress.last_settled
    if since is None or progress.alarmed or (progress.closed and not progress.working):
        return None
    if now - since < timedelta(seconds=policy.stall_seconds):
        return None
    minutes = int((now - since).total_seconds() // 60)
    what = f"{progress.working} are at work"
    if not progress.working:
        what = devices(open_, "1 waits", "{} wait") + " for a slot, and none is at work"
    return Alarm(reason=f"no device has settled for {minutes} minutes; {what}")


def _next_wave(progress: Progress, policy: WavePolicy, now: datetime) -> WaveCommand:
    if progress.wave in policy.gates and progress.wave not in progress.promoted:
        return Hold(reason=f"wave {progress.wave} has ended; the next one waits to be promoted")
    if progress.wave and progress.wave_ended is not None:
        ready = progress.wave_ended + timedelta(seconds=policy.bake_seconds)
        if now < ready and progress.wave not in progress.promoted:
            return Hold(reason=f"wave {progress.wave} bakes", until=ready)
    settled = progress.settled - progress.skipped
    short = progress.wave and settled < _canaries(progress, policy)
    if short and progress.wave not in progress.promoted:
        return _in_their_place(progress, policy, settled)
    number = progress.wave + 1
    count = wave_size(number, progress, policy)
    done = f"{progress.failures} failed, budget {policy.max_failures.of(progress.total)}"
    return Release(
        wave=number,
        count=count,
        reason=f"wave {number} releases {count} of {devices(progress.total)} ({done})",
    )
