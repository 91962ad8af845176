"""Rules about the file and its one function."""

from __future__ import annotations

import re
from pathlib import PurePath
from typing import TYPE_CHECKING

from orchestrator.lab.powershell.grammar import text_of, walk
from orchestrator.lab.powershell.linting.source import LintIssue, Source, inside
from orchestrator.lab.powershell.registry import CMDLETS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tree_sitter import Node

# Microsoft: Approved Verbs for PowerShell Commands.
_VERBS = frozenset(
    [
        "Add",
        "Clear",
        "Close",
        "Copy",
        "Enter",
        "Exit",
        "Find",
        "Format",
        "Get",
        "Hide",
        "Join",
        "Lock",
        "Move",
        "New",
        "Open",
        "Optimize",
        "Pop",
        "Push",
        "Redo",
        "Remove",
        "Rename",
        "Reset",
        "Resize",
        "Search",
        "Select",
        "Set",
        "Show",
        "Skip",
        "Split",
        "Step",
        "Switch",
        "Undo",
        "Unlock",
        "Watch",
        "Backup",
        "Checkpoint",
        "Compare",
        "Compress",
        "Convert",
        "ConvertFrom",
        "ConvertTo",
        "Dismount",
        "Edit",
        "Expand",
        "Export",
        "Group",
        "Import",
        "Initialize",
        "Limit",
        "Merge",
        "Mount",
        "Out",
        "Publish",
        "Restore",
        "Save",
        "Sync",
        "Unpublish",
        "Update",
        "Approve",
        "Assert",
        "Complete",
        "Confirm",
        "Deny",
        "Disable",
        "Enable",
        "Install",
        "Invoke",
        "Register",
        "Request",
        "Restart",
        "Resume",
        "Start",
        "Stop",
        "Submit",
        "Suspend",
        "Uninstall",
        "Unregister",
        "Wait",
        "Debug",
        "Measure",
        "Ping",
        "Repair",
        "Resolve",
        "Test",
        "Trace",
        "Connect",
        "Disconnect",
        "Read",
        "Receive",
        "Send",
        "Write",
        "Block",
        "Grant",
        "Protect",
        "Revoke",
        "Unblock",
        "Unprotect",
        "Use",
    ]
)
_READING = ("Get", "Test", "Assert", "ConvertTo", "ConvertFrom", "Compare", "Measure", "Find")


def text_is_plain(source: Source) -> Iterator[LintIssue]:
    """ASCII, no tabs, no blanks at the end of a line."""
    for number, line in enumerate(source.lines, start=1):
        if not line.isascii():
            message = "5.1 reads a file without a mark in the ANSI code page: ASCII only"
            yield source.issue(number, "ascii", message)
        if "\t" in line:
            yield source.issue(number, "tab", "four spaces, no tab")
        if line != line.rstrip():
            yield source.issue(number, "trailing", "blanks at the end of the line")


def function_nodes(source: Source) -> list[Node]:
    """Return the functions of a script, outermost first."""
    return list(source.of("function_statement"))


def name_of(node: Node) -> str:
    """Return a function's name."""
    return next((text_of(x) for x in node.named_children if x.type == "function_name"), "")


def one_function_a_file(source: Source) -> Iterator[LintIssue]:
    """One function a file, named like it, with an approved verb and a singular noun."""
    nodes = function_nodes(source)
    for node in nodes[1:]:
        code = "nested" if inside(node, "function_statement") else "one-function"
        yield source.issue(node, code, f"{name_of(node)}: one function a file, none inside another")
    if not nodes:
        yield source.issue(1, "one-function", "the file defines no function")
        return
    name = name_of(nodes[0])
    stem = PurePath(source.path.replace("\\", "/")).stem
    if stem and stem != name:
        yield source.issue(nodes[0], "file-name", f"{name} belongs into {name}.ps1, not {stem}.ps1")
    verb, _, noun = name.partition("-")
    if verb not in _VERBS or not noun:
        yield source.issue(nodes[0], "verb", f"{name}: not an approved verb with a noun")
    if re.search(r"[a-rt-z]s$", noun) and not noun.endswith(("us", "is", "as")):
        yield source.issue(nodes[0], "noun", f"{name}: the noun is singular")
    others = (
        [x for x in nodes[0].parent.named_children if x.type != "comment"]
        if (nodes[0].parent is not None)
        else []
    )
    if len(others) > 1:
        yield source.issue(others[1], "top-level", "a file defines its function and nothing else")


def _param_block(node: Node) -> Node | None:
    return next(
        (
            x
            for x in walk(node)
            if x.type == "param_block" and not inside(x, "script_block_expression")
        ),
        None,
    )


