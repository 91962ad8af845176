"""What follows from a campaign's policy: whether it can be kept, how far it is, when it works."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from orchestrator.domain.campaign import Campaign, CampaignPolicy, CampaignStatus
from orchestrator.domain.campaign_tally import Tally
from orchestrator.domain.campaign_view import Overview
from orchestrator.domain.run import RunState
from orchestrator.domain.share import Share
from orchestrator.domain.target import Target
from orchestrator.domain.wave import Hold, Progress, Stop, next_command, wave_size
from orchestrator.domain.window import next_span, parse_windows
from orchestrator.errors import InvalidInput

_USUAL_PERCENT = 2
_WHOLE = 100
_PACE_AT_LEAST = 3
_LONGEST_NAME = 80


def usual_budget(total: int) -> Share:
    """Return the failure budget of a campaign nobody set one for: 2 %, and at least one device."""
    if total * _USUAL_PERCENT >= _WHOLE:
        return Share(value=str(_USUAL_PERCENT), percent=True)
    return Share(value="1")


def check_policy(policy: CampaignPolicy, sites: Collection[str], total: int) -> None:
    """Refuse a policy that could not be kept for so many devices.

    Raises:
        InvalidInput: a share comes to nothing, a number is below one, a window cannot be read or
            is for a site none of the devices is at.
    """
    spread = policy.spread
    spread.max_failures.of(total, where="the failure budget")
    for cause, share in spread.cause_failures:
        share.of(total, where=f"the failure budget of {cause}")
    if not spread.waves:
        msg = "there is no wave"
        raise InvalidInput(msg, where="the waves", hint="such as 5,50,10%,100%")
    waves_of(policy, total)
    numbers = {
        "devices worked on at a time": spread.max_parallel,
        "devices worked on at a time within a site": policy.site_most,
    }
    for where, number in numbers.items():
        if number is not None and number < 1:
            msg = f"{number} would never begin"
            raise InvalidInput(msg, where=where, hint="give 1 or more")
    if spread.bake_seconds < 0 or policy.patience_seconds <= 0:
        msg = "a time is less than nothing"
        raise InvalidInput(msg, where="bake time or deadline")
    parse_windows(policy.window, where="the window")
    known = {site.casefold() for site in sites}
    for site, text in policy.site_windows:
        if site.casefold() not in known:
            msg = f"none of the devices is at the site {site!r}"
            hint = f"their sites: {', '.join(sorted(filter(None, sites))[:8]) or 'none is named'}"
            raise InvalidInput(msg, where="the window of a site", hint=hint)
        if not parse_windows(text, where=f"the window of {site}"):
            msg = "is empty"
            raise InvalidInput(msg, where=f"the window of {site}")


def spelled(policy: CampaignPolicy, sites: Collection[str]) -> CampaignPolicy:
    """Return a policy that names sites as its devices do; they are compared without case."""
    known = {site.casefold(): site for site in sites}
    windows = tuple((known.get(name.casefold(), name), text) for name, text in policy.site_windows)
    return replace(policy, site_windows=windows)


def one_spelling(targets: Sequence[Target]) -> list[Target]:
    """Return the targets with each site spelled as the first of them spells it."""
    first: dict[str, str] = {}
    return [
        replace(target, site=first.setdefault(target.site.casefold(), target.site))
        for target in targets
    ]


def waves_of(policy: CampaignPolicy, total: int, skipped: int = 0) -> tuple[int, ...]:
    """Return the sizes of all waves for so many devices.

    Raises:
        InvalidInput: one comes to nothing.
    """
    sizes: list[int] = []
    released = skipped
    while released < total:
        progress = Progress(total=total, released=released)
        sizes.append(wave_size(len(sizes) + 1, progress, policy.spread))
        released += sizes[-1]
    return tuple(sizes)


def progress_of(campaign: Campaign, tally: Tally, now: datetime) -> Progress:
    """Return a campaign as `wave.next_command` looks at it.

    A stall is counted from when its controller let something go, or a window opened, at the
    earliest.
    """
    course, states = campaign.course, tally.counts.states
    settled = states[RunState.SETTLED] + states[RunState.CANCELLED]
    last = tally.last_settled
    return Progress(
        total=tally.counts.targets,
        released=tally.counts.targets - tally.unreleased,
        settled=settled,
        away=states[RunState.AWAY],
        held=states[RunState.HELD],
        parked=tally.parked,
        working=tally.working,
        failures=tally.failures,
        failures_by_cause=tally.failures_by_cause,
        blocked=tally.blocked,
        wave=course.wave,
        wave_ended=course.wave_ended,
        last_settled=max(filter(None, (last, course.moved, _opened(campaign, now))), default=None),
        promoted=course.promoted,
        alarmed=course.alarmed is not None and (last is None or course.alarmed >= last),
        skipped=course.skipped,
        overruled=course.overruled,
        closed=_opens(campaign.policy, now) is not None,
    )


def _opened(campaign: Campaign, now: datetime) -> datetime | None:
    """Return when the window that opened last did; None when none is open, or there is none."""
    texts = (campaign.policy.window, *(text for _, text in campaign.policy.site_windows))
    windows = [window for text in texts for window in parse_windows(text)]
    return max((each.opened(now) for each in windows if each.is_open(now)), default=None)


def openings(policy: CampaignPolicy, now: datetime) -> Mapping[str, tuple[datetime, datetime]]:
    """Return from when until when its devices may be worked on, by site; ``""`` for all others."""
    found = {}
    if policy.window.strip():
        found[""] = next_span(parse_windows(policy.window), now)
    for site, text in policy.site_windows:
        found[site] = next_span(parse_windows(text), now)
    return found


def opens_for(policy: CampaignPolicy, site: str, now: datetime) -> datetime | None:
    """Return when its devices at a site may be worked on next; None while they may be now."""
    spans = openings(policy, now)
    span = spans.get(site) or spans.get("")
    return span[0] if span and span[0] > now else None


def _opens(policy: CampaignPolicy, now: datetime) -> datetime | None:
    """Return when the first of its windows opens; None while one is open, or there is none."""
    spans = openings(policy, now)
    if spans and all(since > now for since, _ in spans.values()):
        return min(since for since, _ in spans.values())
    return None


def overview_of(campaign: Campaign, tally: Tally, now: datetime) -> Overview:
    """Return a campaign as people look at it."""
    progress = progress_of(campaign, tally, now)
    standing, until = _standing(campaign, progress, now)
    try:
        waves = len(waves_of(campaign.policy, progress.total, campaign.course.skipped))
    except InvalidInput:
        waves = 0  # it was planned when fewer, or more, was asked of a policy
    return Overview(
        campaign=campaign,
        at=now,
        targets=tally.counts.targets,
        states=tally.counts.states,
        verdicts=tally.counts.verdicts,
        released=progress.released,
        working=progress.working,
        failures=progress.failures,
        budget=campaign.course.budget,
        failures_by_cause=progress.failures_by_cause,
        causes=tally.causes,
        owners=tally.owners,
        wave=campaign.course.wave,
        waves=max(waves, campaign.course.wave),
        standing=standing,
        parked=progress.parked,
        until=until,
        eta=_eta(campaign, progress, now),
    )


_SAID = {
    CampaignStatus.DRAFT: "its devices are being kept; if that was cut short, plan it again",
    CampaignStatus.PLANNING: "its devices are being read; nothing is changed",
    CampaignStatus.PLANNED: "every device was read; the plan waits for approval",
    CampaignStatus.APPROVED: "approved; it can be started",
    CampaignStatus.STARTING: "being started; if that was cut short, start it again",
    CampaignStatus.CANCELLING: "being called off",
}


def _standing(campaign: Campaign, progress: Progress, now: datetime) -> tuple[str, datetime | None]:
    if campaign.status is not CampaignStatus.RUNNING:
        return _SAID.get(campaign.status, campaign.course.reason), None
    opens = _opens(campaign.policy, now)
    if opens is not None:
        return "outside its window", opens
    command = next_command(progress, campaign.policy.spread, now)
    if isinstance(command, Hold):
        return command.reason, command.until
    return ("" if isinstance(command, Stop) else "next: ") + command.reason, None


def _eta(campaign: Campaign, progress: Progress, now: datetime) -> datetime | None:
    started = campaign.course.started
    done = progress.settled - progress.skipped
    if campaign.status is not CampaignStatus.RUNNING or started is None or done < _PACE_AT_LEAST:
        return None
    left = progress.total - progress.settled - progress.away - progress.held - progress.parked
    if left <= 0 or campaign.course.wave_ended is not None:
        return None  # nothing is worked on: what is left rests, or the next wave is not released
    return now + timedelta(seconds=(now - started).total_seconds() / done * left)


def is_author(campaign: Campaign, who: str) -> bool:
    """Tell whether this is the person who planned it; people are compared without case."""
    return who.strip().casefold() == campaign.author.strip().casefold()


def moved(campaign: Campaign, status: CampaignStatus, reason: str) -> Campaign:
    """Return the campaign with another status, and why."""
    return replace(campaign, status=status, course=replace(campaign.course, reason=reason))


def ended(campaign: Campaign, status: CampaignStatus, reason: str, at: datetime) -> Campaign:
    """Return the campaign at its end: finished, or called off."""
    over = moved(campaign, status, reason)
    return replace(over, course=replace(over.course, ended=at))
