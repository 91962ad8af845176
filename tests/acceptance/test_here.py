"""`fix --here`: one process does the work, and nobody else is there."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from tests.acceptance.stack import CANARY, Stack, stack, until

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = [pytest.mark.acceptance, pytest.mark.xdist_group("here")]


@pytest.fixture(scope="module")
def alone() -> Iterator[Stack]:
    """A lab, and no worker."""
    with stack() as made:
        made.start_lab(["PC-TWO-STALE=LEFT", "PC-ORPHAN"], seed=206, pace=0.001)
        yield made


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_what_was_left_in_mid_repair_is_carried_on_by_the_same_command(
    alone: Stack, how: signal.Signals
) -> None:
    pc = "LEFT" if how is signal.SIGINT else "PC-ORPHAN"
    alone.fault(pc, "Slow", seconds=0.3)
    process = alone.begin("-c", "lab", "fix", pc, "--here")
    until(
        lambda: any(line.startswith("state: repairing") for line in alone.history(pc)),
        what="the repair has begun",
    )
    process.send_signal(how)
    left = alone.end(process)
    assert left.code == (130 if how is signal.SIGINT else -how)
    alone.order("set", pc=pc, clear=True)
    again = alone.run("fix", pc, "--here", "-o", "json")
    assert again.code == 0, again.err
    assert again.document["verdict"] == "enrolled"
    # The lease of who left it is waited for, unless it has ended by the time of the second look.
    assert again.document["attempt"] > 1
    assert "Traceback" not in left.err + again.err


def test_basic_over_plain_http_is_refused_before_a_pc_hears_of_it(alone: Stack) -> None:
    before = alone.order("ledger", pc="LEFT")
    ran = alone.run(
        *("fix", "LEFT", "--here"),
        ENROLLMEND_CONNECTION_AUTH="basic",
        ENROLLMEND_CONNECTION_SCHEME="http",
        ENROLLMEND_CONNECTION_ALLOW_BASIC="true",
        ENROLLMEND_PASSWORD=CANARY,
    )
    assert ran.code == 2
    assert "basic over plain http would be sent without encryption" in ran.err
    assert ran.err.count("error:") == 1
    assert alone.order("ledger", pc="LEFT") == before
