"""What the wire and the tests rely on: states, streams, offsets, kills, language modes."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

import orchestrator.lab.powershell as package
from orchestrator.lab.powershell import Command, Coverage, ErrorRecord, Record, Runspace, Statement
from orchestrator.lab.powershell.registry import CMDLETS, Call, cmdlet

if TYPE_CHECKING:
    from collections.abc import Callable

    Machine = Any  # the fixture's class lives in conftest.py


if "Set-LabThing" not in CMDLETS:

    @cmdlet("Set-LabThing", "Name:str!0^ Bad:switch", changes=True)
    def set_thing(call: Call) -> list[object]:
        if call.get("Bad"):
            raise call.fail(
                error_id="ThingBroke", message="it broke", exception="System.IO.IOException"
            )
        done = call.should_process(call.get("Name"), "Set")
        return [f"set {call.get('Name')}" if done else f"would set {call.get('Name')}"]

    @cmdlet("Get-LabCim", "Name:str!0", is_function=True)
    def get_cim(call: Call) -> list[object]:
        call.error("NotThere", f"no {call.get('Name')}", category="ObjectNotFound")
        return ["went on"]

    @cmdlet("Get-LabItem", "Name:str!0")
    def get_item(call: Call) -> list[object]:
        call.error("NotThere", f"no {call.get('Name')}", category="ObjectNotFound")
        return ["went on"]


def invoke(runspace: Runspace, *commands: Command) -> tuple[package.Result, list[Record]]:
    records: list[Record] = []
    result = runspace.invoke([Statement(commands)], records.append)
    return result, records


def values(records: list[Record], stream: str = "output") -> list[object]:
    return [record.value for record in records if record.stream == stream]


def test_the_package_exports_what_it_says() -> None:
    assert sorted(package.__all__) == package.__all__
    assert all(hasattr(package, name) for name in package.__all__)


@pytest.mark.parametrize(
    ("culture", "code", "text"),
    [
        ("de-DE", "(1.5).ToString()", "1,5"),
        ("de-DE", "'{0:N1} {1} {2:d3}' -f 1234.5, 0.25, 7", "1.234,5 0,25 007"),
        ("de-DE", "[string]::Format('{0}', 1.5)", "1,5"),
        ("de-DE", "(1.5).ToString([Globalization.CultureInfo]::InvariantCulture)", "1.5"),
        ("de-DE", "(1.5).ToString('F2', [Globalization.CultureInfo]::InvariantCulture)", "1.50"),
        ("de-DE", '"$(1.5)"', "1.5"),
        ("de-DE", "[string]1.5", "1.5"),
        ("de-DE", "ConvertTo-Json 1.5", "1.5"),
        ("en-US", "'{0:N1}' -f 1234.5", "1,234.5"),
    ],
)
def test_a_number_is_written_in_the_culture_of_the_session(
    runspace: Runspace, machine: Machine, culture: str, code: str, text: str
) -> None:
    machine.culture = culture
    assert values(runspace.run(code)[1]) == [text]


def test_numbers_of_a_culture_nobody_modelled_are_refused(
    runspace: Runspace, machine: Machine
) -> None:
    machine.culture = "fr-CH"
    result, _ = runspace.run("(1.5).ToString()")
    assert result.error is not None
    assert (result.error.error_id, "numbers in the culture fr-CH" in result.error.message) == (
        "Lab.Refusal",
        True,
    )


def test_functions_of_one_pipeline_serve_the_next(runspace: Runspace) -> None:
    runspace.run("function Get-Sum { param([int]$A, [int]$B) $A + $B }")
    result, records = invoke(runspace, Command("Get-Sum", arguments=[("A", 2), ("B", 3)]))
    assert result.state == "Completed"
    assert values(records) == [5]


def test_a_named_argument_without_a_value_is_a_switch(runspace: Runspace) -> None:
    runspace.run("function Get-S { param([switch]$S) [bool]$S }")
    _, records = invoke(runspace, Command("Get-S", arguments=[("S", None)]))
    assert values(records) == [True]


def test_commands_of_a_statement_are_piped(runspace: Runspace) -> None:
    result, records = invoke(
        runspace,
        Command("3, 1, 2", is_script=True),
        Command("Sort-Object", arguments=[("Descending", True)]),
    )
    assert result.state == "Completed"
    assert values(records) == [3, 2, 1]


def test_a_script_takes_arguments_by_name(runspace: Runspace) -> None:
    script = Command('param($X) "got $X"', is_script=True, arguments=[("X", "y")])
    _, records = invoke(runspace, script)
    assert values(records) == ["got y"]


def test_every_stream_carries_its_records(runspace: Runspace) -> None:
    _, records = runspace.run(
        "$VerbosePreference = 'Continue'; $DebugPreference = 'Continue'\n"
        "Write-Output -InputObject 1; Write-Verbose -Message 'v'; Write-Warning -Message 'w'\n"
        "Write-Debug -Message 'd'; Write-Information -MessageData 'i'\n"
        "Write-Progress -Activity 'p' -PercentComplete 5; Write-Error -Message 'e'"
    )
    assert [record.stream for record in records] == [
        "output",
        "verbose",
        "warning",
        "debug",
        "information",
        "progress",
        "error",
    ]


def test_sleeping_moves_the_clock_and_the_offsets(runspace: Runspace, machine: Machine) -> None:
    before = machine.now()
    result, records = runspace.run("1; Start-Sleep -Seconds 5; 2")
    assert [record.offset for record in records] == [0.0, 5.0]
    assert result.elapsed == 5.0
    assert (machine.now() - before).total_seconds() == 5.0


def test_records_come_out_while_the_script_still_runs(runspace: Runspace) -> None:
    seen: list[object] = []

    class Enough(Exception):
        pass

    def emit(record: Record) -> None:
        seen.append(record.value)
        if record.value == 2:
            raise Enough

    with pytest.raises(Enough):
        runspace.invoke([Statement([Command("1; 2; 3", is_script=True)])], emit)
    assert seen == [1, 2]


@pytest.mark.parametrize(
    ("script", "what", "line"),
    [
        ("1\nGet-Nonsense", "command Get-Nonsense", 2),
        ("Get-Date -Nope 1", "parameter -Nope of Get-Date", 1),
        ("$x = Get-Date\n\n$x.Nope", "property Nope of System.DateTime", 3),
        ("'a'.Nope()", "method Nope of System.String", 1),
        ("[Some.Type]::Thing()", "type [Some.Type]", 1),
        ("[string]::Nope()", "[System.String]::Nope()", 1),
        ("class A { }", "class statement 'class A { }'", 1),
        ("begin { 1 } process { 2 }", "keyword begin where a command is expected", 1),
    ],
)
def test_what_is_not_modelled_is_refused_with_its_line(
    runspace: Runspace, script: str, what: str, line: int
) -> None:
    result, _ = runspace.run(f"try {{ 0\n}} catch {{ 'caught' }}\n{script}")
    assert result.state == "Failed"
    assert result.error is not None
    assert result.error.error_id == "Lab.Refusal"
    assert result.error.target == what
    assert result.error.line == line + 2


def test_no_script_catches_a_refusal(runspace: Runspace) -> None:
    result, records = runspace.run("try { Get-Nonsense } catch { 'caught' } finally { 'last' }")
    assert result.state == "Failed"
    assert records == []


def test_an_error_knows_its_place(runspace: Runspace) -> None:
    result, _ = runspace.run("$ErrorActionPreference = 'Stop'\n\nSet-LabThing -Name a -Bad")
    assert result.state == "Failed"
    error = result.error
    assert isinstance(error, ErrorRecord)
    assert error.error_id == "ThingBroke,Microsoft.PowerShell.Commands.SetLabThingCommand"
    assert (error.line, error.line_text) == (3, "Set-LabThing -Name a -Bad")
    assert error.exception.type_name == "System.IO.IOException"


def test_a_killed_session_runs_no_catch_and_no_finally(
    runspace: Runspace, machine: Machine
) -> None:
    machine.kill_at = 1
    result, records = runspace.run(
        "try { Set-LabThing -Name a; Set-LabThing -Name b } catch { 'c' } finally { 'f' }; 'after'"
    )
    assert result.state == "Stopped"
    assert values(records) == ["set a"]
    assert machine.operations == ["Set-LabThing"]


def test_a_session_that_dies_in_its_sleep_ends_there(runspace: Runspace, machine: Machine) -> None:
    machine.dies_at = machine.now() + timedelta(seconds=3)
    result, records = runspace.run("try { 1; Start-Sleep -Seconds 5; 2 } finally { 3 }")
    assert result.state == "Stopped"
    assert values(records) == [1]


def test_what_if_changes_nothing_and_asks_no_operation(
    runspace: Runspace, machine: Machine
) -> None:
    _, records = runspace.run("$WhatIfPreference = $true; Set-LabThing -Name a")
    assert values(records) == ["would set a"]
    assert machine.operations == []


def test_a_cmdlet_sees_the_preference_of_the_script(runspace: Runspace) -> None:
    result, records = runspace.run(
        "function F { $ErrorActionPreference = 'Stop'; Get-LabItem -Name x; 'on' }; F"
    )
    assert result.state == "Failed"
    assert values(records) == []


def test_a_function_of_another_module_does_not_see_it(runspace: Runspace) -> None:
    result, records = runspace.run(
        "function F { $ErrorActionPreference = 'Stop'; Get-LabCim -Name x; 'on' }; F"
    )
    assert result.state == "Completed"
    assert values(records) == ["went on", "on"]
    [error] = values(records, "error")
    assert isinstance(error, ErrorRecord)
    assert error.error_id == "NotThere,Get-LabCim"


def test_a_function_of_another_module_obeys_its_own_parameter(runspace: Runspace) -> None:
    result, _ = runspace.run("function F { Get-LabCim -Name x -ErrorAction Stop; 'on' }; F")
    assert result.state == "Failed"


def test_no_language_takes_names_and_parameters_only(machine: Machine) -> None:
    runspace = Runspace(machine, language_mode="NoLanguage", visible=["Get-Fact"])
    runspace.load("function Get-Fact { param($N) \"fact $N\" }; function Get-Secret { 's' }")
    _, records = invoke(runspace, Command("Get-Fact", arguments=[("N", 1)]))
    assert values(records) == ["fact 1"]
    script, _ = invoke(runspace, Command("1 + 1", is_script=True))
    hidden, _ = invoke(runspace, Command("Get-Secret"))
    assert script.error is not None
    assert script.error.error_id == "ScriptsNotAllowed"
    assert hidden.error is not None
    assert hidden.error.error_id == "CommandNotFoundException"


def test_constrained_language_forbids_what_is_not_core(machine: Machine) -> None:
    runspace = Runspace(machine, language_mode="ConstrainedLanguage")
    result, records = runspace.run(
        "$ExecutionContext.SessionState.LanguageMode.ToString(); 'ab'.ToUpper()\n"
        "try { [math]::Max(1, 2) } catch { $_.FullyQualifiedErrorId }\n"
        "try { New-Object -ComObject 'X.Y' } catch { $_.FullyQualifiedErrorId }"
    )
    assert result.state == "Completed"
    assert values(records) == [
        "ConstrainedLanguage",
        "AB",
        "MethodInvocationNotSupportedInConstrainedLanguage",
        "CannotCreateTypeConstrainedLanguage",
    ]


def test_ids_and_unordered_tables_are_repeatable_and_scrambled(
    fresh: Callable[[], Runspace],
) -> None:
    script = "[guid]::NewGuid().ToString(); @{ a = 1; b = 2; c = 3; d = 4; e = 5 }.Keys -join ''"
    first, second = (values(fresh().run(script)[1]) for _ in range(2))
    assert first == second
    assert first[1] != "abcde"


def test_a_failing_command_of_the_wire_fails_its_pipeline(runspace: Runspace) -> None:
    runspace.run(
        "function Get-Busy { [CmdletBinding()] param()\n"
        "$e = [System.InvalidOperationException]::new('busy')\n"
        "$PSCmdlet.ThrowTerminatingError([System.Management.Automation.ErrorRecord]::new("
        "$e, 'Lab.Busy', 'ResourceBusy', $null)) }"
    )
    result, records = invoke(runspace, Command("Get-Busy"))
    assert result.state == "Failed"
    assert result.error is not None
    assert result.error.error_id == "Lab.Busy,Get-Busy"
    assert records == []


def test_coverage_names_lines_and_branches_that_never_ran(machine: Machine) -> None:
    coverage = Coverage()
    script = "if ($true)\n{\n    1\n}\nelse\n{\n    2\n}\ntry { 3 } catch { 4 }"
    Runspace(machine, coverage=coverage).run(script)
    assert coverage.missing_lines(script) == [7]
    assert coverage.missing_branches(script) == [(5, "else"), (9, "catch")]


def test_deep_recursion_ends_as_an_error(runspace: Runspace) -> None:
    result, _ = runspace.run("function F { F }; F")
    assert result.error is None or result.error.error_id == "CallDepthOverflow"
    _, records = runspace.run("function F { F }; try { F } catch { $_.FullyQualifiedErrorId }")
    assert values(records) == ["CallDepthOverflow"]


def test_many_objects_flow_in_linear_time(runspace: Runspace) -> None:
    script = "(1..20000 | Where-Object -FilterScript { $_ % 2 } | Measure-Object).Count"
    _, records = runspace.run(script)
    assert values(records) == [10000]


def test_exit_ends_everything_the_client_sent(runspace: Runspace) -> None:
    scripts = ("'one'; exit $LASTEXITCODE; 'two'", "'three'")
    records: list[Record] = []
    result = runspace.invoke(
        [Statement([Command(text, is_script=True)]) for text in scripts], records.append
    )
    assert (result.state, values(records)) == ("Completed", ["one"])


def test_no_catch_holds_an_exit_and_finally_still_runs(runspace: Runspace) -> None:
    text = "function Stop-It { try { exit } catch { 'caught' } finally { 'last' } }; Stop-It; 'on'"
    result, records = runspace.run(text)
    assert (result.state, values(records)) == ("Completed", ["last"])


def test_an_exit_with_a_code_is_refused_for_nobody_would_be_told(runspace: Runspace) -> None:
    result, _ = runspace.run("exit 3")
    assert result.error is not None
    assert result.error.error_id == "Lab.Refusal"
    assert "exit" in result.error.message
