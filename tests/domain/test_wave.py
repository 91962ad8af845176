from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.domain.findings import Owner
from orchestrator.domain.share import Share
from orchestrator.domain.wave import (
    Alarm,
    EndWave,
    Finish,
    Hold,
    Progress,
    Release,
    Stop,
    WaveCommand,
    WavePolicy,
    at_once,
    by_stratum,
    next_command,
)
from orchestrator.errors import InvalidInput

NOW = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)


def policy(**values: object) -> WavePolicy:
    return replace(WavePolicy(max_failures=Share.parse("10%")), **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "total", "count"),
    [("25", 100, 25), ("2%", 5380, 107), ("100%", 7, 7), ("500", 10, 10), ("0.5%", 1000, 5)],
)
def test_a_share_resolves_to_a_number(text: str, total: int, count: int) -> None:
    assert Share.parse(text).of(total) == count


@pytest.mark.parametrize("text", ["", "-1", "2 %", "x", "101%", "1.5", "1e3", "%"])
def test_a_bad_share_is_refused_in_one_line(text: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        Share.parse(text, where="--max-failures")
    assert str(caught.value).startswith("--max-failures: ")


def test_a_percentage_that_comes_to_nothing_is_refused() -> None:
    with pytest.raises(InvalidInput, match="1% of 50 devices is less than one"):
        Share.parse("1%").of(50)


def test_the_first_wave_starts_at_once_and_says_its_numbers() -> None:
    command = next_command(Progress(total=1000), policy(), NOW)
    assert isinstance(command, Release)
    assert (command.wave, command.count) == (1, 5)
    assert "5 of 1000" in command.reason
    assert "budget 100" in command.reason


def test_a_wave_ends_when_the_rest_are_away_or_held() -> None:
    progress = Progress(total=1000, released=5, settled=3, away=1, held=1, wave=1)
    assert isinstance(next_command(progress, policy(), NOW), EndWave)


def test_a_wave_bakes_before_the_next_one() -> None:
    progress = Progress(total=1000, released=5, settled=5, wave=1, wave_ended=NOW)
    early = next_command(progress, policy(), NOW + timedelta(minutes=19))
    assert early == Hold(reason="wave 1 bakes", until=NOW + timedelta(minutes=20))
    later = next_command(progress, policy(), NOW + timedelta(minutes=20))
    assert isinstance(later, Release)
    assert (later.wave, later.count) == (2, 50)


def test_a_gate_waits_for_somebody_to_promote() -> None:
    gated = policy(gates=(1,))
    progress = Progress(total=1000, released=5, settled=5, wave=1, wave_ended=NOW)
    assert isinstance(next_command(progress, gated, NOW + timedelta(days=9)), Hold)
    promoted = replace(progress, promoted=(1,))
    assert isinstance(next_command(promoted, gated, NOW), Release)


def test_a_used_up_budget_stops_the_campaign_with_its_numbers() -> None:
    progress = Progress(total=1000, released=500, settled=300, failures=100, wave=3)
    command = next_command(progress, policy(), NOW)
    assert command == Stop(reason="the failure budget is used up: 100 of 100 (10% of 1000)")


def test_a_cause_has_its_own_budget() -> None:
    limited = policy(cause_failures=(("purge_incomplete", Share.parse("3")),))
    progress = Progress(
        total=1000, released=55, settled=20, failures=3, failures_by_cause={"purge_incomplete": 3}
    )
    command = next_command(progress, limited, NOW)
    assert isinstance(command, Stop)
    assert "purge_incomplete" in command.reason


def test_a_tenant_setting_that_blocks_the_canaries_stops_the_campaign() -> None:
    progress = Progress(
        total=2911,
        released=5,
        settled=5,
        wave=1,
        blocked={("mdm_url_missing", Owner.TENANT): 4, ("gpo_missing", Owner.DIRECTORY): 1},
    )
    command = next_command(progress, policy(), NOW)
    assert isinstance(command, Stop)
    assert "mdm_url_missing (tenant) blocks 4 of the 5 devices" in command.reason
    assert "about 2329 of all 2911" in command.reason


def test_what_a_user_has_to_do_does_not_stop_a_campaign() -> None:
    progress = Progress(
        total=100,
        released=5,
        settled=5,
        wave=1,
        wave_ended=NOW,
        blocked={("no_interactive_user", Owner.USER): 5},
    )
    assert not isinstance(next_command(progress, policy(), NOW), Stop)


def test_a_stall_raises_one_alarm_and_stops_nothing() -> None:
    progress = Progress(total=100, released=50, settled=5, working=3, wave=2, last_settled=NOW)
    later = NOW + timedelta(minutes=31)
    command = next_command(progress, policy(), later)
    assert isinstance(command, Alarm)
    assert "31 minutes" in command.reason
    assert isinstance(next_command(replace(progress, alarmed=True), policy(), later), Hold)


@pytest.mark.parametrize(
    ("failures", "causes", "more", "most"),
    [
        (0, {}, {}, 10),
        (7, {}, {}, 3),
        (0, {}, {"max_failures": Share.parse("100%")}, None),
        (0, {}, {"max_parallel": 10}, None),
        (2, {"quota": 2}, {"cause_failures": (("quota", Share.parse("3")),)}, 1),
        (2, {"network": 2}, {"cause_failures": (("quota", Share.parse("3")),)}, 3),
    ],
)
def test_the_number_to_which_the_budgets_limit_the_work_is_known(
    failures: int, causes: dict[str, int], more: dict[str, object], most: int | None
) -> None:
    progress = Progress(total=100, failures=failures, failures_by_cause=causes)
    assert at_once(progress, policy(**more)) == most


def test_a_wave_that_its_budget_holds_back_says_so_with_the_number() -> None:
    progress = Progress(total=100, released=50, settled=5, failures=5, working=5, wave=2)
    said = ", at most 5 at once (no more than may still fail)"
    hold = next_command(progress, policy(), NOW)
    assert hold == Hold(reason=f"wave 2: 45 of 50 still at work{said}")
    few = next_command(replace(progress, settled=45), policy(), NOW)
    assert few == Hold(reason="wave 2: 5 of 50 still at work")


def test_canaries_cover_the_strata_before_any_comes_twice() -> None:
    targets = [(f"A{n}", "w11/BER") for n in range(5)] + [("B1", "w10/BER"), ("C1", "w11/MUC")]
    ordered = by_stratum(targets)
    assert {name[0] for name in ordered[:3]} == {"A", "B", "C"}
    assert sorted(ordered) == sorted(name for name, _ in targets)


@given(st.lists(st.tuples(st.text(max_size=4), st.sampled_from("abcd"))))
def test_ordering_loses_and_doubles_nobody(targets: list[tuple[str, str]]) -> None:
    assert Counter(by_stratum(targets)) == Counter(name for name, _ in targets)


@dataclass
class Fleet:
    """A campaign played through: devices fail, go away and come back as the dice say."""

    total: int
    policy: WavePolicy
    dice: random.Random
    failing: float
    away: float
    now: datetime = NOW
    progress: Progress = field(init=False)
    working: int = 0
    resting: int = 0
    ready: int = 0
    paused: bool = False
    started_while_paused: int = 0
    stopped: bool = False

    def __post_init__(self) -> None:
        self.progress = Progress(total=self.total)

    def step(self) -> WaveCommand:
        self.now += timedelta(seconds=60)
        command: WaveCommand = Hold(reason="paused")
        if not self.paused and not self.stopped:
            command = next_command(self.progress, self.policy, self.now)
            self._obey(command)
            self._claim()
        self._work()
        self.progress = replace(self.progress, away=self.resting, working=self.working)
        return command

    def _obey(self, command: WaveCommand) -> None:
        match command:
            case Release(wave=wave, count=count):
                self.ready += count
                self.progress = replace(
                    self.progress,
                    wave=wave,
                    released=self.progress.released + count,
                    wave_ended=None,
                )
            case EndWave():
                self.progress = replace(self.progress, wave_ended=self.now)
            case Stop():
                self.stopped = True
            case Alarm():
                self.progress = replace(self.progress, alarmed=True)
            case _:
                pass

    def _claim(self) -> None:
        budget = self.policy.max_failures.of(self.total) - self.progress.failures
        room = min(self.policy.max_parallel, budget) - self.working  # as the ledger's claim does
        started = max(0, min(self.ready, room))
        self.ready -= started
        self.working += started
        if self.paused:
            self.started_while_paused += started

    def _work(self) -> None:
        for _ in range(self.working):
            if self.dice.random() < 0.5:
                continue
            self.working -= 1
            throw = self.dice.random()
            if throw < self.away:
                self.resting += 1
                continue
            failed = throw < self.away + self.failing
            self.progress = replace(
                self.progress,
                settled=self.progress.settled + 1,
                failures=self.progress.failures + failed,
                last_settled=self.now,
                alarmed=False,
            )
        back = sum(self.dice.random() < 0.2 for _ in range(self.resting))
        self.resting -= back
        self.ready += back


@settings(max_examples=60, deadline=None)
@given(
    total=st.integers(1, 400),
    budget=st.integers(1, 60),
    failing=st.floats(0, 0.6),
    away=st.floats(0, 0.4),
    seed=st.integers(0, 2**32),
)
def test_the_budget_is_never_exceeded_and_every_device_is_accounted_for(
    total: int, budget: int, failing: float, away: float, seed: int
) -> None:
    fleet = Fleet(
        total,
        policy(max_failures=Share(value=str(budget)), bake_seconds=120, max_parallel=50),
        random.Random(seed),
        failing,
        away,
    )
    allowed = min(budget, total)
    for _ in range(5_000):
        command = fleet.step()
        assert fleet.progress.failures <= allowed
        waiting = total - fleet.progress.released
        accounted = waiting + fleet.ready + fleet.working + fleet.resting + fleet.progress.settled
        assert accounted == total
        if isinstance(command, Finish) or (fleet.stopped and not fleet.working):
            break
    else:
        pytest.fail("the campaign starved: neither finished nor stopped")


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32), pause_at=st.integers(1, 30))
def test_a_pause_really_pauses(seed: int, pause_at: int) -> None:
    fleet = Fleet(200, policy(bake_seconds=0), random.Random(seed), 0.01, 0.1)
    for _ in range(pause_at):
        fleet.step()
    fleet.paused = True
    released = fleet.progress.released
    for _ in range(50):
        fleet.step()
    assert fleet.progress.released == released
    assert fleet.started_while_paused == 0
    assert fleet.working == 0


