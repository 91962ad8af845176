"""Statements: assignment, conditions, loops, ``try``, ``return``, functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from orchestrator.lab.powershell.compiler import (
    Compiler,
    Expression,
    Statement,
    lowers,
    lowers_statement,
    plain,
    write_value,
)
from orchestrator.lab.powershell.functions import Function
from orchestrator.lab.powershell.grammar import line_of, text_of
from orchestrator.lab.powershell.lower_expressions import truth
from orchestrator.lab.powershell.lower_parameters import function_body
from orchestrator.lab.powershell.lower_targets import Target, target
from orchestrator.lab.powershell.lower_try import restore
from orchestrator.lab.powershell.lower_values import constant, flatten
from orchestrator.lab.powershell.matching import like, match_groups, regex
from orchestrator.lab.powershell.objects import GenericList, ScriptBlock, TableView
from orchestrator.lab.powershell.operators import ARITHMETIC, add, equals
from orchestrator.lab.powershell.runtime import MISSING, Out, Scope
from orchestrator.lab.powershell.signals import (
    BreakSignal,
    ContinueSignal,
    runtime_error,
)
from orchestrator.lab.powershell.text import to_bool, to_text

if TYPE_CHECKING:
    from tree_sitter import Node


def _drop(_value: object) -> None:
    """Take a value and forget it."""


@lowers("assignment_expression")
def _assignment_value(compiler: Compiler, node: Node) -> Expression:
    where, mark, value_node = node.children
    goal = target(compiler, where)
    value = compiler.value(value_node)
    word = text_of(mark)
    if word == "=":

        def assign(scope: Scope) -> object:
            found = value(scope)
            goal.store(scope, found)
            return found

        return assign
    operate = ARITHMETIC[word[0]]

    def change(scope: Scope) -> object:
        found = operate(plain(goal.load(scope)), plain(value(scope)))
        goal.store(scope, found)
        return found

    return change


def step_expression(compiler: Compiler, node: Node, *, after: bool) -> Expression:
    """Compile ``++`` and ``--``."""
    goal: Target = target(compiler, next(x for x in node.children if x.is_named))
    step = 1 if "++" in text_of(node) else -1

    def run(scope: Scope) -> object:
        before = plain(goal.load(scope))
        value = add(0 if before is None else before, step)
        goal.store(scope, value)
        return before if after else value

    return run


@lowers("post_increment_expression", "post_decrement_expression")
def _post(compiler: Compiler, node: Node) -> Expression:
    return step_expression(compiler, node, after=True)


@lowers("pre_increment_expression", "pre_decrement_expression")
def _pre(compiler: Compiler, node: Node) -> Expression:
    return step_expression(compiler, node, after=False)


def condition(compiler: Compiler, node: Node) -> Callable[[Scope], bool]:
    """Compile the pipeline in the parentheses of a condition."""
    while node.type in ("while_condition", "for_condition"):
        node = node.named_children[0]
    value = compiler.value(node)
    return truth(value)


@lowers_statement("if_statement")
def _if(compiler: Compiler, node: Node) -> Statement:
    arms: list[tuple[Callable[[Scope], bool], Statement]] = []
    last: Statement | None = None
    test_node = node.child_by_field_name("condition")
    block = next(x for x in node.named_children if x.type == "statement_block")
    if test_node is None:
        raise compiler.refusal(node)
    line = line_of(node)
    arms.append((condition(compiler, test_node), compiler.branch(block, "if", line)))
    for child in node.named_children:
        if child.type == "elseif_clauses":
            for clause in child.named_children:
                test, inner = clause.named_children
                at = line_of(clause)
                arms.append((condition(compiler, test), compiler.branch(inner, "elseif", at)))
        elif child.type == "else_clause":
            last = compiler.branch(child.named_children[0], "else", line_of(child))
    if last is None:
        last = compiler.branch(None, "otherwise", line)

    def run(scope: Scope, out: Out) -> None:
        for test, body in arms:
            if test(scope):
                body(scope, out)
                return
        last(scope, out)

    return run


def loop_body(scope: Scope, out: Out, body: Statement) -> bool:
    """Run a loop's body once; False when it broke out."""
    try:
        body(scope, out)
    except BreakSignal:
        return False
    except ContinueSignal:
        return True
    return True


def _changed(found: object, count: int) -> bool:
    """Tell whether a collection was changed under its enumeration."""
    if isinstance(found, TableView):
        return found.changed()
    return isinstance(found, GenericList) and len(found) != count


@lowers_statement("foreach_statement")
def _foreach(compiler: Compiler, node: Node) -> Statement:
    variable, source, block = [x for x in node.named_children if x.type != "foreach_parameter"]
    goal = target(compiler, variable)
    values = compiler.value(source)
    body = compiler.branch(block, "foreach", line_of(node))

    def run(scope: Scope, out: Out) -> None:
        found = values(scope)
        items = flatten(found) if found is not None else []
        grows = isinstance(found, (TableView, GenericList))
        for index, item in enumerate(items):
            if grows and index and _changed(found, len(items)):
                raise runtime_error(
                    error_id="System.InvalidOperationException",
                    message="Collection was modified; enumeration operation may not execute.",
                    exception="System.InvalidOperationException",
                    category="OperationStopped",
                )
            goal.store(scope, item)
            if not loop_body(scope, out, body):
                break

    return run


