"""Campaigns: planned by one person, approved by another, carried out while nobody watches.

- Planning reads every device and changes none; what it found becomes a document with a digest.
- Nothing is changed on a device but what the approved document says about that very device.
- Every call may be repeated: what an earlier one did halfway is found and finished.
"""

from __future__ import annotations

from orchestrator.usecases.campaign_planning import plan_campaign, plan_document, rerun
from orchestrator.usecases.campaign_reading import (
    News,
    holding,
    newest,
    overview,
    page,
    said,
    watch,
)
from orchestrator.usecases.campaign_starting import approve, may_approve, may_start, start
from orchestrator.usecases.campaign_steering import cancel, pause, promote, resume, stop

__all__ = [
    "News",
    "approve",
    "cancel",
    "holding",
    "may_approve",
    "may_start",
    "newest",
    "overview",
    "page",
    "pause",
    "plan_campaign",
    "plan_document",
    "promote",
    "rerun",
    "resume",
    "said",
    "start",
    "stop",
    "watch",
]
