from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from orchestrator.domain.findings import Owner
from orchestrator.domain.own_steps import Operator
from orchestrator.errors import SettingsInvalid
from orchestrator.own_steps import MANIFEST, load_own_steps
from tests.own_steps.example import copied, example

if TYPE_CHECKING:
    from pathlib import Path


def test_the_example_is_read_in_its_order() -> None:
    own = example()
    assert [step.name for step in own.steps] == ["hardening", "kiosk"]
    first, second = own.steps
    assert (first.owner, second.owner) == (Owner.DEVICE, Owner.TENANT)
    assert first.when.operator is Operator.EQUALS
    assert first.repairs
    assert not second.repairs
    assert own.called["Restore-EnrollmentBackup"] == ["Undo-OwnHardening"]


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("format = 1", "format = 2", 1, "format is 1"),
        ("format = 1", "", 1, "format is 1"),
        ("format = 1", "format = true", 1, "format is 1"),
        ("format = 1", "format = 1\nname = 3", 2, "name belongs to no step"),
        ('title = "the', 'tilte = "the', 5, "a step has no 'tilte'"),
        ('owner = "device"', 'owner = "boss"', 6, "'boss' owns nothing"),
        ('owner = "device"', "owner = 5", 6, "owner is one line of text"),
        ('owner = "device"\n', "", 5, "owner is missing"),
        ('"Get-OwnHardening"\nfix', '"Get-OwnHardning"\nfix', 8, "no function Get-OwnHardning"),
        ('"Get-OwnHardening"\nfix', '"Get-Process"\nfix', 8, "no function Get-Process"),
        ('undo = "Undo-OwnHardening"\n', "", 5, "has fix, verify and no undo"),
        ('operator = "equals"', 'operator = "is"', 15, "there is no 'is'"),
        ('operator = "equals"', 'operator = "at_least"', 27, ""),
        ('operator = "equals"', 'operator = "present"', 16, "present compares with no value"),
        ("value = 1", "value = [1]", 16, "when.value is a text, a number, true or false"),
        ("value = 1", "", 5, "when.value is missing"),
        ('field = "block_mdm"', 'field = "block mdm"', 14, "is no name of a field"),
        ("[step.hardening]", "[step.Hardening]", 5, "'Hardening' is no name of a step"),
        ("[step.kiosk]", "[step.kiosk", 19, "this is not TOML"),
        ("[step.kiosk]", "[step.bare]\n[step.kiosk]", 19, "step bare: title is missing"),
        ("value = 1", "value = nan", 16, "nan compares with nothing"),
    ],
)
def test_a_mistake_in_the_manifest_is_one_line_with_its_place(
    tmp_path: Path, old: str, new: str, line: int, message: str
) -> None:
    folder = copied(tmp_path)
    manifest = folder / MANIFEST
    text = manifest.read_text()
    assert old in text
    manifest.write_text(text.replace(old, new, 1))
    if not message:  # right, the first time: a number may be compared so
        assert load_own_steps(folder).steps
        return
    with pytest.raises(SettingsInvalid) as caught:
        load_own_steps(folder)
    assert message in str(caught.value)
    assert f"{manifest}:{line}" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_text_is_not_compared_as_a_number(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    manifest = folder / MANIFEST
    text = manifest.read_text().replace(
        'operator = "equals"\nvalue = "k', 'operator = "at_most"\nvalue = "k'
    )
    manifest.write_text(text)
    with pytest.raises(SettingsInvalid, match="at_most compares with a number"):
        load_own_steps(folder)


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("Get-Proxy.ps1", "function Get-Proxy\n{\n}\n", "Get-Proxy is no name for a function"),
        ("Get-OwnA.ps1", "function Get-OwnB\n{\n}\n", "does not define function Get-OwnA"),
        ("Get-OwnA.ps1", "function Get-OwnA\n{\n    'ä'\n}\n", "ASCII only"),
    ],
)
def test_a_function_that_could_be_taken_for_another_is_refused(
    tmp_path: Path, name: str, text: str, message: str
) -> None:
    folder = copied(tmp_path)
    (folder / name).write_text(text, encoding="utf-8")
    with pytest.raises(SettingsInvalid, match=message):
        load_own_steps(folder)


def test_a_function_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    (folder / "Get-OwnFolder.ps1").mkdir()
    with pytest.raises(
        SettingsInvalid, match=r"Get-OwnFolder\.ps1: cannot be read: Is a directory"
    ):
        load_own_steps(folder)


def test_a_manifest_whose_steps_are_all_commented_out_is_right(tmp_path: Path) -> None:
    (tmp_path / MANIFEST).write_text("format = 1\n# [step.later]\n")
    assert load_own_steps(tmp_path).steps == ()


def test_a_folder_that_is_not_there_and_one_without_a_manifest_are_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid, match="there is no folder"):
        load_own_steps(tmp_path / "nowhere")
    with pytest.raises(SettingsInvalid, match=r"steps\.toml: cannot be read"):
        load_own_steps(tmp_path)


def test_a_byte_of_a_function_or_of_the_manifest_changes_the_digest(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    before = load_own_steps(folder).digest
    assert before == example().digest != ""
    function = folder / "Undo-OwnHardening.ps1"
    text = function.read_text()
    function.write_text(text + "#")
    assert load_own_steps(folder).digest != before
    function.write_text(text)
    assert load_own_steps(folder).digest == before
    manifest = folder / MANIFEST
    manifest.write_text(manifest.read_text().replace("value = 1", "value = 2", 1))
    assert load_own_steps(folder).digest != before
