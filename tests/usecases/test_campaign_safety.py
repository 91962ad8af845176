"""What a person may not do by oversight, or alone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from orchestrator.errors import ApprovalRequired
from orchestrator.usecases import campaigns
from tests.usecases.campaign_world import World


def test_a_plan_approved_with_other_steps_of_the_site_does_not_start() -> None:
    here = World()
    pcs = here.add(3)
    here.ports = replace(here.ports, own_digest="a" * 64)
    document = here.planned()
    campaigns.approve(document, "grace", here.ports)
    others = replace(here.ports, own_digest="b" * 64)
    with pytest.raises(ApprovalRequired, match="other steps of the site's own"):
        campaigns.start(document, others)
    campaigns.start(document, here.ports)
    here.ports = others  # a worker whose folder was edited after the start
    here.work(60)
    assert not any(pc.repairs for pc in pcs)
