"""What a campaign's history says about the campaign itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.usecases.ports import Entry

if TYPE_CHECKING:
    from datetime import datetime

    from orchestrator.domain.campaign import Campaign


def said(campaign: Campaign, at: datetime, text: str, *, kind: str = "note") -> Entry:
    """Return an entry about a campaign.

    Args:
        campaign: which.
        at: when.
        text: one line for a person.
        kind: ``note`` for what people did, ``decision`` for what the controller decided.
    """
    return Entry(
        run_id="",
        device="",
        campaign=campaign.id,
        at=at,
        kind=kind,
        state=campaign.status.value,
        text=text,
    )
