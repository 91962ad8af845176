"""What a worker writes on standard error: one line a record, with time and place.

A library that is refused by Redis, whose duties are tried again, is told in a line as well: what
it called on the way to that helps nobody.
"""

from __future__ import annotations

import logging
import sys
from typing import Final

_FORM: Final = "%(asctime)s %(levelname)-7s %(name)s: %(message)s"


class _OneLine(logging.Filter):
    """Turns what kombu says of an error of Redis into a line."""

    def filter(self, record: logging.LogRecord) -> bool:
        error = record.exc_info[1] if record.exc_info else None
        if record.name.startswith("kombu") and type(error).__module__.startswith("redis."):
            record.msg, record.args = "tries again later, for Redis says: %s", (str(error),)
            record.exc_info = record.exc_text = None
        return True


def log_to_stderr(level: int = logging.WARNING) -> None:
    """Write records from a level on; once a process, later calls change nothing."""
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(_OneLine())
    logging.basicConfig(handlers=[handler], level=level, format=_FORM)
