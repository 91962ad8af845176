"""A cmdlet's call: its bound parameters, its errors, its questions before a change."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from orchestrator.lab.powershell.binding import (
    Bound,
    binding_error,
    preferences,
    switch,
)
from orchestrator.lab.powershell.convert import cast
from orchestrator.lab.powershell.objects import (
    ErrorRecord,
    Hashtable,
    NetException,
    ScriptBlock,
    TypeRef,
)
from orchestrator.lab.powershell.runtime import MISSING, NOTHING, Out, Preferences, Scope
from orchestrator.lab.powershell.signals import ScriptError, runtime_error
from orchestrator.lab.powershell.signature import missing_mandatory
from orchestrator.lab.powershell.text import to_text, type_name
from orchestrator.lab.powershell.values import CaseDict, PSObject, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.lab.powershell.cmdlet_table import CmdletTable
    from orchestrator.lab.powershell.registry import Cmdlet, Parameter


_TYPES: Final = {
    "str": TypeRef("System.String"),
    "int": TypeRef("System.Int64"),
    "bool": TypeRef("System.Boolean"),
    "datetime": TypeRef("System.DateTime"),
    "timespan": TypeRef("System.TimeSpan"),
    "str[]": TypeRef("System.String", array=True),
    "int[]": TypeRef("System.Int64", array=True),
}


_EXACT: Final[dict[str, type]] = {"scriptblock": ScriptBlock, "hashtable": Hashtable}
_SIMPLE: Final[dict[str, Callable[[object], object]]] = {
    "object": lambda value: value,
    "switch": switch,
    "object[]": lambda value: value if isinstance(value, list) else [value],
}


def full_error_id(cmdlet: str, error_id: str, *, is_function: bool) -> str:
    """Complete an error id with the command it comes from, as Windows does."""
    if "," in error_id:
        return error_id
    if is_function:
        return f"{error_id},{cmdlet}"
    return f"{error_id},Microsoft.PowerShell.Commands.{cmdlet.replace('-', '')}Command"


def coerce(command: str, parameter: Parameter, value: object) -> object:
    """Give an argument the declared type.

    Raises:
        ScriptError: it does not convert.
        Refusal: the declared type is not known.
    """
    kind = parameter.type
    if type(value) is str and (value or not parameter.mandatory):
        if kind == "str":
            return value
        if kind == "str[]":
            return [value]
    return _coerce(command, parameter, value)


def _coerce(command: str, parameter: Parameter, value: object) -> object:
    kind = parameter.type
    value = None if value is NOTHING or value is MISSING else value
    simple = _SIMPLE.get(kind)
    if simple is not None:
        return simple(value)
    wanted = _EXACT.get(kind)
    if (kind == "str" and isinstance(value, list)) or (wanted and not isinstance(value, wanted)):
        raise _cannot_convert(command, parameter, value)
    if wanted:
        return value
    target = _TYPES.get(kind)
    if target is None:
        msg = f"parameter type {kind} of {command}"
        raise Refusal(msg)
    if value is None and kind in ("str", "str[]", "datetime"):
        if parameter.mandatory or kind in ("str[]", "datetime"):
            raise _empty(command, parameter, "Null", "it is null")
        return None
    try:
        found = cast(value, target)
    except ScriptError as error:
        raise _cannot_convert(command, parameter, value) from error
    if parameter.mandatory:
        _not_empty(command, parameter, found)
    return found


def _not_empty(command: str, parameter: Parameter, found: object) -> None:
    if found == "" or (isinstance(found, list) and "" in found):
        raise _empty(command, parameter, "EmptyString", "it is an empty string")
    if found == []:
        raise _empty(command, parameter, "EmptyArray", "it is an empty array")


def _class(command: str) -> str:
    return f"Microsoft.PowerShell.Commands.{command.replace('-', '')}Command"


def _empty(command: str, parameter: Parameter, kind: str, why: str) -> ScriptError:
    return binding_error(
        _class(command),
        f"ParameterArgumentValidationError{kind}NotAllowed",
        f"Cannot bind argument to parameter '{parameter.name}' because {why}.",
        exception="System.Management.Automation.ParameterBindingValidationException",
    )


def _cannot_convert(command: str, parameter: Parameter, value: object) -> ScriptError:
    return binding_error(
        _class(command),
        "CannotConvertArgument",
        f"Cannot bind parameter '{parameter.name}'. Cannot convert value \"{to_text(value)}\" to "
        f'type "{parameter.type}".',
    )


class BoundCall:
    """What a cmdlet's body is given; see `registry.Call`.

    Attributes:
        machine: the simulated PC.
        name: the cmdlet.
        scope: the caller's scope, for the cmdlets of the language itself.
    """

    __slots__ = (
        "cmdlet",
        "given",
        "machine",
        "name",
        "out",
        "preferences",
        "scope",
        "table",
        "values",
    )

    def __init__(
        self, cmdlet: Cmdlet, scope: Scope, values: dict[str, object], table: CmdletTable
    ) -> None:
        self.machine: Any = scope.runtime.machine
        self.name = cmdlet.name
        self.cmdlet = cmdlet
        self.scope = scope
        self.given = values
        self.values = values
        self.table = table
        self.preferences: Preferences
        self.out: Out

    def has(self, parameter: str) -> bool:
        """Tell whether the caller gave the parameter."""
        return parameter.lower() in self.values

    def get(self, parameter: str, default: object = None) -> Any:  # noqa: ANN401 - a script's value
        """Return the bound value, coerced to the declared type."""
        return self.values.get(parameter.lower(), default)

    def _record(
        self, error_id: str, message: str, category: str, exception: str, target: object
    ) -> ErrorRecord:
        full = full_error_id(self.name, error_id, is_function=self.cmdlet.is_function)
        return ErrorRecord(
            NetException(exception, message), full, category, target, command=self.name
        )

    def error(
        self,
        error_id: str,
        message: str,
        *,
        category: str = "NotSpecified",
        exception: str = "System.Exception",
        target: object = None,
    ) -> None:
        """Write a non-terminating error; under ``-ErrorAction Stop`` this raises."""
        self.write_error(self._record(error_id, message, category, exception, target))

    def write_error(self, record: ErrorRecord) -> None:
        """Write an error record."""
        self.preferences.write_error(record)

    def fail(
        self,
        error_id: str,
        message: str,
        *,
        category: str = "NotSpecified",
        exception: str = "System.Exception",
        target: object = None,
    ) -> Exception:
        """Make a terminating error for the cmdlet to raise."""
        return ScriptError(self._record(error_id, message, category, exception, target))

    def should_process(self, target: str, action: str) -> bool:
        """Ask before a change: False under ``-WhatIf``."""
        if self.preferences.is_what_if():
            return False
        if self.preferences.confirm:
            raise not_interactive()
        if self.preferences.shows("verbose"):
            message = f'Performing the operation "{action}" on target "{target}".'
            self.scope.runtime.write("verbose", message)
        return True

    def sleep(self, seconds: float) -> None:
        """Let the device's virtual time pass."""
        self.scope.runtime.sleep(seconds)

    def located(self, error: ScriptError) -> ScriptError:
        """Keep a terminating error in the ``-ErrorVariable``."""
        if self.preferences.error_variable and not error.thrown:
            self.preferences.keep_error(error.record)
        return error

    def take(self, value: object) -> None:
        """Bind a piped object.

        Raises:
            ScriptError: no parameter takes it.
        """
        sole = self.table.sole
        if sole and sole not in self.given:
            self.values = {**self.given, sole: None if value is NOTHING else value}
            return
        self.values = dict(self.given)
        free = [x for lower, x in self.table.parameters.items() if lower not in self.given]
        by_value = [item for item in free if item.by_value]
        chosen = next((item for item in by_value if _fits(item.type, value)), None)
        if chosen is None:
            chosen = next((item for item in by_value if item.type.startswith("object")), None)
        if chosen is not None:
            self._set(chosen, value)
            return
        if self._take_by_name(free, value):
            return
        if not by_value:
            raise self._not_bound(value)
        self._set(by_value[0], value)

    def _take_by_name(self, free: list[Parameter], value: object) -> bool:
        """Bind the properties of a piped object; tell whether one was taken."""
        hit = False
        properties = value.properties if isinstance(value, PSObject) else CaseDict[object]()
        for item in free:
            names = (item.name, *item.aliases) if item.by_name else ()
            found = next((name for name in names if name in properties), None)
            if found is not None:
                self._set(item, properties[found])
                hit = True
        return hit

    def _set(self, parameter: Parameter, value: object) -> None:
        self.values[parameter.name.lower()] = coerce(self.name, parameter, value)

    def _not_bound(self, value: object) -> ScriptError:
        return binding_error(
            _class(self.name),
            "InputObjectNotBound",
            "The input object cannot be bound to any parameters for the command either because "
            "the command does not take pipeline input or the input and its properties do not "
            f"match any of the parameters that take pipeline input. ({type_name(value)})",
        )

    def collect(self, values: list[object]) -> None:
        """Bind all piped objects at once."""
        for item in self.cmdlet.parameters:
            if item.by_value and item.name.lower() not in self.given:
                self.values = {**self.given, item.name.lower(): values}
                return

    def require(self) -> None:
        """Check that nothing mandatory is missing.

        Raises:
            ScriptError: something is.
        """
        required = self.table.required
        absent = [name for lower, name in required if lower not in self.values] if required else []
        if absent:
            raise missing_mandatory(_class(self.name), absent)


