from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from orchestrator.lab.device import Device
from orchestrator.lab.store_tasks import ENTERPRISE_MGMT, Action, Task

if TYPE_CHECKING:
    from tests.lab.cmdlets.conftest import Shell

Open = Callable[..., "Shell"]
Make = Callable[..., Device]
FOLDER = "\\Contoso\\"


def with_task(sh: "Shell", name: str = "T", **changes: object) -> Task:
    task = replace(
        Task(
            path=FOLDER,
            name=name,
            actions=(Action(execute=r"C:\Windows\System32\w32tm.exe", arguments="/resync"),),
        ),
        **changes,  # type: ignore[arg-type]
    )
    sh.pc.tasks.add(task)
    return task


WHICH = f"-TaskPath '{FOLDER}' -TaskName 'T'"


def test_a_started_task_runs_and_then_tells_its_result(shell: Open) -> None:
    sh = shell()
    with_task(sh)
    info = f"(Get-ScheduledTaskInfo {WHICH}).LastTaskResult"
    state = f"(Get-ScheduledTask {WHICH}).State"
    assert sh.out(f"{info}; {state}") == [0x41303, "Ready"]
    sh.out(f"Start-ScheduledTask {WHICH}")
    assert sh.out(f"{info}; {state}") == [0x41301, "Running"]
    assert sh.out(f"Start-Sleep -Seconds 10; {info}; {state}") == [0, "Ready"]


def test_a_stopped_task_was_terminated(shell: Open) -> None:
    sh = shell()
    with_task(sh)
    sh.out(f"Start-ScheduledTask {WHICH}; Stop-ScheduledTask {WHICH}")
    assert sh.one(f"(Get-ScheduledTaskInfo {WHICH}).LastTaskResult") == 0x41306


def test_a_task_of_a_missing_program_says_file_not_found(shell: Open) -> None:
    sh = shell()
    with_task(sh, actions=(Action(execute=r"C:\no.exe"),))
    sh.out(f"Start-ScheduledTask {WHICH}")
    assert sh.one(f"(Get-ScheduledTaskInfo {WHICH}).LastTaskResult") == 0x80070002


def test_an_interactive_task_waits_for_its_user(shell: Open) -> None:
    sh = shell()
    with_task(sh, user="FABRIKAM\\jdoe", logon_type="Interactive")
    sh.pc.users = ()
    sh.out(f"Start-ScheduledTask {WHICH}; Start-Sleep -Seconds 10")
    assert sh.one(f"(Get-ScheduledTaskInfo {WHICH}).LastTaskResult") == 0x41303


def test_a_task_of_the_user_sees_that_users_token(shell: Open) -> None:
    sh = shell()
    command = '/d /c dsregcmd.exe /status > "C:\\Windows\\Temp\\o.txt"'
    sh.out(
        "$cmd = 'C:\\Windows\\System32\\cmd.exe'\n"
        f"$a = New-ScheduledTaskAction -Execute $cmd -Argument '{command}'\n"
        "$p = New-ScheduledTaskPrincipal -UserId 'FABRIKAM\\jdoe' -LogonType Interactive\n"
        f"$null = Register-ScheduledTask {WHICH} -Action $a -Principal $p\n"
        f"Start-ScheduledTask {WHICH}; Start-Sleep -Seconds 5"
    )
    file = sh.pc.files.find(r"C:\Windows\Temp\o.txt")
    assert file is not None
    assert b"AzureAdPrt : YES" in (file.content or b"")


@pytest.mark.parametrize("words", ["-LogonType Interactively", "-RunLevel Highest1"])
def test_a_principal_takes_only_what_windows_knows(shell: Open, words: str) -> None:
    (error,) = shell().errors(f"New-ScheduledTaskPrincipal -UserId 'x' {words}")
    assert error.startswith("ParameterArgumentTransformationError")


def test_a_task_can_be_registered_again_from_its_export(shell: Open) -> None:
    sh = shell()
    with_task(sh, enabled=False, triggers=("LogonTrigger",))
    before = sh.pc.dump()
    sh.out(
        f"$x = Export-ScheduledTask {WHICH}\n"
        f"Unregister-ScheduledTask {WHICH} -Confirm:$false\n"
        f"$null = Register-ScheduledTask {WHICH} -Xml $x"
    )
    assert sh.pc.diff(before) == []


