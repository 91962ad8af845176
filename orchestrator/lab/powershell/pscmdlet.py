"""``$PSCmdlet`` of an advanced function."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.lab.powershell.call import not_interactive
from orchestrator.lab.powershell.objects import ErrorRecord
from orchestrator.lab.powershell.runtime import NOTHING, Preferences, Scope
from orchestrator.lab.powershell.signals import ScriptError
from orchestrator.lab.powershell.text import to_text
from orchestrator.lab.powershell.values import CaseDict, LazyDict, Method, MethodFailure, PSObject

if TYPE_CHECKING:
    from orchestrator.lab.powershell.functions import Function

_LEVELS = {"none": 4, "high": 3, "medium": 2, "low": 1}


def _attributed(error_id: str, command: str) -> str:
    return error_id if "," in error_id or not command else f"{error_id},{command}"


def should_process(function: Function, preferences: Preferences, target: str, action: str) -> bool:
    """Ask before a change.

    Raises:
        ScriptError: the answer would have to come from a person.
    """
    scope = preferences.scope
    if not function.body.changes:
        return True
    if preferences.is_what_if():
        return False
    wanted = to_text(scope.get("confirmpreference")).lower() or "high"
    impact = _LEVELS.get(function.body.impact.lower(), 2)
    if wanted != "none" and impact >= _LEVELS.get(wanted, 3):
        raise not_interactive()
    if preferences.shows("verbose"):
        message = f'Performing the operation "{action}" on target "{target}".'
        scope.runtime.write("verbose", message)
    return True


def current(scope: Scope) -> PSObject | None:
    """Return ``$PSCmdlet`` of the innermost advanced function; None outside of one."""
    where: Scope | None = scope
    while where is not None:
        found = where.variables.get("\0cmdlet")
        if isinstance(found, tuple):
            # made when a function first asks for it: most never do
            function, made = found
            found = pscmdlet(function, made or Preferences(where, caller=where.parent))
            where.variables["\0cmdlet"] = found
        if isinstance(found, PSObject):
            return found
        where = where.parent
    return None


def pscmdlet(function: Function, preferences: Preferences) -> PSObject:
    """Make the object for one call of a function."""

    def ask(*arguments: object) -> object:
        texts = [to_text(item) for item in arguments]
        if len(texts) == 1:
            return should_process(function, preferences, texts[0], function.name)
        return should_process(function, preferences, texts[0], texts[1])

    def record_of(value: object) -> ErrorRecord:
        if not isinstance(value, ErrorRecord):
            msg = "Cannot convert argument to type System.Management.Automation.ErrorRecord."
            raise MethodFailure(msg, exception="System.Management.Automation.MethodException")
        value.error_id = _attributed(value.error_id, function.name)
        value.command = value.command or function.name
        return value

    def terminate(value: object) -> object:
        error = ScriptError(record_of(value))
        error.leaving = preferences.scope
        raise error

    def write(value: object) -> object:
        preferences.write_error(record_of(value))
        return NOTHING

    def message(stream: str) -> Method:
        def put(text: object) -> object:
            if preferences.shows(stream):
                preferences.scope.runtime.write(stream, to_text(text))
            return NOTHING

        return put

    methods: dict[str, tuple[str, Method]] = {
        "shouldprocess": ("ShouldProcess", ask),
        "shouldcontinue": ("ShouldContinue", lambda *_: _no_answer()),
        "throwterminatingerror": ("ThrowTerminatingError", terminate),
        "writeerror": ("WriteError", write),
        "writeverbose": ("WriteVerbose", message("verbose")),
        "writewarning": ("WriteWarning", message("warning")),
    }
    properties: LazyDict[object] = LazyDict(
        {"ParameterSetName": "__AllParameterSets", "MyInvocation": None},
        {"myinvocation": lambda: _told(function)},
    )
    return PSObject(
        "System.Management.Automation.PSScriptCmdlet", properties, CaseDict.of_pairs(methods)
    )


def _told(function: Function) -> object:
    fields: CaseDict[object] = CaseDict(
        {"InvocationName": function.name, "MyCommand": function.name}
    )
    return PSObject("System.Management.Automation.InvocationInfo", fields)


def _no_answer() -> object:
    raise not_interactive()
