"""The registry provider as PowerShell 5.1 shows it."""

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from orchestrator.lab.device import Device

if TYPE_CHECKING:
    from tests.lab.cmdlets.conftest import Shell

Open = Callable[..., "Shell"]
Make = Callable[..., Device]
KEY = r"HKLM:\SOFTWARE\Contoso"
ITEM = "Microsoft.PowerShell.Commands."


def test_a_key_and_its_values_come_and_go(shell: Open) -> None:
    sh = shell()
    assert sh.one(f"Test-Path -LiteralPath '{KEY}'") is False
    sh.out(
        f"$null = New-Item -Path '{KEY}'\n"
        f"$null = New-ItemProperty -LiteralPath '{KEY}' -Name 'Flag' -PropertyType DWord -Value 1\n"
        f"Set-ItemProperty -LiteralPath '{KEY}' -Name 'Text' -Value 'a b'"
    )
    assert sh.out(f"$i = Get-ItemProperty -LiteralPath '{KEY}'; $i.Flag; $i.Text") == [1, "a b"]
    sh.out(f"Remove-ItemProperty -LiteralPath '{KEY}' -Name 'Flag'")
    assert sh.out(f"(Get-Item -LiteralPath '{KEY}').Property") == ["Text"]
    sh.out(f"Remove-Item -LiteralPath '{KEY}' -Recurse")
    assert sh.one(f"Test-Path -LiteralPath '{KEY}'") is False


def test_a_key_without_values_gives_no_object(shell: Open) -> None:
    sh = shell()
    sh.pc.registry.create(KEY)
    assert sh.out(f"Get-ItemProperty -LiteralPath '{KEY}'") == []


def test_a_dword_comes_back_signed_and_a_qword_as_64_bits(shell: Open) -> None:
    sh = shell()
    sh.pc.registry.set(KEY, "D", 0x80180026)
    sh.pc.registry.set(KEY, "Q", 2**40, "REG_QWORD")
    values = sh.out(f"$i = Get-ItemProperty -LiteralPath '{KEY}'; $i.D; $i.Q")
    assert values == [0x80180026 - 2**32, 2**40]


def test_the_names_of_keys_come_alone(shell: Open) -> None:
    sh = shell()
    sh.pc.registry.create(KEY + r"\B")
    sh.pc.registry.create(KEY + r"\A\C")
    assert sh.out(f"Get-ChildItem -LiteralPath '{KEY}' -Name") == ["B", "A"]
    assert sh.out(f"(Get-ChildItem -LiteralPath '{KEY}' -Recurse).PSChildName") == ["B", "A", "C"]


def test_a_wildcard_only_works_in_path(shell: Open) -> None:
    sh = shell()
    sh.pc.registry.set(KEY + r"\A", "Name", "one")
    sh.pc.registry.set(KEY + r"\B", "Name", "two")
    assert sh.out(f"(Get-ItemProperty -Path '{KEY}\\*').Name") == ["one", "two"]
    assert sh.errors(f"Get-Item -LiteralPath '{KEY}\\*'") == [f"PathNotFound,{ITEM}GetItemCommand"]


@pytest.mark.parametrize(
    ("script", "error_id"),
    [
        ("Get-Item -LiteralPath 'HKLM:\\SOFTWARE\\No'", "PathNotFound"),
        ("Get-ChildItem -LiteralPath 'HKLM:\\SOFTWARE\\No'", "PathNotFound"),
        ("Get-ItemProperty -LiteralPath 'HKLM:\\SOFTWARE\\No'", "PathNotFound"),
        ("Remove-Item -LiteralPath 'HKLM:\\SOFTWARE\\No'", "PathNotFound"),
        ("Set-ItemProperty -LiteralPath 'HKLM:\\SOFTWARE\\No' -Name A -Value 1", "PathNotFound"),
        (
            "Get-ItemProperty -LiteralPath 'HKLM:\\SOFTWARE\\Contoso' -Name 'No'",
            "System.Management.Automation.PSArgumentException",
        ),
        ("New-Item -Path 'HKLM:\\SOFTWARE\\Contoso'", "System.IO.IOException"),
        ("New-Item -Path 'HKLM:\\SOFTWARE\\No\\Deep'", "System.ArgumentException"),
        ("Remove-Item -LiteralPath 'HKLM:\\SOFTWARE\\Contoso'", "InvalidOperation"),
        (
            "New-ItemProperty -LiteralPath 'HKLM:\\SOFTWARE\\Contoso' -Name 'A' -Value 2",
            "System.IO.IOException",
        ),
    ],
)
def test_errors_carry_the_ids_of_windows(shell: Open, script: str, error_id: str) -> None:
    sh = shell()
    sh.pc.registry.set(KEY, "A", 1)
    sh.pc.registry.create(KEY + r"\Sub")
    before = sh.pc.dump()
    (found,) = sh.errors(script)
    assert found == f"{error_id},{ITEM}{script.split(maxsplit=1)[0].replace('-', '')}Command"
    assert sh.pc.diff(before) == []


