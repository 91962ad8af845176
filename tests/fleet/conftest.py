"""One lab with every named PC, for all tests of a file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from orchestrator.lab import fleet
from tests.fleet.journey import fleet_on_wire

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.fleet.journey import FleetOnWire


@pytest.fixture(scope="module")
def wire() -> Iterator[FleetOnWire]:
    with fleet_on_wire(story.name for story in fleet.catalogue()) as running:
        yield running
