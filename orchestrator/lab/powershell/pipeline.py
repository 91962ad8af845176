"""Commands at work: lookup, stages, the push from one to the next.

- Begin blocks run left to right, each object goes through all stages before the next one, end
  blocks run left to right. Source: Microsoft, "about_Pipelines".
- A cmdlet that changes something asks the machine before each operation, so that a session can be
  killed after any of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

from orchestrator.lab.powershell.binding import Bound, Shape, SlotTable, Token, bind
from orchestrator.lab.powershell.call import BoundCall, bind_cmdlet
from orchestrator.lab.powershell.cmdlet_table import slots_of
from orchestrator.lab.powershell.functions import (
    Function,
    check_known,
    run_guarded,
    set_preferences,
)
from orchestrator.lab.powershell.objects import ScriptBlock
from orchestrator.lab.powershell.registry import CMDLETS, Cmdlet
from orchestrator.lab.powershell.runtime import MISSING, NOTHING, Out, Scope
from orchestrator.lab.powershell.signals import ScriptError, StopUpstream
from orchestrator.lab.powershell.signature import convert, missing_mandatory
from orchestrator.lab.powershell.text import to_text, type_name
from orchestrator.lab.powershell.values import PSObject, Refusal

Body = Callable[[Scope, Out], None]


@dataclass(slots=True)
class Invocation:
    """One command of a pipeline with its arguments evaluated.

    Attributes:
        target: a name or a script block.
        arguments: tokens, or bare values when there is a shape.
        dot: whether it runs in the caller's scope.
        shape: says what the values are, where a script says it once and for all.
    """

    target: object
    arguments: Sequence[object]
    dot: bool = False
    shape: Shape | None = None

    def bound(self, command: str, table: SlotTable) -> Bound:
        """Bind the arguments to a command's parameters.

        Raises:
            ScriptError: an argument is given twice, lacks its value, or is ambiguous.
        """
        if self.shape is not None:
            return self.shape.bound(command, table, self.arguments)
        return bind(command, table, [item for item in self.arguments if isinstance(item, Token)])


class Stage(Protocol):
    """One command of a running pipeline."""

    def begin(self) -> None:
        """Get ready."""

    def process(self, value: object) -> None:
        """Take one object; MISSING when the command stands first."""

    def end(self) -> None:
        """Write what is left."""


class CmdletStage:
    """A cmdlet."""

    def __init__(self, cmdlet: Cmdlet, scope: Scope, invocation: Invocation, out: Out) -> None:
        self.cmdlet = cmdlet
        self.out = out
        table = slots_of(cmdlet)
        bound = invocation.bound(cmdlet.name, table)
        self.call: BoundCall = bind_cmdlet(cmdlet, scope, bound, table)
        self.call.out = out
        self.collected: list[object] = []
        self.processor = cmdlet.processor() if cmdlet.processor else None

    def begin(self) -> None:
        """Let a streaming cmdlet get ready."""
        if self.processor is not None:
            self._write(self.processor.begin, self.call)

    def process(self, value: object) -> None:
        """Run the cmdlet's body for one object."""
        call = self.call
        if self.cmdlet.collects and value is not MISSING:
            self.collected.append(value)
            return
        if value is not MISSING:
            call.take(value)
        elif self.cmdlet.collects:
            return
        call.require()
        if self.processor is not None:
            if value is not MISSING or self.processor.alone:
                self._write(self.processor.process, call, value)
            return
        self._run()

    def end(self) -> None:
        """Run a cmdlet that wants all its input at once, or what a streaming one does last."""
        if self.processor is not None:
            self._write(self.processor.end, self.call)
        elif self.cmdlet.collects:
            self.call.collect(self.collected)
            self.call.require()
            self._run()

    def run_once(self) -> None:
        """Run a cmdlet that nothing is piped to.

        Raises:
            ScriptError: something mandatory is missing, or it failed.
        """
        self.call.require()
        if self.cmdlet.changes:
            self._run()
        else:
            self._write(self.cmdlet.body, self.call)

    def _run(self) -> None:
        if self.cmdlet.changes and not self.call.preferences.is_what_if():
            self.call.machine.before_operation(self.cmdlet.name)
        self._write(self.cmdlet.body, self.call)
        if self.cmdlet.changes:
            self.call.scope.runtime.check_alive()

    def _write(self, make: Callable[..., Iterable[object] | None], *arguments: object) -> None:
        call, out = self.call, self.out
        try:
            written = make(*arguments)
            if written is not None:
                for item in written:
                    if item is not NOTHING:
                        out(item)
        except ScriptError as error:
            raise call.located(error) from None


