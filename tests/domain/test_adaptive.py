from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from orchestrator.domain.adaptive import Rule, SiteCap, Tally, adapt

NOW = datetime(2026, 1, 5, 8, tzinfo=UTC)
LATER = NOW + timedelta(minutes=2)
BAD = Tally(ended=20, late=10)
CALM = Tally(ended=20, late=1)


def halved(limit: int | None = 40, busy: int = 40) -> SiteCap:
    cap = adapt(None, BAD, limit=limit, busy=busy, now=NOW)
    assert cap is not None
    return cap


def test_a_site_whose_attempts_time_out_gets_half_as_much() -> None:
    assert halved() == SiteCap(now=20, most=40, halved=NOW)


def test_without_a_limit_half_of_what_was_going_on_is_the_limit() -> None:
    assert halved(limit=None, busy=60) == SiteCap(now=30, most=None, halved=NOW)


def test_one_bad_device_halves_nothing() -> None:
    assert adapt(None, Tally(ended=2, late=2), limit=40, busy=40, now=NOW) is None
    assert adapt(None, Tally(ended=100, late=3), limit=40, busy=40, now=NOW) is None


def test_a_calm_period_gives_one_back_until_the_operators_limit_is_reached() -> None:
    cap: SiteCap | None = halved(limit=23)
    seen = []
    while cap is not None:
        seen.append(cap.now)
        cap = adapt(cap, CALM, limit=cap.now, busy=cap.now, now=LATER)
    assert seen == list(range(11, 23))


def test_a_limit_nobody_set_goes_away_when_it_does_not_limit_any_more() -> None:
    cap = SiteCap(now=199, most=None, halved=NOW)
    assert adapt(cap, CALM, limit=199, busy=50, now=LATER) is None


def test_what_was_begun_before_a_halving_does_not_halve_again() -> None:
    cap = halved()
    soon = NOW + timedelta(seconds=30)
    assert adapt(cap, BAD, limit=20, busy=20, now=soon) == cap
    again = adapt(cap, BAD, limit=20, busy=20, now=LATER)
    assert again == SiteCap(now=10, most=40, halved=LATER)


def test_a_limit_the_operator_sets_in_between_is_the_new_most() -> None:
    cap = halved()
    assert adapt(cap, CALM, limit=50, busy=20, now=LATER) is None
    assert adapt(cap, BAD, limit=50, busy=20, now=LATER) == SiteCap(now=25, most=50, halved=LATER)
    lifted = adapt(cap, BAD, limit=None, busy=8, now=LATER)
    assert lifted == SiteCap(now=5, most=None, halved=LATER)


@given(
    st.lists(
        st.builds(
            lambda ended, late: Tally(ended=ended + late, late=late), *[st.integers(0, 50)] * 2
        )
    ),
    st.one_of(st.none(), st.integers(1, 100)),
)
def test_a_limit_is_never_below_one_nor_above_what_the_operator_allows(
    tallies: list[Tally], most: int | None
) -> None:
    limit, cap = most, None
    for number, tally in enumerate(tallies):
        now = NOW + timedelta(minutes=number)
        after = adapt(cap, tally, limit=limit, busy=limit or 30, now=now)
        if cap is not None and after is None:
            limit = cap.most
        elif after is not None:
            limit = after.now
        cap = after
        assert limit is None or limit >= Rule().floor
        assert most is None or (limit is not None and limit <= most)


@given(st.integers(1, 100))
def test_a_site_that_stays_calm_gets_back_what_it_had(most: int) -> None:
    cap: SiteCap | None = halved(limit=most, busy=most)
    for _ in range(most):
        if cap is None:
            return
        cap = adapt(cap, CALM, limit=cap.now, busy=0, now=LATER)
    assert cap is None
