from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from pypsrp.complex_objects import ObjectMeta, PSInvocationState
from pypsrp.powershell import PowerShell, RunspacePool

from orchestrator.lab.powershell import ErrorRecord, Hashtable, NetException, Result
from orchestrator.lab.powershell.objects import Guid, Int64, UInt32
from orchestrator.lab.powershell.values import CaseDict, PSObject

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.lab.scripted import ScriptedBackend, ScriptedCall


@pytest.fixture
def run(start_lab: Callable[..., Any], client: Callable[..., Any]) -> Callable[..., PowerShell]:
    def call(name: str, inputs: Any = None, **parameters: Any) -> PowerShell:
        with start_lab() as lab, client(lab) as wsman, RunspacePool(wsman) as pool:
            shell = PowerShell(pool)
            shell.add_cmdlet(name).add_parameters(parameters)
            shell.invoke(inputs)
            return shell

    return call


def test_every_stream_arrives_where_it_belongs(run: Callable[..., PowerShell]) -> None:
    streams = (shell := run("Write-All")).streams
    assert shell.output == ["out"]
    assert [str(item) for item in streams.error] == ["not fatal"]
    assert [item.fq_error for item in streams.error] == ["NotFatal"]
    assert [item.message for item in streams.warning] == ["warning text"]
    assert [item.message for item in streams.verbose] == ["verbose text"]
    assert [item.message for item in streams.debug] == ["debug text"]
    assert [item.message_data for item in streams.information] == ["information text"]
    assert [item.activity for item in streams.progress] == ["progress text"]


def test_a_nonterminating_error_leaves_the_pipeline_completed(
    run: Callable[..., PowerShell],
) -> None:
    shell = run("Write-All")
    assert shell.state == PSInvocationState.COMPLETED
    assert not shell.had_errors


def test_a_terminating_error_fails_the_pipeline_with_its_record(
    run: Callable[..., PowerShell],
) -> None:
    shell = run("Throw", Message="it broke", ErrorId="Enrollmend.Broke")
    assert shell.state == PSInvocationState.FAILED
    assert shell.had_errors
    assert shell.output == ["before"]
    record: Any = shell.streams.error[0]
    assert str(record) == "it broke"
    assert record.fq_error == "Enrollmend.Broke"
    assert record.exception.types[0] == "System.Management.Automation.RuntimeException"
    assert record.invocation_info.adapted_properties["ScriptLineNumber"] == 1


def test_an_unknown_command_is_an_error_of_the_script(run: Callable[..., PowerShell]) -> None:
    shell = run("No-Such")
    assert shell.state == PSInvocationState.FAILED
    assert shell.streams.error[0].fq_error == "CommandNotFoundException"


def test_parameters_keep_their_types(
    run: Callable[..., PowerShell], scripted: ScriptedBackend
) -> None:
    run(
        "Write-Output",
        text="Zürich <&> \r\n\t\x01 _x0041_ 😀",
        number=7,
        flag=True,
        items=["a", 1, None, [2]],
        table={"a": {"b": False}},
        switch=None,
    )
    ((_, (statement,), _),) = scripted.calls
    given = dict(statement.commands[-1].arguments)
    assert given["text"] == "Zürich <&> \r\n\t\x01 _x0041_ 😀"
    assert given["number"] == 7
    assert given["flag"] is True
    assert given["items"] == ["a", 1, None, [2]]
    assert given["switch"] is None
    table = given["table"]
    assert isinstance(table, Hashtable)
    assert isinstance(table["A"], Hashtable)
    assert table["A"]["b"] is False


def test_strings_come_back_as_they_were_sent(run: Callable[..., PowerShell]) -> None:
    text = "Zürich <&> \r\n\t\x01 _x0041_ 😀 ''"
    assert run("Write-Output", text=text, empty="").output == [text, ""]


