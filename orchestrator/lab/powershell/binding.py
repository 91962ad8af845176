"""Which value goes to which parameter.

Source: Microsoft, "about_Parameters", "about_CommonParameters", "about_Splatting". A parameter
that a modelled cmdlet does not have is refused; for a function of the script it is the error that
PowerShell gives.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from orchestrator.lab.powershell.objects import Hashtable, Switch
from orchestrator.lab.powershell.runtime import MISSING, Preferences, Scope
from orchestrator.lab.powershell.signals import ScriptError, runtime_error
from orchestrator.lab.powershell.text import to_bool, to_text
from orchestrator.lab.powershell.values import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_BINDING = "System.Management.Automation.ParameterBindingException"


@dataclass(frozen=True, slots=True)
class Token:
    """One argument of a command.

    Attributes:
        name: the parameter's name, None for a bare value.
        value: MISSING for a parameter without an attached value.
    """

    name: str | None
    value: object


class Slot(Protocol):
    """A declared parameter of a cmdlet or a function."""

    @property
    def name(self) -> str:
        """Its name."""

    @property
    def aliases(self) -> tuple[str, ...]:
        """Its other names."""

    @property
    def position(self) -> int | None:
        """Where a bare value for it stands."""

    @property
    def is_switch(self) -> bool:
        """Whether it takes no value."""


@dataclass(frozen=True, slots=True)
class Common:
    """A common parameter."""

    name: str
    aliases: tuple[str, ...]
    is_switch: bool = False
    position: int | None = None


COMMON = (
    Common("ErrorAction", ("ea",)),
    Common("ErrorVariable", ("ev",)),
    Common("WarningAction", ("wa",)),
    Common("WarningVariable", ("wv",)),
    Common("InformationAction", ("infa",)),
    Common("InformationVariable", ("iv",)),
    Common("OutVariable", ("ov",)),
    Common("OutBuffer", ("ob",)),
    Common("PipelineVariable", ("pv",)),
    Common("Verbose", ("vb",), is_switch=True),
    Common("Debug", ("db",), is_switch=True),
)
CHANGING = (
    Common("WhatIf", ("wi",), is_switch=True),
    Common("Confirm", ("cf",), is_switch=True),
)


@dataclass(slots=True)
class Bound:
    """What was bound.

    Attributes:
        values: lower-case parameter name to the value as given.
        common: the same for common parameters.
        rest: bare values nobody took.
        unknown: named arguments nobody knows.
    """

    values: dict[str, object] = field(default_factory=dict)
    common: dict[str, object] = field(default_factory=dict)
    rest: list[object] = field(default_factory=list)
    unknown: list[Token] = field(default_factory=list)


def binding_error(
    command: str, error_id: str, message: str, *, exception: str = _BINDING
) -> ScriptError:
    """Make a binding error."""
    return runtime_error(
        f"{error_id},{command}", message, exception=exception, category="InvalidArgument"
    )


def find_slot(command: str, name: str, slots: Sequence[Slot]) -> Slot | None:
    """Find a parameter by name, alias or unambiguous beginning.

    Raises:
        ScriptError: the beginning fits several.
    """
    wanted = name.lower()
    for slot in slots:
        if slot.name.lower() == wanted or wanted in (alias.lower() for alias in slot.aliases):
            return slot
    near = [slot for slot in slots if slot.name.lower().startswith(wanted)]
    if len(near) > 1:
        names = " ".join(f"-{slot.name}" for slot in near)
        raise binding_error(
            command,
            "AmbiguousParameter",
            f"Parameter cannot be processed because the parameter name '{name}' is ambiguous. "
            f"Possible matches include: {names}.",
        )
    return near[0] if near else None


def bind(
    command: str, slots: Sequence[Slot], common: Sequence[Common], tokens: Sequence[Token]
) -> Bound:
    """Bind named arguments, then bare ones by position.

    Raises:
        ScriptError: an argument is given twice, lacks its value, or is ambiguous.
    """
    bound = Bound()
    bare: list[object] = []
    every: list[Slot] = [*slots, *common]
    index = 0
    while index < len(tokens):
        token = tokens[index]
        index += 1
        if token.name is None:
            bare.append(token.value)
            continue
        slot = find_slot(command, token.name, every)
        if slot is None:
            bound.unknown.append(token)
            continue
        value = token.value
        if slot.is_switch:
            value = True if value is MISSING else value
        elif value is MISSING:
            if index >= len(tokens) or tokens[index].name is not None:
                raise binding_error(
                    command,
                    "MissingArgument",
                    f"Missing an argument for parameter '{slot.name}'. Specify a parameter and "
                    "try again.",
                )
            value = tokens[index].value
            index += 1
        _put(command, bound, slot, value)
    _place(bound, slots, bare)
    return bound


def _put(command: str, bound: Bound, slot: Slot, value: object) -> None:
    where = bound.common if isinstance(slot, Common) else bound.values
    if slot.name.lower() in where:
        raise binding_error(
            command,
            "ParameterAlreadyBound",
            f"Cannot bind parameter because parameter '{slot.name}' is specified more than once.",
        )
    where[slot.name.lower()] = value


def _place(bound: Bound, slots: Iterable[Slot], bare: list[object]) -> None:
    free = sorted(
        (
            (slot.position, slot.name.lower())
            for slot in slots
            if slot.position is not None and slot.name.lower() not in bound.values
        ),
    )
    for (_, name), value in zip(free, bare, strict=False):
        bound.values[name] = value
    bound.rest = bare[len(free) :]


def preferences(scope: Scope, common: dict[str, object], caller: Scope) -> Preferences:
    """Read the common parameters of a command.

    Raises:
        Refusal: one is not modelled.
    """
    made = Preferences(scope, caller=caller)
    for name, value in common.items():
        if name in ("erroraction", "warningaction", "informationaction"):
            setattr(made, f"{name.removesuffix('action')}_action", action(value))
        elif name == "errorvariable":
            made.error_variable = to_text(value)
            if not made.error_variable.startswith("+"):
                caller.variables[made.error_variable.lower()] = []
        elif name in ("verbose", "debug", "whatif", "confirm"):
            setattr(made, {"whatif": "what_if"}.get(name, name), to_bool(value))
        else:
            msg = f"common parameter -{name}"
            raise Refusal(msg)
    return made


_ACTIONS = ("SilentlyContinue", "Stop", "Continue", "Inquire", "Ignore")


def action(value: object) -> str:
    """Read an action preference.

    Raises:
        ScriptError: it is none.
    """
    text = to_text(value)
    if isinstance(value, int) and 0 <= value < len(_ACTIONS):
        return _ACTIONS[value]
    for known in _ACTIONS:
        if known.lower() == text.lower():
            return known
    raise runtime_error(
        error_id="CannotConvertArgumentNoMessage",
        message=f"Cannot bind parameter 'ErrorAction'. Cannot convert value \"{text}\" to type "
        '"System.Management.Automation.ActionPreference".',
        exception=_BINDING,
        category="InvalidArgument",
    )


def splatted(value: object) -> list[Token]:
    """Return the arguments a splatted hashtable or array stands for."""
    if isinstance(value, Hashtable):
        return [Token(to_text(key), value[key]) for key in value]
    if isinstance(value, list):
        return [Token(None, item) for item in value]
    return [] if value is None else [Token(None, value)]


def switch(value: object) -> Switch:
    """Make the value of a switch parameter."""
    return Switch(to_bool(value))
