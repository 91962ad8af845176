"""The lab's fleet: named PCs, each not enrolled for one reason, and mixtures of them.

`build` makes one by name, `catalogue` lists them, `explain` says what is wrong with one and who
says that Windows behaves so, `mix` makes many by seed. Everything here is simulated.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from orchestrator.lab import (  # noqa: F401 - each adds its PCs to the catalogue
    fleet_codes,
    fleet_device,
    fleet_enrollments,
    fleet_odd,
    fleet_owner,
    fleet_rare,
)
from orchestrator.lab.device import Device
from orchestrator.lab.fleet_story import STORIES, Story

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    Clock = Callable[[], datetime]

__all__ = ["Story", "build", "catalogue", "explain", "mix", "story_of"]


def catalogue() -> tuple[Story, ...]:
    """Return every named PC, by name."""
    return tuple(STORIES[name] for name in sorted(STORIES))


def story_of(name: str) -> Story:
    """Return the story of a named PC, whatever the case.

    Raises:
        KeyError: there is none of that name.
    """
    return STORIES[name.upper()]


def build(
    name: str, *, clock: Clock, pace: float = 1.0, computer_name: str | None = None
) -> Device:
    """Make a named PC.

    Args:
        name: of the catalogue, whatever the case.
        clock: the lab's clock.
        pace: factor for every duration.
        computer_name: another name for the PC than the story's.

    Raises:
        KeyError: there is none of that name.
    """
    entry = story_of(name)
    pc = Device(computer_name or entry.name, clock=clock, pace=pace)
    pc.story = entry.name
    entry.build(pc)
    return pc


def pc_names(count: int, first: int = 1) -> list[str]:
    """Return ``PC-0001`` and so on: four digits, and more where the last one needs them."""
    last = first + count - 1
    width = max(4, len(str(last)))
    return [f"PC-{number:0{width}d}" for number in range(first, last + 1)]


def mix(count: int, seed: int, *, clock: Clock, pace: float = 1.0, first: int = 1) -> list[Device]:
    """Make many PCs, ``PC-0001`` and on: causes drawn by their weight, the same for a seed.

    PCs with the same cause share their state until one of them changes it.
    """
    chance = random.Random(seed)  # noqa: S311 - a repeatable mixture, no secret
    entries = [entry for entry in catalogue() if entry.weight]
    chosen = chance.choices(entries, [entry.weight for entry in entries], k=count)
    patterns: dict[str, Device] = {}
    made = []
    for name, entry in zip(pc_names(count, first), chosen, strict=True):
        pattern = patterns.get(entry.name)
        if pattern is None:
            pattern = patterns[entry.name] = build(entry.name, clock=clock, pace=pace)
        made.append(pattern.copy(name))
    return made


def explain(name: str) -> str:
    """Say what is wrong with a named PC, and who says that Windows behaves so.

    Raises:
        KeyError: there is none of that name.
    """
    entry = story_of(name)
    lines = [
        f"{entry.name} (simulated): {entry.why}",
        f"  cause   {entry.cause}",
        f"  owner   {entry.owner}",
        *(f"  source  {source}" for source in entry.sources),
    ]
    return "\n".join(lines)
