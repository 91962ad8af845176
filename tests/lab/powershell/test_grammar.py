"""The repairs: what the grammar reads wrongly without saying so means what PowerShell means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from orchestrator.lab.powershell.compiler import compile_script
from orchestrator.lab.powershell.grammar import line_of, parse, repair, walk
from orchestrator.lab.powershell.values import Refusal

if TYPE_CHECKING:
    from collections.abc import Callable


def parameters(text: str) -> int:
    root, _ = parse(text)
    return sum(node.type == "script_parameter" for node in walk(root))


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("param([string]$A = 'a', [switch]$S)", 2),
        ("param([string]$A = 'a', [switch]$S, [int]$N = 3, $M)", 4),
        ("param($A = 1..3, $B = $x.y, [string[]]$C = @('a', 'b'), $D)", 4),
        ("param\n(\n    [string]\n    $A = 'a',\n\n    [switch]\n    $S\n)\n", 2),
    ],
)
def test_a_default_swallows_no_parameter(text: str, count: int) -> None:
    assert parameters(text) == count


@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("$x = if ($false) { 1 }\nelse { 2 }\n$x", [2]),
        ("$x = if ($false) { 1 }\nelseif ($true) { 3 }\nelse { 2 }\n$x", [3]),
        ("1..3", [1, 2, 3]),
        ("1..3 | ForEach-Object -Process { $_ + 1 }", [2, 3, 4]),
        ("$n = 2; 1..$n", [1, 2]),
        ("8/2", [4]),
        ("$h = @{ f = 'a' }; Write-Output -InputObject $h.f.ToUpper()", ["A"]),
        ('function F { param($X) "got $X" }; F 5', ["got 5"]),
    ],
)
def test_a_repaired_text_runs(
    run: Callable[[str], Any], script: str, expected: list[object]
) -> None:
    assert run(script).output == expected


def test_a_repair_keeps_the_line_numbers() -> None:
    root, _ = repair(b"$x = if ($a)\n{\n    1\n}\n\nelse\n{\n    2\n}\nGet-Thing")
    command = next(node for node in walk(root) if node.type == "command")
    assert line_of(command) == 10


def test_what_cannot_be_read_is_refused_with_its_line() -> None:
    with pytest.raises(Refusal) as caught:
        parse("1\n\nif (")
    assert caught.value.line == 3


def test_a_text_is_compiled_once() -> None:
    assert compile_script("1 + 41") is compile_script("1 + 41")