def test_force_empties_a_key_that_was_there(shell: Open) -> None:
    sh = shell()
    sh.pc.registry.set(KEY + r"\Sub", "A", 1)
    sh.out(f"$null = New-Item -Path '{KEY}' -Force")
    key = sh.pc.registry.find(KEY)
    assert key is not None
    assert not key.children


DENIED = f"System.Security.SecurityException,{ITEM}"


def test_administrators_are_denied_where_system_is_not(shell: Open) -> None:
    sh = shell()
    sh.pc.registry.set(KEY + r"\Locked", "A", 1)
    sh.pc.registry.deny(KEY + r"\Locked")
    assert sh.one(f"Test-Path -LiteralPath '{KEY}\\Locked'") is True
    assert sh.errors(f"Get-Item -LiteralPath '{KEY}\\Locked'") == [f"{DENIED}GetItemCommand"]
    assert sh.errors(f"Get-ChildItem -LiteralPath '{KEY}'") == [f"{DENIED}GetChildItemCommand"]
    system = shell(sh.pc, "system")
    assert system.one(f"(Get-ItemProperty -LiteralPath '{KEY}\\Locked').A") == 1


def test_removing_a_tree_with_a_denied_key_goes_only_half_way(shell: Open) -> None:
    sh = shell()
    sh.pc.registry.create(KEY + r"\A")
    sh.pc.registry.deny(KEY + r"\B\Locked", "write")
    sh.pc.registry.create(KEY + r"\C")
    assert sh.errors(f"Remove-Item -LiteralPath '{KEY}' -Recurse") == [f"{DENIED}RemoveItemCommand"]
    key = sh.pc.registry.find(KEY)
    assert key is not None
    assert list(key.children) == ["b", "c"]
    shell(sh.pc, "system").out(f"Remove-Item -LiteralPath '{KEY}' -Recurse")
    assert sh.pc.registry.find(KEY) is None


def test_what_if_changes_nothing(shell: Open) -> None:
    sh = shell()
    sh.pc.registry.set(KEY, "A", 1)
    before = sh.pc.dump()
    sh.out(
        f"Remove-Item -LiteralPath '{KEY}' -Recurse -WhatIf\n"
        f"Set-ItemProperty -LiteralPath '{KEY}' -Name 'A' -Value 2 -WhatIf\n"
        f"$null = New-Item -Path '{KEY}\\B' -WhatIf\n"
        f"Remove-ItemProperty -LiteralPath '{KEY}' -Name 'A' -WhatIf"
    )
    assert sh.pc.diff(before) == []


def test_a_32_bit_session_sees_the_other_half_of_the_registry(shell: Open, make: Make) -> None:
    sh = shell(make(story="PC-32BIT"))
    path = r"HKLM:\SOFTWARE\Microsoft\Enrollments"
    assert sh.one(f"Test-Path -LiteralPath '{path}'") is False
    assert sh.one(r"Test-Path -LiteralPath 'HKLM:\SYSTEM\CurrentControlSet'") is True


def test_certificates_are_read_and_removed_by_thumbprint(shell: Open, make: Make) -> None:
    sh = shell(make(story="PC-HEALTHY"))
    wanted = (
        "$c = Get-ChildItem -LiteralPath 'Cert:\\LocalMachine\\My' |"
        " Where-Object -FilterScript { $_.Issuer -eq 'CN=Microsoft Intune MDM Device CA' }; "
    )
    assert sh.one(wanted + "$c.HasPrivateKey") is True
    folder = "C:\\ProgramData"
    sh.out(wanted + f"$null = Export-Certificate -Cert $c -FilePath '{folder}\\c.cer'")
    assert sh.pc.files.find(folder + "\\c.cer") is not None
    count = len(sh.pc.certificates)
    sh.out(
        wanted + 'Remove-Item -LiteralPath "Cert:\\LocalMachine\\My\\$($c.Thumbprint)" -DeleteKey'
    )
    assert len(sh.pc.certificates) == count - 1
    assert sh.errors("Get-Item -LiteralPath 'Cert:\\LocalMachine\\My\\00'") == [
        f"PathNotFound,{ITEM}GetItemCommand"
    ]
