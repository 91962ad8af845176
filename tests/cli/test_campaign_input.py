"""Every way to plan, approve or start a campaign wrongly is one clear line and an exit code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from orchestrator.domain.run import Verdict
from orchestrator.errors import StoreFull

if TYPE_CHECKING:
    from pathlib import Path

PLAN = ["campaign", "plan", "-T", "PC-0001"]


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        (["campaign", "plan"], "no device was named", "@hosts.csv"),
        ([*PLAN, "-T", "PC 2"], "'PC 2' is not a computer name", "letters"),
        ([*PLAN, "--wave", "5,many"], "--wave: 'many' is neither a count nor", "25 or 2%"),
        ([*PLAN, "--wave", ""], "--wave: there is no wave", "100%"),
        ([*PLAN, "--wave", "1,,2"], "--wave: '' is neither a count nor", "25 or 2%"),
        ([*PLAN, "--wave", "10%,100%"], "--wave: 10% of 1 device is less than one", "1 or more"),
        ([*PLAN, "--wave", "200%"], "--wave: '200%' is more than all", "100%"),
        ([*PLAN, "--bake", "soon"], "--bake: 'soon' is not a length of time", "10m"),
        ([*PLAN, "--max-failures", "2%"], "--max-failures: 2% of 1 device is less", "1 or more"),
        ([*PLAN, "--max-failures", "0"], "--max-failures: 0 of 1 device is less than", "1 or"),
        ([*PLAN, "--max-failures", "-1"], "--max-failures: '-1' is neither a count", "25 or 2%"),
        ([*PLAN, "--cause-budget", "5"], "--cause-budget: '5' says no cause", "agent=5"),
        ([*PLAN, "--cause-budget", "clock_skw=5"], "--cause-budget: there is no cause", "clock_s"),
        ([*PLAN, "--cause-budget", "clock_skew=x"], "--cause-budget clock_skew: 'x' is nei", "2%"),
        ([*PLAN, "--window", "at night"], "--window: 'at night' is not a window", "Mon-Fri"),
        ([*PLAN, "--window", "Mon 18:00-25:00"], "--window: '25:00' is not a time", "Mon-Fri"),
        ([*PLAN, "--window", "Mon 1:00-2:00 Mars"], "--window: there is no time zone", "IANA"),
        ([*PLAN, "--window", ""], "--window: '' is not a window", "without the option"),
        (
            [*PLAN, "--site-window", "ber=Mon 1:00-2:00", "--site-window", "BER=Tue 1:00-2:00"],
            "--site-window: the site 'BER' has two windows",
            "name it once",
        ),
        ([*PLAN, "-T", "-", "-T", "!-"], "-: standard input can be read once", "@FILE"),
        ([*PLAN, "--site-window", "BER"], "--site-window: 'BER' says no site and", "BER="),
        ([*PLAN, "--site-window", "BER=Mon 1:00-2:00"], "no device is at the site 'BER'", "none"),
        ([*PLAN, "--offline-deadline", "9y"], "--offline-deadline: '9y' is not a le", "14d"),
        ([*PLAN, "--gate", "7"], "--gate: there is no wave 7", "there are 4"),
        ([*PLAN, "--name", "x" * 81], "--name: a name has at most 80 printable", ""),
        (["campaign", "plan", "c-1", "-T", "PC-1"], "--targets: c-1 has its devices", "new"),
        (["campaign", "plan", "c-9"], "there is no campaign c-9", ""),
        (["campaign", "plan", "c-9", "--wait"], "there is no campaign c-9", ""),
        (["campaign", "approve", "nowhere.json"], "nowhere.json: cannot be read", "plan"),
        (["campaign", "start", "nowhere.json"], "nowhere.json: cannot be read", "plan"),
        (["campaign", "show", "c-9"], "there is no campaign c-9", ""),
        (["campaign", "watch", "c-9"], "there is no campaign c-9", ""),
        (["campaign", "report", "c-9"], "there is no campaign c-9", ""),
        (["campaign", "rerun", "c-9"], "there is no campaign c-9", ""),
        (
            ["campaign", "rerun", "c-9", "--state", "faild"],
            "--state: 'faild' is no state",
            "failed",
        ),
        (["campaign", "show", "c-9", "--devices", "x"], "--devices: 'x' is no state", "failed"),
        (["campaign", "pause", "c-9"], "there is no campaign c-9", ""),
        (["campaign", "resume", "c-9", "--max-failures", "no"], "--max-failures: 'no' is", "2%"),
        (["target", "resolve", "@"], "@: no file follows the @", "@hosts.csv"),
        (["target", "resolve", "graph:all"], "graph:all: there is no selector graph:", "@hosts"),
        (["target", "resolve", "campaign:c-9"], "there is no campaign c-9", ""),
        (["queue", "requeue", "r-nothing"], "nothing is known about r-nothing", ""),
        (["worker", "drain", "nobody"], "no worker 'nobody' reported lately", "none"),
    ],
)
def test_wrong_usage_is_one_line_and_2(
    bench: Any, words: list[str], message: str, hint: str
) -> None:
    ran = bench.run(*words)
    lines = ran.err.splitlines()
    assert ran.code == 2, ran.err
    assert ran.out == ""
    assert lines[0].startswith("error: ")
    assert message in lines[0]
    assert hint in "".join(lines[1:])
    assert len(lines) <= 2
    assert not bench.ledger.state.campaigns


def test_every_wrong_option_is_told_at_once(bench: Any) -> None:
    ran = bench.run(*PLAN, "--wave", "x", "--bake", "y", "--window", "z", "--max-failures", "w")
    assert ran.code == 2
    assert [line.split(":")[1].strip() for line in ran.err.splitlines() if "error" in line] == [
        "--wave",
        "--bake",
        "--max-failures",
        "--window",
    ]


@pytest.mark.parametrize("text", ["", "{}", "[]", '{"schema": "enrollmend.plan/v9"}', "\x00\xff"])
def test_what_is_no_plan_is_refused_in_one_line(bench: Any, tmp_path: Path, text: str) -> None:
    path = tmp_path / "plan.json"
    path.write_bytes(text.encode("latin-1"))
    ran = bench.run("campaign", "approve", str(path), "--yes")
    assert ran.code == 2
    assert ran.err.startswith(f"error: {path}: ")
    assert len(ran.err.splitlines()) <= 2


@pytest.mark.parametrize(
    ("name", "said"), [("no/plan.json", "there is no folder "), (".", "is a folder")]
)
def test_a_plan_that_could_not_be_written_says_so_before_a_device_is_read(
    bench: Any, tmp_path: Path, name: str, said: str
) -> None:
    ran = bench.run(*PLAN, "-o", str(tmp_path / name))
    assert ran.code == 2
    assert f"{tmp_path / name}: {said}" in ran.err
    assert not bench.ledger.state.campaigns


def test_a_plan_is_written_later_where_it_can_be(bench: Any, make: Any, tmp_path: Path) -> None:
    bench.endings["PC-0001"] = make["settled"](Verdict.DIAGNOSED, plan=make["plan"]())
    assert bench.run(*PLAN, "--wait").code == 0
    (name,) = bench.ledger.state.campaigns
    assert bench.run("campaign", "plan", name, "-o", str(tmp_path / "plan.json")).code == 0


def test_a_full_store_is_one_line_and_8_and_nothing_is_left(
    bench: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise StoreFull("Redis has no memory left", hint="give it more")

    monkeypatch.setattr("orchestrator.adapters.memory_campaigns.MemoryCampaigns.add_runs", full)
    ran = bench.run(*PLAN)
    assert ran.code == 8
    assert ran.err == "error: Redis has no memory left\nhint:  give it more\n"
    assert not bench.ledger.state.campaigns
