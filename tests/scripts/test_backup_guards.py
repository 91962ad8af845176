"""Whose folder of backups and which object of a backup is believed."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace

import pytest

from tests.scripts.bench import ENROLLMENTS, ONE, OURS, Bench

ROOT = r"C:\ProgramData\enrollmend"
FOLDERS = [ROOT, ROOT + r"\journal", ROOT + r"\backup", ROOT + r"\backup\r-1"]


@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize("how", ["link", "owner"])
def test_a_folder_of_backups_that_somebody_else_made_is_refused(folder: str, how: str) -> None:
    pc = Bench()
    pc.repair("flag")
    made = pc.device.files.items[folder]
    pc.device.files.items[folder] = (
        replace(made, link=True) if how == "link" else replace(made, owner="S-1-5-21-1-2-3-1104")
    )
    before = pc.device.dump()
    for answer in (pc.repair("flag", fence=2), pc.restore(fence=3)):
        assert answer.error == "Enrollmend.ForeignFolder"
        assert answer.message.startswith(f"{folder} ")
        assert "Nothing was changed" in answer.message
    assert pc.device.diff(before) == []


def test_what_lies_in_a_folder_that_somebody_else_made_is_not_even_read() -> None:
    pc = Bench()
    pc.repair("flag")
    root = pc.device.files.items[ROOT]
    pc.device.files.items[ROOT] = replace(root, owner="S-1-5-21-1-2-3-1104")
    assert pc.restore(run="r-9", fence=2).error == "Enrollmend.ForeignFolder"


def test_a_folder_of_backups_that_a_cut_session_left_open_is_closed() -> None:
    pc = Bench()
    assert not pc.device.files.make_folder(ROOT).protected
    assert pc.repair("flag").error == ""
    assert pc.device.files.items[ROOT].protected


def test_what_the_account_owns_by_a_setting_of_windows_is_given_to_administrators() -> None:
    pc = Bench()
    pc.repair("flag")
    files = pc.device.files
    files.items[FOLDERS[2]] = replace(files.items[FOLDERS[2]], owner="S-1-5-21-1-2-3-500")
    pc.script("Initialize-EnrollmentFolder -Attempt (New-RepairAttempt -RunId 'r-2' -Fence 2)")
    assert {files.items[folder].owner for folder in FOLDERS} == {"BA"}


def test_an_owner_that_cannot_be_set_is_a_failure() -> None:
    pc = Bench()
    pc.more = (
        "function Protect-EnrollmentFolder { param ($LiteralPath) }\n"
        "function Invoke-Program { param ($Name, $Argument) 5 }"
    )
    assert pc.repair("flag").error == "Enrollmend.BackupFailed"


@pytest.mark.parametrize(
    "entry",
    [
        {"kind": "key", "object": r"HKLM\SOFTWARE\Microsoft\Windows\CurrentVersion\Run"},
        {"kind": "key", "object": rf"HKLM\SOFTWARE\Classes\CLSID\{ONE}"},
        {"kind": "key", "object": r"HKLM\SOFTWARE\Microsoft\Enrollments\Context"},
        {"kind": "key", "object": rf"HKLM\{ENROLLMENTS}\{ONE}", "file": r"C:\Users\Public\0.reg"},
        {
            "kind": "key",
            "object": rf"HKLM\{ENROLLMENTS}\{ONE}",
            "file": FOLDERS[3] + r"\..\r-2\0.reg",
        },
        {"kind": "task", "object": r"\Evil"},
        {"kind": "task", "object": rf"\Microsoft\Windows\Other\{ONE}\Evil"},
        {"kind": "task_folder", "object": r"\Microsoft\Windows\EnterpriseMgmt\Other"},
        {"kind": "service", "object": "Spooler"},
        {"kind": "value", "object": r"HKLM\SOFTWARE\Microsoft\Windows", "name": "Run"},
        {"kind": "program", "object": "cmd.exe"},
    ],
)
def test_a_backup_that_names_what_no_repair_changes_is_refused(entry: dict[str, str]) -> None:
    pc = Bench()
    error = pc.script(
        "$attempt = New-RepairAttempt -RunId 'r-1' -Fence 1\n"
        f"$text = '{json.dumps({'name': '', 'file': '', **entry})}'\n"
        "Assert-RestorableEntry -Attempt $attempt -Entry (ConvertFrom-Json -InputObject $text)"
    )
    assert error == "Enrollmend.ForeignBackup"


def test_undo_of_a_backup_that_names_something_else_changes_nothing_at_all() -> None:
    pc = Bench()
    pc.stale(ONE)
    pc.repair("tasks", ids=[ONE])
    files = pc.device.files
    path = FOLDERS[3] + r"\manifest.json"
    changed = (files.items[path].content or b"").replace(b"EnterpriseMgmt\\\\", b"Other\\\\")
    assert changed != files.items[path].content
    files.write(path, changed)
    digest = hashlib.sha256(changed).hexdigest().upper()
    pc.device.registry.set(OURS, "Manifest r-1", digest)
    before = pc.device.dump()
    assert pc.restore().error == "Enrollmend.ForeignBackup"
    assert pc.device.diff(before) == []
