"""Literals, strings, variables and types."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from orchestrator.lab.powershell.compiler import (
    RAW,
    Compiler,
    Expression,
    lowers,
    plain,
)
from orchestrator.lab.powershell.convert import resolve_type
from orchestrator.lab.powershell.grammar import line_of, text_of
from orchestrator.lab.powershell.objects import Hashtable, Int64, TypeRef
from orchestrator.lab.powershell.parsing import UNITS
from orchestrator.lab.powershell.pscmdlet import current
from orchestrator.lab.powershell.runtime import MISSING, NOTHING, Scope, undefined
from orchestrator.lab.powershell.signals import runtime_error
from orchestrator.lab.powershell.text import to_text
from orchestrator.lab.powershell.values import CaseDict, PSObject, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable

    from tree_sitter import Node

_SHORT_HEX = len("0x80000000")
_CONSTANTS = {"true": True, "false": False, "null": None}
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", "0": "\0", "a": "\a", "b": "\b", "f": "\f", "v": "\v"}
_NUMBER = re.compile(r"(0x[0-9a-f]+|\d*\.?\d+(?:e[+-]?\d+)?)([ld]?)([kmgtp]b)?", re.IGNORECASE)
_AUTOMATIC = frozenset(
    ("foreach", "switch", "stacktrace", "sender", "profile", "nestedpromptlevel")
)


def constant(value: object) -> Expression:
    """Return an expression that always has the same value."""

    def run(_scope: Scope) -> object:
        return value

    run.__dict__["fixed"] = (value,)
    return run


def fixed(value: Expression) -> tuple[object, ...]:
    """Return the value of a constant in a tuple, nothing for any other expression."""
    found: tuple[object, ...] = getattr(value, "fixed", ())
    return found


def number(text: str) -> int | float | None:
    """Read a number literal; None when it is none."""
    match = _NUMBER.fullmatch(text)
    if match is None:
        return None
    digits, suffix, unit = match[1], match[2].lower(), (match[3] or "").lower()
    value: int | float
    if digits.lower().startswith("0x"):
        value = int(digits, 16)
        # Microsoft, about_Numeric_Literals: eight hexadecimal digits are an Int32's bits
        width = 32 if len(digits) <= _SHORT_HEX else 64
        if not suffix and value >= 2 ** (width - 1):
            value -= 2**width
    else:
        value = int(digits) if digits.isdigit() else float(digits)
    value *= UNITS[unit] if unit else 1
    return Int64(value) if suffix == "l" else float(value) if suffix == "d" else value


@lowers("integer_literal", "real_literal", "decimal_integer_literal", "hexadecimal_integer_literal")
def _number(compiler: Compiler, node: Node) -> Expression:
    value = number(text_of(node))
    if value is None:
        raise compiler.refusal(node)
    return constant(value)


@lowers("unary_expression", "string_literal")
def _inner(compiler: Compiler, node: Node) -> Expression:
    return compiler.expression(node.named_children[0])


@lowers("verbatim_string_characters")
def _verbatim(_compiler: Compiler, node: Node) -> Expression:
    return constant(text_of(node)[1:-1].replace("''", "'"))


@lowers("verbatim_here_string_characters")
def _verbatim_here(_compiler: Compiler, node: Node) -> Expression:
    return constant(text_of(node).partition("\n")[2][:-3].removesuffix("\r"))


def unescape(text: str, *, quotes: bool = True) -> str:
    """Resolve backtick escapes, and doubled quotes."""
    if quotes:
        text = text.replace('""', '"')
    if "`" not in text:
        return text
    return re.sub(r"`(.|\n)", lambda found: _ESCAPES.get(found[1], found[1]), text)


def joined(parts: list[str | Expression]) -> Expression:
    """Return an expression that concatenates text and values."""
    pieces = [part for part in parts if part != ""]
    if not pieces:
        return constant("")
    if len(pieces) == 1 and isinstance(pieces[0], str):
        return constant(pieces[0])

    values = [_text_of(piece) for piece in pieces]
    return lambda scope: "".join([value(scope) for value in values])


def _text_of(piece: str | Expression) -> Callable[[Scope], str]:
    if isinstance(piece, str):
        fixed = piece
        return lambda _scope: fixed
    value = piece

    def run(scope: Scope) -> str:
        found = value(scope)
        if type(found) is str:
            return found
        return "" if found is NOTHING else to_text(found)

    return run


@lowers("expandable_string_literal", "expandable_here_string_literal")
def _expandable(compiler: Compiler, node: Node) -> Expression:
    here = node.type == "expandable_here_string_literal"
    start, end = node.start_byte + 1, node.end_byte - 1
    if here:
        start = compiler.program.source.index(b"\n", node.start_byte) + 1
        end = compiler.program.source.rindex(b"\n", 0, node.end_byte)
    parts: list[str | Expression] = []
    for child in node.named_children:
        parts.append(unescape(compiler.slice(start, child.start_byte), quotes=not here))
        parts.append(compiler.expression(child))
        start = child.end_byte
    if end > start:
        parts.append(unescape(compiler.slice(start, end), quotes=not here))
    return joined(parts)


@lowers("sub_expression")
def _sub_expression(compiler: Compiler, node: Node) -> Expression:
    inner = node.child_by_field_name("statements")
    return compiler.collect(compiler.body(inner))


@lowers("array_expression")
def _array_expression(compiler: Compiler, node: Node) -> Expression:
    inner = node.child_by_field_name("statements")
    body = compiler.body(inner)

    def run(scope: Scope) -> object:
        found: list[object] = []
        body(scope, found.append)
        return found

    return run


@lowers("hash_literal_expression")
def _hashtable(compiler: Compiler, node: Node) -> Expression:
    return hashtable(compiler, node, ordered=False)


def hashtable(compiler: Compiler, node: Node, *, ordered: bool) -> Expression:
    """Compile a hashtable literal."""
    entries = []
    for body in node.named_children:
        for entry in body.named_children:
            if entry.type != "hash_entry":
                continue
            key = entry.named_children[0].named_children[0]
            name = constant(text_of(key)) if key.type == "simple_name" else compiler.expression(key)
            entries.append((name, compiler.value(entry.named_children[1])))

    def run(scope: Scope) -> object:
        table = Hashtable(ordered=ordered)
        for key, value in entries:
            found = value(scope)
            table[key(scope)] = None if found is NOTHING else found
        return table

    return run


@lowers("type_literal")
def _type(_compiler: Compiler, node: Node) -> Expression:
    return constant(type_of(node))


def type_of(node: Node) -> TypeRef:
    """Read a type literal."""
    return resolve_type(re.sub(r"\s", "", text_of(node))[1:-1], line_of(node))


def variable_name(node: Node) -> str:
    """Return a variable's name without its sigil and braces."""
    text = text_of(node)[1:]
    return text[1:-1] if text.startswith("{") else text


