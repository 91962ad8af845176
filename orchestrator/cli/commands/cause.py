"""`enrollmend cause`: the catalogue of causes and error codes."""

import re
from typing import Annotated

import typer

from orchestrator.cli import exit_codes, options
from orchestrator.cli.house import House
from orchestrator.cli.output import write
from orchestrator.cli.views.causes import causes_table, facts_view
from orchestrator.domain.causes import CAUSES, Cause, cause
from orchestrator.domain.codes import CODES, Code, lookup, normalise
from orchestrator.domain.codes_evidence import BY_CAUSE
from orchestrator.domain.findings import Owner
from orchestrator.errors import InvalidInput, NotFound

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True, add_completion=False)

_CODE = re.compile(r"0x[0-9a-f]+|[0-9a-f]{8}|-?[0-9]+|aadsts[0-9]+", re.IGNORECASE)


_SYMBOLS = {code.symbol.upper(): code for code in CODES.values() if code.symbol}


@app.callback()
def catalogue() -> None:
    """The catalogue of causes and error codes."""


@app.command("ls")
def ls(
    ctx: typer.Context,
    *,
    owner: Annotated[
        str, typer.Option("--owner", metavar="WHO", help="Only those this one can fix.")
    ] = "",
    output: options.Output = "table",
) -> int:
    """List every cause, in the order in which they decide.

    JSON is one array of enrollmend.cause/v1 objects.
    """
    house = House.of(ctx)
    causes = [entry for entry in CAUSES.values() if not owner or entry.owner is _owner(owner)]
    rows = [_cause_row(entry) for entry in causes]
    write(
        house.terminal,
        output,
        documents=[_document("cause", row) for row in rows],
        table=lambda: causes_table(causes),
        rows=rows,
    )
    return exit_codes.OK


@app.command("show", context_settings={"ignore_unknown_options": True})
def show(
    ctx: typer.Context,
    *,
    what: Annotated[
        str,
        typer.Argument(
            metavar="CODE|NAME",
            help="0x80180026, 2149056550, -2145910746, AADSTS50076, a symbol, or a cause's name.",
        ),
    ],
    output: options.Output = "table",
) -> int:
    """Show what a code or a cause means, who can fix it, and what is done about it."""
    house = House.of(ctx)
    code = _code(what) if _CODE.fullmatch(what) else _SYMBOLS.get(what.upper())
    if code is not None:
        row, kind, title = _code_row(code), "code", f"{code.text} {code.symbol}"
    elif what.startswith("-"):
        msg = f"no such option: {what}"
        raise InvalidInput(msg, where="cause show", hint="a code may begin with a minus sign")
    else:
        found = cause(what)
        row, kind, title = _cause_row(found), "cause", found.name
    write(
        house.terminal,
        output,
        documents=[_document(kind, row)],
        table=lambda: facts_view(title, row),
        rows=[row],
        single=True,
    )
    return exit_codes.OK


def _owner(text: str) -> Owner:
    try:
        return Owner(text.lower())
    except ValueError as error:
        msg = f"{text!r} owns no cause"
        known = ", ".join(owner.value for owner in Owner)
        raise InvalidInput(msg, where="--owner", hint=f"one of {known}") from error


def _code(text: str) -> Code:
    try:
        code = lookup(text)
    except ValueError as error:
        raise InvalidInput(str(error), where="CODE") from error
    if code is None:
        msg = f"0x{normalise(text):08X} is not in the catalogue"
        raise NotFound(msg, hint="an unknown code is shown as it is and never acted upon")
    return code


def _document(kind: str, row: dict[str, str]) -> dict[str, object]:
    return {"schema": f"enrollmend.{kind}/v1", **row}


def _cause_row(entry: Cause) -> dict[str, str]:
    codes = [code.text for code in CODES.values() if code.cause == entry.name]
    return {
        "name": entry.name,
        "title": entry.title,
        "owner": entry.owner.value,
        "disposition": entry.disposition.value,
        "evidence": BY_CAUSE[entry.name],
        "stages": ", ".join(entry.stages),
        "next": entry.next_action,
        "codes": ", ".join(codes),
        "source": entry.source,
    }


def _code_row(code: Code) -> dict[str, str]:
    return {
        "code": code.text,
        "symbol": code.symbol,
        "meaning": code.meaning,
        "triage": code.triage.value,
        "first_hypothesis": code.cause,
        "owner": CAUSES[code.cause].owner.value,
        "evidence": code.evidence,
        "next": code.next_action,
        "source": code.source,
    }
