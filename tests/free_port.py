"""A TCP port that nobody on this machine uses."""

from __future__ import annotations

import socket


def free_port() -> int:
    """Return a port of the loopback interface that was free just now."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])
