"""What is worked out once for a line of a script gives what binding each time would give."""

from __future__ import annotations

import pytest

from orchestrator.lab.powershell.binding import COMMON, Shape, SlotTable, bind
from orchestrator.lab.powershell.cmdlet_table import CmdletTable, slots_of
from orchestrator.lab.powershell.registry import CMDLETS
from orchestrator.lab.powershell.signals import ScriptError
from orchestrator.lab.powershell.values import CaseDict, LazyDict


def table(name: str) -> CmdletTable:
    return slots_of(CMDLETS[name])


@pytest.mark.parametrize(
    "names",
    [
        [(None, True)],
        [("Path", True)],
        [("pa", True), ("PassThru", False), ("ErrorAction", True)],
        [(None, True), (None, True), (None, True)],
        [("Nobody", True), (None, True)],
        [("Path", False), (None, True)],
    ],
)
def test_a_remembered_line_binds_as_a_fresh_one(names: list[tuple[str | None, bool]]) -> None:
    slots = table("Join-Path")
    shape = Shape(names)
    for round_of_values in ("a", "b"):
        values = [f"{round_of_values}{number}" for number, (_, has) in enumerate(names) if has]
        once = shape.bound("Join-Path", slots, values)
        fresh = bind("Join-Path", slots, shape.tokens(values))
        assert once.values == fresh.values
        assert once.common == fresh.common
        assert once.rest == fresh.rest
        assert list(once.unknown) == list(fresh.unknown)


def test_a_line_that_does_not_bind_fails_each_time() -> None:
    shape = Shape([("Path", True), ("Path", True)])
    for _ in range(2):
        with pytest.raises(ScriptError, match="specified more than once"):
            shape.bound("Join-Path", table("Join-Path"), ["a", "b"])


def test_a_line_that_calls_another_command_binds_to_that_one() -> None:
    shape = Shape([(None, True)])
    assert shape.bound("Join-Path", table("Join-Path"), ["a"]).values == {"path": "a"}
    assert shape.bound("nothing", SlotTable([], COMMON), ["a"]).rest == ["a"]


def test_a_value_is_made_once_and_when_it_is_asked_for() -> None:
    made: list[str] = []

    def make() -> str:
        made.append("now")
        return "late"

    fields: LazyDict[str] = LazyDict({"Early": "e", "Late": ""}, {"late": make})
    assert "LATE" in fields
    assert not made
    assert [value for _, value in fields.pairs()] == ["e", "late"]
    assert fields.get("lAtE") == "late"
    assert made == ["now"]


def test_keys_that_differ_by_case_are_one_key_with_the_first_spelling() -> None:
    fields = CaseDict({"Name": 1, "NAME": 2, "other": 3})
    assert list(fields.items()) == [("Name", 2), ("other", 3)]
