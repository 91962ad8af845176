"""`enrollmend campaign pause, resume, stop, cancel, promote, rerun`: change a campaign's course."""

from typing import Annotated

import typer

from orchestrator.cli import exit_codes, options
from orchestrator.cli.campaign_policy import read_budgets
from orchestrator.cli.campaign_watch import record
from orchestrator.cli.carrying import say_if_nobody_works
from orchestrator.cli.house import House
from orchestrator.cli.operator import operator
from orchestrator.cli.words import counted
from orchestrator.domain.campaign import CampaignStatus
from orchestrator.domain.run import Run, RunState
from orchestrator.domain.run_filter import RunFilter
from orchestrator.errors import InvalidInput, NotNow
from orchestrator.usecases import campaigns

app = typer.Typer()

_READING = frozenset({CampaignStatus.DRAFT, CampaignStatus.PLANNING})


@app.command("pause")
def pause(
    ctx: typer.Context, *, campaign_id: options.CampaignId, context: options.Context = None
) -> int:
    """Begin nothing more until it is resumed.

    What is on a PC at this moment ends there.
    """
    house = House.of(ctx, context)
    who = operator(house.environment)
    _, ports = house.ports()
    campaigns.pause(campaign_id, who.name, ports)
    record(campaign_id, who, "paused", ports)
    working = campaigns.overview(campaign_id, ports).working
    house.terminal.say(f"{campaign_id} is paused; {counted(working, 'device')} still at work")
    house.terminal.say(f"  enrollmend campaign resume {campaign_id}")
    return exit_codes.OK


@app.command("resume")
def resume(
    ctx: typer.Context,
    *,
    campaign_id: options.CampaignId,
    max_failures: Annotated[
        str, typer.Option("--max-failures", metavar="N|N%", help="A new budget.")
    ] = "",
    cause_budget: Annotated[
        list[str] | None,
        typer.Option("--cause-budget", metavar="CAUSE=N", help="New ones of causes; repeat."),
    ] = None,
    reason: Annotated[str, typer.Option("--reason", help="Why; kept in its history.")] = "",
    context: options.Context = None,
) -> int:
    """Go on with a campaign that was paused or stopped.

    When its budget is used up it needs a larger one, by somebody other than its author. An
    author who resumes it though one setting blocks most PCs has to say why.
    """
    house = House.of(ctx, context)
    total, by_cause = read_budgets(max_failures, cause_budget or ())
    who = operator(house.environment)
    _, ports = house.ports()
    campaigns.resume(
        campaign_id,
        who.name,
        ports,
        max_failures=total,
        cause_failures=by_cause or None,
        reason=reason.strip(),
    )
    record(campaign_id, who, "resumed", ports)
    house.terminal.say(f"{campaign_id} goes on: enrollmend campaign watch {campaign_id}")
    return exit_codes.OK


@app.command("stop")
def stop(
    ctx: typer.Context,
    *,
    campaign_id: options.CampaignId,
    reason: Annotated[str, typer.Option("--reason", help="Why; kept in its history.")] = "",
    context: options.Context = None,
) -> int:
    """Stop a campaign; it can be resumed."""
    house = House.of(ctx, context)
    who = operator(house.environment)
    _, ports = house.ports()
    campaigns.stop(campaign_id, who.name, ports, reason=reason.strip())
    record(campaign_id, who, "stopped", ports)
    house.terminal.say(f"{campaign_id} is stopped: enrollmend campaign resume {campaign_id}")
    return exit_codes.OK


@app.command("cancel")
def cancel(
    ctx: typer.Context,
    *,
    campaign_id: options.CampaignId,
    yes: options.Yes = False,
    context: options.Context = None,
) -> int:
    """Call a campaign off for good.

    What is unsettled becomes cancelled; what is on a PC at this moment ends there.
    """
    house = House.of(ctx, context)
    who = operator(house.environment)
    _, ports = house.ports()
    view = campaigns.overview(campaign_id, ports)
    if view.campaign.status is CampaignStatus.FINISHED:
        msg = f"{campaign_id} is finished"
        raise NotNow(msg, hint="there is nothing to call off")
    left = counted(view.targets - view.settled, "device")
    if not house.confirm(f"{left} of {campaign_id} will not be worked on any more", yes=yes):
        house.terminal.say("nothing was done")
        return exit_codes.ERROR
    campaigns.cancel(campaign_id, who.name, ports)
    record(campaign_id, who, "called off", ports)
    house.terminal.say(f"{campaign_id} is called off: {left} cancelled")
    return exit_codes.OK


@app.command("promote")
def promote(
    ctx: typer.Context, *, campaign_id: options.CampaignId, context: options.Context = None
) -> int:
    """Open the gate behind a wave, or end its bake time."""
    house = House.of(ctx, context)
    who = operator(house.environment)
    _, ports = house.ports()
    campaign = campaigns.promote(campaign_id, who.name, ports)
    record(campaign_id, who, f"wave {campaign.course.wave} promoted", ports)
    house.terminal.say(f"{campaign_id}: wave {campaign.course.wave} is promoted")
    return exit_codes.OK


@app.command("rerun")
def rerun(
    ctx: typer.Context,
    *,
    campaign_id: options.CampaignId,
    state: Annotated[
        str,
        typer.Option("--state", metavar="WHICH", help="failed,away,needs-user,cause:NAME"),
    ] = "failed",
    name: Annotated[str, typer.Option("--name", help="What people call the new one.")] = "",
    context: options.Context = None,
) -> int:
    """Plan a campaign over some PCs of another.

    Those that ended, or rest, in the states named, with the same policy. Prints the id of the
    new campaign; what is not settled in the old one goes on there.
    """
    house = House.of(ctx, context)
    which = RunFilter.parse(state, where="--state")
    who = operator(house.environment)
    settings, ports = house.ports()
    old = ports.campaigns.load(campaign_id)
    if old.status in _READING:
        msg = f"{campaign_id} is still being planned"
        raise InvalidInput(msg, hint=f"enrollmend campaign plan {campaign_id} -o FILE")
    kept_out = house.book(settings).exclusions()
    left_out: set[str] = set()

    def takes(run: Run) -> bool:
        if not which.takes(run):
            return False
        if run.device.key in kept_out:
            left_out.add(run.device.key)
        return run.device.key not in left_out

    states = which.within() or tuple(RunState)
    new = campaigns.rerun(
        campaign_id, states, who.name, ports, account=who.account, name=name, takes=takes
    )
    if left_out:
        left = counted(len(left_out), "device")
        house.terminal.say(f"left out {left}: the exclusion list")
    record(new.id, who, f"planned as a rerun of {campaign_id}", ports)
    house.terminal.data(f"{new.id}\n")
    count = counted(campaigns.overview(new.id, ports).targets, "device")
    house.terminal.say(f"{new.id}: {count} of {campaign_id} to be read")
    house.terminal.say(f"when all are read: enrollmend campaign plan {new.id} -o FILE")
    say_if_nobody_works(house, ports)
    return exit_codes.OK
