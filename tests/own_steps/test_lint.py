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
    ],
)
def test_what_would_leave_the_rules_is_named(name: str, old: str, new: str, code: str) -> None:
    text = TEXTS[name]
    assert old in text
    assert code in codes(name, text.replace(old, new, 1))


def test_a_fact_takes_nothing_that_is_mandatory() -> None:
    assert "own-parameter" in codes("Repair-OwnHardening", TEXTS["Repair-OwnHardening"], "fact")


def test_what_cannot_be_parsed_is_told_with_its_line() -> None:
    text = TEXTS["Get-OwnHardening"].replace("param ()", "param (")
    assert "syntax" in codes("Get-OwnHardening", text)
