"""Rules for a site's own steps, beside those for every script.

- What repairs, or takes a repair back, changes the PC through `Invoke-StageChange` alone: so each
  change is journalled, and a dry run makes none. Methods of .NET and COM are no way round it.
- A site's function may call its own functions, the helpers below and Windows; nothing else of the
  product, which may change without notice.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from orchestrator import module
from orchestrator.lab.powershell.grammar import text_of
from orchestrator.lab.powershell.linting.own_methods import direct_methods
from orchestrator.lab.powershell.linting.rules import lint
from orchestrator.lab.powershell.linting.source import LintIssue, Source
from orchestrator.lab.powershell.linting.structure import function_nodes, parameters_of
from orchestrator.lab.powershell.registry import CMDLETS
from orchestrator.lab.powershell.values import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tree_sitter import Node

HELPERS = (
    "ConvertTo-UtcText",
    "Get-RegistryTable",
    "Get-ServiceMode",
    "Invoke-StageChange",
    "New-StageChange",
    "Write-EnrollmentError",
)
"""Functions of the product that a site's may call."""

TAKES = {"fact": (), "fix": ("attempt",), "verify": (), "undo": ("attempt", "before")}
"""The mandatory parameters of a function of each kind."""


def lint_own(text: str, path: str, own: Mapping[str, str], roles: set[str]) -> list[LintIssue]:
    """Check one function of a site.

    Args:
        text: of its file.
        path: of its file.
        own: names and texts of all functions of the site.
        roles: what steps use it for: ``fact``, ``fix``, ``verify``, ``undo``; none for a helper.

    Returns:
        The findings by line.
    """
    helpers = {name: module.functions()[name].text for name in HELPERS}
    found = [_of_a_step(issue) for issue in lint(text, path, {**helpers, **own})]
    try:
        source = Source(text, path, {**helpers, **own})
    except Refusal:
        return found  # told as "syntax" already
    found += [
        *_direct_changes(source),
        *direct_methods(source, _within),
        *_parameters(source, roles),
    ]
    return sorted(set(found), key=lambda issue: (issue.line, issue.code))


def _of_a_step(issue: LintIssue) -> LintIssue:
    """Say of an unknown command what a step may call."""
    if issue.code != "unknown-command":
        return issue
    name = issue.message.partition(" ")[0]
    message = f"{name} is nothing that a step may call: {', '.join(HELPERS)}, functions of the site"
    return replace(issue, message=f"{message}, and the cmdlets that the lab knows")


def _direct_changes(source: Source) -> Iterator[LintIssue]:
    for node, name in source.commands():
        cmdlet = CMDLETS.get(name)
        if cmdlet is None or not cmdlet.changes or name.lower() in source.functions:
            continue
        if not _within(node):
            message = f"{name} changes the PC: put it into the -Action of Invoke-StageChange"
            yield source.issue(node, "own-change", message)


def _within(node: Node) -> bool:
    """Tell whether a command lies in a block that `Invoke-StageChange` gets."""
    block = False
    above = node.parent
    while above is not None:
        block = block or above.type == "script_block_expression"
        name = above.child_by_field_name("command_name") if above.type == "command" else None
        if block and name is not None and text_of(name).lower() == "invoke-stagechange":
            return True
        above = above.parent
    return False


def _parameters(source: Source, roles: set[str]) -> Iterator[LintIssue]:
    for function in function_nodes(source)[:1]:
        declared = {}
        for item in parameters_of(function):
            name = next((text_of(x)[1:] for x in item.named_children if x.type == "variable"), "")
            declared[name.lower()] = item
        for role in sorted(roles):
            for name in TAKES[role]:
                if name not in declared:
                    message = f"as {role} it is called with -{name.title()}, which it does not take"
                    yield source.issue(function, "own-parameter", message)
            for name, item in declared.items():
                if name not in TAKES[role] and "mandatory" in text_of(item).lower():
                    message = f"as {role} it is called without -{name.title()}, which is mandatory"
                    yield source.issue(item, "own-parameter", message)
