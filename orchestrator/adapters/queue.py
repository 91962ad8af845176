"""The doorbell: Celery over Redis, carrying run ids and nothing else.

- A message may come late, twice or never; the ledger is right all the same, for a claim decides.
- `interactive` is for devices somebody waits for, `bulk` for campaigns.
- Results are never kept: what a run came to stands in the ledger.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qs, urlsplit, urlunsplit

from celery import Celery
from kombu.exceptions import KombuError

from orchestrator.adapters.queue_transport import NAME
from orchestrator.errors import QueueError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

INTERACTIVE: Final = "interactive"
BULK: Final = "bulk"
QUEUES: Final = (INTERACTIVE, BULK)

TASK: Final = "enrollmend.remediate"
"""The one task: its only argument is a run id."""

_DEVICE_SECONDS: Final = 3600


def broker_url(redis_url: str) -> str:
    """Return a Redis URL as Celery's transport reads it.

    Args:
        redis_url: ``redis://``, ``rediss://`` or ``unix://``; TLS certificates are verified unless
            the URL says otherwise.
    """
    parts = urlsplit(redis_url)
    query = parse_qs(parts.query)
    if parts.scheme == "unix":
        database = query.get("db", ["0"])[0]
        # the account stays in the URL: that is where kombu looks for it
        account = f"{parts.netloc.rpartition('@')[0]}@" if "@" in parts.netloc else ""
        return f"redis+socket://{account}{parts.path}?virtual_host={database}"
    if parts.scheme == "rediss" and "ssl_cert_reqs" not in query:
        joined = "&".join(filter(None, (parts.query, "ssl_cert_reqs=required")))
        return urlunsplit(parts._replace(query=joined))
    return redis_url


def make_app(
    redis_url: str, *, prefix: str = "em:q:", device_seconds: float = _DEVICE_SECONDS
) -> Celery:
    """Return the Celery application of a broker; nothing is connected yet.

    Args:
        redis_url: where the ledger is too.
        prefix: what every key and channel of the queue begins with.
        device_seconds: the longest a session with a device takes; a message is given to another
            worker ten minutes after that.
    """
    url = broker_url(redis_url).replace("redis+socket://", f"{NAME}+socket://", 1)
    app = Celery("enrollmend", broker=url, set_as_current=False)
    app.conf.update(
        broker_transport=NAME,
        task_queues={name: {"exchange": name, "routing_key": name} for name in QUEUES},
        task_default_queue=BULK,
        task_create_missing_queues=False,
        task_serializer="json",
        accept_content=["json"],
        result_backend=None,
        task_ignore_result=True,
        task_acks_late=True,
        task_publish_retry=False,  # a ring that is lost comes again by itself
        worker_prefetch_multiplier=1,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        worker_send_task_events=False,
        worker_hijack_root_logger=False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_channel_error_retry=True,
        broker_transport_options={
            "global_keyprefix": prefix,
            "priority_steps": [0],  # one list a queue: nothing is sent with a priority
            "visibility_timeout": device_seconds + 600,
            "unacked_restore_interval": 10,
            "unacked_restore_throttle": 1,
            "socket_timeout": 15,
            "socket_connect_timeout": 5,
            "health_check_interval": 10,
            # how long a ring may try to connect; workers go by broker_connection_max_retries
            "max_retries": 2,
            "interval_start": 0.1,
            "interval_step": 0.2,
            "interval_max": 0.5,
        },
        timezone="UTC",
    )
    return app


class CeleryBell:
    """The port `Bell`."""

    def __init__(self, app: Celery) -> None:
        """Ring through an application."""
        self._app = app
        transport = app.connection_for_write().transport
        self._errors = (
            KombuError,
            OSError,
            *transport.connection_errors,
            *transport.channel_errors,
        )

    def ring(self, run_id: str, *, urgent: bool) -> None:
        """Wake a worker for a run; see the port."""
        queue = INTERACTIVE if urgent else BULK
        try:
            self._app.send_task(TASK, args=(run_id,), queue=queue, ignore_result=True)
        except self._errors as error:
            msg = "the queue does not take a message"
            raise QueueError(msg, hint="the run is kept; it is rung for again") from error

    def backlog(self, *, urgent: bool) -> int:
        """Return how many messages nobody has taken yet.

        Raises:
            QueueError: the broker does not answer.
        """
        queue = INTERACTIVE if urgent else BULK
        try:
            with self._app.pool.acquire(block=True, timeout=5) as connection:
                bound = self._app.amqp.queues[queue](connection.default_channel)
                return int(bound.queue_declare().message_count)
        except self._errors as error:
            msg = "the queue does not answer"
            raise QueueError(msg) from error

    def ping(self, seconds: float) -> Sequence[Mapping[str, object]]:
        """Return what the workers answer in time, each under its name.

        Raises:
            QueueError: the broker does not take the question.
        """
        try:
            return self._app.control.ping(timeout=seconds) or []
        except self._errors as error:
            msg = "the queue does not take a message to the workers"
            raise QueueError(
                msg, hint="has its Redis no memory left? raise its maxmemory"
            ) from error


def workers_alive(app: Celery, *, seconds: float = 1.0) -> Sequence[str]:
    """Return the names of the workers that answer in time, ordered.

    Args:
        app: whose workers.
        seconds: how long they have to answer.

    Raises:
        QueueError: the broker does not answer, or has no memory for the question.
    """
    bell = CeleryBell(app)
    bell.backlog(urgent=True)  # says that the broker is down, where a ping would just be silent
    answers = bell.ping(seconds)
    return sorted(name for answer in answers for name in answer)
