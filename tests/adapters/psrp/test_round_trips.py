"""How many messages a device costs, with the module that ships on a simulated PC that runs it."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from typing import Any

from orchestrator.adapters.connection import AuthKind, ConnectionProfile
from orchestrator.adapters.credentials import Credentials
from orchestrator.adapters.psrp import PsrpSessions
from orchestrator.domain.device import DeviceName
from orchestrator.lab import fleet
from orchestrator.lab.backend_powershell import PowerShellBackend
from orchestrator.lab.service import running_lab

NAME = "PC-CERTEXPIRED"
PORTS = {"http": 25985}
LOGIN = 2


class Addresses:
    def __init__(self, known: dict[str, str]) -> None:
        self.known = known

    def addresses(self, name: str) -> list[str]:
        return [self.known[name]]


def test_reading_and_repairing_a_device_takes_ten_messages_beside_the_login() -> None:
    pc = fleet.build(NAME, clock=lambda: datetime(2026, 1, 5, 8, tzinfo=UTC))
    backend: Any = PowerShellBackend()
    with running_lab([pc], backend=backend, ports=PORTS, seed=os.getpid() % 100, pace=0.001) as lab:
        environ = {
            "ENROLLMEND_USERNAME": lab.account.name,
            "ENROLLMEND_PASSWORD": lab.account.password,
        }
        profile = ConnectionProfile(auth=AuthKind.NTLM, scheme="http", port=PORTS["http"])
        sessions = PsrpSessions(profile, Credentials(environ), Addresses(lab.hosts))
        with sessions.open(DeviceName(NAME), seconds=30) as session:
            (facts,) = session.invoke("Get-EnrollmentFact", {}, seconds=60)
            outcomes = session.invoke(
                "Invoke-EnrollmentRepair",
                {
                    "RunId": "r-1",
                    "Fence": 1,
                    "ComputerName": NAME,
                    "Stage": ["flag", "policy", "trigger"],
                    "CredentialType": "User",
                },
                seconds=60,
            )
        assert facts["format"] == 1
        assert [outcome["stage"] for outcome in outcomes][-1] == "trigger"
        assert session.traffic.messages <= 10 + LOGIN
