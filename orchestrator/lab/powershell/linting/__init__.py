"""Rules for the PowerShell that ships; each names itself by a short code.

What is checked is the repaired tree that also runs, the one list of cmdlets, and the functions of
the module; so a script that passes uses nothing that the evaluator would refuse by name.
"""

from orchestrator.lab.powershell.linting.rules import RULES, lint
from orchestrator.lab.powershell.linting.source import LintIssue

__all__ = ["RULES", "LintIssue", "lint"]