_NATURAL: Final[dict[str, tuple[type, ...]]] = {
    "str": (str,),
    "str[]": (str,),
    "int": (int,),
    "int[]": (int,),
    "scriptblock": (ScriptBlock,),
    "hashtable": (Hashtable,),
    "datetime": (datetime,),
}


def _fits(kind: str, value: object) -> bool:
    return isinstance(value, _NATURAL.get(kind, ()))


def not_interactive() -> ScriptError:
    """Make the error of a question that nobody can answer."""
    return runtime_error(
        "InvalidOperation",
        "Windows PowerShell is in NonInteractive mode. Read and Prompt functionality is not "
        "available.",
        exception="System.Management.Automation.PSInvalidOperationException",
    )


def bind_cmdlet(cmdlet: Cmdlet, scope: Scope, bound: Bound, table: CmdletTable) -> BoundCall:
    """Give the arguments of a cmdlet the types it declares.

    Raises:
        ScriptError: an argument does not fit.
        Refusal: a parameter is not modelled.
    """
    if bound.unknown:
        msg = f"parameter -{bound.unknown[0].name} of {cmdlet.name}"
        raise Refusal(msg)
    if bound.rest:
        msg = f"bare argument {to_text(bound.rest[0])!r} of {cmdlet.name}"
        raise Refusal(msg)
    given = bound.values
    if len(given) == 1:
        ((lower, value),) = given.items()
        values = {lower: coerce(cmdlet.name, table.parameters[lower], value)}
    else:
        values = {
            lower: coerce(cmdlet.name, item, given[lower])
            for lower, item in table.parameters.items()
            if lower in given
        }
    call = BoundCall(cmdlet, scope, values, table)
    where = scope.root if cmdlet.is_function else scope
    call.preferences = preferences(where, bound.common, scope)
    if cmdlet.is_function and call.preferences.what_if is None:
        call.preferences.what_if = bool(scope.get("whatifpreference"))
    return call
