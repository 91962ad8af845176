"""Commands that are forked off a process which has everything loaded."""

from __future__ import annotations

import os
import sys

import pytest

from orchestrator.cli import forked


def test_a_command_that_does_not_end_is_ended() -> None:
    words = [sys.executable, "-c", "import threading; threading.Event().wait()"]
    pid = os.posix_spawn(sys.executable, words, os.environ)
    with pytest.raises(forked.TookTooLong, match=r"within 0\.1 s"):
        forked.wait(pid, seconds=0.1)
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)


def test_the_exit_code_is_the_one_of_the_command() -> None:
    words = [sys.executable, "-S", "-c", "raise SystemExit(7)"]
    pid = os.posix_spawn(sys.executable, words, os.environ)
    assert forked.wait(pid, seconds=60) == 7
