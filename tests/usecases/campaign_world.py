"""A fleet in memory: PCs that answer by what is wrong with them, a campaign, and its workers."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from orchestrator.adapters.memory import CountedIds, ManualClock, MemoryBell, MemoryLedger
from orchestrator.adapters.memory_campaigns import MemoryCampaigns, MemoryCaps
from orchestrator.adapters.memory_control import MemoryControl, MemoryWorkers
from orchestrator.domain.campaign import CampaignPolicy
from orchestrator.domain.device import DeviceName
from orchestrator.domain.run import RunOptions
from orchestrator.domain.share import Share
from orchestrator.domain.target import Target
from orchestrator.domain.wave import WavePolicy
from orchestrator.errors import AuthenticationRefused
from orchestrator.usecases import campaigns
from orchestrator.usecases.advance import advance
from orchestrator.usecases.campaign_tick import tick
from orchestrator.usecases.dispatch import dispatch
from orchestrator.usecases.ports import Ports
from orchestrator.usecases.reap import reap
from tests.domain.facts_builder import NOW, blank, certificate, event, events, failed, healthy, iso

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from orchestrator.domain.campaign import Campaign
    from orchestrator.domain.campaign_plan import PlanDocument
    from orchestrator.usecases.ports import Parameter

FLAGGED = blank() | {"flags": {"externally_managed": 1}, "events": events(failed(0x80180026))}
UNLICENSED = blank() | {"events": events(failed(0x80180018))}


@dataclass
class PC:
    """One PC.

    Attributes:
        wrong: ``flag`` (repairable), ``licence`` (the tenant's) or ``nothing`` (enrolled).
        there: whether it answers.
        refuses: whether it refuses the account.
        repairs: how often it was changed.
        looks: how often it was read.
    """

    name: str
    site: str = ""
    wrong: str = "flag"
    there: bool = True
    refuses: bool = False
    repairs: int = 0
    looks: int = 0

    def facts(self, now: datetime) -> dict[str, Any]:
        base = {"flag": FLAGGED, "licence": UNLICENSED, "nothing": healthy()}[self.wrong]
        if self.repairs and self.wrong == "nothing":
            base = base | {
                "certificates": [certificate(not_before=iso(now))],
                "events": events(event(75, 4711, "0", minutes_ago=0) | {"time": iso(now)}),
            }
        name = {"identity": base["identity"] | {"computer_name": self.name}}
        return base | name | {"collected": iso(now)}

    def repair(self, now: datetime) -> list[dict[str, Any]]:
        self.repairs += 1
        self.wrong = "nothing"
        marker = {"time": iso(now - timedelta(minutes=1)), "record": 4700}
        return [
            {"format": 1, "stage": "backup", "status": "changed"},
            {"format": 1, "stage": "flag", "status": "changed"},
            {"format": 1, "stage": "trigger", "status": "changed", "marker": marker, "result": 0},
        ]


@dataclass
class Fleet:
    """The ports `Sessions` and `Presence` for many PCs.

    Attributes:
        at_once: PCs in a session now; `most` is the most there ever were.
        during, after: called when a session has been opened and closed, with the PC.
    """

    clock: ManualClock
    pcs: dict[str, PC] = field(default_factory=dict)
    at_once: int = 0
    most: int = 0
    during: Callable[[PC], None] | None = None
    after: Callable[[PC], None] | None = None

    def is_there(self, device: DeviceName) -> bool:
        return self.pcs[device.key].there

    @contextmanager
    def open(self, device: DeviceName, *, seconds: float) -> Iterator[_Session]:
        pc = self.pcs[device.key]
        if pc.refuses:
            raise AuthenticationRefused("the account was refused", host=pc.name)
        self.at_once += 1
        self.most = max(self.most, self.at_once)
        try:
            if self.during is not None:
                self.during(pc)
            yield _Session(pc, self.clock)
        finally:
            self.at_once -= 1
            if self.after is not None:
                self.after(pc)


@dataclass
class _Session:
    pc: PC
    clock: ManualClock

    def invoke(
        self,
        function: str,
        parameters: Mapping[str, Parameter],
        *,
        seconds: float,
        on_object: Callable[[dict[str, object]], None] | None = None,
    ) -> list[dict[str, object]]:
        if function == "Get-EnrollmentFact":
            self.pc.looks += 1
            return [self.pc.facts(self.clock.now())]
        answers = self.pc.repair(self.clock.now())
        for document in answers:
            if on_object is not None:
                on_object(document)
        return answers


@dataclass
class World:
    """Ports, a fleet behind them, and one worker that comes when it is rung for.

    Attributes:
        slots: how many runs are rung for at a time.
        given: the ledger, when it is not to be one in memory; the rest is replaced.
    """

    clock: ManualClock = field(default_factory=lambda: ManualClock(NOW))
    ledger: MemoryLedger = field(default_factory=MemoryLedger)
    slots: int = 50
    fleet: Fleet = field(init=False)
    given: Ports | None = None

    def __post_init__(self) -> None:
        self.fleet = Fleet(self.clock)
        self.bell = MemoryBell()
        given = self.given or self._memory()
        self.ports = replace(
            given, bell=self.bell, clock=self.clock, sessions=self.fleet, presence=self.fleet
        )

    def _memory(self) -> Ports:
        return Ports(
            clock=self.clock,
            ids=CountedIds(),
            runs=self.ledger,
            leases=self.ledger,
            agenda=self.ledger,
            feed=self.ledger,
            bell=MemoryBell(),
            sessions=self.fleet,
            presence=self.fleet,
            campaigns=MemoryCampaigns(self.ledger),
            control=MemoryControl(self.ledger),
            caps=MemoryCaps(self.ledger),
            workers=MemoryWorkers(self.ledger),
        )

    def add(self, count: int, **more: Any) -> list[PC]:
        start = len(self.fleet.pcs)
        made = [PC(f"PC-{start + number:04}", **more) for number in range(count)]
        self.fleet.pcs |= {pc.name: pc for pc in made}
        return made

    def plan(self, policy: CampaignPolicy | None = None, **options: Any) -> Campaign:
        targets = [
            Target(device=DeviceName(pc.name), site=pc.site) for pc in self.fleet.pcs.values()
        ]
        return campaigns.plan_campaign(
            targets,
            self.ports,
            name="weekend",
            author="ada",
            options=RunOptions(**options),
            policy=policy or quick(),
        )

    def planned(self, policy: CampaignPolicy | None = None, **options: Any) -> PlanDocument:
        """Plan, read every PC, and return the document."""
        campaign = self.plan(policy, **options)
        self.work(20)
        return campaigns.plan_document(campaign.id, self.ports)

    def started(self, policy: CampaignPolicy | None = None, **options: Any) -> Campaign:
        """Plan, approve and start."""
        document = self.planned(policy, **options)
        campaigns.approve(document, "grace", self.ports)
        return campaigns.start(document, self.ports)

    def look(self) -> None:
        """Do what a leading worker does each second, and then what was rung for."""
        reap(self.ports)
        tick(self.ports)
        self.bell.rung.clear()
        dispatch(self.ports, urgent_credit=self.slots, bulk_credit=self.slots)
        for run_id, _ in list(self.bell.rung):
            advance(run_id, self.ports, holder="w1")

    def work(self, times: int, **step: float) -> None:
        """Look so often, with some seconds between."""
        for _ in range(times):
            self.look()
            self.clock.move(timedelta(**(step or {"seconds": 6})))

    def texts(self, campaign_id: str) -> list[str]:
        """What the campaign's history says about the campaign itself."""
        found = self.ports.campaigns.events(campaign_id, limit=100_000)
        return [entry.text for _, entry in found if not entry.run_id]


def quick(**more: Any) -> CampaignPolicy:
    """A policy with small waves and hardly any bake time."""
    spread = {
        "waves": (Share.parse("3"), Share.parse("50%"), Share.parse("100%")),
        "bake_seconds": 10,
        "max_failures": Share.parse("3"),
    }
    own = {name: more.pop(name) for name in list(more) if name in WavePolicy.__dataclass_fields__}
    return CampaignPolicy(spread=WavePolicy(**{**spread, **own}), **more)
