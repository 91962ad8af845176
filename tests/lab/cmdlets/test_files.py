from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.lab.cmdlets.conftest import Shell

Open = Callable[..., "Shell"]
FILE = r"C:\ProgramData\a.txt"
ITEM = "Microsoft.PowerShell.Commands."


def content(sh: "Shell", path: str = FILE) -> bytes:
    file = sh.pc.files.find(path)
    assert file is not None
    assert file.content is not None
    return file.content


def test_utf8_is_written_with_one_byte_order_mark(shell: Open) -> None:
    sh = shell()
    sh.out(f"Set-Content -LiteralPath '{FILE}' -Value 'one' -Encoding UTF8")
    sh.out(f"Add-Content -LiteralPath '{FILE}' -Value 'two' -Encoding UTF8")
    assert content(sh) == b"\xef\xbb\xbfone\r\ntwo\r\n"
    assert sh.out(f"Get-Content -LiteralPath '{FILE}'") == ["one", "two"]
    assert sh.one(f"Get-Content -LiteralPath '{FILE}' -Raw") == "one\r\ntwo\r\n"


def test_the_first_and_last_lines_can_be_asked_for(shell: Open) -> None:
    sh = shell()
    sh.out(f"Set-Content -LiteralPath '{FILE}' -Value @('1', '2', '3')")
    assert sh.out(f"Get-Content -LiteralPath '{FILE}' -Tail 2") == ["2", "3"]
    assert sh.out(f"Get-Content -LiteralPath '{FILE}' -TotalCount 1") == ["1"]


def test_a_hash_is_the_one_of_the_bytes(shell: Open) -> None:
    sh = shell()
    sh.pc.files.write(FILE, b"abc")
    assert sh.one(f"(Get-FileHash -LiteralPath '{FILE}' -Algorithm SHA256).Hash") == (
        "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD"
    )


def test_a_file_is_moved_over_another_with_force_only(shell: Open) -> None:
    sh = shell()
    sh.pc.files.write(FILE, b"new")
    sh.pc.files.write(FILE + ".old", b"old")
    move = f"Move-Item -LiteralPath '{FILE}' -Destination '{FILE}.old' -ErrorAction Stop"
    assert sh.errors(move) == [f"MoveFileInfoItemIOError,{ITEM}MoveItemCommand"]
    sh.out(move + " -Force -WhatIf")
    assert content(sh, FILE + ".old") == b"old"
    sh.out(move + " -Force")
    assert content(sh, FILE + ".old") == b"new"
    assert sh.pc.files.find(FILE) is None


def test_folders_are_made_with_parents_and_removed_with_children(shell: Open) -> None:
    sh = shell()
    sh.out(r"$null = New-Item -Path 'C:\ProgramData\x\y' -ItemType Directory")
    sh.pc.files.write(r"C:\ProgramData\x\y\z.txt", b"")
    assert sh.out(r"Get-ChildItem -LiteralPath 'C:\ProgramData\x' -Recurse -File -Name") == [
        "z.txt"
    ]
    sh.out(r"Remove-Item -LiteralPath 'C:\ProgramData\x' -Recurse -Force")
    assert sh.one(r"Test-Path -LiteralPath 'C:\ProgramData\x\y\z.txt'") is False


@pytest.mark.parametrize(
    ("script", "error_id"),
    [
        (r"Get-Content -LiteralPath 'C:\no.txt'", "PathNotFound"),
        (r"Get-Item -LiteralPath 'C:\no'", "PathNotFound"),
        (r"Get-Content -LiteralPath 'C:\ProgramData'", "GetContentReaderUnauthorizedAccessError"),
        (
            r"Set-Content -LiteralPath 'C:\no\a.txt' -Value 'x'",
            "GetContentWriterDirectoryNotFoundError",
        ),
        (r"New-Item -Path 'C:\ProgramData' -ItemType Directory", "DirectoryExist"),
        (r"New-Item -Path 'C:\no\a.txt' -ItemType File", "NewItemIOError"),
        (r"Remove-Item -LiteralPath 'C:\Windows'", "InvalidOperation"),
    ],
)
def test_errors_carry_the_ids_of_windows(shell: Open, script: str, error_id: str) -> None:
    sh = shell()
    before = sh.pc.dump()
    (found,) = sh.errors(script)
    assert found == f"{error_id},{ITEM}{script.split(maxsplit=1)[0].replace('-', '')}Command"
    assert sh.pc.diff(before) == []


def test_what_if_writes_nothing(shell: Open) -> None:
    sh = shell()
    before = sh.pc.dump()
    sh.out(
        f"Set-Content -LiteralPath '{FILE}' -Value 'x' -WhatIf\n"
        f"Add-Content -LiteralPath '{FILE}' -Value 'x' -WhatIf\n"
        r"$null = New-Item -Path 'C:\ProgramData\n' -ItemType Directory -WhatIf"
        "\n"
        r"Remove-Item -LiteralPath 'C:\Users' -Recurse -WhatIf"
    )
    assert sh.pc.diff(before) == []
