"""From text to a syntax tree that means what PowerShell means.

The grammar (tree-sitter-pwsh 0.38.1) reads a few constructs wrongly without saying so. Each has
one possible meaning, so the text is rewritten on the same line and read again:

- a parameter default swallows the next parameters as an array: no comma can be there, so the
  next parameters get an attribute without meaning, ``[Lab()]``, which the grammar stops at;
- ``else`` or ``elseif`` on the line after ``}``, and ``param`` with its parenthesis on the next
  line, are read as commands: the line break moves behind the keyword;
- ``param(...)`` with a statement behind it on the same line fails: a semicolon goes between;
- a number at the start of a statement is read as a command's name: it is put into parentheses.

What is still wrong after that is refused with its line. Line numbers are those of the given text.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import tree_sitter_pwsh
from tree_sitter import Language, Node, Parser

from orchestrator.lab.powershell.values import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

KEYWORDS = frozenset(
    [
        "begin",
        "break",
        "catch",
        "class",
        "continue",
        "data",
        "do",
        "dynamicparam",
        "else",
        "elseif",
        "end",
        "enum",
        "exit",
        "filter",
        "finally",
        "for",
        "foreach",
        "from",
        "function",
        "if",
        "in",
        "param",
        "process",
        "return",
        "switch",
        "throw",
        "trap",
        "try",
        "until",
        "using",
        "while",
    ]
)
_LANGUAGE = Language(tree_sitter_pwsh.language())
_NUMBER = re.compile(rb"0[xX][0-9a-fA-F]+|\d+(?:\.\d+)?(?:[kmgtp]b)?", re.IGNORECASE)
_ROUNDS = 50
_CLOSED = (
    "parenthesized_expression",
    "array_expression",
    "sub_expression",
    "hash_literal_expression",
    "script_block_expression",
    "argument_list",
    "element_access",
    "string_literal",
)
Edit = tuple[int, int, bytes]


def walk(node: Node) -> Iterator[Node]:
    """Iterate a tree in the order of the text."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        stack.extend(reversed(current.children))


def line_of(node: Node) -> int:
    """Return the 1-based line a node starts on."""
    return node.start_point[0] + 1


def text_of(node: Node) -> str:
    """Return the text of a node."""
    return (node.text or b"").decode()


def _default_edits(node: Node) -> list[Edit]:
    """Mark the parameters that a default swallowed."""
    edits: list[Edit] = []
    stack = list(node.named_children)
    while stack:
        current = stack.pop()
        if current.type == "array_literal_expression":
            edits += [
                (item.start_byte, item.start_byte, b"[Lab()]")
                for item in current.named_children[1:]
            ]
        elif not current.type.endswith(_CLOSED):
            stack += current.named_children
    return edits


def _command_edits(node: Node, source: bytes) -> list[Edit]:
    """Repair a keyword or a number that was read as a command."""
    name = node.child_by_field_name("command_name")
    if name is None or name.type != "command_name":
        return []
    word = (name.text or b"").lower()
    start, end = name.start_byte, name.end_byte
    number = _NUMBER.match(source, start)
    if number:
        return [(start, start, b"("), (number.end(), number.end(), b")")]
    if word == b"param":
        blanks = re.compile(rb"\s*").match(source, end)
        stop = blanks.end() if blanks else end
        if stop > end and source[stop : stop + 1] == b"(":
            return [(end, stop + 1, b"(" + source[end:stop])]
    if word in (b"else", b"elseif"):
        before = re.compile(rb"\s*\Z").search(source, 0, start)
        first = before.start() if before else start
        if b"\n" in source[first:start] and source[first - 1 : first] == b"}":
            gap = source[first:start]
            return [(first, end, b" " + word + gap)]
    return []


def _stranded(node: Node, source: bytes) -> bool:
    """Tell whether a parameter block fails because a statement follows on its line."""
    failed = node.parent is not None and node.parent.type == "ERROR"
    return failed and source[node.end_byte : node.end_byte + 1] != b";"


def _edits(root: Node, source: bytes) -> list[Edit]:
    edits: list[Edit] = []
    for node in walk(root):
        if node.type == "script_parameter_default" and node.named_children:
            edits += _default_edits(node)
        elif node.type == "command":
            edits += _command_edits(node, source)
        elif node.type == "param_block" and _stranded(node, source):
            edits.append((node.end_byte, node.end_byte, b";"))
    return edits


def repair(source: bytes) -> tuple[Node, bytes]:
    """Parse, repairing until nothing is left to repair.

    Returns:
        The root, which may still hold errors, and the text it was read from.
    """
    parser = Parser(_LANGUAGE)
    for _ in range(_ROUNDS):
        root = parser.parse(source).root_node
        edits = _edits(root, source)
        if not edits:
            break
        last = len(source) + 1
        for start, end, text in sorted(edits, reverse=True):
            if end > last:
                continue
            source = source[:start] + text + source[end:]
            last = start
    return root, source


def parse(text: str) -> tuple[Node, bytes]:
    """Read a script.

    Returns:
        The root and the repaired text that the node positions refer to.

    Raises:
        Refusal: the text is not PowerShell, or is not read reliably.
    """
    root, source = repair(text.replace("\r\n", "\n").encode())
    for node in walk(root):
        if node.is_missing or node.type == "ERROR":
            words = text_of(node).split("\n")[0][:40] or node.type
            what = f"syntax near {words!r}"
            raise Refusal(what, line_of(node))
        if node.type == "command_name" and text_of(node).lower() in KEYWORDS:
            what = f"keyword {text_of(node)} where a command is expected"
            raise Refusal(what, line_of(node))
    return root, source
