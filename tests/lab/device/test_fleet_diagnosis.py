"""The shipped probe on every named PC, judged: the cause must be the one the story tells."""

import json
from collections.abc import Callable

import pytest

from orchestrator import module
from orchestrator.domain.diagnosis import diagnose
from orchestrator.domain.facts import Facts
from orchestrator.domain.run import RunOptions
from orchestrator.lab.device import Device
from orchestrator.lab.fleet import catalogue, story_of
from orchestrator.lab.powershell import Command, Record, Result, Runspace, Statement

Make = Callable[..., Device]


CONSTRAINED = "PC-CLM"
JUDGED = [entry.name for entry in catalogue() if entry.name != CONSTRAINED]


def run(pc: Device) -> tuple[Result, list[object]]:
    """Run ``Get-EnrollmentFact -UserSession -Network`` as a remote administrator."""
    space = Runspace(pc.session(), language_mode=pc.host.language_mode)
    for function in module.functions().values():
        space.load(function.text)
    records: list[Record] = []
    switches = (("UserSession", None), ("Network", None))
    command = Command("Get-EnrollmentFact", arguments=switches)
    result = space.invoke([Statement([command])], records.append)
    return result, [record.value for record in records if record.stream == "output"]


def probe(pc: Device) -> Facts:
    result, answers = run(pc)
    assert result.state == "Completed", result.error
    (answer,) = answers
    return Facts.parse(json.loads(str(answer)))


@pytest.mark.parametrize("name", JUDGED)
def test_the_cause_is_found_and_nothing_is_changed(make: Make, name: str) -> None:
    pc = make(story=name)
    before = pc.dump(ours=False)
    facts = probe(pc)
    diagnosis = diagnose(facts, observed_at=pc.clock(), options=RunOptions())
    assert diagnosis.primary is not None
    assert diagnosis.primary.cause == story_of(name).cause
    assert diagnosis.primary.evidence
    assert pc.diff(before, ours=False) == []


def test_a_constrained_session_says_so_and_changes_nothing(make: Make) -> None:
    pc = make(story=CONSTRAINED)
    before = pc.dump(ours=False)
    result, answers = run(pc)
    if result.error is not None:
        assert "ConstrainedLanguage" in result.error.error_id
    else:
        facts = Facts.parse(json.loads(str(answers[0])))
        assert facts.host is not None
        assert facts.host.language_mode == "ConstrainedLanguage"
    assert pc.diff(before, ours=False) == []