@lowers_statement("while_statement")
def _while(compiler: Compiler, node: Node) -> Statement:
    test_node, block = node.named_children
    test = condition(compiler, test_node)
    body = compiler.branch(block, "while", line_of(node))

    def run(scope: Scope, out: Out) -> None:
        while test(scope) and loop_body(scope, out, body):
            pass

    return run


@lowers_statement("do_statement")
def _do(compiler: Compiler, node: Node) -> Statement:
    block, test_node = node.named_children
    test = condition(compiler, test_node)
    wanted = any(text_of(child).lower() == "while" for child in node.children if not child.is_named)
    body = compiler.body(block)

    def run(scope: Scope, out: Out) -> None:
        while loop_body(scope, out, body) and test(scope) == wanted:
            pass

    return run


@lowers_statement("for_statement")
def _for(compiler: Compiler, node: Node) -> Statement:
    start = node.child_by_field_name("for_initializer")
    test_node = node.child_by_field_name("for_condition")
    after = node.child_by_field_name("for_iterator")
    block = next(x for x in node.named_children if x.type == "statement_block")
    begin = compiler.value(start.named_children[0]) if start else constant(None)
    test = condition(compiler, test_node) if test_node else (lambda _scope: True)
    step = compiler.value(after.named_children[0]) if after else constant(None)
    body = compiler.branch(block, "for", line_of(node))

    def run(scope: Scope, out: Out) -> None:
        begin(scope)
        while test(scope) and loop_body(scope, out, body):
            step(scope)

    return run


Test = Callable[[Scope, object], bool]


def _clause_test(compiler: Compiler, node: Node, options: set[str]) -> Test | None:
    """Compile a clause's condition; None for ``default``."""
    if not node.named_children:
        if text_of(node).lower() == "default":
            return None
        value = constant(text_of(node))
    else:
        value = compiler.expression(node.named_children[0])
    case = "-casesensitive" in options

    def test(scope: Scope, item: object) -> bool:
        wanted = plain(value(scope))
        if isinstance(wanted, ScriptBlock):
            found: list[object] = []
            wanted.body.run(scope, [], found.append, dollar=item)
            return to_bool(found)
        if "-wildcard" in options:
            return like(item, wanted, case=case)
        if "-regex" in options:
            match = regex(to_text(wanted), case=case).search(to_text(item))
            if match:
                scope.variables["matches"] = match_groups(match)
            return match is not None
        return equals(item, wanted, case=case)

    return test


Clause = tuple[Test | None, Statement]


def _clauses(compiler: Compiler, node: Node, options: set[str]) -> list[Clause]:
    found: list[Clause] = []
    for clause in (item for group in node.named_children for item in group.named_children):
        if clause.type == "switch_clause":
            test = _clause_test(compiler, clause.named_children[0], options)
            body = compiler.branch(clause.named_children[-1], "switch", line_of(clause))
            found.append((test, body))
    return found


def _choose(clauses: list[Clause], scope: Scope, out: Out, item: object) -> None:
    """Run every clause that fits, the default one when none does."""
    scope.variables["_"] = item
    hit = False
    for test, body in clauses:
        if test is not None and test(scope, item):
            hit = True
            body(scope, out)
    for test, body in clauses:
        if test is None and not hit:
            body(scope, out)


@lowers_statement("switch_statement")
def _switch(compiler: Compiler, node: Node) -> Statement:
    parts = {child.type: child for child in node.named_children}
    options: set[str] = set()
    if "switch_parameters" in parts:
        options = {text_of(item).lower() for item in parts["switch_parameters"].named_children}
    if options - {"-wildcard", "-regex", "-exact", "-casesensitive"}:
        raise compiler.refusal(node, "switch option")
    source = compiler.value(parts["switch_condition"].named_children[0])
    clauses = _clauses(compiler, parts["switch_body"], options)

    def run(scope: Scope, out: Out) -> None:
        before = scope.variables.get("_", MISSING)
        try:
            for item in flatten(source(scope)):
                try:
                    _choose(clauses, scope, out, item)
                except ContinueSignal:
                    continue
        except BreakSignal:
            return
        finally:
            restore(scope, before)

    return run


@lowers_statement("function_statement")
def _function(compiler: Compiler, node: Node) -> Statement:
    name = ""
    extra: Node | None = None
    inner: Node | None = None
    for child in node.named_children:
        if child.type == "function_name":
            name = text_of(child)
        elif child.type == "function_parameter_declaration":
            extra = child.named_children[0] if child.named_children else None
        elif child.type == "script_block":
            inner = child
    word = text_of(node.children[0]).lower()
    if ":" in name or word not in ("function", "filter"):
        raise compiler.refusal(node)
    body = function_body(compiler, inner or node, extra, by_process=word == "filter")
    function = Function(name, body, text_of(node))

    def define(scope: Scope, _out: Out) -> None:
        scope.runtime.functions[name] = function

    return define


@lowers_statement("empty_statement", "comment")
def _nothing(_compiler: Compiler, _node: Node) -> Statement:
    return lambda _scope, _out: None


def write_statement(value: Expression) -> Statement:
    """Return a statement that writes an expression's value."""

    def run(scope: Scope, out: Out) -> None:
        write_value(out, value(scope))

    return run
