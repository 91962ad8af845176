"""Method calls in a site's own steps: a change through .NET or COM is one like any other.

- Outside the ``-Action`` of `Invoke-StageChange` only methods are called that change nothing but
  values of the script: those that the evaluator has for texts, lists, tables and times, and a few
  that read.
- A static method is one of the short list that the evaluator has; none of those changes anything.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.lab.powershell.convert import resolve_type
from orchestrator.lab.powershell.grammar import text_of
from orchestrator.lab.powershell.members_list import LIST_METHODS, TABLE_METHODS
from orchestrator.lab.powershell.members_text import TEXT_METHODS
from orchestrator.lab.powershell.members_time import DATE_METHODS, SPAN_METHODS
from orchestrator.lab.powershell.statics import has_method
from orchestrator.lab.powershell.values import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tree_sitter import Node

    from orchestrator.lab.powershell.linting.source import LintIssue, Source

_READING = "CompareTo Equals GetType GetBytes GetString Matches Match IsMatch ToString"
_COM_READING = "Connect GetFolder GetFolders GetTask GetTasks GetRunningTasks"
HARMLESS = frozenset(
    {
        *(TEXT_METHODS | LIST_METHODS | TABLE_METHODS | DATE_METHODS | SPAN_METHODS),
        *(name.lower() for name in (*_READING.split(), *_COM_READING.split())),
    }
)


def direct_methods(source: Source, within: Callable[[Node], bool]) -> Iterator[LintIssue]:
    """Find method calls that may change the PC, and static ones that are not known.

    Args:
        source: of the function.
        within: tells whether a node lies in the action of `Invoke-StageChange`.
    """
    for node in source.of("invocation_expression"):
        owner, access, member = node.children[:3]
        name = text_of(member)
        if text_of(access) == "::":
            if not _is_known(text_of(owner), name):
                message = f"{text_of(owner)}::{name}() is none of the static methods a step may use"
                yield source.issue(node, "own-static", message)
        elif name.lower() not in HARMLESS and not within(node):
            message = f"{name}() may change the PC: put it into the -Action of Invoke-StageChange"
            yield source.issue(node, "own-change", message)


def _is_known(owner: str, name: str) -> bool:
    if not (owner.startswith("[") and owner.endswith("]")):
        return False
    try:
        return has_method(resolve_type(owner[1:-1].strip()), name)
    except Refusal:
        return False
