"""From the syntax tree to closures: compiled once for each text, run many times.

An expression becomes ``scope -> value``, a statement ``(scope, out) -> None``. The modules
``lower_*`` register how each kind of node is compiled; a kind nobody registered is refused.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from orchestrator.lab.powershell.grammar import line_of, parse, text_of
from orchestrator.lab.powershell.runtime import NOTHING, Out, Scope
from orchestrator.lab.powershell.signals import ScriptError
from orchestrator.lab.powershell.text import to_text
from orchestrator.lab.powershell.values import Refusal

if TYPE_CHECKING:
    from tree_sitter import Node

    from orchestrator.lab.powershell.functions import FunctionBody

Expression = Callable[[Scope], object]
Statement = Callable[[Scope, Out], None]
Branch = tuple[int, str]


@dataclass(eq=False, slots=True)
class Program:
    """A compiled text.

    Attributes:
        text: as it was given.
        lines: where statements start.
        branches: line and kind of every block that may or may not run.
    """

    text: str
    source: bytes = b""
    lines: set[int] = field(default_factory=set)
    branches: set[Branch] = field(default_factory=set)
    body: FunctionBody | None = None


def write_value(out: Out, value: object) -> None:
    """Send a value down the pipeline; arrays are enumerated."""
    if value is NOTHING:
        return
    if isinstance(value, (list, tuple, bytes)):
        for item in list(value):
            out(item)
    else:
        out(value)


def collected(found: list[object]) -> object:
    """Return what a pipeline gives as a value: nothing, the one object, or an array."""
    if len(found) == 1:
        return found[0]
    return found or NOTHING


def plain(value: object) -> object:
    """Return ``$null`` for what a silent command gave."""
    return None if value is NOTHING else value


class Compiler:
    """Compiles the nodes of one program."""

    def __init__(self, program: Program) -> None:
        self.program = program

    def expression(self, node: Node) -> Expression:
        """Compile a node that has a value."""
        make = EXPRESSIONS.get(node.type)
        if make is None:
            raise self.refusal(node)
        return make(self, node)

    def statement(self, node: Node) -> Statement:
        """Compile a statement."""
        make = STATEMENTS.get(node.type)
        if make is None:
            raise self.refusal(node)
        return make(self, node)

    def refusal(self, node: Node, what: str = "") -> Refusal:
        """Make the refusal of a node."""
        words = text_of(node).split("\n")[0][:60]
        return Refusal(f"{what or node.type.replace('_', ' ')} {words!r}", line_of(node))

    def slice(self, start: int, end: int) -> str:
        """Return a piece of the text by byte positions."""
        return self.program.source[start:end].decode()

    def body(self, node: Node | None, branch: Branch | None = None) -> Statement:
        """Compile a ``{ }`` block or a statement list.

        Args:
            node: the block; None for nothing.
            branch: what is noted for coverage each time it runs.
        """
        if node is None:
            return _sequence((), self.program, branch)
        if node.type == "statement_block":
            inner = [child for child in node.named_children if child.type == "statement_list"]
            return self.body(inner[0] if inner else None, branch)
        steps = []
        for child in node.named_children:
            if child.type in ("empty_statement", "comment"):
                continue
            line = line_of(child)
            self.program.lines.add(line)
            steps.append((line, self.statement(child)))
        return _sequence(tuple(steps), self.program, branch)

    def branch(self, node: Node | None, kind: str, line: int) -> Statement:
        """Compile a block that may not run, and count it for coverage."""
        key = (line, kind)
        self.program.branches.add(key)
        return self.body(node, key)

    def value(self, node: Node) -> Expression:
        """Compile a pipeline or a statement for its value; a silent one gives NOTHING."""
        while node.type in ("pipeline", "pipeline_chain", "assignment_value"):
            if node.child_count != 1 or node.children[0].type == "command":
                break
            node = node.named_children[0]
        if node.type == "variable" or (
            node.type == "unary_expression"
            and node.child_count == 1
            and node.children[0].type == "variable"
        ):
            return RAW["variable"](self, node)
        if node.type in EXPRESSIONS:
            return self.expression(node)
        return self.collect(self.statement(node))

    def collect(self, statement: Statement) -> Expression:
        """Make the value of what a statement writes."""

        def run(scope: Scope) -> object:
            found: list[object] = []
            statement(scope, found.append)
            return collected(found)

        return run


def _empty(_scope: Scope, _out: Out) -> None:
    """Do nothing."""


def _sequence(
    steps: tuple[tuple[int, Statement], ...], program: Program, branch: Branch | None
) -> Statement:
    if not steps and branch is None:
        return _empty

    def run(scope: Scope, out: Out) -> None:
        coverage = scope.runtime.coverage
        if coverage is not None and branch is not None:
            coverage.branch(program, branch)
        for line, step in steps:
            if coverage is not None:
                coverage.line(program, line)
            try:
                step(scope, out)
            except ScriptError as error:
                settle(scope, error, line, program.text)
            except Refusal as refusal:
                if not refusal.line:
                    raise Refusal(refusal.what, line) from refusal
                raise

    return run


def settle(scope: Scope, error: ScriptError, line: int, text: str) -> None:
    """End the statement an error came from, or pass the error on.

    Raises:
        ScriptError: something around it catches, or the script has to end.
    """
    runtime, record = scope.runtime, error.record
    if not record.line:
        record.line, record.source = line, text
    if runtime.in_try or error.leaving is not None:
        raise error
    preference = to_text(scope.get("erroractionpreference")).lower()
    quiet = preference in ("silentlycontinue", "ignore")
    if preference == "stop" or (error.thrown and not quiet):
        error.thrown = True
        raise error
    runtime.success = False
    if not error.reported:
        error.reported = True
        runtime.errors.insert(0, record)
        if not quiet:
            runtime.report(record)


Maker = Callable[[Compiler, "Node"], Expression]
StatementMaker = Callable[[Compiler, "Node"], Statement]
EXPRESSIONS: dict[str, Maker] = {}
RAW: dict[str, Maker] = {}
STATEMENTS: dict[str, StatementMaker] = {}


def lowers(*kinds: str) -> Callable[[Maker], Maker]:
    """Register how expressions of some kinds are compiled."""

    def register(make: Maker) -> Maker:
        for kind in kinds:
            EXPRESSIONS[kind] = make
        return make

    return register


def lowers_statement(*kinds: str) -> Callable[[StatementMaker], StatementMaker]:
    """Register how statements of some kinds are compiled."""

    def register(make: StatementMaker) -> StatementMaker:
        for kind in kinds:
            STATEMENTS[kind] = make
        return make

    return register


@lru_cache(maxsize=2048)
def compile_script(text: str) -> Program:
    """Compile a script.

    Raises:
        Refusal: it uses what is not modelled.
    """
    root, source = parse(text)
    program = Program(text, source)
    program.body = PROGRAM["program"](Compiler(program), root)
    return program


PROGRAM: dict[str, Callable[[Compiler, Node], FunctionBody]] = {}
