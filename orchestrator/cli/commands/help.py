"""`enrollmend help`: what is not about one command."""

import typer

from orchestrator.cli import exit_codes
from orchestrator.cli.house import House

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True, add_completion=False)


@app.callback()
def topics() -> None:
    """What is not about one command."""


@app.command("exit-codes")
def codes(ctx: typer.Context) -> int:
    """Say what each exit code means."""
    lines = (f"{code:>4}  {meaning}\n" for code, meaning in exit_codes.MEANING.items())
    House.of(ctx).terminal.data("".join(lines))
    return exit_codes.OK
