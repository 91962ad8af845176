"""The one list of cmdlets: the evaluator binds by it, and the lint knows by it what exists.

A cmdlet is a Python function declared by a specification string, one word a parameter::

    @cmdlet("Stop-Service", "Name=ServiceName:str[]!0| InputObject:object^", changes=True)
    def stop_service(call: Call) -> Iterable[object]: ...

A word is ``Name[=Alias[,Alias]]:type[marks]``. Types: ``str int bool switch object scriptblock
hashtable datetime`` and ``str[] int[] object[]``. Marks: ``!`` mandatory, a digit its position,
``^`` takes pipeline objects by value, ``|`` takes them by property name. Every cmdlet has the
common parameters (``ErrorAction``, ``Verbose``, ``WarningAction`` ...); one that `changes`
something also has ``WhatIf`` and ``Confirm``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeVar

from orchestrator.lab.powershell.values import CaseDict


class Call(Protocol):
    """What a cmdlet is given: made by the evaluator for each pipeline object, or once without.

    `machine` is the simulated PC (`lab.device.Device` in the product; `object()` in the
    evaluator's own tests). It is `Any` here because the evaluator knows nothing of devices.
    """

    machine: Any
    name: str

    def has(self, parameter: str) -> bool:
        """Tell whether the caller gave the parameter."""
        ...

    def get(self, parameter: str, default: object = None) -> Any:  # noqa: ANN401 - a script's value, of any type
        """Return the bound value, coerced to the declared type."""
        ...

    def error(
        self,
        error_id: str,
        message: str,
        *,
        category: str = "NotSpecified",
        exception: str = "System.Exception",
        target: object = None,
    ) -> None:
        """Write a non-terminating error; under ``-ErrorAction Stop`` this raises."""
        ...

    def fail(
        self,
        error_id: str,
        message: str,
        *,
        category: str = "NotSpecified",
        exception: str = "System.Exception",
        target: object = None,
    ) -> Exception:
        """Make a terminating error for the cmdlet to raise."""
        ...

    def should_process(self, target: str, action: str) -> bool:
        """Ask before a change: False under ``-WhatIf``."""
        ...

    def sleep(self, seconds: float) -> None:
        """Let the device's virtual time pass."""
        ...


Body = Callable[[Call], Iterable[object] | None]


class Processor(Protocol):
    """A cmdlet of the language itself that works while objects pass, such as ``Where-Object``.

    Attributes:
        alone: whether `process` is called once when nothing is piped.
    """

    alone: bool

    def begin(self, call: Any) -> Iterable[object] | None:  # noqa: ANN401 - the evaluator's own call
        """Get ready, before the first object."""
        ...

    def process(self, call: Any, value: object) -> Iterable[object] | None:  # noqa: ANN401 - the evaluator's own call
        """Take one object."""
        ...

    def end(self, call: Any) -> Iterable[object] | None:  # noqa: ANN401 - the evaluator's own call
        """Finish, after the last object."""
        ...


@dataclass(frozen=True, slots=True)
class Parameter:
    """One declared parameter."""

    name: str
    aliases: tuple[str, ...]
    type: str
    mandatory: bool
    position: int | None
    by_value: bool
    by_name: bool


@dataclass(frozen=True, slots=True)
class Cmdlet:
    """One declared cmdlet.

    Attributes:
        is_function: True for cmdlets that are really functions of a CDXML module (ScheduledTasks,
            CIM): they do not see a script's ``$ErrorActionPreference``.
        collects: True for cmdlets that want all piped objects at once, as the array that their
            ``^`` parameter then is.
        processor: makes the object that takes piped objects one by one, for cmdlets of the
            language itself.
    """

    name: str
    parameters: tuple[Parameter, ...]
    body: Body
    changes: bool
    is_function: bool
    collects: bool = False
    processor: Callable[[], Processor] | None = None


CMDLETS: CaseDict[Cmdlet] = CaseDict()
B = TypeVar("B", bound=Callable[[Any], Iterable[object] | None])


def parse_specification(text: str) -> tuple[Parameter, ...]:
    """Read a specification string.

    Raises:
        ValueError: a word is not ``Name[=Alias]:type[marks]``.
    """
    parameters = []
    for word in text.split():
        head, separator, tail = word.partition(":")
        if not separator:
            msg = f"parameter {word!r} has no type"
            raise ValueError(msg)
        name, _, aliases = head.partition("=")
        kind = tail.rstrip("!|^0123456789")
        marks = tail[len(kind) :]
        digits = "".join(mark for mark in marks if mark.isdigit())
        parameters.append(
            Parameter(
                name=name,
                aliases=tuple(alias for alias in aliases.split(",") if alias),
                type=kind,
                mandatory="!" in marks,
                position=int(digits) if digits else None,
                by_value="^" in marks,
                by_name="|" in marks,
            )
        )
    return tuple(parameters)


def cmdlet(
    name: str,
    specification: str = "",
    *,
    changes: bool = False,
    is_function: bool = False,
    collects: bool = False,
) -> Callable[[B], B]:
    """Declare a cmdlet; the decorated function becomes its body."""

    def register(body: B) -> B:
        if name in CMDLETS:
            msg = f"cmdlet {name} is declared twice"
            raise ValueError(msg)
        CMDLETS[name] = Cmdlet(
            name, parse_specification(specification), body, changes, is_function, collects
        )
        return body

    return register


P = TypeVar("P", bound=Processor)


def processor(name: str, specification: str = "") -> Callable[[type[P]], type[P]]:
    """Declare a cmdlet of the language itself; the decorated class does its work."""

    def register(kind: type[P]) -> type[P]:
        def body(_call: Call) -> None:
            """Do nothing: the processor does the work."""

        cmdlet(name, specification)(body)
        CMDLETS[name] = replace(CMDLETS[name], processor=kind)
        return kind

    return register
