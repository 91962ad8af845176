"""What a named simulated PC is: why it is not enrolled, and who says that Windows behaves so."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestrator.lab.device import Device

Builder = Callable[["Device"], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """A named PC.

    Attributes:
        name: its computer name.
        why: one sentence: why it is not enrolled.
        sources: who says that Windows behaves so.
        cause: the cause an engineer with an hour at the PC would name.
        owner: who can fix it: device, user, directory, tenant, network, nobody.
        build: bends an ordinary PC into this one.
        weight: how often it occurs in a mixed fleet; 0 is only by name.
        ends: ``enrolled`` when a repair and one attempt enroll it; else ``already``, ``owner``,
            ``user``, ``later`` (it may pass by itself) or ``failed`` (tried, and nothing helps).
    """

    name: str
    why: str
    sources: tuple[str, ...]
    cause: str
    owner: str
    build: Builder
    weight: int = 0
    ends: str = "owner"


STORIES: dict[str, Story] = {}


def story(
    name: str,
    *sources: str,
    cause: str,
    owner: str = "device",
    weight: int = 0,
    ends: str = "",
) -> Callable[[Builder], Builder]:
    """Declare a named PC; the decorated function bends an ordinary one into it.

    Its docstring is the sentence that says why the PC is not enrolled.

    Raises:
        ValueError: the name is taken.
    """

    def register(build: Builder) -> Builder:
        add(
            Story(
                name=name,
                why=inspect.getdoc(build) or "",
                sources=sources,
                cause=cause,
                owner=owner,
                build=build,
                weight=weight,
                ends=ends or {"device": "enrolled", "user": "user"}.get(owner, "owner"),
            )
        )
        return build

    return register


def add(entry: Story) -> None:
    """Add a named PC.

    Raises:
        ValueError: the name is taken.
    """
    if entry.name in STORIES:
        msg = f"the fleet has two PCs named {entry.name}"
        raise ValueError(msg)
    STORIES[entry.name] = entry
