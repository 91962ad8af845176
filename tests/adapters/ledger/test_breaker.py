"""Wrong passwords stop campaigns before the account locks: in Valkey and in memory."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from orchestrator.adapters.connection import AuthKind
from orchestrator.adapters.credentials import AccountBrake, Login
from orchestrator.adapters.ledger import RedisAccounts
from orchestrator.adapters.memory import CountedIds, ManualClock, MemoryBell, MemoryLedger
from orchestrator.adapters.memory_presence import MemoryAccounts
from orchestrator.domain.campaign import CampaignStatus
from orchestrator.domain.run import RunState, Verdict
from orchestrator.domain.share import Share
from orchestrator.errors import AuthenticationRefused, PolicyRefused
from orchestrator.usecases.advance import advance
from orchestrator.usecases.campaigns import resume
from orchestrator.usecases.ports import Ports

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.domain.device import DeviceName
    from orchestrator.domain.run import Run
    from orchestrator.usecases.presence_ports import Accounts

SECRET = "hunter2-canary"


class LetIn:
    """A session with a device that lets nobody do anything."""

    def invoke(self, *_: object, **__: object) -> list[dict[str, object]]:
        raise PolicyRefused("let in, and nothing more is wanted")


@dataclass
class Doors:
    """Devices that know one password, and a worker's way to them.

    Attributes:
        brake: the worker's.
        login: what the worker tries.
        right: the password the devices know.
        tried: who was asked, in order.
    """

    brake: AccountBrake
    login: Login
    right: str = "right"
    tried: list[str] = field(default_factory=list)

    @contextmanager
    def open(self, device: DeviceName, *, seconds: float) -> Iterator[Any]:
        with self.brake.trying(self.login, str(device), seconds=0):
            self.tried.append(str(device))
            if self.login.password != self.right:
                raise AuthenticationRefused("refused", host=str(device), code="401")
        yield LetIn()

    def is_there(self, device: DeviceName) -> bool:
        return True


class Site:
    """A ledger with a running campaign, and workers that share what they know of accounts."""

    def __init__(self, ledger: Any, accounts: Accounts) -> None:
        self.ledger, self.accounts = ledger, accounts
        self.clock = ManualClock(ledger.now)
        self.campaign = ledger.campaign("c-1").id

    def worker(self, password: str = SECRET, user: str = "CORP\\svc", limit: int = 3) -> Doors:
        login = Login(kind=AuthKind.NTLM, username=user, password=password)
        return Doors(AccountBrake(limit, self.accounts, now=self.clock.now), login)

    def ports(self, doors: Doors) -> Ports:
        ledger = self.ledger
        return Ports(
            clock=self.clock,
            ids=CountedIds(),
            runs=ledger.runs,
            leases=ledger.leases,
            agenda=ledger.agenda,
            feed=ledger.feed,
            bell=MemoryBell(),
            sessions=doors,
            presence=doors,
            campaigns=ledger.campaigns,
            control=ledger.control,
            caps=ledger.caps,
            workers=ledger.workers,
            accounts=self.accounts,
        )

    def work(self, run: Run, doors: Doors) -> Run:
        advance(run.id, self.ports(doors), holder="w")
        after: Run = self.ledger.runs.load(run.id)
        return after

    def add(self, number: int, campaign: str = "c-1") -> Run:
        run: Run = self.ledger.add(f"PC-{number}", campaign=campaign)
        return run

    def status(self, campaign: str = "c-1") -> CampaignStatus:
        status: CampaignStatus = self.ledger.campaigns.load(campaign).status
        return status


@pytest.fixture
def site(ledger: Any, request: pytest.FixtureRequest) -> Site:
    if isinstance(ledger.runs, MemoryLedger):
        return Site(ledger, MemoryAccounts())
    return Site(ledger, RedisAccounts(request.getfixturevalue("store")))


def test_three_devices_that_refuse_the_account_pause_the_campaign(site: Site) -> None:
    runs = [site.add(number) for number in range(10)]
    doors = site.worker()
    for run in runs:
        site.work(run, doors)
    assert doors.tried == ["PC-0", "PC-1", "PC-2"]
    assert site.status() is CampaignStatus.PAUSED
    states = [site.ledger.runs.load(run.id).state for run in runs]
    assert states == [RunState.SETTLED] * 3 + [RunState.QUEUED] * 7


def test_the_decision_names_the_account_and_the_devices_and_never_the_secret(site: Site) -> None:
    doors = site.worker()
    for number in range(3):
        site.work(site.add(number), doors)
    entries = [entry for _, entry in site.ledger.campaigns.events("c-1")]
    decisions = [entry for entry in entries if entry.kind == "decision"]
    assert len(decisions) == 1
    assert decisions[0].text == (
        "paused: 3 devices in a row refused the account CORP\\svc (PC-0, PC-1, PC-2); correct its "
        "password or rights before the domain locks it, then resume"
    )
    assert decisions[0].state == "paused"
    assert SECRET not in repr(entries)


def test_every_running_campaign_is_paused_and_no_other_is_touched(site: Site) -> None:
    site.ledger.campaign("c-2")
    site.ledger.campaign("c-3", status=CampaignStatus.APPROVED)
    doors = site.worker()
    for number in range(3):
        site.work(site.add(number), doors)
    assert site.status("c-2") is CampaignStatus.PAUSED
    assert site.status("c-3") is CampaignStatus.APPROVED


def test_the_count_is_that_of_all_workers(site: Site) -> None:
    workers = [site.worker() for _ in range(3)]
    for number, doors in enumerate(workers):
        site.work(site.add(number), doors)
    assert site.status() is CampaignStatus.PAUSED


def test_a_good_login_resets_the_count(site: Site) -> None:
    doors = site.worker()
    site.work(site.add(1), doors)
    site.work(site.add(2), doors)
    site.work(site.add(3), site.worker("right"))
    site.work(site.add(4), doors)
    site.work(site.add(5), doors)
    assert site.status() is CampaignStatus.RUNNING


def test_a_device_that_was_not_tried_has_not_failed_and_goes_on_after_the_resume(
    site: Site,
) -> None:
    doors = site.worker()
    for number in range(3):
        site.work(site.add(number), doors)
    site.ledger.campaigns.set_status("c-1", CampaignStatus.RUNNING, site.clock.now())
    spared = site.work(site.add(9), doors)
    assert spared.state is RunState.WAITING
    assert doors.tried == ["PC-0", "PC-1", "PC-2"]
    assert "CORP\\svc" in spared.reason
    site.ledger.campaigns.set_status("c-1", CampaignStatus.PAUSED, site.clock.now())
    resume("c-1", "ada", site.ports(doors), max_failures=Share(value="9"))
    site.ledger.agenda.hasten([spared.id], site.clock.now())
    doors.login = site.worker("right").login
    assert site.work(spared, doors).state is RunState.SETTLED
    assert doors.tried[-1] == "PC-9"


def test_a_single_fix_with_another_account_is_not_hit(site: Site) -> None:
    doors = site.worker()
    for number in range(3):
        site.work(site.add(number), doors)
    mine = site.work(site.add(9, campaign=""), site.worker("right", user="CORP\\ada"))
    assert mine.state is RunState.SETTLED
    assert "let in" in mine.reason


def test_a_single_fix_with_the_same_account_is_told_and_not_tried(site: Site) -> None:
    doors = site.worker()
    for number in range(3):
        site.work(site.add(number), doors)
    mine = site.work(site.add(9, campaign=""), doors)
    assert mine.verdict is Verdict.FAILED
    assert mine.reason == (
        "not tried: 3 devices in a row refused the account CORP\\svc "
        "(nothing was sent to the device)"
    )
    assert doors.tried[-1] == "PC-2"


def test_a_corrected_password_is_noticed_by_a_worker_that_runs_and_by_a_new_one(
    site: Site,
) -> None:
    doors = site.worker()
    for number in range(3):
        site.work(site.add(number, campaign=""), doors)
    fresh = site.worker("right")
    assert "let in" in site.work(site.add(8, campaign=""), fresh).reason
    for number in range(3, 6):
        site.work(site.add(number, campaign=""), doors)
    doors.login = fresh.login
    assert "let in" in site.work(site.add(9, campaign=""), doors).reason


def test_a_new_worker_with_the_wrong_password_tries_it_once(site: Site) -> None:
    doors = site.worker()
    for number in range(3):
        site.work(site.add(number, campaign=""), doors)
    again = site.worker()
    for number in range(4, 8):
        site.work(site.add(number, campaign=""), again)
    assert again.tried == ["PC-4"]


def test_a_campaign_that_is_started_afterwards_is_paused_and_fails_no_device(site: Site) -> None:
    doors = site.worker()
    for number in range(3):
        site.work(site.add(number), doors)
    site.ledger.campaign("c-2")
    run = site.work(site.add(9, campaign="c-2"), doors)
    assert site.status("c-2") is CampaignStatus.PAUSED
    assert run.state is RunState.WAITING
    [(_, entry)] = [
        each for each in site.ledger.campaigns.events("c-2") if each[1].kind == "decision"
    ]
    assert entry.text == (
        "paused: not tried: 3 devices in a row refused the account CORP\\svc; correct its password "
        "or rights before the domain locks it, then resume"
    )


def test_a_campaign_that_is_being_planned_waits_and_says_why(site: Site) -> None:
    site.ledger.campaign("c-2", status=CampaignStatus.PLANNING)
    doors = site.worker()
    for number in range(3):
        site.work(site.add(number, campaign="c-2"), doors)
    spared = site.add(9, campaign="c-2")
    for _ in range(10):
        spared = site.work(spared, doors)
        assert spared.state is RunState.WAITING
        assert spared.due is not None
        site.clock.move(timedelta(minutes=1))
        site.ledger.agenda.hasten([spared.id], site.clock.now())
    assert doors.tried == ["PC-0", "PC-1", "PC-2"]
    assert site.status("c-2") is CampaignStatus.PLANNING
    decisions = [each for _, each in site.ledger.campaigns.events("c-2") if each.kind == "decision"]
    assert [entry.text.partition(" (")[0] for entry in decisions] == [
        "waits: 3 devices in a row refused the account CORP\\svc"
    ]
    doors.login = site.worker("right").login
    assert "let in" in site.work(spared, doors).reason
