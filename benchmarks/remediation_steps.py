"""What the others are told to do on each PC: the calls of our module, as text.

The plan is the product's own, made from a reading of a spare PC; who is compared with it gets it
for nothing. Cut into five steps as a playbook would have it, and into the three calls the product
makes of it. The text is the same for every PC, which spares the simulated ones compiling it anew:
each then takes itself for the one that is meant, a guard given up in favour of the others.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from remediation_lab import SPARE

from orchestrator.adapters.connection import AuthKind, ConnectionProfile
from orchestrator.adapters.credentials import Credentials
from orchestrator.adapters.psrp import PsrpSessions
from orchestrator.adapters.psrp_definitions import PRELUDE, shipped
from orchestrator.adapters.resolver import HostsResolver
from orchestrator.domain.device import DeviceName
from orchestrator.domain.diagnosis import diagnose
from orchestrator.domain.facts import Facts
from orchestrator.domain.plan_for import plan_for
from orchestrator.domain.run import RunOptions

if TYPE_CHECKING:
    from pathlib import Path

    from orchestrator.domain.plan import Plan

READ, REPAIR = "Get-EnrollmentFact", "Invoke-EnrollmentRepair"
CUTS = (("backup", "tasks"), ("certificates", "state"), ("policy", "trigger"))
"""The repair in three steps; with a reading before and one after, that makes five."""


def write_steps(folder: Path, names: list[str]) -> dict[str, Any]:
    """Write `steps.json` for a running lab, and return what it says.

    Args:
        folder: of the lab.
        names: the PCs that are worked on.

    Raises:
        RuntimeError: the plan is not the one that is cut into steps.
    """
    lab = json.loads((folder / "lab.json").read_text(encoding="utf-8"))
    password = (folder / "password").read_text(encoding="utf-8")
    plan = _plan(folder, lab["username"], password, lab["ports"]["http"])
    planned = tuple(stage.name for stage in plan.stages)
    if planned != sum(CUTS, ()):
        message = f"the plan has other stages: {planned}"
        raise RuntimeError(message)
    told = {
        "names": names,
        "addresses": lab["addresses"],
        "port": lab["ports"]["http"],
        "username": lab["username"],
        "password": password,
        "dead": list(plan.enrollment_ids),
        "five": _steps(plan, CUTS),
        "three": _steps(plan, (planned,)),
    }
    (folder / "steps.json").touch(mode=0o600)
    (folder / "steps.json").write_text(json.dumps(told), encoding="utf-8")
    return told


def _plan(folder: Path, username: str, password: str, port: int) -> Plan:
    sessions = PsrpSessions(
        ConnectionProfile(auth=AuthKind.NTLM, scheme="http", port=port),
        Credentials({"ENROLLMEND_USERNAME": username, "ENROLLMEND_PASSWORD": password}),
        HostsResolver(folder / "hosts"),
    )
    with sessions.open(DeviceName(SPARE), seconds=30) as session:
        (answer,) = session.invoke(READ, {}, seconds=60)
    facts, options = Facts.parse(answer), RunOptions()
    now = datetime.now(UTC)  # noqa: TID251 - a program, not the domain
    return plan_for(diagnose(facts, observed_at=now, options=options), facts, options)


def _steps(plan: Plan, cuts: tuple[tuple[str, ...], ...]) -> list[dict[str, str]]:
    """Return definitions and call of each step: the same text for every PC."""
    known: set[str] = set()
    steps = [_step(READ, "", known)]
    for fence, stages in enumerate(cuts, start=1):
        words = [
            f"-RunId 'bench' -Fence {fence} -ComputerName $env:COMPUTERNAME",
            f"-Stage {_quoted(stages)}",
            f"-EnrollmentId {_quoted(plan.enrollment_ids)}",
            f"-Thumbprint {_quoted(plan.thumbprints)}",
            f"-CredentialType {plan.credential_type}",
        ]
        steps.append(_step(REPAIR, " " + " ".join(words), known))
    return [*steps, _step(READ, "", known)]


def _step(function: str, words: str, known: set[str]) -> dict[str, str]:
    module = shipped()
    needed = module.needed(function)
    missing = [name for name in needed if name not in known]
    known.update(needed)
    return {
        "call": f"{PRELUDE}{function}{words}",
        "definitions": "".join(module.text(name) for name in missing),
        "all_definitions": "".join(module.text(name) for name in needed),
    }


def _quoted(words: tuple[str, ...]) -> str:
    return ", ".join(f"'{word}'" for word in words) if words else "@()"
