"""The shipped files themselves: what can be checked without running them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from orchestrator.module import PUBLIC_FUNCTIONS, functions

SCRIPTS = Path(__file__).parents[2] / "scripts"
MODULE = SCRIPTS / "Enrollment"
ALL_FILES = sorted(path for path in SCRIPTS.rglob("*.ps*1*") if path.is_file())
FUNCTION_FILES = sorted([*MODULE.glob("public/*.ps1"), *MODULE.glob("private/*.ps1")])

# Microsoft: approved verbs for Windows PowerShell commands, those that are used here.
VERBS = frozenset(
    [
        "Add",
        "Assert",
        "Clear",
        "Close",
        "Convert",
        "ConvertFrom",
        "ConvertTo",
        "Enter",
        "Exit",
        "Export",
        "Get",
        "Import",
        "Initialize",
        "Invoke",
        "New",
        "Open",
        "Protect",
        "Register",
        "Remove",
        "Restore",
        "Save",
        "Set",
        "Start",
        "Test",
        "Uninstall",
        "Wait",
        "Write",
    ]
)
BANNED = (
    "Invoke-Expression",
    "Write-Host",
    "Read-Host",
    "Format-Table",
    "Format-List",
    "Out-String",
    "Get-WmiObject",
    "Win32_Product",
    "Add-Type",
    "-ErrorAction SilentlyContinue",
    "Remove-Item -Path",
    "dsregcmd /leave",
    "$global:",
    "$using:",
    "2>&1",
    "&&",
    "??",
)


def ids(paths: list[Path]) -> list[str]:
    return [path.name for path in paths]


def code_of(path: Path) -> str:
    """Return a file without its comments."""
    text = re.sub(r"<#.*?#>", "", path.read_text(encoding="ascii"), flags=re.DOTALL)
    return re.sub(r"(?m)^\s*#.*$", "", text)


@pytest.mark.parametrize("path", ALL_FILES, ids=ids(ALL_FILES))
def test_a_file_is_ascii_with_unix_line_ends_and_ends_with_one(path: Path) -> None:
    raw = path.read_bytes()
    assert raw.isascii()
    assert b"\r" not in raw
    assert b"\t" not in raw
    assert raw.endswith(b"\n")
    assert not re.search(rb"[ ]\n", raw)


@pytest.mark.parametrize("path", FUNCTION_FILES, ids=ids(FUNCTION_FILES))
def test_a_file_holds_one_function_of_its_own_name(path: Path) -> None:
    names = re.findall(r"(?m)^\s*function\s+(\S+)", code_of(path))
    assert names == [path.stem]
    verb, _, noun = path.stem.partition("-")
    assert verb in VERBS
    assert re.fullmatch(r"[A-Z][A-Za-z]+", noun)


@pytest.mark.parametrize("path", FUNCTION_FILES, ids=ids(FUNCTION_FILES))
def test_a_function_is_short(path: Path) -> None:
    lines = [line for line in code_of(path).splitlines() if line.strip()]
    limit = 100 if path.parent.name == "public" else 60
    assert len(lines) <= limit


@pytest.mark.parametrize("path", FUNCTION_FILES, ids=ids(FUNCTION_FILES))
def test_a_function_has_help_for_itself_and_each_parameter(path: Path) -> None:
    text = path.read_text(encoding="ascii")
    found = re.search(r"<#(.*?)#>", text, flags=re.DOTALL)
    assert found is not None
    for section in (".SYNOPSIS", ".DESCRIPTION", ".EXAMPLE", ".OUTPUTS"):
        assert section in found[1]
    head = code_of(path).split("param (", 1)[1]
    block = head[: head.index("\n    )")] if not head.startswith(")") else ""
    declared = re.findall(r"(?m)^        \$(\w+)", block)
    assert re.findall(r"\.PARAMETER (\w+)", found[1]) == declared


@pytest.mark.parametrize("path", FUNCTION_FILES, ids=ids(FUNCTION_FILES))
def test_a_function_is_advanced_and_asks_before_it_changes(path: Path) -> None:
    code = code_of(path)
    assert "[CmdletBinding(" in code
    if "SupportsShouldProcess" in code and path.parent.name == "private":
        assert "ShouldProcess(" in code or "Invoke-StageChange" in code


@pytest.mark.parametrize("path", ALL_FILES, ids=ids(ALL_FILES))
def test_nothing_banned_is_used(path: Path) -> None:
    code = code_of(path)
    assert [word for word in BANNED if word in code] == []


@pytest.mark.parametrize("path", FUNCTION_FILES, ids=ids(FUNCTION_FILES))
def test_a_removal_names_what_it_removes_and_never_by_pattern(path: Path) -> None:
    code = code_of(path)
    for line in code.splitlines():
        if "Remove-Item " in line or "Remove-ItemProperty " in line:
            assert "-LiteralPath" in line
            assert "*" not in line
        if "Unregister-ScheduledTask" in line:
            assert "-TaskPath" in line
            assert "-TaskName" in line
            assert "-Confirm:$false" in line


@pytest.mark.parametrize("path", FUNCTION_FILES, ids=ids(FUNCTION_FILES))
def test_cim_and_task_calls_say_what_an_error_does(path: Path) -> None:
    code = code_of(path)
    for name in re.findall(r"\b(?:Get-CimInstance|\w+-ScheduledTask(?:Info)?)\b[^\n]*", code):
        assert "-ErrorAction Stop" in name or "@" in name


def test_manifest_role_and_catalogue_name_the_same_functions() -> None:
    public = tuple(sorted(path.stem for path in MODULE.glob("public/*.ps1")))
    assert public == PUBLIC_FUNCTIONS
    manifest = (MODULE / "Enrollment.psd1").read_text(encoding="ascii")
    exported = re.search(r"FunctionsToExport\s*=\s*@\((.*?)\)", manifest, flags=re.DOTALL)
    assert exported is not None
    assert tuple(re.findall(r"'([^']+)'", exported[1])) == PUBLIC_FUNCTIONS
    role = (MODULE / "RoleCapabilities" / "Enrollment.psrc").read_text(encoding="ascii")
    visible = re.search(r"VisibleFunctions\s*=\s*@\((.*?)\)", role, flags=re.DOTALL)
    assert visible is not None
    assert tuple(re.findall(r"'([^']+)'", visible[1])) == PUBLIC_FUNCTIONS
    assert tuple(name for name, one in functions().items() if one.public) == PUBLIC_FUNCTIONS


def test_the_endpoint_is_registered_under_the_name_of_its_role() -> None:
    text = (MODULE / "Register-EnrollmentEndpoint.ps1").read_text(encoding="ascii")
    assert "$name = 'Enrollment'" in text
    assert "RoleCapabilities = $name" in text
    assert (MODULE / "RoleCapabilities" / "Enrollment.psrc").is_file()


def test_every_private_function_is_used_by_another() -> None:
    everything = {name: one.text for name, one in functions().items()}
    unused = [
        name
        for name, one in functions().items()
        if not one.public
        and not any(
            re.search(rf"(?<![\w-]){name}(?![\w-])", code_of_text(text))
            for other, text in everything.items()
            if other != name
        )
    ]
    assert unused == []


def code_of_text(text: str) -> str:
    return re.sub(r"<#.*?#>", "", text, flags=re.DOTALL)


def test_version_of_manifest_and_facts_agree() -> None:
    manifest = (MODULE / "Enrollment.psd1").read_text(encoding="ascii")
    version = re.search(r"ModuleVersion\s*=\s*'([^']+)'", manifest)
    assert version is not None
    for name in ("Get-EnrollmentFact", "Save-BackupManifest"):
        assert f"'{version[1]}'" in functions()[name].text