def parameters_of(node: Node) -> list[Node]:
    """Return the declared parameters of a function."""
    block = _param_block(node)
    if block is None:
        return []
    return [
        x
        for x in walk(block)
        if x.type == "script_parameter" and not inside(x, "script_block_expression")
    ]


def _parameter_name(node: Node) -> str:
    return next((text_of(x)[1:] for x in node.named_children if x.type == "variable"), "")


def help_is_complete(source: Source) -> Iterator[LintIssue]:
    """SYNOPSIS, DESCRIPTION, every PARAMETER, EXAMPLE, OUTPUTS."""
    for node in function_nodes(source)[:1]:
        comments = [text_of(x) for x in source.of("comment") if text_of(x).startswith("<#")]
        text = comments[0] if comments else ""
        for section in ("SYNOPSIS", "DESCRIPTION", "EXAMPLE", "OUTPUTS"):
            if not re.search(rf"^\s*\.{section}\s*\n\s*\S", text, re.MULTILINE):
                yield source.issue(node, "help", f"{name_of(node)}: help lacks .{section}")
        told = {word.lower() for word in re.findall(r"^\s*\.PARAMETER\s+(\S+)", text, re.MULTILINE)}
        declared = {_parameter_name(item).lower(): item for item in parameters_of(node)}
        for name in sorted(declared.keys() - told):
            message = f"{name_of(node)}: help lacks .PARAMETER {name}"
            yield source.issue(declared[name], "help", message)
        for name in sorted(told - declared.keys()):
            message = f"{name_of(node)}: help tells of -{name}, which there is not"
            yield source.issue(node, "help", message)


def function_is_advanced(source: Source) -> Iterator[LintIssue]:
    """CmdletBinding, OutputType where something comes out, a type on every parameter."""
    for node in function_nodes(source)[:1]:
        block = _param_block(node)
        attributes = "" if block is None else text_of(block).partition("param")[0].lower()
        if "[cmdletbinding(" not in attributes:
            yield source.issue(
                node, "cmdletbinding", f"{name_of(node)}: [CmdletBinding()] is missing"
            )
        silent = re.search(r"\.OUTPUTS\s+(Nothing|None)\b", source.text)
        if "[outputtype(" not in attributes and not silent:
            yield source.issue(node, "outputtype", f"{name_of(node)}: [OutputType()] is missing")
        for item in parameters_of(node):
            kinds = [
                x
                for group in item.named_children
                if group.type == "attribute_list"
                for x in group.named_children
                if x.named_children and x.named_children[0].type == "type_literal"
            ]
            if not kinds:
                message = f"-{_parameter_name(item)} has no type"
                yield source.issue(item, "untyped", message)


def _guarded(source: Source, node: Node) -> bool:
    """Tell whether a command stands in a block given to a function that asks ShouldProcess."""
    above = node.parent
    while above is not None:
        name = above.child_by_field_name("command_name") if above.type == "command" else None
        body = source.functions.get(text_of(name).lower(), "") if name is not None else ""
        if "supportsshouldprocess" in body.lower():
            return True
        above = above.parent
    return False


def changes_are_asked_for(source: Source) -> Iterator[LintIssue]:
    """Get and Test change nothing; what changes something supports ShouldProcess."""
    for node in function_nodes(source)[:1]:
        verb = name_of(node).partition("-")[0]
        block = _param_block(node)
        head = "" if block is None else text_of(block).lower()
        asks = "supportsshouldprocess" in head
        for command, name in source.commands():
            cmdlet = CMDLETS.get(name)
            if cmdlet is None or not cmdlet.changes or name.lower() in source.functions:
                continue
            if _guarded(source, command):
                continue
            if verb in _READING:
                message = f"{name_of(node)} must not change anything, and calls {name}"
                yield source.issue(command, "reader-changes", message)
            elif not asks:
                message = f"{name_of(node)} calls {name} and does not support ShouldProcess"
                yield source.issue(command, "should-process", message)


def public_functions_are_strict(source: Source) -> Iterator[LintIssue]:
    """A public function sets strict mode and stops on errors before anything else."""
    if "public" not in PurePath(source.path.replace("\\", "/")).parts:
        return
    lower = source.text.lower()
    if not re.search(r"set-strictmode -version (2\.0|latest)", lower):
        yield source.issue(1, "strict", "a public function sets Set-StrictMode -Version 2.0")
    if not re.search(r"\$erroractionpreference = 'stop'", lower):
        yield source.issue(1, "strict", "a public function sets $ErrorActionPreference = 'Stop'")
