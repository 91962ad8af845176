"""Kombu's Redis transport, with one client a channel.

Kombu makes a client of redis-py for every publish, delivery and acknowledgement, each with a table
of all commands' answers: a tenth of a worker's time and more. A client that has no connection of
its own may be shared by any number of threads.

When Redis goes, Celery lets go of the connection before its channels are closed, and a channel that
is asked for a client then is to say what all others say: that the connection is lost. Kombu's own
words for it are an `AttributeError`, of which a worker dies.
"""

from __future__ import annotations

from typing import Any, Final

from kombu import transport
from kombu.transport import redis

NAME: Final = "enrollmend-redis"
"""What the transport is called in URLs and settings of kombu."""


class Channel(redis.Channel):
    """A channel that makes its client for ordinary commands once."""

    _shared: Any = None

    def _connparams(self, asynchronous: bool = False) -> Any:  # noqa: ANN401, FBT001, FBT002 - as kombu calls it
        if self.connection is None or self.connection.client is None:
            message = "the connection of this channel was let go"
            raise ConnectionResetError(message)
        return super()._connparams(asynchronous=asynchronous)  # type: ignore[no-untyped-call]

    def _create_client(self, asynchronous: bool = False) -> Any:  # noqa: ANN401, FBT001, FBT002 - as kombu calls it
        if asynchronous:  # one that waits, on a connection of its own
            return super()._create_client(asynchronous=True)  # type: ignore[no-untyped-call]
        shared = self._shared
        if shared is None or shared.connection_pool is not self.pool:
            shared = self._shared = super()._create_client()  # type: ignore[no-untyped-call]
        return shared


class Transport(redis.Transport):
    """The transport that Celery is told to use."""

    Channel = Channel


transport.TRANSPORT_ALIASES[NAME] = f"{__name__}:Transport"
