"""The second process of `worker start`: serves `interactive` with the slots it is given."""

from __future__ import annotations

import sys

from orchestrator.adapters.logs import log_to_stderr
from orchestrator.adapters.queue import INTERACTIVE
from orchestrator.settings import load_settings
from workers.app import serve
from workers.launcher import end_with_parent


def serve_interactive(slots: int, level: int) -> int:
    """Work until told to stop, or until whoever started this process is gone.

    Args:
        slots: devices worked on at a time.
        level: from which on records are logged; that of the first process.
    """
    log_to_stderr(level)
    end_with_parent()
    return serve(load_settings(), (INTERACTIVE,), slots)


if __name__ == "__main__":
    sys.exit(serve_interactive(int(sys.argv[1]), int(sys.argv[2])))
