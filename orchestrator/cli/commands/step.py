"""`enrollmend step`: a site's own steps."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from orchestrator.cli import exit_codes, options
from orchestrator.cli.house import House
from orchestrator.cli.output import write
from orchestrator.cli.views.steps import issues_table, steps_table
from orchestrator.cli.words import counted
from orchestrator.domain.own_steps import OwnStep
from orchestrator.errors import EnrollmendError, InvalidInput
from orchestrator.own_steps import OwnSteps, load_own_steps

if TYPE_CHECKING:
    from orchestrator.lab.powershell import LintIssue

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True, add_completion=False)

Folder = Annotated[
    Path | None,
    typer.Argument(metavar="FOLDER", help="That of steps.toml; own_steps_dir when left out."),
]


@app.callback()
def steps() -> None:
    """Stages that a site adds: read, judged, repaired and undone like ours."""


@app.command("ls")
def ls(ctx: typer.Context, *, folder: Folder = None, output: options.Output = "table") -> int:
    """List the site's own steps, in the order in which they run.

    JSON is one array of enrollmend.step/v1 objects.
    """
    house = House.of(ctx)
    own = _load(house, folder)
    rows = [_row(step) for step in own.steps]
    write(
        house.terminal,
        output,
        documents=[{"schema": "enrollmend.step/v1", **row} for row in rows],
        table=lambda: steps_table(own.steps),
        rows=rows,
    )
    return exit_codes.OK


@app.command("lint")
def lint(ctx: typer.Context, *, folder: Folder = None, output: options.Output = "table") -> int:
    """Check the manifest and every function of the site's own steps; 1 when something is wrong.

    JSON is one array of enrollmend.step-issue/v1 objects.
    """
    house = House.of(ctx)
    own = _load(house, folder)
    issues = _issues(own)
    rows = [
        {"file": issue.path, "line": str(issue.line), "code": issue.code, "message": issue.message}
        for issue in issues
    ]
    if issues or output != "table":
        write(
            house.terminal,
            output,
            documents=[{"schema": "enrollmend.step-issue/v1", **row} for row in rows],
            table=lambda: issues_table(rows),
            rows=rows,
        )
    if not issues:
        house.terminal.say(
            f"{counted(len(own.steps), 'step')} and {counted(len(own.functions), 'function')}: "
            "nothing is wrong"
        )
    return exit_codes.ERROR if issues else exit_codes.OK


def _load(house: House, folder: Path | None) -> OwnSteps:
    named = str(folder or house.settings().own_steps_dir)
    if not named:
        msg = "no folder of own steps is named"
        raise InvalidInput(msg, where="FOLDER", hint="name it, or set own_steps_dir")
    return load_own_steps(Path(named))


def _issues(own: OwnSteps) -> Sequence["LintIssue"]:
    try:
        from orchestrator.lab.powershell.linting.own import lint_own  # noqa: PLC0415 - an extra
    except ModuleNotFoundError as missing:
        msg = f"the lint needs {missing.name}, which is not installed"
        raise EnrollmendError(msg, hint="pip install 'enrollmend[lab]'") from missing
    texts = {name: function.text for name, function in own.functions.items()}
    return [
        issue
        for name, text in texts.items()
        for issue in lint_own(text, str(own.files[name]), texts, _roles(own, name))
    ]


def _roles(own: OwnSteps, name: str) -> set[str]:
    uses = {
        role: {getattr(step, role) for step in own.steps}
        for role in ("fact", "fix", "verify", "undo")
    }
    return {role for role, names in uses.items() if name in names}


def _row(step: OwnStep) -> dict[str, str]:
    when = step.when
    value = "" if when.value is None else f" {when.value}"
    return {
        "name": step.name,
        "title": step.title,
        "owner": step.owner.value,
        "when": f"{when.field} {when.operator.value}{value}",
        "reason": step.reason,
        "fact": step.fact,
        "fix": step.fix,
        "verify": step.verify,
        "undo": step.undo,
    }
