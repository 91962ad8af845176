"""One table of documented behaviour, run on the evaluator and on every real PowerShell on PATH.

An entry is a script, what it writes, the id of its error if it has one, and the source of that
belief. `editions` names where it holds when that is not everywhere: ``lab``, ``5.1``, ``7``.
`refused` marks what the lab must refuse rather than guess.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from orchestrator.lab.powershell import ErrorRecord, Hashtable, Runspace
from orchestrator.lab.powershell.values import PSObject

FOLDER = Path(__file__).parent / "conformance"
DRIVER = Path(__file__).parent / "conformance" / "driver.ps1"
PROGRAMS = {name: path for name in ("pwsh", "powershell.exe") if (path := shutil.which(name))}


def load() -> list[dict[str, Any]]:
    cases = []
    for file in sorted(FOLDER.glob("*.yaml")):
        table = yaml.safe_load(file.read_text(encoding="utf-8"))
        for number, case in enumerate(table["cases"], start=1):
            case.setdefault("source", table["source"])
            case["id"] = f"{file.stem}-{number:03d}"
            cases.append(case)
    return cases


CASES = load()


def plain(value: Any) -> Any:
    """Return a value as JSON would give it back."""
    if isinstance(value, PSObject):
        return {name: plain(item) for name, item in value.properties.items()}
    if isinstance(value, Hashtable):
        return {str(key): plain(value[key]) for key in value}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, (int, float)):
        return float(value) if isinstance(value, float) else int(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    return str(value)


def judge(case: dict[str, Any], output: list[Any], error: str, state: str) -> None:
    if case.get("any_error"):
        assert error
        return
    assert output == case.get("expect", output)
    assert error == case.get("error", "")
    if "state" in case:
        assert state == case["state"]


def in_edition(case: dict[str, Any], edition: str) -> bool:
    return edition in case.get("editions", ["lab", "5.1", "7"])


def test_the_table_is_large_and_names_its_sources() -> None:
    assert len(CASES) >= 200
    assert all(case["source"] for case in CASES)


@pytest.mark.parametrize(
    "case", [case for case in CASES if in_edition(case, "lab")], ids=lambda case: case["id"]
)
def test_the_evaluator_does_what_is_documented(case: dict[str, Any], runspace: Runspace) -> None:
    result, records = runspace.run(case["script"])
    errors = [record.value for record in records if record.stream == "error"]
    last = result.error or (errors[-1] if errors else None)
    error = last.error_id if isinstance(last, ErrorRecord) else ""
    if case.get("refused"):
        assert error == "Lab.Refusal"
        return
    output = [plain(record.value) for record in records if record.stream == "output"]
    judge(case, output, error, result.state)


@pytest.mark.parametrize("program", sorted(PROGRAMS))
def test_a_real_powershell_agrees(program: str) -> None:
    edition = "5.1" if program == "powershell.exe" else "7"
    cases = [case for case in CASES if in_edition(case, edition)]
    request = json.dumps([{"id": case["id"], "script": case["script"]} for case in cases])
    command = [PROGRAMS[program], "-NoProfile", "-NonInteractive", "-File", str(DRIVER)]
    answer = subprocess.run(
        command, input=request, capture_output=True, text=True, check=True, timeout=110
    )
    results = {item["id"]: item for item in map(json.loads, answer.stdout.splitlines())}
    wrong = []
    for case in cases:
        found = results[case["id"]]
        try:
            judge(case, found["output"], found["error"], found["state"])
        except AssertionError:
            wrong.append((case["id"], case["script"], found))
    assert wrong == []
