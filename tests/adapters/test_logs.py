"""What a worker writes: a line a record, also where a library would write its way to an error."""

from __future__ import annotations

import io
import logging
import sys
from typing import TYPE_CHECKING

import pytest
from redis.exceptions import OutOfMemoryError

from orchestrator.adapters.logs import log_to_stderr

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    root.handlers = []
    log_to_stderr()
    yield stream
    root.handlers = before
    root.setLevel(level)


def fail(logger: str, error: Exception) -> None:
    try:
        raise error
    except type(error):
        logging.getLogger(logger).exception("Error in timer")


def test_an_error_of_redis_in_the_queue_is_one_line(written: io.StringIO) -> None:
    fail("kombu.asynchronous.hub", OutOfMemoryError("command not allowed"))
    (line,) = written.getvalue().splitlines()
    assert line.endswith("tries again later, for Redis says: command not allowed")


def test_any_other_error_says_where_it_happened(written: io.StringIO) -> None:
    fail("kombu.asynchronous.hub", ValueError("odd"))
    fail("workers.lifecycle", OutOfMemoryError("command not allowed"))
    assert written.getvalue().count("Traceback") == 2
