"""What a command works with: its terminal, its settings, its ports.

Built once by `main.run` and carried in typer's context; tests hand in their own.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol, cast

from orchestrator.cli.terminal import Terminal
from orchestrator.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    import typer

    from orchestrator.settings import Settings
    from orchestrator.usecases.known_targets import TargetBook
    from orchestrator.usecases.ports import Ports


class Connect(Protocol):
    """Chooses the adapters: `wiring.connect`."""

    def __call__(self, settings: Settings, *, here: bool = False) -> Ports:
        """Return the ports; `here` means that this process does the work."""
        ...


def _connect(settings: Settings, *, here: bool = False) -> Ports:
    from orchestrator.wiring import connect  # noqa: PLC0415 - `--help` does without it

    return connect(settings, here=here)


def _workers(settings: Settings) -> Sequence[str]:
    from orchestrator.cli.backstage import workers_alive  # noqa: PLC0415 - the same

    return workers_alive(settings)


def _addresses(settings: Settings) -> Callable[[str], Sequence[str]]:
    from orchestrator.cli.backstage import addresses  # noqa: PLC0415 - the same

    return addresses(settings)


def _store(settings: Settings) -> tuple[str, datetime]:
    from orchestrator.cli.backstage import store_facts  # noqa: PLC0415 - the same

    return store_facts(settings)


def _book(settings: Settings) -> TargetBook:
    from orchestrator.cli.backstage import target_book  # noqa: PLC0415 - the same

    return target_book(settings)


@dataclass(slots=True, kw_only=True)
class House:
    """Everything a command may use.

    Attributes:
        terminal: where it writes and asks.
        environment: the variables settings come from; None for the process's own.
        context: the context named on the command line.
        connect: chooses the adapters.
        workers: names the workers that answer now.
        addresses: finds the addresses of a host name.
        store: version and clock of the server that holds the ledger.
        book: the inventory and the exclusion list.
        unheard: seconds after which nobody having taken a run up is looked into.
    """

    terminal: Terminal = field(default_factory=Terminal)
    environment: Mapping[str, str] | None = None
    context: str | None = None
    connect: Connect = _connect
    workers: Callable[[Settings], Sequence[str]] = _workers
    addresses: Callable[[Settings], Callable[[str], Sequence[str]]] = _addresses
    store: Callable[[Settings], tuple[str, datetime]] = _store
    book: Callable[[Settings], TargetBook] = _book
    unheard: float = 3.0
    _told_variables: bool = field(default=False, init=False)

    @classmethod
    def of(cls, ctx: typer.Context, context: str | None = None) -> House:
        """Return the house of a command, with the context it was given."""
        house = cast("House", ctx.obj)
        if context:
            house.context = context
        return house

    def settings(self, *, lab_needed: bool = True) -> Settings:
        """Read the settings; those of the lab's context only while a lab runs, where one is needed.

        Raises:
            SettingsInvalid: they cannot be used.
        """
        from orchestrator.settings import load_settings  # noqa: PLC0415 - `--help` does without it

        self._tell_unknown_variables()
        return load_settings(
            context=self.context, environment=self.environment, lab_needed=lab_needed
        )

    def _tell_unknown_variables(self) -> None:
        if self._told_variables:
            return
        from orchestrator.settings_variables import unknown_variables  # noqa: PLC0415 - the same

        self._told_variables = True
        names = os.environ if self.environment is None else self.environment
        for line in unknown_variables(names):
            self.terminal.say(f"warning: {line}")

    def lab_dir(self) -> Path:
        """Return where a lab says how it is reached; it needs no context, for it makes one.

        Raises:
            SettingsInvalid: the settings file cannot be used.
        """
        from orchestrator.settings import load_state_dir  # noqa: PLC0415 - `--help` does without it

        return load_state_dir(environment=self.environment) / "lab"

    def ports(self, *, here: bool = False) -> tuple[Settings, Ports]:
        """Read the settings and connect."""
        settings = self.settings()
        return settings, self.connect(settings, here=here)

    def confirm(self, question: str, *, yes: bool) -> bool:
        """Have a person agree to something far-reaching, told as a sentence without its stop.

        Raises:
            InvalidInput: nobody is there to ask, and `yes` was not given.
        """
        return yes or self._somebody(question).ask(f"{question}. Go on?")

    def confirm_by_name(self, question: str, name: str, *, yes: bool) -> bool:
        """Have a person agree to something far-reaching by typing its name.

        Raises:
            InvalidInput: nobody is there to ask, and `yes` was not given.
        """
        to_type = f"{question}. Type {name!r} to go on:"
        return yes or self._somebody(question).ask_for(to_type) == name

    def _somebody(self, question: str) -> Terminal:
        if not self.terminal.can_ask:
            msg = f"{question}, and nobody is here to agree to it"
            raise InvalidInput(msg, hint="say --yes if that is what you want")
        return self.terminal
