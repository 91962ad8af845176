"""`enrollmend lab`: simulated PCs, to try everything without Windows."""

import json
from typing import Annotated

import typer

from orchestrator.cli import exit_codes, labhouse, options
from orchestrator.cli.house import House
from orchestrator.cli.output import write
from orchestrator.cli.safe import clean
from orchestrator.cli.views.causes import facts_view
from orchestrator.cli.views.lab import fleet_table, pcs_table
from orchestrator.cli.words import counted
from orchestrator.errors import InvalidInput
from orchestrator.lab import fleet as named
from orchestrator.lab.server import HTTP_PORT, HTTPS_PORT
from orchestrator.lab.service import Lab
from orchestrator.lab.service_control import ask, words_to_options

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True, add_completion=False)

Pc = Annotated[str, typer.Argument(metavar="PC", help="A PC of the lab.", show_default=False)]
AnyPc = Annotated[
    str, typer.Argument(metavar="PC", help="Of the fleet, or of the lab.", show_default=False)
]


@app.callback()
def lab() -> None:
    """Simulated PCs, to try everything without Windows.

    A running lab is reached with --context lab. Everything about it is simulated.
    """


@app.command("up")
def up(
    ctx: typer.Context,
    *,
    devices: Annotated[
        int, typer.Option("--devices", "-n", min=1, max=20_000, help="How many PCs, mixed.")
    ] = 8,
    pc: Annotated[
        list[str] | None,
        typer.Option(
            "--pc", metavar="NAME", help="These of the fleet instead, or NAME=OTHER; repeatable."
        ),
    ] = None,
    first: Annotated[
        int,
        typer.Option(
            "--first", min=1, help="Number of the first PC, for several labs side by side."
        ),
    ] = 1,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Chooses the mixture.")] = 7,
    pace: Annotated[
        float,
        typer.Option("--pace", min=0.00001, max=10, help="Real seconds a simulated one takes."),
    ] = 0.01,
    http_port: Annotated[
        int, typer.Option(min=0, max=65535, help="WinRM over HTTP; 0 for none.")
    ] = HTTP_PORT,
    https_port: Annotated[
        int, typer.Option(min=0, max=65535, help="WinRM over HTTPS; 0 for none.")
    ] = HTTPS_PORT,
    detach: Annotated[
        bool, typer.Option("--detach", "-d", help="Leave it running and return once it listens.")
    ] = False,
) -> int:
    """Start simulated PCs on loopback addresses of their own, until Ctrl-C or `lab down`."""
    house = House.of(ctx)
    folder = house.lab_dir()
    ports = {name: port for name, port in (("http", http_port), ("https", https_port)) if port}
    if not ports:
        msg = "a PC without a port cannot be reached"
        raise InvalidInput(msg, where="--http-port", hint="give one of the two ports a number")
    if detach:
        words = [
            *(
                "--devices",
                str(devices),
                "--first",
                str(first),
                "--seed",
                str(seed),
                "--pace",
                str(pace),
            ),
            *("--http-port", str(http_port), "--https-port", str(https_port)),
            *(word for name in pc or () for word in ("--pc", name)),
        ]
        house.terminal.data(f"{labhouse.start_detached(words, folder / 'lab.log')}\n")
        return exit_codes.OK

    def ready(running: Lab) -> None:
        first = next(iter(running.hosts))
        house.terminal.data(
            f"{counted(len(running.devices), 'simulated PC')} up, {first} at "
            f"{running.hosts[first]}, seed {seed}, pace {pace:g}; use --context lab\n"
        )

    labhouse.run_lab(
        labhouse.simulated(pc or [], devices=devices, seed=seed, pace=pace, first=first),
        folder,
        seed=seed,
        pace=pace,
        ports=ports,
        ready=ready,
    )
    house.terminal.say("the lab is down")
    return exit_codes.OK


@app.command("down")
def down(ctx: typer.Context) -> int:
    """Stop the running lab."""
    house = House.of(ctx)
    ask(house.lab_dir(), "down")
    house.terminal.say("the lab is stopping")
    return exit_codes.OK


@app.command("ls")
def ls(ctx: typer.Context, *, output: options.Output = "table") -> int:
    """List the PCs of the running lab."""
    house = House.of(ctx)
    pcs = ask(house.lab_dir(), "ls")
    rows = [{name: _text(value) for name, value in pc.items()} for pc in pcs]
    write(house.terminal, output, documents=pcs, table=lambda: pcs_table(rows), rows=rows)
    return exit_codes.OK


@app.command("stats")
def stats(ctx: typer.Context, *, output: options.Output = "table") -> int:
    """Count what the running lab was asked."""
    house = House.of(ctx)
    counts = ask(house.lab_dir(), "stats")
    row = {name: _text(value) for name, value in counts.items()}
    write(
        house.terminal,
        output,
        documents=[counts],
        table=lambda: facts_view("lab", row),
        rows=[row],
        single=True,
    )
    return exit_codes.OK


@app.command("dump")
def dump(ctx: typer.Context, *, pc: Pc) -> int:
    """Write the whole state of a simulated PC as JSON: registry, tasks, services, events."""
    house = House.of(ctx)
    state = ask(house.lab_dir(), "dump", pc=pc)
    house.terminal.data(f"{json.dumps(state, indent=1, sort_keys=True)}\n")
    return exit_codes.OK


@app.command("explain")
def explain(ctx: typer.Context, *, pc: AnyPc) -> int:
    """Say what is wrong with a simulated PC, and who says that Windows behaves so.

    Any PC of `lab fleet`, or one of the running lab.
    """
    house = House.of(ctx)
    told = labhouse.explained(house.lab_dir(), pc)
    house.terminal.data("".join(f"{clean(line)}\n" for line in told.splitlines()))
    return exit_codes.OK


@app.command("set")
def set_(
    ctx: typer.Context,
    *,
    pc: Pc,
    power: Annotated[str, typer.Option("--power", metavar="on|off", help="Switch it.")] = "",
    fault: Annotated[str, typer.Option("--fault", help="Let this go wrong from now on.")] = "",
    option: Annotated[
        list[str] | None, typer.Option("--option", metavar="NAME=VALUE", help="Of the fault.")
    ] = None,
    clear: Annotated[bool, typer.Option("--clear", help="Let nothing go wrong any more.")] = False,
) -> int:
    """Switch a simulated PC on or off, or let things go wrong on it."""
    house = House.of(ctx)
    result = ask(
        house.lab_dir(),
        "set",
        pc=pc,
        power=power,
        fault=fault,
        options=words_to_options(option or []),
        clear=clear,
    )
    answers = "answers" if result["open"] else "does not answer"
    faults = ", ".join(result["faults"]) or "no faults"
    house.terminal.say(f"{pc} {answers}; {faults}")
    return exit_codes.OK


@app.command("demo")
def demo(ctx: typer.Context) -> int:
    """Show the whole product at work on eight simulated PCs, and leave nothing behind."""
    from orchestrator.cli.demo import run_demo  # noqa: PLC0415 - the others do without redis

    return run_demo(House.of(ctx).terminal)


@app.command("fleet")
def fleet(ctx: typer.Context, *, output: options.Output = "table") -> int:
    """List the named PCs that can be simulated, and why each is not enrolled."""
    house = House.of(ctx)
    rows = [
        {"name": story.name, "cause": story.cause, "owner": story.owner, "why": story.why}
        for story in named.catalogue()
    ]
    write(house.terminal, output, documents=rows, table=lambda: fleet_table(rows), rows=rows)
    return exit_codes.OK


def _text(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
