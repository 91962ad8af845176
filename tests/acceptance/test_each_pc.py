"""Every named PC of the first kind: its cause, what was done, how it ended, what was left alone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest

from orchestrator.lab.device_dump import diff_dumps

if TYPE_CHECKING:
    from tests.acceptance.stack import Ran, Stack

pytestmark = [pytest.mark.acceptance, pytest.mark.xdist_group("acceptance")]

RENEW = "backup tasks certificates state policy trigger"
EXPECTED: dict[str, tuple[str, str, str | None]] = {
    "PC-LEGACY": ("legacy_intune_agent", "backup agents flag trigger", "enrolled"),
    "PC-EXTMANAGED": ("externally_managed_flag", "backup flag trigger", "enrolled"),
    "PC-POLICYOFF": ("enrollment_disabled_by_policy", "", "needs_owner"),
    "PC-ORPHAN": ("stale_enrollment", RENEW, "enrolled"),
    "PC-RES-TASKS": ("residue_tasks_only", "backup tasks policy trigger", "enrolled"),
    "PC-RES-REG": ("residue_registry_only", "backup certificates state trigger", "enrolled"),
    "PC-TWO-STALE": ("stale_enrollment", RENEW, "enrolled"),
    "PC-TASK-GONE": ("auto_enroll_task_missing", "backup policy trigger", "enrolled"),
    "PC-TASK-OFF": ("auto_enroll_task_disabled", "backup policy trigger", "enrolled"),
    "PC-HEALTHY": ("already_enrolled_healthy", "", "already_enrolled"),
    "PC-COMANAGED": ("ccm_comanaged", "", "needs_owner"),
    "PC-NOUSER": ("no_interactive_user", "", None),
}


@dataclass(slots=True)
class Fleet:
    """What became of all of them."""

    dry: Ran
    fixed: Ran
    before: dict[str, Any]
    after_dry: dict[str, Any]
    after: dict[str, Any]

    def found(self, ran: Ran, pc: str) -> dict[str, Any]:
        """The document of one of them."""
        return next(found for found in ran.documents if found["device"]["name"] == pc)


@pytest.fixture(scope="module")
def fleet(whole: Stack) -> Fleet:
    before = {pc: whole.dump(pc) for pc in EXPECTED}
    dry = whole.fix("--dry-run", *EXPECTED)
    after_dry = {pc: whole.dump(pc) for pc in EXPECTED}
    fixed = whole.fix(*EXPECTED)
    after = {pc: whole.dump(pc) for pc in EXPECTED}
    return Fleet(dry, fixed, before, after_dry, after)


@pytest.mark.parametrize("pc", EXPECTED)
def test_a_pc_is_understood_repaired_and_proven(fleet: Fleet, pc: str) -> None:
    cause, stages, verdict = EXPECTED[pc]
    assert fleet.found(fleet.dry, pc)["cause"]["code"] == cause
    fixed = fleet.found(fleet.fixed, pc)
    assert fixed["verdict"] == verdict
    assert list(dict.fromkeys(step["name"] for step in fixed["steps"])) == stages.split()
    changed = diff_dumps(fleet.before[pc], fleet.after[pc])
    assert bool(changed) is bool(stages), changed


@pytest.mark.parametrize("pc", EXPECTED)
def test_a_dry_run_changes_nothing(fleet: Fleet, pc: str) -> None:
    assert diff_dumps(fleet.before[pc], fleet.after_dry[pc]) == []


def test_the_exit_code_says_that_somebody_has_to_act(fleet: Fleet) -> None:
    assert fleet.dry.code == 0
    assert fleet.fixed.code == 3
    assert "12 devices: 8 enrolled, 2 needs directory, 1 already enrolled, 1 held" in (
        fleet.fixed.err
    )
