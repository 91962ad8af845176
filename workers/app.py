"""What a worker process is made of: settings in, a Celery worker with its ports out."""

from __future__ import annotations

import os
import signal
import socket
import warnings
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from celery import signals
from celery.exceptions import SecurityWarning
from celery.platforms import EX_OK
from celery.worker import state

from orchestrator.adapters.embedded import redis_url
from orchestrator.adapters.keeping import KeptLeases
from orchestrator.adapters.queue import CeleryBell, make_app
from orchestrator.wiring import connect, watch
from workers.lifecycle import Duties
from workers.lookout import Lookout
from workers.tasks import register

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from orchestrator.settings import Settings


def serve(
    settings: Settings,
    queues: Sequence[str],
    slots: int,
    *,
    on_ready: Callable[[], None] | None = None,
) -> int:
    """Work until told to stop; a second signal ends it at once, and its leases run out.

    Args:
        settings: everything that can be set.
        queues: which queues to serve.
        slots: devices worked on at a time.
        on_ready: called once the worker takes work.

    Returns:
        The exit code.

    Raises:
        StoreUnavailable: the ledger cannot be reached.
    """
    timings = settings.timings.effective()
    app = make_app(
        redis_url(settings.redis_url, settings.store_dir), device_seconds=timings.device_seconds
    )
    holder = f"{'-'.join(queues)}-{os.getpid()}@{socket.gethostname()}"
    ports = connect(settings)
    kept = KeptLeases(ports.leases, ports.clock, every=settings.workers.lease_seconds / 4)
    ports = replace(ports, leases=kept)
    duties = Duties(
        ports,
        holder,
        bell=CeleryBell(app),
        window=2 * max(slots, settings.workers.slots),
        revive=lambda: redis_url(settings.redis_url, settings.store_dir),
        drain=lambda: _stop(duties),
        keep=settings.retention,
    )
    lookout = Lookout(ports, holder, watch(settings, ports, ring=duties.ring))
    register(app, ports, holder=holder, timings=timings)

    def ready(**_: Any) -> None:  # noqa: ANN401 - what Celery's signals carry
        kept.start()
        duties.start()
        lookout.start()
        if on_ready is not None:
            on_ready()

    signals.setup_logging.connect(_leave_logging_alone)
    signals.worker_ready.connect(ready)
    # Celery warns root of pickle; nothing but JSON is ever accepted here.
    warnings.simplefilter("ignore", SecurityWarning)
    worker = app.Worker(
        hostname=holder,
        queues=list(queues),
        concurrency=slots,
        pool=settings.workers.pool,
        quiet=True,
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
    )
    # Celery's own handlers write on standard output.
    worker.install_platform_tweaks = lambda _: _stop_on_signals(duties)
    try:
        worker.start()
    finally:
        lookout.stop()
        duties.stop()
        duties.leave()
        kept.stop()
    return int(worker.exitcode or 0)


def _stop_on_signals(duties: Duties) -> None:
    """Stop on a signal, also on one that comes while the worker is still starting."""

    def stop(number: int, _frame: object) -> None:
        if state.should_stop is not None:
            os._exit(128 + number)  # asked for again: what is held runs out and is looked at again
        _stop(duties)

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(number, stop)


def _stop(duties: Duties) -> None:
    """Take nothing more; Celery looks at this between two messages and at least each second."""
    duties.stop()
    state.should_stop = EX_OK


def _leave_logging_alone(**_: Any) -> None:  # noqa: ANN401 - what Celery's signals carry
    """Being connected is enough: Celery then does not touch the loggers."""
