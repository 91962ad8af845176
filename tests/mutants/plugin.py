"""A pytest plugin that plants faults in the module, one after another, and sees who notices.

- Every test runs once over the right text first; which functions and lines it reaches is noted.
- A mutant is shown to the rules for a text first, which take no time: those of the lint and those
  for files. Then it meets the tests that run its line, or its function where the line is no
  statement, until one fails.
- Two processes share the mutants; a test that does not end is a test that fails.
"""

from __future__ import annotations

import json
import os
import signal
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from _pytest.runner import runtestprotocol

from orchestrator.lab.powershell import Coverage, lint
from orchestrator.module import ModuleFunction, functions
from tests.mutants.table import Mutant, chosen, equal
from tests.scripts import bench, test_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import pytest

_PATIENCE = 60
"""Seconds for one test."""

_RULES = (
    test_files.test_nothing_banned_is_used,
    test_files.test_a_removal_names_what_it_removes_and_never_by_pattern,
    test_files.test_cim_and_task_calls_say_what_an_error_does,
)
"""Tests of the text of a file."""


class Endless(BaseException):
    """A test over a mutant does not end."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Say how many mutants of each kind are planted."""
    group = parser.getgroup("mutants")
    group.addoption("--mutants", type=int, default=6, help="so many of each kind; 0 for all")
    group.addoption("--mutants-of", default="", help="only those whose id holds this text")
    group.addoption("--mutants-report", default="", help="file for the answers, as JSON lines")


@dataclass
class Reach:
    """What a test runs of the module, and how long it takes."""

    item: pytest.Item
    seconds: float = 0.0
    lines: set[tuple[str, int]] = field(default_factory=set)

    @property
    def functions(self) -> set[str]:
        return {name for name, _ in self.lines}


def pytest_runtestloop(session: pytest.Session) -> bool:
    """Run the tests over the right text, then over every mutant."""
    config = session.config
    wanted = config.getoption("--mutants-of")
    planted = [each for each in chosen(config.getoption("--mutants")) if wanted in each.id]
    reaches = [_reach(item) for item in session.items]
    tell = config.get_terminal_writer().line
    tell(f"{len(reaches)} tests pass over the right text; {len(planted)} mutants")
    answers = _in_two(planted, reaches)
    report = config.getoption("--mutants-report")
    if report:
        Path(report).write_text("".join(json.dumps(each) + "\n" for each in answers))
    left = _tell(answers, tell)
    session.testsfailed = len(left)
    return True


def _reach(item: pytest.Item) -> Reach:
    bench.Bench.watched_by = Coverage()
    began = time.monotonic()
    try:
        if not _passes(item):
            message = f"{item.nodeid} fails over the right text"
            raise AssertionError(message)
        lines = {bench.place(line) for line in bench.Bench.watched_by.lines(bench.MODULE_TEXT)}
    finally:
        bench.Bench.watched_by = None
    return Reach(item, time.monotonic() - began, lines)


def _passes(item: pytest.Item) -> bool:
    def end(*_: object) -> None:
        raise Endless

    before = signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, _PATIENCE)
    try:
        return not any(report.failed for report in runtestprotocol(item, log=False, nextitem=None))
    except Endless:
        return False
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _in_two(planted: list[Mutant], reaches: list[Reach]) -> list[dict[str, Any]]:
    """Judge the mutants in two processes."""
    files = []
    children = []
    for part in (0, 1):
        handle, name = tempfile.mkstemp(prefix="mutants-")
        os.close(handle)
        child = os.fork()
        if child == 0:
            with Path(name).open("w") as out:
                for mutant in planted[part::2]:
                    out.write(json.dumps(_judge(mutant, reaches)) + "\n")
                    out.flush()
            os._exit(0)
        files.append(Path(name))
        children.append(child)
    for child in children:
        _, status = os.waitpid(child, 0)
        if status:
            message = "a process that judges mutants ended early"
            raise AssertionError(message)
    answers = [json.loads(line) for file in files for line in file.read_text().splitlines()]
    for file in files:
        file.unlink()
    return sorted(answers, key=lambda each: (each["kind"], each["id"]))


