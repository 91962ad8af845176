"""``value[index]``: reading and assigning.

Source: Microsoft, "about_Arrays", "about_Hash_Tables".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.lab.powershell.convert import cast
from orchestrator.lab.powershell.members import PropertyBag, call_method
from orchestrator.lab.powershell.objects import (
    Hashtable,
    TypeRef,
)
from orchestrator.lab.powershell.signals import runtime_error
from orchestrator.lab.powershell.text import CUSTOM, type_name
from orchestrator.lab.powershell.values import PSObject, Refusal

if TYPE_CHECKING:
    from orchestrator.lab.powershell.runtime import Scope

_STRICT_MEMBERS = 2  # strict mode 3 is about indexes, too


def get_index(scope: Scope, value: object, index: object) -> object:
    """Return ``value[index]``.

    Raises:
        ScriptError: the value is ``$null``, or strict mode forbids an index out of range.
        Refusal: the type has no modelled index.
    """
    if isinstance(index, list):
        return [get_index(scope, value, item) for item in index]
    if isinstance(value, Hashtable):
        return _entry(value, index)
    if isinstance(value, PropertyBag) and isinstance(index, str):
        return value.named(index)
    if isinstance(value, (list, tuple, bytes, str)):
        return _item(scope, value, index)
    if value is None:
        raise runtime_error(error_id="NullArray", message="Cannot index into a null array.")
    if isinstance(value, PSObject) and "Item" in value.methods:
        return call_method(scope, value, "Item", [index])
    if isinstance(value, PSObject) and value.type_name != CUSTOM:
        msg = f"index into {value.type_name}"
        raise Refusal(msg)
    if index in (0, -1) and not scope.strict:
        return value
    msg_0 = "CannotIndex"
    raise runtime_error(msg_0, f"Unable to index into an object of type {type_name(value)}.")


def _entry(value: Hashtable, index: object) -> object:
    if value.ordered and isinstance(index, int) and index not in value:
        keys = list(value)
        return value[keys[index]] if 0 <= index < len(keys) else None
    return value.get(index)


def _item(
    scope: Scope, value: list[object] | tuple[object, ...] | bytes | str, index: object
) -> object:
    number = cast(index, TypeRef("System.Int32"))
    if not isinstance(number, int) or not -len(value) <= number < len(value):
        if scope.strict > _STRICT_MEMBERS:
            raise runtime_error(
                error_id="System.IndexOutOfRangeException",
                message="Index was outside the bounds of the array.",
                exception="System.IndexOutOfRangeException",
                category="OperationStopped",
            )
        return None
    found = value[number]
    return cast(found, TypeRef("System.Char")) if isinstance(value, str) else found


def set_index(value: object, index: object, new: object) -> None:
    """Assign ``value[index]``.

    Raises:
        ScriptError: the index is out of range or the value has none.
    """
    if isinstance(value, Hashtable):
        if type(index) is not str and (
            value.ordered and isinstance(index, int) and index not in value
        ):
            value[list(value)[index]] = new
            return
        value[index] = new
        return
    if isinstance(value, list):
        number = cast(index, TypeRef("System.Int32"))
        if not isinstance(number, int) or not -len(value) <= number < len(value):
            raise runtime_error(
                error_id="System.IndexOutOfRangeException",
                message="Index was outside the bounds of the array.",
                exception="System.IndexOutOfRangeException",
                category="OperationStopped",
            )
        value[number] = new
        return
    if value is None:
        raise runtime_error(error_id="NullArray", message="Cannot index into a null array.")
    raise runtime_error(
        error_id="CannotIndex",
        message=f"Unable to index into an object of type {type_name(value)}.",
    )
