from __future__ import annotations

from queue import Queue
from typing import TYPE_CHECKING, Any

import pytest
import redis
from celery.contrib.testing.worker import start_worker
from kombu.transport import redis as stock

from orchestrator.adapters.embedded import EmbeddedValkey
from orchestrator.adapters.queue import (
    BULK,
    INTERACTIVE,
    TASK,
    CeleryBell,
    broker_url,
    make_app,
    workers_alive,
)
from orchestrator.errors import QueueError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from celery import Celery


@pytest.fixture(scope="module")
def url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    server = EmbeddedValkey(tmp_path_factory.mktemp("state"))
    yield server.ensure()
    server.stop()


@pytest.fixture
def app(url: str) -> Iterator[Celery]:
    with redis.Redis.from_url(url) as client:
        client.flushdb()
    app = make_app(url)
    yield app
    app.close()


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("redis://user:pw@host:6379/1", "redis://user:pw@host:6379/1"),
        ("unix:///run/em.sock?db=3", "redis+socket:///run/em.sock?virtual_host=3"),
        ("unix:///run/em.sock", "redis+socket:///run/em.sock?virtual_host=0"),
        ("unix://:pw@/run/em.sock", "redis+socket://:pw@/run/em.sock?virtual_host=0"),
        ("rediss://host/0", "rediss://host/0?ssl_cert_reqs=required"),
        ("rediss://host/0?ssl_cert_reqs=none", "rediss://host/0?ssl_cert_reqs=none"),
    ],
)
def test_a_redis_url_becomes_a_broker_url(url: str, expected: str) -> None:
    assert broker_url(url) == expected


def test_a_ring_waits_in_the_queue_of_its_kind(app: Celery) -> None:
    bell = CeleryBell(app)
    bell.ring("r-1", urgent=True)
    bell.ring("c-1.PC-1", urgent=False)
    bell.ring("c-1.PC-2", urgent=False)
    assert (bell.backlog(urgent=True), bell.backlog(urgent=False)) == (1, 2)


def test_one_client_serves_every_message(app: Celery, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[object] = []
    inner = stock.Channel._create_client

    def counted(self: object, asynchronous: bool = False) -> object:
        made.append(self)
        return inner(self, asynchronous=asynchronous)  # type: ignore[arg-type, no-untyped-call] # as the stock one

    monkeypatch.setattr(stock.Channel, "_create_client", counted)
    bell = CeleryBell(app)
    for number in range(20):
        bell.ring(f"r-{number}", urgent=True)
    assert len(made) <= 2


def test_a_message_carries_the_id_and_nothing_else_of_the_run(app: Celery, url: str) -> None:
    CeleryBell(app).ring("r-canary", urgent=True)
    with redis.Redis.from_url(url) as client:
        (message,) = client.lrange(f"em:q:{INTERACTIVE}", 0, -1)
        assert b"r-canary" in message
        assert all(key.startswith(b"em:q:") for key in client.scan_iter())
        assert len(message) < 1000


@pytest.mark.parametrize("queue", [INTERACTIVE, BULK])
def test_a_worker_is_woken_with_the_id(app: Celery, queue: str) -> None:
    heard: Queue[str] = Queue()
    app.task(name=TASK, shared=False)(heard.put)
    with start_worker(app, pool="threads", concurrency=2, perform_ping_check=False, queues=[queue]):
        CeleryBell(app).ring("r-1", urgent=queue == INTERACTIVE)
        assert heard.get(timeout=20) == "r-1"
        (name,) = workers_alive(app, seconds=0.5)
        assert name


def test_no_worker_is_an_empty_list(app: Celery) -> None:
    assert list(workers_alive(app, seconds=0.2)) == []


def test_a_channel_whose_connection_was_let_go_says_that_it_is_lost(app: Celery) -> None:
    """Celery lets go of it first when Redis went, and expects no other error of its channels."""
    taken: list[Any] = []
    CeleryBell(app).ring("r-1", urgent=True)
    connection = app.connection_for_read()
    channel = connection.default_channel
    queue = app.amqp.queues[INTERACTIVE](channel)
    consumer: Any = connection.Consumer([queue], channel, on_message=taken.append, accept=["json"])
    consumer.consume()
    connection.drain_events(timeout=10)
    connection.transport.client = None
    with pytest.raises(connection.connection_errors):
        channel.close()
    with pytest.raises(connection.connection_errors):
        taken[0].ack()
    connection.close()


def test_a_broker_that_is_down_is_one_clear_line(tmp_path: Path) -> None:
    app = make_app(f"unix://:canary-password@{tmp_path}/nothing.sock")
    bell = CeleryBell(app)
    with pytest.raises(QueueError) as ring:
        bell.ring("r-1", urgent=True)
    with pytest.raises(QueueError):
        bell.backlog(urgent=True)
    with pytest.raises(QueueError):
        workers_alive(app)
    assert "\n" not in str(ring.value)
    assert "canary" not in repr(ring.value) + str(ring.value.__cause__)
    app.close()


def test_a_broker_without_memory_is_one_clear_line(app: Celery, url: str) -> None:
    bell = CeleryBell(app)
    bell.ring("r-1", urgent=True)
    with redis.Redis.from_url(url) as client:
        client.config_set("maxmemory", 1)
        try:
            with pytest.raises(QueueError):
                bell.ring("r-2", urgent=True)
            with pytest.raises(QueueError) as asked:
                workers_alive(app, seconds=0.2)
        finally:
            client.config_set("maxmemory", 0)
    assert "no memory left" in asked.value.hint
