"""Properties and methods of values: what is not listed here or on the object does not exist.

- A missing property of a ``PSCustomObject`` or a hashtable is ``$null``, and an error in strict
  mode; of any other type it is a `Refusal`.
- An array without the member asks its elements (member enumeration).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from inspect import signature
from typing import Final

from orchestrator.lab.powershell.constrained import check_method
from orchestrator.lab.powershell.members_error import ERROR_PROPERTIES, EXCEPTION_PROPERTIES
from orchestrator.lab.powershell.members_list import LIST_METHODS, TABLE_METHODS
from orchestrator.lab.powershell.members_text import TEXT_METHODS
from orchestrator.lab.powershell.members_time import (
    DATE_METHODS,
    DATE_PROPERTIES,
    SPAN_METHODS,
    SPAN_PROPERTIES,
)
from orchestrator.lab.powershell.net_objects import written
from orchestrator.lab.powershell.objects import (
    Entry,
    EnumValue,
    ErrorRecord,
    GenericList,
    HashSet,
    Hashtable,
    NetException,
    ScriptBlock,
    Switch,
    TableView,
    TypeRef,
    Version,
)
from orchestrator.lab.powershell.operators import compare, equals
from orchestrator.lab.powershell.runtime import MISSING, NOTHING, Scope
from orchestrator.lab.powershell.signals import ScriptError, runtime_error
from orchestrator.lab.powershell.text import CUSTOM, to_text, type_name
from orchestrator.lab.powershell.values import CaseDict, MethodFailure, PSObject, Refusal

Getter = Callable[..., object]


class PropertyBag(list[object]):
    """What ``.PSObject.Properties`` gives: a list that is also indexed by name."""

    def named(self, name: str) -> object:
        """Return the property of that name, None when there is none."""
        for item in self:
            if isinstance(item, PSObject) and to_text(item.properties["Name"]) == name:
                return item
            if isinstance(item, PSObject) and (
                to_text(item.properties["Name"]).lower() == name.lower()
            ):
                return item
        return None


def _property(name: str, value: object) -> PSObject:
    fields: CaseDict[object] = CaseDict.of_pairs(
        {
            "name": ("Name", name),
            "value": ("Value", value),
            "membertype": ("MemberType", "NoteProperty"),
            "typenameofvalue": ("TypeNameOfValue", ""),
        }
    )
    return PSObject("System.Management.Automation.PSNoteProperty", fields)


def _wrap(value: object) -> PSObject:
    """Return what ``$value.PSObject`` gives."""
    if isinstance(value, PSObject):
        bag = PropertyBag([_property(name, item) for name, item in value.properties.pairs()])
    elif isinstance(value, Hashtable):
        names = ("Count", "Keys", "Values")
        bag = PropertyBag(_property(name, property_of(value, name)) for name in names)
    else:
        bag = PropertyBag()
    fields: CaseDict[object] = CaseDict({"Properties": bag, "TypeNames": [type_name(value)]})
    return PSObject("System.Management.Automation.PSMemberSet", fields)


def _version_part(index: int) -> Callable[[Version], object]:
    return lambda value: value.parts[index] if index < len(value.parts) else -1


_PROPERTIES: Final[dict[type, dict[str, Getter]]] = {
    Entry: {
        "key": lambda value: value.key,
        "name": lambda value: value.key,
        "value": lambda value: value.value,
    },
    Switch: {"ispresent": bool},
    EnumValue: {"value__": lambda value: value.number},
    TypeRef: {
        "name": lambda value: str(value).rpartition(".")[2],
        "fullname": str,
        "isarray": lambda value: value.array,
    },
    Version: {
        "major": _version_part(0),
        "minor": _version_part(1),
        "build": _version_part(2),
        "revision": _version_part(3),
    },
    ErrorRecord: ERROR_PROPERTIES,
    NetException: EXCEPTION_PROPERTIES,
    ScriptBlock: {},
}


def property_of(value: object, name: str) -> object:
    """Return a property of one object by its listed members, MISSING when it has none such."""
    if isinstance(value, PSObject):
        return value.properties.get(name, MISSING)
    if isinstance(value, Hashtable):
        found = value.get(name, MISSING)
        return _table_property(value, name.lower()) if found is MISSING else found
    lower = name.lower()
    if isinstance(value, (list, bytes, tuple)):
        return len(value) if lower in ("count", "length", "longlength") else MISSING
    if type(value) in _PROPERTIES:
        getter = _PROPERTIES[type(value)].get(lower)
        return getter(value) if getter else MISSING
    if isinstance(value, str):
        return len(value) if lower == "length" else MISSING
    kind = type(value).__name__
    table: dict[str, Getter] = {}
    if kind == "datetime":
        table = DATE_PROPERTIES
    elif kind == "timedelta":
        table = SPAN_PROPERTIES
    getter = table.get(lower)
    return getter(value) if getter else MISSING


def _table_property(value: Hashtable, lower: str) -> object:
    if lower == "count":
        return len(value)
    if lower == "keys":
        return TableView(value, list(value))
    if lower == "values":
        return TableView(value, [value[key] for key in value])
    if lower == "isreadonly":
        return False
    return MISSING


def _open(value: object) -> bool:
    """Tell whether a missing property of the value is the script's business."""
    if isinstance(value, PSObject):
        return value.type_name == CUSTOM or value.writable is None
    return value is None or isinstance(
        value, (Hashtable, int, float, str, list, bytes, Entry, ScriptBlock)
    )


