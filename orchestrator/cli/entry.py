"""Where the process begins: Ctrl-C is answered in a line from here on, also while it loads.

Loading the commands takes a tenth of a second, in which a person may have thought better of it.
Little is imported above for that reason.
"""

from __future__ import annotations

import os
import signal
import sys

_INTERRUPTED = 130  # as `exit_codes.INTERRUPTED`, which has not been loaded yet


def enter() -> int:
    """Run the command that the process was started with; return its exit code."""
    usual = signal.getsignal(signal.SIGINT)
    if usual is signal.default_int_handler:  # who starts us may have it ignored
        signal.signal(signal.SIGINT, _end)
    from orchestrator.cli.main import run  # noqa: PLC0415 - this is what takes its time

    signal.signal(signal.SIGINT, usual)
    try:
        return run()
    except KeyboardInterrupt:
        sys.stderr.write("error: interrupted\n")
        return _INTERRUPTED


def _end(*_: object) -> None:
    """End at once: nothing was begun, and an exception would be torn up by what loads."""
    os.write(2, b"error: interrupted\n")
    os._exit(_INTERRUPTED)
