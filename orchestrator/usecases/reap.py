"""Find runs whose worker is gone, and make them due again."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from orchestrator.usecases.ports import Ports


def reap(ports: Ports) -> int:
    """Make every run whose lease has ended due again.

    Looks at all of them, however long ago their lease ended; the next attempt begins with a
    fresh look at the device.

    Returns:
        How many runs were given back.

    Raises:
        StoreError: the ledger cannot be reached.
    """
    return len(ports.agenda.reap(ports.clock.now()))
