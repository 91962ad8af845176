"""The demonstration: the whole product at work on simulated PCs, as processes of their own.

What must always be true here:

- every command is a real one in a process of its own, shown as it is typed, and its exit code is
  the one expected;
- this process has one thread, for commands are forked off it (`forked`);
- everything lives below one temporary folder and on loopback addresses;
- however it ends, what it started is stopped, and it is looked for: a process or a socket that is
  left is an error.
"""

from __future__ import annotations

import json
import os
import select
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import textwrap
import time
from contextlib import contextmanager
from pathlib import Path
from threading import Event
from typing import TYPE_CHECKING, Final

from orchestrator.adapters.embedded import EmbeddedValkey
from orchestrator.cli import exit_codes, forked
from orchestrator.errors import EnrollmendError
from orchestrator.lab.server import HTTP_PORT, HTTPS_PORT
from orchestrator.lab.service import plan_addresses
from orchestrator.lab.service_state import DESCRIPTION

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from orchestrator.cli.terminal import Terminal

PCS: Final = (
    "PC-EXTMANAGED",
    "PC-POLICYOFF",
    "PC-TWO-STALE",
    "PC-NOKEY",
    "PC-TASK-OFF",
    "PC-HEALTHY",
    "PC-COMANAGED",
    "PC-NOUSER",
)
SEED: Final = 7
STAR: Final = "PC-NOKEY"
"""The certificate of its enrollment lost its key: repaired in full, and not wholly undone."""

_LIST: Final = "pcs.csv"
_SHOWN: Final = ("why", "fix", "timeline", "verify", "undo", "show")
_PATIENCE: Final = 20.0
_POLL: Final = 0.05
_WIDTH: Final = 80


class DemoFailed(EnrollmendError):
    """Something did not go as it has to."""


def run_demo(terminal: Terminal) -> int:
    """Show the main job from the first command to the last, and leave nothing behind.

    Raises:
        DemoFailed: a command ended otherwise than it should, or something is left running.
    """
    begun = time.monotonic()
    folder = Path(tempfile.mkdtemp(prefix="enrollmend-demo-"))
    demo = Demo(terminal, folder)
    try:
        demo.play()
    finally:
        left = demo.clean_up()
        shutil.rmtree(folder, ignore_errors=True)
    if left:
        msg = f"left behind: {', '.join(left)}"
        raise DemoFailed(msg, hint="end the process by its number")
    demo.note(
        "Stopped: the worker, the simulated PCs and the server of the ledger.",
        "Looked for: no process, no socket and no file is left.",
        f"It took {time.monotonic() - begun:.0f} s.",
    )
    return exit_codes.OK


