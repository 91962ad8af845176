"""`enrollmend step`: a site's own steps, listed and checked."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

EXAMPLE = Path(__file__).parents[2] / "docs" / "own-steps"


def test_the_steps_are_listed_in_their_order(bench: Any) -> None:
    ran = bench.run("step", "ls", str(EXAMPLE), "-o", "json")
    rows = json.loads(ran.out)
    assert ran.code == 0
    assert [row["name"] for row in rows] == ["hardening", "kiosk"]
    assert rows[0]["schema"] == "enrollmend.step/v1"
    assert rows[0]["when"] == "block_mdm equals 1"
    assert "hardening" in bench.run("step", "ls", str(EXAMPLE)).out


def test_a_clean_folder_is_said_to_be_clean(bench: Any) -> None:
    ran = bench.run("step", "lint", str(EXAMPLE))
    assert (ran.code, ran.out) == (0, "")
    assert "2 steps and 4 functions: nothing is wrong" in ran.err


def test_what_breaks_the_rules_is_named_with_file_and_line_and_ends_with_1(
    bench: Any, tmp_path: Path
) -> None:
    folder = tmp_path / "own"
    shutil.copytree(EXAMPLE, folder)
    file = folder / "Repair-OwnHardening.ps1"
    text = file.read_text().replace("    $key = ", "    Write-Host 'here'\n    $key = ")
    file.write_text(text)
    ran = bench.run("step", "lint", str(folder), "-o", "json")
    assert ran.code == 1
    issue = json.loads(ran.out)[0]
    line = text.splitlines().index("    Write-Host 'here'") + 1
    assert (issue["file"], issue["line"]) == (str(file), str(line))
    assert issue["code"] == "banned-command"
    assert "banned-command" in bench.run("step", "lint", str(folder)).out


def test_no_folder_and_a_wrong_one_are_one_line(bench: Any, tmp_path: Path) -> None:
    ran = bench.run("step", "ls")
    assert ran.code == 2
    assert "no folder of own steps is named" in ran.err
    ran = bench.run("step", "ls", str(tmp_path / "nowhere"))
    assert "there is no folder" in ran.err
    assert len(ran.err.splitlines()) == 2
