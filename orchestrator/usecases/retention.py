"""Forget what ended long ago, so that the ledger does not grow for ever.

- What is unsettled, or is still to be checked again, is never forgotten, however old it is.
- A step is small; it is repeated as long as there is more, and may be cut short at any moment.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from datetime import timedelta

    from orchestrator.usecases.ports import Ports

_AT_ONCE: Final = 1_000
"""Runs that are forgotten in a step: some hundredths of a second of the ledger's time."""


def forget_old(ports: Ports, keep: timedelta) -> bool:
    """Forget some of the runs and campaigns that ended longer ago than they are kept.

    Returns:
        Whether there may be more to forget at once.

    Raises:
        StoreError: the ledger cannot be reached.
    """
    before = ports.clock.now() - keep
    full = ports.runs.forget(before, _AT_ONCE) >= _AT_ONCE
    for campaign_id in ports.campaigns.ended_before(before):
        ports.campaigns.forget(campaign_id, most=_AT_ONCE)
        return True
    return full