class Demo:
    """One performance."""

    def __init__(self, terminal: Terminal, folder: Path) -> None:
        """Take the stage; nothing is started yet.

        Args:
            terminal: where it is shown.
            folder: an empty folder of its own.
        """
        self._terminal = terminal
        self._folder = folder
        self._groups: dict[str, int] = {}
        self._worker: subprocess.Popen[bytes] | None = None
        kept = {k: v for k, v in os.environ.items() if not k.startswith("ENROLLMEND_")}
        self._environment = {
            "COLUMNS": str(_WIDTH),
            **kept,
            "ENROLLMEND_HOME": str(folder),
        }
        if sys.stdout.isatty():
            del self._environment["COLUMNS"]  # the terminal's own width
        self._addresses = plan_addresses(PCS, SEED)
        self._ports = _free_ports(next(iter(self._addresses.values())))

    def play(self) -> None:
        """Do the main job, command by command.

        Raises:
            DemoFailed: a command ended otherwise than it should.
        """
        self.note(
            f"{len(PCS)} simulated PCs, one worker, and a Redis of our own.",
            "Sockets, logins, messages and the PowerShell that runs are the real ones;",
            "the Windows behind them is simulated.",
        )
        up = ["lab", "up", "--detach", "--seed", str(SEED)]
        up += [word for name in PCS for word in ("--pc", name)]
        if self._ports != (HTTP_PORT, HTTPS_PORT):
            up += ["--http-port", str(self._ports[0]), "--https-port", str(self._ports[1])]
        self._command(*up)
        self._groups["lab"] = json.loads((self._folder / "lab" / DESCRIPTION).read_text())["pid"]
        self._terminal.data("\n$ export ENROLLMEND_CONTEXT=lab\n")
        self._environment["ENROLLMEND_CONTEXT"] = "lab"
        with self._worker_at_work():
            self.note("Why is this PC not enrolled? Looking changes nothing.")
            self._command("why", STAR)
            self.note("Repair all of them, and prove it.")
            with (self._folder / _LIST).open("wb") as file:
                self._command("lab", "ls", "-o", "csv", file=file)
            self._command("fix", f"@{_LIST}", code=exit_codes.DEVICES_FAILED)
            self.note("What happened to one of them, and the proof, looked at afresh.")
            self._command("timeline", STAR)
            self._command("verify", STAR)
            self.note("Take the repair back, as far as it can be.")
            self._command("undo", STAR, "--yes")
            self.note("All of it, read back from Redis.")
            self._command("show")

    def note(self, *lines: str) -> None:
        """Tell the audience something."""
        self._terminal.data("\n" + "".join(f"# {line}\n" for line in lines))

    def _command(
        self, *words: str, code: int = exit_codes.OK, file: BinaryIO | None = None
    ) -> None:
        """Show a command, run it, and compare its exit code.

        Args:
            words: what is typed.
            code: the exit code it has to end with.
            file: where its data goes; None: it is shown.
        """
        typed = shlex.join(["enrollmend", *words]) + (f" > {_LIST}" if file else "")
        tied = typed.replace("--pc ", "--pc\N{NO-BREAK SPACE}")
        lines = textwrap.wrap(tied, _WIDTH - 4, break_on_hyphens=False, break_long_words=False)
        text = " \\\n    ".join(lines).replace("\N{NO-BREAK SPACE}", " ")
        self._terminal.data(f"\n$ {text}\n")
        pid = forked.start(words, environment=self._environment, folder=self._folder, file=file)
        if words[0] == "lab":
            forked.load(_SHOWN)  # beside the lab, which loads its own; the second time nothing
        ended = forked.wait(pid, seconds=6 * _PATIENCE)
        if ended != code:
            msg = f"enrollmend {words[0]} ended with {ended} instead of {code}"
            raise DemoFailed(msg)
        if code:
            self._terminal.data(f"(exit code {code}: {exit_codes.MEANING[code]})\n")

    @contextmanager
    def _worker_at_work(self) -> Iterator[None]:
        """Have a worker for as long as the block lasts, in a process group of its own."""
        self._terminal.data("\n$ enrollmend worker start &\n")
        self._worker = worker = subprocess.Popen(
            [sys.executable, "-m", "orchestrator.cli", "worker", "start"],
            env=self._environment,
            stdin=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        self._groups["worker"] = worker.pid
        for line in _lines(worker, _PATIENCE):
            self._terminal.data(line)
            if line.startswith("worker ready"):
                break
        else:
            msg = "the worker does not start"
            raise DemoFailed(msg)
        yield
        self._end_worker()
        for line in _lines(worker, _PATIENCE):
            self._terminal.data(line)

    def clean_up(self) -> list[str]:
        """Stop whatever was started, and return what is left all the same."""
        self._end_worker()
        store = EmbeddedValkey(self._folder / "contexts" / "lab")
        server = store.pid()
        if server is not None:
            self._groups["server"] = server
        store.stop()
        if store.socket.parent != store.directory:  # a folder of its own, for a long path
            shutil.rmtree(store.socket.parent, ignore_errors=True)
        lab = self._groups.get("lab")
        if lab is not None and _alive(lab):
            os.kill(lab, signal.SIGTERM)
        waiting = Event()
        for _ in range(int(_PATIENCE / _POLL)):
            left = [f"{what} ({group})" for what, group in self._groups.items() if _alive(group)]
            if not left:
                break
            waiting.wait(_POLL)
        left += [
            f"{address}:{port}"
            for address in self._addresses.values()
            for port in self._ports
            if self._groups.get("lab") and _listens(address, port)
        ]
        return left + [str(path) for path in self._folder.rglob("*") if path.is_socket()]

    def _end_worker(self) -> None:
        if self._worker is None or self._worker.poll() is not None:
            return
        self._worker.terminate()
        try:
            self._worker.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            os.killpg(self._worker.pid, signal.SIGKILL)
            self._worker.wait()


def _lines(process: subprocess.Popen[bytes], seconds: float) -> Iterator[str]:
    """Yield what a process says on stderr, until it ends or says nothing for so long."""
    said, rest = process.stderr, b""
    while said is not None and select.select([said], [], [], seconds)[0]:
        read = os.read(said.fileno(), 4096)
        *lines, rest = (rest + read).split(b"\n")
        yield from (f"{line.decode(errors='replace')}\n" for line in lines)
        if not read:
            return


def _alive(group: int) -> bool:
    """Tell whether a process of the group lives; one that only waits to be buried does not."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    try:
        told = Path(f"/proc/{group}/stat").read_text(encoding="utf-8")
    except OSError:
        return True  # no /proc here, or the group has outlived its first process
    return told.rpartition(")")[2].split()[0] != "Z"


def _listens(address: str, port: int) -> bool:
    with socket.socket() as line:
        line.settimeout(1)
        return line.connect_ex((address, port)) == 0


def _free_ports(address: str) -> tuple[int, int]:
    """Return WinRM's ports, or others where somebody listens on them already."""
    if not any(_listens(address, port) for port in (HTTP_PORT, HTTPS_PORT)):
        return HTTP_PORT, HTTPS_PORT
    with socket.socket() as first, socket.socket() as second:
        first.bind((address, 0))
        second.bind((address, 0))
        return first.getsockname()[1], second.getsockname()[1]
