"""Stop campaigns before the domain locks the account they log in with.

- The count is the account's, over all workers; a device that accepts it begins it anew.
- The refusal that uses up what is allowed pauses every running campaign, with a line in each that
  names the account. Nothing else stops: who asks for a single PC may use another account.
- Devices that were not tried because of it have not failed; they wait until the account is right.
- A campaign that is still being planned changes nothing, and cannot be resumed when it is paused:
  its readings wait as they are, and its history says why.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from orchestrator.domain.campaign import CampaignStatus
from orchestrator.domain.campaign_rules import moved
from orchestrator.errors import NotFound, RunChanged
from orchestrator.usecases.ports import Entry

if TYPE_CHECKING:
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
        runs = campaign.status is CampaignStatus.RUNNING
        if not runs and not (campaign.status is CampaignStatus.PLANNING and error.refused_by):
            continue
        now = ports.clock.now()
        text = f"paused: {_text(error)}, then resume" if runs else f"waits: {_text(error)}"
        try:
            kept = campaign
            if runs:
                kept = ports.campaigns.set_status(
                    campaign.id, CampaignStatus.PAUSED, now, only_from=CampaignStatus.RUNNING
                )
                if kept.status is not CampaignStatus.PAUSED:
                    continue  # somebody stopped it, or called it off, meanwhile
                paused.append(campaign.id)
            entry = Entry(
                run_id="",
                device="",
                campaign=campaign.id,
                at=now,
                kind="decision",
                state=(CampaignStatus.PAUSED if runs else campaign.status).value,
                text=text,
            )
            if not runs:
                ports.campaigns.remark(campaign.id, entry)
                continue
            try:
                ports.campaigns.save(moved(kept, CampaignStatus.PAUSED, text), [entry])
            except RunChanged:  # somebody steered it since: theirs is the reason
                ports.campaigns.remark(campaign.id, entry)
        except NotFound:
            continue  # forgotten in between
    return paused


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
