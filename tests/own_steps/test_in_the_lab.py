"""The example of the documentation, from the settings to a simulated PC over the real wire."""

from __future__ import annotations

import os
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from orchestrator.adapters.connection import AuthKind, ConnectionProfile
from orchestrator.adapters.credentials import Credentials
from orchestrator.adapters.psrp import PsrpSessions
from orchestrator.adapters.psrp_definitions import Definitions
from orchestrator.domain.device import DeviceName
from orchestrator.domain.findings import Owner
from orchestrator.domain.outcome import StageStatus
from orchestrator.domain.run import Intent, Run, RunOptions, RunState, Verdict
from orchestrator.lab import fleet
from orchestrator.lab.backend_powershell import PowerShellBackend
from orchestrator.lab.service import running_lab
from orchestrator.module import functions
from orchestrator.usecases.advance import advance
from orchestrator.usecases.submit import submit
from tests.own_steps.example import block_of, example, hardened
from tests.usecases.world import World

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.adapters.memory import ManualClock, MemoryLedger
    from orchestrator.lab.device import Device
    from orchestrator.usecases.ports import Ports

WORKER = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))
PC = "PC-0042"
PORTS = {"http": 26987}


@dataclass
class Known:
    hosts: dict[str, str]

    def addresses(self, name: str) -> list[str]:
        return [self.hosts[name]]


@dataclass
class Place:
    """One simulated PC, and the ports to it."""

    device: Device
    ports: Ports
    ledger: MemoryLedger
    clock: ManualClock

    def run(self, **options: object) -> Run:
        """Carry a run to its end or to where it rests for a person; time moves when it waits."""
        wanted = replace(RunOptions(), **options)  # type: ignore[arg-type] # fields by name
        run = submit(DeviceName.parse(PC), wanted, self.ports).run
        for _ in range(30):
            if run.state in {RunState.SETTLED, RunState.HELD} or run.due is None:
                break
            self.clock.move(max(run.due - self.clock.now(), timedelta(seconds=1)))
            self.device.settle()
            advance(run.id, self.ports, holder="test")
            run = self.ledger.load(run.id)
        return run


@contextmanager
def place(*, block: int = 1, role: str = "") -> Iterator[Place]:
    own = example()
    world = World()
    device = fleet.build("PC-EXTMANAGED", clock=world.clock.now, computer_name=PC)
    hardened(device, block=block, role=role)
    with running_lab(
        [device], backend=PowerShellBackend(), ports=PORTS, pace=1e-6, seed=70 + WORKER
    ) as lab:
        account = {
            "ENROLLMEND_USERNAME": lab.account.name,
            "ENROLLMEND_PASSWORD": lab.account.password,
        }
        sessions = PsrpSessions(
            ConnectionProfile(auth=AuthKind.NTLM, scheme="http", port=PORTS["http"]),
            Credentials(account),
            Known(dict(lab.hosts)),
            definitions=Definitions({**functions(), **own.functions}, called=own.called),
        )
        ports = replace(world.ports, sessions=sessions, own_steps=own.steps)
        yield Place(device, ports, world.ledger, world.clock)


def test_a_pc_that_needs_the_step_is_repaired_by_it_enrolled_and_undone() -> None:
    with place() as there:
        run = there.run()
        assert run.verdict is Verdict.ENROLLED
        stages = {outcome.stage: outcome.status for outcome in run.outcomes}
        assert stages["own:hardening"] is StageStatus.CHANGED
        assert list(stages)[-2:] == ["own:hardening", "trigger"]
        assert block_of(there.device) == 0
        undone = there.run(intent=Intent.UNDO, undo_run=run.id)
        assert undone.verdict is Verdict.RESTORED
        assert block_of(there.device) == 1


def test_a_dry_run_says_what_the_step_would_do_and_changes_nothing() -> None:
    with place() as there:
        run = there.run(dry_run=True)
        assert run.verdict is Verdict.DIAGNOSED
        assert run.plan is not None
        assert "own:hardening" in [stage.name for stage in run.plan.stages]
        assert block_of(there.device) == 1


def test_a_pc_that_does_not_need_the_step_never_sees_it() -> None:
    with place(block=0) as there:
        run = there.run()
        assert run.verdict is Verdict.ENROLLED
        assert "own:hardening" not in [outcome.stage for outcome in run.outcomes]


def test_a_step_that_is_only_reported_goes_to_its_owner_and_nothing_is_changed() -> None:
    with place(role="kiosk") as there:
        before = there.device.dump(ours=False)
        run = there.run()
        assert run.verdict is Verdict.NEEDS_OWNER
        assert run.owner is Owner.TENANT
        assert run.reason == "this is a kiosk: role equals kiosk"
        assert "kiosk team" in run.next_action
        assert there.device.diff(before, ours=False) == []
