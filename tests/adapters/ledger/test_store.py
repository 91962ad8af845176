from __future__ import annotations

import re
from dataclasses import replace
from importlib import resources
from typing import TYPE_CHECKING, Any, cast

import pytest
import redis
from redis import exceptions as fault

from orchestrator.adapters import ledger as package
from orchestrator.adapters.embedded import EmbeddedValkey
from orchestrator.adapters.ledger import RedisFeed, RedisLeases, RedisRuns, Store
from orchestrator.adapters.ledger.connection import place, script_text
from orchestrator.domain.device import DeviceName
from orchestrator.domain.run import Run, RunState, Verdict
from orchestrator.errors import StoreError, StoreFull, StoreUnavailable
from orchestrator.usecases.ports import Entry

from .conftest import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def _run(device: str = "PC-1", **more: Any) -> Run:
    given: dict[str, Any] = {
        "id": f"r-{device.lower()}",
        "device": DeviceName(device),
        "created": NOW,
        "updated": NOW,
        "due": NOW,
    }
    return Run(**{**given, **more})


class _Answers:
    """A server that says what it is."""

    def __init__(self, **facts: str) -> None:
        self.facts = facts

    def info(self, _section: str) -> dict[str, str]:
        return self.facts


def _store_of(**facts: str) -> Store:
    return Store(cast("redis.Redis", _Answers(**facts)), prefix="em:", where="Redis at x:1")


@pytest.mark.parametrize("version", ["2.8", "6.2.14", "6.0.16-rc1"])
def test_a_server_that_is_too_old_is_refused_with_its_version(version: str) -> None:
    with pytest.raises(StoreUnavailable, match=f"Redis at x:1 has version {version}; 7.0"):
        _store_of(redis_version=version).check()


@pytest.mark.parametrize("version", ["7.0.0", "7.2.4", "8.2.1", "10.0"])
def test_a_server_that_is_new_enough_is_taken(version: str) -> None:
    assert _store_of(redis_version=version).check() == f"redis {version}"


def test_valkey_is_called_by_its_name_and_judged_by_the_redis_it_stands_for() -> None:
    assert _store_of(redis_version="7.2.4", valkey_version="9.1.2").check() == "valkey 9.1.2"


def test_a_cluster_is_refused() -> None:
    with pytest.raises(StoreUnavailable, match="cluster"):
        _store_of(redis_version="8.0", redis_mode="cluster").check()


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("redis://ada:canary@redis.example:7000/2?x=canary", "Redis at redis.example:7000"),
        ("rediss://:canary@h", "Redis at h:6379"),
        ("unix://:canary@/run/x.sock?password=canary", "Redis at /run/x.sock"),
    ],
)
def test_a_server_is_named_without_its_password(url: str, shown: str) -> None:
    assert place(url) == shown


def test_a_server_that_is_down_is_one_clear_line_without_the_password(tmp_path: Path) -> None:
    url = f"unix://ada:canary@{tmp_path}/nothing.sock"
    with pytest.raises(StoreUnavailable) as caught:
        Store.connect(url, prefix="em:")
    assert str(caught.value) == f"Redis at {tmp_path}/nothing.sock cannot be reached"
    assert caught.value.hint
    assert "canary" not in repr(caught.value) + repr(caught.value.__cause__)


def test_a_url_that_is_none_is_refused_without_repeating_it() -> None:
    with pytest.raises(StoreUnavailable) as caught:
        Store.connect("http://ada:canary@x", prefix="em:")
    assert "canary" not in str(caught.value)


@pytest.mark.parametrize(
    ("error", "ours", "sentence"),
    [
        (fault.OutOfMemoryError("x"), StoreFull, "no memory left"),
        (fault.ResponseError("OOM command not allowed"), StoreFull, "no memory left"),
        (fault.ResponseError("MISCONF Redis is configured"), StoreFull, "disk"),
        (fault.AuthenticationError("canary"), StoreUnavailable, "account"),
        (fault.NoPermissionError("canary"), StoreUnavailable, "allow"),
        (fault.BusyLoadingError("x"), StoreUnavailable, "loading"),
        (fault.ReadOnlyError("x"), StoreUnavailable, "replica"),
        (fault.TimeoutError("x"), StoreUnavailable, "in time"),
        (fault.ConnectionError("canary"), StoreUnavailable, "reached"),
        (fault.ResponseError("ERR else"), StoreError, "ERR else"),
    ],
)
def test_each_error_of_redis_has_its_own(
    error: fault.RedisError, ours: type[StoreError], sentence: str
) -> None:
    translated = _store_of().translate(error)
    assert type(translated) is ours
    assert sentence in str(translated)
    assert "canary" not in str(translated)


def test_a_full_server_keeps_nothing_half(store: Store) -> None:
    runs, leases = RedisRuns(store), RedisLeases(store)
    run = runs.create(_run()).run
    claimed = leases.claim(run.id, "worker", NOW)
    assert claimed is not None
    before = {key: store.client.dump(key) for key in store.client.scan_iter()}
    store.client.config_set("maxmemory", 1)
    try:
        with pytest.raises(StoreFull):
            runs.create(_run("PC-2"))
        with pytest.raises(StoreFull):
            leases.save(replace(run, state=RunState.PROBING, due=None), [], claimed[1])
        assert runs.load(run.id) == run
    finally:
        store.client.config_set("maxmemory", 0)
    assert {key: store.client.dump(key) for key in store.client.scan_iter()} == before
    leases.save(replace(run, state=RunState.PROBING, due=None), [], claimed[1])


