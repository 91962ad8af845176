"""The controller: one look at every campaign that wants one, and one decision for each.

- It keeps nothing: what it decides follows from what is counted, so that it can be killed at any
  moment and done by another worker, and doing it twice at once is harmless.
- Every decision is an entry of the campaign's history, kept together with what it changes.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from orchestrator.domain.campaign import Campaign, CampaignStatus
from orchestrator.domain.campaign_rules import ended, moved, openings, progress_of
from orchestrator.domain.events import Cancelled
from orchestrator.domain.retry import Timings
from orchestrator.domain.run import FINAL, RunState
from orchestrator.domain.share import devices
from orchestrator.domain.step import apply
from orchestrator.domain.wave import Alarm, EndWave, Finish, Hold, Release, Stop, next_command
from orchestrator.errors import InvalidInput, NotFound, QueueError, RunChanged, StoreError
from orchestrator.usecases.campaign_entries import said

if TYPE_CHECKING:
    from collections.abc import Sequence

    from orchestrator.domain.campaign_tally import Tally
    from orchestrator.domain.run import Run
    from orchestrator.domain.wave import WaveCommand
    from orchestrator.usecases.ports import Ports

_log = logging.getLogger(__name__)

_AT_ONCE: Final = 5_000
"""Runs that are let go, or called off, in one look: about a second."""

_PAGE: Final = 1_000
_S = CampaignStatus


def tick(ports: Ports) -> None:
    """Look at every campaign that wants a controller, once.

    One that cannot be looked at is stopped with the reason, and holds no other back.

    Raises:
        StoreError: the ledger cannot be reached, or refuses writes; nothing was done by halves.
    """
    for campaign in ports.control.going():
        try:
            _look_at(campaign, ports)
        except RunChanged:
            continue  # somebody steered it meanwhile: the next look sees how
        except NotFound:
            continue  # forgotten meanwhile
        except (StoreError, QueueError):
            raise
        except InvalidInput as error:
            _stop(campaign, str(error), ports)
        except Exception as error:  # noqa: BLE001 - a fault of ours must not hold others back
            _log.exception("campaign %s cannot go on", campaign.id)
            _stop(campaign, f"{type(error).__name__}: {error}", ports)


def _stop(campaign: Campaign, why: str, ports: Ports) -> None:
    """Stop a campaign that cannot go on; one that does not run is told about in the log."""
    text = f"cannot go on: {why}"
    if campaign.status is not _S.RUNNING:
        _log.warning("campaign %s %s", campaign.id, text)
        return
    stopped = moved(campaign, _S.STOPPED, text)
    try:
        ports.campaigns.save(stopped, [said(stopped, ports.clock.now(), text, kind="decision")])
    except (RunChanged, NotFound):
        return  # somebody steered it, or forgot it, meanwhile


def _look_at(campaign: Campaign, ports: Ports) -> None:
    if campaign.status is _S.CANCELLING:
        call_off(campaign, ports)
        return
    tally = ports.control.tally(campaign.id)
    if campaign.status is _S.PLANNING:
        _planning(campaign, tally, ports)
        return
    now = ports.clock.now()
    spans = openings(campaign.policy, now)
    if spans:
        ports.control.open_windows(campaign.id, spans)
    if tally.owed:
        ports.control.release(campaign.id, now, _AT_ONCE)
        return
    progress = progress_of(campaign, tally, now)
    _carry_out(next_command(progress, campaign.policy.spread, now), campaign, ports)


def _planning(campaign: Campaign, tally: Tally, ports: Ports) -> None:
    if tally.counts.unfinished:
        return
    text = devices(
        tally.counts.targets,
        "its device was read or was away",
        "all {} devices were read or were away",
    )
    planned = moved(campaign, _S.PLANNED, text)
    ports.campaigns.save(planned, [said(campaign, ports.clock.now(), text, kind="decision")])


def _carry_out(command: WaveCommand, campaign: Campaign, ports: Ports) -> None:
    now, course = ports.clock.now(), campaign.course
    release = 0
    match command:
        case Hold():
            return
        case Release(wave=wave, count=count):
            changed = replace(
                campaign, course=replace(course, wave=wave, wave_ended=None, moved=now)
            )
            release = count
        case EndWave():
            changed = replace(campaign, course=replace(course, wave_ended=now))
        case Alarm():
            changed = replace(campaign, course=replace(course, alarmed=now))
        case Stop():
            stopped = moved(campaign, _S.STOPPED, command.reason)
            changed = replace(stopped, course=replace(stopped.course, setting=command.setting))
        case Finish():
            changed = ended(campaign, _S.FINISHED, command.reason, now)
    told = said(changed, now, command.reason, kind="decision")
    ports.campaigns.save(changed, [told], release=release)
    if release:
        ports.control.release(campaign.id, now, min(release, _AT_ONCE))


def call_off(campaign: Campaign, ports: Ports) -> Campaign:
    """Settle some of what is unsettled in a campaign that is called off; return how it is now.

    Raises:
        StoreError: the ledger cannot be reached, or refuses writes.
    """
    now, left = ports.clock.now(), _AT_ONCE
    for state in RunState:
        while state not in FINAL and left > 0:
            page = ports.campaigns.page(campaign.id, state, limit=_PAGE)
            if not page.runs:
                break
            ports.control.replace_runs(
                [_called_off(run, ports) for run in page.runs], now, text="called off"
            )
            left -= len(page.runs)
    if ports.campaigns.counts(campaign.id).unfinished:
        return campaign
    text = campaign.course.reason
    try:
        return ports.campaigns.save(ended(campaign, _S.CANCELLED, text, now))
    except RunChanged:
        return ports.campaigns.load(campaign.id)


def call_off_some(run_ids: Sequence[str], ports: Ports) -> None:
    """Call single devices of a campaign off, though they were settled when they were read.

    Raises:
        StoreError: the ledger cannot be reached, or refuses writes.
    """
    for begin in range(0, len(run_ids), _PAGE):
        now, runs = ports.clock.now(), ports.control.load_runs(run_ids[begin : begin + _PAGE])
        called_off = [
            replace(run, state=RunState.CANCELLED, verdict=None, due=None, updated=now)
            for run in runs
            if run.state is not RunState.CANCELLED
        ]
        ports.control.replace_runs(called_off, now, text="left alone: on the exclusion list")


def _called_off(run: Run, ports: Ports) -> Run:
    return apply(run, Cancelled(at=ports.clock.now()), Timings())
