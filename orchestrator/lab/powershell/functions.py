"""Functions and script blocks: their parameters, their scope, their three blocks.

Sources: Microsoft, "about_Functions_Advanced_Parameters", "about_Functions_CmdletBindingAttribute".
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from orchestrator.lab.powershell.binding import (
    CHANGING,
    COMMON,
    Bound,
    Common,
    Token,
    bind,
    binding_error,
    preferences,
    switch,
)
from orchestrator.lab.powershell.convert import cast
from orchestrator.lab.powershell.objects import Hashtable, NetException, TypeRef
from orchestrator.lab.powershell.runtime import MISSING, NOTHING, Out, Preferences, Scope
from orchestrator.lab.powershell.signals import ReturnSignal, ScriptError, runtime_error
from orchestrator.lab.powershell.text import to_text

if TYPE_CHECKING:
    from orchestrator.lab.powershell.compiler import Expression, Program, Statement

_VALIDATION = "System.Management.Automation.ParameterBindingValidationException"
_MAX_DEPTH = 48
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


@dataclass(eq=False, slots=True)
class FunctionBody:
    """What a function, a script block or a script consists of.

    Attributes:
        advanced: it has ``[CmdletBinding()]`` or a ``[Parameter()]``.
        changes: it supports ``ShouldProcess``.
        impact: its ``ConfirmImpact``.
    """

    program: Program
    parameters: list[ParameterDeclaration]
    begin: Statement | None
    process: Statement | None
    end: Statement | None
    advanced: bool = False
    changes: bool = False
    impact: str = "Medium"
    positional: bool = True
    line: int = 0

    def common(self) -> tuple[Common, ...]:
        """Return the common parameters it has."""
        if not self.advanced:
            return ()
        return COMMON + CHANGING if self.changes else COMMON

    def run(
        self,
        scope: Scope,
        arguments: Sequence[object],
        out: Out,
        *,
        dollar: object = MISSING,
        inner: bool = True,
    ) -> None:
        """Run it as a script block with bare arguments.

        Args:
            scope: the caller's.
            arguments: values for its parameters.
            out: takes what it writes.
            dollar: the value of ``$_``.
            inner: whether it gets a scope of its own.
        """
        where = Scope(scope.runtime, scope) if inner else scope
        if dollar is not MISSING:
            where.variables["_"] = dollar
        if self.parameters or arguments:
            bound = bind("", self.parameters, (), [Token(None, item) for item in arguments])
            self.take(where, bound, "")
        run_guarded(self.blocks(), where, out)

    def blocks(self) -> list[Statement]:
        """Return the blocks there are, in order."""
        return [block for block in (self.begin, self.process, self.end) if block is not None]

    def take(self, scope: Scope, bound: Bound, command: str) -> None:
        """Set the variables of the parameters in the function's scope.

        Raises:
            ScriptError: a value is missing or does not fit.
        """
        given = Hashtable(
            ordered=True, type_name="System.Management.Automation.PSBoundParametersDictionary"
        )
        for declaration in self.parameters:
            lower = declaration.name.lower()
            if declaration.rest and bound.rest:
                bound.values[lower], bound.rest = bound.rest, []
            if lower in bound.values:
                value = convert(declaration, bound.values[lower], command)
                given[declaration.name] = value
                scope.variables[lower] = value
            elif declaration.default is None:
                scope.variables[lower] = unbound(declaration)
        scope.variables["psboundparameters"] = given
        scope.variables["args"] = list(bound.rest)
        for declaration in self.parameters:
            lower = declaration.name.lower()
            if declaration.default is not None and lower not in bound.values:
                value = declaration.default(scope)
                value = None if value is NOTHING else value
                scope.variables[lower] = (
                    cast(value, declaration.type) if declaration.type else value
                )
            if declaration.type is not None and not declaration.is_switch:
                scope.casts = scope.casts or {}
                scope.casts[lower] = declaration.type


@dataclass(eq=False, slots=True)
class Function:
    """A named function."""

    name: str
    body: FunctionBody
    text: str = ""


def run_guarded(blocks: Sequence[Statement], scope: Scope, out: Out) -> None:
    """Run blocks until the end or a ``return``.

    Raises:
        ScriptError: the calls are nested too deeply.
    """
    runtime = scope.runtime
    if runtime.depth >= _MAX_DEPTH:
        raise runtime_error(
            error_id="CallDepthOverflow",
            message="The script failed due to call depth overflow.",
            exception="System.Management.Automation.ScriptCallDepthException",
        )
    runtime.depth += 1
    try:
        for block in blocks:
            block(scope, out)
    except ReturnSignal:
        pass
    finally:
        runtime.depth -= 1


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


def check_known(function: Function, bound: Bound) -> None:
    """Refuse what an advanced function does not take.

    Raises:
        ScriptError: an argument fits no parameter.
    """
    if not function.body.advanced:
        for token in bound.unknown:
            bound.rest += [f"-{token.name}"] + ([] if token.value is MISSING else [token.value])
        return
    if bound.unknown:
        raise binding_error(
            function.name,
            "NamedParameterNotFound",
            f"A parameter cannot be found that matches parameter name '{bound.unknown[0].name}'.",
        )
    takes_rest = any(declaration.rest for declaration in function.body.parameters)
    if bound.rest and not takes_rest:
        raise binding_error(
            function.name,
            "PositionalParameterNotFound",
            "A positional parameter cannot be found that accepts argument "
            f"'{to_text(bound.rest[0])}'.",
        )


def function_scope(function: Function, caller: Scope, bound: Bound) -> Preferences:
    """Make the scope of a call and set the preference variables its common parameters mean."""
    scope = Scope(caller.runtime, caller)
    scope.variables["\0command"] = function.name
    made = preferences(scope, bound.common, caller)
    if made.error_action:
        scope.variables["erroractionpreference"] = made.error_action
    if made.warning_action:
        scope.variables["warningpreference"] = made.warning_action
    if made.information_action:
        scope.variables["informationpreference"] = made.information_action
    if made.verbose is not None:
        scope.variables["verbosepreference"] = "Continue" if made.verbose else "SilentlyContinue"
    if made.debug is not None:
        scope.variables["debugpreference"] = "Continue" if made.debug else "SilentlyContinue"
    if made.what_if is not None:
        scope.variables["whatifpreference"] = made.what_if
    if made.confirm is not None:
        scope.variables["confirmpreference"] = "Low" if made.confirm else "None"
    return made


def exception_of(value: object) -> NetException:
    """Return the exception of a value that was thrown."""
    if isinstance(value, NetException):
        return value
    return NetException("System.Management.Automation.RuntimeException", to_text(value))
