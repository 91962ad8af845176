"""Which value goes to which parameter.

Source: Microsoft, "about_Parameters", "about_CommonParameters", "about_Splatting". A parameter
that a modelled cmdlet does not have is refused; for a function of the script it is the error that
PowerShell gives.
"""

from __future__ import annotations

from dataclasses import dataclass
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


class Bound:
    """What was bound.

    Attributes:
        values: lower-case parameter name to the value as given.
        common: the same for common parameters.
        rest: bare values nobody took.
        unknown: named arguments nobody knows.
    """

    __slots__ = ("common", "rest", "unknown", "values")

    def __init__(self, values: dict[str, object], common: dict[str, object]) -> None:
        """Take what is known already; the rest is usually nothing."""
        self.values = values
        self.common = common
        self.rest: list[object] = []
        self.unknown: Sequence[Token] = ()


def binding_error(
    command: str, error_id: str, message: str, *, exception: str = _BINDING
) -> ScriptError:
    """Make a binding error."""
    return runtime_error(
        f"{error_id},{command}", message, exception=exception, category="InvalidArgument"
    )


class SlotTable:
    """The parameters of one command, ready to be looked up by name and by position.

    Attributes:
        every: its own parameters, then the common ones.
        positional: lower-case names of its own that have a position, in that order.
    """

    __slots__ = ("_names", "every", "positional")

    def __init__(self, slots: Sequence[Slot], common: Sequence[Common]) -> None:
        """Take a command's own parameters and the common ones it has."""
        self.every: tuple[Slot, ...] = (*slots, *common)
        self._names: dict[str, Slot] = {}
        for slot in self.every:
            for name in (slot.name, *slot.aliases):
                self._names.setdefault(name.lower(), slot)
        placed = [(slot.position, slot.name.lower()) for slot in slots if slot.position is not None]
        self.positional = tuple(name for _, name in sorted(placed))

    def find(self, command: str, name: str) -> Slot | None:
        """Find a parameter by name, alias or unambiguous beginning.

        Raises:
            ScriptError: the beginning fits several.
        """
        wanted = name.lower()
        known = self._names.get(wanted)
        if known is not None:
            return known
        near = [slot for slot in self.every if slot.name.lower().startswith(wanted)]
        if len(near) > 1:
            names = " ".join(f"-{slot.name}" for slot in near)
            raise binding_error(
                command,
                "AmbiguousParameter",
                f"Parameter cannot be processed because the parameter name '{name}' is ambiguous. "
                f"Possible matches include: {names}.",
            )
        return near[0] if near else None


def bind(command: str, table: SlotTable, tokens: Sequence[Token]) -> Bound:
    """Bind named arguments, then bare ones by position.

    Raises:
        ScriptError: an argument is given twice, lacks its value, or is ambiguous.
    """
    bound = Bound({}, {})
    unknown: list[Token] = []
    bare: list[object] = []
    index = 0
    while index < len(tokens):
        token = tokens[index]
        index += 1
        if token.name is None:
            bare.append(token.value)
            continue
        slot = table.find(command, token.name)
        if slot is None:
            unknown.append(token)
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
    free = [name for name in table.positional if name not in bound.values]
    bound.values.update(zip(free, bare, strict=False))
    bound.rest = bare[len(free) :]
    bound.unknown = unknown
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


@dataclass(frozen=True, slots=True)
class _Place:
    """Stands for the value of an argument, by its number."""

    number: int


@dataclass(slots=True)
class _Plan:
    """Which argument goes where; -1 stands for the ``$true`` of a switch.

    Attributes:
        unknown: pairs of a name nobody knows and its value's number, -1 without one.
    """

    values: list[tuple[str, int]]
    common: list[tuple[str, int]]
    rest: list[int]
    unknown: list[tuple[str | None, int]]

    @classmethod
    def of(cls, bound: Bound) -> _Plan:
        """Read the plan off what came of binding places instead of values."""
        return cls(
            [(name, _number(value)) for name, value in bound.values.items()],
            [(name, _number(value)) for name, value in bound.common.items()],
            [_number(value) for value in bound.rest],
            [(token.name, _number(token.value)) for token in bound.unknown],
        )

    def bound(self, values: Sequence[object]) -> Bound:
        """Put the values where they belong."""
        common: dict[str, object] = {}
        for name, at in self.common:
            common[name] = True if at < 0 else values[at]
        made = Bound({name: True if at < 0 else values[at] for name, at in self.values}, common)
        if self.rest:
            made.rest = [values[at] for at in self.rest]
        if self.unknown:
            made.unknown = [
                Token(name, MISSING if at < 0 else values[at]) for name, at in self.unknown
            ]
        return made


def _number(value: object) -> int:
    return value.number if isinstance(value, _Place) else -1


class Shape:
    """How the arguments of a command line look, whatever their values.

    Which value goes to which parameter depends on nothing else, so it is worked out once for the
    command that is called there and remembered as long as the same one is called.
    """

    __slots__ = ("_known", "_names")

    def __init__(self, names: Sequence[tuple[str | None, bool]]) -> None:
        """Take the name of each argument, None for a bare value, and whether it has a value."""
        self._names = tuple(names)
        self._known: tuple[SlotTable, _Plan | None] | None = None

    def tokens(self, values: Iterable[object]) -> list[Token]:
        """Return the arguments with their values."""
        rest = iter(values)
        return [Token(name, next(rest) if has else MISSING) for name, has in self._names]

    def bound(self, command: str, table: SlotTable, values: Sequence[object]) -> Bound:
        """Bind the values, as `bind` does.

        Raises:
            ScriptError: an argument is given twice, lacks its value, or is ambiguous.
        """
        known = self._known
        if known is None or known[0] is not table:
            known = self._known = (table, self._plan(command, table))
        plan = known[1]
        return plan.bound(values) if plan else bind(command, table, self.tokens(values))

    def _plan(self, command: str, table: SlotTable) -> _Plan | None:
        places = [_Place(number) for number in range(len(self._names))]
        try:
            return _Plan.of(bind(command, table, self.tokens(places)))
        except ScriptError:
            return None  # the error names the values, so it is made anew each time


def preferences(scope: Scope, common: dict[str, object], caller: Scope) -> Preferences:
    """Read the common parameters of a command.

    Raises:
        Refusal: one is not modelled.
    """
    made = Preferences(scope, caller=caller)
    for name, value in common.items():
        if name == "erroraction":
            made.error_action = action(value)
        elif name in ("warningaction", "informationaction"):
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
_BY_NAME = {name.lower(): name for name in _ACTIONS}


def action(value: object) -> str:
    """Read an action preference.

    Raises:
        ScriptError: it is none.
    """
    text = value if type(value) is str else to_text(value)
    known = _BY_NAME.get(text.lower())
    if known is not None:
        return known
    if isinstance(value, int) and 0 <= value < len(_ACTIONS):
        return _ACTIONS[value]
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
