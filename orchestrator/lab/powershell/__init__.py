"""An evaluator for the subset of Windows PowerShell 5.1 that the shipped module uses."""

from orchestrator.lab.powershell.coverage import Coverage
from orchestrator.lab.powershell.objects import ErrorRecord, Hashtable, NetException
from orchestrator.lab.powershell.runspace import Command, Result, Runspace, Statement
from orchestrator.lab.powershell.runtime import Record
from orchestrator.lab.powershell.signals import ScriptError, SessionKilled

__all__ = [
    "Command",
    "Coverage",
    "ErrorRecord",
    "Hashtable",
    "NetException",
    "Record",
    "Result",
    "Runspace",
    "ScriptError",
    "SessionKilled",
    "Statement",
]