def property_missing(name: str) -> ScriptError:
    """Make the error of strict mode for a property that is not there."""
    return runtime_error(
        "PropertyNotFoundStrict",
        f"The property '{name}' cannot be found on this object. Verify that the property exists.",
        exception="System.Management.Automation.PropertyNotFoundException",
        category="NotSpecified",
    )


def get_member(scope: Scope, value: object, name: str) -> object:
    """Return ``value.name``.

    Raises:
        ScriptError: strict mode forbids asking for a property that is not there.
        Refusal: the property is not modelled.
    """
    found = property_of(value, name)
    if found is not MISSING:
        return found
    lower = name.lower()
    if lower == "psobject" and value is not None:
        return _wrap(value)
    if lower == "pstypenames":
        return [type_name(value)]
    if isinstance(value, (list, tuple)):
        return _enumerate(scope, value, name)
    if lower in ("count", "length"):
        if scope.strict:
            raise property_missing(name)
        return 0 if value is None else 1
    if not _open(value):
        msg = f"property {name} of {type_name(value)}"
        raise Refusal(msg)
    if scope.strict:
        raise property_missing(name)
    return None


def _enumerate(scope: Scope, values: list[object] | tuple[object, ...], name: str) -> object:
    found: list[object] = []
    hit = False
    for item in values:
        one = get_or_missing(scope, item, name)
        if one is MISSING:
            continue
        hit = True
        if isinstance(one, (list, tuple)):
            found.extend(one)
        else:
            found.append(one)
    if not hit:
        if scope.strict:
            raise property_missing(name)
        return None
    return found if len(found) != 1 else found[0]


def get_or_missing(scope: Scope, value: object, name: str) -> object:
    """Return a property, MISSING when an open object does not have it."""
    found = property_of(value, name)
    if found is not MISSING:
        return found
    if name.lower() == "psobject" or not _open(value):
        return get_member(scope, value, name)
    if isinstance(value, list):
        return _enumerate(scope, value, name)
    return MISSING


def set_member(value: object, name: str, new: object) -> None:
    """Assign ``value.name``.

    Raises:
        ScriptError: the property cannot be set.
        Refusal: the property is not modelled.
    """
    if isinstance(value, Hashtable):
        value[name] = new
        return
    if isinstance(value, PSObject):
        exists = name in value.properties
        if exists and (
            value.writable is None or name.lower() in {item.lower() for item in value.writable}
        ):
            value.properties[name] = new
            return
        if not exists and not _open(value):
            msg = f"property {name} of {value.type_name}"
            raise Refusal(msg)
    elif value is not None and not isinstance(value, (list, str, int)):
        msg = f"assignment to property {name} of {type_name(value)}"
        raise Refusal(msg)
    raise runtime_error(
        "PropertyAssignmentException" if value is not None else "PropertyNotFound",
        f"The property '{name}' cannot be found on this object. Verify that the property exists "
        "and can be set.",
    )


def invocation_error(name: str, count: int, failure: NetException) -> ScriptError:
    """Wrap an exception of a method as PowerShell does."""
    error = runtime_error(
        failure.type_name.rpartition(".")[2],
        f'Exception calling "{name}" with "{count}" argument(s): "{failure.message}"',
        exception="System.Management.Automation.MethodInvocationException",
        category="NotSpecified",
    )
    error.record.exception.inner = failure
    error.record.exception.hresult = failure.hresult
    return error


