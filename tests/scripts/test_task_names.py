"""Names of tasks that are evidence of an enrollment: the PC's own guard and the plan agree."""

from __future__ import annotations

import re

import pytest

from orchestrator.domain import enrollments
from orchestrator.domain.enrollments import Kind, judge_enrollments
from orchestrator.domain.facts import Facts
from orchestrator.lab.store_tasks import ENTERPRISE_MGMT, Task
from tests.scripts.bench import MODULE_TEXT, ONE, Bench

MARKS = enrollments._TASK_MARKS


def test_the_script_has_the_marks_of_the_diagnosis() -> None:
    written = re.findall(r"\$marks = @\(([^)]*)\)", MODULE_TEXT)
    assert len(written) == 1
    assert tuple(re.findall(r"'([^']*)'", written[0])) == MARKS


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        *((f"A {mark.upper()} of 1", True) for mark in MARKS),
        *((mark[1:], False) for mark in MARKS),
        ("Backup of a site", False),
    ],
)
def test_a_task_counts_on_the_pc_as_in_the_plan(name: str, *, counts: bool) -> None:
    pc = Bench()
    pc.device.tasks.add(Task(path=f"{ENTERPRISE_MGMT}{ONE}\\", name=name))
    judged = judge_enrollments(Facts.parse(pc.facts()), now=pc.now)
    kinds = [one.kind for one in judged if one.id.lower() == ONE]
    assert kinds == [Kind.RESIDUE if counts else Kind.SYSTEM]
    answer = pc.repair("tasks", ids=[ONE])
    assert answer.error == ("" if counts else "Enrollmend.ProtectedEnrollment")
