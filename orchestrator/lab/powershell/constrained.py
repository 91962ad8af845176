"""What ``ConstrainedLanguage`` forbids: methods and constructors outside of the core types.

Source: Microsoft, "about_Language_Modes", section on constrained language.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.lab.powershell.signals import runtime_error

if TYPE_CHECKING:
    from orchestrator.lab.powershell.runtime import Scope

_CORE = frozenset(
    (
        "System.Boolean",
        "System.Byte",
        "System.Char",
        "System.Collections.DictionaryEntry",
        "System.Collections.Hashtable",
        "System.Collections.Specialized.OrderedDictionary",
        "System.DateTime",
        "System.Decimal",
        "System.Double",
        "System.Guid",
        "System.Management.Automation.ErrorRecord",
        "System.Management.Automation.PSCustomObject",
        "System.Management.Automation.PSObject",
        "System.Management.Automation.PSReference",
        "System.Management.Automation.PSScriptCmdlet",
        "System.Management.Automation.ScriptBlock",
        "System.Management.Automation.SwitchParameter",
        "System.Object[]",
        "System.String",
        "System.Text.RegularExpressions.Regex",
        "System.TimeSpan",
        "System.Version",
        "System.Byte[]",
        "System.Object",
        "System.Management.Automation.PSBoundParametersDictionary",
    )
)


def _is_core(type_name: str) -> bool:
    return not type_name or type_name in _CORE or type_name.removesuffix("[]") in _CORE


def check_method(scope: Scope, type_name: str) -> None:
    """Allow a method call.

    Raises:
        ScriptError: the language mode forbids methods of that type.
    """
    if scope.runtime.language_mode == "ConstrainedLanguage" and not _is_core(type_name):
        raise runtime_error(
            error_id="MethodInvocationNotSupportedInConstrainedLanguage",
            message="Cannot invoke method. Method invocation is supported only on core types in "
            "this language mode.",
        )


def check_constructor(scope: Scope, type_name: str) -> None:
    """Allow an object to be made.

    Raises:
        ScriptError: the language mode forbids that type.
    """
    if scope.runtime.language_mode == "ConstrainedLanguage" and not _is_core(type_name):
        raise runtime_error(
            error_id="CannotCreateTypeConstrainedLanguage",
            message="Cannot create type. Only core types are supported in this language mode.",
            category="PermissionDenied",
            exception="System.Management.Automation.PSNotSupportedException",
        )
