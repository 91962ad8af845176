"""How control leaves a statement other than by its end, and how errors are made.

A script can catch a `ScriptError` and nothing else.
"""

from __future__ import annotations

from orchestrator.lab.powershell.objects import ErrorRecord, NetException


class Signal(Exception):
    """Control flow of the script; never an error."""


class BreakSignal(Signal):
    """``break``."""


class ContinueSignal(Signal):
    """``continue``."""


class ReturnSignal(Signal):
    """``return``; what it returns was written already."""


class ExitSignal(Signal):
    """``exit``: the whole pipeline of the client ends, whatever was still to come.

    Source: Microsoft, about_Language_Keywords. Ansible ends each script of its ``raw`` with it.
    """


class StopUpstream(Signal):
    """``Select-Object -First`` has enough.

    Attributes:
        stage: the pipeline stage that asked.
    """

    def __init__(self, stage: object) -> None:
        super().__init__()
        self.stage = stage


class SessionKilled(BaseException):
    """The process that runs the script is gone: no ``catch`` and no ``finally`` runs.

    Raised by the machine's `before_operation`, so that a test can cut a session after any single
    change.
    """


class ScriptError(Exception):
    """A terminating error.

    Attributes:
        record: the error record.
        thrown: True for ``throw`` and for an error stopped by preference: it ends the script
            unless caught; otherwise only the statement ends, unless a ``try`` is around.
        reported: it was written to the error stream.
        leaving: the scope of the function that ``ThrowTerminatingError`` ends; None behind it.
    """

    def __init__(self, record: ErrorRecord, *, thrown: bool = False) -> None:
        super().__init__(record.message)
        self.record = record
        self.thrown = thrown
        self.reported = False
        self.leaving: object = None


_BASES = {
    "System.Exception": "",
    "System.SystemException": "System.Exception",
    "System.ApplicationException": "System.Exception",
    "System.AggregateException": "System.Exception",
    "System.Management.Automation.RuntimeException": "System.SystemException",
    "System.Management.Automation.SessionStateException": (
        "System.Management.Automation.RuntimeException"
    ),
    "System.Management.Automation.ItemNotFoundException": (
        "System.Management.Automation.SessionStateException"
    ),
    "System.Management.Automation.DriveNotFoundException": (
        "System.Management.Automation.SessionStateException"
    ),
    "System.Management.Automation.ProviderNotFoundException": (
        "System.Management.Automation.SessionStateException"
    ),
    "System.Management.Automation.CommandNotFoundException": (
        "System.Management.Automation.RuntimeException"
    ),
    "System.Management.Automation.ActionPreferenceStopException": (
        "System.Management.Automation.RuntimeException"
    ),
    "System.Management.Automation.ParameterBindingException": (
        "System.Management.Automation.RuntimeException"
    ),
    "System.Management.Automation.ParameterBindingValidationException": (
        "System.Management.Automation.ParameterBindingException"
    ),
    "System.Management.Automation.ParameterBindingArgumentTransformationException": (
        "System.Management.Automation.ParameterBindingException"
    ),
    "System.Management.Automation.PSInvalidCastException": "System.InvalidCastException",
    "System.Management.Automation.PSArgumentException": "System.ArgumentException",
    "System.Management.Automation.PSNotSupportedException": "System.NotSupportedException",
    "System.Management.Automation.PSInvalidOperationException": (
        "System.InvalidOperationException"
    ),
    "System.Management.Automation.PropertyNotFoundException": (
        "System.Management.Automation.ExtendedTypeSystemException"
    ),
    "System.Management.Automation.MethodException": (
        "System.Management.Automation.ExtendedTypeSystemException"
    ),
    "System.Management.Automation.MethodInvocationException": (
        "System.Management.Automation.MethodException"
    ),
    "System.Management.Automation.ExtendedTypeSystemException": (
        "System.Management.Automation.RuntimeException"
    ),
    "System.ArgumentNullException": "System.ArgumentException",
    "System.ArgumentOutOfRangeException": "System.ArgumentException",
    "System.ObjectDisposedException": "System.InvalidOperationException",
    "System.DivideByZeroException": "System.ArithmeticException",
    "System.OverflowException": "System.ArithmeticException",
    "System.IO.FileNotFoundException": "System.IO.IOException",
    "System.IO.DirectoryNotFoundException": "System.IO.IOException",
    "System.IO.PathTooLongException": "System.IO.IOException",
    "System.ComponentModel.Win32Exception": "System.Runtime.InteropServices.ExternalException",
    "System.Runtime.InteropServices.COMException": (
        "System.Runtime.InteropServices.ExternalException"
    ),
    "Microsoft.Management.Infrastructure.CimException": "System.Exception",
    "Microsoft.PowerShell.Commands.ServiceCommandException": "System.SystemException",
    "Microsoft.PowerShell.Commands.ProcessCommandException": "System.SystemException",
    "Microsoft.PowerShell.Commands.WriteErrorException": "System.SystemException",
    "Microsoft.PowerShell.Cmdletization.Cim.CimJobException": "System.SystemException",
    "System.Diagnostics.Eventing.Reader.EventLogNotFoundException": (
        "System.Diagnostics.Eventing.Reader.EventLogException"
    ),
    "System.Diagnostics.Eventing.Reader.EventLogException": "System.Exception",
    "System.Threading.AbandonedMutexException": "System.SystemException",
    "System.Threading.WaitHandleCannotBeOpenedException": "System.ApplicationException",
    "System.Security.SecurityException": "System.SystemException",
    "System.Security.Cryptography.CryptographicException": "System.SystemException",
}
_SYSTEM = (
    "System.ArgumentException",
    "System.ArithmeticException",
    "System.FormatException",
    "System.IndexOutOfRangeException",
    "System.InvalidCastException",
    "System.InvalidOperationException",
    "System.IO.IOException",
    "System.NotImplementedException",
    "System.NotSupportedException",
    "System.NullReferenceException",
    "System.Runtime.InteropServices.ExternalException",
    "System.TimeoutException",
    "System.UnauthorizedAccessException",
)


def exception_types() -> dict[str, str]:
    """Return every modelled exception type and its base type."""
    return _BASES | dict.fromkeys(_SYSTEM, "System.SystemException")


BASES = exception_types()
_LOWER = {name.lower(): name for name in BASES}


def exception_type(name: str) -> str | None:
    """Return the canonical name of an exception type; None for one that is not modelled."""
    return _LOWER.get(name.lower()) or _LOWER.get(f"system.{name.lower()}")


def is_exception(type_name: str, wanted: str) -> bool:
    """Tell whether a type is the wanted one or derives from it."""
    current = type_name
    while current:
        if current.lower() == wanted.lower():
            return True
        current = BASES.get(current, "System.Exception" if current != "System.Exception" else "")
    return False


def runtime_error(
    error_id: str,
    message: str,
    *,
    exception: str = "System.Management.Automation.RuntimeException",
    category: str = "InvalidOperation",
    target: object = None,
) -> ScriptError:
    """Make an error of the engine itself; the caller raises it."""
    record = ErrorRecord(NetException(exception, message), error_id, category, target)
    return ScriptError(record)
