"""The evaluator and a simulated PC behind the real wire."""

from __future__ import annotations

import json
import os
import time
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
import requests
from pypsrp.exceptions import WSManFaultError
from pypsrp.powershell import PowerShell, RunspacePool

from orchestrator import module
from orchestrator.lab import faults
from orchestrator.lab.backend_powershell import CONFIGURATION_32, PowerShellBackend
from orchestrator.lab.device import Device
from orchestrator.lab.service import running_lab

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from orchestrator.lab.service import Lab

PORTS = {"http": 15988}
PC = "PC-0042"
KEY = "SOFTWARE\\Wire"
CHANGE = f"New-Item -Path 'HKLM:\\{KEY}{{}}' -ErrorAction Stop | Out-Null; 'made {{}}'"


def now() -> datetime:
    return datetime.fromtimestamp(time.time(), tz=UTC)


@contextmanager
def windows(pace: float = 0.001) -> Iterator[tuple[Lab, Device]]:
    device = Device(PC, clock=now, pace=pace)
    with running_lab(
        [device], backend=PowerShellBackend(), ports=PORTS, seed=os.getpid() % 100, pace=pace
    ) as lab:
        yield lab, device


def script(pool: RunspacePool, text: str) -> PowerShell:
    shell = PowerShell(pool)
    shell.add_script(text)
    shell.invoke()
    return shell


@pytest.fixture
def login(client: Callable[..., Any]) -> Callable[[Lab], Any]:
    return lambda lab: client(lab, PC, auth="ntlm", ssl=False, port=PORTS["http"])


def test_a_script_sees_the_pc_it_runs_on(login: Callable[[Lab], Any]) -> None:
    with windows() as (lab, _), login(lab) as wsman, RunspacePool(wsman) as pool:
        assert script(pool, "$env:COMPUTERNAME").output == [PC]


def test_functions_of_one_pipeline_serve_the_next(login: Callable[[Lab], Any]) -> None:
    with windows() as (lab, _), login(lab) as wsman, RunspacePool(wsman) as pool:
        script(pool, "function Get-Twice { param([int] $Number) $Number * 2 }")
        shell = PowerShell(pool)
        shell.add_cmdlet("Get-Twice").add_parameter("Number", 21)
        assert shell.invoke() == [42]


def test_what_is_not_modelled_is_a_refusal_of_the_lab(login: Callable[[Lab], Any]) -> None:
    with windows() as (lab, _), login(lab) as wsman, RunspacePool(wsman) as pool:
        shell = script(pool, "Get-Nonsense")
        assert shell.had_errors
        assert shell.streams.error[0].fq_error == "Lab.Refusal"


def test_sleeping_takes_its_share_of_real_time(login: Callable[[Lab], Any]) -> None:
    with windows(pace=0.01) as (lab, device), login(lab) as wsman, RunspacePool(wsman) as pool:
        assert script(pool, "'a'; Start-Sleep -Seconds 30; 'b'").output == ["a", "b"]
        ((_, _, start, end),) = device.ledger
        assert end - start >= 0.3


def test_the_jea_endpoint_answers_with_the_facts_as_json(login: Callable[[Lab], Any]) -> None:
    with (
        windows() as (lab, _),
        login(lab) as wsman,
        RunspacePool(wsman, configuration_name="Enrollment") as pool,
    ):
        shell = PowerShell(pool)
        shell.add_cmdlet("Get-EnrollmentFact")
        (text,) = shell.invoke()
        assert json.loads(text)["identity"]["computer_name"] == PC
        assert script(pool, "1 + 1").streams.error[0].fq_error == "ScriptsNotAllowed"


def test_the_default_endpoint_takes_the_modules_definitions(login: Callable[[Lab], Any]) -> None:
    text = "\n".join(item.text for item in module.functions().values())
    with windows() as (lab, _), login(lab) as wsman, RunspacePool(wsman) as pool:
        assert not script(pool, text).streams.error
        shell = PowerShell(pool)
        shell.add_cmdlet("Get-EnrollmentFact")
        (facts,) = shell.invoke()
        assert json.loads(facts)["identity"]["computer_name"] == PC


def test_the_32_bit_endpoint_is_redirected(login: Callable[[Lab], Any]) -> None:
    with (
        windows() as (lab, _),
        login(lab) as wsman,
        RunspacePool(wsman, configuration_name=CONFIGURATION_32) as pool,
    ):
        assert script(pool, "$env:PROCESSOR_ARCHITECTURE").output == ["x86"]


def test_a_session_killed_between_two_changes_did_the_first_only(
    login: Callable[[Lab], Any],
) -> None:
    with windows() as (lab, device), login(lab) as wsman:
        pool = RunspacePool(wsman)
        pool.open()
        lab.put_fault(PC, faults.KillAfterOperation(operations=1))
        with pytest.raises(WSManFaultError):
            script(pool, "; ".join(CHANGE.format(name, name) for name in ("One", "Two")))
        one, two = (lab.call(partial(device.registry.find, KEY + name)) for name in ("One", "Two"))
        assert one is not None
        assert two is None
        with RunspacePool(wsman) as again:
            assert script(again, "'alive'").output == ["alive"]


def test_a_pc_that_restarts_is_away_and_comes_back_without_its_sessions(
    login: Callable[[Lab], Any],
) -> None:
    with windows() as (lab, _), login(lab) as wsman:
        pool = RunspacePool(wsman)
        pool.open()
        lab.put_fault(PC, faults.RebootUnderYou(operations=0, seconds=200))
        with pytest.raises(requests.ConnectionError):
            script(pool, CHANGE.format("Never", "Never"))
        assert not lab.pcs[PC].service.shells
        deadline = time.monotonic() + 10
        while not lab.pcs[PC].is_open:
            assert time.monotonic() < deadline
            lab.call(lambda: None)
        wsman.transport.session, wsman.transport.encryption = None, None
        with RunspacePool(wsman) as again:
            assert script(again, "'back'").output == ["back"]


def test_the_owner_of_the_seat_may_not_see_another_sessions_variables(
    login: Callable[[Lab], Any],
) -> None:
    with windows() as (lab, _), login(lab) as wsman:
        with RunspacePool(wsman) as pool:
            script(pool, "$shared = 'mine'")
            assert script(pool, "$shared").output == ["mine"]
        with RunspacePool(wsman) as other:
            assert script(other, "$null -eq $shared").output == [True]
