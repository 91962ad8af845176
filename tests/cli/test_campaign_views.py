"""What is shown of campaigns at 80 columns, to the letter."""

from __future__ import annotations

import io
from datetime import timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from rich.console import Console

from orchestrator.cli.campaign_report import Clones, report_rows
from orchestrator.cli.campaign_watch import watch_campaign
from orchestrator.cli.campaign_words import (
    exit_code,
    headline,
    nothing_to_see,
    one_line,
    state_counts,
)
from orchestrator.cli.house import House
from orchestrator.cli.terminal import Terminal
from orchestrator.cli.views.campaigns import (
    campaign_view,
    campaigns_table,
    plan_view,
    report_view,
    watch_view,
)
from orchestrator.domain.campaign import Campaign, CampaignPolicy, CampaignStatus, Counts, Course
from orchestrator.domain.campaign_plan import DevicePlan, PlanDocument
from orchestrator.domain.campaign_view import Overview
from orchestrator.domain.findings import Owner
from orchestrator.domain.plan import Decision, PlannedStage
from orchestrator.domain.run import RunOptions, RunState, Verdict
from orchestrator.domain.share import Share
from orchestrator.domain.wave import WavePolicy
from orchestrator.errors import QueueError
from orchestrator.usecases import campaigns
from orchestrator.usecases.campaigns import News
from orchestrator.usecases.ports import Entry

if TYPE_CHECKING:
    from datetime import datetime

    from orchestrator.domain.run import Run


def shown(view: Any, *, width: int = 80) -> str:
    stream = io.StringIO()
    Console(file=stream, width=width, color_system=None, highlight=False).print(view)
    return "".join(f"{line.rstrip()}\n" for line in stream.getvalue().splitlines())


def campaign(at: datetime, **changes: Any) -> Campaign:
    given: dict[str, Any] = {
        "id": "c-7k2m",
        "name": "Berlin laptops",
        "created": at,
        "author": "ada",
        "status": CampaignStatus.RUNNING,
        "course": Course(started=at, wave=3),
    }
    return Campaign(**(given | changes))


def overview(at: datetime, **changes: Any) -> Overview:
    counts = Counts.of(
        {RunState.QUEUED: 6430, RunState.REPAIRING: 107, RunState.AWAY: 3190},
        {Verdict.ENROLLED: 431, Verdict.ALREADY_ENROLLED: 40, Verdict.FAILED: 9},
        10207,
    )
    given: dict[str, Any] = {
        "campaign": campaign(at),
        "at": at,
        "targets": counts.targets,
        "states": counts.states,
        "verdicts": counts.verdicts,
        "released": 538,
        "working": 107,
        "failures": 9,
        "budget": 107,
        "failures_by_cause": {"quota": 9},
        "causes": {"legacy_intune_agent": 5380, "quota": 9},
        "owners": {"device": 5389},
        "wave": 3,
        "waves": 4,
        "standing": "wave 3: 107 of 538 still at work",
        "eta": at + timedelta(minutes=254),
    }
    return Overview(**(given | changes))


def _waits(at: datetime, working: int, *names: str) -> str:
    counts = Counts.of({RunState.REPAIRING: working}, {Verdict.ENROLLED: 19 - working}, 19)
    view = overview(
        at,
        wave=2,
        waves=3,
        released=19,
        states=counts.states,
        verdicts=counts.verdicts,
        standing=f"wave 2: {working} of 19 still at work",
        holding=names,
    )
    return headline(view)


def test_the_line_of_a_wave_names_whom_it_waits_for(make: Any) -> None:
    now = make["run"]().created
    names = ("PC-7", "PC-8", "PC-9")
    assert _waits(now, 1, "PC-7") == "wave 2 of 3: 1 of 19 still at work: PC-7"
    assert _waits(now, 3, *names) == "wave 2 of 3: 3 of 19 still at work: PC-7, PC-8, PC-9"
    assert _waits(now, 5, *names).endswith("5 of 19 still at work: PC-7, PC-8, PC-9 and 2 more")


CAMPAIGN = """\
c-7k2m  Berlin laptops  running
wave 3 of 4: 107 of 538 still at work
━                             480 of 10,207 settled, 4 %
failed 9 of a budget of 107   working 107   away 3,190   eta 4 h 14 m

STATE              DEVICES
──────────────────────────
already enrolled        40
enrolled               431
failed                   9
queued               6,430
repairing              107
away                 3,190
total               10,207

CAUSE                 DEVICES   OWNER    WHAT IT IS
────────────────────────────────────────────────────────────────────────────────
legacy_intune_agent     5,380   device   the legacy Intune PC client is
                                         installed, which blocks MDM enrollment
quota                       9

has to act: device 5,389
"""