def failure_exception(failure: MethodFailure) -> NetException:
    """Make the .NET exception of a failure."""
    made = NetException(failure.exception, failure.message)
    made.hresult = failure.hresult or made.hresult
    return made


def no_method(value: object, name: str) -> Exception:
    """Make the error of a method that is not there."""
    if value is None:
        return runtime_error(
            "InvokeMethodOnNull", "You cannot call a method on a null-valued expression."
        )
    return Refusal(f"method {name} of {type_name(value)}")


def _universal(scope: Scope, value: object, lower: str, arguments: list[object]) -> object:
    if lower == "gettype":
        name = type_name(value)
        return TypeRef(name.removesuffix("[]"), array=name.endswith("[]"))
    if lower == "tostring":
        return written(scope, value, *arguments)
    if lower == "equals":
        return equals(value, arguments[0], case=True) and type_name(value) == type_name(
            arguments[0]
        )
    if lower == "compareto":
        return compare(value, arguments[0], case=True)
    if lower == "gethashcode":
        msg = "GetHashCode"
        raise Refusal(msg)
    return MISSING


def _table_of(value: object) -> dict[str, Getter]:
    if isinstance(value, str):
        return TEXT_METHODS
    if isinstance(value, Hashtable):
        return TABLE_METHODS
    if isinstance(value, (GenericList, HashSet)):
        return LIST_METHODS
    kind = type(value).__name__
    return {"datetime": DATE_METHODS, "timedelta": SPAN_METHODS}.get(kind, {})


def call_method(scope: Scope, value: object, name: str, arguments: list[object]) -> object:
    """Return ``value.name(arguments)``.

    Raises:
        ScriptError: the method failed, or the value is ``$null``.
        Refusal: the method is not modelled.
    """
    if scope.runtime.language_mode == "ConstrainedLanguage":
        check_method(scope, type_name(value))
    method = value.methods.get(name) if isinstance(value, PSObject) else None
    if method is not None:
        return run_method(name, arguments, method, listed=False)
    method = _table_of(value).get(name.lower())
    if method is not None:
        return run_method(name, arguments, partial(method, value))
    if value is not None:
        found = _universal(scope, value, name.lower(), arguments)
        if found is not MISSING:
            return found
    if isinstance(value, ScriptBlock):
        return scope_call(scope, value, name, arguments)
    if isinstance(value, (list, tuple)) and value and not isinstance(value, (GenericList, HashSet)):
        results: list[object] = []
        for item in value:
            one = call_method(scope, item, name, arguments)
            results.extend(one if isinstance(one, list) else [] if one is NOTHING else [one])
        return results if len(results) != 1 else results[0]
    raise no_method(value, name)


def run_method(
    name: str, arguments: list[object], method: Callable[..., object], *, listed: bool = True
) -> object:
    """Run a method; its failures become what a script can catch.

    Args:
        name: for messages.
        arguments: the script's.
        method: what to call.
        listed: it is one of .NET's that the evaluator knows: how it fails on arguments that
            Python does not take is not modelled. False for methods of the device model, whose
            own mistakes have to be seen.

    Raises:
        ScriptError: it failed, or takes another number of arguments.
        Refusal: it failed in a way that is not modelled.
    """
    try:
        return method(*arguments)
    except MethodFailure as failure:
        raise invocation_error(name, len(arguments), failure_exception(failure)) from failure
    except (TypeError, ValueError, OverflowError, IndexError) as error:
        if isinstance(error, TypeError) and not _takes(method, len(arguments)):
            message = (
                f'Cannot find an overload for "{name}" and the argument count: "{len(arguments)}".'
            )
            raise runtime_error(error_id="MethodCountCouldNotFindBest", message=message) from error
        if not listed:
            raise
        msg = f"how {name} fails: {error}"
        raise Refusal(msg) from error


def _takes(method: Callable[..., object], count: int) -> bool:
    try:
        signature(method).bind(*range(count))
    except TypeError:
        return False
    return True


def scope_call(scope: Scope, block: ScriptBlock, name: str, arguments: list[object]) -> object:
    """Run ``$block.Invoke(...)``."""
    if name.lower() not in ("invoke", "invokereturnasis"):
        raise no_method(block, name)
    found: list[object] = []
    block.body.run(scope, arguments, found.append)
    return found
