"""The parameters of a function: how they are declared, and what is prepared of them once.

Sources: Microsoft, "about_Functions_Advanced_Parameters", "about_Functions_CmdletBindingAttribute".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from orchestrator.lab.powershell.binding import (
    CHANGING,
    COMMON,
    Bound,
    SlotTable,
    binding_error,
    switch,
)
from orchestrator.lab.powershell.convert import cast
from orchestrator.lab.powershell.objects import Hashtable, TypeRef
from orchestrator.lab.powershell.runtime import MISSING, NOTHING, Scope
from orchestrator.lab.powershell.signals import ScriptError

if TYPE_CHECKING:
    from orchestrator.lab.powershell.compiler import Expression
    from orchestrator.lab.powershell.functions import FunctionBody

_VALIDATION = "System.Management.Automation.ParameterBindingValidationException"
Validator = Callable[[object], str]


@dataclass(eq=False, slots=True)
class ParameterDeclaration:
    """A parameter of a function.

    Attributes:
        validators: each returns what is wrong with a value, empty when nothing is.
        default: what is used when nothing was bound.
    """

    name: str
    type: TypeRef | None = None
    default: Expression | None = None
    aliases: tuple[str, ...] = ()
    mandatory: bool = False
    position: int | None = None
    by_value: bool = False
    by_name: bool = False
    is_switch: bool = False
    rest: bool = False
    allows: set[str] = field(default_factory=set)
    validators: list[Validator] = field(default_factory=list)


_EMPTY = {
    "System.String": "",
    "System.Int32": 0,
    "System.Int64": 0,
    "System.UInt32": 0,
    "System.UInt64": 0,
    "System.Double": 0.0,
    "System.Boolean": False,
}


def unbound(declaration: ParameterDeclaration) -> object:
    """Return the value of a parameter that got none: the default of its type."""
    if declaration.is_switch:
        return switch(value=False)
    if declaration.type is None or declaration.type.array:
        return None
    return _EMPTY.get(declaration.type.name)


def convert(declaration: ParameterDeclaration, value: object, command: str) -> object:
    """Give a value the declared type and validate it.

    Raises:
        ScriptError: it does not convert or is not valid.
    """
    name = declaration.name
    value = None if value is NOTHING or value is MISSING else value
    if declaration.is_switch:
        return switch(value)
    if declaration.type is not None:
        try:
            value = cast(value, declaration.type)
        except ScriptError as error:
            made = binding_error(
                command,
                "ParameterArgumentTransformationError",
                f"Cannot process argument transformation on parameter '{name}'. "
                f"{error.record.message}",
                exception="System.Management.Automation."
                "ParameterBindingArgumentTransformationException",
            )
            made.record.exception.inner = error.record.exception
            raise made from error
    if declaration.mandatory:
        _check_empty(declaration, value, command)
    for validator in declaration.validators:
        for item in value if isinstance(value, list) else [value]:
            wrong = validator(item)
            if wrong:
                raise binding_error(
                    command,
                    "ParameterArgumentValidationError",
                    f"Cannot validate argument on parameter '{name}'. {wrong}",
                    exception=_VALIDATION,
                )
    return value


def _check_empty(declaration: ParameterDeclaration, value: object, command: str) -> None:
    kind, text = "", ""
    if value is None and "null" not in declaration.allows:
        kind, text = "Null", "it is null"
    elif isinstance(value, str) and value == "" and "emptystring" not in declaration.allows:
        kind, text = "EmptyString", "it is an empty string"
    elif isinstance(value, list):
        if not value and "emptycollection" not in declaration.allows:
            kind, text = "EmptyArray", "it is an empty array"
        elif (
            declaration.type is not None
            and declaration.type.name == "System.String"
            and "emptystring" not in declaration.allows
            and any(item == "" for item in value)
        ):
            kind, text = "EmptyString", "it is an empty string"
    if kind:
        raise binding_error(
            command,
            f"ParameterArgumentValidationError{kind}NotAllowed",
            f"Cannot bind argument to parameter '{declaration.name}' because {text}.",
            exception=_VALIDATION,
        )


def missing_mandatory(command: str, names: Sequence[str]) -> ScriptError:
    """Make the error of mandatory parameters that got no value."""
    return binding_error(
        command,
        "MissingMandatoryParameter",
        "Cannot process command because of one or more missing mandatory parameters: "
        f"{' '.join(names)}.",
    )


def _quick(declaration: ParameterDeclaration) -> type | None:
    """Return the Python type whose values, unless empty, need neither cast nor check."""
    kind = declaration.type
    if kind is None or kind.array or declaration.is_switch or declaration.validators:
        return None
    return str if kind.name == "System.String" else None


class Signature:
    """What every call of a function needs to know, worked out once.

    Attributes:
        table: its parameters and the common ones it has.
        piped: those that take objects of the pipeline.
        required: mandatory ones that do not.
    """

    __slots__ = (
        "_blank",
        "_bound_wanted",
        "_casts",
        "_defaults",
        "_entries",
        "_rest",
        "piped",
        "required",
        "table",
        "takes_rest",
    )

    def __init__(self, body: FunctionBody) -> None:
        declared = body.parameters
        common = (COMMON + CHANGING if body.changes else COMMON) if body.advanced else ()
        self.table = SlotTable(declared, common)
        self.piped = tuple(item for item in declared if item.by_value or item.by_name)
        self.required = _required(item for item in declared if item not in self.piped)
        self.takes_rest = any(item.rest for item in declared)
        self._rest = next((item.name.lower() for item in declared if item.rest), "")
        self._entries = tuple((item.name.lower(), item, _quick(item)) for item in declared)
        self._blank = {
            lower: unbound(item) for lower, item, _ in self._entries if item.default is None
        }
        self._defaults = tuple(
            (lower, item.type, item.default)
            for lower, item, _ in self._entries
            if item.default is not None
        )
        self._casts = {
            lower: item.type
            for lower, item, _ in self._entries
            if item.type is not None and not item.is_switch
        }
        # only a text that says so can ask for it
        self._bound_wanted = "psboundparameters" in body.program.text.lower()

    def missing(self, bound: Bound) -> list[str]:
        """Return the names of required parameters that got no value."""
        return [name for lower, name in self.required if lower not in bound.values]

    def missing_piped(self, bound: Bound) -> list[str]:
        """Return the names of mandatory pipeline parameters that got no value."""
        return [name for lower, name in _required(self.piped) if lower not in bound.values]

    def take(self, scope: Scope, bound: Bound, command: str) -> None:
        """Set the variables of the parameters in the function's scope.

        Raises:
            ScriptError: a value is missing or does not fit.
        """
        values, variables = bound.values, scope.variables
        if self._rest and bound.rest:
            values[self._rest], bound.rest = bound.rest, []
        variables.update(self._blank)
        if values:
            for lower, declaration, quick in self._entries:
                if lower in values:
                    value = values[lower]
                    if not value or type(value) is not quick:
                        value = convert(declaration, value, command)
                    variables[lower] = value
        if self._bound_wanted:
            variables["psboundparameters"] = self._given(bound, variables)
        variables["args"] = bound.rest
        for lower, kind, default in self._defaults:
            if lower not in values:
                value = default(scope)
                value = None if value is NOTHING else value
                variables[lower] = cast(value, kind) if kind else value
        if self._casts:
            scope.casts = {**scope.casts, **self._casts} if scope.casts else self._casts

    def _given(self, bound: Bound, variables: dict[str, object]) -> Hashtable:
        given = Hashtable(
            ordered=True, type_name="System.Management.Automation.PSBoundParametersDictionary"
        )
        for lower, declaration, _ in self._entries:
            if lower in bound.values:
                given[declaration.name] = variables[lower]
        return given


def _required(declared: Iterable[ParameterDeclaration]) -> tuple[tuple[str, str], ...]:
    return tuple((item.name.lower(), item.name) for item in declared if item.mandatory)
