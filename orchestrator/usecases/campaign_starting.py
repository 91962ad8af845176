"""Having a plan approved by a second person, and starting it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Final

from orchestrator import module
from orchestrator.domain.campaign import Campaign, CampaignStatus, Course, run_id
from orchestrator.domain.campaign_plan import (
    PlanDocument,
    approved_for,
    digest_of_document,
    in_turn,
    union_of,
)
from orchestrator.domain.campaign_rules import is_author, moved, openings
from orchestrator.domain.device import DeviceName
from orchestrator.domain.run import Run, RunOptions, RunState, Verdict
from orchestrator.domain.share import devices
from orchestrator.domain.wave import cause_budgets
from orchestrator.errors import ApprovalRequired, NotNow, RunChanged
from orchestrator.usecases.campaign_entries import said
from orchestrator.usecases.campaign_tick import call_off_some

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from orchestrator.domain.approval import Approved
    from orchestrator.domain.campaign_plan import DevicePlan
    from orchestrator.usecases.ports import Ports

_PAGE: Final = 1_000


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
    if not approver.strip() or is_author(campaign, approver):
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
    document: PlanDocument, ports: Ports, *, leave: Collection[str] = frozenset(), who: str = ""
) -> Campaign:
    """Put the approved plan into the runs and let the controller release the first wave.

    Args:
        document: the approved plan.
        ports: the world.
        leave: `DeviceName.key` of devices to be left alone: theirs are called off.
        who: who starts it, for the history.

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
        return _let_run(campaign, course, document, ports, who=who)
    except RunChanged as error:
        now_ = ports.campaigns.load(campaign.id)
        msg = f"{campaign.id} is {now_.status.value}: somebody steered it while it was started"
        raise NotNow(msg, hint=f"enrollmend campaign show {campaign.id}") from error


def _let_run(
    campaign: Campaign, course: Course, document: PlanDocument, ports: Ports, *, who: str
) -> Campaign:
    mine = devices(len(document.devices) - course.skipped)
    text = (
        f"started{f' by {who}' if who else ''}: {mine}, at most {course.budget} may fail "
        f"({document.policy.spread.max_failures} of {len(document.devices)})"
    )
    running = replace(moved(campaign, CampaignStatus.RUNNING, text), course=course)
    return ports.campaigns.save(running, [said(campaign, ports.clock.now(), text)])


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
    options = replace(document.options, deadline=deadline)
    of = partial(approved_for, union=union, module=document.module)
    ordered = iter(in_turn(to_do))
    while some := list(islice(ordered, _PAGE)):
        known = {run_id(campaign.id, DeviceName(each.device)): each for each in some}
        batch = [
            _to_be_done(run, options, of(known[run.id]), now)
            for run in ports.control.load_runs(list(known))
            if run.options.approved is None and run.state is not RunState.CANCELLED
        ]
        ports.control.replace_runs(batch, now, unreleased=True)


def _to_be_done(run: Run, options: RunOptions, approved: Approved, now: datetime) -> Run:
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
        options=replace(options, approved=approved),
        updated=now,
    )


def _limit(campaign: Campaign, document: PlanDocument, ports: Ports) -> None:
    policy = document.policy
    ports.caps.limit(f"campaign:{campaign.id}", policy.spread.max_parallel)
    ports.control.open_windows(campaign.id, openings(policy, ports.clock.now()))
