"""PCs that wait for a restart, over the real wire: who gets one, and what becomes of them."""

from __future__ import annotations

from orchestrator.domain.run import RunOptions, RunState, Verdict
from tests.fleet.journey import fleet_on_wire


def test_a_pc_that_waits_for_a_restart_gets_one_where_that_is_allowed_and_enrolls() -> None:
    with fleet_on_wire(["PC-REBOOT", "PC-STICKY"]) as there:
        for name in ("PC-REBOOT", "PC-STICKY"):
            boot = there.device(name).boot
            assert there.device(name).users
            held = there.travel(name, RunOptions(reboot="if_needed")).last
            assert held.state is RunState.HELD
            assert there.device(name).boot == boot
            run = there.travel(name, RunOptions(reboot="allow")).last
            assert run.verdict is Verdict.ENROLLED, run.reason
            assert there.device(name).boot > boot
            assert run.restarted
