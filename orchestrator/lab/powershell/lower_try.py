"""``try``, ``throw``, ``return``, ``exit``, ``break``, ``continue``.

Source: Microsoft, "about_Try_Catch_Finally", "about_Throw".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.lab.powershell.compiler import (
    Compiler,
    Statement,
    lowers_statement,
    plain,
)
from orchestrator.lab.powershell.grammar import line_of, text_of
from orchestrator.lab.powershell.lower_values import type_of
from orchestrator.lab.powershell.objects import ErrorRecord, NetException
from orchestrator.lab.powershell.runtime import MISSING, Out, Scope
from orchestrator.lab.powershell.signals import (
    BreakSignal,
    ContinueSignal,
    ExitSignal,
    ReturnSignal,
    ScriptError,
    is_exception,
)
from orchestrator.lab.powershell.text import to_text
from orchestrator.lab.powershell.values import Refusal

if TYPE_CHECKING:
    from tree_sitter import Node


def restore(scope: Scope, before: object) -> None:
    """Give ``$_`` its former value."""
    if before is MISSING:
        scope.variables.pop("_", None)
    else:
        scope.variables["_"] = before


Handler = tuple[tuple[str, ...], Statement]


def _handlers(compiler: Compiler, node: Node) -> list[Handler]:
    found: list[Handler] = []
    for group in node.named_children:
        if group.type != "catch_clauses":
            continue
        for clause in group.named_children:
            kinds: tuple[str, ...] = ()
            for child in clause.named_children:
                if child.type == "catch_type_list":
                    kinds = tuple(type_of(item).name for item in child.named_children)
                elif child.type == "statement_block":
                    found.append((kinds, compiler.branch(child, "catch", line_of(clause))))
    return found


def _handles(kinds: tuple[str, ...], exception: NetException | None) -> bool:
    while exception is not None:
        if any(is_exception(exception.type_name, kind) for kind in kinds):
            return True
        exception = exception.inner
    return not kinds


@lowers_statement("try_statement")
def _try(compiler: Compiler, node: Node) -> Statement:
    body = compiler.body(node.named_children[0])
    handlers = _handlers(compiler, node)
    final: Statement | None = None
    for child in node.named_children:
        if child.type == "finally_clause":
            final = compiler.body(child.named_children[-1])

    def guarded(scope: Scope, out: Out) -> None:
        runtime = scope.runtime
        before = runtime.in_try
        runtime.in_try = before or bool(handlers)
        depth = runtime.depth
        try:
            body(scope, out)
        except ScriptError as error:
            runtime.in_try, runtime.depth = before, depth
            for kinds, handler in handlers:
                if _handles(kinds, error.record.exception):
                    _catch(scope, out, error, handler)
                    return
            raise
        finally:
            runtime.in_try = before

    return guarded if final is None else _finally(guarded, final)


def _finally(guarded: Statement, last: Statement) -> Statement:
    """Run a last block whatever happens, unless the session is gone or the lab refuses."""

    def run(scope: Scope, out: Out) -> None:
        try:
            guarded(scope, out)
        except Refusal:
            raise
        except Exception:
            _finish(scope, out, last)
            raise
        _finish(scope, out, last)

    return run


def _finish(scope: Scope, out: Out, last: Statement) -> None:
    before = scope.runtime.in_try
    last(scope, out)
    scope.runtime.in_try = before


def _catch(scope: Scope, out: Out, error: ScriptError, handler: Statement) -> None:
    scope.runtime.errors.insert(0, error.record)
    error.leaving = None
    before = scope.variables.get("_", MISSING)
    caught = scope.variables.get("\0caught", MISSING)
    scope.variables["_"] = error.record
    scope.variables["\0caught"] = error.record
    try:
        handler(scope, out)
    finally:
        restore(scope, before)
        if caught is MISSING:
            scope.variables.pop("\0caught", None)
        else:
            scope.variables["\0caught"] = caught


@lowers_statement("flow_control_statement")
def _flow(compiler: Compiler, node: Node) -> Statement:
    word = text_of(node.children[0]).lower()
    rest = node.named_children[0] if node.named_children else None
    if word in ("break", "continue"):
        if rest is not None:
            raise compiler.refusal(node, "label")
        signal = BreakSignal if word == "break" else ContinueSignal

        def leave(_scope: Scope, _out: Out) -> None:
            raise signal

        return leave
    if word == "return":
        inner = compiler.statement(rest) if rest is not None else None

        def give(scope: Scope, out: Out) -> None:
            if inner is not None:
                inner(scope, out)
            raise ReturnSignal

        return give
    if word == "exit":
        return _exit(compiler, node, rest)
    if word == "throw":
        value = compiler.value(rest) if rest is not None else None

        def throw(scope: Scope, _out: Out) -> None:
            raise thrown(scope.get("\0caught") if value is None else plain(value(scope)))

        return throw
    raise compiler.refusal(node)


def _exit(compiler: Compiler, node: Node, rest: Node | None) -> Statement:
    code = compiler.value(rest) if rest is not None else None

    def end(scope: Scope, _out: Out) -> None:
        if code is not None and plain(code(scope)) not in (None, 0):
            # the client's host would be told of it by a call that is not modelled
            raise compiler.refusal(node, "exit with a code other than 0")
        raise ExitSignal

    return end


def thrown(value: object) -> ScriptError:
    """Make the error of ``throw``."""
    if isinstance(value, ErrorRecord):
        return ScriptError(value, thrown=True)
    if isinstance(value, NetException):
        record = ErrorRecord(value, value.message, "OperationStopped")
        return ScriptError(record, thrown=True)
    text = "ScriptHalted" if value is None else to_text(value)
    exception = NetException("System.Management.Automation.RuntimeException", text)
    record = ErrorRecord(exception, text, "OperationStopped", value)
    return ScriptError(record, thrown=True)
