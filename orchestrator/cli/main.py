"""The program `enrollmend`: its commands, and the one place where errors become lines.

A command reads as parse, call, view, exit: it returns its exit code, and everything raised on
purpose ends here as ``error: ...`` and ``hint: ...``.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import typer

from orchestrator.cli import exit_codes
from orchestrator.cli.house import House
from orchestrator.cli.lazy import LazyGroup
from orchestrator.errors import EnrollmendError, InvalidInputs

if TYPE_CHECKING:
    from collections.abc import Sequence

_COMMANDS = "orchestrator.cli.commands"


class Commands(LazyGroup):
    """The commands, in the order an operator meets them."""

    table: ClassVar[dict[str, tuple[str, str]]] = {
        "doctor": (f"{_COMMANDS}.doctor", "Check settings, Redis, workers, or the way to a PC."),
        "why": (f"{_COMMANDS}.why", "Say why a PC is not enrolled; change nothing."),
        "fix": (f"{_COMMANDS}.fix", "Repair PCs and prove that they are enrolled."),
        "verify": (f"{_COMMANDS}.verify", "Prove that a PC is enrolled now; change nothing."),
        "undo": (f"{_COMMANDS}.undo", "Give back what a repair changed on a PC."),
        "timeline": (f"{_COMMANDS}.timeline", "Everything that ever happened to a PC."),
        "show": (f"{_COMMANDS}.show", "A run, the newest run of a PC, or the newest runs."),
        "cancel": (f"{_COMMANDS}.cancel", "Call a run off."),
        "campaign": (f"{_COMMANDS}.campaign", "Many PCs: plan, approve, start, watch, report."),
        "target": (f"{_COMMANDS}.target", "Which PCs: lists, inventory, and those left alone."),
        "cause": (f"{_COMMANDS}.cause", "The catalogue of causes and error codes."),
        "step": (f"{_COMMANDS}.step", "Stages that a site adds: list and check them."),
        "queue": (f"{_COMMANDS}.queue", "What waits, what is worked on, and under which caps."),
        "worker": (f"{_COMMANDS}.worker", "Start workers, list those that run, let one end."),
        "store": (f"{_COMMANDS}.store", "See and stop the embedded server."),
        "lab": (f"{_COMMANDS}.lab", "Simulated PCs, to try everything without Windows."),
        "version": (f"{_COMMANDS}.version", "What is installed."),
        "help": (f"{_COMMANDS}.help", "What the exit codes mean."),
    }

    def make_context(self, *given: Any, **extra: Any) -> Any:  # noqa: ANN401 - the same
        """Read the options; a Ctrl-C meanwhile is told, as one in a command is."""
        try:
            return super().make_context(*given, **extra)
        except KeyboardInterrupt:
            extra["obj"].terminal.complain("interrupted")
            raise typer.Exit(exit_codes.INTERRUPTED) from None

    def invoke(self, ctx: Any) -> Any:  # noqa: ANN401 - the type is private to typer
        """Run a command; Ctrl-C that it does not explain itself is told."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            House.of(ctx).terminal.complain("interrupted")
            return exit_codes.INTERRUPTED


app = typer.Typer(
    cls=Commands,
    rich_markup_mode=None,  # rich takes longer to load than --help may
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


@app.callback()
def enrollmend(
    ctx: typer.Context,
    *,
    context: Annotated[
        str | None,
        typer.Option("--context", "-c", metavar="NAME", help="Which settings to use."),
    ] = None,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Only data and errors, no talk.")
    ] = False,
    plain: Annotated[
        bool, typer.Option("--no-color", help="No colour, nothing redrawn; as NO_COLOR does.")
    ] = False,
) -> None:
    """Get Windows PCs that should be managed by Intune, and are not, enrolled.

    Data goes to stdout, talk to stderr. Exit codes: enrollmend help exit-codes.
    """
    house = House.of(ctx, context)
    house.terminal.quiet = quiet or house.terminal.quiet
    house.terminal.plain = plain or house.terminal.plain or bool(os.environ.get("NO_COLOR"))


def run(argv: Sequence[str] | None = None, house: House | None = None) -> int:
    """Run one command and return its exit code.

    Args:
        argv: the arguments; the process's own when None.
        house: what the command works with; the real one when None.
    """
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # an old locale is no reason to fail
    house = house or House()
    try:
        words = sys.argv[1:] if argv is None else list(argv)
        code = app(args=words, prog_name="enrollmend", standalone_mode=False, obj=house)
    except (EnrollmendError, typer.Abort, typer.TyperException) as error:
        return _expected(error, house)
    except BrokenPipeError:
        # Whoever read our data has enough; nothing more may be written at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        if os.environ.get("ENROLLMEND_TRACEBACK"):
            raise
        house.terminal.complain(
            f"this should not have happened: {type(error).__name__}: {error}",
            "ENROLLMEND_TRACEBACK=1 shows where; please report it",
        )
        return 1
    return code if isinstance(code, int) else 0


def _expected(error: BaseException, house: House) -> int:
    """Turn what ends a command early into its lines and its exit code."""
    match error:
        case InvalidInputs():
            for problem in error.problems:
                house.terminal.complain(str(problem), problem.hint)
            if error.left_out:
                house.terminal.complain(f"and {error.left_out} more like these")
        case EnrollmendError():
            house.terminal.complain(str(error), error.hint)
        case typer.TyperException():
            return _usage(error, house)
        case _:
            house.terminal.complain("nothing was done")
            return exit_codes.ERROR
    return exit_codes.of_error(error)


def _usage(error: typer.TyperException, house: House) -> int:
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "enrollmend"
    message = error.format_message().rstrip(".").replace("Value error, ", "") or "not understood"
    house.terminal.complain(message[:1].lower() + message[1:], f"{path} --help")
    return error.exit_code
