"""Each repair is cut off after each single change that it makes on the PC."""

from __future__ import annotations

from itertools import count

import pytest

from tests.metamorphic.cut import STORIES, calls, check

pytestmark = [pytest.mark.deep, pytest.mark.timeout(1200)]


@pytest.mark.parametrize("story", STORIES)
def test_a_repair_that_is_cut_off_at_any_change_ends_as_one_that_is_not(story: str) -> None:
    for call in range(len(calls(story))):
        reached = next(number for number in count() if not check(story, (call, number)))
        assert reached > 0, f"call {call} changes nothing"
