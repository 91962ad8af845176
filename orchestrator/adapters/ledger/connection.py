"""The one way to Redis: the ledger's scripts, its commands, and what its errors mean.

- No exception of redis-py leaves this file.
- A message names the server without user, password or query.
"""

from __future__ import annotations

from contextlib import contextmanager, suppress
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, Final, Self
from urllib.parse import unquote, urlsplit

import redis
from redis import exceptions as fault
from redis.backoff import ExponentialBackoff, NoBackoff
from redis.retry import Retry

from orchestrator.errors import StoreError, StoreFull, StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from redis.commands.core import Script

OLDEST: Final = (7, 0)
"""The oldest server that works: 7.0 decides on memory before a script's first write."""

_HINT_DOWN: Final = "start it, or set the Redis URL of a running one"
_TABLE: Final[tuple[tuple[type[Exception], str, type[StoreError], str, str], ...]] = (
    # (redis-py's class, prefix of the server's text, our class, sentence, hint); first match wins
    (
        fault.OutOfMemoryError,
        "",
        StoreFull,
        "has no memory left and refuses writes",
        "raise its maxmemory; nothing that was accepted is lost",
    ),
    (
        fault.ResponseError,
        "OOM",
        StoreFull,
        "has no memory left and refuses writes",
        "raise its maxmemory; nothing that was accepted is lost",
    ),
    (
        fault.ResponseError,
        "MISCONF",
        StoreFull,
        "cannot write to its disk and refuses writes",
        "free space on its disk",
    ),
    (
        fault.AuthenticationError,
        "",
        StoreUnavailable,
        "does not accept the account",
        "check user and password of the Redis URL",
    ),
    (
        fault.NoPermissionError,
        "",
        StoreUnavailable,
        "does not allow a command the ledger needs",
        "the account needs +@all on the ledger's keys and channels",
    ),
    (fault.BusyLoadingError, "", StoreUnavailable, "is still loading its data", "try again soon"),
    (
        fault.ReadOnlyError,
        "",
        StoreUnavailable,
        "is a read-only replica",
        "set the Redis URL of the primary",
    ),
    (fault.TimeoutError, "", StoreUnavailable, "does not answer in time", _HINT_DOWN),
    (fault.MaxConnectionsError, "", StoreUnavailable, "has no connection left for us", ""),
    (fault.ConnectionError, "", StoreUnavailable, "cannot be reached", _HINT_DOWN),
    (fault.RedisError, "", StoreError, "refused a command", ""),
)


def place(url: str) -> str:
    """Return where a Redis URL points to, without anything secret."""
    parts = urlsplit(url)
    if parts.scheme == "unix":
        return f"Redis at {unquote(parts.path)}"
    return f"Redis at {parts.hostname or 'localhost'}:{parts.port or 6379}"


@cache
def script_text(name: str) -> str:
    """Return a script's source with the shared part before it."""
    here = resources.files(__package__)
    return "\n".join(
        (here / file).read_text(encoding="utf-8") for file in ("common.lua", f"{name}.lua")
    )


def _client(url: str, timeout: float, retry: Retry) -> redis.Redis:
    try:
        return redis.Redis.from_url(
            url,
            socket_timeout=timeout,
            socket_connect_timeout=min(timeout, 5.0),
            health_check_interval=10,
            retry=retry,
        )
    except ValueError as error:
        msg = f"{place(url)}: the Redis URL cannot be used"
        hint = "redis://host:port/0, rediss://host:port/0 or unix:///path/to/socket"
        raise StoreUnavailable(msg, hint=hint) from error


class Store:
    """A connection pool with the ledger's scripts on it; safe to share among threads."""

    def __init__(self, client: redis.Redis, *, prefix: str, where: str) -> None:
        """Keep the client; nothing is sent yet.

        Args:
            client: answers with bytes.
            prefix: what every key begins with.
            where: the server's name for messages.
        """
        self.client: Any = client  # redis-py types each answer as "now or awaitable"
        self.prefix = prefix
        self.where = where
        self._scripts: dict[str, Script] = {}

    @classmethod
    def connect(cls, url: str, *, prefix: str, timeout: float = 15.0) -> Self:
        """Connect and make sure that the server can hold the ledger.

        Args:
            url: ``redis://``, ``rediss://`` or ``unix://``.
            prefix: what every key begins with.
            timeout: seconds a command may take.

        Raises:
            StoreUnavailable: down, refused, too old, or a cluster.
        """
        where = place(url)
        first = cls(_client(url, timeout, Retry(NoBackoff(), 0)), prefix=prefix, where=where)
        try:
            first.check()
        finally:
            first.close()
        # Bridges a restart of the server. A script may have run before its line broke, so each
        # bears being sent twice (a claim then finds the device taken, by itself).
        patient = Retry(ExponentialBackoff(cap=1.0, base=0.05), 5)
        return cls(_client(url, timeout, patient), prefix=prefix, where=where)

    def check(self) -> str:
        """Return what the server is: ``redis 8.2.1`` or ``valkey 9.1.2``.

        Valkey says twice what it is: by its own version, and by that of the Redis it stands for.

        Raises:
            StoreUnavailable: down, refused, too old, or a cluster.
        """
        with self.errors():
            facts: dict[str, Any] = self.client.info("server")
        version = str(facts.get("redis_version", "0"))
        if tuple(int(part) for part in version.split(".")[:2] if part.isdigit()) < OLDEST:
            msg = f"{self.where} has version {version}; 7.0 or newer is needed"
            raise StoreUnavailable(msg, hint="upgrade it, or use Valkey")
        if facts.get("redis_mode") == "cluster":
            msg = f"{self.where} is a cluster; the ledger needs all its keys on one server"
            raise StoreUnavailable(msg, hint="use a single server, with replicas if you like")
        if "valkey_version" in facts:
            return f"valkey {facts['valkey_version']}"
        return f"redis {version}"

    def key(self, *parts: str) -> str:
        """Return a key: the parts behind the prefix, with colons between them."""
        return self.prefix + ":".join(parts)

    def script(self, name: str, *arguments: str | bytes | int, pipe: Any = None) -> Any:  # noqa: ANN401 - as redis-py answers
        """Run a script, atomically.

        Args:
            name: the file's name without its ending.
            arguments: what follows the prefix.
            pipe: put it into this pipeline instead.

        Raises:
            StoreError: the leaf that fits.
        """
        registered = self._scripts.get(name)
        if registered is None:
            registered = self._scripts[name] = self.client.register_script(script_text(name))
        with self.errors() as client:
            if pipe is None:
                with suppress(fault.NoScriptError):  # sent as it is, at half the cost of the helper
                    sha = registered.sha
                    return client.execute_command("EVALSHA", sha, 0, self.prefix, *arguments)
            return registered(args=[self.prefix, *arguments], client=pipe)

    @contextmanager
    def errors(self) -> Iterator[Any]:
        """Give out the client and turn its exceptions into ours."""
        try:
            yield self.client
        except fault.RedisError as error:
            raise self.translate(error) from error

    def translate(self, error: fault.RedisError) -> StoreError:
        """Return the error of ours that fits."""
        _, _, ours, sentence, hint = next(
            row for row in _TABLE if isinstance(error, row[0]) and str(error).startswith(row[1])
        )
        msg = f"{self.where} {sentence}"
        if ours is StoreError:
            msg += f": {error}"
        return ours(msg, hint=hint)

    def close(self) -> None:
        """Close every connection of the pool."""
        self.client.close()
