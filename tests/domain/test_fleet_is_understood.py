"""Every named PC of the lab, read by the module that ships, is judged as its story says."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from orchestrator.domain.causes import CAUSES
from orchestrator.domain.diagnosis import diagnose
from orchestrator.domain.facts import Facts
from orchestrator.domain.plan import Decision
from orchestrator.domain.plan_for import plan_for
from orchestrator.domain.run import RunOptions
from orchestrator.lab import fleet
from tests.scripts.bench import Bench

if TYPE_CHECKING:
    from orchestrator.lab.fleet_story import Story

OFFERED = {
    "enrolled": {Decision.REPAIR},
    "already": {Decision.NOTHING},
    "owner": {Decision.OWNER, Decision.UNSUPPORTED, Decision.REPAIR},
    "user": {Decision.HOLD, Decision.REPAIR},
    "later": {Decision.RETRY, Decision.REPAIR},
    "failed": {Decision.REPAIR, Decision.OWNER},
}
"""What may be planned first; a code that is not recent is asked for again by one attempt."""


@pytest.mark.parametrize("story", fleet.catalogue(), ids=lambda story: story.name)
def test_the_cause_the_owner_and_the_kind_of_plan_are_those_of_the_story(story: Story) -> None:
    bench = Bench(story.name)
    bench.device = fleet.build(story.name, clock=lambda: bench.now)
    facts = Facts.parse(bench.facts(UserSession=True, Network=True))
    found = diagnose(facts, observed_at=bench.now, options=RunOptions())
    plan = plan_for(found, facts, RunOptions())
    assert found.primary is not None
    assert found.primary.cause == story.cause
    assert story.owner in {plan.owner.value, CAUSES[story.cause].owner.value}
    assert plan.decision in OFFERED[story.ends]
    if story.ends == "owner" and not CAUSES[story.cause].from_code:
        assert plan.stages == ()
