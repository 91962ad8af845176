"""Rules about commands and their arguments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.lab.powershell.grammar import text_of
from orchestrator.lab.powershell.linting.source import (
    LintIssue,
    Source,
    constant_text,
)
from orchestrator.lab.powershell.registry import CMDLETS

if TYPE_CHECKING:
    from collections.abc import Iterator

_PATTERN = frozenset("*?[")
"""What makes a path a pattern."""

_ALIASES = frozenset(
    [
        "%",
        "?",
        "ac",
        "cat",
        "cd",
        "clc",
        "clear",
        "cls",
        "copy",
        "cp",
        "cpi",
        "curl",
        "del",
        "diff",
        "dir",
        "echo",
        "epal",
        "erase",
        "fl",
        "foreach",
        "ft",
        "gc",
        "gci",
        "gcm",
        "gi",
        "gl",
        "gm",
        "gp",
        "gps",
        "group",
        "gsv",
        "gv",
        "gwmi",
        "h",
        "icm",
        "iex",
        "ihy",
        "ii",
        "ipmo",
        "irm",
        "iwmi",
        "iwr",
        "kill",
        "ls",
        "man",
        "md",
        "measure",
        "mi",
        "mkdir",
        "mount",
        "move",
        "mp",
        "mv",
        "ni",
        "nv",
        "ogv",
        "popd",
        "ps",
        "pushd",
        "pwd",
        "r",
        "rd",
        "rdr",
        "ren",
        "ri",
        "rm",
        "rmdir",
        "rni",
        "rp",
        "sajb",
        "sal",
        "saps",
        "sasv",
        "sc",
        "select",
        "set",
        "shcm",
        "si",
        "sl",
        "sleep",
        "sls",
        "sort",
        "sp",
        "spps",
        "spsv",
        "start",
        "sv",
        "tee",
        "type",
        "wget",
        "where",
        "wjb",
        "write",
    ]
)
_BANNED = {
    "add-type": "compile nothing on the device",
    "get-wmiobject": "use Get-CimInstance",
    "invoke-expression": "code is never made of text",
    "invoke-wmimethod": "use the CIM cmdlets",
    "out-string": "give objects out, not text",
    "read-host": "nobody is there to answer",
    "write-host": "use Write-Verbose",
    "out-host": "give objects out",
}
_LONG_SLEEP = 5


def commands_are_known(source: Source) -> Iterator[LintIssue]:
    """Full names of commands that exist, and none that is banned."""
    for node, name in source.commands():
        lower = name.lower()
        if lower in _BANNED:
            yield source.issue(node, "banned-command", f"{name}: {_BANNED[lower]}")
        elif lower.startswith("format-"):
            yield source.issue(node, "banned-command", f"{name}: give objects out, not text")
        elif lower in _ALIASES:
            yield source.issue(node, "alias", f"{name} is an alias: write the full name")
        elif source.parameters(name) is None:
            what = f"{name} is neither modelled nor a function of the module"
            yield source.issue(node, "unknown-command", what)


def parameters_are_known(source: Source) -> Iterator[LintIssue]:
    """Full names of parameters that exist; nothing by position."""
    for node, name in source.commands():
        known = source.parameters(name)
        if known is None:
            continue
        for argument in source.arguments(node, known):
            lower = argument.name.lower()
            if argument.splat or lower in known.switches:
                continue
            if not lower:
                text = text_of(argument.node)[:30]
                message = f"{name}: {text} is given by position, name its parameter"
                yield source.issue(argument.node, "positional", message)
            elif lower in known.aliases or any(x.startswith(lower) for x in known.switches):
                message = f"{name}: write -{argument.name} out in full"
                yield source.issue(argument.node, "short-parameter", message)
            else:
                message = f"{name} has no parameter -{argument.name} that is modelled"
                yield source.issue(argument.node, "unknown-parameter", message)


def _action(source: Source, node: object, name: str) -> str | None:
    """Return the -ErrorAction of a command; empty when splatting may hold it, None for none."""
    known = source.parameters(name)
    splat = False
    for argument in source.arguments(node, known):  # type: ignore[arg-type]
        if argument.name.lower() == "erroraction" and argument.values:
            return constant_text(argument.values[0]) or ""
        splat = splat or argument.splat
    return "" if splat and "erroraction" in source.text.lower() else None


def module_functions_get_error_action(source: Source) -> Iterator[LintIssue]:
    """CIM and ScheduledTasks commands do not see the script's preference."""
    for node, name in source.commands():
        cmdlet = CMDLETS.get(name)
        if cmdlet is None or name.lower() in source.functions:
            continue
        action = _action(source, node, name)
        outside = cmdlet.is_function or "-cim" in name.lower()
        if outside and action is None:
            message = f"{name} is a function of another module: write -ErrorAction"
            yield source.issue(node, "error-action", message)
        if cmdlet.changes and (action or "").lower() in ("silentlycontinue", "ignore"):
            message = f"{name} changes something: never -ErrorAction {action}"
            yield source.issue(node, "silent-change", message)


def paths_are_literal(source: Source) -> Iterator[LintIssue]:
    """A path is literal unless it is written out as a pattern."""
    for node, name in source.commands():
        known = source.parameters(name)
        if known is None or "literalpath" not in known.switches:
            continue
        for argument in source.arguments(node, known):
            texts = [constant_text(value) or "" for value in argument.values]
            if argument.name.lower() == "path" and not all(_PATTERN & set(text) for text in texts):
                message = f"{name}: what is no pattern goes to -LiteralPath"
                yield source.issue(argument.node, "literal-path", message)


def answers_are_given(source: Source) -> Iterator[LintIssue]:
    """No question to nobody, no program whose end is not known, no long sleep."""
    for node, name in source.commands():
        known = source.parameters(name)
        given = {item.name.lower(): item for item in source.arguments(node, known)}
        splat = any(item.splat for item in given.values())
        lower = name.lower()
        if lower == "unregister-scheduledtask" and "confirm" not in given and not splat:
            yield source.issue(node, "confirm", f"{name} asks unless -Confirm:$false is written")
        if lower == "start-process" and "passthru" not in given and not splat:
            message = "Start-Process: without -PassThru the exit code is lost"
            yield source.issue(node, "exit-code", message)
        if lower == "start-sleep" and "seconds" in given and given["seconds"].values:
            seconds = constant_text(given["seconds"].values[0])
            if seconds is not None and seconds.isdigit() and int(seconds) > _LONG_SLEEP:
                message = "waiting is the orchestrator's: no long Start-Sleep"
                yield source.issue(node, "long-sleep", message)
        if lower == "remove-item" and "recurse" not in given and not splat:
            path = text_of(node).lower()
            if "hklm:" in path:
                message = "Remove-Item of a key: write -Recurse out"
                yield source.issue(node, "recurse", message)


def programs_have_full_paths(source: Source) -> Iterator[LintIssue]:
    """A program is started by its full path, through Start-Process."""
    for node in source.of("command"):
        name = node.child_by_field_name("command_name")
        if name is None or name.type != "command_name_expr":
            continue
        text = text_of(name)
        if text.startswith(("'", '"')) or ".exe" in text.lower():
            yield source.issue(node, "program", "start programs through Start-Process")
        operator = next((x for x in node.children if x.type == "command_invocation_operator"), None)
        if operator is not None and text_of(operator) == ".":
            yield source.issue(node, "dot-source", "no dot-sourcing")