def test_what_nobody_can_hurry_does_not_hold_a_wave_back() -> None:
    progress = Progress(total=100, released=5, settled=2, away=1, held=1, parked=1, wave=1)
    assert isinstance(next_command(progress, policy(), NOW), EndWave)
    assert isinstance(next_command(replace(progress, parked=0), policy(), NOW), Hold)


def test_somebody_may_go_on_though_one_setting_blocks_the_canaries() -> None:
    blocked = {("no_licence", Owner.TENANT): 4}
    progress = Progress(total=100, released=55, settled=54, skipped=50, blocked=blocked, wave=1)
    assert isinstance(next_command(progress, policy(), NOW), Stop)
    assert isinstance(next_command(replace(progress, overruled=True), policy(), NOW), Hold)


def test_others_take_the_place_of_canaries_that_are_away_at_once() -> None:
    progress = Progress(total=400, released=5, settled=1, away=4, wave=1)
    command = next_command(progress, policy(), NOW)
    assert isinstance(command, Release)
    assert (command.wave, command.count) == (1, 4)
    assert "only 1 settled, 4 rest" in command.reason
    again = replace(progress, released=9, away=8)
    assert next_command(again, policy(), NOW) == replace(
        command, reason=command.reason.replace("4 rest", "8 rest")
    )


