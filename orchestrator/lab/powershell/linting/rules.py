"""All rules, and the one function that applies them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from orchestrator import module
from orchestrator.lab.powershell.compiler import compile_script
from orchestrator.lab.powershell.linting import commands, expressions, structure
from orchestrator.lab.powershell.linting.source import LintIssue, Source
from orchestrator.lab.powershell.values import Refusal

Rule = Callable[[Source], Iterator[LintIssue]]
RULES: tuple[Rule, ...] = (
    structure.text_is_plain,
    structure.one_function_a_file,
    structure.help_is_complete,
    structure.function_is_advanced,
    structure.changes_are_asked_for,
    structure.public_functions_are_strict,
    commands.commands_are_known,
    commands.parameters_are_known,
    commands.module_functions_get_error_action,
    commands.paths_are_literal,
    commands.answers_are_given,
    commands.programs_have_full_paths,
    expressions.constructs_are_plain,
    expressions.null_stands_left,
    expressions.variables_are_the_scripts_own,
    expressions.strings_say_what_they_expand,
    expressions.counted_things_are_arrays,
    expressions.numbers_are_not_commands,
    expressions.else_follows_its_brace,
    expressions.braces_stand_alone,
    expressions.errors_are_not_swallowed,
)


def lint(text: str, path: str, functions: Mapping[str, str] | None = None) -> list[LintIssue]:
    """Check one script.

    Args:
        text: of the script.
        path: shown in the findings; its stem is the function's name.
        functions: names and texts of what else the script may call; the shipped module's when
            None.

    Returns:
        The findings by line.
    """
    import orchestrator.lab.cmdlets  # noqa: F401, PLC0415 - registers the cmdlets, and imports us

    if functions is None:
        functions = {name: item.text for name, item in module.functions().items()}
    try:
        source = Source(text, path, functions)
    except Refusal as refusal:
        return [LintIssue(path, refusal.line, "syntax", refusal.what)]
    found = [issue for rule in RULES for issue in rule(source)]
    try:
        compile_script(text)
    except Refusal as refusal:
        found.append(LintIssue(path, refusal.line, "refused", refusal.what))
    return sorted(found, key=lambda issue: (issue.line, issue.code))
