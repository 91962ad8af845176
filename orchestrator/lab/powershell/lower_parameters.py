"""``param`` blocks, attributes and the bodies they belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.lab.powershell.compiler import (
    PROGRAM,
    Compiler,
    Expression,
    Statement,
    lowers,
)
from orchestrator.lab.powershell.convert import to_number
from orchestrator.lab.powershell.functions import FunctionBody
from orchestrator.lab.powershell.grammar import line_of, text_of
from orchestrator.lab.powershell.lower_values import type_of, variable_name
from orchestrator.lab.powershell.matching import regex
from orchestrator.lab.powershell.objects import ScriptBlock
from orchestrator.lab.powershell.runtime import Runtime, Scope
from orchestrator.lab.powershell.signature import ParameterDeclaration, Validator
from orchestrator.lab.powershell.text import to_bool, to_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from tree_sitter import Node

    from orchestrator.lab.powershell.runtime import Out

_IGNORED = frozenset(("lab", "outputtype", "suppressmessage", "diagnostics.codeanalysis"))


class _NoMachine:
    """Stands in while attribute arguments, which are constants, are read."""


def _constant_value(compiler: Compiler, node: Node) -> object:
    return compiler.expression(node)(Scope(Runtime(_NoMachine())))


def _attribute(compiler: Compiler, node: Node) -> tuple[str, list[object], dict[str, object]]:
    """Read ``[Name(positional, named = value)]``."""
    positional: list[object] = []
    named: dict[str, object] = {}
    name = ""
    for child in node.named_children:
        if child.type == "attribute_name":
            name = text_of(child).lower().removesuffix("attribute")
        elif child.type == "attribute_arguments":
            for argument in child.named_children:
                if argument.type != "attribute_argument":
                    continue
                parts = argument.named_children
                if parts[0].type == "simple_name":
                    key = text_of(parts[0]).lower()
                    named[key] = _constant_value(compiler, parts[1]) if len(parts) > 1 else True
                    continue
                value = _constant_value(compiler, parts[0])
                positional += value if isinstance(value, list) else [value]
    return name, positional, named


def _one_of(allowed: list[object], *, ignore_case: bool) -> Validator:
    texts = [to_text(item) for item in allowed]
    known = {text.lower() if ignore_case else text for text in texts}

    def check(value: object) -> str:
        text = to_text(value)
        if (text.lower() if ignore_case else text) in known:
            return ""
        return (
            f'The argument "{text}" does not belong to the set "{",".join(texts)}" specified by '
            "the ValidateSet attribute. Supply an argument that is in the set and then try the "
            "command again."
        )

    return check


def _pattern(pattern: str) -> Validator:
    found = regex(pattern, case=False)

    def check(value: object) -> str:
        if found.search(to_text(value)):
            return ""
        return (
            f'The argument "{to_text(value)}" does not match the "{pattern}" pattern. Supply an '
            f'argument that matches "{pattern}" and try the command again.'
        )

    return check


def _range(low: object, high: object) -> Validator:
    first, last = to_number(low), to_number(high)

    def check(value: object) -> str:
        number = to_number(value)
        if number < first:
            return (
                f"The {to_text(value)} argument is less than the minimum allowed range of "
                f"{to_text(low)}. Supply an argument that is greater than or equal to "
                f"{to_text(low)} and then try the command again."
            )
        if number > last:
            return (
                f"The {to_text(value)} argument is greater than the maximum allowed range of "
                f"{to_text(high)}. Supply an argument that is less than or equal to "
                f"{to_text(high)} and then try the command again."
            )
        return ""

    return check


def _length(low: object, high: object) -> Validator:
    first, last = to_number(low), to_number(high)

    def check(value: object) -> str:
        size = len(to_text(value))
        if first <= size <= last:
            return ""
        return (
            f"The character length of the {size} argument is not between {to_text(low)} and "
            f"{to_text(high)}. Supply an argument with a length in that range and then try the "
            "command again."
        )

    return check


def _not_empty(value: object) -> str:
    if value is None or value == "":
        return (
            "The argument is null or empty. Provide an argument that is not null or empty, and "
            "then try the command again."
        )
    return ""


def _not_null(value: object) -> str:
    if value is None:
        return (
            "The argument is null. Provide a valid value for the argument, and then try running "
            "the command again."
        )
    return ""


def _apply_parameter(
    compiler: Compiler, node: Node, declaration: ParameterDeclaration, named: dict[str, object]
) -> None:
    declaration.mandatory |= to_bool(named.get("mandatory"))
    declaration.by_value |= to_bool(named.get("valuefrompipeline"))
    declaration.by_name |= to_bool(named.get("valuefrompipelinebypropertyname"))
    declaration.rest |= to_bool(named.get("valuefromremainingarguments"))
    if "position" in named:
        declaration.position = round(to_number(named["position"]))
    if "parametersetname" in named:
        raise compiler.refusal(node, "parameter sets")


def _apply(compiler: Compiler, node: Node, declaration: ParameterDeclaration) -> bool:
    """Apply one attribute to a parameter; tell whether it makes the function advanced."""
    name, positional, named = _attribute(compiler, node)
    if name == "parameter":
        _apply_parameter(compiler, node, declaration, named)
        return True
    if name.startswith("allow"):
        declaration.allows.add(name.removeprefix("allow"))
    elif name == "alias":
        declaration.aliases += tuple(to_text(item) for item in positional)
    elif name == "validatescript":
        declaration.validators.append(_script(node, positional))
    elif name in _VALIDATORS:
        declaration.validators.append(_VALIDATORS[name](positional, named))
    elif name not in _IGNORED:
        raise compiler.refusal(node, "attribute")
    return False


_VALIDATORS: dict[str, Callable[[list[object], dict[str, object]], Validator]] = {
    "validateset": lambda given, named: _one_of(
        given, ignore_case=to_bool(named.get("ignorecase", True))
    ),
    "validatepattern": lambda given, _: _pattern(to_text(given[0])),
    "validaterange": lambda given, _: _range(given[0], given[1]),
    "validatelength": lambda given, _: _length(given[0], given[1]),
    "validatenotnullorempty": lambda _given, _named: _not_empty,
    "validatenotnull": lambda _given, _named: _not_null,
}


def _script(node: Node, positional: list[object]) -> Validator:
    block = positional[0]

    def check(value: object) -> str:
        found: list[object] = []
        if isinstance(block, ScriptBlock):
            where = Scope(Runtime(_NoMachine()))
            block.body.run(where, [], found.append, dollar=value)
        if found and to_bool(found[-1]):
            return ""
        return (
            f'The "{text_of(node)}" validation script for the argument with value '
            f'"{to_text(value)}" did not return a result of True. Determine why the validation '
            "script failed, and then try the command again."
        )

    return check


def parameters(compiler: Compiler, node: Node | None) -> tuple[list[ParameterDeclaration], bool]:
    """Compile a list of parameters.

    Returns:
        The parameters, and whether one of them makes the function advanced.
    """
    found: list[ParameterDeclaration] = []
    advanced = False
    for item in node.named_children if node is not None else ():
        if item.type != "script_parameter":
            continue
        declaration = ParameterDeclaration("")
        for child in item.named_children:
            if child.type == "variable":
                declaration.name = variable_name(child)
            elif child.type == "script_parameter_default":
                declaration.default = compiler.expression(child.named_children[0])
            elif child.type == "attribute_list":
                for attribute in child.named_children:
                    inner = attribute.named_children[0]
                    if inner.type == "type_literal":
                        declaration.type = type_of(inner)
                    else:
                        advanced |= _apply(compiler, attribute, declaration)
        kind = declaration.type.name if declaration.type else ""
        declaration.is_switch = kind == "System.Management.Automation.SwitchParameter"
        found.append(declaration)
    return found, advanced


def _positions(declared: list[ParameterDeclaration], *, implicit: bool) -> None:
    """Number the parameters as they stand, unless one of them has a position."""
    if not implicit or any(item.position is not None for item in declared):
        return
    at = 0
    for item in declared:
        if not item.is_switch and not item.rest:
            item.position = at
            at += 1


def function_body(
    compiler: Compiler, node: Node, extra: Node | None = None, *, by_process: bool = False
) -> FunctionBody:
    """Compile the inside of a function, a script block or a script.

    Args:
        compiler: the program's.
        node: a ``script_block``, ``script_block_expression`` or ``program``.
        extra: a parameter list in parentheses behind the name.
        by_process: the body is a ``process`` block, as in a filter.
    """
    made = FunctionBody(compiler.program, [], None, None, None, line=line_of(node))
    block, lists, named = _parts(node)
    attributes = (
        [child for child in block.named_children if child.type == "attribute_list"]
        if (block is not None)
        else []
    )
    for group in attributes:
        for attribute in group.named_children:
            name, _, options = _attribute(compiler, attribute)
            if name == "cmdletbinding":
                made.advanced = True
                made.changes = to_bool(options.get("supportsshouldprocess"))
                made.impact = to_text(options.get("confirmimpact") or "Medium")
                made.positional = to_bool(options.get("positionalbinding", True))
            elif name not in _IGNORED and "suppressmessage" not in name:
                raise compiler.refusal(attribute, "attribute")
    inner = extra
    if block is not None:
        inner = next((x for x in block.named_children if x.type == "parameter_list"), extra)
    made.parameters, advanced = parameters(compiler, inner)
    made.advanced |= advanced
    _positions(made.parameters, implicit=made.positional)
    _fill(compiler, made, lists, named)
    if by_process:
        made.process, made.end = made.end, None
    return made


def _fill(compiler: Compiler, made: FunctionBody, lists: list[Node], named: list[Node]) -> None:
    if named:
        for item in named:
            word = text_of(item.named_children[0]).lower()
            statement = compiler.body(item.named_children[1])
            if word == "begin":
                made.begin = statement
            elif word == "process":
                made.process = statement
            elif word == "end":
                made.end = statement
            else:
                raise compiler.refusal(item)
        return
    bodies = [compiler.body(item) for item in lists]
    made.end = bodies[0] if len(bodies) == 1 else _all(bodies)


def _all(bodies: list[Statement]) -> Statement:
    def run(scope: Scope, out: Out) -> None:
        for body in bodies:
            body(scope, out)

    return run


def _parts(node: Node) -> tuple[Node | None, list[Node], list[Node]]:
    """Find the param block, the statement lists and the named blocks below a node."""
    block: Node | None = None
    lists: list[Node] = []
    named: list[Node] = []
    stack = list(reversed(node.named_children))
    while stack:
        child = stack.pop()
        if child.type == "param_block":
            block = child
        elif child.type in ("script_block", "script_block_body", "named_block_list"):
            stack += list(reversed(child.named_children))
        elif child.type == "statement_list":
            lists.append(child)
        elif child.type == "named_block":
            named.append(child)
    return block, lists, named


@lowers("script_block_expression")
def _script_block(compiler: Compiler, node: Node) -> Expression:
    body = function_body(compiler, node)
    block = ScriptBlock(body, text_of(node)[1:-1])
    return lambda _scope: block


def _program(compiler: Compiler, node: Node) -> FunctionBody:
    return function_body(compiler, node)


PROGRAM["program"] = _program
