"""Errors of the program, and workers that are lost: counted, told, and at an end some time."""

from __future__ import annotations

import logging
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from orchestrator.domain.device import DeviceName
from orchestrator.domain.retry import MAX_BREAKS
from orchestrator.domain.run import Run, RunOptions, RunState, Verdict
from orchestrator.errors import StoreUnavailable
from orchestrator.usecases.advance import advance
from orchestrator.usecases.reap import reap
from orchestrator.usecases.submit import submit
from tests.domain.facts_builder import NOW, blank, events, failed, healthy
from tests.usecases.world import ScriptedDevice, World

if TYPE_CHECKING:
    from collections.abc import Callable

PC = DeviceName.parse("PC-0042")
FLAGGED = blank() | {"flags": {"externally_managed": 1}, "events": events(failed(0x80180026))}
SECRET = "Wr0ng-Canary-4711!"
LOOK, REPAIR = "Get-EnrollmentFact", "Invoke-EnrollmentRepair"


class WorkerLost(BaseException):
    """Stands for kill -9: nothing of the worker runs any more."""


class Deadly(ScriptedDevice):
    """A device on which something always happens to whoever calls a function."""

    function = REPAIR
    accident: Callable[[], BaseException] = WorkerLost

    def invoke(self, function: str, parameters: Any, **rest: Any) -> list[dict[str, object]]:
        if function == self.function:
            self.calls.append((function, {}))
            raise type(self).accident()
        return ScriptedDevice.invoke(self, function, parameters, **rest)

    def repairs(self) -> int:
        return [name for name, _ in self.calls].count(REPAIR)


def world(device: ScriptedDevice) -> World:
    made = World(device=device)
    made.clock.move(NOW - made.clock.now())
    return made


def mistaken(function: str) -> World:
    class Mistaken(Deadly):
        accident = staticmethod(lambda: TypeError(f"cannot log in with {SECRET}"))

    device = Mistaken(answers={LOOK: [[FLAGGED]]})
    device.function = function
    return world(device)


def killed(function: str, *, answer: dict[str, Any] = FLAGGED) -> World:
    device = Deadly(answers={LOOK: [[answer]]})
    device.function = function
    return world(device)


def lost(here: World, run_id: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Have a worker work on the run, die if it must, and its lease run out."""
    with monkeypatch.context() as patch:
        patch.setattr(here.ledger, "release", lambda _: None)  # the dead release nothing
        try:
            advance(run_id, here.ports, holder="w1")
        except WorkerLost:
            here.clock.move(timedelta(minutes=2))
            assert reap(here.ports) == 1
    return here.ledger.load(run_id)


@pytest.mark.parametrize("function", [LOOK, REPAIR])
def test_an_error_of_the_program_is_tried_three_times_and_then_the_run_has_failed(
    function: str,
) -> None:
    here = mistaken(function)
    run = submit(PC, RunOptions(), here.ports).run
    tries = 0
    while run.verdict is None:
        advance(run.id, here.ports, holder="w1")
        tries += 1
        run = here.ledger.load(run.id)
        here.clock.move((run.due or here.clock.now()) - here.clock.now())
    assert (run.verdict, run.state, tries) == (Verdict.FAILED, RunState.SETTLED, 3)
    assert "TypeError in orchestrator.usecases.advance" in run.reason
    assert "3 times" in run.reason
    assert "worker's log" in run.next_action


def test_the_text_of_an_error_of_the_program_is_told_nowhere(
    caplog: pytest.LogCaptureFixture,
) -> None:
    here = mistaken(LOOK)
    run = submit(PC, RunOptions(), here.ports).run
    with caplog.at_level(logging.ERROR):
        advance(run.id, here.ports, holder="w1")
    told = [entry.text for entry in here.ledger.history(PC)]
    assert any("TypeError" in text for text in told)
    assert "in invoke" in caplog.text, "the traceback is in the log"
    assert SECRET not in caplog.text + "".join(told) + repr(here.ledger.load(run.id))


def test_an_error_of_the_program_gives_the_device_back() -> None:
    here = mistaken(LOOK)
    run = submit(PC, RunOptions(), here.ports).run
    advance(run.id, here.ports, holder="w1")
    here.clock.move(timedelta(minutes=1))
    assert here.ledger.claim(run.id, "w2", here.clock.now()) is not None


def test_a_ledger_that_cannot_be_reached_is_no_error_of_the_program(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here = mistaken(LOOK)
    save, refused = here.ledger.save, ["once"]

    def down(*given: Any) -> Run:
        if refused:
            refused.clear()
            raise StoreUnavailable("Redis does not answer")
        return save(*given)

    run = submit(PC, RunOptions(), here.ports).run
    with monkeypatch.context() as patch:
        patch.setattr(here.ledger, "save", down)
        with pytest.raises(StoreUnavailable):
            advance(run.id, here.ports, holder="w1")
    assert here.ledger.load(run.id).tries == ()


def test_a_repair_that_kills_its_workers_does_not_go_round_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here = killed(REPAIR)
    run = submit(PC, RunOptions(deadline=NOW + timedelta(days=30)), here.ports).run
    waits = []
    while run.verdict is None:
        run = lost(here, run.id, monkeypatch)
        if run.due is not None and run.due > here.clock.now():
            waits.append((run.due - here.clock.now()).total_seconds())
            here.clock.move(run.due - here.clock.now())
    device = here.device
    assert isinstance(device, Deadly)
    assert device.repairs() == device.opened == MAX_BREAKS + 1, "and no session to rest"
    assert run.verdict is Verdict.FAILED
    assert "the worker was lost in the middle of its repair" in run.reason
    assert "their logs" in run.next_action
    told = [entry.text for entry in here.ledger.history(PC)]
    assert sum("not for the first time" in text for text in told) == MAX_BREAKS - 1
    assert waits == sorted(waits)
    assert len(waits) == MAX_BREAKS - 1, "the first time it goes on at once"


def test_a_look_that_kills_its_workers_does_not_go_round_for_ever(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    here = killed(LOOK)
    run = submit(PC, RunOptions(), here.ports).run
    while run.verdict is None:
        run = lost(here, run.id, monkeypatch)
        if run.due is not None:
            here.clock.move(max(run.due - here.clock.now(), timedelta()))
    assert run.verdict is Verdict.FAILED
    assert "the worker was lost in the middle of looking at it" in run.reason


def test_one_worker_that_is_lost_costs_no_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    here = killed(REPAIR)
    run = lost(here, submit(PC, RunOptions(), here.ports).run.id, monkeypatch)
    assert run.under_way is RunState.REPAIRING
    here.device = ScriptedDevice(answers={LOOK: [[healthy() | {"journal": {"run_id": run.id}}]]})
    advance(run.id, here.ports, holder="w2")
    run = here.ledger.load(run.id)
    assert (run.verdict, run.attempt) == (Verdict.ENROLLED, 2)
    assert run.reason == "proven after a repair whose end was not seen"
