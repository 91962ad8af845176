"""Constructors of .NET types, from a short list.

Source: the .NET Framework 4.8 reference. Anything else is refused.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from orchestrator.lab.powershell.constrained import check_constructor
from orchestrator.lab.powershell.convert import cast, resolve_type, to_number
from orchestrator.lab.powershell.members import run_method
from orchestrator.lab.powershell.members_error import category_value
from orchestrator.lab.powershell.objects import (
    ErrorRecord,
    GenericList,
    HashSet,
    Hashtable,
    NetException,
    TypeRef,
)
from orchestrator.lab.powershell.signals import BASES
from orchestrator.lab.powershell.text import to_text
from orchestrator.lab.powershell.values import MethodFailure, PSObject, Refusal

if TYPE_CHECKING:
    from orchestrator.lab.powershell.runtime import Scope

_DATE_PARTS, _TIME_PARTS = 3, 3


def _new_exception(owner: TypeRef, arguments: list[object]) -> NetException:
    message = (
        to_text(arguments[0]) if arguments else f"Exception of type '{owner.name}' was thrown."
    )
    inner = arguments[1] if len(arguments) > 1 else None
    return NetException(owner.name, message, inner if isinstance(inner, NetException) else None)


def _new_record(
    exception: object, error_id: object, category: object, target: object
) -> ErrorRecord:
    made = exception if isinstance(exception, NetException) else None
    if made is None:
        made = NetException("System.Exception", to_text(exception))
    known = category_value(to_text(category))
    if known is None:
        msg = f"Unable to match the identifier name {to_text(category)} to a valid enumerator name."
        raise MethodFailure(
            msg,
            exception="System.Management.Automation.PSInvalidCastException",
        )
    return ErrorRecord(made, to_text(error_id), str(known), target)


def _new_list(owner: TypeRef, arguments: list[object]) -> GenericList:
    items = arguments[0] if arguments and isinstance(arguments[0], list) else []
    made = GenericList(items)
    if "`1" in owner.name:
        name, _, element = owner.name.partition("[")
        made.type_name, made.element = name, element.rstrip("]")
        made.element = _element(made.element)
    else:
        made.type_name = owner.name
    return made


def _element(name: str) -> str:
    return str(resolve_type(name)) if name else "System.Object"


def construct(scope: Scope, owner: TypeRef, arguments: list[object]) -> object:
    """Return ``[type]::new(arguments)``, which is also what ``New-Object`` makes.

    Raises:
        ScriptError: the arguments do not fit.
        Refusal: the type has no modelled constructor.
    """
    name = owner.name
    check_constructor(scope, name)
    if name in BASES:
        return _new_exception(owner, arguments)
    if name == "System.Management.Automation.ErrorRecord":
        return run_method("new", arguments, _new_record)
    if name == "System.Collections.ArrayList" or name.startswith("System.Collections.Generic.List"):
        return _new_list(owner, arguments)
    if name.startswith("System.Collections.Generic.HashSet"):
        return HashSet(ignore_case=any("ignorecase" in to_text(item).lower() for item in arguments))
    if name.startswith("System.Collections.Generic.Dictionary") or name in (
        "System.Collections.Hashtable",
        "System.Collections.Specialized.OrderedDictionary",
    ):
        ordered = "Hashtable" not in name
        return Hashtable(ordered=ordered, type_name="" if "`" not in name else name)
    if name == "System.Threading.Mutex":
        if arguments and arguments[0]:
            msg = "a Mutex that is owned from the start"
            raise Refusal(msg)
        made: object = scope.runtime.machine.mutex(to_text(arguments[1]))
        return made
    return run_method("new", [], lambda: _construct_value(scope, owner, arguments))


def _construct_value(scope: Scope, owner: TypeRef, arguments: list[object]) -> object:
    numbers = [round(to_number(item)) for item in arguments if isinstance(item, int)]
    if owner.name == "System.DateTime" and len(numbers) >= _DATE_PARTS:
        year, month, day, hour, minute, second = [*numbers, 0, 0, 0][:6]
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    if owner.name == "System.TimeSpan":
        days, hours, minutes, seconds = ([0] * (4 - len(numbers)) + numbers)[:4]
        if len(numbers) == _TIME_PARTS:
            days, (hours, minutes, seconds) = 0, numbers
        return timedelta(days=days, hours=hours, minutes=minutes, seconds=seconds)
    if owner.name in ("System.Guid", "System.Version") and len(arguments) == 1:
        return cast(arguments[0], owner)
    if owner.name == "System.Management.Automation.PSObject":
        return PSObject("System.Management.Automation.PSCustomObject", writable=None)
    maker = getattr(scope.runtime.machine, "new_object", None)
    if maker is not None:
        return maker(owner.name, arguments)
    msg = f"[{owner}]::new()"
    raise Refusal(msg)
