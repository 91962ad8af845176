"""Commands at work: lookup, stages, the push from one to the next.

- Begin blocks run left to right, each object goes through all stages before the next one, end
  blocks run left to right. Source: Microsoft, "about_Pipelines".
- A cmdlet that changes something asks the machine before each operation, so that a session can be
  killed after any of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

from orchestrator.lab.powershell.binding import Token, bind
from orchestrator.lab.powershell.call import BoundCall, bind_cmdlet
from orchestrator.lab.powershell.functions import (
    Function,
    check_known,
    convert,
    function_scope,
    missing_mandatory,
    run_guarded,
)
from orchestrator.lab.powershell.objects import ScriptBlock
from orchestrator.lab.powershell.pscmdlet import PendingCmdlet
from orchestrator.lab.powershell.registry import CMDLETS, Cmdlet
from orchestrator.lab.powershell.runtime import MISSING, NOTHING, Out, Scope
from orchestrator.lab.powershell.signals import ScriptError, StopUpstream
from orchestrator.lab.powershell.text import to_text, type_name
from orchestrator.lab.powershell.values import PSObject, Refusal

Body = Callable[[Scope, Out], None]


@dataclass(frozen=True, slots=True)
class Invocation:
    """One command of a pipeline with its arguments evaluated.

    Attributes:
        target: a name or a script block.
        tokens: the arguments.
        dot: whether it runs in the caller's scope.
    """

    target: object
    tokens: list[Token]
    dot: bool = False


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

    def __init__(self, cmdlet: Cmdlet, scope: Scope, tokens: list[Token], out: Out) -> None:
        self.cmdlet = cmdlet
        self.out = out
        self.call: BoundCall = bind_cmdlet(cmdlet, scope, tokens)
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

    def __init__(self, function: Function, caller: Scope, tokens: list[Token], out: Out) -> None:
        body = function.body
        self.function, self.out = function, out
        self.bound = bind(function.name, body.parameters, body.common(), tokens)
        check_known(function, self.bound)
        self.preferences = function_scope(function, caller, self.bound)
        self.scope = self.preferences.scope
        if body.advanced:
            self.scope.variables["\0cmdlet"] = PendingCmdlet(function, self.preferences)
        self.piped = [item for item in body.parameters if item.by_value or item.by_name]
        self.input: list[object] = []
        self.done = False

    def begin(self) -> None:
        """Bind what the caller gave and run the begin block."""
        body = self.function.body
        body.take(self.scope, self.bound, self.function.name)
        absent = [
            item.name
            for item in body.parameters
            if item.mandatory
            and item.name.lower() not in self.bound.values
            and item not in self.piped
        ]
        if absent:
            raise missing_mandatory(self.function.name, absent)
        self._run(body.begin)

    def process(self, value: object) -> None:
        """Run the process block for one object."""
        body = self.function.body
        if value is MISSING:
            absent = [
                item.name
                for item in self.piped
                if item.mandatory and item.name.lower() not in self.bound.values
            ]
            if absent:
                raise missing_mandatory(self.function.name, absent)
        else:
            self._take(value)
        self._run(body.process)

    def _take(self, value: object) -> None:
        self.scope.variables["_"] = value
        self.input.append(value)
        for item in self.piped:
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
            self._run(self.function.body.end)

    def _run(self, block: Body | None) -> None:
        if block is None:
            return
        try:
            run_guarded([block], self.scope, self.out)
        except ScriptError as error:
            if error.leaving is self.scope:
                error.leaving = None
            raise


class BlockStage:
    """A script block called with ``&`` or ``.``."""

    def __init__(self, block: ScriptBlock, scope: Scope, invocation: Invocation, out: Out) -> None:
        self.inner = FunctionStage(Function("", block.body), scope, invocation.tokens, out)
        if invocation.dot:
            self.inner.scope = scope
            self.inner.preferences.scope = scope
        self.begin = self.inner.begin
        self.process = self.inner.process
        self.end = self.inner.end


def find_command(scope: Scope, name: str) -> Function | Cmdlet:
    """Look a command up: functions of the script first, then the modelled cmdlets.

    Raises:
        Refusal: there is none such.
    """
    bare = name.rpartition("\\")[2] if "-" in name and not name.lower().endswith(".exe") else name
    function = scope.runtime.functions.get(bare)
    if function is not None:
        return function
    known = CMDLETS.get(bare)
    if known is None:
        msg = f"command {name}"
        raise Refusal(msg)
    return known


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
        return FunctionStage(command, scope, invocation.tokens, out)
    return CmdletStage(command, scope, invocation.tokens, out)


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
