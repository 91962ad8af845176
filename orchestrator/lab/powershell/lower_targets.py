"""What can be assigned to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.lab.powershell.compiler import Compiler, Expression, plain
from orchestrator.lab.powershell.convert import cast
from orchestrator.lab.powershell.grammar import text_of
from orchestrator.lab.powershell.indexing import get_index, set_index
from orchestrator.lab.powershell.lower_expressions import member_name
from orchestrator.lab.powershell.lower_values import (
    assign_environment,
    constant_error,
    raw_variable,
    scope_of,
    type_of,
    variable_name,
)
from orchestrator.lab.powershell.members import get_member, set_member
from orchestrator.lab.powershell.objects import Hashtable
from orchestrator.lab.powershell.runtime import NOTHING
from orchestrator.lab.powershell.text import to_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from tree_sitter import Node

    from orchestrator.lab.powershell.objects import TypeRef
    from orchestrator.lab.powershell.runtime import Scope

_FIXED = frozenset(("true", "false", "null", "?", "error", "myinvocation", "pscmdlet", "args"))


@dataclass(frozen=True, slots=True)
class Target:
    """A place for a value."""

    load: Expression
    store: Callable[[Scope, object], None]


def target(compiler: Compiler, node: Node) -> Target:
    """Compile the left side of an assignment."""
    while node.type in (
        "left_assignment_expression",
        "unary_expression",
        "expression_with_unary_operator",
    ):
        node = node.named_children[0]
    if node.type == "variable":
        return _variable(compiler, node, None)
    if node.type == "cast_expression":
        kind, inner = node.named_children
        while inner.type in ("unary_expression", "expression_with_unary_operator"):
            inner = inner.named_children[0]
        if inner.type == "variable":
            return _variable(compiler, inner, type_of(kind))
    if node.type == "member_access" and text_of(node.children[1]) == ".":
        return _member(compiler, node)
    if node.type == "element_access":
        return _element(compiler, node)
    if node.type == "array_literal_expression":
        return _several([target(compiler, child) for child in node.named_children])
    raise compiler.refusal(node, "assignment to")


def _variable(compiler: Compiler, node: Node, kind: TypeRef | None) -> Target:
    name = variable_name(node).lower()
    load = raw_variable(compiler, node)
    prefix, colon, rest = name.partition(":")
    if name == "null":
        return Target(load, lambda _scope, _value: None)
    if name in _FIXED:
        raise constant_error(name)
    if colon and prefix == "env":
        return Target(load, lambda scope, value: assign_environment(scope, rest, value))

    if kind is None and not colon:
        return Target(load, _setter(name))

    def store(scope: Scope, value: object) -> None:
        where = scope_of(scope, prefix) if colon else scope
        key = rest if colon else name
        if kind is not None:
            where.casts = {**(where.casts or {}), key: kind}
        if where.casts is not None and key in where.casts:
            value = cast(plain(value), where.casts[key])
        where.variables[key] = value

    return Target(load, store)


def _setter(name: str) -> Callable[[Scope, object], None]:
    def store(scope: Scope, value: object) -> None:
        casts = scope.casts
        if casts is not None and name in casts:
            value = cast(plain(value), casts[name])
        scope.variables[name] = value

    return store


def _member(compiler: Compiler, node: Node) -> Target:
    owner = compiler.expression(node.children[0])
    name = member_name(compiler, node.children[2])

    def store(scope: Scope, value: object) -> None:
        set_member(plain(owner(scope)), to_text(name(scope)), plain(value))

    return Target(lambda scope: get_member(scope, plain(owner(scope)), to_text(name(scope))), store)


def _element(compiler: Compiler, node: Node) -> Target:
    owner = compiler.expression(node.children[0])
    index = compiler.expression(node.named_children[1])

    def store(scope: Scope, value: object) -> None:
        where = owner(scope)
        at = index(scope)
        value = None if value is NOTHING else value
        if type(where) is Hashtable and type(at) is str:
            where[at] = value
        else:
            set_index(plain(where), plain(at), value)

    return Target(lambda scope: get_index(scope, plain(owner(scope)), plain(index(scope))), store)


def _several(targets: list[Target]) -> Target:
    def store(scope: Scope, value: object) -> None:
        value = plain(value)
        items = list(value) if isinstance(value, list) else [value]
        for index, goal in enumerate(targets):
            if index == len(targets) - 1 and len(items) > len(targets):
                goal.store(scope, items[index:])
            else:
                goal.store(scope, items[index] if index < len(items) else None)

    return Target(lambda scope: [goal.load(scope) for goal in targets], store)
