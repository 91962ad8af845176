"""What a repair must never touch: whole PCs compared, key by key and task by task.

No enrollment, two dead ones, an empty id, and names that only look like ids.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from orchestrator.lab.device_dump import OUR_FOLDER, OUR_KEY, diff_dumps

if TYPE_CHECKING:
    from tests.acceptance.stack import Stack

pytestmark = [pytest.mark.acceptance, pytest.mark.xdist_group("acceptance")]

GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
ENROLLMENTS = r"HKLM\SOFTWARE\Microsoft\Enrollments"
BY_WINDOWS = (
    # names the new enrollment; is written by Windows when it succeeds
    "CurrentEnrollmentId",
    # removes itself once enrollment succeeded, and is made by a policy refresh
    "Schedule created by enrollment client for automatically enrolling in MDM from AAD",
    "folders / \\Microsoft\\Windows\\EnterpriseMgmt\\",
)
OURS = (OUR_KEY, OUR_FOLDER, "\\enrollmend")


def ids(dumped: object) -> set[str]:
    return {found.lower() for found in GUID.findall(json.dumps(dumped))}


def dead(before: dict[str, Any]) -> set[str]:
    """Return the ids that enrollments of Intune have; on these PCs all are dead."""
    return {
        path.rpartition("\\")[2].lower()
        for path, values in before["registry"].items()
        if path.rpartition("\\")[0] == ENROLLMENTS and "MS DM Server" in json.dumps(values)
    }


@pytest.mark.parametrize(
    ("pc", "enrollments"),
    [("PC-NEVER", 0), ("PC-EMPTYGUID", 0), ("PC-GUIDLIKE", 0), ("UNTOUCHED", 2)],
)
def test_nothing_but_the_enrollments_changes(whole: Stack, pc: str, enrollments: int) -> None:
    before = whole.dump(pc)
    ran = whole.fix(pc)
    assert ran.document["verdict"] == "enrolled", ran.err
    after = whole.dump(pc)
    gone = dead(before)
    assert len(gone) == enrollments
    mine = gone | (ids(after) - ids(before))
    rest = [
        line
        for line in diff_dumps(before, after)
        if not line[2:].startswith(("events /", "certificates /"))
        and not any(word in line for word in (*OURS, *BY_WINDOWS))
        and not any(one in line.lower() for one in mine)
    ]
    assert rest == []
    assert not gone & {path.rpartition("\\")[2].lower() for path in after["registry"]}
    lost = before["certificates"].keys() - after["certificates"].keys()
    assert len(lost) <= enrollments
