"""A variable of ours that nothing reads is named; those of others are not our business."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from orchestrator.settings_variables import unknown_variables

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("ENROLLMEND_CONECTION_AUTH", "did you mean ENROLLMEND_CONNECTION_AUTH?"),
        ("ENROLLMEND_PASWORD", "did you mean ENROLLMEND_PASSWORD?"),
        ("ENROLLMEND_redis_url", "did you mean ENROLLMEND_REDIS_URL?"),
        ("ENROLLMEND_CONECTION_PORT", "did you mean ENROLLMEND_CONNECTION_PORT?"),
        ("ENROLLMEND_COLOUR_OF_BUTTONS", "docs/settings.md lists what is"),
    ],
)
def test_a_variable_that_nothing_reads_is_named(name: str, line: str) -> None:
    (told,) = unknown_variables(["PATH", name, "ENROLLMEND_HOME"])
    assert told.startswith(f"{name} is not known and ignored; ")
    assert told.endswith(line)


def test_what_others_set_is_left_alone() -> None:
    names = [
        "HOME",
        "_ENROLLMEND_COMPLETE",
        "ENROLLMEND_API_SERVICE_HOST",
        "ENROLLMEND_API_PORT_443_TCP_ADDR",
        "ENROLLMEND_PORT",
        "ENROLLMEND_SERVICE_PORT_HTTPS",
    ]
    assert unknown_variables(names) == []


def test_every_variable_that_is_read_or_documented_is_known() -> None:
    files = [
        *(ROOT / "orchestrator").rglob("*.py"),
        *(ROOT / "workers").rglob("*.py"),
        *(ROOT / "docs").glob("*.md"),
        ROOT / "README.md",
        ROOT / "compose.yaml",
        ROOT / "Dockerfile",
        ROOT / "Makefile",
    ]
    text = "\n".join(
        path.read_text(encoding="utf-8") for path in files if path.name != "settings_variables.py"
    )
    named = set(re.findall(r"\bENROLLMEND_[A-Z_]*[A-Z]", text))
    assert "ENROLLMEND_OPERATOR" in named
    assert unknown_variables(named) == []
