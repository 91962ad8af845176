"""A command group that loads a command when it is called, not when it is listed.

`enrollmend --help` has to answer at once; what a command needs (rich, Redis, Celery, PSRP) is paid
for by that command alone.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any, ClassVar

from typer import Typer
from typer.core import TyperGroup
from typer.main import get_command


class LazyGroup(TyperGroup):
    """Commands as a table: name -> (module, what it does in one line).

    The module has a function of the command's name (``_`` for ``-``, and a trailing ``_`` where
    the name is taken), or, for a group, a `Typer` named ``app``.
    """

    table: ClassVar[dict[str, tuple[str, str]]] = {}

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ANN401, ARG002 - the type is private to typer
        """Return the names in the order of the table."""
        return list(self.table)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:  # noqa: ANN401, ARG002 - the same
        """Load a command, or return None when there is none of that name."""
        if cmd_name not in self.table:
            return None
        module = import_module(self.table[cmd_name][0])
        group = getattr(module, "app", None)
        if group is not None:
            return _named(get_command(group), cmd_name)
        single = Typer(rich_markup_mode=None, add_completion=False)
        name = cmd_name.replace("-", "_")
        function = getattr(module, name, None) or getattr(module, f"{name}_")
        single.command(cmd_name)(function)
        return _named(get_command(single), cmd_name)

    def format_commands(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401, ARG002 - the same
        """List the commands without loading them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in self.table.items()])


def _named(command: Any, name: str) -> Any:  # noqa: ANN401 - the same
    command.name = name
    return command
