"""The lint of the lab over every shipped function; each exception is named with its reason."""

from __future__ import annotations

import pytest

from orchestrator.lab import cmdlets  # noqa: F401 - registers the Windows cmdlets
from orchestrator.lab.powershell import lint
from orchestrator.module import functions

TEXTS = {name: function.text for name, function in functions().items()}
EXCEPTIONS = {
    # the answer of a program passes through a file, which is removed again
    ("Get-DsregcmdFact", "reader-changes"),
    ("Get-NetworkFact", "reader-changes"),
    ("Get-UserPrtFact", "reader-changes"),
    # compares with a fresh export, which is removed again
    ("Test-KeyUnchanged", "reader-changes"),
    # Microsoft: both return before their work ends; what they did is looked at later
    ("Start-AgentRemoval", "exit-code"),
    ("Start-ConfigMgrRemoval", "exit-code"),
    # stands alone and writes its one result, as SYSTEM
    ("Test-EnrollmentEndpoint", "reader-changes"),
}


def path_of(name: str) -> str:
    """Return where a function lies: other rules hold for the public ones."""
    return f"{'public' if functions()[name].public else 'private'}/{name}.ps1"


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_a_function_keeps_to_the_unambiguous_subset(name: str) -> None:
    issues = lint(TEXTS[name], path_of(name), TEXTS)
    assert [str(issue) for issue in issues if (name, issue.code) not in EXCEPTIONS] == []


def test_every_exception_is_still_needed() -> None:
    found = {
        (name, issue.code)
        for name, text in TEXTS.items()
        for issue in lint(text, path_of(name), TEXTS)
    }
    assert found == EXCEPTIONS
