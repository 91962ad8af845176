from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.domain.online_hours import (
    HOURS,
    SIZE,
    OnlineHours,
    generation,
    next_look,
    slot,
)
from orchestrator.domain.retry import Again, Fault, GiveUp, Timings, decide

MONDAY = datetime(2026, 1, 5, tzinfo=UTC)
TIMES = st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - the strategy adds the zone
HOUR_SETS = st.integers(1, 2**HOURS - 1).map(OnlineHours)


def office_hours() -> OnlineHours:
    """Monday to Friday, eight to ten."""
    hours = OnlineHours()
    for day in range(5):
        for hour in (8, 9):
            hours = hours.seen(MONDAY + timedelta(days=day, hours=hour))
    return hours


def test_the_first_hour_of_the_week_begins_on_monday_at_midnight_utc() -> None:
    assert slot(MONDAY) == 0
    assert slot(MONDAY - timedelta(seconds=1)) == HOURS - 1
    assert slot(MONDAY + timedelta(days=1, hours=8, minutes=59)) == 32


def test_a_time_of_another_zone_is_the_same_hour() -> None:
    berlin = datetime.fromisoformat("2026-01-05T09:30:00+01:00")
    assert slot(berlin) == 8


def test_what_redis_keeps_as_bits_is_read_back() -> None:
    packed = bytearray(SIZE)
    for hour in (0, 9, HOURS - 1):
        packed[hour // 8] |= 0x80 >> hour % 8
    hours = OnlineHours.unpack(bytes(packed[:2]), bytes(packed))
    assert hours == OnlineHours(1 | 1 << 9 | 1 << (HOURS - 1))
    assert OnlineHours.unpack() == OnlineHours()


def test_four_weeks_are_a_generation() -> None:
    assert generation(MONDAY + timedelta(weeks=4)) == generation(MONDAY) + 1
    numbers = [generation(MONDAY + timedelta(days=day)) for day in range(56)]
    assert Counter(Counter(numbers).values())[28] >= 1


@given(TIMES, st.integers(1, 40_000))
def test_where_nothing_was_learned_nothing_changes(now: datetime, seconds: int) -> None:
    otherwise = now + timedelta(seconds=seconds)
    assert next_look(OnlineHours(), now, otherwise=otherwise, seed="r") == otherwise


@given(HOUR_SETS, TIMES, st.integers(1, 40_000), st.text(max_size=5))
def test_a_look_comes_within_a_day_and_in_a_learned_hour_when_there_is_one(
    hours: OnlineHours, now: datetime, seconds: int, seed: str
) -> None:
    otherwise = now + timedelta(seconds=seconds)
    at = next_look(hours, now, otherwise=otherwise, seed=seed)
    assert now < at <= now + timedelta(hours=25)
    within_a_day = [now + timedelta(hours=ahead) for ahead in range(1, 24)]
    if otherwise in hours:
        assert at == otherwise
    elif any(each in hours for each in within_a_day):
        assert at in hours


def test_a_laptop_of_office_hours_is_not_called_at_night() -> None:
    night = MONDAY + timedelta(hours=3)
    quarter = night + timedelta(minutes=15)
    at = next_look(office_hours(), night, otherwise=quarter, seed="r-1")
    assert MONDAY + timedelta(hours=8) <= at < MONDAY + timedelta(hours=9)


def test_thousands_of_laptops_that_come_on_monday_at_eight_are_spread_over_the_hour() -> None:
    night = MONDAY + timedelta(hours=3)
    minutes = Counter(
        next_look(
            office_hours(), night, otherwise=night + timedelta(minutes=15), seed=f"r-{number}"
        ).minute
        for number in range(6000)
    )
    assert len(minutes) == 60
    assert max(minutes.values()) < 2 * 6000 / 60


def test_over_a_weekend_a_look_a_day_is_taken_all_the_same() -> None:
    friday = MONDAY + timedelta(days=4, hours=12)
    at = next_look(office_hours(), friday, otherwise=friday + timedelta(hours=4), seed="r-1")
    assert timedelta(hours=21) < at - friday <= timedelta(hours=24)


def again(hours: OnlineHours, now: datetime, deadline: datetime, tries: int = 1) -> Again | GiveUp:
    return decide(
        Fault.UNREACHABLE,
        tries=tries,
        now=now,
        give_up_at=deadline,
        seed="r-1:1",
        timings=Timings(),
        hours=hours,
    )


def test_a_try_follows_the_hours_within_the_deadline_and_the_back_off_beyond_it() -> None:
    night = MONDAY + timedelta(hours=3)
    found = again(office_hours(), night, night + timedelta(weeks=2))
    assert isinstance(found, Again)
    assert found.at in office_hours()
    assert found.away
    soon = again(office_hours(), night, night + timedelta(hours=1))
    assert isinstance(soon, Again)
    assert soon.at - night < timedelta(minutes=20)
