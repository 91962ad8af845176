"""Looking at campaigns."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from orchestrator.domain.campaign import ENDED, UNDER_WAY, CampaignStatus, run_id
from orchestrator.domain.campaign_rules import overview_of
from orchestrator.domain.campaign_tally import is_parked, mark_of
from orchestrator.domain.run import ACTIVE, FINAL, RunState

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from orchestrator.domain.campaign import Campaign
    from orchestrator.domain.campaign_view import Overview
    from orchestrator.domain.device import DeviceName
    from orchestrator.domain.run import Run, Verdict
    from orchestrator.usecases.ports import Entry, Page, Ports

_AT_ONCE: Final = 200
_FEW: Final = 10
_NAMED: Final = 3
_LOOKED_AT: Final = 50
_CAMPAIGNS: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What `watch` tells at a time.

    Attributes:
        overview: where the campaign stands.
        entries: what happened since the last time, oldest first; at most 200, the rest follows.
    """

    overview: Overview
    entries: tuple[Entry, ...]


def overview(campaign_id: str, ports: Ports) -> Overview:
    """Return where a campaign stands; costs the same for ten devices and for 100,000.

    Raises:
        NotFound: there is no such campaign.
    """
    campaign = ports.campaigns.load(campaign_id)
    seen = overview_of(campaign, ports.control.tally(campaign_id), ports.clock.now())
    if campaign.status is CampaignStatus.RUNNING and 0 < seen.at_work <= _FEW:
        return replace(seen, holding=_at_work(campaign_id, ports))
    return seen


def _at_work(campaign_id: str, ports: Ports) -> tuple[str, ...]:
    """Return the names of up to three devices that are, or could be, worked on now."""
    found: list[str] = []
    for state in (*sorted(ACTIVE), RunState.WAITING, RunState.QUEUED):
        runs = ports.campaigns.page(campaign_id, state, limit=_LOOKED_AT).runs
        open_ = (run for run in runs if run.due or state in ACTIVE)
        found += [run.device.text for run in open_ if not is_parked(run.state, mark_of(run))]
    return tuple(found[:_NAMED])


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
    ports.campaigns.load(campaign_id)
    return ports.campaigns.page(campaign_id, within, cursor, limit)


def said(campaign_id: str, ports: Ports) -> Sequence[Entry]:
    """Return what people and the controller decided about a campaign, oldest first.

    At most `ports.SAID_MOST` entries, the newest; costs the same for 100,000 devices.
    """
    return ports.campaigns.said(campaign_id)


def holding(devices: Collection[DeviceName], ports: Ports) -> Mapping[str, tuple[Run, ...]]:
    """Return the unsettled runs of devices in campaigns that were started, by campaign.

    Args:
        devices: which.
        ports: the world.
    """
    found: dict[str, tuple[Run, ...]] = {}
    for campaign in ports.campaigns.newest(_CAMPAIGNS):
        if campaign.status in UNDER_WAY:
            ids = [run_id(campaign.id, device) for device in devices]
            runs = tuple(run for run in ports.control.load_runs(ids) if run.state not in FINAL)
            found |= {campaign.id: runs} if runs else {}
    return found


def watch(campaign_id: str, ports: Ports, *, seconds: float = 1.0) -> Iterator[News]:
    """Yield where a campaign stands, again with each news or after `seconds`, until it has ended.

    Keeps nothing of what it yielded: it can be watched for weeks, left, and watched again.

    Raises:
        NotFound: there is no such campaign.
    """
    tail = ports.control.tail(campaign_id, _AT_ONCE // 10)
    place = tail[-1][0] if tail else ""
    entries = tuple(entry for _, entry in tail)
    while True:
        seen = overview(campaign_id, ports)
        yield News(overview=seen, entries=entries)
        if seen.campaign.status in ENDED:
            return
        found = ports.control.news(campaign_id, place, _AT_ONCE, seconds=seconds)
        entries = tuple(entry for _, entry in found)
        place = found[-1][0] if found else place


def newest(ports: Ports, *, limit: int = 50) -> Sequence[Campaign]:
    """Return the newest campaigns, newest first."""
    return ports.campaigns.newest(limit)
