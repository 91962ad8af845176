"""`queue` and `worker`: what waits, who works, and how one ends."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest

from orchestrator.adapters.memory import ManualClock
from orchestrator.domain.campaign import Campaign, CampaignPolicy, CampaignStatus
from orchestrator.domain.run import RunState, Verdict


def test_what_waits_is_counted_by_queue(bench: Any, make: Any) -> None:
    bench.run("campaign", "plan", "-T", "PC-0001", "-T", "PC-0002")
    bench.endings["PC-0003"] = make["resting"](RunState.AWAY)
    bench.run("fix", "-d", "PC-0003")
    (name,) = bench.ledger.state.campaigns
    document = json.loads(bench.run("queue", "stats", "-o", "json").out)
    assert document["on_demand"] == {"due": 0, "resting": 1}
    assert document["campaigns"] == {name: {"due": 2, "resting": 0}}
    ran = bench.run("queue", "stats")
    assert [line.split() for line in ran.out.splitlines()[2:]] == [
        ["on", "demand", "0", "1"],
        [name, "2", "0"],
    ]
    assert f"0 devices worked on\ncaps: campaign:{name} 200\n" in ran.err


def test_the_caps_of_campaigns_of_which_nothing_waits_are_data_and_no_talk(
    bench: Any, make: Any
) -> None:
    bench.endings["PC-0001"] = make["settled"](Verdict.DIAGNOSED, plan=make["plan"]())
    bench.run("campaign", "plan", "-T", "PC-0001", "--wait")
    (name,) = bench.ledger.state.campaigns
    ran = bench.run("queue", "stats", "-o", "json")
    assert json.loads(ran.out)["caps"] == {f"campaign:{name}": 200}
    assert "caps" not in ran.err


def test_the_queue_lists_what_is_unsettled(bench: Any, make: Any) -> None:
    bench.endings["PC-0001"] = make["settled"]()
    bench.run("fix", "PC-0001")
    bench.run("fix", "-d", "PC-0002")
    ran = bench.run("queue", "ls", "-o", "csv")
    assert [line.split(",")[0] for line in ran.out.splitlines()] == ["device", "PC-0002"]
    assert "1 run unsettled, 1 shown" in ran.err


def test_a_resting_run_can_be_made_due(bench: Any, make: Any) -> None:
    bench.endings["PC-0001"] = make["resting"](RunState.AWAY)
    bench.run("fix", "-d", "PC-0001")
    ran = bench.run("queue", "requeue", "PC-0001")
    assert ran.code == 0
    assert "(PC-0001) is due now" in ran.err


@pytest.mark.parametrize(
    ("status", "window", "told"),
    [
        (CampaignStatus.RUNNING, "", "(PC-0001) is due now\n"),
        (CampaignStatus.PAUSED, "", "(PC-0001) is due, but not worked on yet: c-1 is paused\n"),
        (
            CampaignStatus.RUNNING,
            "Sat 08:00-20:00 Europe/Berlin",
            "(PC-0001) is due, but not worked on yet: its window opens at 2026-11-28 07:00Z\n",
        ),
    ],
)
def test_a_run_of_a_campaign_that_is_made_due_says_what_holds_it_back(
    bench: Any, make: Any, status: CampaignStatus, window: str, told: str
) -> None:
    now = make["run"]().created
    bench.clock = ManualClock(now)
    policy = CampaignPolicy(window=window)
    bench.ports().campaigns.create(
        Campaign(id="c-1", name="x", created=now, author="ada", status=status, policy=policy)
    )
    away = {"state": RunState.AWAY, "due": now + timedelta(hours=1)}
    bench.keep(make["run"](id="c-1.PC-0001", campaign="c-1", **away))
    ran = bench.run("queue", "requeue", "c-1.PC-0001")
    assert ran.code == 0
    assert told in ran.err
    assert bench.ledger.load("c-1.PC-0001").due == now


def test_a_run_at_its_end_cannot_be_made_due(bench: Any, make: Any) -> None:
    bench.endings["PC-0001"] = make["settled"]()
    bench.run("fix", "PC-0001")
    ran = bench.run("queue", "requeue", "PC-0001")
    assert ran.code == 9
    assert "is at its end" in ran.err


def test_workers_say_what_they_do_and_one_can_end(bench: Any) -> None:
    workers = bench.ports().workers
    workers.beat("w-1", bench.clock.now())
    workers.beat("w-2", bench.clock.now() - timedelta(minutes=5))
    (first,) = json.loads(bench.run("worker", "ls", "-o", "json").out)
    assert (first["worker"], first["working"], first["state"]) == ("w-1", 0, "ready")
    ran = bench.run("worker", "drain", "w-1")
    assert ran.code == 0
    assert "w-1 ends when 0 devices at work there are done" in ran.err
    assert workers.beat("w-1", bench.clock.now())
    assert "draining" in bench.run("worker", "ls").out
    assert bench.run("worker", "drain", "w-2").code == 2


def test_no_worker_is_exit_code_8(bench: Any) -> None:
    ran = bench.run("worker", "ls")
    assert ran.code == 8
    assert "hint:  start one: enrollmend worker start" in ran.err
