"""A server that answers as a Redis of long ago does, as far as its version is asked for."""

from __future__ import annotations

import socketserver
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class _Old(socketserver.StreamRequestHandler):
    def handle(self) -> None:
        while head := self.rfile.readline():
            words = []
            for _ in range(int(head[1:])):
                length = int(self.rfile.readline()[1:])
                words.append(self.rfile.read(length + 2)[:-2].upper())
            self.wfile.write(_answer(words[0]))


def _answer(command: bytes) -> bytes:
    if command == b"PING":
        return b"+PONG\r\n"
    if command == b"HELLO":
        return b"%2\r\n$6\r\nserver\r\n$5\r\nredis\r\n$5\r\nproto\r\n:3\r\n"
    if command == b"INFO":
        facts = b"redis_version:6.2.14\r\nredis_mode:standalone\r\n"
        return b"$%d\r\n%s\r\n" % (len(facts), facts)
    return b"+OK\r\n"


@contextmanager
def old_redis() -> Iterator[str]:
    """Have a Redis 6.2 for as long as the block lasts; its URL."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), _Old) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"redis://127.0.0.1:{server.server_address[1]}/0"
        finally:
            server.shutdown()
            thread.join()
