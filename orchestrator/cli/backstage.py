"""What `doctor`, `fix` and `worker` need from the adapters beside the ports.

Loaded on demand: Celery and redis-py are not cheap.
"""

from __future__ import annotations

from datetime import UTC, datetime
from importlib import import_module
from typing import TYPE_CHECKING, cast

from orchestrator.adapters.embedded import redis_url
from orchestrator.adapters.ledger import RedisTargetBook, Store
from orchestrator.wiring import PREFIX, resolver, workers_alive

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from orchestrator.settings import Settings
    from orchestrator.usecases.known_targets import TargetBook

__all__ = ["addresses", "start_worker", "store_facts", "target_book", "workers_alive"]


def addresses(settings: Settings) -> Callable[[str], Sequence[str]]:
    """Return what finds the addresses of a host name.

    Raises:
        SettingsInvalid: the hosts file cannot be used.
    """
    return resolver(settings).addresses


def store_facts(settings: Settings) -> tuple[str, datetime]:
    """Return the version of the store's server, and its clock.

    Raises:
        StoreUnavailable: down, refused, too old.
    """
    url = redis_url(settings.redis_url, settings.store_dir)
    store = Store.connect(url, prefix=PREFIX, timeout=5)
    version = store.check()
    with store.errors() as client:
        seconds, microseconds = client.time()
    return version, datetime.fromtimestamp(seconds + microseconds / 1e6, UTC)


def target_book(settings: Settings) -> TargetBook:
    """Return the inventory and the exclusion list.

    Raises:
        StoreUnavailable: down, refused, too old.
    """
    url = redis_url(settings.redis_url, settings.store_dir)
    return RedisTargetBook(Store.connect(url, prefix=PREFIX))


def start_worker(
    settings: Settings,
    *,
    queues: Sequence[str],
    slots: int | None,
    on_ready: Callable[[], None],
) -> int:
    """Work until told to stop, and return the exit code.

    A worker is a program beside this one, so it is found by name and not imported.

    Raises:
        StoreUnavailable: the ledger cannot be reached.
    """
    launcher = import_module("workers.launcher")
    code = launcher.start_worker(settings, queues=queues, slots=slots, on_ready=on_ready)
    return cast("int", code)
