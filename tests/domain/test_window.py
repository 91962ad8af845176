from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from orchestrator.domain.window import Window, next_opening, next_span, parse_windows
from orchestrator.errors import InvalidInput

NIGHTS = Window.parse("Mon-Fri 18:00-06:00 Europe/Berlin")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "is_open"),
    [
        ("2026-11-25T17:00", True),  # Wednesday, 18:00 in Berlin
        ("2026-11-25T16:59", False),
        ("2026-11-26T04:59", True),  # Thursday morning, before 06:00
        ("2026-11-26T05:00", False),
        ("2026-11-28T04:00", True),  # Saturday morning belongs to Friday's window
        ("2026-11-28T20:00", False),
        ("2026-11-30T03:00", False),  # Monday morning would be Sunday's
    ],
)
def test_a_window_over_midnight_belongs_to_the_day_it_opens(moment: str, *, is_open: bool) -> None:
    assert NIGHTS.is_open(at(moment)) is is_open


def test_the_next_opening_is_found_over_a_weekend() -> None:
    assert NIGHTS.next_opening(at("2026-11-28T12:00")) == at("2026-11-30T17:00")


# Berlin's clocks went from 02:00 to 03:00 on 29 March 2026, and from 03:00 to 02:00 on 25 October,
# both at 01:00 in UTC.


def test_an_opening_in_the_hour_that_clocks_skip_comes_right_after_it() -> None:
    window = Window.parse("Sun 02:30-04:00 Europe/Berlin")
    opening = window.next_opening(at("2026-03-28T12:00"))
    assert opening == at("2026-03-29T01:00")
    assert window.is_open(opening)
    assert window.next_closing(opening) == at("2026-03-29T02:00")


def test_a_window_that_clocks_skip_as_a_whole_opens_a_week_later() -> None:
    window = Window.parse("Sun 02:10-02:50 Europe/Berlin")
    assert window.next_opening(at("2026-03-28T12:00")) == at("2026-04-05T00:10")


def test_a_night_in_which_clocks_change_closes_at_its_time() -> None:
    nights = parse_windows("Sat 22:00-06:00 Europe/Berlin")
    spring, autumn = at("2026-03-28T12:00"), at("2026-10-24T12:00")
    assert next_span(nights, spring) == (at("2026-03-28T21:00"), at("2026-03-29T04:00"))
    assert next_span(nights, autumn) == (at("2026-10-24T20:00"), at("2026-10-25T05:00"))


def test_a_window_that_opens_within_the_hour_that_comes_twice_opens_twice() -> None:
    window = Window.parse("Sun 02:30-03:30 Europe/Berlin")
    assert window.next_opening(at("2026-10-24T12:00")) == at("2026-10-25T00:30")
    assert window.next_closing(at("2026-10-25T00:45")) == at("2026-10-25T01:00")
    assert window.next_opening(at("2026-10-25T01:15")) == at("2026-10-25T01:30")
    assert window.next_closing(at("2026-10-25T01:45")) == at("2026-10-25T02:30")


def test_a_window_that_closes_within_the_hour_that_comes_twice_opens_once_more() -> None:
    window = Window.parse("Sun 01:00-02:30 Europe/Berlin")
    assert window.next_closing(at("2026-10-24T23:30")) == at("2026-10-25T00:30")
    assert window.next_opening(at("2026-10-25T00:45")) == at("2026-10-25T01:00")
    assert window.next_closing(at("2026-10-25T01:10")) == at("2026-10-25T01:30")
    assert window.next_opening(at("2026-10-25T01:40")) == at("2026-11-01T00:00")


def test_the_hour_that_comes_twice_is_open_both_times() -> None:
    window = Window.parse("Sun 02:00-03:00 Europe/Berlin")
    assert window.is_open(at("2026-10-25T00:30"))
    assert window.is_open(at("2026-10-25T01:30"))
    assert not window.is_open(at("2026-10-25T02:30"))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("whenever", "is not a window"),
        ("Mon 18:00", "is not a window"),
        ("Mon-Fry 18:00-06:00", "is not a day"),
        ("Mon 25:00-06:00", "is not a time of day"),
        ("Mon 18:61-06:00", "is not a time of day"),
        ("Mon 18:00-06:00 Europe/Berln", "there is no time zone"),
        ("Mon 18:00-06:00 ../etc/passwd", "there is no time zone"),
    ],
)
def test_a_bad_window_is_refused_in_one_line(text: str, says: str) -> None:
    with pytest.raises(InvalidInput, match=says) as caught:
        parse_windows(text, where="--window")
    assert str(caught.value).startswith("--window: ")


def test_no_window_is_always_open() -> None:
    assert next_opening(parse_windows(""), at("2026-01-01T00:00")) == at("2026-01-01T00:00")


def test_the_earliest_of_several_windows_counts() -> None:
    windows = parse_windows("Sat 08:00-12:00; Sun 08:00-12:00")
    assert next_opening(windows, at("2026-11-27T00:00")) == at("2026-11-28T08:00")


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2028, 1, 1)),  # noqa: DTZ001 - made aware below
    st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC"]),
    st.sets(st.sampled_from(["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]), min_size=1),
    st.times(),
    st.times(),
)
def test_the_next_opening_is_open_and_nothing_before_it_is(
    moment: datetime, zone: str, days: set[str], opens: object, closes: object
) -> None:
    start, end = f"{opens:%H:%M}", f"{closes:%H:%M}"
    window = Window.parse(f"{','.join(sorted(days))} {start}-{end} {zone}")
    now = moment.replace(tzinfo=UTC)
    opening = window.next_opening(now)
    assert opening >= now
    assert opening - now <= timedelta(days=15)
    if opening > now:
        assert not window.is_open(now)
    assert window.is_open(opening)
