"""Stop campaigns before the domain locks the account they log in with.

- The count is the account's, over all workers; a device that accepts it begins it anew.
- The refusal that uses up what is allowed pauses every running campaign, with a line in each that
  names the account. Nothing else stops: who asks for a single PC may use another account.
- Devices that were not tried because of it have not failed; they wait until somebody resumes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orchestrator.domain.campaign import CampaignStatus
from orchestrator.errors import NotFound
from orchestrator.usecases.ports import Entry

if TYPE_CHECKING:
    from orchestrator.errors import AuthenticationRefused
    from orchestrator.usecases.ports import Ports

BRAKE: Final = "brake"
"""The code of an error that says that a login was not tried, to spare the account."""

_NEWEST: Final = 1000
_NAMED: Final = 5


def stop_for_account(error: AuthenticationRefused, ports: Ports) -> list[str]:
    """Pause every campaign that runs, because devices refuse the account; return their ids.

    Args:
        error: the last of the refusals, or a login that was not tried because of them.
        ports: the world.

    Raises:
        StoreError: not all were paused.
    """
    paused = []
    for campaign in ports.campaigns.newest(_NEWEST):
        if campaign.status is not CampaignStatus.RUNNING:
            continue
        now = ports.clock.now()
        try:
            ports.campaigns.set_status(campaign.id, CampaignStatus.PAUSED, now)
            entry = Entry(
                run_id="",
                device="",
                campaign=campaign.id,
                at=now,
                kind="decision",
                state=CampaignStatus.PAUSED.value,
                text=_text(error),
            )
            ports.campaigns.remark(campaign.id, entry)
        except NotFound:
            continue  # forgotten in between
        paused.append(campaign.id)
    return paused


def _text(error: AuthenticationRefused) -> str:
    if not error.refused_by:  # they were refused before this campaign ran
        return f"paused: {error}; {error.hint}, then resume"
    named = ", ".join(error.refused_by[:_NAMED])
    more = len(error.refused_by) - _NAMED
    if more > 0:
        named += f" and {more} more"
    return (
        f"paused: {len(error.refused_by)} devices in a row refused the account {error.account} "
        f"({named}); correct its password or rights before the domain locks it, then resume"
    )