def test_canaries_that_wait_for_a_person_are_replaced_once_their_wave_has_baked() -> None:
    progress = Progress(total=400, released=5, held=5, wave=1)
    assert isinstance(next_command(progress, policy(), NOW), EndWave)
    baking = replace(progress, wave_ended=NOW)
    assert isinstance(next_command(baking, policy(), NOW), Hold)
    later = next_command(baking, policy(), NOW + timedelta(hours=1))
    assert isinstance(later, Release)
    assert (later.wave, later.count) == (1, 5)
    assert isinstance(next_command(baking, policy(gates=(1,)), NOW + timedelta(hours=1)), Hold)
    promoted = next_command(replace(baking, promoted=(1,)), policy(gates=(1,)), NOW)
    assert isinstance(promoted, Release)
    assert (promoted.wave, promoted.count) == (2, 50)


def test_a_setting_that_blocks_most_devices_stops_any_wave() -> None:
    blocked = {("no_licence", Owner.TENANT): 40}
    progress = Progress(total=400, released=55, settled=55, wave=2, blocked=blocked)
    command = next_command(progress, policy(), NOW)
    assert isinstance(command, Stop)
    assert command.setting


def test_a_wave_that_gets_no_slot_raises_an_alarm_but_not_outside_its_window() -> None:
    progress = Progress(total=100, released=50, settled=5, wave=2, last_settled=NOW)
    hold = next_command(progress, policy(), NOW)
    assert isinstance(hold, Hold)
    assert hold.reason.startswith("wave 2: 45 of 50 waiting for a slot")
    later = NOW + timedelta(minutes=31)
    command = next_command(progress, policy(), later)
    assert isinstance(command, Alarm)
    assert "45 wait for a slot, and none is at work" in command.reason
    assert isinstance(next_command(replace(progress, closed=True), policy(), later), Hold)
