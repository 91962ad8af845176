"""Every stage alike: told before, backed up, the same the second time, and undone exactly."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import pytest

from orchestrator.domain.stages import STAGES
from tests.scripts.bench import ENROLLMENTS, ONE, TWO, Bench
from tests.scripts.builders import auto_enroll, configmgr, legacy_client, unjoined

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PUSH = "dmwappushservice"
CDJ = r"+ registry / HKLM\SYSTEM\CurrentControlSet\Control\CloudDomainJoin"
ENROLLED = (
    "+ ",
    "~ events / ",
    "~ registry / ",
    r"- tasks / \Microsoft\Windows\EnterpriseMgmt\Sch",
)
PRODUCT = r"- registry / HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall\{"
RETIRED = ("- certificates / C0", "- files / ", PRODUCT, "- services / OmcSvc")
CCM = (
    "- files / ",
    "+ files / ",
    "- registry / HKLM\\SOFTWARE\\Microsoft\\",
    "- services / CcmExec",
)
CLEAN = ("certificates", "state", "flag")
CONTINUES = frozenset({"clock", "policy", "reboot"})
"""They start something again at every call, by which nothing of the PC changes."""


@dataclass(frozen=True)
class Case:
    """What makes a PC need the stage, and how it goes: differences that ``stays`` after undo."""

    wrong: Callable[[Bench], list[str] | None]
    calls: int = 1
    stays: tuple[str, ...] = ()
    lost: int = 0
    also: tuple[str, ...] = ()


def stale(pc: Bench) -> list[str]:
    return [pc.stale(ONE), pc.stale(TWO)]


def keys_only(pc: Bench) -> None:
    stale(pc)
    pc.repair("tasks", ids=[ONE, TWO], run="r-0")


def disabled(pc: Bench) -> None:
    pc.device.services[PUSH] = replace(pc.device.services[PUSH], start_mode="Disabled")


CASES = {
    "backup": Case(stale, stays=("- certificates / ",), lost=2, also=("tasks", *CLEAN)),
    "reboot": Case(Bench.alone),
    "agents": Case(legacy_client, calls=3, stays=RETIRED, lost=14),
    "configmgr": Case(configmgr, calls=2, stays=CCM, lost=1),
    "services": Case(disabled),
    "clock": Case(lambda pc: setattr(pc.device, "skew", 900)),
    "join": Case(unjoined, stays=("~ events / ", CDJ)),
    "tasks": Case(stale),
    "certificates": Case(stale, stays=("- certificates / ",), lost=2),
    "state": Case(keys_only),
    "flag": Case(lambda pc: pc.device.registry.set(ENROLLMENTS, "ExternallyManaged", 1)),
    "policy": Case(lambda pc: auto_enroll(pc, enabled=False)),
    "trigger": Case(auto_enroll, stays=ENROLLED),
}


def wrong(stage: str) -> tuple[Bench, dict[str, Any]]:
    """The PC of a case, and what to ask of it."""
    pc = Bench()
    thumbprints = CASES[stage].wrong(pc) or []
    named = {"ids": [ONE, TWO], "thumbprints": thumbprints, "services": [PUSH]}
    return pc, named | {"AllowConfigMgrRemoval": True}


def changes(documents: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    yield from ((c["object"], c["action"]) for d in documents for c in d["changes"])


def repaired(pc: Bench, stage: str, asked: dict[str, Any]) -> set[tuple[str, str]]:
    """Let a stage come to its end; return what was done."""
    done: set[tuple[str, str]] = set()
    for fence in range(1, CASES[stage].calls + 1):
        answer = pc.repair(stage, *CASES[stage].also, **asked, fence=fence)
        assert answer.stage(stage)["status"] not in {"failed", "skipped"}
        done.update(changes(answer.documents))
        if fence < CASES[stage].calls:
            pc.later(answer.stage(stage)["wait_seconds"])
    return done


def test_no_stage_is_left_out() -> None:
    assert list(CASES) == list(STAGES)


@pytest.mark.parametrize("stage", CASES)
def test_under_what_if_nothing_changes_and_exactly_what_will_be_done_is_told(stage: str) -> None:
    pc, asked = wrong(stage)
    before, operations = pc.device.dump(), pc.device.operations
    answer = pc.repair(stage, *CASES[stage].also, **asked, WhatIf=True)
    assert pc.device.diff(before) == []
    assert pc.device.operations == operations
    assert set(answer.statuses.values()) <= {"would_change", "unchanged"}
    assert set(changes(answer.documents)) == repaired(pc, stage, asked)
    assert answer.statuses[stage] == "would_change"


@pytest.mark.parametrize("stage", CASES)
def test_the_second_call_changes_nothing(stage: str) -> None:
    pc, asked = wrong(stage)
    repaired(pc, stage, asked)
    before = pc.dump()
    answer = pc.repair(stage, *CASES[stage].also, **asked, fence=9)
    assert pc.diff(before) == []
    assert answer.statuses["backup"] == "unchanged"
    assert stage in CONTINUES or answer.statuses[stage] == "unchanged"


@pytest.mark.parametrize("stage", CASES)
def test_what_goes_is_in_the_backup_and_undo_brings_exactly_it_back(stage: str) -> None:
    pc, asked = wrong(stage)
    case, before = CASES[stage], pc.dump()
    done = repaired(pc, stage, asked)
    kept = {f"{entry['object']} {entry['name']}".strip() for entry in pc.journal()["backup"]}
    gone = {name for name, action in done if action in {"delete", "unregister"}}
    assert {name for name in gone - kept if not name.startswith("C:\\")} == set()
    outcome = pc.restore().one
    assert [line for line in pc.diff(before) if not line.startswith(case.stays or ("?",))] == []
    assert len([one for one in outcome["changes"] if not one["restorable"]]) == case.lost
