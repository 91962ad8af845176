"""PCs that wait for a restart, over the real wire: who gets one, and what becomes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.domain.run import RunOptions, RunState, Verdict
from orchestrator.lab.programs_agents import PRODUCTS
from orchestrator.lab.store_baseline import fixed_guid
from tests.fleet.journey import fleet_on_wire

if TYPE_CHECKING:
    from orchestrator.lab.device import Device


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


class UntilRestarted:
    """A service that refuses a PC until the PC was restarted."""

    step, fault, token_code = 9, ("", ""), 0

    def __init__(self, pc: Device) -> None:
        self.pc, self.boot = pc, pc.boot

    @property
    def enroll_code(self) -> int:
        return 0x80180026 if self.pc.boot == self.boot else 0


def test_a_restart_that_msiexec_asks_for_comes_when_the_pc_does_not_enroll_without_it() -> None:
    with fleet_on_wire(["PC-LEGACY-PART"]) as there:
        pc = there.device("PC-LEGACY-PART")
        boot = pc.boot
        for name in PRODUCTS:
            code = f"{{{fixed_guid(f'product {name}')}}}"
            pc.files.write(rf"C:\Windows\Installer\{code}.msi", b"MSI 3010")
        pc.cloud = UntilRestarted(pc)  # type: ignore[assignment] # what the enroller reads of it
        journey = there.travel("PC-LEGACY-PART", RunOptions(reboot="allow"))
    run = journey.last
    assert run.verdict is Verdict.ENROLLED, run.reason
    assert pc.boot > boot
    assert run.wants_restart == run.restarted != ""
    stages = [
        outcome.stage for one in journey.saved for outcome in one.outcomes[-1:] if outcome.reboot
    ]
    assert stages.index("agents") < stages.index("reboot")
