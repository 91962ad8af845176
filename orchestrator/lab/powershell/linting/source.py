"""One script under the lint: its tree, its function, what it may call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from orchestrator.lab.powershell.binding import CHANGING, COMMON
from orchestrator.lab.powershell.grammar import line_of, parse, text_of, walk
from orchestrator.lab.powershell.registry import CMDLETS, Cmdlet

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tree_sitter import Node


@dataclass(frozen=True, slots=True)
class LintIssue:
    """One finding.

    Attributes:
        path: of the script, as it was given.
        line: 1-based.
        code: the rule.
        message: what is wrong and what to write instead.
    """

    path: str
    line: int
    code: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.code}: {self.message}"


@dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a command.

    Attributes:
        name: the parameter as written, empty for a bare value.
        values: the nodes of its value.
        splat: it is ``@name``.
    """

    name: str
    node: Node
    values: tuple[Node, ...] = ()
    splat: bool = False


@dataclass(frozen=True, slots=True)
class Parameters:
    """The parameters of a command that the script may call.

    Attributes:
        switches: lower-case name to whether it is a switch.
        aliases: lower-case names that are not the full ones.
    """

    switches: Mapping[str, bool]
    aliases: frozenset[str]


def cmdlet_parameters(cmdlet: Cmdlet) -> Parameters:
    """Return the parameters of a modelled cmdlet."""
    common = COMMON + CHANGING if cmdlet.changes else COMMON
    switches = {item.name.lower(): item.type == "switch" for item in cmdlet.parameters}
    switches |= {item.name.lower(): item.is_switch for item in common}
    aliases = {alias.lower() for item in cmdlet.parameters for alias in item.aliases}
    aliases |= {alias for item in common for alias in item.aliases}
    return Parameters(switches, frozenset(aliases))


def function_parameters(root: Node) -> Parameters:
    """Return the parameters of a function of the module."""
    switches: dict[str, bool] = {item.name.lower(): item.is_switch for item in COMMON + CHANGING}
    for node in walk(root):
        if node.type == "script_parameter" and not inside(node, "script_block_expression"):
            name = next((text_of(x)[1:] for x in node.named_children if x.type == "variable"), "")
            switches[name.lower()] = "[switch]" in text_of(node).lower()
    return Parameters(switches, frozenset())


def inside(node: Node, kind: str) -> bool:
    """Tell whether a node lies in one of some kind."""
    above = node.parent
    while above is not None:
        if above.type == kind:
            return True
        above = above.parent
    return False


class Source:
    """A parsed script.

    Attributes:
        functions: the names and texts of the module's functions.
        root: of the repaired tree.
    """

    def __init__(self, text: str, path: str, functions: Mapping[str, str]) -> None:
        self.text = text
        self.path = path
        self.functions = {name.lower(): body for name, body in functions.items()}
        self.root, _ = parse(text)
        self.nodes = list(walk(self.root))
        self.lines = text.splitlines()
        self._known: dict[str, Parameters | None] = {}

    def issue(self, where: Node | int, code: str, message: str) -> LintIssue:
        """Make a finding."""
        line = where if isinstance(where, int) else line_of(where)
        return LintIssue(self.path, line, code, message)

    def of(self, *kinds: str) -> Iterator[Node]:
        """Iterate the nodes of some kinds."""
        return (node for node in self.nodes if node.type in kinds)

    def commands(self) -> Iterator[tuple[Node, str]]:
        """Iterate the commands with their names as written; ``&`` of a value has none."""
        for node in self.of("command"):
            name = node.child_by_field_name("command_name")
            if name is not None and name.type == "command_name":
                yield node, text_of(name)

    def parameters(self, name: str) -> Parameters | None:
        """Return the parameters of a command; None when it is not known."""
        lower = name.lower()
        if lower not in self._known:
            self._known[lower] = self._find(lower)
        return self._known[lower]

    def _find(self, lower: str) -> Parameters | None:
        if lower in self.functions:
            return function_parameters(parse(self.functions[lower])[0])
        cmdlet = CMDLETS.get(lower)
        return None if cmdlet is None else cmdlet_parameters(cmdlet)

    def arguments(self, node: Node, known: Parameters | None) -> list[Argument]:
        """Sort a command's elements into arguments."""
        elements = node.child_by_field_name("command_elements")
        children = [] if elements is None else elements.children
        found: list[Argument] = []
        waiting: Argument | None = None
        for index, child in enumerate(children):
            if child.type in ("command_argument_sep", "comment", "redirection", "argument_list"):
                continue
            if child.type == "command_parameter":
                name = text_of(child)[1:].rstrip(":")
                waiting = Argument(name, child)
                found.append(waiting)
                attached = index + 1 < len(children) and ":" in text_of(children[index + 1])
                if known is not None and known.switches.get(name.lower()) and not attached:
                    waiting = None
            elif waiting is not None:
                found[-1] = Argument(waiting.name, waiting.node, (child,))
                waiting = None
            else:
                found.append(
                    Argument(
                        "",
                        child,
                        (child,),
                        text_of(child).startswith("@")
                        and not text_of(child).startswith(("@(", "@{")),
                    )
                )
        return found


def constant_text(node: Node) -> str | None:
    """Return the text of a constant argument; None when it is computed."""
    while node.type in ("unary_expression", "string_literal") and node.child_count == 1:
        node = node.children[0]
    if node.type == "verbatim_string_characters":
        return text_of(node)[1:-1]
    if node.type in ("generic_token", "integer_literal", "real_literal"):
        return text_of(node)
    if node.type == "expandable_string_literal" and not node.named_children:
        return text_of(node)[1:-1]
    return None
