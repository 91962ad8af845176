"""Campaigns: planned by one person, approved by another, carried out while nobody watches.

- Planning reads every device and changes none; what it found becomes a document with a digest.
- Nothing is changed on a device but what the approved document says about that very device.
- Every call may be repeated: what an earlier one did halfway is found and finished.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from orchestrator.domain.campaign import Campaign, CampaignPolicy, Target
    from orchestrator.domain.campaign_plan import PlanDocument
    from orchestrator.domain.campaign_view import Overview
    from orchestrator.domain.run import RunOptions, RunState, Verdict
    from orchestrator.domain.share import Share
    from orchestrator.usecases.ports import Entry, Page, Ports


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What `watch` tells at a time.

    Attributes:
        overview: where the campaign stands.
        entries: what happened since the last time, oldest first; at most 200.
        left_out: how many older ones were skipped because there were too many.
    """

    overview: Overview
    entries: tuple[Entry, ...]
    left_out: int = 0


def plan_campaign(
    targets: Sequence[Target],
    ports: Ports,
    *,
    name: str,
    author: str,
    options: RunOptions,
    policy: CampaignPolicy,
) -> Campaign:
    """Keep a campaign and queue a reading of each of its devices; nothing is changed on them.

    Args:
        targets: which devices, each once.
        ports: the world.
        name: for people.
        author: who plans; cannot approve.
        options: what the repairs may do later.
        policy: how it will spread.

    Raises:
        InvalidInput: no device, a device twice, a window or share that cannot be used.
        StoreError: nothing was kept.
    """
    raise NotImplementedError


def plan_document(campaign_id: str, ports: Ports) -> PlanDocument:
    """Return what would be done to each device, once all were read.

    The document's digest becomes the campaign's: it is the newest plan, and older ones cannot be
    approved any more.

    Raises:
        NotFound: there is no such campaign.
        NotNow: devices are still being read, or it is approved already.
    """
    raise NotImplementedError


def approve(document: PlanDocument, approver: str, ports: Ports) -> Campaign:
    """Bind the approval of a second person to the document's digest.

    Raises:
        ApprovalRequired: the approver is the author, the document was edited, is not the newest
            of its campaign, or was made for another version of the module.
        NotFound: there is no such campaign.
        NotNow: it was started already, or called off.
    """
    raise NotImplementedError


def start(document: PlanDocument, ports: Ports) -> Campaign:
    """Put the approved plan into the runs and let the controller release the first wave.

    Raises:
        ApprovalRequired: nobody approved it, or it is not what was approved.
        InvalidInput: a share comes to nothing for so many devices.
        NotFound: there is no such campaign.
        NotNow: it was started already, or called off.
    """
    raise NotImplementedError


def pause(campaign_id: str, who: str, ports: Ports) -> Campaign:
    """Begin nothing more until it is resumed; what is on a device at this moment ends there.

    Raises:
        NotFound: there is no such campaign.
        NotNow: it does not run.
    """
    raise NotImplementedError


def resume(
    campaign_id: str,
    who: str,
    ports: Ports,
    *,
    max_failures: Share | None = None,
    cause_failures: tuple[tuple[str, Share], ...] | None = None,
) -> Campaign:
    """Go on with a campaign that was paused or stopped.

    Args:
        campaign_id: which.
        who: resumes it; told in its history.
        ports: the world.
        max_failures: a new budget, when the old one is used up.
        cause_failures: new budgets for single causes.

    Raises:
        NotFound: there is no such campaign.
        NotNow: it neither paused nor stopped, or its budget is used up and no new one is given.
    """
    raise NotImplementedError


def stop(campaign_id: str, who: str, ports: Ports, *, reason: str = "") -> Campaign:
    """Stop a campaign that runs or is paused; it can be resumed.

    Raises:
        NotFound: there is no such campaign.
        NotNow: it neither runs nor is paused.
    """
    raise NotImplementedError


def cancel(campaign_id: str, who: str, ports: Ports) -> Campaign:
    """Call a campaign off for good: everything unsettled becomes ``cancelled``.

    Raises:
        NotFound: there is no such campaign.
        NotNow: it has finished.
    """
    raise NotImplementedError


def promote(campaign_id: str, who: str, ports: Ports) -> Campaign:
    """Open the gate behind the wave released last, or end its bake time.

    Raises:
        NotFound: there is no such campaign.
        NotNow: it does not run, or no wave was released yet.
    """
    raise NotImplementedError


def rerun(
    campaign_id: str, states: Sequence[RunState | Verdict], author: str, ports: Ports
) -> Campaign:
    """Plan a new campaign over those devices of another that ended, or rest, in certain states.

    Raises:
        InvalidInput: no device is in such a state.
        NotFound: there is no such campaign.
    """
    raise NotImplementedError


def overview(campaign_id: str, ports: Ports) -> Overview:
    """Return where a campaign stands; costs the same for ten devices and for 100,000.

    Raises:
        NotFound: there is no such campaign.
    """
    raise NotImplementedError


def page(
    campaign_id: str,
    ports: Ports,
    *,
    within: RunState | Verdict | None = None,
    cursor: str = "",
    limit: int = 50,
) -> Page:
    """Return some of its runs, those first that changed longest ago; see `ports.Campaigns.page`.

    Raises:
        InvalidInput: the cursor is none.
        NotFound: there is no such campaign.
    """
    raise NotImplementedError


def watch(campaign_id: str, ports: Ports, *, seconds: float = 1.0) -> Iterator[News]:
    """Yield where a campaign stands, again after every `seconds`, until it has ended.

    Keeps nothing of what it yielded: it can be watched for weeks, left, and watched again.

    Raises:
        NotFound: there is no such campaign.
    """
    raise NotImplementedError


def newest(ports: Ports, *, limit: int = 50) -> Sequence[Campaign]:
    """Return the newest campaigns, newest first."""
    raise NotImplementedError
