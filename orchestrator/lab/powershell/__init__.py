"""An evaluator for the subset of Windows PowerShell 5.1 that the shipped module uses.

- The world is closed: an unknown command, parameter, property, method or type is a `Refusal` that
  no script can catch; it ends the pipeline with the id ``Lab.Refusal`` and the line.
- Nothing waits and nothing is random: time and ids are the machine's.
- A text is parsed and compiled once in a process.
- Lines that a script writes to the host (``-WhatIf`` messages) go nowhere: there is no host.
"""

from orchestrator.lab.powershell.coverage import Coverage
from orchestrator.lab.powershell.linting import LintIssue, lint
from orchestrator.lab.powershell.objects import ErrorRecord, Hashtable, NetException
from orchestrator.lab.powershell.runspace import Command, Result, Runspace, Statement
from orchestrator.lab.powershell.runtime import Record
from orchestrator.lab.powershell.signals import ScriptError, SessionKilled

__all__ = [
    "Command",
    "Coverage",
    "ErrorRecord",
    "Hashtable",
    "LintIssue",
    "NetException",
    "Record",
    "Result",
    "Runspace",
    "ScriptError",
    "SessionKilled",
    "Statement",
    "lint",
]
