from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from orchestrator.domain.campaign import Campaign, CampaignPolicy, CampaignStatus, Counts, Course
from orchestrator.domain.campaign_rules import (
    check_policy,
    openings,
    overview_of,
    progress_of,
    usual_budget,
    waves_of,
)
from orchestrator.domain.campaign_tally import Mark, Tally
from orchestrator.domain.findings import Owner
from orchestrator.domain.run import RunState, Verdict
from orchestrator.domain.share import Share
from orchestrator.domain.wave import WavePolicy
from orchestrator.domain.window import next_span, parse_windows
from orchestrator.errors import InvalidInput

NOW = datetime(2026, 11, 25, 8, tzinfo=UTC)  # a Wednesday


def _policy(*waves: str, budget: str = "5") -> CampaignPolicy:
    shares = tuple(Share.parse(each) for each in waves)
    return CampaignPolicy(spread=WavePolicy(waves=shares, max_failures=Share.parse(budget)))


def _campaign(**more: object) -> Campaign:
    given: dict[str, object] = {
        "id": "c-1",
        "name": "x",
        "created": NOW,
        "author": "ada",
        "status": CampaignStatus.RUNNING,
        "policy": _policy("5", "100%"),
    }
    return Campaign(**{**given, **more})  # type: ignore[arg-type] # a builder


def _tally(unreleased: int = 0, **states: int) -> Tally:
    verdicts = {each: states.pop(each.value, 0) for each in Verdict}
    unsettled = {RunState(name): count for name, count in states.items()}
    total = sum(verdicts.values()) + sum(unsettled.values())
    return Tally(counts=Counts.of(unsettled, verdicts, total), unreleased=unreleased)


@pytest.mark.parametrize(("total", "budget"), [(1, "1"), (49, "1"), (50, "2%"), (10_000, "2%")])
def test_a_budget_nobody_set_is_two_percent_and_at_least_one(total: int, budget: str) -> None:
    assert str(usual_budget(total)) == budget
    assert usual_budget(total).of(total) >= 1


def test_waves_are_told_as_counts_and_the_last_one_repeats() -> None:
    assert waves_of(_policy("5", "10%"), 50) == (5, 5, 5, 5, 5, 5, 5, 5, 5, 5)
    assert waves_of(_policy("5", "50", "10%", "100%"), 10_000) == (5, 50, 1000, 8945)
    assert waves_of(_policy("5", "100%"), 20, skipped=18) == (2,)
    assert waves_of(_policy("5"), 10, skipped=10) == ()


def test_a_wave_that_is_never_reached_may_come_to_nothing() -> None:
    check_policy(_policy("5", "50", "1%"), {""}, 30)
    with pytest.raises(InvalidInput, match="1% of 60"):
        check_policy(_policy("5", "50", "1%"), {""}, 60)


def test_sites_are_compared_without_case() -> None:
    check_policy(CampaignPolicy(site_windows=(("ber", "daily 18:00-06:00"),)), {"BER"}, 100)
    with pytest.raises(InvalidInput, match="none of the devices is at the site 'osl'"):
        check_policy(CampaignPolicy(site_windows=(("osl", "daily 1:00-2:00"),)), {"BER", ""}, 100)


def test_devices_enrolled_before_it_began_do_not_thin_the_canaries() -> None:
    campaign = _campaign(course=Course(skipped=90, wave=1))
    tally = _tally(unreleased=5, already_enrolled=90, needs_owner=4, queued=6)
    blocked: dict[tuple[RunState, Verdict | None, Mark], int] = {}
    blocked |= {(RunState.SETTLED, Verdict.NEEDS_OWNER, Mark(cause="x", owner=Owner.TENANT)): 4}
    seen = overview_of(campaign, Tally(counts=tally.counts, unreleased=5, marks=blocked), NOW)
    assert "blocks 4 of the 4 devices" in seen.standing


def test_a_stall_is_counted_from_the_last_settlement_or_release() -> None:
    moved = NOW - timedelta(minutes=5)
    seen = progress_of(_campaign(course=Course(moved=moved)), _tally(queued=3), NOW)
    assert seen.last_settled == moved
    course = Course(moved=moved, alarmed=NOW)
    assert progress_of(_campaign(course=course), _tally(queued=3), NOW).alarmed


