from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.domain.retry import Again, Fault, GiveUp, Timings, decide, spread

NOW = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
FAR = NOW + timedelta(days=14)


def decided(fault: Fault, *, tries: int = 1, give_up_at: datetime = FAR) -> Again | GiveUp:
    return decide(
        fault, tries=tries, now=NOW, give_up_at=give_up_at, seed="r-1:1", timings=Timings()
    )


@pytest.mark.parametrize("fault", [Fault.AUTH, Fault.TLS, Fault.POLICY, Fault.UNSUITABLE])
def test_what_cannot_pass_by_itself_is_never_tried_again(fault: Fault) -> None:
    assert isinstance(decided(fault), GiveUp)


def test_a_refused_login_says_why_it_is_not_tried_again() -> None:
    answer = decided(Fault.AUTH)
    assert isinstance(answer, GiveUp)
    assert "lock" in answer.reason


@pytest.mark.parametrize(
    ("tries", "low", "high"), [(1, 720, 1080), (2, 1440, 2160), (9, 11520, 17280)]
)
def test_away_backs_off_from_a_quarter_of_an_hour_to_four_hours(
    tries: int, low: int, high: int
) -> None:
    answer = decided(Fault.UNREACHABLE, tries=tries)
    assert isinstance(answer, Again)
    assert answer.away
    assert low <= (answer.at - NOW).total_seconds() <= high


def test_away_is_given_up_at_the_deadline_only() -> None:
    assert isinstance(decided(Fault.UNREACHABLE, tries=500), Again)
    soon = NOW + timedelta(minutes=5)
    assert isinstance(decided(Fault.UNREACHABLE, give_up_at=soon), GiveUp)


def test_a_passing_fault_is_tried_after_5_15_and_45_seconds() -> None:
    waits = []
    for tries in (1, 2, 3):
        answer = decided(Fault.TRANSIENT, tries=tries)
        assert isinstance(answer, Again)
        waits.append((answer.at - NOW).total_seconds())
    assert waits == [5, 15, 45]
    assert isinstance(decided(Fault.TRANSIENT, tries=4), GiveUp)


@pytest.mark.parametrize("fault", sorted(set(Fault) - {Fault.UNREACHABLE, Fault.SPARED}))
def test_everything_but_absence_ends(fault: Fault) -> None:
    assert isinstance(decided(fault, tries=1000), GiveUp)


@given(st.text(), st.floats(min_value=0.001, max_value=1e6))
def test_the_spread_stays_within_a_fifth_and_is_always_the_same(seed: str, seconds: float) -> None:
    wait = spread(seed, seconds)
    assert wait == spread(seed, seconds)
    tolerance = timedelta(microseconds=1)
    assert timedelta(seconds=seconds * 0.8) - tolerance <= wait
    assert wait <= timedelta(seconds=seconds * 1.2) + tolerance


def test_ten_thousand_devices_do_not_come_back_in_the_same_second() -> None:
    seconds = [int(spread(f"c-1.PC-{n:05}", 900).total_seconds()) for n in range(10_000)]
    busiest = max(seconds.count(second) for second in set(seconds))
    assert busiest < 100


def test_what_was_not_tried_to_spare_an_account_waits_until_the_deadline() -> None:
    assert isinstance(decided(Fault.SPARED, tries=500), Again)
    assert isinstance(decided(Fault.SPARED, give_up_at=NOW), GiveUp)
