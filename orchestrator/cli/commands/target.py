"""`enrollmend target`: lists of PCs, the inventory, and those that are left alone."""

from typing import Annotated

import typer

from orchestrator.cli import exit_codes, options
from orchestrator.cli.choosing import choose
from orchestrator.cli.house import House
from orchestrator.cli.operator import operator
from orchestrator.cli.output import write
from orchestrator.cli.views.targets import exclusions_table, targets_table
from orchestrator.cli.words import counted
from orchestrator.domain.target import Exclusion, Target
from orchestrator.usecases import campaigns

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True, add_completion=False)
exclude = typer.Typer(rich_markup_mode=None, no_args_is_help=True, add_completion=False)
app.add_typer(exclude, name="exclude", help="PCs that are left alone, whatever list names them.")

_NAMED = 5
Limit = Annotated[
    int, typer.Option("--limit", "-n", min=1, help="How many rows a table has; data has all.")
]


@app.callback()
def targets() -> None:
    """Which PCs: lists, inventory, and those left alone."""


@app.command("resolve")
def resolve(
    ctx: typer.Context,
    *,
    selectors: options.Selectors,
    limit: Limit = 20,
    output: options.Output = "table",
    context: options.Context = None,
) -> int:
    """Show which PCs selectors mean; nothing is queued.

    JSON is one array of enrollmend.target/v1 objects.
    """
    house = House.of(ctx, context)
    found = choose(house, selectors)
    _write(house, found.targets, output, limit)
    return exit_codes.OK


@app.command("import")
def import_(
    ctx: typer.Context, *, selectors: options.Selectors, context: options.Context = None
) -> int:
    """Keep PCs with sites and tags, for tag:site=BER.

    What is imported again is changed, not doubled.
    """
    house = House.of(ctx, context)
    found = choose(house, selectors, all_of_them=True)
    book = house.book(house.settings())
    fresh = book.keep(found.targets)
    count = counted(len(found.targets), "device")
    house.terminal.say(f"{count} imported, {fresh:,} of them new; {len(book.targets()):,} in all")
    return exit_codes.OK


@app.command("ls")
def ls(
    ctx: typer.Context,
    *,
    limit: Limit = 20,
    output: options.Output = "table",
    context: options.Context = None,
) -> int:
    """List what was imported."""
    house = House.of(ctx, context)
    kept = house.book(house.settings()).targets()
    _write(house, [kept[key] for key in sorted(kept)], output, limit)
    return exit_codes.OK


@app.command("forget")
def forget(
    ctx: typer.Context, *, selectors: options.Selectors, context: options.Context = None
) -> int:
    """Take PCs out of the inventory; their history stays."""
    house = House.of(ctx, context)
    found = choose(house, selectors, all_of_them=True)
    gone = house.book(house.settings()).drop(device.key for device in found.devices)
    house.terminal.say(f"{counted(gone, 'device')} taken out of the inventory")
    return exit_codes.OK


@exclude.command("add")
def add(
    ctx: typer.Context,
    *,
    selectors: options.Selectors,
    reason: Annotated[str, typer.Option("--reason", help="Why; shown with the list.")] = "",
    context: options.Context = None,
) -> int:
    """Leave PCs alone from now on.

    No list, selector or plan takes them in. Campaigns that were started before, and still have
    them, are named: there they are called off one by one.
    """
    house = House.of(ctx, context)
    who = operator(house.environment)
    found = choose(house, selectors, all_of_them=True)
    settings, ports = house.ports()
    now = ports.clock.now()
    fresh = house.book(settings).exclude(
        Exclusion(device=device, by=who.told, at=now, reason=reason.strip())
        for device in found.devices
    )
    house.terminal.say(f"{counted(len(found.devices), 'device')} left alone, {fresh:,} newly")
    for campaign_id, runs in campaigns.holding(found.devices, ports).items():
        named = ", ".join(run.device.text for run in runs[:_NAMED])
        more = f" and {len(runs) - _NAMED:,} more" if len(runs) > _NAMED else ""
        house.terminal.say(f"{campaign_id} was started before and still has {named}{more}:")
        house.terminal.say(f"  enrollmend cancel {runs[0].id}")
    return exit_codes.OK


@exclude.command("rm")
def rm(ctx: typer.Context, *, selectors: options.Selectors, context: options.Context = None) -> int:
    """Take PCs off the list."""
    house = House.of(ctx, context)
    found = choose(house, selectors, all_of_them=True)
    gone = house.book(house.settings()).include(device.key for device in found.devices)
    house.terminal.say(f"{counted(gone, 'device')} no longer left alone")
    return exit_codes.OK


@exclude.command("ls")
def ls_excluded(
    ctx: typer.Context, *, output: options.Output = "table", context: options.Context = None
) -> int:
    """List them: by whom, since when and why."""
    house = House.of(ctx, context)
    kept = house.book(house.settings()).exclusions()
    found = [kept[key] for key in sorted(kept)]
    rows = [
        {
            "device": each.device.text,
            "by": each.by,
            "at": each.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "reason": each.reason,
        }
        for each in found
    ]
    write(
        house.terminal,
        output,
        documents=[{"schema": "enrollmend.exclusion/v1", **row} for row in rows],
        table=lambda: exclusions_table(found),
        rows=rows,
    )
    return exit_codes.OK


def _write(
    house: House, found: "tuple[Target, ...] | list[Target]", output: options.Format, limit: int
) -> None:
    rows = [
        {
            "device": target.device.text,
            "site": target.site,
            "tags": "; ".join(f"{name}={value}" if value else name for name, value in target.tags),
        }
        for target in found
    ]
    documents = [
        {
            "schema": "enrollmend.target/v1",
            "device": {"name": target.device.text, "key": target.device.key, "site": target.site},
            "tags": dict(target.tags),
        }
        for target in found
    ]
    shown = rows[:limit]
    write(
        house.terminal, output, documents=documents, table=lambda: targets_table(shown), rows=rows
    )
    left = len(found) - limit
    more = f", {left:,} of them not shown (-n)" if left > 0 and output == "table" else ""
    house.terminal.say(f"{counted(len(found), 'device')}{more}")
