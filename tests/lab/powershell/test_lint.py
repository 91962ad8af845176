"""Each rule finds what it is for, and a tidy function passes all of them."""

from __future__ import annotations

import pytest

from orchestrator.lab.powershell import lint

TIDY = """function Get-Tidy
{
    <#
        .SYNOPSIS
            Read one thing.

        .DESCRIPTION
            For the tests.

        .PARAMETER Name
            Which.

        .EXAMPLE
            Get-Tidy -Name 'x'

        .OUTPUTS
            System.String
    #>
    [CmdletBinding()]
    [OutputType([System.String])]
    param (
        [Parameter(Mandatory = $true)]
        [string]
        $Name
    )

    BODY
}
"""
OTHERS = {
    "Invoke-Guarded": "function Invoke-Guarded { [CmdletBinding(SupportsShouldProcess = $true)]\n"
    "param([scriptblock]$Action)\n& $Action }"
}


def codes(text: str, path: str = "private/Get-Tidy.ps1") -> list[str]:
    return [issue.code for issue in lint(text, path, OTHERS)]


def body(code: str) -> list[str]:
    return codes(TIDY.replace("BODY", code))


def test_a_tidy_function_has_no_findings() -> None:
    assert lint(TIDY.replace("BODY", "$Name"), "private/Get-Tidy.ps1", OTHERS) == []


@pytest.mark.parametrize(
    ("code", "rule"),
    [
        ("Write-Output -InputObject 'caf\u00e9'", "ascii"),
        ("$Name \n", "trailing"),
        ("\t$Name", "tab"),
        ("if (", "syntax"),
        ("gci -Path 'C:\\x'", "alias"),
        ("Get-Nonsense", "unknown-command"),
        ("Invoke-Expression -Command $Name", "banned-command"),
        ("Write-Host -Object $Name", "banned-command"),
        ("Read-Host", "banned-command"),
        ("Get-Date | Format-Table", "banned-command"),
        ("Get-Date -Nonsense 1", "unknown-parameter"),
        ("Get-Date -Form 'yyyy'", "short-parameter"),
        ("Get-Date 'x'", "positional"),
        ("Get-ScheduledTask -TaskName $Name", "error-action"),
        ("Get-CimInstance -ClassName 'Win32_Service'", "error-action"),
        ("Remove-Item -LiteralPath $Name -Recurse -ErrorAction SilentlyContinue", "silent-change"),
        ("Get-Item -Path $Name", "literal-path"),
        ("Get-Item -Path 'C:\\Windows'", "literal-path"),
        ("Unregister-ScheduledTask -TaskName $Name -ErrorAction Stop", "confirm"),
        ("Start-Process -FilePath 'C:\\Windows\\x.exe' -Wait", "exit-code"),
        ("Start-Sleep -Seconds 30", "long-sleep"),
        ("& 'C:\\Windows\\x.exe'", "program"),
        (". $Name", "dot-source"),
        ("trap { 'x' }", "banned-construct"),
        ("exit 1", "exit"),
        ("$Name > 'C:\\out.txt'", "redirection"),
        ("Get-Date 2>&1", "redirection"),
        ("$Name -eq $null", "null-left"),
        ("$global:x = 1", "scope"),
        ("$input = 1", "automatic"),
        ('"$Name.Length"', "string-member"),
        ('"$Name: x"', "string-colon"),
        ("(Get-Date).Count", "count"),
        ("$x = Get-Date\n    $x.Count", "count"),
        ("$x = if ($Name) { 1 }\n    else { 2 }", "else"),
        ("if ($Name) {\n        1\n    }", "brace"),
        ("try\n    {\n        1\n    }\n    catch\n    {\n    }", "empty-catch"),
        ("function Get-Inner { 1 }", "nested"),
        ("Remove-Item -LiteralPath $Name -Recurse", "reader-changes"),
        ("[Some.Type]::Thing()", "refused"),
    ],
)
def test_a_rule_finds_what_it_is_for(code: str, rule: str) -> None:
    assert rule in body(code)


@pytest.mark.parametrize(
    "code",
    [
        "Get-ScheduledTask -TaskName $Name -ErrorAction Stop",
        "Get-Item -LiteralPath $Name",
        "Get-ChildItem -Path 'C:\\ProgramData\\*'",
        "@(Get-Date).Count",
        "$x = @(Get-Date)\n    $x.Count",
        '"$($Name.Length) ${Name}: $env:COMPUTERNAME"',
        "$null -eq $Name",
        "Get-Date > $null",
        "@(1, 2) | ForEach-Object -Process { $_ }",
        "$p = @{ Format = 'yyyy' }\n    Get-Date @p",
        "if ($Name)\n    {\n        1\n    }\n    else\n    {\n        2\n    }",
        "Invoke-Guarded -Action { Remove-Item -LiteralPath $Name -Recurse }",
        "foreach ($i in (1..3))\n    {\n        $i\n    }",
    ],
)
def test_what_is_right_is_let_pass(code: str) -> None:
    assert body(code) == []


@pytest.mark.parametrize(
    ("before", "after", "rule"),
    [
        (".SYNOPSIS", ".SYNOPSI", "help"),
        (".PARAMETER Name", ".PARAMETER Other", "help"),
        ("    [CmdletBinding()]\n", "", "cmdletbinding"),
        ("    [OutputType([System.String])]\n", "", "outputtype"),
        ("        [string]\n", "", "untyped"),
        ("Get-Tidy", "Fetch-Tidy", "verb"),
        ("Get-Tidy", "Get-Thing", "file-name"),
    ],
)
def test_the_shape_of_the_file_is_checked(before: str, after: str, rule: str) -> None:
    assert rule in codes(TIDY.replace("BODY", "$Name").replace(before, after))


def test_a_plural_noun_and_a_second_function_are_found() -> None:
    text = TIDY.replace("BODY", "$Name").replace("Get-Tidy", "Get-Things")
    assert "noun" in codes(text, "private/Get-Things.ps1")
    assert "one-function" in codes(TIDY.replace("BODY", "$Name") + "function Get-More { 1 }\n")


def test_a_change_needs_should_process() -> None:
    text = TIDY.replace("Get-Tidy", "Remove-Tidy")
    text = text.replace("BODY", "Remove-Item -LiteralPath $Name -Recurse")
    asking = text.replace("[CmdletBinding()]", "[CmdletBinding(SupportsShouldProcess = $true)]")
    assert "should-process" in codes(text, "private/Remove-Tidy.ps1")
    assert codes(asking, "private/Remove-Tidy.ps1") == []


def test_a_public_function_is_strict() -> None:
    text = TIDY.replace("BODY", "$Name")
    strict = TIDY.replace(
        "BODY", "Set-StrictMode -Version 2.0\n    $ErrorActionPreference = 'Stop'\n    $Name"
    )
    assert codes(text, "public/Get-Tidy.ps1") == ["strict", "strict"]
    assert codes(strict, "public/Get-Tidy.ps1") == []


def test_a_finding_says_where_and_what() -> None:
    [issue] = lint(TIDY.replace("BODY", "$Name -eq $null"), "private/Get-Tidy.ps1", OTHERS)
    assert str(issue) == "private/Get-Tidy.ps1:27: null-left: put $null on the left"
