"""`enrollmend campaign`: plan, approve and start; the rest is in the modules beside it."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from orchestrator.adapters.plan_file import check_writable, read_plan, write_plan
from orchestrator.cli import exit_codes, options
from orchestrator.cli.campaign_policy import PolicyOptions, check_policy, read_policy
from orchestrator.cli.campaign_watch import record, tell_end, watch_campaign
from orchestrator.cli.campaign_words import at_once_line, budget_line, plan_line, will_change
from orchestrator.cli.carrying import say_if_nobody_works
from orchestrator.cli.choosing import choose
from orchestrator.cli.commands import campaign_life, campaign_look
from orchestrator.cli.durations import seconds
from orchestrator.cli.house import House
from orchestrator.cli.operator import operator
from orchestrator.cli.output import codes
from orchestrator.cli.views.campaigns import plan_view
from orchestrator.cli.words import counted
from orchestrator.domain.campaign import CampaignStatus
from orchestrator.domain.campaign_view import Overview
from orchestrator.domain.device import DeviceName
from orchestrator.domain.run import RunOptions
from orchestrator.errors import InvalidInput
from orchestrator.settings import Settings
from orchestrator.usecases import campaigns
from orchestrator.usecases.ports import Ports

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True, add_completion=False)

_READING = frozenset({CampaignStatus.DRAFT, CampaignStatus.PLANNING})
_NAMED = 5
_DEFAULTS = PolicyOptions()

PlanFile = Annotated[
    Path, typer.Argument(metavar="FILE", help="What `campaign plan` wrote.", show_default=False)
]


@app.callback()
def campaign() -> None:
    """Many PCs, one policy, one plan that somebody else approved."""


@app.command("plan")
def plan(
    ctx: typer.Context,
    *,
    of: Annotated[
        str,
        typer.Argument(metavar="ID", help="A campaign that is being planned: go on with it."),
    ] = "",
    targets: Annotated[
        list[str] | None,
        typer.Option(
            "--targets", "-T", metavar="SELECTOR", help="Which PCs, or with ! which not; repeat."
        ),
    ] = None,
    name: Annotated[str, typer.Option("--name", metavar="TEXT", help="What people call it.")] = "",
    file: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="FILE", help="Wait, and write the plan there."),
    ] = None,
    wave: Annotated[
        str, typer.Option("--wave", metavar="SIZES", help="Sizes of the waves.")
    ] = _DEFAULTS.wave,
    bake: Annotated[
        str, typer.Option("--bake", metavar="TIME", help="Pause after each wave.")
    ] = _DEFAULTS.bake,
    max_failures: Annotated[
        str,
        typer.Option(
            "--max-failures",
            metavar="N|N%",
            help="How many may fail, and so be worked on at once; 2%, at least 1.",
        ),
    ] = "",
    cause_budget: Annotated[
        list[str] | None,
        typer.Option("--cause-budget", metavar="CAUSE=N", help="Of one cause; repeat."),
    ] = None,
    parallel: Annotated[
        int,
        typer.Option("--parallel", metavar="N", min=1, max=10_000, help="PCs worked on at a time."),
    ] = _DEFAULTS.parallel,
    per_site: Annotated[
        int | None,
        typer.Option("--per-site", metavar="N", min=1, max=10_000, help="The same at each site."),
    ] = None,
    window: Annotated[
        str | None,
        typer.Option("--window", metavar="WINDOW", help='"Mon-Fri 18:00-06:00 Europe/Berlin"'),
    ] = None,
    site_window: Annotated[
        list[str] | None,
        typer.Option("--site-window", metavar="SITE=WINDOW", help="For one site; repeat."),
    ] = None,
    offline_deadline: Annotated[
        str, typer.Option("--offline-deadline", metavar="TIME", help="Give absent PCs up after it.")
    ] = _DEFAULTS.offline_deadline,
    gate: Annotated[
        list[int] | None,
        typer.Option("--gate", metavar="N", help="After wave N somebody must promote; repeat."),
    ] = None,
    allow_unseen: Annotated[
        bool,
        typer.Option("--allow-unseen", help="Repair PCs that were away as the others are."),
    ] = False,
    allow_configmgr_removal: Annotated[
        bool,
        typer.Option("--allow-configmgr-removal", help="Orphaned ConfigMgr clients may go."),
    ] = False,
    reboot: Annotated[
        Literal["never", "if-needed", "allow"],
        typer.Option("--reboot", help="Whether PCs may be restarted."),
    ] = "never",
    wait: Annotated[
        bool, typer.Option("--wait", help="Wait until every PC was read; -o does so, too.")
    ] = False,
    timeout: options.Timeout = "1d",
    context: options.Context = None,
) -> int:
    """Read PCs, change nothing, and write what would be done to each.

    Prints the id of the campaign. Somebody else approves the file.
    """
    house = House.of(ctx, context)
    watching = seconds(timeout, where="--timeout")
    if of and targets:
        msg = f"{of} has its devices already"
        raise InvalidInput(msg, where="--targets", hint="plan a new campaign without an id")
    if file is not None:
        check_writable(file)
    if of:
        settings, ports = house.ports()
        ports.campaigns.load(of)  # that there is one
    else:
        policy = read_policy(
            PolicyOptions(
                wave=wave,
                bake=bake,
                max_failures=max_failures,
                cause_budget=cause_budget or (),
                parallel=parallel,
                per_site=per_site,
                window=window,
                site_window=site_window or (),
                offline_deadline=offline_deadline,
                gate=gate or (),
                allow_unseen=allow_unseen,
            )
        )
        who = operator(house.environment)
        chosen = choose(house, targets or [])
        policy = check_policy(policy, chosen.targets, own_budget=bool(max_failures))
        settings, ports = house.ports()
        planned = campaigns.plan_campaign(
            chosen.targets,
            ports,
            name=_name(name, len(chosen.targets), ports),
            author=who.name,
            account=who.account,
            options=RunOptions(
                allow_configmgr_removal=allow_configmgr_removal, reboot=reboot.replace("-", "_")
            ),
            policy=policy,
        )
        of = planned.id
        record(of, who, "planned", ports)
        house.terminal.say(
            f"{of}: {counted(len(chosen.targets), 'device')} to be read, planned by {who.told}"
        )
    if file is None and not wait:
        house.terminal.data(f"{of}\n")
        house.terminal.say(f"when all are read: enrollmend campaign plan {of} -o FILE")
        say_if_nobody_works(house, ports)
        return exit_codes.OK
    return _write_when_read(house, settings, ports, of, file=file, watching=watching)


def _name(name: str, count: int, ports: Ports) -> str:
    text = name.strip()
    if not text.isprintable() or len(text) > 80:  # noqa: PLR2004 - a line of a terminal
        msg = "a name has at most 80 printable characters"
        raise InvalidInput(msg, where="--name")
    return text or f"{counted(count, 'device')}, {ports.clock.now():%Y-%m-%d}"


def _write_when_read(
    house: House,
    settings: Settings,
    ports: Ports,
    campaign_id: str,
    *,
    file: Path | None,
    watching: float,
) -> int:
    view = watch_campaign(
        house,
        settings,
        ports,
        campaign_id,
        seconds=watching,
        enough=lambda view: view.campaign.status not in _READING,
    )
    how = f"enrollmend campaign plan {campaign_id} -o {file or 'FILE'}"
    if view is None:
        house.terminal.say(f"to have the plan later: {how}")
        return exit_codes.INTERRUPTED
    if view.campaign.status in _READING:
        house.terminal.say(f"devices are still being read; {campaign_id} goes on: {how}")
        return exit_codes.WAITING
    document = campaigns.plan_document(campaign_id, ports)
    if file is not None:
        write_plan(document, file)
        house.terminal.show(plan_view(document))
        house.terminal.say(f"written to {file}; somebody else approves it:")
        house.terminal.say(f"  enrollmend campaign approve {file}")
        return exit_codes.OK
    house.terminal.show(plan_view(document))
    house.terminal.say(f"to write it down: {how}")
    return exit_codes.OK


@app.command("approve")
def approve(
    ctx: typer.Context,
    *,
    file: PlanFile,
    yes: options.Yes = False,
    context: options.Context = None,
) -> int:
    """Approve a plan that somebody else made.

    Exit code 7 when it is your own, was changed since, or is not the newest of its campaign.
    """
    house = House.of(ctx, context)
    who = operator(house.environment)
    document = read_plan(file)
    _, ports = house.ports()
    planned = campaigns.may_approve(document, who.name, ports)
    house.terminal.show(plan_view(document))
    if who.account == (planned.account or planned.author):
        house.terminal.say(
            f"warning: {planned.author} planned it under this account, too ({who.account}); that"
            f" {who.name} is somebody else is believed"
        )
    question = f"{document.campaign} may do this to {counted(will_change(document), 'device')}"
    if not house.confirm(question, yes=yes):
        house.terminal.say("not approved")
        return exit_codes.APPROVAL
    approved = campaigns.approve(document, who.name, ports)
    record(approved.id, who, "approved", ports)
    house.terminal.say(f"{approved.id} is approved by {who.told}")
    house.terminal.say(f"  enrollmend campaign start {file}")
    return exit_codes.OK


@app.command("start")
def start(
    ctx: typer.Context,
    *,
    file: PlanFile,
    detach: Annotated[bool, typer.Option("--detach", "-d", help="Do not watch.")] = False,
    timeout: options.Timeout = "30d",
    yes: options.Yes = False,
    exit_zero_on: options.ZeroOn = "",
    context: options.Context = None,
) -> int:
    """Carry an approved plan out, and watch it.

    With more than 25 PCs to be changed its name has to be typed, or --yes said. Exit codes as
    for `campaign watch`; 7 when it is not approved, or not what was approved.
    """
    house = House.of(ctx, context)
    zero_on = codes(exit_zero_on)
    watching = seconds(timeout, where="--timeout")
    who = operator(house.environment)
    document = read_plan(file)
    settings, ports = house.ports()
    campaigns.may_start(document, ports)
    many = will_change(document)
    if many > settings.limits.confirm_above:
        house.terminal.say(plan_line(document))
        question = f"{counted(many, 'device')} will be changed"
        if not house.confirm_by_name(question, document.name, yes=yes):
            house.terminal.say("nothing was started")
            return exit_codes.ERROR
    leave = house.book(settings).exclusions()
    names = sorted(each.device for each in document.devices if DeviceName(each.device).key in leave)
    started = campaigns.start(document, ports, leave=leave, who=who.name)
    record(started.id, who, "started", ports)
    if names:
        named = ", ".join(names[:_NAMED]) + (" ..." if len(names) > _NAMED else "")
        house.terminal.say(f"left alone {counted(len(names), 'device')}, excluded since: {named}")
    _say_started(house, campaigns.overview(started.id, ports))
    if detach:
        house.terminal.data(f"{started.id}\n")
        say_if_nobody_works(house, ports)
        return exit_codes.OK
    view = watch_campaign(house, settings, ports, started.id, seconds=watching)
    if view is None:
        return exit_codes.INTERRUPTED
    return exit_codes.forgiven(tell_end(house, view), zero_on)


def _say_started(house: House, view: Overview) -> None:
    left = view.targets - view.settled
    budget = budget_line(view.campaign.policy.spread.max_failures, view.targets)
    house.terminal.say(
        f"{view.campaign.id} is started: {counted(left, 'device')}, at most {budget} may fail"
    )
    most = at_once_line(view.campaign.policy.spread, view.targets)
    if most:
        house.terminal.say(f"at once {most}")


for more in (campaign_look.app, campaign_life.app):
    app.registered_commands += more.registered_commands