def test_a_campaign_in_full(make: Any) -> None:
    assert shown(campaign_view(overview(make["run"]().created))) == CAMPAIGN


DECIDED = """
WHEN                   DECIDED
────────────────────────────────────────────────────────────────────────────────
2026-11-25 09:00:00Z   planned by ada
2026-11-25 09:00:00Z   wave 1 releases 5 of 29 devices (0 failed, budget 2), and
                       a text that is long
"""


def test_what_was_decided_stands_below_a_campaign(make: Any) -> None:
    at = make["run"]().created
    texts = (
        "planned by ada",
        "wave 1 releases 5 of 29 devices (0 failed, budget 2), and a text that is long",
    )
    decided = [
        Entry(run_id="", device="", at=at, kind="note", state="", text=text) for text in texts
    ]
    assert shown(campaign_view(overview(at), decided)) == CAMPAIGN + DECIDED


WATCH = """\
c-7k2m  Berlin laptops  running
wave 3 of 4: 107 of 538 still at work
━                             480 of 10,207 settled, 4 %
failed 9 of a budget of 107   working 107   away 3,190   eta 4 h 14 m
already enrolled 40 · enrolled 431 · failed 9 · queued 6,430 · repairing 107 ·
away 3,190 = 10,207
causes legacy_intune_agent 5,380 · quota 9
"""


def test_what_is_redrawn_while_it_is_watched(make: Any) -> None:
    assert shown(watch_view(overview(make["run"]().created))) == WATCH


def test_a_campaign_on_one_line_of_a_log(make: Any) -> None:
    assert one_line(overview(make["run"]().created)) == (
        "wave 3 of 4: 480 of 10,207 settled, failed 9 of a budget of 107, working 107, "
        "away 3,190, eta 4 h 14 m"
    )


def test_the_counts_that_are_shown_add_up_for_every_state_and_verdict(make: Any) -> None:
    states = dict.fromkeys(RunState, 2)
    verdicts = dict.fromkeys(Verdict, 3)
    counts = Counts.of(states, verdicts, 2 * len(RunState) + 3 * len(Verdict))
    view = overview(make["run"]().created, states=counts.states, verdicts=counts.verdicts)
    assert sum(count for _, count in state_counts(view)) == counts.targets


CAMPAIGNS = """\
CAMPAIGN   STATUS    SETTLED      FAILED   CREATED            NAME
────────────────────────────────────────────────────────────────────────────
c-7k2m     running   480/10,207   9        2026-11-25 09:00   Berlin laptops
"""


def test_the_list_of_campaigns(make: Any) -> None:
    assert shown(campaigns_table([overview(make["run"]().created)])) == CAMPAIGNS


PLAN = """\
c-7k2m  Berlin laptops
planned by ada at 2026-11-25 09:00Z

WOULD BE              DEVICES
─────────────────────────────
repaired                   60
looked for (away)          25
left to their owner        10
enrolled already            5
total                     100

CAUSE                      DEVICES   OWNER    WHAT IT IS
────────────────────────────────────────────────────────────────────────────────
legacy_intune_agent             60   device   the legacy Intune PC client is
                                              installed, which blocks MDM
                                              enrollment
join_quota_reached              10   tenant   the quota of joined devices is
                                              reached
already_enrolled_healthy         5   nobody   already enrolled in Intune, and
                                              healthy

stages  agents 60 · trigger 60
waves   5, 100%; at most 2 (2% of 100) may fail
at once 2 devices at most: no more than may still fail
pause   20m after each wave
absent  tried for 14d; PCs that were not read are only read
sha256  6f0c6f0c6f0c6f0c6f0c6f0c6f0c6f0c6f0c6f0c6f0c6f0c6f0c6f0c6f0c6f0c
"""


def device_plans() -> list[DevicePlan]:
    stages = tuple(PlannedStage(name=name, reason="r") for name in ("agents", "trigger"))
    kinds: list[tuple[int, dict[str, Any]]] = [
        (
            60,
            {
                "verdict": Verdict.DIAGNOSED,
                "decision": Decision.REPAIR,
                "cause": "legacy_intune_agent",
                "stages": stages,
            },
        ),
        (25, {"verdict": Verdict.AWAY_EXPIRED}),
        (
            10,
            {
                "verdict": Verdict.DIAGNOSED,
                "decision": Decision.OWNER,
                "cause": "join_quota_reached",
            },
        ),
        (
            5,
            {
                "verdict": Verdict.ALREADY_ENROLLED,
                "decision": Decision.NOTHING,
                "cause": "already_enrolled_healthy",
            },
        ),
    ]
    return [
        DevicePlan(device=f"PC-{count}-{number}", **values)
        for count, values in kinds
        for number in range(count)
    ]


