"""Functions and script blocks: their parameters, their scope, their three blocks.

Sources: Microsoft, "about_Functions_Advanced_Parameters", "about_Functions_CmdletBindingAttribute".
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from orchestrator.lab.powershell.binding import (
    Bound,
    SlotTable,
    Token,
    bind,
    binding_error,
    preferences,
)
from orchestrator.lab.powershell.objects import NetException
from orchestrator.lab.powershell.runtime import MISSING, Out, Preferences, Scope
from orchestrator.lab.powershell.signals import ReturnSignal, runtime_error
from orchestrator.lab.powershell.signature import ParameterDeclaration, Signature
from orchestrator.lab.powershell.text import to_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.lab.powershell.compiler import Program, Statement

_MAX_DEPTH = 48


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
    _signature: Signature | None = field(default=None, repr=False)
    _blocks: tuple[Statement, ...] | None = field(default=None, repr=False)

    @property
    def signature(self) -> Signature:
        """What its calls need to know of its parameters."""
        known = self._signature
        if known is None:
            known = self._signature = Signature(self)
        return known

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
            table = SlotTable(self.parameters, ())
            bound = bind("", table, [Token(None, item) for item in arguments])
            self.signature.take(where, bound, "")
        run_guarded(self.blocks(), where, out)

    def blocks(self) -> tuple[Statement, ...]:
        """Return the blocks there are, in order."""
        known = self._blocks
        if known is None:
            every = (self.begin, self.process, self.end)
            known = self._blocks = tuple(block for block in every if block is not None)
        return known


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


def check_known(function: Function, bound: Bound) -> None:
    """Refuse what an advanced function does not take.

    Raises:
        ScriptError: an argument fits no parameter.
    """
    if not function.body.advanced:
        for token in bound.unknown:
            bound.rest.append(f"-{token.name}")
            if token.value is not MISSING:
                bound.rest.append(token.value)
        return
    if bound.unknown:
        raise binding_error(
            function.name,
            "NamedParameterNotFound",
            f"A parameter cannot be found that matches parameter name '{bound.unknown[0].name}'.",
        )
    if bound.rest and not function.body.signature.takes_rest:
        raise binding_error(
            function.name,
            "PositionalParameterNotFound",
            "A positional parameter cannot be found that accepts argument "
            f"'{to_text(bound.rest[0])}'.",
        )


def set_preferences(scope: Scope, common: dict[str, object], caller: Scope) -> Preferences:
    """Read a function's common parameters and set the preference variables they mean."""
    made = preferences(scope, common, caller)
    variables = scope.variables
    if made.error_action:
        variables["erroractionpreference"] = made.error_action
    if made.warning_action:
        variables["warningpreference"] = made.warning_action
    if made.information_action:
        variables["informationpreference"] = made.information_action
    if made.verbose is not None:
        variables["verbosepreference"] = "Continue" if made.verbose else "SilentlyContinue"
    if made.debug is not None:
        variables["debugpreference"] = "Continue" if made.debug else "SilentlyContinue"
    if made.what_if is not None:
        variables["whatifpreference"] = made.what_if
    if made.confirm is not None:
        variables["confirmpreference"] = "Low" if made.confirm else "None"
    return made


def exception_of(value: object) -> NetException:
    """Return the exception of a value that was thrown."""
    if isinstance(value, NetException):
        return value
    return NetException("System.Management.Automation.RuntimeException", to_text(value))
