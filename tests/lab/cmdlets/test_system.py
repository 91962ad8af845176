"""Services, events, processes, network and CIM."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from orchestrator.lab.device import Device
from orchestrator.lab.faults import FailOperation
from orchestrator.lab.store_state import MDM_CHANNEL, Network, User

if TYPE_CHECKING:
    from tests.lab.cmdlets.conftest import Shell

Open = Callable[..., "Shell"]
Make = Callable[..., Device]
COMMANDS = "Microsoft.PowerShell.Commands."


def test_a_service_is_enabled_and_started(shell: Open, make: Make) -> None:
    sh = shell(make(story="PC-SVCOFF"))
    start = "Start-Service -Name 'dmwappushservice'"
    assert sh.errors(start) == [f"CouldNotStartService,{COMMANDS}StartServiceCommand"]
    sh.out(f"Set-Service -Name 'dmwappushservice' -StartupType Manual; {start}")
    found = sh.out("$s = Get-Service -Name 'dmwappushservice'; $s.Status; $s.StartType")
    assert found == ["Running", "Manual"]
    sh.out("Stop-Service -Name 'dmwappushservice' -Force")
    assert sh.pc.services["dmwappushservice"].state == "Stopped"


def test_a_service_that_is_not_there_is_an_error_unless_it_is_a_pattern(shell: Open) -> None:
    sh = shell()
    assert sh.errors("Get-Service -Name 'No'") == [
        f"NoServiceFoundForGivenName,{COMMANDS}GetServiceCommand"
    ]
    assert sh.out("Get-Service -Name 'No*'") == []


def test_events_come_newest_first_with_their_properties(shell: Open) -> None:
    sh = shell()
    sh.pc.log(MDM_CHANNEL, 76, 0, 0x8018000A)
    sh.pc.log(MDM_CHANNEL, 404, "noise")
    sh.pc.log(MDM_CHANNEL, 75, 0)
    query = f"Get-WinEvent -FilterHashtable @{{ LogName = '{MDM_CHANNEL}'; Id = 75, 76 }}"
    assert sh.out(f"({query}).RecordId") == [3, 1]
    assert sh.one(f"({query} -MaxEvents 1).Id") == 75
    assert sh.one(f"({query})[1].Properties[1].Value") == 0x8018000A


def test_no_events_and_no_channel_are_two_different_errors(shell: Open) -> None:
    sh = shell()
    query = f"Get-WinEvent -FilterHashtable @{{ LogName = '{MDM_CHANNEL}'; Id = 75 }}"
    assert sh.errors(query) == [f"NoMatchingEventsFound,{COMMANDS}GetWinEventCommand"]
    assert sh.errors("Get-WinEvent -LogName 'No' -MaxEvents 1") == [
        f"NoMatchingLogsFound,{COMMANDS}GetWinEventCommand"
    ]


def test_events_can_be_asked_for_from_a_time_on(shell: Open) -> None:
    sh = shell()
    sh.pc.log(MDM_CHANNEL, 76, 0, 1)
    sh.out("$start = (Get-Date).AddSeconds(5); Start-Sleep -Seconds 10")
    sh.pc.log(MDM_CHANNEL, 75, 0, when=sh.seat.now())
    script = (
        f"(Get-WinEvent -FilterHashtable @{{ LogName = '{MDM_CHANNEL}'; StartTime = $start }}).Id"
    )
    assert sh.out(script) == [75]


def test_waiting_for_a_program_takes_its_time(shell: Open) -> None:
    sh = shell()
    script = (
        "$p = Start-Process -FilePath 'C:\\Windows\\System32\\gpupdate.exe' "
        "-ArgumentList '/force' -Wait -PassThru; $p.HasExited; $p.ExitCode"
    )
    result, records = sh.space.run(script)
    assert [record.value for record in records] == [True, 0]
    assert result.elapsed == pytest.approx(8)


def test_a_program_that_is_not_waited_for_goes_on(shell: Open) -> None:
    sh = shell()
    script = (
        "$p = Start-Process -FilePath 'C:\\Windows\\System32\\gpupdate.exe' "
        "-ArgumentList '/force' -PassThru; $p.HasExited; $p.WaitForExit(1000); "
        "$p.WaitForExit(60000); $p.ExitCode"
    )
    assert sh.out(script) == [False, False, True, 0]


def test_an_exit_code_is_signed(shell: Open) -> None:
    sh = shell()
    script = (
        "(Start-Process -FilePath 'C:\\Windows\\System32\\deviceenroller.exe' "
        "-ArgumentList '/c', '/AutoEnrollMDM' -Wait -PassThru).ExitCode"
    )
    assert sh.one(script) == 0xCAA9004D - 2**32


def test_output_goes_to_a_file_in_the_oem_page(shell: Open) -> None:
    sh = shell()
    sh.out(
        "Start-Process -FilePath 'C:\\Windows\\System32\\netsh.exe' "
        "-ArgumentList 'winhttp', 'show', 'proxy' -Wait "
        "-RedirectStandardOutput 'C:\\Windows\\Temp\\o.txt'"
    )
    file = sh.pc.files.find(r"C:\Windows\Temp\o.txt")
    assert file is not None
    assert b"Direct access (no proxy server).\r\n" in (file.content or b"")


def test_a_missing_program_cannot_be_started(shell: Open) -> None:
    assert shell().errors("Start-Process -FilePath 'C:\\no.exe' -Wait") == [
        f"InvalidOperationException,{COMMANDS}StartProcessCommand"
    ]


def test_a_process_can_be_seen_waited_for_and_stopped(shell: Open) -> None:
    sh = shell()
    start = "Start-Process -FilePath 'C:\\Windows\\System32\\gpupdate.exe' -ArgumentList '/force'"
    sh.out(f"{start}; Get-Process -Name 'gpupdate' | Stop-Process -Force")
    assert sh.errors("Get-Process -Name 'gpupdate'") == [
        f"NoProcessFoundForGivenName,{COMMANDS}GetProcessCommand"
    ]
    assert sh.out(f"{start}; Wait-Process -Name 'gpupdate' -Timeout 60") == []
    assert sh.errors(f"{start}; Wait-Process -Name 'gpupdate' -Timeout 2") == [
        f"ProcessNotTerminated,{COMMANDS}WaitProcessCommand"
    ]


def test_the_network_answers_as_the_pc_sees_it(shell: Open) -> None:
    sh = shell()
    sh.pc.network = Network(blocked=frozenset({"a.example"}), unresolved=frozenset({"b.example"}))
    test = "Test-NetConnection -ComputerName '{}' -Port 443 -InformationLevel Quiet"
    hosts = ("a.example", "b.example", "c.example")
    assert [sh.one(test.format(host)) for host in hosts] == [False, False, True]
    assert len(sh.errors("Resolve-DnsName -Name 'b.example'")) == 1
    assert sh.one("(Resolve-DnsName -Name 'a.example').Type") == "A"


def test_a_request_over_winhttp_goes_through_its_proxy(shell: Open) -> None:
    sh = shell()
    ask = (
        "$r = New-Object -ComObject 'WinHttp.WinHttpRequest.5.1'; "
        "$r.Open('HEAD', 'https://{}/', $false); "
        "try {{ $r.Send(); $r.Status }} catch {{ '0x{{0:X8}}' -f $_.Exception.HResult }}"
    )
    sh.pc.network = Network(blocked=frozenset({"a.example"}), unresolved=frozenset({"b.example"}))
    hosts = ("a.example", "b.example", "c.example")
    assert [sh.one(ask.format(host)) for host in hosts] == ["0x80072EFD", "0x80072EE7", 200]
    assert sh.one("Test-NetConnection -ComputerName 'c' -Port 443 -InformationLevel Quiet") is True
    sh.pc.network = Network(blocked=frozenset({"a.example"}), proxy="p:80", direct=False)
    assert [sh.one(ask.format(host)) for host in ("a.example", "c.example")] == [407, 200]
    assert sh.one("Test-NetConnection -ComputerName 'c' -Port 443 -InformationLevel Quiet") is False
    unopened = "try { (New-Object -ComObject 'WinHttp.WinHttpRequest.5.1').Send() } catch { 'no' }"
    assert sh.one(unopened) == "no"
    assert sh.errors("Resolve-DnsName -Name 'wpad'")
    sh.pc.network = Network(wpad=True)
    assert sh.one("(Resolve-DnsName -Name 'wpad').Type") == "A"


def test_the_computer_and_its_console_user(shell: Open) -> None:
    sh = shell()
    script = "$c = Get-CimInstance -ClassName 'Win32_ComputerSystem'; $c.Name; $c.UserName"
    assert sh.out(script) == ["PC-TEST", "FABRIKAM\\jdoe"]
    sh.pc.users = (User(kind="rdp"),)
    assert sh.out(script) == ["PC-TEST", None]


def test_logon_sessions_tell_console_from_remote_desktop(shell: Open) -> None:
    sh = shell()
    sh.pc.users = (User(), User(name="FABRIKAM\\other", kind="rdp"))
    script = (
        "foreach ($s in Get-CimInstance -ClassName 'Win32_LogonSession' "
        "-Filter 'LogonType = 2 OR LogonType = 10') { "
        "$a = Get-CimAssociatedInstance -InputObject $s -ResultClassName 'Win32_Account'; "
        '"$($a.Name) $($s.LogonType)" }'
    )
    assert sh.out(script) == ["jdoe 2", "other 10"]


def test_services_can_be_filtered_through_cim(shell: Open) -> None:
    script = "(Get-CimInstance -ClassName 'Win32_Service' -Filter \"Name = 'Schedule'\").State"
    assert shell().one(script) == "Running"


def test_a_namespace_that_is_not_there_is_an_error(shell: Open, make: Make) -> None:
    script = "(Get-CimInstance -Namespace 'root\\ccm' -ClassName 'SMS_Client').ClientVersion"
    assert len(shell().errors(script)) == 1
    assert shell(make(story="PC-COMANAGED")).one(script) == "5.00.9128.1007"


def test_a_class_the_lab_does_not_know_is_refused(shell: Open) -> None:
    sh = shell()
    assert sh.errors("try { Get-CimInstance -ClassName 'Win32_Product' } catch { }") == [
        "Lab.Refusal"
    ]


def test_a_fault_fails_one_call_of_one_cmdlet(shell: Open) -> None:
    sh = shell()
    sh.pc.faults.append(FailOperation(operation="Get-Service", after=1))
    sh.out("Get-Service -Name 'Schedule'")
    assert sh.errors("Get-Service -Name 'Schedule'") == [
        f"UnauthorizedAccessException,{COMMANDS}GetServiceCommand"
    ]
    sh.out("Get-Service -Name 'Schedule'")
    assert sh.pc.asked["Get-Service"] == 3
