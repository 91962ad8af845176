"""Whatever devices, workers and people do, and in whatever order, a campaign keeps its word."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from orchestrator.adapters.embedded import EmbeddedValkey
from orchestrator.adapters.ledger import Store
from orchestrator.adapters.memory import ManualClock
from orchestrator.domain.campaign import CampaignStatus
from orchestrator.domain.findings import Owner
from orchestrator.domain.run import RunState, Verdict
from orchestrator.domain.share import Share
from orchestrator.errors import LeaseLost, NotNow
from orchestrator.usecases import campaigns
from orchestrator.usecases.campaign_tick import tick
from orchestrator.usecases.reap import reap
from tests.domain.facts_builder import NOW
from tests.usecases.campaign_world import Fleet, World, quick
from tests.usecases.redis_world import redis_ports

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.domain.campaign import Campaign
    from orchestrator.domain.campaign_plan import PlanDocument
    from orchestrator.domain.campaign_view import Overview
    from orchestrator.domain.run import Run
    from orchestrator.usecases.ports import Lease, Ports

ENDS = (
    (RunState.SETTLED, Verdict.ENROLLED),
    (RunState.SETTLED, Verdict.FAILED),
    (RunState.SETTLED, Verdict.IDENTITY_MISMATCH),
    (RunState.SETTLED, Verdict.NEEDS_OWNER),
    (RunState.AWAY, None),
    (RunState.HELD, None),
    (RunState.WAITING, None),
)
STEERED = ("pause", "resume", "stop", "promote", "refused", "start") * 2 + ("cancel",)
CAUSE_BUDGET = 2
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("ring"), st.integers(1, 8)),
        st.tuples(st.just("claim"), st.integers(1, 8)),
        st.tuples(st.just("end"), st.sampled_from(ENDS)),
        st.tuples(st.just("lose"), st.just(0)),
        st.tuples(st.just("wait"), st.sampled_from([1, 30, 700])),
        st.tuples(st.just("steer"), st.sampled_from(STEERED)),
    ),
    min_size=20,
    max_size=120,
)


@dataclass
class _Worked:
    """A campaign, who was rung for, and the devices that are worked on at this moment."""

    here: World
    document: PlanDocument
    campaign: Campaign
    rung: list[str] = field(default_factory=list)
    held: list[tuple[Run, Lease]] = field(default_factory=list)

    def look(self) -> Overview:
        ports = self.here.ports
        reap(ports)
        tick(ports)
        tick(ports)  # the first may only have let the rest of a wave go
        return campaigns.overview(self.campaign.id, ports)

    def ring(self, most: int) -> None:
        """Ring for what is due; workers may come much later."""
        now = self.here.clock.now()
        self.rung += self.here.ports.agenda.take(most, now, urgent=False)

    def claim(self, most: int) -> int:
        """Have workers come for some of those that were rung for."""
        ports, now = self.here.ports, self.here.clock.now()
        begun = 0
        for run_id in self.rung[:most]:
            self.rung.remove(run_id)
            claimed = ports.leases.claim(run_id, "w", now)
            if claimed is not None:
                run, lease = claimed
                began = replace(run, state=RunState.PROBING, due=None, updated=now)
                self.held.append((ports.leases.save(began, [], lease), lease))
                begun += 1
        return begun

    def end(self, state: RunState, verdict: Verdict | None) -> None:
        """End the oldest attempt that is under way."""
        if not self.held:
            return
        run, lease = self.held.pop(0)
        now = self.here.clock.now()
        rests = state is not RunState.SETTLED
        due = now + timedelta(minutes=10) if rests else None
        after = replace(run, state=state, verdict=verdict, due=due, updated=now)
        if verdict is Verdict.FAILED:
            after = replace(after, tries=(("auth", 1),))
        if verdict is Verdict.NEEDS_OWNER:
            after = replace(after, owner=Owner.TENANT)
        try:
            self.here.ports.leases.save(after, [], lease)
        except LeaseLost:
            return  # it was reaped: somebody else has the device

    def steer(self, what: str) -> None:
        ports = self.here.ports
        if what == "refused":
            now, paused = self.here.clock.now(), CampaignStatus.PAUSED
            running = CampaignStatus.RUNNING
            ports.campaigns.set_status(self.campaign.id, paused, now, only_from=running)
            return
        if what == "start":
            with pytest.raises(NotNow):
                campaigns.start(self.document, ports)
            return
        call = {
            "cancel": campaigns.cancel,
            "pause": campaigns.pause,
            "resume": campaigns.resume,
            "stop": campaigns.stop,
            "promote": campaigns.promote,
        }[what]
        try:
            call(self.campaign.id, "grace", ports)
        except NotNow:
            return


def _started(devices: int, budget: int, parallel: int, ports: Ports | None = None) -> _Worked:
    here = World(given=ports)
    here.add(devices)
    policy = quick(
        waves=(Share.parse("2"), Share.parse("30%"), Share.parse("100%")),
        max_failures=Share.parse(str(budget)),
        max_parallel=parallel,
        cause_failures=(("auth", Share.parse(str(CAUSE_BUDGET))),),
    )
    document = here.planned(policy)
    campaigns.approve(document, "grace", here.ports)
    return _Worked(here, document, campaigns.start(document, here.ports))


GIVEN = {
    "steps": STEPS,
    "devices": st.integers(4, 16),
    "budget": st.integers(1, 4),
    "parallel": st.integers(1, 6),
}


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(**GIVEN)
def test_counts_add_up_the_budget_holds_caps_hold_and_pause_pauses(
    steps: list[tuple[str, object]], devices: int, budget: int, parallel: int
) -> None:
    _keeps_its_word(_started(devices, budget, parallel), steps, budget, parallel)


@settings(max_examples=10, deadline=None, suppress_health_check=list(HealthCheck))
@given(**GIVEN)
def test_a_campaign_in_valkey_keeps_its_word_too(
    valkey: Store, steps: list[tuple[str, object]], devices: int, budget: int, parallel: int
) -> None:
    valkey.client.flushdb()
    worked = _started(devices, budget, parallel, redis_ports(valkey, Fleet(ManualClock(NOW))))
    _keeps_its_word(worked, steps, budget, parallel)


@pytest.fixture(scope="module")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    server = EmbeddedValkey(tmp_path_factory.mktemp("state"))
    store = Store.connect(server.ensure(), prefix="em:")
    yield store
    store.close()
    server.stop()


def _stops_where_it_must(seen: Overview) -> None:
    auth = seen.failures_by_cause.get("auth", 0)
    assert auth + seen.working <= CAUSE_BUDGET
    if seen.campaign.status is CampaignStatus.CANCELLED:
        assert seen.settled == seen.targets
    blocked, overruled = seen.verdicts[Verdict.NEEDS_OWNER], seen.campaign.course.overruled
    if seen.campaign.status is CampaignStatus.RUNNING and not overruled:
        assert seen.settled < 3 or blocked < seen.settled / 2


def _keeps_its_word(
    worked: _Worked, steps: list[tuple[str, object]], budget: int, parallel: int
) -> None:
    devices = len(worked.here.fleet.pcs)
    ports, clock = worked.here.ports, worked.here.clock
    for what, how in steps:
        before = ports.campaigns.load(worked.campaign.id).status
        match what, how:
            case "ring", int(most):
                worked.ring(most)
            case "claim", int(most):
                begun = worked.claim(most)
                assert begun == 0 or before is CampaignStatus.RUNNING
            case "end", (RunState() as state, verdict):
                assert verdict is None or isinstance(verdict, Verdict)
                worked.end(state, verdict)
            case "lose", _:
                del worked.held[:1]
            case "wait", int(seconds):
                clock.move(timedelta(seconds=seconds))
                if seconds > 60:
                    worked.held.clear()  # their leases have ended
            case "steer", str(name):
                worked.steer(name)
            case _:
                raise AssertionError(what)
        seen = worked.look()
        assert sum(seen.states.values()) == seen.targets == devices
        assert seen.failures <= budget
        assert seen.failures + seen.working <= budget
        assert seen.working <= parallel
        _stops_where_it_must(seen)
        away = seen.states[RunState.AWAY]
        assert seen.failures == sum(
            seen.verdicts[each] for each in (Verdict.FAILED, Verdict.IDENTITY_MISMATCH)
        )
        assert away + seen.states[RunState.HELD] <= seen.released


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    devices=st.integers(2, 14),
    gone=st.sets(st.integers(0, 13)),
    refuse=st.sets(st.integers(0, 13)),
    slots=st.integers(1, 5),
)
def test_no_device_starves_and_each_ends_in_a_state_with_a_reason(
    devices: int, gone: set[int], refuse: set[int], slots: int
) -> None:
    here = World(slots=slots)
    pcs = here.add(devices)
    policy = quick(
        waves=(Share.parse("2"), Share.parse("100%")),
        max_failures=Share.parse(str(devices)),
        unseen_allowed=True,
        patience_seconds=3 * 86400,
    )
    document = here.planned(policy)
    campaigns.approve(document, "grace", here.ports)
    for number, pc in enumerate(pcs):
        pc.there = number not in gone
        pc.refuses = number in refuse and number > 0
    campaigns.start(document, here.ports)
    here.work(80, minutes=90)  # the last day after the deadline is for those that wait for the slot
    seen = campaigns.overview(document.campaign, here.ports)
    assert seen.campaign.status is CampaignStatus.FINISHED
    assert seen.settled == devices
    for pc in pcs:
        run = here.ports.runs.load(f"{document.campaign}.{pc.name}")
        assert run.verdict is not None
        assert run.reason
        assert pc.repairs <= 1
        if not pc.there:
            assert run.verdict is Verdict.AWAY_EXPIRED
        elif not pc.refuses:
            assert run.verdict is Verdict.ENROLLED


def test_watching_for_an_hour_keeps_nothing() -> None:
    import tracemalloc  # noqa: PLC0415 - only here, for it slows everything down

    here = World()
    here.add(30, there=False)
    here.add(10)
    campaign = here.started()
    watched = campaigns.watch(campaign.id, here.ports, seconds=0)
    here.work(40)
    here.ledger.state.entries.clear()
    for _ in range(50):
        next(watched)
    tracemalloc.start()
    first = tracemalloc.take_snapshot()
    for _ in range(600):
        next(watched)
        here.clock.move(timedelta(seconds=6))
    grown = tracemalloc.take_snapshot().compare_to(first, "filename")
    tracemalloc.stop()
    ours = sum(row.size_diff for row in grown if "/orchestrator/" in row.traceback[0].filename)
    assert ours < 50_000
