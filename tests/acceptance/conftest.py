"""One stack for all of these tests: they share a process (`xdist_group`), and each its own PCs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.acceptance.stack import Stack, stack

if TYPE_CHECKING:
    from collections.abc import Iterator

SEED = 111
PACE = 0.001

NAMED = (
    "PC-LEGACY",
    "PC-EXTMANAGED",
    "PC-POLICYOFF",
    "PC-ORPHAN",
    "PC-RES-TASKS",
    "PC-RES-REG",
    "PC-TWO-STALE",
    "PC-TASK-GONE",
    "PC-TASK-OFF",
    "PC-HEALTHY",
    "PC-COMANAGED",
    "PC-NOUSER",
    "PC-NEVER",
    "PC-EMPTYGUID",
    "PC-GUIDLIKE",
)
OWN = (
    "PC-TWO-STALE=UNTOUCHED",
    "PC-NOKEY=FAULT-BACKUP",
    "PC-LEGACY-LEFT=FAULT-AGENTS",
    "PC-SVCOFF=FAULT-SERVICES",
    "PC-CLOCK=FAULT-CLOCK",
    "PC-NOTHYBRID=FAULT-JOIN",
    "PC-NOKEY=FAULT-TASKS",
    "PC-NOKEY=FAULT-CERTS",
    "PC-NOKEY=FAULT-STATE",
    "PC-EXTMANAGED=FAULT-FLAG",
    "PC-TASK-OFF=FAULT-POLICY",
    "PC-NEVER=FAULT-TRIGGER",
    "PC-TWO-STALE=KILLED",
    "PC-TWO-STALE=CUT",
    "PC-TWO-STALE=SHARED",
    "PC-NOKEY=UNDONE",
    "PC-ORPHAN=WATCHED",
    "PC-NEVER=CLOSED",
    "PC-NEVER=REFUSED",
)


@pytest.fixture(scope="session")
def whole() -> Iterator[Stack]:
    """The stack, with a worker that runs."""
    with stack() as made:
        made.start_lab([*NAMED, *OWN], seed=SEED, pace=PACE)
        made.start_worker()
        yield made
