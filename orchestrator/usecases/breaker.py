"""Stop campaigns before the domain locks the account they log in with.

- The count is the account's, over all workers; a device that accepts it begins it anew.
- The refusal that uses up what is allowed pauses every running campaign, with a line in each that
  names the account. Nothing else stops: who asks for a single PC may use another account.
- Devices that were not tried because of it have not failed; they wait until the account is right.
- A campaign that is still being planned changes nothing, and cannot be resumed when it is paused:
  its readings wait as they are, and its history says why.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

from orchestrator.domain.campaign import CampaignStatus
from orchestrator.domain.campaign_rules import moved
from orchestrator.errors import NotFound, RunChanged
from orchestrator.usecases.campaign_entries import said

if TYPE_CHECKING:
    from orchestrator.domain.campaign import Campaign
    from orchestrator.errors import AuthenticationRefused
    from orchestrator.usecases.ports import Ports

BRAKE: Final = "brake"
"""The code of an error that says that a login was not tried, to spare the account."""

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
    for campaign in ports.control.going():
        with suppress(NotFound):  # forgotten in between
            if campaign.status is CampaignStatus.RUNNING:
                if _pause(campaign, f"paused: {_text(error)}, then resume", ports):
                    paused.append(campaign.id)
            elif campaign.status is CampaignStatus.PLANNING and error.refused_by:
                _remark(campaign, f"waits: {_text(error)}", ports)
    return paused


def _pause(campaign: Campaign, text: str, ports: Ports) -> bool:
    """Pause a campaign that runs; tell whether it was still running."""
    now = ports.clock.now()
    kept = ports.campaigns.set_status(
        campaign.id, CampaignStatus.PAUSED, now, only_from=CampaignStatus.RUNNING
    )
    if kept.status is not CampaignStatus.PAUSED:
        return False  # somebody stopped it, or called it off, meanwhile
    try:
        decision = said(kept, now, text, kind="decision")
        ports.campaigns.save(moved(kept, CampaignStatus.PAUSED, text), [decision])
    except RunChanged:  # somebody steered it since: theirs is the reason
        _remark(kept, text, ports)
    return True


def _remark(campaign: Campaign, text: str, ports: Ports) -> None:
    decision = said(campaign, ports.clock.now(), text, kind="decision")
    ports.campaigns.remark(campaign.id, decision)


def _text(error: AuthenticationRefused) -> str:
    if not error.refused_by:  # they were refused before this campaign ran
        return f"{error}; {error.hint}"
    named = ", ".join(error.refused_by[:_NAMED])
    more = len(error.refused_by) - _NAMED
    if more > 0:
        named += f" and {more} more"
    return (
        f"{len(error.refused_by)} devices in a row refused the account {error.account} "
        f"({named}); correct its password or rights before the domain locks it"
    )
