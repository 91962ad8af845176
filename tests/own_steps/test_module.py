"""The module runs a site's functions by the names it gets, and keeps its own rules for them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from orchestrator.domain.facts import Facts
from orchestrator.domain.own_steps import judge_own
from tests.own_steps.example import block_of, example, hardened
from tests.scripts.bench import Bench

STEP, _ = example().steps
TEXT = "\n".join(function.text for function in example().functions.values())


def bench(text: str = TEXT) -> Bench:
    made = Bench()
    made.more = text
    hardened(made.device)
    return made


def test_what_a_step_reads_is_a_section_of_the_facts() -> None:
    pc = bench()
    facts = pc.facts(OwnFact=[STEP.reading])
    assert facts["own:hardening"] == {"block_mdm": 1, "role": ""}
    assert not [item for item in facts["unread"] if item["fact"].startswith("own:")]


def test_a_pc_that_the_example_does_not_concern_hears_nothing_of_it() -> None:
    pc = Bench()
    pc.more = TEXT
    steps = example().steps
    facts = Facts.parse(pc.facts(OwnFact=[step.reading for step in steps]))
    assert judge_own(steps, facts) == ()


def test_a_reading_that_fails_is_unread_and_the_rest_is_not() -> None:
    pc = bench()
    facts = pc.facts(OwnFact=["wrong Repair-OwnHardening", STEP.reading])
    assert "own:wrong" not in facts
    assert [item["fact"] for item in facts["unread"]] == ["own:wrong"]
    assert facts["own:hardening"]["block_mdm"] == 1


def test_a_32_bit_host_reads_nothing_of_a_site() -> None:
    pc = bench()
    pc.device.host = replace(pc.device.host, process_bits=32)
    unread = [item["fact"] for item in pc.facts(OwnFact=[STEP.reading])["unread"]]
    assert "own:hardening" in unread


@pytest.mark.parametrize(
    "name", ["hardening Get-Process", "hardening Invoke-FlagStage", "Get-OwnHardening", "a; b"]
)
def test_what_is_no_function_of_a_site_is_never_called(name: str) -> None:
    pc = bench()
    assert pc.call("Get-EnrollmentFact", OwnFact=[name]).state == "Failed"
    assert pc.repair("backup", OwnStep=[f"{name} x y z"]).state == "Failed"
    assert block_of(pc.device) == 1


def test_a_step_repairs_after_the_policy_and_stands_in_backup_and_journal() -> None:
    pc = bench()
    answer = pc.repair("backup", "flag", OwnStep=[STEP.repair])
    assert list(answer.statuses) == ["backup", "flag", "own:hardening"]
    change = answer.stage("own:hardening")["changes"][0]
    assert change["action"] == "set"
    assert change["before"] == "1"
    assert block_of(pc.device) == 0
    journal = pc.journal()
    lines = [line for line in journal["lines"] if line["stage"] == "own:hardening"]
    assert [line["phase"] for line in lines] == ["before", "after"]
    kept = next(item for item in journal["backup"] if item["kind"] == "own")
    assert kept["name"] == "Undo-OwnHardening"
    assert '"block_mdm":1' in kept["data"]


def test_twice_is_once() -> None:
    pc = bench()
    pc.repair("backup", OwnStep=[STEP.repair])
    again = pc.repair("backup", fence=2, OwnStep=[STEP.repair])
    assert again.stage("own:hardening")["status"] == "unchanged"


def test_what_if_makes_no_change_and_says_which() -> None:
    pc = bench()
    before = pc.dump()
    outcome = pc.repair("backup", OwnStep=[STEP.repair], WhatIf=True).stage("own:hardening")
    assert outcome["status"] == "would_change"
    assert pc.diff(before) == []


def test_undo_brings_back_what_the_step_changed_and_twice_is_once() -> None:
    pc = bench()
    before = pc.dump()
    pc.repair("backup", OwnStep=[STEP.repair])
    pc.restore(OwnUndo=[STEP.undo])
    assert pc.diff(before) == []
    assert pc.restore(fence=100, OwnUndo=[STEP.undo]).one["changes"] == []


def test_a_step_whose_undo_is_not_known_any_more_is_named_and_stops_nothing() -> None:
    pc = bench()
    pc.device.registry.set(r"SOFTWARE\Microsoft\Enrollments", "ExternallyManaged", 1)
    pc.repair("backup", "flag", OwnStep=[STEP.repair])
    changes = pc.restore().one["changes"]
    assert [item["object"] for item in changes if not item["restorable"]] == ["own:hardening"]
    assert any("ExternallyManaged" in item["object"] for item in changes)
    assert block_of(pc.device) == 0


def test_an_undo_that_throws_is_named_and_everything_else_is_put_back() -> None:
    pc = bench(f"{TEXT}\nfunction Undo-OwnHardening {{ param ($Attempt, $Before) throw 'stuck' }}")
    pc.device.registry.set(r"SOFTWARE\Microsoft\Enrollments", "ExternallyManaged", 1)
    before = pc.dump()
    pc.repair("backup", "flag", OwnStep=[STEP.repair])
    outcome = pc.restore(OwnUndo=[STEP.undo]).one
    assert outcome["status"] == "failed"
    assert outcome["reason"] == (
        "own_undo_failed: Undo-OwnHardening of step hardening says: stuck. "
        "Everything else was put back: mend it, and undo again"
    )
    assert len(pc.diff(before)) == 1, "the step's own value alone"
    assert block_of(pc.device) == 0
    pc.more = TEXT
    assert pc.restore(fence=100, OwnUndo=[STEP.undo]).one["status"] == "changed"
    assert pc.diff(before) == []


@pytest.mark.parametrize("answer", ["'True'", "1", "$true; $true", ""])
def test_a_verify_that_gives_anything_but_one_true_is_not_believed(answer: str) -> None:
    pc = bench(f"{TEXT}\nfunction Test-OwnHardening {{ {answer} }}")
    assert pc.repair("backup", OwnStep=[STEP.repair]).statuses["own:hardening"] == "failed"


def test_a_repair_that_its_verify_does_not_believe_is_a_failure() -> None:
    pc = bench(TEXT.replace("($null -eq $flag) -or ($flag -eq 0)", "$false"))
    answer = pc.repair("backup", "trigger", OwnStep=[STEP.repair])
    assert list(answer.statuses) == ["backup", "own:hardening"]
    outcome = answer.stage("own:hardening")
    assert outcome["status"] == "failed"
    assert outcome["reason"].startswith("Enrollmend.StageFailed: Test-OwnHardening says")


def test_a_step_that_reads_nothing_has_nothing_to_undo() -> None:
    pc = bench(TEXT.replace("[ordered]@{ block_mdm", "$null = [ordered]@{ block_mdm"))
    pc.repair("backup", OwnStep=[STEP.repair])
    assert pc.restore(OwnUndo=[STEP.undo]).one["changes"] == []