def _environment(name: str) -> Expression:
    return lambda scope: scope.runtime.machine.environment.get(name)


def _invocation(scope: Scope) -> object:
    command = to_text(scope.get("\0command"))
    info = PSObject("System.Management.Automation.FunctionInfo", CaseDict({"Name": command}))
    fields: CaseDict[object] = CaseDict({"MyCommand": info, "InvocationName": command})
    return PSObject("System.Management.Automation.InvocationInfo", fields)


_SPECIAL: dict[str, Expression] = {
    "?": lambda scope: scope.runtime.success,
    "error": lambda scope: scope.runtime.errors,
    "myinvocation": _invocation,
    "pscmdlet": current,
}


def raw_variable(compiler: Compiler, node: Node) -> Expression:
    """Compile a variable so that NOTHING stays NOTHING."""
    name = variable_name(node.children[0] if node.type == "unary_expression" else node)
    lower = name.lower()
    if lower in _CONSTANTS:
        return constant(_CONSTANTS[lower])
    prefix, colon, rest = lower.partition(":")
    if colon:
        return _scoped(compiler, node, prefix, rest)
    if lower in _SPECIAL:
        return _SPECIAL[lower]
    if lower in _AUTOMATIC:
        raise compiler.refusal(node)
    if lower == "psitem":
        lower = "_"

    def run(scope: Scope) -> object:
        current: Scope | None = scope
        while current is not None:
            variables = current.variables
            if lower in variables:
                return variables[lower]
            current = current.parent
        if scope.strict:
            raise undefined(name)
        return None

    return run


def _scoped(compiler: Compiler, node: Node, prefix: str, rest: str) -> Expression:
    if prefix == "env":
        return _environment(rest)
    if prefix not in ("global", "script", "local"):
        raise compiler.refusal(node)

    def run(scope: Scope) -> object:
        where = scope_of(scope, prefix)
        found = where.variables.get(rest, MISSING)
        if found is MISSING:
            if scope.strict:
                raise undefined(rest)
            return None
        return found

    return run


def scope_of(scope: Scope, prefix: str) -> Scope:
    """Return the scope a prefix names."""
    return {"global": scope.root, "script": scope.script}.get(prefix, scope)


RAW["variable"] = raw_variable


@lowers("variable", "braced_variable")
def _variable(compiler: Compiler, node: Node) -> Expression:
    if text_of(node).startswith("@"):
        raise compiler.refusal(node, "splatting outside of a command")
    raw = raw_variable(compiler, node)
    lower = _simple_name(node)

    def run(scope: Scope) -> object:
        # most variables are the function's own; the others go the long way
        value = scope.variables.get(lower, NOTHING)
        if value is NOTHING:
            value = raw(scope)
            return None if value is NOTHING else value
        return value

    return run if lower else lambda scope: plain(raw(scope))


def _simple_name(node: Node) -> str:
    """Return the lower-case name of a variable that is neither automatic nor of a named scope."""
    lower = variable_name(node).lower()
    special = lower in _CONSTANTS or lower in _SPECIAL or lower == "psitem" or ":" in lower
    return "" if special else lower


@lowers("array_literal_expression")
def _array_literal(compiler: Compiler, node: Node) -> Expression:
    items = [compiler.expression(child) for child in node.named_children]
    values = [value for item in items for value in fixed(item)]
    if len(values) == len(items):
        return lambda _scope: list(values)
    return lambda scope: [plain(item(scope)) for item in items]


@lowers("parenthesized_expression")
def _parenthesized(compiler: Compiler, node: Node) -> Expression:
    value = compiler.value(node.named_children[0])

    def run(scope: Scope) -> object:
        found = value(scope)
        return None if found is NOTHING else found

    return run


def assign_environment(scope: Scope, name: str, value: object) -> None:
    """Set an environment variable of the process."""
    scope.runtime.machine.environment[name] = to_text(value)


def flatten(value: object) -> list[object]:
    """Return the objects a value gives in a pipeline."""
    if isinstance(value, (list, tuple, bytes)):
        return list(value)
    return [] if value is NOTHING else [value]


def constant_error(name: str) -> Exception:
    """Make the error of an assignment to a constant."""
    if name in _CONSTANTS:
        return runtime_error(
            "VariableNotWritable",
            f"Cannot overwrite variable {name} because it is read-only or constant.",
            category="WriteError",
        )
    return Refusal(f"assignment to ${name}")
