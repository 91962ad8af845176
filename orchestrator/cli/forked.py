"""A command of the program as a process that has everything loaded already.

It is forked off this one, which may have no second thread: loading is most of the time that a
short command takes, and here it is paid for once. What a command sees is what it sees when it is
typed: an environment, a folder, streams and an exit code.
"""

from __future__ import annotations

import os
import signal
import sys
from importlib import import_module
from threading import Event
from typing import TYPE_CHECKING, Final

from orchestrator.cli import main
from orchestrator.errors import EnrollmendError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path
    from typing import BinaryIO, NoReturn

_POLL: Final = 0.02
_BESIDE: Final = (
    "orchestrator.wiring",
    "orchestrator.adapters.queue",
    "orchestrator.cli.backstage",
    "celery.app.amqp",
    "kombu.transport.redis",
    "rich.table",
    "rich.live",
)
"""What commands load only when they need it."""


class TookTooLong(EnrollmendError):
    """A command did not end in time, and was ended."""


def load(names: Sequence[str]) -> None:
    """Load what the commands of these names need."""
    for module in (*(main.Commands.table[name][0] for name in names), *_BESIDE):
        import_module(module)


def start(
    words: Sequence[str],
    *,
    environment: Mapping[str, str],
    folder: Path,
    file: BinaryIO | None = None,
) -> int:
    """Start a command, and return the number of its process.

    Args:
        words: the arguments.
        environment: the whole of it.
        folder: where it runs.
        file: where its data goes; None: to our own stdout.
    """
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid == 0:
        _become(words, environment, folder, file)
    return pid


def wait(pid: int, *, seconds: float) -> int:
    """Wait for a command that was started, and return its exit code.

    Raises:
        TookTooLong: it did not end in time; it was killed.
    """
    waiting, ended = Event(), False
    try:
        for _ in range(int(seconds / _POLL)):
            done, status = os.waitpid(pid, os.WNOHANG)
            if done:
                ended = True
                return os.waitstatus_to_exitcode(status)
            waiting.wait(_POLL)
    finally:
        if not ended:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
    msg = f"a command did not end within {seconds:g} s"
    raise TookTooLong(msg)


def _become(
    words: Sequence[str],
    environment: Mapping[str, str],
    folder: Path,
    file: BinaryIO | None,
) -> NoReturn:
    """Be the command, and end with it; nothing of the program we were goes on."""
    code = 1
    try:
        os.environ.clear()
        os.environ.update(environment)
        os.chdir(folder)
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)
        if file is not None:
            os.dup2(file.fileno(), 1)
        code = main.run(words)
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)
