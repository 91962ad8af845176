"""A named PC whose repair is cut off at one operation, and what of a PC two repairs have in common.

- A cut is a call of a run, counted from 0, and how many changing operations it still does.
- What is new and random (GUIDs, thumbprints, times) is made alike; all else of the PC is compared,
  but for what we keep there ourselves: that is judged by what an undo makes of it. Of the event
  log, kinds of events are compared, for an attempt that was cut is seen there twice.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Any, cast

from orchestrator.domain.run import RunOptions
from orchestrator.lab import fleet
from orchestrator.lab.device_dump import OUR_FOLDER, OUR_KEY, leaves
from orchestrator.lab.faults import KillAfterOperation
from tests.metamorphic.carried import BenchSessions, Carrier
from tests.scripts.bench import Bench

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from orchestrator.domain.run import Run
    from orchestrator.usecases.ports import Parameter

STORIES: dict[str, RunOptions] = {
    "PC-CCMDEAD": RunOptions(allow_configmgr_removal=True),
    "PC-CLOCK": RunOptions(),
    "PC-DENIED": RunOptions(),
    "PC-EXPIRED": RunOptions(),
    "PC-EXTMANAGED": RunOptions(),
    "PC-LEGACY": RunOptions(),
    "PC-LEGACY-NOUN": RunOptions(),
    "PC-LEGACY-PART": RunOptions(),
    "PC-MMPC-PAIR": RunOptions(),
    "PC-NOTHYBRID": RunOptions(),
    "PC-REBOOT": RunOptions(reboot="allow"),
    "PC-SVCOFF": RunOptions(),
    "PC-TASK-GONE": RunOptions(),
}
"""Named PCs whose repairs have, together, every stage."""

_RANDOM = re.compile(r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}|[0-9A-Fa-f]{40}")
_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ][\d:.]+(?:\+00:00|Z)?")
_LAST_FENCE = 2**62
_OURS = (f"registry / {OUR_KEY} / ", f"files / {OUR_FOLDER}")


class CutSessions(BenchSessions):
    """Sessions of which one is cut.

    Attributes:
        struck: whether the call came as far as the cut.
        counts: changing operations of the PC during each call, those of SYSTEM's tasks among them.
        stages: what the repairs of the run were asked for.
    """

    def __init__(self, bench: Bench, cut: tuple[int, int] | None) -> None:
        super().__init__(bench)
        self.cut = cut
        self.struck = False
        self.counts: list[int] = []
        self.stages: set[str] = set()

    def invoke(
        self,
        function: str,
        parameters: Mapping[str, Parameter],
        *,
        seconds: float,
        on_object: Callable[[dict[str, object]], None] | None = None,
    ) -> list[dict[str, object]]:
        device = self.bench.device
        mine = self.cut is not None and self.cut[0] == len(self.calls)
        fault = KillAfterOperation(operations=self.cut[1] if self.cut else 0)
        if mine:
            device.faults.append(fault)
        before = device.operations
        self.stages.update(cast("Sequence[str]", parameters.get("Stage", ())))
        try:
            return super().invoke(function, parameters, seconds=seconds, on_object=on_object)
        finally:
            self.counts.append(device.operations - before)
            if mine:
                self.struck = fault not in device.faults
                device.faults[:] = [item for item in device.faults if item is not fault]


@dataclass
class Repaired:
    """A PC at the end of its run, some hours later."""

    bench: Bench
    run: Run
    sessions: CutSessions
    known: frozenset[str] = field(default_factory=frozenset)

    @property
    def state(self) -> Counter[str]:
        """What is on the PC, a line each."""
        return state(self.bench, self.known)

    def undo(self) -> tuple[str, frozenset[str]]:
        """Undo the run; return how that ended, and what is lost."""
        outcome = self.bench.restore(run=self.run.id, fence=_LAST_FENCE).one
        lost = (item["object"] for item in outcome["changes"] if not item["restorable"])
        return outcome["status"], frozenset(lost)


def names_on(bench: Bench) -> frozenset[str]:
    """Return the GUIDs and thumbprints on a PC, in lower case."""
    return frozenset(name.lower() for name in _RANDOM.findall(repr(bench.device.dump())))


def state(bench: Bench, known: frozenset[str]) -> Counter[str]:
    """Return what is on a PC, a line each; GUIDs and thumbprints that are not known are alike."""
    lines: Counter[str] = Counter()
    for path, value in leaves(bench.device.dump()).items():
        if path.startswith("events / "):
            lines.update({f"{path}: {event}" for _, event, _ in cast("list[Any]", value)})
        elif not path.startswith(_OURS):
            alike = _RANDOM.sub(
                lambda found: found[0] if found[0].lower() in known else "(new)",
                f"{path}: {value}",
            )
            lines[_TIME.sub("(time)", alike)] += 1
    return lines


def repaired(story: str, cut: tuple[int, int] | None = None) -> Repaired:
    """Carry a run about a named PC to its end, cut off once or not at all."""
    bench = Bench(story)
    bench.device = fleet.build(story, clock=lambda: bench.now)
    known = names_on(bench)
    carrier = Carrier(bench)
    sessions = CutSessions(bench, cut)
    carrier.ports = replace(carrier.ports, sessions=sessions, presence=sessions)
    run = carrier.fix(STORIES[story])
    bench.later(2 * 3600)
    bench.facts()
    return Repaired(bench, run, sessions, known)


def differences(expected: Counter[str], seen: Counter[str]) -> list[str]:
    """Return a line for all in which two PCs are unlike."""
    return [f"- {line}" for line in expected - seen] + [f"+ {line}" for line in seen - expected]


@cache
def _whole(story: str) -> Repaired:
    return repaired(story)


@cache
def _undone(story: str) -> tuple[Repaired, tuple[str, frozenset[str]]]:
    pc = repaired(story)
    return pc, pc.undo()


def calls(story: str) -> list[int]:
    """Return for each call of the run about a named PC how many operations it may be cut at."""
    return _whole(story).sessions.counts


def check(story: str, cut: tuple[int, int]) -> bool:
    """Hold a repair that is cut off against one that is not, and the undo of both.

    Returns:
        False when the call ended before it came as far as the cut.
    """
    whole, pc = _whole(story), repaired(story, cut)
    where = f"{story} cut off in call {cut[0]} after {cut[1]} operations: {pc.run.reason}"
    assert pc.run.verdict is whole.run.verdict, where
    assert differences(whole.state, pc.state) == [], where
    restored, outcome = _undone(story)
    assert pc.undo() == outcome, where
    assert differences(restored.state, pc.state) == [], f"{where}, undone"
    return pc.sessions.struck


def stages_of(story: str) -> set[str]:
    """Return the stages that the whole repair of a named PC has."""
    return _whole(story).sessions.stages
