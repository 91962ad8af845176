"""``New-Object``, ``Add-Member``, ``Get-Member``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.lab.powershell.constrained import check_constructor
from orchestrator.lab.powershell.constructors import construct
from orchestrator.lab.powershell.convert import resolve_type
from orchestrator.lab.powershell.members import set_member
from orchestrator.lab.powershell.objects import Hashtable
from orchestrator.lab.powershell.registry import cmdlet
from orchestrator.lab.powershell.signals import ScriptError
from orchestrator.lab.powershell.text import CUSTOM, to_text, type_name
from orchestrator.lab.powershell.values import CaseDict, MethodFailure, PSObject, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orchestrator.lab.powershell.call import BoundCall


@cmdlet(
    "New-Object",
    "TypeName:str0 ArgumentList=Args:object[]1 Property:hashtable ComObject:str Strict:switch",
)
def new_object(call: BoundCall) -> Iterable[object]:
    """Make a .NET or COM object."""
    if call.has("ComObject"):
        check_constructor(call.scope, "System.__ComObject")
        return [_com_object(call)]
    kind = resolve_type(call.get("TypeName"))
    try:
        made = construct(call.scope, kind, list(call.get("ArgumentList") or ()))
    except ScriptError as error:
        if error.record.error_id.startswith("CannotCreateType"):
            raise
        raise call.fail(
            error_id="ConstructorInvokedThrowException",
            message=error.record.message,
            category="InvalidOperation",
            exception="System.Management.Automation.MethodInvocationException",
        ) from error
    table = call.get("Property")
    if isinstance(table, Hashtable):
        for key in table:
            if isinstance(made, PSObject) and made.type_name == CUSTOM:
                made.properties[to_text(key)] = table[key]
            else:
                set_member(made, to_text(key), table[key])
    return [made]


def _com_object(call: BoundCall) -> object:
    name = call.get("ComObject")
    try:
        made: object = call.machine.com_object(name)
    except MethodFailure as failure:
        raise call.fail(
            error_id="NoCOMClassIdentified",
            message=failure.message,
            category="ResourceUnavailable",
            exception="System.Runtime.InteropServices.COMException",
        ) from failure
    return made


@cmdlet(
    "Add-Member",
    "InputObject:object!^ MemberType:str0 Name:str1 Value:object2 NotePropertyName:str "
    "NotePropertyValue:object NotePropertyMembers:hashtable TypeName:str PassThru:switch "
    "Force:switch",
)
def add_member(call: BoundCall) -> Iterable[object]:
    """Add note properties to an object."""
    value = call.get("InputObject")
    kind = call.get("MemberType")
    if kind is not None and kind.lower() != "noteproperty":
        msg = f"Add-Member -MemberType {kind}"
        raise Refusal(msg)
    if not isinstance(value, PSObject):
        msg = f"Add-Member on a {type_name(value)}"
        raise Refusal(msg)
    added: CaseDict[object] = CaseDict()
    for key, item in (call.get("NotePropertyMembers") or {}).items():
        added[to_text(key)] = item
    name = call.get("NotePropertyName") or call.get("Name")
    if name is not None:
        given = "NotePropertyValue" if call.has("NotePropertyValue") else "Value"
        added[name] = call.get(given)
    for key, item in added.items():
        if key in value.properties and not call.get("Force"):
            msg_0 = "MemberAlreadyExists"
            raise call.fail(
                msg_0,
                f'Cannot add a member with the name "{key}" because a member with that name '
                "already exists. To overwrite the member anyway, add the Force parameter to your "
                "command.",
                category="InvalidOperation",
                exception="System.InvalidOperationException",
            )
        value.properties[key] = item
    return [value] if call.get("PassThru") else []


@cmdlet("Get-Member", "Name:str[]0 MemberType:str InputObject:object^", collects=True)
def get_member(call: BoundCall) -> Iterable[object]:
    """List the members of the first object; the lab lists those it models."""
    values = call.get("InputObject") or []
    value = values[0] if isinstance(values, list) and values else values
    if not isinstance(value, PSObject):
        msg = f"Get-Member of a {type_name(value)}"
        raise Refusal(msg)
    wanted = {name.lower() for name in call.get("Name") or ()}
    property_kind = "NoteProperty" if value.type_name == CUSTOM else "Property"
    members = [(name, property_kind) for name in value.properties]
    members += [(name, "Method") for name in value.methods]
    kind = (call.get("MemberType") or "").lower()
    return [
        PSObject(
            "Microsoft.PowerShell.Commands.MemberDefinition",
            CaseDict({"Name": name, "MemberType": member, "TypeName": value.type_name}),
        )
        for name, member in sorted(members)
        if (not wanted or name.lower() in wanted) and kind in ("", member.lower())
    ]
