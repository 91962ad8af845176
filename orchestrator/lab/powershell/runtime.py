"""What a running script stands on: scopes, preferences, streams and the machine.

- Scopes are dynamic: a function sees its caller's variables and assigns its own.
- Time is the machine's and virtual: nothing here waits.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from orchestrator.lab.powershell.signals import ScriptError, SessionKilled, runtime_error
from orchestrator.lab.powershell.text import to_text
from orchestrator.lab.powershell.values import CaseDict

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.lab.powershell.coverage import Coverage
    from orchestrator.lab.powershell.functions import Function
    from orchestrator.lab.powershell.objects import ErrorRecord, TypeRef

Out = Callable[[object], None]


class Nothing:
    """``AutomationNull``: what a command that wrote nothing gives; ``$null`` when it is read."""

    def __repr__(self) -> str:
        return "NOTHING"


NOTHING = Nothing()
MISSING = Nothing()


@dataclass(frozen=True, slots=True)
class Record:
    """One object on one stream.

    Attributes:
        stream: ``output error warning verbose debug information progress``.
        value: the object; an `ErrorRecord` on the error stream, text on the message streams.
        offset: seconds of virtual time since the pipeline began.
    """

    stream: str
    value: object
    offset: float


@dataclass(eq=False, slots=True)
class Runtime:
    """The state of one runspace.

    Attributes:
        machine: the simulated PC (see the package's docstring for what it must offer).
        functions: what the runspace defined.
        emit: where records go.
        offset: seconds slept in this invocation.
        in_try: a ``try`` is around: statement errors go to it rather than to the error stream.
        error_sink: where error records go instead, under a redirection.
    """

    machine: Any
    language_mode: str = "FullLanguage"
    functions: CaseDict[Function] = field(default_factory=CaseDict)
    emit: Callable[[Record], None] = lambda _: None
    offset: float = 0.0
    in_try: bool = False
    error_sink: Out | None = None
    errors: list[object] = field(default_factory=list)
    coverage: Coverage | None = None
    depth: int = 0
    success: bool = True

    def write(self, stream: str, value: object) -> None:
        """Put a record on a stream."""
        self.emit(Record(stream, value, self.offset))

    def sleep(self, seconds: float) -> None:
        """Let virtual time pass.

        Raises:
            SessionKilled: the session ended meanwhile.
        """
        if seconds > 0:
            self.machine.sleep(seconds)
            self.offset += seconds
            self.check_alive()

    def check_alive(self) -> None:
        """End the script when its session is gone.

        Raises:
            SessionKilled: it is.
        """
        if self.machine.killed():
            raise SessionKilled

    def report(self, record: ErrorRecord) -> None:
        """Put an error record where errors go."""
        if self.error_sink is not None:
            self.error_sink(record)
        else:
            self.write("error", record)


class Scope:
    """Variables of one function or script block.

    Attributes:
        variables: lower-case name to value.
        parent: the caller's scope; None for the global one.
        strict: strict mode version, 0 when off.
        script: where ``$script:`` leads.
        casts: types that variables were declared with; shared, so it is replaced, never changed.
        cmdlet: the running advanced function's ``$PSCmdlet``.
    """

    __slots__ = ("casts", "parent", "runtime", "script", "strict", "variables")

    def __init__(self, runtime: Runtime, parent: Scope | None = None) -> None:
        self.runtime = runtime
        self.parent = parent
        self.variables: dict[str, object] = {}
        self.casts: dict[str, TypeRef] | None = None
        self.strict: int = parent.strict if parent else 0
        self.script: Scope = parent.script if parent else self

    def find(self, name: str) -> object:
        """Return a variable's value, MISSING when there is none."""
        scope: Scope | None = self
        while scope is not None:
            if name in scope.variables:
                return scope.variables[name]
            scope = scope.parent
        return MISSING

    def get(self, name: str) -> object:
        """Return a variable's value, None when there is none."""
        found = self.find(name)
        return None if found is MISSING or found is NOTHING else found

    @property
    def root(self) -> Scope:
        """Return the global scope: where ``$script:`` leads, too."""
        return self.script


def undefined(name: str) -> ScriptError:
    """Make the error of strict mode for a variable that was never set."""
    return runtime_error(
        "VariableIsUndefined",
        f"The variable '${name}' cannot be retrieved because it has not been set.",
        target=name,
    )


class Preferences:
    """The common parameters of one command.

    Attributes:
        scope: the scope whose preference variables count.
        caller: where its variables go, such as the one of ``-ErrorVariable``.
    """

    error_action: str = ""
    error_variable: str = ""
    verbose: bool | None = None
    debug: bool | None = None
    what_if: bool | None = None
    confirm: bool | None = None
    warning_action: str = ""
    information_action: str = ""

    def __init__(self, scope: Scope, *, caller: Scope | None = None) -> None:
        self.scope = scope
        self.caller = caller

    def error_preference(self) -> str:
        """Return what happens to a non-terminating error."""
        return self.error_action or to_text(self.scope.get("erroractionpreference")) or "Continue"

    def is_what_if(self) -> bool:
        """Tell whether changes are only to be described."""
        if self.what_if is not None:
            return self.what_if
        return bool(self.scope.get("whatifpreference"))

    def shows(self, stream: str) -> bool:
        """Tell whether a message stream is on.

        Raises:
            ScriptError: the preference is ``Stop``.
        """
        given: bool | None = {"verbose": self.verbose, "debug": self.debug}.get(stream)
        if given is not None:
            return given
        override = {"warning": self.warning_action, "information": self.information_action}
        preference = override.get(stream) or to_text(self.scope.get(f"{stream}preference"))
        if preference.lower() == "stop":
            raise runtime_error(
                error_id="ActionPreferenceStop",
                message=f"The running command stopped because the preference variable "
                f'"{stream.capitalize()}Preference" or common parameter is set to Stop.',
                exception="System.Management.Automation.ActionPreferenceStopException",
                category="OperationStopped",
            )
        return preference.lower() not in ("silentlycontinue", "ignore")

    def write_error(self, record: ErrorRecord) -> None:
        """Write a non-terminating error as the preference wants.

        Raises:
            ScriptError: the preference is ``Stop``.
        """
        runtime = self.scope.runtime
        action = self.error_preference().lower()
        if self.error_variable and action != "ignore":
            self.keep_error(record)
        if action == "stop":
            raise ScriptError(record, thrown=True)
        if action != "ignore":
            runtime.errors.insert(0, record)
        runtime.success = False
        if action not in ("ignore", "silentlycontinue"):
            runtime.report(record)

    def keep_error(self, record: ErrorRecord) -> None:
        """Add a record to the ``-ErrorVariable``."""
        scope = self.caller or self.scope
        name = self.error_variable.lstrip("+").lower()
        kept = scope.variables.get(name)
        scope.variables[name] = [*kept, record] if isinstance(kept, list) else [record]


@contextmanager
def redirected_errors(runtime: Runtime, sink: Out | None) -> Iterator[None]:
    """Send error records elsewhere for a while."""
    if sink is None:
        yield
        return
    before = runtime.error_sink
    runtime.error_sink = sink
    try:
        yield
    finally:
        runtime.error_sink = before
