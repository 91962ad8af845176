"""The stages a repair is made of: their order, and what each is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One step of a repair.

    Attributes:
        name: as the PowerShell module knows it.
        title: what it does, for people.
        destructive: it removes something; such a stage waits for a pending restart.
        restorable: whether `undo` brings back what it changed.
        slow: it may go on by itself for minutes after the session.
    """

    name: str
    title: str
    destructive: bool = False
    restorable: bool = True
    slow: bool = False


_STAGES = (
    Stage(name="backup", title="save everything the other stages may touch"),
    Stage(name="reboot", title="restart the PC", restorable=False, slow=True),
    Stage(
        name="agents",
        title="uninstall the legacy Intune PC client and its leftovers",
        destructive=True,
        restorable=False,
        slow=True,
    ),
    Stage(
        name="configmgr",
        title="uninstall an orphaned Configuration Manager client",
        destructive=True,
        restorable=False,
        slow=True,
    ),
    Stage(name="services", title="enable the services that enrollment needs"),
    Stage(name="clock", title="set the clock by the domain's time", restorable=False),
    Stage(name="join", title="start the join task", restorable=False, slow=True),
    Stage(name="tasks", title="remove the tasks of dead enrollments", destructive=True),
    Stage(
        name="certificates",
        title="remove the certificates of dead enrollments",
        destructive=True,
        restorable=False,
    ),
    Stage(name="state", title="remove the registry state of dead enrollments", destructive=True),
    Stage(name="flag", title="clear the ExternallyManaged flag"),
    Stage(name="policy", title="refresh the policy so that the auto-enroll task is there"),
    Stage(name="trigger", title="start enrollment", restorable=False),
)

STAGES: Mapping[str, Stage] = {stage.name: stage for stage in _STAGES}
STAGE_ORDER: tuple[str, ...] = tuple(STAGES)
"""The only order in which stages run."""


def in_order(names: Iterable[str]) -> tuple[str, ...]:
    """Return the names without repetition, in the order in which they run.

    Raises:
        KeyError: one is not a stage.
    """
    wanted = {STAGES[name].name for name in names}
    return tuple(name for name in STAGE_ORDER if name in wanted)
