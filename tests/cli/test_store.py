"""The embedded servers, seen and stopped from the command line; the servers are real."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import redis

from orchestrator.adapters.embedded import EmbeddedValkey

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture
def start(bench: Any) -> Iterator[Callable[[str], EmbeddedValkey]]:
    started: list[EmbeddedValkey] = []

    def server(context: str = "") -> EmbeddedValkey:
        state = Path(bench.environment["ENROLLMEND_HOME"])
        embedded = EmbeddedValkey(state / "contexts" / context if context else state)
        embedded.ensure()
        started.append(embedded)
        return embedded

    yield server
    for embedded in started:
        embedded.stop()


def rows(bench: Any) -> dict[str, dict[str, str]]:
    ran = bench.run("store", "status", "-o", "json")
    assert ran.code == 0, ran.err
    return {row["context"]: row for row in json.loads(ran.out)}


def test_without_data_there_is_nothing_to_see_and_nothing_is_started(bench: Any) -> None:
    ran = bench.run("store", "status")
    assert (ran.code, ran.out) == (0, "")
    assert "no embedded server has data below" in ran.err
    assert not Path(bench.environment["ENROLLMEND_HOME"], "valkey").exists()
    assert bench.connected == []


def test_servers_of_all_contexts_are_listed_running_or_not(
    bench: Any, start: Callable[[str], EmbeddedValkey]
) -> None:
    mine = start("")
    start("pilot").stop()
    found = rows(bench)
    assert {context: row["state"] for context, row in found.items()} == {
        "": "running",
        "pilot": "stopped",
    }
    assert found[""]["pid"] == str(mine.pid())
    assert found[""]["schema"] == "enrollmend.store/v1"
    table = bench.run("store", "status").out
    assert "CONTEXT" in table
    assert "(none)" in table
    assert "pilot" in table
    assert max(map(len, table.splitlines())) <= 80


def test_the_server_of_a_lab_that_is_down_is_stopped_by_the_name_of_its_context(
    bench: Any, start: Callable[[str], EmbeddedValkey]
) -> None:
    mine = start("lab")
    ran = bench.run("store", "stop", "-c", "lab")
    assert ran.code == 0, ran.err
    assert "stopped the server of context lab" in ran.err
    assert not mine.running()


def test_stopping_ends_the_server_of_this_context_and_keeps_its_data(
    bench: Any, start: Callable[[str], EmbeddedValkey]
) -> None:
    mine, other = start(""), start("pilot")
    with redis.Redis.from_url(mine.url) as client:
        client.set("kept", "1")
    ran = bench.run("store", "stop")
    assert ran.code == 0, ran.err
    assert "stopped the server without a context" in ran.err
    assert not mine.running()
    assert other.running()
    mine.ensure()
    with redis.Redis.from_url(mine.url) as client:
        assert client.get("kept") == b"1"


def test_all_of_them_are_stopped_together(
    bench: Any, start: Callable[[str], EmbeddedValkey]
) -> None:
    servers = [start(""), start("pilot")]
    ran = bench.run("store", "stop", "--all")
    assert ran.code == 0, ran.err
    assert "of context pilot" in ran.err
    assert not any(each.running() for each in servers)
    again = bench.run("store", "stop", "--all")
    assert (again.code, again.err.strip()) == (0, "no embedded server runs here")


def test_a_server_in_use_is_stopped_only_when_somebody_agrees(
    bench: Any, start: Callable[[str], EmbeddedValkey]
) -> None:
    mine = start("")
    with redis.Redis.from_url(mine.url) as client:
        client.ping()
        refused = bench.run("store", "stop")
        assert refused.code == 2
        assert "1 connection uses it" in refused.err
        assert "--yes" in refused.err
        assert mine.running()
        declined = bench.run("store", "stop", stdin="n\n", tty=True)
        assert "nothing was stopped" in declined.err
        assert mine.running()
    agreed = bench.run("store", "stop", "--yes")
    assert agreed.code == 0
    assert not mine.running()


def test_a_context_with_a_redis_of_its_own_has_none_to_stop(bench: Any) -> None:
    bench.environment["ENROLLMEND_REDIS_URL"] = "redis://:hunter2@localhost:6399/0"
    ran = bench.run("store", "stop")
    assert ran.code == 2
    assert "it keeps its work in redis://localhost:6399/0" in ran.err
    assert "hunter2" not in ran.err
