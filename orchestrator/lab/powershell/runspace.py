"""A runspace: pipelines of commands in, records and one result out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from orchestrator.lab.powershell import (  # noqa: F401 - each registers how nodes are compiled
    core,
    lower_commands,
    lower_expressions,
    lower_parameters,
    lower_statements,
    lower_try,
    lower_values,
)
from orchestrator.lab.powershell.binding import Token
from orchestrator.lab.powershell.compiler import compile_script
from orchestrator.lab.powershell.convert import cast
from orchestrator.lab.powershell.objects import (
    ErrorRecord,
    Hashtable,
    NetException,
    ScriptBlock,
    TypeRef,
)
from orchestrator.lab.powershell.pipeline import Invocation, run_pipeline
from orchestrator.lab.powershell.runtime import MISSING, Record, Runtime, Scope
from orchestrator.lab.powershell.signals import (
    BreakSignal,
    ContinueSignal,
    ExitSignal,
    ReturnSignal,
    ScriptError,
    SessionKilled,
    StopUpstream,
)
from orchestrator.lab.powershell.values import CaseDict, PSObject, Refusal

if TYPE_CHECKING:
    from orchestrator.lab.powershell.coverage import Coverage

Emit = Callable[[Record], None]
FULL, CONSTRAINED, NONE = "FullLanguage", "ConstrainedLanguage", "NoLanguage"
_PREFERENCES = {
    "erroractionpreference": "Continue",
    "warningpreference": "Continue",
    "verbosepreference": "SilentlyContinue",
    "debugpreference": "SilentlyContinue",
    "informationpreference": "SilentlyContinue",
    "progresspreference": "Continue",
    "confirmpreference": "High",
    "whatifpreference": False,
    "ofs": " ",
    "psculture": "en-US",
    "lastexitcode": 0,
    "pid": 4711,
    "psscriptroot": "",
    "home": "C:\\Windows\\system32\\config\\systemprofile",
}


@dataclass(frozen=True, slots=True)
class Command:
    """One command of a pipeline as PSRP gives it.

    Attributes:
        text: a command's name or a script.
        is_script: which of the two.
        arguments: pairs of a parameter's name, or None, and its value; a name with the value None
            is a switch.
    """

    text: str
    is_script: bool = False
    arguments: Sequence[tuple[str | None, object]] = ()


@dataclass(frozen=True, slots=True)
class Statement:
    """The commands of one pipeline; the output of each goes into the next."""

    commands: Sequence[Command] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class Result:
    """How an invocation ended.

    Attributes:
        state: ``Completed``, ``Failed`` or ``Stopped``.
        error: the terminating error of a failed one.
        elapsed: virtual seconds slept.
    """

    state: str
    error: ErrorRecord | None = None
    elapsed: float = 0.0


class Runspace:
    """Holds functions and global variables between pipelines.

    Args:
        machine: offers ``now() sleep(seconds) new_guid() environment mutex(name) com_object(name)
            killed() before_operation(name)``; and, where scripts ask for it, ``culture
            is_64bit_process is_64bit_os ps_version windows_identity()
            new_object(type, arguments)``.
        language_mode: ``FullLanguage``, ``ConstrainedLanguage`` or ``NoLanguage``.
        visible: in ``NoLanguage``, the commands that may be called; None for all.
        coverage: collects which lines ran.
    """

    def __init__(
        self,
        machine: Any,  # noqa: ANN401 - duck-typed, see above
        *,
        language_mode: str = FULL,
        visible: Sequence[str] | None = None,
        coverage: Coverage | None = None,
    ) -> None:
        self.runtime = Runtime(machine, language_mode, coverage=coverage)
        self.globals = Scope(self.runtime)
        self.visible = None if visible is None else {name.lower() for name in visible}
        self.globals.variables.update(_PREFERENCES)
        self.globals.variables.update(_session(machine, language_mode))

    def load(self, text: str) -> None:
        """Define the functions of an installed module, whatever the language mode is.

        Raises:
            Refusal: the text is not modelled.
            ScriptError: it fails.
        """
        body = compile_script(text).body
        if body is not None:
            body.run(self.globals, [], lambda _: None, inner=False)

    def invoke(
        self, statements: Sequence[Statement], emit: Emit, *, piped: Sequence[object] | None = None
    ) -> Result:
        """Run statements one after the other.

        Args:
            statements: what PSRP sent.
            emit: is called for each record as it is produced.
            piped: objects of the pipeline's input.
        """
        runtime = self.runtime
        runtime.emit, runtime.offset, runtime.in_try, runtime.depth = emit, 0.0, False, 0
        runtime.error_sink = None
        try:
            for statement in statements:
                self._statement(statement, piped)
        except SessionKilled:
            return Result("Stopped", None, runtime.offset)
        except ScriptError as error:
            runtime.errors.insert(0, error.record)
            return Result("Failed", error.record, runtime.offset)
        except Refusal as refusal:
            return Result("Failed", _refused(refusal), runtime.offset)
        except ExitSignal:
            return Result("Completed", None, runtime.offset)
        except RecursionError:
            record = ErrorRecord(
                NetException(
                    "System.Management.Automation.ScriptCallDepthException",
                    "The script failed due to call depth overflow.",
                ),
                "CallDepthOverflow",
            )
            return Result("Failed", record, runtime.offset)
        return Result("Completed", None, runtime.offset)

    def run(self, script: str, emit: Emit | None = None) -> tuple[Result, list[Record]]:
        """Run one script and collect its records."""
        records: list[Record] = []

        def keep(record: Record) -> None:
            records.append(record)
            if emit is not None:
                emit(record)

        result = self.invoke([Statement([Command(script, is_script=True)])], keep)
        return result, records

    def _statement(self, statement: Statement, piped: Sequence[object] | None) -> None:
        scope = self.globals

        def out(value: object) -> None:
            self.runtime.write("output", value)

        commands = list(statement.commands)
        if len(commands) == 1 and commands[0].is_script and not commands[0].arguments and not piped:
            self._script(commands[0].text, out)
            return
        try:
            invocations = [self._invocation(command) for command in commands]
            run_pipeline(scope, piped or None, invocations, out)
        except ReturnSignal:
            return
        except (BreakSignal, ContinueSignal, StopUpstream):
            return
        except ScriptError as error:
            # a command that PSRP names stands in no script: what ends it ends the pipeline
            if not error.record.line:
                error.record.line, error.record.source = 1, commands[0].text
            raise

    def _script(self, text: str, out: Callable[[object], None]) -> None:
        self._check_script()
        body = compile_script(text).body
        try:
            if body is not None:
                body.run(self.globals, [], out, inner=False)
        except (BreakSignal, ContinueSignal, StopUpstream):
            return

    def _check_script(self) -> None:
        if self.runtime.language_mode == NONE:
            exception = NetException(
                "System.Management.Automation.ParseException",
                "The syntax is not supported by this runspace. This can occur if the runspace is "
                "in no-language mode.",
            )
            raise ScriptError(ErrorRecord(exception, "ScriptsNotAllowed", "ParserError"))

    def _invocation(self, command: Command) -> Invocation:
        tokens = [
            Token(None, from_wire(value))
            if name is None
            else Token(name.lstrip("-").rstrip(":"), MISSING if value is None else from_wire(value))
            for name, value in command.arguments
        ]
        if not command.is_script:
            self._check_visible(command.text)
            return Invocation(command.text, tokens)
        self._check_script()
        body = compile_script(command.text).body
        if body is None:
            msg = "an empty script in a pipeline"
            raise Refusal(msg)
        return Invocation(ScriptBlock(body, command.text), tokens, dot=not body.parameters)

    def _check_visible(self, name: str) -> None:
        if self.visible is not None and name.lower() not in self.visible:
            exception = NetException(
                "System.Management.Automation.CommandNotFoundException",
                f"The term '{name}' is not recognized as the name of a cmdlet, function, script "
                "file, or operable program. Check the spelling of the name, or if a path was "
                "included, verify that the path is correct and try again.",
            )
            record = ErrorRecord(exception, "CommandNotFoundException", "ObjectNotFound", name)
            raise ScriptError(record)


def from_wire(value: object) -> object:
    """Return a value of the wire as the evaluator wants it."""
    if isinstance(value, dict):
        table = Hashtable()
        for key, item in value.items():
            table[key] = from_wire(item)
        return table
    if isinstance(value, tuple):
        return [from_wire(item) for item in value]
    if isinstance(value, list) and type(value) is list:
        return [from_wire(item) for item in value]
    return value


def _refused(refusal: Refusal) -> ErrorRecord:
    exception = NetException("Lab.Refusal", str(refusal))
    return ErrorRecord(exception, "Lab.Refusal", "NotImplemented", refusal.what, refusal.line)


def _session(machine: Any, language_mode: str) -> dict[str, object]:  # noqa: ANN401 - duck-typed
    """Return the automatic variables that tell about the session."""
    version = cast(str(getattr(machine, "ps_version", "5.1.22621.2506")), TypeRef("System.Version"))
    table = Hashtable()
    table["PSVersion"] = version
    table["PSEdition"] = "Desktop"
    state: CaseDict[object] = CaseDict({"LanguageMode": language_mode})
    inner = PSObject("System.Management.Automation.SessionState", state)
    context: CaseDict[object] = CaseDict({"SessionState": inner})
    host: CaseDict[object] = CaseDict({"Name": "ServerRemoteHost", "Version": version})
    return {
        "psversiontable": table,
        "executioncontext": PSObject("System.Management.Automation.EngineIntrinsics", context),
        "host": PSObject("System.Management.Automation.Internal.Host.InternalHost", host),
    }
