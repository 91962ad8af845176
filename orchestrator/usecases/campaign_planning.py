"""Planning a campaign: every device is read, and a document says what would be done to each."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from orchestrator import module
from orchestrator.domain.campaign import Campaign, CampaignPolicy, CampaignStatus, run_id
from orchestrator.domain.campaign_plan import (
    PlanDocument,
    device_plan,
    digest_of_document,
)
from orchestrator.domain.campaign_rules import (
    check_policy,
    moved,
    one_spelling,
    spelled,
    usual_budget,
)
from orchestrator.domain.device import DeviceName
from orchestrator.domain.run import Run, RunOptions, RunState, Verdict
from orchestrator.domain.share import devices
from orchestrator.domain.target import Target
from orchestrator.errors import InvalidInput, NotNow, StoreError
from orchestrator.usecases.campaign_entries import said

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from orchestrator.domain.campaign_plan import DevicePlan
    from orchestrator.usecases.ports import Ports

_PAGE: Final = 500
_LONGEST_NAME: Final = 80


def plan_campaign(
    targets: Sequence[Target],
    ports: Ports,
    *,
    name: str,
    author: str,
    options: RunOptions,
    policy: CampaignPolicy,
    account: str = "",
) -> Campaign:
    """Keep a campaign and queue a reading of each of its devices; nothing is changed on them.

    Args:
        targets: which devices, each once.
        ports: the world.
        name: for people.
        author: who plans; cannot approve.
        options: what the repairs may do later.
        policy: how it will spread.
        account: the author's, of the operating system.

    Raises:
        InvalidInput: no device, a device twice, a window or share that cannot be used.
        StoreError: nothing was kept.
    """
    _check_targets(targets, name)
    targets = one_spelling(targets)
    sites = {target.site for target in targets}
    check_policy(policy, sites, len(targets))
    now = ports.clock.now()
    campaign = ports.campaigns.create(
        Campaign(
            id=f"c-{ports.ids.run_id().removeprefix('r-')}",
            name=name.strip(),
            created=now,
            author=author,
            account=account,
            options=options,
            policy=spelled(policy, sites),
        )
    )
    reading = replace(options, dry_run=True, offline="skip")
    try:
        ports.campaigns.add_runs(
            Run(
                id=run_id(campaign.id, target.device),
                device=target.device,
                campaign=campaign.id,
                site=target.site,
                created=now,
                updated=now,
                due=now,
                options=reading,
            )
            for target in targets
        )
        ports.caps.limit(f"campaign:{campaign.id}", policy.spread.max_parallel)
        planning = moved(campaign, CampaignStatus.PLANNING, "")
        text = f"{author} plans {devices(len(targets))}: each is read, nothing is changed"
        return ports.campaigns.save(planning, [said(campaign, now, text)])
    except StoreError:
        ports.campaigns.forget(campaign.id)  # removing needs no memory
        raise


def plan_document(campaign_id: str, ports: Ports) -> PlanDocument:
    """Return what would be done to each device, once all were read.

    The document's digest becomes the campaign's: it is the newest plan, and older ones cannot be
    approved any more.

    Raises:
        NotFound: there is no such campaign.
        NotNow: devices are still being read, or it is approved already.
    """
    campaign = ports.campaigns.load(campaign_id)
    if campaign.status is CampaignStatus.PLANNING:
        left = ports.campaigns.counts(campaign_id).unfinished
        if left:
            msg = devices(
                left, f"1 device of {campaign_id} is", "{} devices of " + f"{campaign_id} are"
            )
            msg += " still being read"
            raise NotNow(msg, hint=f"enrollmend campaign watch {campaign_id}")
    elif campaign.status is not CampaignStatus.PLANNED:
        msg = f"{campaign_id} is {campaign.status.value}; only one in planning has a plan to write"
        raise NotNow(msg, hint="the approved plan is in the file that was approved")
    plans = sorted((device_plan(run) for run in _runs(campaign_id, ports)), key=_by_name)
    document = PlanDocument(
        campaign=campaign.id,
        name=campaign.name,
        author=campaign.author,
        created=ports.clock.now(),
        module=module.digest_with(ports.own_digest),
        options=campaign.options,
        policy=campaign.policy,
        devices=tuple(plans),
    )
    document = replace(document, digest=digest_of_document(document))
    if campaign.plan != document.digest or campaign.status is not CampaignStatus.PLANNED:
        text = f"the plan was written: {document.repairs} of {len(plans)} would be repaired"
        planned = replace(moved(campaign, CampaignStatus.PLANNED, text), plan=document.digest)
        ports.campaigns.save(planned, [said(campaign, ports.clock.now(), text)])
    return document


def rerun(
    campaign_id: str,
    states: Sequence[RunState | Verdict],
    author: str,
    ports: Ports,
    *,
    account: str = "",
    name: str = "",
    takes: Callable[[Run], bool] | None = None,
) -> Campaign:
    """Plan a new campaign over those devices of another that ended, or rest, in certain states.

    Args:
        campaign_id: the other.
        states: of its devices.
        author: who plans; cannot approve.
        ports: the world.
        account: the author's, of the operating system.
        name: for people; after that of the other when empty.
        takes: chooses among the devices in those states; all of them when None.

    Raises:
        InvalidInput: no device is in such a state.
        NotFound: there is no such campaign.
    """
    campaign = ports.campaigns.load(campaign_id)
    found = (run for state in states for run in _runs(campaign_id, ports, state))
    runs = {run.id: run for run in found if takes is None or takes(run)}
    if not runs:
        names = "" if takes else ", ".join(state.value for state in states)
        msg = f"no device of {campaign_id} is {names or 'like that'} now"
        raise InvalidInput(msg, hint=f"enrollmend campaign show {campaign_id} has the counts")
    return plan_campaign(
        [Target(device=run.device, site=run.site) for run in runs.values()],
        ports,
        name=name.strip() or f"{campaign.name[: _LONGEST_NAME - 8]} (again)",
        author=author,
        account=account,
        options=campaign.options,
        policy=_fitting(campaign.policy, {run.site for run in runs.values()}, len(runs)),
    )


def _check_targets(targets: Sequence[Target], name: str) -> None:
    if not targets:
        msg = "a campaign over no device does nothing"
        raise InvalidInput(msg, where="the targets")
    if not name.strip() or len(name) > _LONGEST_NAME or not name.isprintable():
        msg = f"a campaign's name has 1 to {_LONGEST_NAME} printable characters"
        raise InvalidInput(msg, where="the name")
    seen: set[str] = set()
    for target in targets:
        if target.device.key in seen:
            msg = f"{target.device} is there twice"
            raise InvalidInput(msg, where="the targets", hint="name each device once")
        seen.add(target.device.key)


def _fitting(policy: CampaignPolicy, sites: set[str], total: int) -> CampaignPolicy:
    """Return a policy without the windows of sites that are not meant any more.

    A budget that comes to nothing for so few devices becomes the usual one.
    """
    spread = policy.spread
    known = {site.casefold() for site in sites}
    try:
        spread.max_failures.of(total)
    except InvalidInput:
        spread = replace(spread, max_failures=usual_budget(total))
    windows = tuple(each for each in policy.site_windows if each[0].casefold() in known)
    return replace(policy, spread=spread, site_windows=windows)


def _runs(
    campaign_id: str, ports: Ports, within: RunState | Verdict | None = None
) -> Iterator[Run]:
    cursor = ""
    while True:
        page = ports.campaigns.page(campaign_id, within, cursor, _PAGE)
        yield from page.runs
        cursor = page.cursor
        if not cursor:
            return


def _by_name(plan: DevicePlan) -> str:
    return DeviceName(plan.device).key
