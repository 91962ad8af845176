"""The demonstration goes well, says what is simulated, and leaves nothing behind."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.acceptance, pytest.mark.xdist_group("acceptance")]


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder with a short path: sockets are to be in it, and pytest's own can be too long."""
    with tempfile.TemporaryDirectory(prefix="em-") as made:
        yield Path(made)


@pytest.mark.timeout(180)
def test_the_demonstration_shows_the_main_job_and_leaves_nothing(folder: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "orchestrator.cli", "lab", "demo"],
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "TMPDIR": str(folder),
            "PYTHONPATH": str(Path.cwd()),
        },
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=170,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    typed = [line.split()[2] for line in done.stdout.splitlines() if line.startswith("$ enroll")]
    assert typed == ["lab", "worker", "why", "lab", "fix", "timeline", "verify", "undo", "show"]
    assert "simulated" in done.stdout
    assert "4 enrolled, 2 needs directory, 1 already enrolled, 1 held" in done.stdout
    assert "1 thing cannot come back" in done.stdout
    assert "Looked for: no process, no socket and no file is left." in done.stdout
    assert list(folder.iterdir()) == []
