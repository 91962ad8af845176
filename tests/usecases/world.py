"""A world in memory: a device that answers as it is told, and everything round it."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from orchestrator.adapters.memory import CountedIds, ManualClock, MemoryBell, MemoryLedger
from orchestrator.adapters.memory_campaigns import MemoryCampaigns, MemoryCaps
from orchestrator.adapters.memory_control import MemoryControl, MemoryWorkers
from orchestrator.errors import DeviceError
from orchestrator.usecases.ports import Ports

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from orchestrator.domain.device import DeviceName
    from orchestrator.usecases.ports import Parameter

Answer = list[dict[str, Any]] | DeviceError


@dataclass
class ScriptedDevice:
    """Answers calls from a list a function; remembers what it was asked.

    Attributes:
        there: whether the port takes a connection.
        refuses: raised when a session is opened.
        answers: function to its answers, one a call; the last one repeats.
        calls: what was invoked, in order.
        before: called with each function's name before it answers.
    """

    there: bool = True
    refuses: DeviceError | None = None
    answers: dict[str, list[Answer]] = field(default_factory=dict)
    calls: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    before: Callable[[str], None] | None = None
    opened: int = 0
    closed: int = 0

    @contextmanager
    def open(self, device: DeviceName, *, seconds: float) -> Iterator[ScriptedDevice]:
        del device, seconds
        if self.refuses is not None:
            raise self.refuses
        self.opened += 1
        try:
            yield self
        finally:
            self.closed += 1

    def is_there(self, device: DeviceName) -> bool:
        del device
        return self.there

    def invoke(
        self,
        function: str,
        parameters: Mapping[str, Parameter],
        *,
        seconds: float,
        on_object: Callable[[dict[str, object]], None] | None = None,
    ) -> list[dict[str, object]]:
        del seconds
        self.calls.append((function, dict(parameters)))
        if self.before is not None:
            self.before(function)
        answers = self.answers[function]
        answer = answers.pop(0) if len(answers) > 1 else answers[0]
        if isinstance(answer, DeviceError):
            raise answer
        for document in answer:
            if on_object is not None:
                on_object(document)
        return answer


@dataclass
class World:
    """The ports in memory, with the device behind them."""

    device: ScriptedDevice = field(default_factory=ScriptedDevice)
    clock: ManualClock = field(default_factory=ManualClock)
    ledger: MemoryLedger = field(default_factory=MemoryLedger)
    bell: MemoryBell = field(default_factory=MemoryBell)

    @property
    def ports(self) -> Ports:
        return Ports(
            clock=self.clock,
            ids=CountedIds(),
            runs=self.ledger,
            leases=self.ledger,
            agenda=self.ledger,
            feed=self.ledger,
            bell=self.bell,
            sessions=self.device,
            presence=self.device,
            campaigns=MemoryCampaigns(self.ledger),
            control=MemoryControl(self.ledger),
            caps=MemoryCaps(self.ledger),
            workers=MemoryWorkers(self.ledger),
        )