def _values(call: ScriptedCall) -> None:
    for value in (
        7,
        Int64(7),
        2**40,
        UInt32(0x80180026),
        1.5,
        True,
        None,
        Guid("0c3a7a9a-6a3f-4f0e-9a8b-4c9f5e2f8f10"),
        datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        b"bytes",
        ["a", 1],
        {"k": "v"},
        PSObject("Some.Type", CaseDict({"Name": "x", "Count": 3}), text="shown"),
        ErrorRecord(NetException("System.Exception", "as output"), "Id"),
    ):
        call.emit(value)


def test_objects_are_serialised_as_a_client_expects_them(
    run: Callable[..., PowerShell], scripted: ScriptedBackend
) -> None:
    scripted.handlers["Get-Values"] = _values
    out = run("Get-Values").output
    assert out[:7] == [7, 7, 2**40, 0x80180026, 1.5, True, None]
    assert str(out[7]) == "0c3a7a9a-6a3f-4f0e-9a8b-4c9f5e2f8f10"
    assert str(out[8]).startswith("2026-01-02T03:04:05")
    assert out[9] == b"bytes"
    assert list(out[10]) == ["a", 1]
    assert dict(out[11]) == {"k": "v"}
    assert out[12].extended_properties == {"Name": "x", "Count": 3}
    assert str(out[12]) == "shown"
    assert out[12].types[0] == "Some.Type"
    assert str(out[13]) == "as output"


def test_pipeline_input_reaches_the_script(run: Callable[..., PowerShell]) -> None:
    assert run("Write-Output", inputs=["one", 2, None, "end"]).output == ["one", 2, None, "end"]


def test_several_statements_run_in_one_pipeline(
    start_lab: Callable[..., Any], client: Callable[..., Any]
) -> None:
    with start_lab() as lab, client(lab) as wsman, RunspacePool(wsman) as pool:
        shell = PowerShell(pool)
        shell.add_script("one").add_statement().add_script("two")
        shell.add_statement().add_cmdlet("Write-Output").add_argument("three")
        assert shell.invoke() == ["one", "two", "three"]


def test_piped_commands_stay_one_statement(
    start_lab: Callable[..., Any], client: Callable[..., Any], scripted: ScriptedBackend
) -> None:
    with start_lab() as lab, client(lab) as wsman, RunspacePool(wsman) as pool:
        PowerShell(pool).add_cmdlet("Get-A").add_cmdlet("Write-Output").invoke()
    ((_, (statement,), _),) = scripted.calls
    assert [item.text for item in statement.commands] == ["Get-A", "Write-Output"]


def test_five_megabytes_come_down_in_fragments(run: Callable[..., PowerShell]) -> None:
    (text,) = run("Large-Output", Length=5_000_000).output
    assert text == "x" * 5_000_000


def test_a_megabyte_goes_up_in_fragments(
    run: Callable[..., PowerShell], scripted: ScriptedBackend
) -> None:
    scripted.handlers["Measure-Text"] = lambda call: call.emit(len(str(call.arguments["Text"])))
    assert run("Measure-Text", Text="y" * 1_000_000).output == [1_000_000]


def test_a_secure_string_travels_under_the_session_key(
    start_lab: Callable[..., Any], client: Callable[..., Any], scripted: ScriptedBackend
) -> None:
    seen: list[object] = []
    scripted.handlers["Set-Secret"] = lambda call: seen.append(call.arguments["Secret"])
    with start_lab() as lab, client(lab) as wsman, RunspacePool(wsman) as pool:
        pool.exchange_keys()
        secret = pool.serialize("hunter2", ObjectMeta("SS"))
        shell = PowerShell(pool)
        shell.add_cmdlet("Set-Secret").add_parameter("Secret", secret)
        shell.invoke()
    assert seen == ["hunter2"]


def test_a_failure_of_the_backend_is_told_and_not_a_lost_line(
    run: Callable[..., PowerShell], scripted: ScriptedBackend, caplog: pytest.LogCaptureFixture
) -> None:
    def crash(call: ScriptedCall) -> Result | None:
        raise RuntimeError(call.command.text)

    scripted.handlers["Crash"] = crash
    shell = run("Crash")
    assert shell.streams.error[0].fq_error == "Lab.Failure"
    assert "the backend failed" in caplog.text