class FunctionStage:
    """A function of the script."""

    def __init__(self, function: Function, caller: Scope, invocation: Invocation, out: Out) -> None:
        body = function.body
        self.function, self.out = function, out
        self.signature = body.signature
        self.bound = bound = invocation.bound(function.name, self.signature.table)
        if bound.unknown or bound.rest:
            check_known(function, bound)
        self.scope = scope = Scope(caller.runtime, caller)
        scope.variables["\0command"] = function.name
        made = set_preferences(scope, bound.common, caller) if bound.common else None
        if body.advanced:
            scope.variables["\0cmdlet"] = (function, made)
        self.input: list[object] = []

    def begin(self) -> None:
        """Bind what the caller gave and run the begin block."""
        self.take_arguments()
        self.run_block(self.function.body.begin)

    def take_arguments(self) -> None:
        """Set the variables of what the caller gave.

        Raises:
            ScriptError: an argument does not fit or is missing.
        """
        signature = self.signature
        signature.take(self.scope, self.bound, self.function.name)
        if signature.required:
            absent = signature.missing(self.bound)
            if absent:
                raise missing_mandatory(self.function.name, absent)

    def process(self, value: object) -> None:
        """Run the process block for one object."""
        if value is not MISSING:
            self._take(value)
        elif self.signature.piped:
            absent = self.signature.missing_piped(self.bound)
            if absent:
                raise missing_mandatory(self.function.name, absent)
        self.run_block(self.function.body.process)

    def _take(self, value: object) -> None:
        self.scope.variables["_"] = value
        self.input.append(value)
        for item in self.signature.piped:
            lower = item.name.lower()
            if lower in self.bound.values:
                continue
            found: object = MISSING
            if item.by_value:
                found = value
            if item.by_name and isinstance(value, PSObject):
                for name in (item.name, *item.aliases):
                    if name in value.properties:
                        found = value.properties[name]
            if found is not MISSING:
                self.scope.variables[lower] = convert(item, found, self.function.name)

    def end(self) -> None:
        """Run the end block."""
        if self.function.body.end is not None:
            self.scope.variables["input"] = self.input
            self.run_block(self.function.body.end)

    def run_block(self, block: Body | None) -> None:
        """Run a block, if there is one.

        Raises:
            ScriptError: it ended with an error.
        """
        if block is None:
            return
        try:
            run_guarded((block,), self.scope, self.out)
        except ScriptError as error:
            if error.leaving is self.scope:
                error.leaving = None
            raise


class BlockStage:
    """A script block called with ``&`` or ``.``."""

    def __init__(self, block: ScriptBlock, scope: Scope, invocation: Invocation, out: Out) -> None:
        self.inner = FunctionStage(Function("", block.body), scope, invocation, out)
        if invocation.dot:
            self.inner.scope = scope
        self.begin = self.inner.begin
        self.process = self.inner.process
        self.end = self.inner.end


def find_command(scope: Scope, name: str) -> Function | Cmdlet:
    """Look a command up: functions of the script first, then the modelled cmdlets.

    Raises:
        Refusal: there is none such.
    """
    bare = _bare(name)
    function: Function | None = scope.runtime.functions.get(bare)
    if function is not None:
        return function
    known: Cmdlet | None = CMDLETS.get(bare)
    if known is None:
        msg = f"command {name}"
        raise Refusal(msg)
    return known


@lru_cache(maxsize=4096)
def _bare(name: str) -> str:
    """Return a command's name without the module it is said to be of."""
    return name.rpartition("\\")[2] if "-" in name and not name.lower().endswith(".exe") else name


def make_stage(scope: Scope, invocation: Invocation, out: Out) -> Stage:
    """Bind a command and make it ready to run.

    Raises:
        ScriptError: the arguments do not fit.
        Refusal: the command or a parameter is not modelled.
    """
    target = invocation.target
    if isinstance(target, ScriptBlock):
        return BlockStage(target, scope, invocation, out)
    if isinstance(target, PSObject) and "Name" in target.properties:
        target = target.properties["Name"]
    if not isinstance(target, str) or not target:
        msg = f"calling a {type_name(target) or 'null'}"
        raise Refusal(msg)
    command = find_command(scope, to_text(target))
    if isinstance(command, Function):
        return FunctionStage(command, scope, invocation, out)
    return CmdletStage(command, scope, invocation, out)


def run_pipeline(
    scope: Scope, head: Iterable[object] | None, commands: list[Invocation], out: Out
) -> None:
    """Run a pipeline.

    Args:
        scope: the caller's.
        head: objects from an expression that stands first; None when a command does.
        commands: the commands, left to right.
        out: takes what the last one writes.
    """
    if head is None and len(commands) == 1:
        run_alone(scope, commands[0], out)
        return
    stages: list[Stage] = []
    sink = out
    for invocation in reversed(commands):
        stage = make_stage(scope, invocation, sink)
        stages.insert(0, stage)
        sink = stage.process
    for stage in stages:
        stage.begin()
    start = 0
    try:
        if head is None:
            stages[0].process(MISSING)
        else:
            for item in head:
                stages[0].process(item)
    except StopUpstream as stop:
        start = _position(stages, stop)
    index = 0
    while index < len(stages):
        if index >= start:
            try:
                stages[index].end()
            except StopUpstream as stop:
                start = _position(stages, stop)
        index += 1


def run_alone(scope: Scope, invocation: Invocation, out: Out) -> None:
    """Run a command that nothing is piped to and whose output goes nowhere else."""
    target = invocation.target
    if type(target) is str and target:
        command = find_command(scope, target)
        if isinstance(command, Function):
            body = command.body
            if body.begin is None and body.process is None and not body.signature.piped:
                _call(FunctionStage(command, scope, invocation, out), body.end)
                return
        elif command.processor is None and not command.collects:
            CmdletStage(command, scope, invocation, out).run_once()
            return
    stage = make_stage(scope, invocation, out)
    stage.begin()
    try:
        stage.process(MISSING)
    except StopUpstream as stop:
        _position([stage], stop)
    try:
        stage.end()
    except StopUpstream as stop:
        _position([stage], stop)


def _call(stage: FunctionStage, end: Body | None) -> None:
    """Run a function that has an end block only."""
    stage.take_arguments()
    if end is not None:
        stage.scope.variables["input"] = stage.input
        stage.run_block(end)


def _position(stages: list[Stage], stop: StopUpstream) -> int:
    """Find the stage that has enough.

    Raises:
        StopUpstream: it belongs to a pipeline around this one.
    """
    for index, stage in enumerate(stages):
        if _owner(stage) is stop.stage:
            return index
    raise stop


def _owner(stage: Stage) -> object:
    return getattr(stage, "processor", None)
