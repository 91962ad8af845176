from __future__ import annotations

import pytest

from orchestrator.lab.powershell.linting.own import lint_own
from tests.own_steps.example import example

TEXTS = {name: function.text for name, function in example().functions.items()}
ROLES = {
    "Get-OwnHardening": "fact",
    "Repair-OwnHardening": "fix",
    "Test-OwnHardening": "verify",
    "Undo-OwnHardening": "undo",
}

DELETE = "[System.IO.File]::Delete('C:\\x')"
METHOD = "(Get-Item -LiteralPath 'C:\\x' -ErrorAction Stop).Delete()"


def codes(name: str, text: str, role: str = "") -> list[str]:
    issues = lint_own(text, f"{name}.ps1", {**TEXTS, name: text}, {role or ROLES[name]})
    return [issue.code for issue in issues]


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_the_example_is_clean(name: str) -> None:
    assert codes(name, TEXTS[name]) == []


@pytest.mark.parametrize(
    ("name", "old", "new", "code"),
    [
        (
            "Repair-OwnHardening",
            "    $key = ",
            "    Remove-Item -LiteralPath 'HKLM:\\SOFTWARE' -ErrorAction Stop\n    $key = ",
            "own-change",
        ),
        (
            "Repair-OwnHardening",
            "-Target $key",
            "-Target (Remove-Item -LiteralPath $key -ErrorAction Stop)",
            "own-change",
        ),
        ("Repair-OwnHardening", "New-StageChange", "New-RepairAttempt", "unknown-command"),
        ("Repair-OwnHardening", "$Attempt\n    )", "$Trial\n    )", "own-parameter"),
        ("Undo-OwnHardening", "$Before\n    )", "$Other\n    )", "own-parameter"),
        (
            "Get-OwnHardening",
            "    [ordered]",
            "    Write-Host 'x'\n    [ordered]",
            "banned-command",
        ),
        ("Get-OwnHardening", ".SYNOPSIS", ".SYNOPSES", "help"),
        ("Get-OwnHardening", "    [ordered]", f"    {DELETE}\n    [ordered]", "own-static"),
        ("Repair-OwnHardening", "{ param ($Key)", f"{{ param ($Key) {DELETE};", "own-static"),
        ("Get-OwnHardening", "    [ordered]", f"    {METHOD}\n    [ordered]", "own-change"),
        ("Test-OwnHardening", "    ($null", "    $kind::Delete()\n    ($null", "own-static"),
    ],
)
def test_what_would_leave_the_rules_is_named(name: str, old: str, new: str, code: str) -> None:
    text = TEXTS[name]
    assert old in text
    assert code in codes(name, text.replace(old, new, 1))


def test_methods_that_change_only_values_and_those_within_a_change_are_free() -> None:
    fact = TEXTS["Get-OwnHardening"].replace(
        "    [ordered]",
        "    $name = [string]::Join(',', @('a ').Trim().Split(' '))\n    [ordered]",
    )
    assert codes("Get-OwnHardening", fact) == []
    fix = TEXTS["Repair-OwnHardening"].replace("{ param ($Key)", f"{{ param ($Key) {METHOD};")
    assert codes("Repair-OwnHardening", fix) == []


def test_a_function_of_the_product_is_told_from_those_a_step_may_call() -> None:
    text = TEXTS["Repair-OwnHardening"].replace("New-StageChange", "New-RepairAttempt")
    issues = lint_own(text, "Repair-OwnHardening.ps1", TEXTS, {"fix"})
    (told,) = [issue.message for issue in issues if issue.code == "unknown-command"]
    assert told.startswith("New-RepairAttempt is nothing that a step may call")
    assert "New-StageChange" in told


def test_a_fact_takes_nothing_that_is_mandatory() -> None:
    assert "own-parameter" in codes("Repair-OwnHardening", TEXTS["Repair-OwnHardening"], "fact")


def test_what_cannot_be_parsed_is_told_with_its_line() -> None:
    text = TEXTS["Get-OwnHardening"].replace("param ()", "param (")
    assert "syntax" in codes("Get-OwnHardening", text)
