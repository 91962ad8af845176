"""Facts that back up a judgement: the tasks of a living enrollment, events beside the main log."""

from __future__ import annotations

import pytest

from orchestrator.lab.store_tasks import ENTERPRISE_MGMT
from tests.scripts.bench import ONE, Bench


def tasks_of_one(pc: Bench) -> dict[str, object]:
    """What the entry of the enrollment says of its tasks."""
    entry = next(item for item in pc.facts()["enrollments"] if item["id"] == ONE)
    return {name: entry.get(name) for name in ("tasks", "push_task", "schedule_task")}


def test_the_tasks_that_make_an_enrollment_sync_are_told() -> None:
    pc = Bench()
    pc.live(ONE)
    assert tasks_of_one(pc) == {"tasks": 10, "push_task": True, "schedule_task": True}


@pytest.mark.parametrize(
    ("name", "fact"),
    [
        ("PushLaunch", "push_task"),
        ("Schedule #1 created by enrollment client", "schedule_task"),
    ],
)
def test_a_task_that_is_gone_is_told_as_gone(name: str, fact: str) -> None:
    pc = Bench()
    pc.live(ONE)
    pc.device.tasks.remove(f"{ENTERPRISE_MGMT}{ONE}\\{name}")
    told = {"push_task": True, "schedule_task": True} | {fact: False}
    assert tasks_of_one(pc) == {"tasks": 9, **told}