@pytest.mark.parametrize(
    ("script", "error_id"),
    [
        ("Get-ScheduledTask -TaskName 'No'", "CmdletizationQuery_NotFound_TaskName"),
        ("Get-ScheduledTask -TaskPath '\\No\\'", "CmdletizationQuery_NotFound_TaskPath"),
        (
            "Unregister-ScheduledTask -TaskName 'No' -Confirm:$false",
            "CmdletizationQuery_NotFound_TaskName",
        ),
        ("Start-ScheduledTask -TaskName 'No'", "HRESULT 0x80070002"),
        ("Get-ScheduledTaskInfo -TaskName 'No'", "HRESULT 0x80070002"),
        (f"Start-ScheduledTask {WHICH}", "HRESULT 0x80041326"),
        (f"Register-ScheduledTask {WHICH} -Xml '<a/>'", "HRESULT 0x800700b7"),
        (f"Register-ScheduledTask {WHICH} -Xml '<a/>' -Force", "HRESULT 0x8004131a"),
        (f"Unregister-ScheduledTask {WHICH}", "InvalidOperation"),
    ],
)
def test_errors_carry_the_ids_of_windows(shell: Open, script: str, error_id: str) -> None:
    sh = shell()
    with_task(sh, enabled=False)
    before = sh.pc.dump()
    assert sh.errors(script) == [f"{error_id},{script.split(maxsplit=1)[0]}"]
    assert sh.pc.diff(before) == []


def test_a_query_with_a_wildcard_that_finds_nothing_is_no_error(shell: Open) -> None:
    assert shell().out("Get-ScheduledTask -TaskPath '\\No\\*'") == []


def test_a_path_without_its_last_backslash_is_another_path(shell: Open) -> None:
    sh = shell()
    with_task(sh)
    assert sh.errors("Get-ScheduledTask -TaskPath '\\Contoso'") == [
        "CmdletizationQuery_NotFound_TaskPath,Get-ScheduledTask"
    ]


def test_a_damaged_task_spoils_reading_and_not_the_others(shell: Open) -> None:
    sh = shell()
    with_task(sh)
    with_task(sh, "Bad", corrupt=True)
    script = f"Get-ScheduledTask -TaskPath '{FOLDER}'"
    assert sh.errors(script) == ["HRESULT 0x80041321,Get-ScheduledTask"]


def test_tasks_are_disabled_and_enabled(shell: Open) -> None:
    sh = shell()
    with_task(sh)
    assert sh.one(f"(Disable-ScheduledTask {WHICH}).State") == "Disabled"
    assert sh.one(f"(Enable-ScheduledTask {WHICH}).State") == "Ready"


CONNECT = "$s = New-Object -ComObject 'Schedule.Service'; $s.Connect(); "


def test_a_folder_goes_only_when_it_is_empty(shell: Open) -> None:
    sh = shell()
    with_task(sh)
    delete = CONNECT + "$s.GetFolder('\\').DeleteFolder('Contoso', 0)"
    assert len(sh.errors(delete)) == 1
    assert FOLDER in sh.pc.tasks.folders
    sh.out(f"Unregister-ScheduledTask {WHICH} -Confirm:$false")
    sh.out(delete)
    assert FOLDER not in sh.pc.tasks.folders


def test_folders_are_listed_and_a_missing_one_is_file_not_found(shell: Open) -> None:
    sh = shell()
    names = sh.out(
        CONNECT + "foreach ($f in $s.GetFolder('\\Microsoft\\Windows').GetFolders(0)) { $f.Name }"
    )
    assert "EnterpriseMgmt" in names
    caught = "try { $s.GetFolder('\\No') } catch [System.IO.FileNotFoundException] { 'missing' }"
    assert sh.one(CONNECT + caught) == "missing"


def test_what_if_changes_nothing(shell: Open, make: Make) -> None:
    sh = shell(make(story="PC-ORPHAN"))
    before = sh.pc.dump()
    sh.out(
        f"$t = Get-ScheduledTask -TaskPath '{ENTERPRISE_MGMT}*'\n"
        "$t | Unregister-ScheduledTask -WhatIf\n"
        "$t | Disable-ScheduledTask -WhatIf"
    )
    assert sh.pc.diff(before) == []
