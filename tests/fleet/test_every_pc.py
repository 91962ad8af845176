"""Every named PC, by the scripts that ship, over the wire that ships, to the end of its run."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from orchestrator.domain.causes import CAUSES
from orchestrator.domain.run import RunOptions
from orchestrator.lab import fleet
from tests.fleet.expected import ODD, ROWS, UNSEEN, check
from tests.fleet.journey import START

if TYPE_CHECKING:
    from tests.fleet.journey import FleetOnWire

PATIENCE = timedelta(hours=3)
"""A PC that waits for somebody's service is looked at a few times, not for a fortnight."""


def test_the_table_names_every_pc_of_the_fleet_and_no_other() -> None:
    assert sorted(ROWS) == [story.name for story in fleet.catalogue()]


def test_every_cause_is_seen_on_some_pc() -> None:
    seen = {cause for row in ROWS.values() for cause in (row.cause, row.last_cause, *row.notes)}
    assert sorted(set(CAUSES) - seen) == sorted(UNSEEN)


@pytest.mark.parametrize("name", [name for name in ROWS if name not in ODD])
def test_cause_owner_stages_and_verdict_are_those_of_the_table(
    wire: FleetOnWire, name: str
) -> None:
    journey = wire.travel(name, RunOptions(deadline=START + PATIENCE))
    check(journey, ROWS[name])
