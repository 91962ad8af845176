"""Planning a campaign, having it approved, and starting it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Final

from orchestrator import module
from orchestrator.domain.campaign import Campaign, CampaignPolicy, CampaignStatus, Course, run_id
from orchestrator.domain.campaign_plan import (
    PlanDocument,
    approved_for,
    device_plan,
    digest_of_document,
    in_turn,
    union_of,
)
from orchestrator.domain.campaign_rules import (
    check_policy,
    moved,
    one_spelling,
    openings,
    spelled,
    usual_budget,
)
from orchestrator.domain.device import DeviceName
from orchestrator.domain.run import Run, RunOptions, RunState, Verdict
from orchestrator.domain.share import devices
from orchestrator.domain.target import Target
from orchestrator.domain.wave import cause_budgets
from orchestrator.errors import ApprovalRequired, InvalidInput, NotNow, RunChanged, StoreError
from orchestrator.usecases.campaign_entries import said
from orchestrator.usecases.campaign_tick import call_off_some

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

    from orchestrator.domain.approval import Approved
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


def may_approve(document: PlanDocument, approver: str, ports: Ports) -> Campaign:
    """Return the campaign of a document that this person may approve.

    Raises:
        ApprovalRequired: the approver is the author, the document was edited, is not the newest
            of its campaign, or was made for another version of the module.
        NotFound: there is no such campaign.
        NotNow: it was started already, or called off.
    """
    campaign = _of(document, ports)
    if campaign.status not in {CampaignStatus.PLANNED, CampaignStatus.APPROVED}:
        msg = f"{campaign.id} is {campaign.status.value}; there is nothing to approve"
        raise NotNow(msg)
    if approver.strip().casefold() in {"", campaign.author.strip().casefold()}:
        msg = f"{campaign.author} made the plan; somebody else has to approve it"
        raise ApprovalRequired(msg)
    return campaign


def approve(document: PlanDocument, approver: str, ports: Ports) -> Campaign:
    """Bind the approval of a second person to the document's digest.

    Raises:
        ApprovalRequired, NotFound, NotNow: as `may_approve` does.
    """
    campaign = may_approve(document, approver, ports)
    text = f"{approver} approved the plan {document.digest[:12]}"
    approved = replace(moved(campaign, CampaignStatus.APPROVED, text), approver=approver)
    return ports.campaigns.save(approved, [said(campaign, ports.clock.now(), text)])


def may_start(document: PlanDocument, ports: Ports) -> Campaign:
    """Return the campaign of a document that is approved and not under way yet.

    Raises:
        ApprovalRequired: nobody approved it, or it is not what was approved.
        NotFound: there is no such campaign.
        NotNow: it was started already, or called off.
    """
    campaign = _of(document, ports)
    if campaign.status is CampaignStatus.PLANNED:
        msg = f"nobody has approved the plan of {campaign.id}"
        raise ApprovalRequired(msg, hint="enrollmend campaign approve FILE, by a second person")
    if campaign.status not in {CampaignStatus.APPROVED, CampaignStatus.STARTING}:
        msg = f"{campaign.id} is {campaign.status.value} already"
        raise NotNow(msg)
    return campaign


def start(
    document: PlanDocument, ports: Ports, *, leave: Collection[str] = frozenset()
) -> Campaign:
    """Put the approved plan into the runs and let the controller release the first wave.

    Args:
        document: the approved plan.
        ports: the world.
        leave: `DeviceName.key` of devices to be left alone: theirs are called off.

    Raises:
        ApprovalRequired, NotFound, NotNow: as `may_start` does.
        InvalidInput: a share comes to nothing for so many devices.
    """
    campaign = may_start(document, ports)
    now = ports.clock.now()
    to_do = [each for each in document.devices if each.verdict is not Verdict.ALREADY_ENROLLED]
    names = [DeviceName(each.device) for each in to_do]
    left_out = [run_id(campaign.id, name) for name in names if name.key in leave]
    course = replace(
        campaign.course,
        skipped=len(document.devices) - len(to_do) + len(left_out),
        budget=document.resolved_budget,
        cause_budgets=cause_budgets(document.policy.spread, len(document.devices)),
        started=now,
        moved=now,
    )
    try:
        if campaign.status is CampaignStatus.APPROVED:
            starting = replace(moved(campaign, CampaignStatus.STARTING, ""), course=course)
            campaign = ports.campaigns.save(starting)
        call_off_some(left_out, ports)
        _put_into_runs(campaign, document, to_do, ports)
        _limit(campaign, document, ports)
        return _let_run(campaign, course, document, ports)
    except RunChanged as error:
        now_ = ports.campaigns.load(campaign.id)
        msg = f"{campaign.id} is {now_.status.value}: somebody steered it while it was started"
        raise NotNow(msg, hint=f"enrollmend campaign show {campaign.id}") from error


def _let_run(campaign: Campaign, course: Course, document: PlanDocument, ports: Ports) -> Campaign:
    mine = devices(len(document.devices) - course.skipped)
    text = (
        f"started: {mine}, at most {course.budget} may fail "
        f"({document.policy.spread.max_failures} of {len(document.devices)})"
    )
    running = replace(moved(campaign, CampaignStatus.RUNNING, text), course=course)
    return ports.campaigns.save(running, [said(campaign, ports.clock.now(), text)])


def rerun(
    campaign_id: str,
    states: Sequence[RunState | Verdict],
    author: str,
    ports: Ports,
    *,
    name: str = "",
    takes: Callable[[Run], bool] | None = None,
) -> Campaign:
    """Plan a new campaign over those devices of another that ended, or rest, in certain states.

    Args:
        campaign_id: the other.
        states: of its devices.
        author: who plans; cannot approve.
        ports: the world.
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


