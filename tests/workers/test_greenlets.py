"""A real worker with `workers.pool = gevent`, and two devices that never answer."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from orchestrator.adapters.embedded import EmbeddedValkey
from orchestrator.domain.device import DeviceName
from orchestrator.domain.run import RunOptions
from orchestrator.errors import SettingsInvalid
from orchestrator.settings import Settings, load_settings
from orchestrator.usecases.submit import submit
from orchestrator.wiring import connect
from workers import greenlets
from workers.launcher import start_worker

if TYPE_CHECKING:
    from collections.abc import Iterator

ADDRESSES = {"PC-1": "127.0.0.1", "PC-2": "127.0.0.2"}


@pytest.fixture
def devices() -> Iterator[list[socket.socket]]:
    """Two listeners on the same free port that nobody answers at."""
    with ExitStack() as stack:
        port, listeners = 0, []
        for address in ADDRESSES.values():
            listener = stack.enter_context(closing(socket.create_server((address, port))))
            listener.settimeout(40)
            port = listener.getsockname()[1]
            listeners.append(listener)
        yield listeners


@pytest.fixture
def settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, devices: list[socket.socket]
) -> Iterator[Settings]:
    for name in [name for name in os.environ if name.startswith("ENROLLMEND_")]:
        monkeypatch.delenv(name)
    hosts = tmp_path / "hosts"
    hosts.write_text("".join(f"{address} {name}\n" for name, address in ADDRESSES.items()))
    for name, value in {
        "HOME": tmp_path,
        "ENROLLMEND_HOME": tmp_path / "state",
        "ENROLLMEND_WORKERS_POOL": "gevent",
        "ENROLLMEND_WORKERS_INTERACTIVE_SLOTS": 2,
        "ENROLLMEND_CONNECTION_HOSTS_FILE": hosts,
        "ENROLLMEND_CONNECTION_PORT": devices[0].getsockname()[1],
        "ENROLLMEND_CONNECTION_AUTH": "ntlm",
        "ENROLLMEND_USERNAME": "somebody",
        "ENROLLMEND_PASSWORD": "something",
    }.items():
        monkeypatch.setenv(name, str(value))
    settings = load_settings()
    yield settings
    EmbeddedValkey(settings.store_dir).stop()


def asked(listener: socket.socket) -> socket.socket:
    """Return the first connection that says something: one before it only looks who is there."""
    while True:
        line, _ = listener.accept()
        line.settimeout(40)
        if line.recv(1, socket.MSG_PEEK):
            return line
        line.close()


@pytest.mark.parametrize("queues", [("interactive",), ("interactive", "bulk")])
def test_two_devices_that_do_not_answer_are_served_at_once(
    settings: Settings, devices: list[socket.socket], queues: tuple[str, ...]
) -> None:
    words = [word for queue in queues for word in ("--queue", queue)]
    worker = subprocess.Popen(
        [sys.executable, "-m", "orchestrator.cli", "worker", "start", *words],
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(Path.cwd())},
        start_new_session=True,
    )
    with worker, ExitStack() as stack:
        stack.callback(os.killpg, worker.pid, signal.SIGKILL)  # it may be two processes
        assert worker.stderr is not None
        assert "worker ready" in worker.stderr.readline()
        ports = connect(settings)
        for name in ADDRESSES:
            submit(DeviceName(name), RunOptions(), ports)
        for listener in devices:  # each is held open while the other one is waited for
            stack.enter_context(closing(asked(listener)))


def test_greenlets_without_gevent_are_refused_in_one_line(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(greenlets, "find_spec", lambda _: None)
    with pytest.raises(SettingsInvalid, match="gevent") as refused:
        start_worker(settings)
    assert refused.value.where == "workers.pool"
