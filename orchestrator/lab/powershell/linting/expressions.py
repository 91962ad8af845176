"""Rules about expressions and statements."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from orchestrator.lab.powershell.grammar import text_of, walk
from orchestrator.lab.powershell.linting.source import LintIssue, Source, inside

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

_DRIVES = ("env", "script", "local", "global", "using", "function", "variable", "private")
_AUTOMATIC = frozenset(
    [
        "_",
        "args",
        "error",
        "event",
        "foreach",
        "home",
        "host",
        "input",
        "lastexitcode",
        "matches",
        "myinvocation",
        "nestedpromptlevel",
        "pid",
        "profile",
        "psboundparameters",
        "pscmdlet",
        "psitem",
        "psscriptroot",
        "psversiontable",
        "pwd",
        "sender",
        "switch",
        "this",
    ]
)
_BANNED_NODES = {
    "trap_statement": "trap: use try and catch",
    "class_statement": "no classes",
    "enum_statement": "no enumerations",
    "label": "no loop labels",
    "data_statement": "no data sections",
    "inlinescript_statement": "no workflows",
    "parallel_statement": "no workflows",
    "sequence_statement": "no workflows",
}
# what these give is one object with a Count or Length of its own
_FRESH = frozenset(("new-object", "get-item"))


def constructs_are_plain(source: Source) -> Iterator[LintIssue]:
    """Nothing that 5.1 lacks or that surprises."""
    for node in source.nodes:
        if node.type in _BANNED_NODES:
            yield source.issue(node, "banned-construct", _BANNED_NODES[node.type])
        elif node.type == "flow_control_statement":
            if text_of(node).lower().startswith("exit"):
                yield source.issue(node, "exit", "exit ends the host: throw or return")
        elif node.type == "redirection":
            text = text_of(node).replace(" ", "").lower()
            if not text.endswith(">$null"):
                yield source.issue(node, "redirection", f"no redirection {text}")
        elif not node.is_named and text_of(node) in ("&&", "||", "??", "?.", "??="):
            yield source.issue(node, "not-5.1", f"Windows PowerShell 5.1 has no {text_of(node)}")


def null_stands_left(source: Source) -> Iterator[LintIssue]:
    """An array on the left of -eq filters instead of comparing."""
    for node in source.of("comparison_expression"):
        operator = text_of(node.children[1]).lower()
        if operator.endswith(("eq", "ne")) and text_of(node.children[2]).lower() == "$null":
            yield source.issue(node, "null-left", "put $null on the left")


def variables_are_the_scripts_own(source: Source) -> Iterator[LintIssue]:
    """No global state, no assignment to automatic variables."""
    for node in source.of("variable"):
        name = text_of(node).lower().lstrip("$@").strip("{}")
        if name.startswith(("global:", "using:")):
            yield source.issue(node, "scope", f"no ${name}")
    for node in source.of("left_assignment_expression", "foreach_statement"):
        target = next((x for x in walk(node) if x.type == "variable"), None)
        if target is not None and target.parent is not None:
            name = text_of(target).lower().lstrip("$")
            plain = target.parent.type not in ("member_access", "element_access")
            if name in _AUTOMATIC and plain:
                yield source.issue(target, "automatic", f"${name} belongs to PowerShell")


def strings_say_what_they_expand(source: Source) -> Iterator[LintIssue]:
    """Members in strings need ``$( )``, a name before ``:``, ``.`` or ``[`` needs braces."""
    for node in source.of("expandable_string_literal", "expandable_here_string_literal"):
        text = (node.text or b"").decode("latin-1")
        start = node.start_byte
        for child in node.named_children:
            if child.type != "variable" or text_of(child).startswith("${"):
                continue
            name = text_of(child)
            prefix, colon, _ = name[1:].partition(":")
            if colon and prefix.lower() not in _DRIVES:
                message = f'{name} in a string is read with its colon: write "${{{prefix}}}:"'
                yield source.issue(child, "string-colon", message)
            elif text[child.end_byte - start : child.end_byte - start + 1] == ":":
                message = f'{name}: in a string is no PowerShell: write "${{{name[1:]}}}:"'
                yield source.issue(child, "string-colon", message)
            after = text[child.end_byte - start : child.end_byte - start + 2]
            if re.match(r"\.[A-Za-z_]|\[", after):
                message = f"{name}{after[0]} in a string: write $( ) or ${{ }}"
                yield source.issue(child, "string-member", message)


def _writes_objects(value: Node) -> bool:
    """Tell whether a value is what commands wrote, unguarded by ``@( )``."""
    while value.type in ("assignment_value", "pipeline", "pipeline_chain", "unary_expression"):
        names = [x for x in value.named_children if x.type == "command"]
        if names:
            name = names[-1].child_by_field_name("command_name")
            return name is None or text_of(name).lower() not in _FRESH
        if value.named_child_count != 1:
            return False
        value = value.named_children[0]
    if value.type == "parenthesized_expression":
        return _writes_objects(value.named_children[0])
    return False


def _loose_variables(source: Source) -> set[str]:
    loose: set[str] = set()
    for node in source.of("assignment_expression"):
        target, operator, value = node.children
        if text_of(operator) == "=" and _writes_objects(value):
            loose.add(text_of(target).lower())
    return loose


def counted_things_are_arrays(source: Source) -> Iterator[LintIssue]:
    """One object has no Count in strict mode, and none is $null."""
    loose = _loose_variables(source)
    for node in source.of("member_access"):
        owner, _, name = node.children
        if text_of(name).lower() not in ("count", "length"):
            continue
        text = text_of(owner).lower()
        if text in loose or (owner.type == "parenthesized_expression" and _writes_objects(owner)):
            yield source.issue(
                node, "count", f"{text_of(node)[:40]}: put @( ) round what is counted"
            )


def _rows(node: Node) -> tuple[int, int]:
    return node.start_point[0], node.end_point[0]


def numbers_are_not_commands(source: Source) -> Iterator[LintIssue]:
    """A number at the start of a statement goes into parentheses."""
    pattern = re.compile(r"(?:^|[;{(]|\bin\b)\s*\d+(?:\.\.|[-+*/%])\S")
    for number, line in enumerate(source.lines, start=1):
        code = line.partition("#")[0]
        if "'" in code or '"' in code:
            continue
        if pattern.search(code) and not re.search(r"\(\s*\d+\.\.\$?\w+\)", code):
            message = "put the first number of an expression into parentheses"
            yield source.issue(number, "leading-number", message)


def else_follows_its_brace(source: Source) -> Iterator[LintIssue]:
    """In an assigned ``if``, the grammar needs else on the line of the brace before it."""
    for node in source.of("assignment_expression"):
        value = node.children[2]
        if value.type != "if_statement":
            continue
        first, last = _rows(value)
        for row in range(first + 1, last + 1):
            if re.match(r"\s*else", source.lines[row]):
                message = "an assigned if keeps else on the line of }"
                yield source.issue(row + 1, "else", message)


def braces_stand_alone(source: Source) -> Iterator[LintIssue]:
    """Allman: a block's opening brace begins its own line."""
    for node in source.of("statement_block"):
        if node.parent is None or inside(node, "sub_expression"):
            continue
        row, column = node.start_point
        one_line = _rows(node)[0] == _rows(node)[1]
        if not one_line and source.lines[row][:column].strip():
            yield source.issue(node, "brace", "the opening brace goes on its own line")


def errors_are_not_swallowed(source: Source) -> Iterator[LintIssue]:
    """No empty catch block."""
    for node in source.of("catch_clause"):
        block = next((x for x in node.named_children if x.type == "statement_block"), None)
        if block is not None and not any(x.type == "statement_list" for x in block.named_children):
            yield source.issue(
                node, "empty-catch", "a catch block says what it does with the error"
            )