def _judge(mutant: Mutant, reaches: list[Reach]) -> dict[str, Any]:
    """Return who notices a mutant."""
    answer = {
        "id": mutant.id,
        "kind": mutant.kind,
        "was": mutant.was,
        "now": mutant.now,
        "by": "",
        "how": "",
    }
    if equal(mutant):
        return answer | {"how": "equal", "by": equal(mutant)}
    rule = _rule(mutant)
    if rule:
        return answer | {"how": "rule", "by": rule}
    with _planted(mutant):
        for reach in _near(mutant, reaches):
            if not _passes(reach.item):
                return answer | {"how": "test", "by": reach.item.nodeid}
    return answer | {"how": "nobody"}


def _near(mutant: Mutant, reaches: list[Reach]) -> list[Reach]:
    """Return the tests that a mutant meets.

    Those that run its line, or its function where the line is no statement of its own; the most
    particular and the widest by turns, as one asks for a detail and the other for the whole PC.
    """
    on_line = [each for each in reaches if (mutant.function, mutant.line) in each.lines]
    in_function = [each for each in reaches if mutant.function in each.functions]
    if mutant.kind == "order changed":
        on_line = []
    near = sorted(on_line or in_function, key=lambda each: len(each.lines))
    turns = [one for pair in zip(near, reversed(near), strict=True) for one in pair]
    return turns[: len(near)]


def _rule(mutant: Mutant) -> str:
    """Return the rule for a text that a mutant breaks; empty when there is none."""
    texts = {name: one.text for name, one in functions().items()}
    folder = "public" if functions()[mutant.function].public else "private"
    path = f"{folder}/{mutant.function}.ps1"
    before = {(each.code, each.message) for each in lint(texts[mutant.function], path, texts)}
    for each in lint(mutant.text, path, {**texts, mutant.function: mutant.text}):
        if (each.code, each.message) not in before:
            return each.code
    with tempfile.TemporaryDirectory() as root:
        file = Path(root, path)
        file.parent.mkdir()
        file.write_text(mutant.text, encoding="ascii")
        for check in _RULES:
            try:
                check(file)
            except AssertionError:
                return check.__name__
    return ""


@contextmanager
def _planted(mutant: Mutant) -> Iterator[None]:
    right, text = functions()[mutant.function], bench.MODULE_TEXT
    functions()[mutant.function] = ModuleFunction(right.name, mutant.text, right.public)
    bench.MODULE_TEXT = "\n".join(one.text for one in functions().values())
    try:
        yield
    finally:
        functions()[mutant.function] = right
        bench.MODULE_TEXT = text


def _tell(answers: list[dict[str, Any]], tell: Callable[[str], None]) -> list[dict[str, Any]]:
    """Print the table and whoever was not noticed; return these."""
    kinds = sorted({each["kind"] for each in answers})
    tell(f"{'kind':24}{'planted':>8}{'tests':>7}{'rule':>6}{'equal':>7}{'nobody':>8}")
    for kind in [*kinds, ""]:
        of_kind = [each for each in answers if not kind or each["kind"] == kind]
        how = [each["how"] for each in of_kind]
        counts = [how.count(word) for word in ("test", "rule", "equal", "nobody")]
        tell(f"{kind or 'all':24}{len(how):8}{counts[0]:7}{counts[1]:6}{counts[2]:7}{counts[3]:8}")
    left = [each for each in answers if each["how"] == "nobody"]
    for each in left:
        tell(f"not noticed: {each['id']}\n    was {each['was']}\n    now {each['now']}")
    real = [each for each in answers if each["how"] != "equal"]
    if real:
        tell(f"noticed: {100 * (len(real) - len(left)) / len(real):.1f} % of {len(real)}")
    return left
