"""Steering a campaign that was started."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from orchestrator.domain.campaign import Campaign, CampaignStatus
from orchestrator.domain.campaign_rules import is_author, moved, progress_of
from orchestrator.domain.wave import budget_stop, cause_budgets
from orchestrator.errors import ApprovalRequired, NotNow, RunChanged
from orchestrator.usecases.campaign_entries import said
from orchestrator.usecases.campaign_tick import call_off

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.domain.share import Share
    from orchestrator.domain.wave import WavePolicy
    from orchestrator.usecases.ports import Ports

_S = CampaignStatus
_TRIES: Final = 10


def pause(campaign_id: str, who: str, ports: Ports) -> Campaign:
    """Begin nothing more until it is resumed; what is on a device at this moment ends there.

    Raises:
        NotFound: there is no such campaign.
        NotNow: it does not run.
    """
    return _change(campaign_id, ports, _S.PAUSED, {_S.RUNNING}, f"paused by {who}")


def resume(
    campaign_id: str,
    who: str,
    ports: Ports,
    *,
    max_failures: Share | None = None,
    cause_failures: tuple[tuple[str, Share], ...] | None = None,
    reason: str = "",
) -> Campaign:
    """Go on with a campaign that was paused or stopped, or give one that runs new budgets.

    Args:
        campaign_id: which.
        who: resumes it; told in its history.
        ports: the world.
        max_failures: a new budget, when the old one is used up.
        cause_failures: new budgets for single causes; those of others stay as they are.
        reason: why; kept in its history.

    Raises:
        NotFound: there is no such campaign.
        NotNow: it neither runs, paused nor stopped, or its budget is used up and no new one is
            given.
        ApprovalRequired: whoever says so planned the campaign, and a budget would grow, or it was
            stopped because one setting blocks most devices and no reason is given.
    """
    was: list[CampaignStatus] = []

    def again(campaign: Campaign) -> Campaign:
        was.append(campaign.status)
        _check_overruled(campaign, who, reason)
        spread = campaign.policy.spread
        targets = ports.campaigns.counts(campaign_id).targets
        if max_failures is not None:
            spread = replace(spread, max_failures=max_failures)
        if cause_failures is not None:
            merged = dict(spread.cause_failures) | dict(cause_failures)
            spread = replace(spread, cause_failures=tuple(merged.items()))
        _check_larger(campaign, who, spread, targets)
        policy = replace(campaign.policy, spread=spread)
        course = replace(
            campaign.course,
            budget=spread.max_failures.of(targets, where="the failure budget"),
            cause_budgets=cause_budgets(spread, targets),
            overruled=campaign.course.overruled or campaign.course.setting,
            setting=False,
            moved=ports.clock.now(),
            alarmed=None,
        )
        resumed = replace(campaign, policy=policy, course=course)
        progress = progress_of(resumed, ports.control.tally(campaign_id), ports.clock.now())
        stop_ = budget_stop(progress, spread)
        if stop_:
            hint = "resume it with a larger budget, or cancel it"
            raise NotNow(stop_, hint=hint)
        return resumed

    text = f"resumed by {who}" + (f": {reason}" if reason else "")
    if max_failures is not None or cause_failures:
        spread = ports.campaigns.load(campaign_id).policy.spread
        known = dict(spread.cause_failures)
        if max_failures is not None:
            text += f"; {max_failures} may fail now, {spread.max_failures} before"
        for cause, share in cause_failures or ():
            text += f"; {share} may fail for {cause}, {known.get(cause, 'any number')} before"
    budgets = max_failures is not None or bool(cause_failures)
    allowed = {_S.PAUSED, _S.STOPPED} | ({_S.RUNNING} if budgets else set())
    resumed = _change(campaign_id, ports, _S.RUNNING, allowed, text, change=again, again=budgets)
    if was and was[-1] is not _S.RUNNING and ports.accounts is not None:
        ports.accounts.forgive()  # whoever resumes says that the account is right now
    return resumed


def _check_overruled(campaign: Campaign, who: str, reason: str) -> None:
    """Have the author say why a stop for one setting is overruled; a second person may without.

    Raises:
        ApprovalRequired: no reason is given.
    """
    if campaign.course.setting and is_author(campaign, who) and not reason:
        msg = f"{campaign.author} made the plan, and it was stopped: {campaign.course.reason}"
        hint = "somebody else resumes it; or say why, which is kept: resume ID --reason TEXT"
        raise ApprovalRequired(msg, hint=hint)


def _check_larger(campaign: Campaign, who: str, spread: WavePolicy, targets: int) -> None:
    """Refuse the author a larger budget than somebody else agreed to.

    Raises:
        ApprovalRequired: see above.
    """
    if not is_author(campaign, who):
        return
    course = campaign.course
    total = spread.max_failures.of(targets, where="the failure budget")
    budgets = dict(cause_budgets(spread, targets))
    grown = [name for name, most in course.cause_budgets if budgets.get(name, total) > most]
    if course.budget is not None and total > course.budget:
        msg = f"{campaign.author} made the plan; somebody else has to let {total} fail, not"
        msg += f" {course.budget}"
    elif grown:
        msg = f"{campaign.author} made the plan; somebody else has to let more fail for {grown[0]}"
    else:
        return
    raise ApprovalRequired(msg, hint="ask whoever approved it to resume it with that budget")


def stop(campaign_id: str, who: str, ports: Ports, *, reason: str = "") -> Campaign:
    """Stop a campaign that runs or is paused; it can be resumed.

    Raises:
        NotFound: there is no such campaign.
        NotNow: it neither runs nor is paused.
    """
    text = f"stopped by {who}" + (f": {reason}" if reason else "")
    return _change(campaign_id, ports, _S.STOPPED, {_S.RUNNING, _S.PAUSED}, text)


def cancel(campaign_id: str, who: str, ports: Ports) -> Campaign:
    """Call a campaign off for good: everything unsettled becomes ``cancelled``.

    Raises:
        NotFound: there is no such campaign.
        NotNow: it has finished.
    """
    ended = ports.campaigns.load(campaign_id)
    if ended.status is _S.CANCELLED:
        while ports.campaigns.counts(campaign_id).unfinished:
            ended = call_off(ended, ports)
        return ended
    every = set(_S) - {_S.FINISHED, _S.CANCELLED}
    campaign = _change(campaign_id, ports, _S.CANCELLING, every, f"called off by {who}")
    while campaign.status is _S.CANCELLING:
        campaign = call_off(campaign, ports)
    return campaign


def promote(campaign_id: str, who: str, ports: Ports) -> Campaign:
    """Open the gate behind the wave released last, or end its bake time.

    Raises:
        NotFound: there is no such campaign.
        NotNow: it does not run, no wave was released yet, or the last one has not ended.
    """

    def open_gate(campaign: Campaign) -> Campaign:
        wave = campaign.course.wave
        if wave < 1:
            msg = f"{campaign_id} has not released a wave yet"
            raise NotNow(msg)
        if campaign.course.wave_ended is None:
            msg = f"wave {wave} of {campaign_id} has not ended"
            raise NotNow(msg, hint="promote it once it has: its gate, or its bake time, waits then")
        promoted = tuple(sorted({*campaign.course.promoted, wave}))
        return replace(campaign, course=replace(campaign.course, promoted=promoted))

    return _change(
        campaign_id,
        ports,
        _S.RUNNING,
        {_S.RUNNING},
        f"promoted by {who}",
        change=open_gate,
        again=True,
    )


def _change(
    campaign_id: str,
    ports: Ports,
    to: CampaignStatus,
    allowed: set[CampaignStatus],
    text: str,
    *,
    change: Callable[[Campaign], Campaign] | None = None,
    again: bool = False,
) -> Campaign:
    """Save a campaign with another status, though its controller may save it at the same time.

    Args:
        campaign_id: which.
        ports: the world.
        to: the status.
        allowed: those it may have now; one that has `to` already is returned as it is.
        text: the reason, kept and told.
        change: what else changes.
        again: do it, and keep the reason, also when it has the status already.
    """
    for left in reversed(range(_TRIES)):
        campaign = ports.campaigns.load(campaign_id)
        if campaign.status is to and not again:
            return campaign
        if campaign.status not in allowed:
            msg = f"{campaign_id} is {campaign.status.value}"
            raise NotNow(msg, hint=f"this can be done while it is {_listed(allowed)}")
        changed = change(campaign) if change else campaign
        if campaign.status is not to:
            changed = moved(changed, to, text)
        try:
            return ports.campaigns.save(changed, [said(campaign, ports.clock.now(), text)])
        except RunChanged:
            if not left:
                raise
    raise AssertionError


def _listed(statuses: set[CampaignStatus]) -> str:
    return " or ".join(status.value for status in _S if status in statuses)
