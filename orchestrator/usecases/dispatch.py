"""Ring for what is due, never for more than the workers can take soon."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.errors import QueueError

if TYPE_CHECKING:
    from orchestrator.usecases.ports import Ports


def dispatch(ports: Ports, *, urgent_credit: int, bulk_credit: int) -> int:
    """Take what is due from the agenda and ring once for each; on-demand runs first.

    Two dispatchers at once are harmless: `take` hands each run to one of them.

    Args:
        ports: the world.
        urgent_credit: how many on-demand runs may be rung for now.
        bulk_credit: how many campaign runs may be rung for now.

    Returns:
        How many times the bell was rung.

    Raises:
        StoreError: the agenda cannot be read.
    """
    rung = 0
    for urgent, credit in ((True, urgent_credit), (False, bulk_credit)):
        if credit < 1:
            continue
        for run_id in ports.agenda.take(credit, ports.clock.now(), urgent=urgent):
            try:
                ports.bell.ring(run_id, urgent=urgent)
            except QueueError:
                return rung  # the agenda gives the taken ones back after their grace period
            rung += 1
    return rung
