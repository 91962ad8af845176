"""Variables, strict mode, modules, commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.lab.powershell.matching import wildcard
from orchestrator.lab.powershell.registry import CMDLETS, cmdlet
from orchestrator.lab.powershell.runtime import MISSING, Scope
from orchestrator.lab.powershell.text import to_text
from orchestrator.lab.powershell.values import CaseDict, PSObject, Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orchestrator.lab.powershell.call import BoundCall

_MODULES = frozenset(
    (
        "cimcmdlets",
        "dnsclient",
        "microsoft.powershell.management",
        "microsoft.powershell.security",
        "microsoft.powershell.utility",
        "nettcpip",
        "scheduledtasks",
    )
)
_LATEST = 3


@cmdlet("Set-StrictMode", "Version:str0 Off:switch")
def set_strict_mode(call: BoundCall) -> None:
    """Set strict mode for the caller's scope and those it calls."""
    text = (call.get("Version") or "").lower()
    if call.get("Off"):
        call.scope.strict = 0
    elif text == "latest":
        call.scope.strict = _LATEST
    else:
        call.scope.strict = int(float(text))


def _scope(call: BoundCall) -> Scope:
    name = (call.get("Scope") or "local").lower()
    scope: Scope = call.scope
    if name in ("global", "script", "local"):
        return {"global": scope.root, "script": scope.script, "local": scope}[name]
    for _ in range(int(name) if name.isdigit() else -1):
        scope = scope.parent or scope
    if not name.isdigit():
        msg = f"scope {name}"
        raise Refusal(msg)
    return scope


@cmdlet("Get-Variable", "Name:str[]!0 ValueOnly:switch Scope:str")
def get_variable(call: BoundCall) -> Iterable[object]:
    """Read variables by name."""
    for name in call.get("Name"):
        where = _scope(call)
        value = (
            where.variables.get(name.lower(), MISSING)
            if call.has("Scope")
            else where.find(name.lower())
        )
        if value is MISSING:
            call.error(
                "VariableNotFound",
                f"Cannot find a variable with the name '{name}'.",
                category="ObjectNotFound",
                exception="System.Management.Automation.ItemNotFoundException",
                target=name,
            )
        elif call.get("ValueOnly"):
            yield value
        else:
            fields: CaseDict[object] = CaseDict({"Name": name, "Value": value})
            yield PSObject("System.Management.Automation.PSVariable", fields)


@cmdlet("Set-Variable", "Name:str[]!0 Value:object1^ Scope:str Force:switch")
def set_variable(call: BoundCall) -> None:
    """Assign variables by name."""
    for name in call.get("Name"):
        _scope(call).variables[name.lower()] = call.get("Value")


@cmdlet("Remove-Variable", "Name:str[]!0 Scope:str Force:switch")
def remove_variable(call: BoundCall) -> None:
    """Remove variables by name."""
    for name in call.get("Name"):
        if _scope(call).variables.pop(name.lower(), MISSING) is MISSING:
            call.error(
                "VariableNotFound",
                f"Cannot find a variable with the name '{name}'.",
                category="ObjectNotFound",
                exception="System.Management.Automation.ItemNotFoundException",
                target=name,
            )


@cmdlet("Import-Module", "Name:str[]!0 Force:switch DisableNameChecking:switch Scope:str")
def import_module(call: BoundCall) -> None:
    """Accept the modules whose cmdlets the lab has."""
    for name in call.get("Name"):
        if name.lower() not in _MODULES:
            msg = f"module {name}"
            raise Refusal(msg)


@cmdlet("Get-Command", "Name:str[]!0 CommandType:str Module:str[]")
def get_command(call: BoundCall) -> Iterable[object]:
    """Look commands up; a name the lab does not know is refused, for it may exist on Windows."""
    functions = call.scope.runtime.functions
    for name in call.get("Name"):
        pattern = wildcard(name, case=False)
        found = [(known, "Function") for known in functions if pattern.match(known)]
        found += [
            (known, "Function" if item.is_function else "Cmdlet")
            for known, item in CMDLETS.items()
            if pattern.match(known)
        ]
        if not found:
            msg = f"Get-Command of {name}"
            raise Refusal(msg)
        for known, kind in found:
            fields: CaseDict[object] = CaseDict({"Name": known, "CommandType": kind})
            if known in functions:
                text = functions[known].text
                fields["Definition"] = text[text.index("{") + 1 : text.rindex("}")]
            yield PSObject(f"System.Management.Automation.{kind}Info", fields, text=to_text(known))


@cmdlet("Get-Culture")
def get_culture(call: BoundCall) -> Iterable[object]:
    """Return the session's culture."""
    name = str(getattr(call.machine, "culture", "en-US"))
    fields: CaseDict[object] = CaseDict({"Name": name, "DisplayName": name})
    return [PSObject("System.Globalization.CultureInfo", fields, text=name)]