def test_what_a_plan_would_do(make: Any) -> None:
    document = PlanDocument(
        campaign="c-7k2m",
        name="Berlin laptops",
        author="ada",
        created=make["run"]().created,
        module="m",
        policy=CampaignPolicy(
            spread=WavePolicy(waves=(Share(value="5"), Share(value="100", percent=True)))
        ),
        devices=tuple(device_plans()),
        digest="6f0c" * 16,
    )
    assert shown(plan_view(document)) == PLAN


def test_whoever_approves_a_plan_reads_all_that_it_allows(make: Any) -> None:
    document = PlanDocument(
        campaign="c-7k2m",
        name="Berlin laptops",
        author="ada",
        created=make["run"]().created,
        module="m",
        options=RunOptions(reboot="allow", allow_configmgr_removal=True),
        policy=CampaignPolicy(
            spread=WavePolicy(
                bake_seconds=90,
                max_failures=Share(value="100", percent=True),
                cause_failures=(("clock_skew", Share(value="90", percent=True)),),
                max_parallel=7,
                gates=(1, 2),
            ),
            site_most=3,
            window="Mon-Fri 18:00-06:00 Europe/Berlin",
            site_windows=(("HAM", "Sat 08:00-20:00"),),
            patience_seconds=7200,
            unseen_allowed=True,
        ),
        devices=tuple(device_plans()),
        digest="6f0c" * 16,
    )
    assert shown(plan_view(document)).partition("may fail\n")[2].splitlines()[:-1] == [
        "pause   90s after each wave; wave 1, 2 waits to be promoted",
        "at once 7 devices at most",
        "a site  3 at a time",
        "causes  of one at most clock_skew 90 (90% of 100) may fail",
        "window  Mon-Fri 18:00-06:00 Europe/Berlin",
        "window  HAM Sat 08:00-20:00 (UTC)",
        "absent  tried for 2h; PCs that were not read may have the stages of the others",
        "restart where one is needed, also with somebody signed in",
        "removal of orphaned ConfigMgr clients",
    ]


REPORT = """\
CAUSE                 DEVICES   GOOD   BLOCKED   FAILED   OTHER   OPEN
──────────────────────────────────────────────────────────────────────
legacy_intune_agent         3      1         0        1       0      1
join_quota_reached          1      0         1        0       0      0
-                           1      0         0        0       1      0
total                       5      1         1        1       1      1

legacy_intune_agent  enrollmend campaign rerun c-7k2m --state
                     failed,cause:legacy_intune_agent
join_quota_reached   Entra admin center > Devices > Device settings: raise the
                     maximum, or tidy up
"""


def runs(make: Any) -> list[Run]:
    found = {"diagnosis": make["diagnosis"](), "owner": Owner.DEVICE}
    quota = make["diagnosis"](findings=(make["finding"]("join_quota_reached"),))
    settled = {"state": RunState.SETTLED}
    return [
        make["run"]("PC-1", **settled, verdict=Verdict.ENROLLED, **found),
        make["run"]("PC-2", **settled, verdict=Verdict.FAILED, **found),
        make["run"]("PC-3", state=RunState.AWAY, **found),
        make["run"](
            "PC-4",
            **settled,
            verdict=Verdict.NEEDS_OWNER,
            owner=Owner.TENANT,
            diagnosis=quota,
        ),
        make["run"]("PC-5", state=RunState.CANCELLED, verdict=Verdict.CANCELLED),
    ]


def test_a_report_counts_each_device_once_and_says_what_is_next(make: Any) -> None:
    rows = report_rows(runs(make), "cause", "c-7k2m")
    assert shown(report_view("cause", rows)) == REPORT


def test_pcs_that_intune_takes_for_one_are_told(make: Any) -> None:
    def enrolled(name: str, dm_id: str) -> Run:
        found: Run = make["run"](name, diagnosis=make["diagnosis"](dm_id=dm_id))
        return found

    clones = Clones()
    seen = [enrolled("PC-1", "a"), enrolled("PC-2", "b"), enrolled("PC-3", "a")]
    seen += [enrolled("PC-4", ""), enrolled("PC-5", ""), make["run"]("PC-6")]
    assert list(clones.among(seen)) == seen
    (line,) = clones.lines()
    assert line.startswith("2 PCs have one id of Intune (EntDMID a): PC-1, PC-3. ")
    assert list(clones.among(enrolled(f"PC-1{n}", "b") for n in range(5)))
    assert "(EntDMID b): PC-2, PC-10, PC-11, PC-12, PC-13, ..." in clones.lines()[1]


