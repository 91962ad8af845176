"""The demonstration goes well, says what is simulated, and leaves nothing behind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.acceptance, pytest.mark.xdist_group("acceptance")]


@pytest.mark.timeout(180)
def test_the_demonstration_shows_the_main_job_and_leaves_nothing(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "orchestrator.cli", "lab", "demo"],
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "TMPDIR": str(tmp_path),
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
    assert list(tmp_path.iterdir()) == []