def test_scripts_come_back_after_the_server_forgot_them(store: Store) -> None:
    runs = RedisRuns(store)
    runs.create(_run("PC-1"))
    store.client.script_flush()
    assert runs.create(_run("PC-2")).fresh


def test_a_save_that_is_sent_twice_is_done_once(store: Store) -> None:
    runs, leases = RedisRuns(store), RedisLeases(store)
    run = runs.create(_run()).run
    claimed = leases.claim(run.id, "worker", NOW)
    assert claimed is not None
    resting = replace(run, state=RunState.WAITING)
    entry = Entry(run_id=run.id, device="PC-1", at=NOW, kind="note", state="waiting", text="once")
    first = leases.save(resting, [entry], claimed[1])
    assert leases.save(resting, [entry], claimed[1]) == first
    assert len(runs.history(run.device)) == 1


def test_a_request_that_is_sent_twice_is_not_taken_for_two(store: Store) -> None:
    runs = RedisRuns(store)
    assert runs.create(_run()).fresh
    assert runs.create(_run()).fresh
    assert not runs.create(_run(id="r-second")).fresh


def test_an_on_demand_run_is_kept_for_a_month_behind_its_end(store: Store) -> None:
    runs, leases = RedisRuns(store), RedisLeases(store)
    run = runs.create(_run()).run
    assert store.client.ttl("em:r:r-pc-1") == -1
    claimed = leases.claim(run.id, "worker", NOW)
    assert claimed is not None
    ended = replace(run, state=RunState.SETTLED, verdict=Verdict.FAILED, due=None)
    leases.save(ended, [], claimed[1])
    assert 29 * 86400 < store.client.ttl("em:r:r-pc-1") <= 30 * 86400
    assert store.client.ttl("em:d:PC-1") > 30 * 86400
    remark = Entry(run_id=run.id, device="PC-1", at=NOW, kind="note", state="settled", text="late")
    runs.remark(remark)
    assert store.client.ttl("em:r:r-pc-1") > 29 * 86400
    runs.create(_run("PC-1", id="r-second"))
    assert store.client.ttl("em:d:PC-1") == -1


def test_a_settled_run_that_is_to_be_checked_again_is_kept(store: Store) -> None:
    runs, leases = RedisRuns(store), RedisLeases(store)
    claimed = leases.claim(runs.create(_run()).run.id, "worker", NOW)
    assert claimed is not None
    later = NOW.replace(year=NOW.year + 1)
    settled = replace(claimed[0], state=RunState.SETTLED, verdict=Verdict.ENROLLED, due=later)
    leases.save(settled, [], claimed[1])
    assert store.client.ttl("em:r:r-pc-1") == -1


def test_a_trail_keeps_its_newest_entries(store: Store) -> None:
    runs = RedisRuns(store)
    run = runs.create(_run()).run
    for number in range(620):
        runs.remark(
            Entry(run_id=run.id, device="PC-1", at=NOW, kind="note", state="x", text=str(number))
        )
    texts = [entry.text for entry in runs.history(run.device)]
    assert texts == [str(number) for number in range(620 - len(texts), 620)]
    assert 450 <= len(texts) <= 500


def test_a_feed_goes_on_after_its_subscription_was_cut(store: Store) -> None:
    runs, feed = RedisRuns(store), RedisFeed(store)
    run = runs.create(_run()).run
    news = iter(feed.follow([run.id], seconds=30))
    assert next(news)[0] == run
    store.client.client_kill_filter(_type="pubsub")
    held = RedisLeases(store).save(replace(run, state=RunState.HELD, due=None), [], None)
    assert next(news)[0] == held
    assert next(news, None) is None


def test_each_script_says_what_it_does_and_takes() -> None:
    files = [
        each
        for each in resources.files(package).iterdir()
        if each.name.endswith(".lua") and each.name != "common.lua"
    ]
    assert files
    for each in files:
        header = re.match(r"(-- .*\n)+", each.read_text(encoding="utf-8"))
        assert header, each.name
        for word in ("-- keys:", "-- ARGV[2]", "-- returns"):
            assert word in header[0], each.name
        assert script_text(each.name.removesuffix(".lua"))


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[EmbeddedValkey]:
    server = EmbeddedValkey(tmp_path)
    server.ensure()
    yield server
    server.stop()


def test_a_restart_of_the_server_is_bridged(own_server: EmbeddedValkey) -> None:
    store = Store.connect(own_server.url, prefix="em:")
    runs = RedisRuns(store)
    runs.create(_run("PC-1"))
    own_server.stop()
    own_server.ensure()
    assert runs.create(_run("PC-2")).fresh
    assert runs.load("r-pc-1") == _run("PC-1")
    store.close()
