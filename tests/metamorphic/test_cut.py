"""A repair that is cut off anywhere ends as one that is not: a few places, other ones each day."""

from __future__ import annotations

import pytest

from orchestrator.adapters.system import SystemClock
from orchestrator.domain.stages import STAGES
from tests.metamorphic.cut import STORIES, calls, check, stages_of

TODAY = SystemClock().now().toordinal()


@pytest.mark.parametrize("story", STORIES)
def test_a_repair_that_is_cut_off_ends_as_one_that_is_not(story: str) -> None:
    places = [(call, count) for call, most in enumerate(calls(story)) for count in range(most)]
    for part in (0, len(places) // 2):
        check(story, places[(TODAY * 7 + part) % len(places)])


def test_the_repairs_that_are_cut_off_have_every_stage() -> None:
    assert {stage for story in STORIES for stage in stages_of(story)} == set(STAGES)