def test_a_night_outside_the_window_is_no_stall() -> None:
    course = Course(moved=NOW - timedelta(hours=20))
    policy = CampaignPolicy(window="daily 07:30-09:00; daily 20:00-21:00")
    seen = progress_of(_campaign(course=course, policy=policy), _tally(queued=3), NOW)
    assert seen.last_settled == NOW - timedelta(minutes=30)


def test_what_waits_for_the_service_does_not_hold_its_wave_back() -> None:
    service = Mark(cause="service_error", owner=Owner.TENANT)
    agents = Mark(cause="legacy_intune_agent", owner=Owner.DEVICE)
    marks: dict[tuple[RunState, Verdict | None, Mark], int] = {
        (RunState.WAITING, None, service): 2,
        (RunState.WAITING, None, agents): 1,
        (RunState.PROBING, None, service): 1,
    }
    tally = _tally(unreleased=5, waiting=3, probing=1, queued=5)
    seen = progress_of(_campaign(), Tally(counts=tally.counts, marks=marks, unreleased=5), NOW)
    assert seen.parked == 2


def test_the_pace_so_far_tells_when_the_last_one_settles() -> None:
    campaign = _campaign(course=Course(wave=1, started=NOW - timedelta(minutes=10)))
    assert overview_of(campaign, _tally(enrolled=2, queued=8), NOW).eta is None
    seen = overview_of(campaign, _tally(enrolled=10, queued=10, away=7), NOW)
    assert seen.eta == NOW + timedelta(minutes=10)
    assert seen.settled == 10
    assert overview_of(campaign, _tally(enrolled=10, away=7), NOW).eta is None
    baking = replace(campaign, course=replace(campaign.course, wave_ended=NOW))
    assert overview_of(baking, _tally(enrolled=10, queued=10), NOW).eta is None


def test_openings_are_told_by_site_with_their_end() -> None:
    policy = CampaignPolicy(window="daily 20:00-22:00", site_windows=(("BER", "daily 7:00-9:00"),))
    day = NOW.replace(hour=0)
    assert openings(policy, NOW) == {
        "": (day.replace(hour=20), day.replace(hour=22)),
        "BER": (NOW, day.replace(hour=9)),
    }
    assert openings(CampaignPolicy(), NOW) == {}


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("Wed 07:00-09:00", "25T08:00", "25T09:00"),
        ("Wed 07:00-09:00; Wed 08:30-11:00", "25T08:00", "25T11:00"),
        ("Wed 07:00-09:00; Wed 09:30-11:00", "25T08:00", "25T09:00"),
        ("Tue 22:00-08:30", "25T08:00", "25T08:30"),
        ("Thu 01:00-02:00", "26T01:00", "26T02:00"),
        ("Wed 00:00-00:00", "25T08:00", "26T00:00"),
    ],
)
def test_a_span_ends_when_no_window_is_open_any_more(text: str, start: str, end: str) -> None:
    first, last = next_span(parse_windows(text), NOW)
    assert (f"{first:%dT%H:%M}", f"{last:%dT%H:%M}") == (start, end)


def test_a_window_that_is_always_open_ends_far_enough_ahead_to_look_again() -> None:
    start, end = next_span(parse_windows("daily 00:00-00:00"), NOW)
    assert start == NOW
    assert end >= NOW + timedelta(hours=12)


@pytest.mark.parametrize(
    ("at", "end"),
    [
        ("2026-03-29T00:30", "2026-03-29T01:30"),  # 03:30 in summer time: an hour was left out
        ("2026-10-25T00:15", "2026-10-25T00:30"),  # 02:30 comes twice: its first coming
        ("2026-10-25T01:15", "2026-10-25T01:30"),  # and its second
    ],
)
def test_a_window_over_a_change_of_clocks_ends_at_its_wall_clock_time(at: str, end: str) -> None:
    closes = "03:30" if at.startswith("2026-03") else "02:30"
    windows = parse_windows(f"Sat 22:00-{closes} Europe/Berlin")
    moment = datetime.fromisoformat(at).replace(tzinfo=UTC)
    assert f"{next_span(windows, moment)[1]:%Y-%m-%dT%H:%M}" == end
