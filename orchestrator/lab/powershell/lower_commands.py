"""Pipelines and commands."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from orchestrator.lab.powershell.binding import Shape, Token, splatted
from orchestrator.lab.powershell.compiler import (
    RAW,
    Compiler,
    Expression,
    Statement,
    lowers,
    lowers_statement,
    plain,
    write_value,
)
from orchestrator.lab.powershell.grammar import text_of
from orchestrator.lab.powershell.lower_expressions import arguments_of, call, member_name, splat
from orchestrator.lab.powershell.lower_values import (
    constant,
    fixed,
    flatten,
    joined,
    number,
    unescape,
)
from orchestrator.lab.powershell.pipeline import Invocation, run_alone, run_pipeline
from orchestrator.lab.powershell.runtime import (
    MISSING,
    NOTHING,
    Out,
    Scope,
    redirected_errors,
)

if TYPE_CHECKING:
    from tree_sitter import Node

Tokens = Callable[[Scope], list[Token]]
Argument = tuple[str | None, Expression | None]
_STEPS = (
    "post_increment_expression",
    "post_decrement_expression",
    "pre_increment_expression",
    "pre_decrement_expression",
)


def _drop(_value: object) -> None:
    """Take a value and forget it."""


@lowers("generic_token")
def _token(_compiler: Compiler, node: Node) -> Expression:
    text = text_of(node)
    value = number(text)
    return constant(unescape(text, quotes=False) if value is None else value)


@lowers("bareword_argument_list")
def _barewords(compiler: Compiler, node: Node) -> Expression:
    items = [compiler.expression(child) for child in node.named_children]
    return lambda scope: [plain(item(scope)) for item in items]


@lowers("concatenated_command_argument", "expandable_bareword")
def _concatenated(compiler: Compiler, node: Node) -> Expression:
    parts: list[str | Expression] = []
    start = node.start_byte
    for child in node.named_children:
        parts.append(compiler.slice(start, child.start_byte))
        if child.type == "generic_token":
            parts.append(unescape(text_of(child), quotes=False))
        else:
            parts.append(compiler.expression(child))
        start = child.end_byte
    return joined(parts)


def _redirection(compiler: Compiler, node: Node) -> tuple[str, bool]:
    """Read a redirection.

    Returns:
        The stream, and whether it is merged into the output rather than dropped.
    """
    operator = node.named_children[0]
    text = text_of(operator)
    if operator.type == "merging_redirection_operator":
        if text not in ("2>&1", "*>&1"):
            raise compiler.refusal(node)
        return "2", True
    name = text_of(node.named_children[-1]).strip().lower()
    if name != "$null" or ">>" in text:
        raise compiler.refusal(node, "redirection to a file")
    return text.rstrip(">") or "1", False


class CommandParts:
    """The compiled pieces of one command."""

    def __init__(self, compiler: Compiler, node: Node) -> None:
        self.arguments: list[Argument | Tokens] = []
        self.drop_output = False
        self.error_mode = ""
        self.dot = False
        self.target: Expression = constant("")
        self.others: set[str] = set()
        self.compiler = compiler
        for child in node.named_children:
            if child.type == "command_invocation_operator":
                self.dot = text_of(child) == "."
            elif child.type == "command_name":
                self.target = constant(text_of(child))
            elif child.type == "command_name_expr":
                self.target = self._expression(child.named_children[0])
            elif child.type == "command_elements":
                self._elements(child)
            elif child.type == "redirection":
                self._redirect(child)
            elif child.type != "comment":
                raise compiler.refusal(child)

    def _expression(self, node: Node) -> Expression:
        if node.type == "path_command_name":
            inner = node.named_children
            if len(inner) == 1 and inner[0].type == "variable":
                return self.compiler.expression(inner[0])
            return constant(text_of(node))
        return self.compiler.expression(node)

    def _redirect(self, node: Node) -> None:
        stream, merged = _redirection(self.compiler, node)
        if merged:
            self.error_mode = "merge"
        elif stream == "1":
            self.drop_output = True
        elif stream == "2":
            self.error_mode = "drop"
        elif stream == "*":
            self.drop_output, self.error_mode = True, "drop"
        else:
            raise self.compiler.refusal(node)

    def _elements(self, node: Node) -> None:
        children = node.children
        index = 0
        while index < len(children):
            child = children[index]
            index += 1
            if child.type in ("command_argument_sep", "comment"):
                continue
            if child.type == "redirection":
                self._redirect(child)
            elif child.type == "command_parameter":
                name = text_of(child)[1:]
                attached = -1
                if index < len(children) and text_of(children[index]).strip() == ":":
                    attached = index + 1
                elif name.endswith(":"):
                    attached = index
                if attached >= 0:
                    while children[attached].type == "command_argument_sep":
                        attached += 1
                    value = self.compiler.expression(children[attached])
                    index = attached + 1
                    self.arguments.append((name.rstrip(":"), value))
                else:
                    self.arguments.append((name, None))
            else:
                following = children[index] if index < len(children) else None
                if following is not None and following.type == "argument_list":
                    self.arguments.append((None, self._method(child, following)))
                    index += 1
                else:
                    self.arguments.append(self._argument(child))

    def _method(self, node: Node, arguments: Node) -> Expression:
        """Repair ``$x.Method()`` as an argument, which the grammar reads as two."""
        while node.type == "unary_expression":
            node = node.named_children[0]
        if node.type != "member_access":
            raise self.compiler.refusal(arguments)
        owner, mark, name = node.children
        return call(
            self.compiler.expression(owner),
            text_of(mark),
            member_name(self.compiler, name),
            arguments_of(self.compiler, arguments),
        )

    def _argument(self, node: Node) -> Argument | Tokens:
        inner = node
        while inner.type == "unary_expression" and inner.child_count == 1:
            inner = inner.children[0]
        if inner.type == "variable" and text_of(inner).startswith("@"):
            value = splat(self.compiler, inner)
            return lambda scope: splatted(value(scope))
        if node.type == "type_literal" or inner.type == "type_literal":
            return None, constant(text_of(inner))
        return None, self.compiler.expression(node)

    def invocation(self) -> Callable[[Scope], Invocation]:
        """Return what evaluates the arguments."""
        target, dot = self.target, self.dot
        given = [item for item in self.arguments if isinstance(item, tuple)]
        if len(given) < len(self.arguments):
            makers = [_tokens(item) for item in self.arguments]

            def evaluate(scope: Scope) -> Invocation:
                tokens: list[Token] = []
                for make in makers:
                    tokens += make(scope)
                return Invocation(plain(target(scope)), tokens, dot)

            return evaluate
        shape = Shape([(name, value is not None) for name, value in given])
        values = [value for _, value in given if value is not None]
        known = [next(iter(fixed(value)), None) for value in values]
        asked = [(at, value) for at, value in enumerate(values) if not fixed(value)]
        named = next(iter(fixed(target)), None)

        def evaluate_values(scope: Scope) -> Invocation:
            found = known.copy()
            for at, value in asked:
                item = value(scope)
                found[at] = None if item is NOTHING else item
            command = plain(target(scope)) if named is None else named
            return Invocation(command, found, dot, shape)

        return evaluate_values


def _tokens(argument: Argument | Tokens) -> Tokens:
    if not isinstance(argument, tuple):
        return argument
    name, value = argument
    if value is None:
        token = Token(name, MISSING)
        return lambda _scope: [token]
    return lambda scope: [Token(name, plain(value(scope)))]


def _silent(node: Node) -> bool:
    """Tell whether an expression as a statement writes nothing: ``$i++``."""
    while node.type in ("unary_expression", "expression_with_unary_operator"):
        if node.child_count != 1:
            return False
        node = node.children[0]
    return node.type in _STEPS


@lowers_statement("pipeline")
def _pipeline(compiler: Compiler, node: Node) -> Statement:
    if node.child_count != 1:
        raise compiler.refusal(node)
    inner = node.children[0]
    if inner.type == "assignment_expression":
        assign = compiler.expression(inner)

        def run_assignment(scope: Scope, _out: Out) -> None:
            assign(scope)

        return run_assignment
    return compiler.statement(inner)


@lowers_statement("pipeline_chain", "assignment_value")
def _chain(compiler: Compiler, node: Node) -> Statement:
    if node.type == "assignment_value":
        return compiler.statement(node.named_children[0])
    elements = [child for child in node.children if child.is_named and child.type != "comment"]
    if any(text_of(child) in ("&&", "||", "&") for child in node.children if not child.is_named):
        raise compiler.refusal(node, "pipeline chain operator")
    head: Expression | None = None
    if elements[0].type != "command":
        first = elements.pop(0)
        head = _head(compiler, first)
        if not elements:
            return _expression_statement(head, silent=_silent(first))
    if any(child.type != "command" for child in elements):
        raise compiler.refusal(node, "an expression that is not first in a pipeline")
    parts = [CommandParts(compiler, child) for child in elements]
    return _commands(head, parts)


def _head(compiler: Compiler, node: Node) -> Expression:
    inner = node
    while inner.type == "unary_expression" and inner.child_count == 1:
        inner = inner.children[0]
    if inner.type == "variable":
        return RAW["variable"](compiler, inner)
    if node.type != "redirection":
        return compiler.expression(node)
    raise compiler.refusal(node)


def _expression_statement(value: Expression, *, silent: bool) -> Statement:
    def run(scope: Scope, out: Out) -> None:
        found = value(scope)
        if not silent:
            write_value(out, found)

    return run


def _commands(head: Expression | None, parts: list[CommandParts]) -> Statement:
    last = parts[-1]
    special = last.drop_output or any(part.error_mode for part in parts)
    evaluate = [part.invocation() for part in parts]
    if not special and head is None and len(evaluate) == 1:
        sole = evaluate[0]

        def run_sole(scope: Scope, out: Out) -> None:
            scope.runtime.success = True
            run_alone(scope, sole(scope), out)

        return run_sole

    def run(scope: Scope, out: Out) -> None:
        runtime = scope.runtime
        runtime.success = True
        source = flatten(head(scope)) if head is not None else None
        commands = [make(scope) for make in evaluate]
        if not special:
            run_pipeline(scope, source, commands, out)
            return
        target = _drop if last.drop_output else out
        mode = next((part.error_mode for part in parts if part.error_mode), "")
        sink = {"merge": target, "drop": _drop}.get(mode)
        with redirected_errors(runtime, sink):
            run_pipeline(scope, source, commands, target)

    return run
