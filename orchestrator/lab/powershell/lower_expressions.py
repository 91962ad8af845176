"""Operators, members, indexes and casts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.lab.powershell.compiler import Compiler, Expression, lowers, plain
from orchestrator.lab.powershell.convert import cast, custom_object, to_number
from orchestrator.lab.powershell.grammar import text_of
from orchestrator.lab.powershell.indexing import get_index
from orchestrator.lab.powershell.lower_values import (
    constant,
    fixed,
    flatten,
    hashtable,
    type_of,
    variable_name,
)
from orchestrator.lab.powershell.matching import (
    format_text,
    is_type,
    join,
    like,
    match_groups,
    regex,
    replace,
    split,
    split_blanks,
)
from orchestrator.lab.powershell.members import call_method, get_member
from orchestrator.lab.powershell.net_objects import culture_of
from orchestrator.lab.powershell.objects import Hashtable, TypeRef
from orchestrator.lab.powershell.operators import (
    ARITHMETIC,
    BITWISE,
    Binary,
    add,
    comparison,
    normal,
    span,
)
from orchestrator.lab.powershell.runtime import NOTHING, Scope
from orchestrator.lab.powershell.signals import ScriptError
from orchestrator.lab.powershell.statics import call_static, get_static
from orchestrator.lab.powershell.text import to_bool, to_text
from orchestrator.lab.powershell.values import ComputedDict, PSObject

if TYPE_CHECKING:
    from collections.abc import Callable

    from tree_sitter import Node

    from orchestrator.lab.powershell.lower_targets import Target


def binary(operate: Binary, left: Expression, right: Expression) -> Expression:
    """Return an expression of a plain operator."""
    known = fixed(right)
    if known:
        value = plain(known[0])

        def run_known(scope: Scope) -> object:
            first = left(scope)
            return operate(None if first is NOTHING else first, value)

        return run_known

    def run(scope: Scope) -> object:
        first = left(scope)
        second = right(scope)
        return operate(None if first is NOTHING else first, None if second is NOTHING else second)

    return run


@lowers("additive_expression", "multiplicative_expression")
def _arithmetic(compiler: Compiler, node: Node) -> Expression:
    left, mark, right = node.children
    operate = ARITHMETIC[text_of(mark)]
    return binary(operate, compiler.expression(left), compiler.expression(right))


@lowers("bitwise_expression")
def _bitwise(compiler: Compiler, node: Node) -> Expression:
    left, mark, right = node.children
    operate = BITWISE[text_of(mark).lower().lstrip("-")]
    return binary(operate, compiler.expression(left), compiler.expression(right))


@lowers("range_expression")
def _range(compiler: Compiler, node: Node) -> Expression:
    left, _, right = node.children
    return binary(span, compiler.expression(left), compiler.expression(right))


@lowers("format_expression")
def _format(compiler: Compiler, node: Node) -> Expression:
    left, right = compiler.expression(node.children[0]), compiler.expression(node.children[2])
    return lambda scope: format_text(plain(left(scope)), plain(right(scope)), culture_of(scope))


@lowers("logical_expression")
def _logical(compiler: Compiler, node: Node) -> Expression:
    first, mark, second = node.children
    left, right = compiler.expression(first), compiler.expression(second)
    word = text_of(mark).lower()
    first_holds, second_holds = truth(left), truth(right)
    if word == "-and":
        return lambda scope: first_holds(scope) and second_holds(scope)
    if word == "-or":
        return lambda scope: first_holds(scope) or second_holds(scope)
    return lambda scope: first_holds(scope) != second_holds(scope)


def truth(value: Expression) -> Callable[[Scope], bool]:
    """Return what tells whether an expression is true."""

    def test(scope: Scope) -> bool:
        found = value(scope)
        return found if found is True or found is False else to_bool(plain(found))

    return test


def _matching(*, case: bool, negated: bool) -> Callable[[Scope, object, object], object]:
    def run(scope: Scope, value: object, pattern: object) -> object:
        found = regex(to_text(pattern), case=case)
        if isinstance(value, list):
            return [item for item in value if (found.search(to_text(item)) is not None) != negated]
        match = found.search(to_text(value))
        if match:
            scope.variables["matches"] = match_groups(match)
        return (match is not None) != negated

    return run


def _wild(*, case: bool, negated: bool) -> Binary:
    def run(value: object, pattern: object) -> object:
        if isinstance(value, list):
            return [item for item in value if like(item, pattern, case=case) != negated]
        return like(value, pattern, case=case) != negated

    return run


def _as(value: object, target: object) -> object:
    if not isinstance(target, TypeRef):
        return None
    try:
        return cast(value, target)
    except ScriptError:
        return None


def text_operator(name: str, *, case: bool) -> Binary | None:
    """Return an operator on text; None when it is another kind."""
    table: dict[str, Binary] = {
        "like": _wild(case=case, negated=False),
        "notlike": _wild(case=case, negated=True),
        "replace": lambda left, right: replace(left, right, case=case),
        "split": lambda left, right: split(left, right, case=case),
        "join": join,
        "is": is_type,
        "isnot": lambda left, right: not is_type(left, right),
        "as": _as,
    }
    return table.get(name)


@lowers("comparison_expression")
def _comparison(compiler: Compiler, node: Node) -> Expression:
    first, mark, second = node.children
    name = text_of(mark).lower().lstrip("-")
    left, right = compiler.expression(first), compiler.expression(second)
    if name in BITWISE:
        return binary(BITWISE[name], left, right)
    case = False
    known = _binary_named(name, case=False)
    if known is None and name[0] in "ci" and name not in ("contains", "in", "is"):
        case, name = name[0] == "c", name[1:]
        known = _binary_named(name, case=case)
    if name in ("match", "notmatch"):
        test = _matching(case=case, negated=name == "notmatch")
        return lambda scope: test(scope, plain(left(scope)), plain(right(scope)))
    if known is None:
        raise compiler.refusal(mark, "operator")
    return binary(known, left, right)


def _binary_named(name: str, *, case: bool) -> Binary | None:
    return comparison(name, case=case) or text_operator(name, case=case)


@lowers("cast_expression")
def _cast(compiler: Compiler, node: Node) -> Expression:
    kind, operand = node.named_children
    name = text_of(kind).lower().replace(" ", "")
    literal = _hash_literal(operand)
    if name == "[ordered]":
        if literal is None:
            raise compiler.refusal(node, "[ordered] on something that is not a literal")
        return hashtable(compiler, literal, ordered=True)
    if name == "[ref]":
        return _reference(compiler, operand)
    target = type_of(kind)
    if name in ("[pscustomobject]", "[system.management.automation.pscustomobject]"):
        # the properties of a literal keep the order in which they are written
        inner = (
            hashtable(compiler, literal, ordered=True) if literal else compiler.expression(operand)
        )
        return lambda scope: custom_object(plain(inner(scope)))
    value = compiler.expression(operand)
    if target.name == "System.Void":

        def discard(scope: Scope) -> object:
            value(scope)
            return NOTHING

        return discard
    return lambda scope: cast(plain(value(scope)), target)


class _Referenced(ComputedDict[object]):
    """The one property of a ``[ref]``: it leads to the variable."""

    __slots__ = ("scope", "target")

    def __init__(self, scope: Scope, target: Target) -> None:
        super().__init__()
        self.scope = scope
        self.target = target

    def __getitem__(self, key: str) -> object:
        if key.lower() != "value":
            raise KeyError(key)
        return plain(self.target.load(self.scope))

    def __setitem__(self, key: str, value: object) -> None:
        self.target.store(self.scope, value)

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and key.lower() == "value"


def _reference(compiler: Compiler, operand: Node) -> Expression:
    from orchestrator.lab.powershell.lower_targets import target  # noqa: PLC0415 - a cycle

    goal = target(compiler, operand)
    return lambda scope: PSObject(
        "System.Management.Automation.PSReference",
        _Referenced(scope, goal),
        writable=frozenset(("Value",)),
    )


def _hash_literal(node: Node) -> Node | None:
    while node.type == "unary_expression" and node.child_count == 1:
        node = node.children[0]
    return node if node.type == "hash_literal_expression" else None


@lowers("expression_with_unary_operator")
def _unary(compiler: Compiler, node: Node) -> Expression:
    if node.child_count == 1:
        return compiler.expression(node.children[0])
    mark = text_of(node.children[0]).lower()
    value = compiler.expression(node.children[1])
    holds = truth(value)
    table: dict[str, Expression] = {
        "-not": lambda scope: not holds(scope),
        "!": lambda scope: not holds(scope),
        ",": lambda scope: [plain(value(scope))],
        "-": lambda scope: _negative(plain(value(scope))),
        "+": lambda scope: to_number(plain(value(scope))),
        "-bnot": lambda scope: normal(~round(to_number(plain(value(scope))))),
        "-join": lambda scope: join(plain(value(scope))),
        "-split": lambda scope: split_blanks(plain(value(scope))),
    }
    if mark not in table:
        raise compiler.refusal(node, "operator")
    return table[mark]


def _negative(value: object) -> object:
    return normal(-to_number(value), value)


def member_name(compiler: Compiler, node: Node) -> Expression:
    """Compile the name behind a dot."""
    inner = node.named_children[0]
    if inner.type == "simple_name":
        return constant(text_of(inner))
    value = compiler.expression(inner)
    return lambda scope: to_text(plain(value(scope)))


@lowers("member_access")
def _member(compiler: Compiler, node: Node) -> Expression:
    target, mark, name_node = node.children
    name = member_name(compiler, name_node)
    owner = compiler.expression(target)
    if text_of(mark) == "::":
        return lambda scope: get_static(scope, owner(scope), to_text(name(scope)))
    inner = name_node.named_children[0]
    if inner.type == "simple_name":
        return _named_member(owner, text_of(inner))
    return lambda scope: get_member(scope, plain(owner(scope)), to_text(name(scope)))


def _named_member(owner: Expression, name: str) -> Expression:
    def run(scope: Scope) -> object:
        value = owner(scope)
        return get_member(scope, None if value is NOTHING else value, name)

    return run


@lowers("element_access")
def _index(compiler: Compiler, node: Node) -> Expression:
    owner = compiler.expression(node.children[0])
    index = compiler.expression(node.named_children[1])

    def run(scope: Scope) -> object:
        value = owner(scope)
        at = index(scope)
        if type(value) is Hashtable and type(at) is str:
            return value.get(at)
        return get_index(scope, plain(value), plain(at))

    return run


def arguments_of(compiler: Compiler, node: Node) -> list[Expression]:
    """Compile the arguments of a method."""
    found = []
    for group in node.named_children:
        for item in group.named_children:
            if item.type != "argument_expression":
                raise compiler.refusal(item)
            found.append(compiler.expression(item.named_children[0]))
    return found


@lowers("invocation_expression")
def _invocation(compiler: Compiler, node: Node) -> Expression:
    target, mark, name_node, argument_node = node.children
    owner = compiler.expression(target)
    name = member_name(compiler, name_node)
    items = arguments_of(compiler, argument_node)
    return call(owner, text_of(mark), name, items)


def call(owner: Expression, mark: str, name: Expression, items: list[Expression]) -> Expression:
    """Return the expression of a method call."""
    if mark == "::":
        return lambda scope: call_static(
            scope, owner(scope), to_text(name(scope)), [plain(item(scope)) for item in items]
        )
    return lambda scope: call_method(
        scope, plain(owner(scope)), to_text(name(scope)), [plain(item(scope)) for item in items]
    )


def splat(compiler: Compiler, node: Node) -> Expression:
    """Compile ``@name`` in a command."""
    name = variable_name(node).lower()

    def run(scope: Scope) -> object:
        value = scope.get(name)
        return value if isinstance(value, Hashtable) else flatten(value)

    if not name:
        raise compiler.refusal(node)
    return run


def plus(value: object, step: int) -> object:
    """Return what ``++`` and ``--`` make of a value."""
    return add(0 if value is None else value, step)