def test_every_way_a_campaign_stands_has_its_exit_code(make: Any) -> None:
    at = make["run"]().created
    running = overview(at)
    assert exit_code(running) == 6
    assert not nothing_to_see(running)
    for status, code in ((CampaignStatus.STOPPED, 5), (CampaignStatus.CANCELLED, 5)):
        assert exit_code(overview(at, campaign=campaign(at, status=status))) == code
    finished = campaign(at, status=CampaignStatus.FINISHED)
    assert exit_code(overview(at, campaign=finished)) == 3
    all_good = Counts.of({}, {Verdict.ENROLLED: 3}, 3)
    good = overview(at, campaign=finished, verdicts=all_good.verdicts, targets=3)
    assert exit_code(good) == 0


def test_what_rests_for_a_pc_a_person_or_the_service_ends_the_watching(make: Any) -> None:
    at = make["run"]().created
    states = {RunState.AWAY: 2, RunState.HELD: 1, RunState.WAITING: 1}
    counts = Counts.of(states, {Verdict.ENROLLED: 3}, 7)
    resting = {"states": counts.states, "verdicts": counts.verdicts, "targets": 7, "working": 0}
    assert nothing_to_see(overview(at, **resting, parked=1))
    assert not nothing_to_see(overview(at, **resting, parked=0))


@pytest.mark.parametrize("status", [CampaignStatus.STOPPED, CampaignStatus.PAUSED])
def test_a_halted_campaign_is_watched_until_its_last_device_is_done(
    make: Any, status: CampaignStatus
) -> None:
    at = make["run"]().created
    stopped = campaign(at, status=status)
    assert exit_code(overview(at, campaign=stopped)) == 5
    assert not nothing_to_see(overview(at, campaign=stopped))
    assert nothing_to_see(overview(at, campaign=stopped, working=0))


class Screen(io.StringIO):
    """A terminal that keeps what was written."""

    def isatty(self) -> bool:
        return True


def test_on_a_terminal_the_lines_are_redrawn_and_leave_with_the_watching(
    bench: Any, make: Any, monkeypatch: Any
) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    bench.endings["PC-0001"] = make["settled"](Verdict.DIAGNOSED, plan=make["plan"]())
    bench.run("campaign", "plan", "-T", "PC-0001", "--name", "Berlin")
    (name,) = bench.ledger.state.campaigns
    err = Screen()
    house = House(terminal=Terminal(out=io.StringIO(), err=err, stdin=err), connect=bench.connect)
    ports = bench.ports()
    view = watch_campaign(
        house,
        None,  # type: ignore[arg-type]
        ports,
        name,
        seconds=60,
        enough=lambda view: view.campaign.status is CampaignStatus.PLANNED,
    )
    assert view is not None
    drawn = err.getvalue()
    assert "0 of 1 read, 0 %" in drawn
    assert "1 of 1 read, 100 %" in drawn
    assert "its device was read" in drawn
    assert drawn.rstrip().endswith("\x1b[2K")


class Later:
    """A clock on which a minute goes by between any two looks."""

    def __init__(self, at: datetime) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def monotonic(self) -> float:
        self.at += timedelta(seconds=61)
        return self.at.timestamp()


FULL = "the queue takes no message"


@pytest.mark.parametrize("live", [False, True])
def test_the_reason_of_a_quiet_that_lasts_is_told_once(
    make: Any, monkeypatch: pytest.MonkeyPatch, *, live: bool
) -> None:
    at = make["run"]().created
    full = QueueError(FULL, hint="raise its maxmemory")
    answers: list[Any] = [["worker"], [], [], full, full, []]

    def workers(_: object) -> Any:
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def quiet(*_: object, **__: object) -> Any:
        for number in range(8):
            settled = 2 if number < 6 else 3  # something happens; the next quiet is told anew
            counts = Counts.of({RunState.QUEUED: 7 - settled}, {Verdict.ENROLLED: settled}, 7)
            yield News(overview=overview(at, states=counts.states), entries=())

    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setattr(campaigns, "watch", quiet)
    monkeypatch.setattr(campaigns, "overview", lambda *_: overview(at))
    err = Screen() if live else io.StringIO()
    house = House(
        terminal=Terminal(out=io.StringIO(), err=err, stdin=err),
        connect=lambda _: None,  # type: ignore[arg-type]
        workers=workers,
    )
    ports = SimpleNamespace(clock=Later(at))
    watch_campaign(
        house,
        None,  # type: ignore[arg-type]
        ports,  # type: ignore[arg-type]
        "c-7k2m",
        seconds=1e9,
        enough=lambda _: False,
    )
    said = [line for line in err.getvalue().splitlines() if "nothing changes" in line]
    assert [line[line.index("nothing") :] for line in said] == [
        "nothing changes: no worker answers",
        f"nothing changes: {FULL}; raise its maxmemory",
        "nothing changes: no worker answers",
    ]
    assert answers == []