def _of(document: PlanDocument, ports: Ports) -> Campaign:
    """Return the campaign of a document that is whole, the newest, and can be carried out here."""
    if digest_of_document(document) != document.digest:
        msg = f"the plan of {document.campaign} was changed after it was written"
        raise ApprovalRequired(msg, hint="write it again, and have that approved")
    campaign = ports.campaigns.load(document.campaign)
    if campaign.plan != document.digest:
        msg = f"this is not the newest plan of {document.campaign}"
        raise ApprovalRequired(msg, hint="take the one that was written last")
    if document.module != module.digest_with(ports.own_digest):
        msg = "the plan was made for another version of the PowerShell module"
        if ports.own_digest:
            msg += ", or for other steps of the site's own"
        raise ApprovalRequired(msg, hint="plan again with this version")
    return campaign


def _put_into_runs(
    campaign: Campaign, document: PlanDocument, to_do: Sequence[DevicePlan], ports: Ports
) -> None:
    """Give every device what was approved for it, and let it wait for its wave."""
    now = ports.clock.now()
    union = union_of(to_do) if document.policy.unseen_allowed else ()
    deadline = (campaign.course.started or now) + timedelta(
        seconds=document.policy.patience_seconds
    )
    of = partial(approved_for, union=union, module=document.module)
    ordered = iter(in_turn(to_do))
    while some := list(islice(ordered, _PAGE)):
        known = {run_id(campaign.id, DeviceName(each.device)): each for each in some}
        batch = [
            replace(_to_be_done(run, document.options, deadline, of(known[run.id])), updated=now)
            for run in ports.control.load_runs(list(known))
            if run.options.approved is None and run.state is not RunState.CANCELLED
        ]
        ports.control.replace_runs(batch, now, unreleased=True)


def _to_be_done(run: Run, options: RunOptions, deadline: datetime, approved: Approved) -> Run:
    """Return a run that read its device as one that waits for its wave."""
    return replace(
        run,
        state=RunState.QUEUED,
        due=None,
        verdict=None,
        reason="",
        next_action="",
        plan=None,
        attempt=0,
        tries=(),
        options=replace(options, deadline=deadline, approved=approved),
    )


def _limit(campaign: Campaign, document: PlanDocument, ports: Ports) -> None:
    policy = document.policy
    ports.caps.limit(f"campaign:{campaign.id}", policy.spread.max_parallel)
    ports.control.open_windows(campaign.id, openings(policy, ports.clock.now()))


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
