"""What campaigns are called in front of an operator, and the figures of one in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.cli import exit_codes
from orchestrator.cli.durations import shown
from orchestrator.cli.words import VERDICTS, counted
from orchestrator.domain.campaign import ENDED, CampaignStatus
from orchestrator.domain.plan import Decision
from orchestrator.domain.run import RunState, Verdict
from orchestrator.domain.wave import Progress, at_once

if TYPE_CHECKING:
    from datetime import datetime

    from orchestrator.domain.campaign_plan import PlanDocument
    from orchestrator.domain.campaign_view import Overview
    from orchestrator.domain.share import Share
    from orchestrator.domain.wave import WavePolicy

STATUS_STYLE = {
    CampaignStatus.RUNNING: "cyan",
    CampaignStatus.PAUSED: "yellow",
    CampaignStatus.STOPPED: "red",
    CampaignStatus.FINISHED: "green",
    CampaignStatus.CANCELLED: "red",
}
_GOOD = (Verdict.ALREADY_ENROLLED, Verdict.ENROLLED, Verdict.RESTORED)
_NEXT_BY_HAND = ENDED | {CampaignStatus.PLANNED, CampaignStatus.APPROVED}
_AT_REST = (RunState.AWAY, RunState.HELD)
_DECISIONS = {
    Decision.NOTHING: "enrolled already",
    Decision.REPAIR: "repaired",
    Decision.OWNER: "left to their owner",
    Decision.HOLD: "held for a user",
    Decision.RETRY: "looked at again",
    Decision.UNSUPPORTED: "unsupported, left as they are",
}
_UNSEEN = {
    False: "PCs that were not read are only read",
    True: "PCs that were not read may have the stages of the others",
}
_REBOOT = {
    "never": "",
    "if_needed": "where one is needed, while nobody is signed in",
    "allow": "where one is needed, also with somebody signed in",
}


def state_counts(view: Overview) -> list[tuple[str, int]]:
    """Return the devices by state, settled ones by verdict; adds up to the targets.

    What is empty is left out.
    """
    settled = view.states[RunState.SETTLED]
    verdicts = [(VERDICTS.get(v, v.value), count) for v, count in view.verdicts.items() if count]
    without = settled - sum(count for _, count in verdicts)
    states = [
        (state.value, count)
        for state, count in view.states.items()
        if count and state is not RunState.SETTLED
    ]
    merged: dict[str, int] = {}
    for word, count in [*verdicts, *([("settled", without)] if without else []), *states]:
        merged[word] = merged.get(word, 0) + count
    return list(merged.items())


def headline(view: Overview) -> str:
    """Return in a sentence where a campaign stands, and until when."""
    until = f" (until {view.until:%Y-%m-%d %H:%MZ})" if view.until else ""
    wave = f"wave {view.wave} of {view.waves}: " if view.wave else ""
    standing = view.standing.removeprefix(f"wave {view.wave}: ") + _holding(view)
    return f"{wave}{standing}{until}" if standing else f"{wave}{view.campaign.status.value}{until}"


def _holding(view: Overview) -> str:
    """Return the devices the wave waits for, by name, where they are few."""
    if not view.holding:
        return ""
    more = view.at_work - len(view.holding)
    return f": {', '.join(view.holding)}" + (f" and {more} more" if more > 0 else "")


def shares_line(view: Overview) -> str:
    """Return the figures of a campaign on one line: budget, work, away, eta."""
    budget = f" of a budget of {view.budget:,}" if view.budget is not None else ""
    parts = [f"failed {view.failures:,}{budget}", f"working {view.working:,}"]
    away = view.states[RunState.AWAY]
    held = view.states[RunState.HELD]
    parts += [f"away {away:,}"] if away else []
    parts += [f"held {held:,}"] if held else []
    parts += [f"eta {_span(view.at, view.eta)}"] if view.eta else []
    return "   ".join(parts)


def one_line(view: Overview) -> str:
    """Return a whole campaign on one line, for a log."""
    figures = shares_line(view).replace("   ", ", ")
    wave = f"wave {view.wave} of {view.waves}: " if view.wave else ""
    return f"{wave}{done_line(view)}, {figures}"


def done_line(view: Overview) -> str:
    """Return how many devices are at their end; while it is planned, how many were read."""
    word = "settled" if view.campaign.course.started else "read"
    return f"{view.settled:,} of {view.targets:,} {word}"


_HALTED = frozenset({CampaignStatus.PAUSED, CampaignStatus.STOPPED})
"""It goes on when somebody resumes it."""


def budget_line(share: Share, total: int) -> str:
    """Return a failure budget with the number it comes to."""
    allowed = share.of(total)
    return f"{allowed:,} ({share} of {total:,})" if share.percent else f"{allowed:,}"


def at_once_line(spread: WavePolicy, total: int) -> str:
    """Return to how many at once the budgets limit a campaign, in words; empty: they do not."""
    most = at_once(Progress(total=total), spread)
    return "" if most is None else f"{counted(most, 'device')} at most: no more than may still fail"


def exit_code(view: Overview) -> int:
    """Return the exit code of a campaign as it stands."""
    status = view.campaign.status
    if status in _HALTED | {CampaignStatus.CANCELLED} or at_gate(view):
        return exit_codes.STOPPED
    if status is CampaignStatus.PLANNED:
        return exit_codes.APPROVAL
    if status is not CampaignStatus.FINISHED:
        return exit_codes.WAITING
    good = sum(view.verdicts[verdict] for verdict in _GOOD)
    return exit_codes.OK if good == view.targets else exit_codes.DEVICES_FAILED


def at_gate(view: Overview) -> bool:
    """Tell whether the next wave waits for somebody to promote it."""
    campaign = view.campaign
    course = campaign.course
    return (
        campaign.status is CampaignStatus.RUNNING
        and course.wave in campaign.policy.spread.gates
        and course.wave not in course.promoted
        and course.wave_ended is not None
    )


def nothing_to_see(view: Overview) -> bool:
    """Tell whether it needs a person, or only devices are left that are away or held."""
    if view.campaign.status in _NEXT_BY_HAND or at_gate(view):
        return True
    if view.campaign.status in _HALTED:
        return not view.working
    resting = view.parked + sum(view.states[state] for state in _AT_REST)
    return (
        view.campaign.status is CampaignStatus.RUNNING
        and resting > 0
        and view.settled + resting == view.targets
    )


def ends(document: PlanDocument) -> list[tuple[str, int]]:
    """Return what would become of the devices of a plan; adds up to all of them."""
    counts: dict[str, int] = {}
    for device in document.devices:
        if device.verdict is Verdict.ALREADY_ENROLLED:
            word = "enrolled already"
        elif device.decision is not None:
            word = _DECISIONS.get(device.decision, device.decision.value)
        elif device.verdict is Verdict.AWAY_EXPIRED:
            word = "looked for (away)"
        else:
            word = "not read"
        counts[word] = counts.get(word, 0) + 1
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def will_change(document: PlanDocument) -> int:
    """Return how many devices a plan allows to be changed."""
    return document.repairs + (document.unseen if document.policy.unseen_allowed else 0)


def terms(document: PlanDocument) -> list[tuple[str, str]]:
    """Return what else whoever approves a plan agrees to: a word and a sentence each."""
    policy, options = document.policy, document.options
    spread, total = policy.spread, len(document.devices)
    gates = f"; wave {', '.join(map(str, spread.gates))} waits to be promoted"
    most = at_once(Progress(total=total), spread)
    told = most is not None or total <= spread.max_parallel
    causes = ", ".join(f"{name} {budget_line(each, total)}" for name, each in spread.cause_failures)
    windows = [("", policy.window), *policy.site_windows]
    found = [
        ("pause", f"{shown(spread.bake_seconds)} after each wave{gates if spread.gates else ''}"),
        ("at once", "" if told else f"{counted(spread.max_parallel, 'device')} at most"),
        ("a site", f"{policy.site_most:,} at a time" if policy.site_most else ""),
        ("causes", f"of one at most {causes} may fail" if causes else ""),
        *(
            ("window", f"{site} {each}".strip() + ("" if _zoned(each) else " (UTC)"))
            for site, each in windows
            if each
        ),
        ("absent", f"tried for {shown(policy.patience_seconds)}; {_UNSEEN[policy.unseen_allowed]}"),
        ("restart", _REBOOT.get(options.reboot, options.reboot)),
        ("removal", "of orphaned ConfigMgr clients" if options.allow_configmgr_removal else ""),
    ]
    return [(word, said) for word, said in found if said]


def _zoned(windows: str) -> bool:
    return all(len(each.split()) > 2 for each in windows.split(";") if each.strip())  # noqa: PLR2004 - days and times


def plan_line(document: PlanDocument) -> str:
    """Return a plan in a sentence."""
    parts = [f"{word} {count:,}" for word, count in ends(document)]
    return f"{counted(len(document.devices), 'device')}: {', '.join(parts)}"


def _span(now: datetime, then: datetime) -> str:
    minutes = max(1, round((then - now).total_seconds() / 60))
    if minutes < 60:  # noqa: PLR2004 - minutes of an hour
        return f"{minutes} m"
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} m" if hours < 48 else f"{hours // 24} d"  # noqa: PLR2004 - two days
