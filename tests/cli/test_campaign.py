"""A campaign from the list of PCs to its report, on the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from orchestrator.cli.operator import VARIABLE
from orchestrator.domain.findings import Owner
from orchestrator.domain.run import RunState, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.domain.run import Run

FLEET = ["PC-0001", "PC-0002", "PC-0003"]


def story(make: Any, **end: Any) -> Callable[[Run], Run]:
    """Return a PC that can be repaired, and how its repair ends."""
    verdict = end.pop("verdict", Verdict.ENROLLED)
    end_of: Callable[..., Callable[[Run], Run]] = make["settled"]

    def answer(run: Run) -> Run:
        found = {"diagnosis": make["diagnosis"](), "plan": make["plan"](), "owner": Owner.DEVICE}
        if run.options.dry_run:
            return end_of(Verdict.DIAGNOSED, **found)(run)
        return end_of(verdict, **{**found, **end})(run)

    return answer


@pytest.fixture
def fleet(bench: Any, make: Any) -> Any:
    """Three PCs that can be repaired."""
    for name in FLEET:
        bench.endings[name] = story(make)
    return bench


@pytest.fixture
def campaign(fleet: Any) -> Callable[..., str]:
    """Plan and approve a campaign, and return its file."""

    def plan(*options: str) -> str:
        words = [word for name in FLEET for word in ("-T", name)]
        ran = fleet.run("campaign", "plan", *words, "-o", fleet.plan, *options)
        assert ran.code == 0, ran.err
        fleet.environment[VARIABLE] = "bob"
        ran = fleet.run("campaign", "approve", fleet.plan, "--yes")
        assert ran.code == 0, ran.err
        return str(fleet.plan)

    return plan


def only(bench: Any) -> str:
    (name,) = bench.ledger.state.campaigns
    return str(name)


def rows(table: str) -> dict[str, str]:
    """Return the lines of two columns: a word and its count."""
    found = (line.rsplit(maxsplit=1) for line in table.splitlines() if line.strip())
    return {parts[0].strip(): parts[-1] for parts in found}


def test_a_campaign_goes_from_a_list_to_enrolled_pcs(
    fleet: Any, campaign: Callable[..., str]
) -> None:
    plan = campaign("--name", "Berlin", "--bake", "0")
    ran = fleet.run("campaign", "start", plan)
    assert (ran.code, ran.err.count("error")) == (0, 0)
    assert "is started: 3 devices, at most 1 may fail" in ran.err
    assert "at once 1 device at most: no more than may still fail" in ran.err
    assert rows(ran.out)["enrolled"] == "3"
    assert rows(ran.out)["total"] == "3"


def test_planning_changes_nothing_and_says_what_would_be_done(fleet: Any) -> None:
    ran = fleet.run("campaign", "plan", "-T", "PC-0001", "-T", "PC-0002", "-o", fleet.plan)
    assert ran.code == 0
    assert rows(ran.out)["repaired"] == "2"
    assert "legacy_intune_agent" in ran.out
    assert "agents 2 · trigger 2" in ran.out
    assert all(run.options.dry_run for run in fleet.ledger.state.runs.values())
    assert f"enrollmend campaign approve {fleet.plan}" in ran.err


def test_planning_does_not_wait_unless_it_is_told_to(fleet: Any) -> None:
    ran = fleet.run("campaign", "plan", "-T", "PC-0001")
    assert ran.code == 0
    assert ran.out == f"{only(fleet)}\n"
    assert f"enrollmend campaign plan {only(fleet)} -o FILE" in ran.err
    ran = fleet.run("campaign", "plan", only(fleet), "--wait")
    assert ran.code == 0
    assert rows(ran.out)["repaired"] == "1"


def test_the_author_cannot_approve(fleet: Any) -> None:
    fleet.run("campaign", "plan", "-T", "PC-0001", "-o", fleet.plan)
    ran = fleet.run("campaign", "approve", fleet.plan)
    assert ran.code == 7
    assert ran.out == ""
    assert "made the plan; somebody else has to approve it" in ran.err


def test_an_approval_under_another_name_records_the_account(
    fleet: Any, campaign: Callable[..., str]
) -> None:
    campaign()
    ran = fleet.run("campaign", "show", only(fleet))
    assert "approved by bob (account " in ran.out


NOBODY = "no worker is running; start one: enrollmend worker start\n"


@pytest.mark.parametrize("at_work", [True, False])
def test_whoever_does_not_wait_is_told_that_no_worker_is_there(
    fleet: Any, campaign: Callable[..., str], at_work: bool
) -> None:
    if at_work:
        fleet.ports().workers.beat("w-1", fleet.clock.now())
    assert (NOBODY in fleet.run("campaign", "plan", "-T", "PC-0009").err) is not at_work
    fleet.ledger.state.campaigns.clear()
    assert (NOBODY in fleet.run("campaign", "start", campaign(), "-d").err) is not at_work
    ran = fleet.run("campaign", "rerun", only(fleet), "--state", "queued")
    assert (ran.code, NOBODY in ran.err) == (0, not at_work)


@pytest.mark.parametrize("author", ["", "ada"])
def test_an_approval_under_the_account_of_the_author_is_warned_of(fleet: Any, author: str) -> None:
    fleet.environment[VARIABLE] = author
    fleet.run("campaign", "plan", "-T", "PC-0001", "-o", fleet.plan)
    fleet.environment[VARIABLE] = "bob"
    ran = fleet.run("campaign", "approve", fleet.plan, "--yes")
    assert ran.code == 0
    (campaign,) = fleet.ledger.state.campaigns.values()
    assert f"warning: {campaign.author} planned it under this account, too" in ran.err
    assert "that bob is somebody else is believed" in ran.err


def test_an_approval_under_another_account_is_not_warned_of(
    fleet: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    fleet.run("campaign", "plan", "-T", "PC-0001", "-o", fleet.plan)
    monkeypatch.setattr("orchestrator.cli.operator._account", lambda: "bob")
    ran = fleet.run("campaign", "approve", fleet.plan, "--yes")
    assert ran.code == 0
    assert "warning" not in ran.err


def test_whoever_approves_is_asked(fleet: Any) -> None:
    fleet.run("campaign", "plan", "-T", "PC-0001", "-o", fleet.plan)
    fleet.environment[VARIABLE] = "bob"
    ran = fleet.run("campaign", "approve", fleet.plan, stdin="n\n", tty=True)
    assert ran.code == 7
    assert "not approved" in ran.err
    ran = fleet.run("campaign", "approve", fleet.plan)
    assert ran.code == 2
    assert "nobody is here to agree to it" in ran.err


def test_a_plan_nobody_approved_does_not_start(fleet: Any) -> None:
    fleet.run("campaign", "plan", "-T", "PC-0001", "-o", fleet.plan)
    ran = fleet.run("campaign", "start", fleet.plan)
    assert ran.code == 7
    assert "nobody has approved the plan" in ran.err


@pytest.mark.parametrize("command", ["approve", "start"])
def test_a_plan_that_was_edited_is_refused(
    fleet: Any, campaign: Callable[..., str], command: str
) -> None:
    plan = Path(campaign())
    text = plan.read_text().replace('"PC-0003"', '"PC-0009"')
    plan.write_text(text)
    ran = fleet.run("campaign", command, str(plan), "--yes")
    assert ran.code == 7
    assert "was changed after it was written" in ran.err
    assert not any(not run.options.dry_run for run in fleet.ledger.state.runs.values())


def test_more_than_twenty_five_pcs_have_to_be_named(bench: Any, make: Any, tmp_path: Path) -> None:
    names = [f"PC-{number:04}" for number in range(30)]
    bench.endings.update({name: story(make) for name in names})
    plan, hosts = tmp_path / "plan.json", tmp_path / "hosts.txt"
    hosts.write_text("\n".join(names))
    words = ["-T", f"@{hosts}", "--bake", "0", "--name", "All of Berlin", "-o", str(plan)]
    assert bench.run("campaign", "plan", *words).code == 0
    bench.environment[VARIABLE] = "bob"
    bench.run("campaign", "approve", str(plan), "--yes")
    ran = bench.run("campaign", "start", str(plan))
    assert ran.code == 2
    assert "30 devices will be changed, and nobody is here" in ran.err
    ran = bench.run("campaign", "start", str(plan), stdin="yes\n", tty=True)
    assert ran.code == 1
    assert "Type 'All of Berlin' to go on" in ran.err
    assert "nothing was started" in ran.err
    ran = bench.run("campaign", "start", str(plan), stdin="All of Berlin\n", tty=True)
    assert ran.code == 0


def test_a_used_up_budget_stops_it_with_5_and_a_larger_one_lets_it_go_on(
    fleet: Any, make: Any, campaign: Callable[..., str]
) -> None:
    fleet.endings["PC-0001"] = story(make, verdict=Verdict.FAILED, reason="disk full")
    plan = campaign("--wave", "1,100%", "--bake", "0")
    ran = fleet.run("campaign", "start", plan)
    assert ran.code == 5
    assert "the failure budget is used up: 1 of 1" in ran.out
    assert f"to go on after all: enrollmend campaign resume {only(fleet)}" in ran.err
    ran = fleet.run("campaign", "resume", only(fleet))
    assert ran.code == 9
    assert "budget is used up" in ran.err
    assert fleet.run("campaign", "resume", only(fleet), "--max-failures", "2").code == 0
    ran = fleet.run("campaign", "watch", only(fleet))
    assert ran.code == 3
    assert rows(ran.out)["failed"] == "1"


def test_a_gate_ends_the_watching_with_5_until_it_is_promoted(
    fleet: Any, campaign: Callable[..., str]
) -> None:
    plan = campaign("--wave", "1,100%", "--bake", "0", "--gate", "1")
    ran = fleet.run("campaign", "start", plan)
    assert ran.code == 5
    assert f"to go on: enrollmend campaign promote {only(fleet)}" in ran.err
    assert fleet.run("campaign", "promote", only(fleet)).code == 0
    assert fleet.run("campaign", "watch", only(fleet)).code == 0


def test_ctrl_c_ends_the_watching_and_nothing_else(
    fleet: Any, campaign: Callable[..., str]
) -> None:
    plan = campaign("--bake", "0")
    fleet.interrupt = True
    ran = fleet.run("campaign", "start", plan)
    assert ran.code == 130
    assert f"stopped watching; {only(fleet)} goes on. Watch it: " in ran.err
    fleet.interrupt = False
    assert fleet.run("campaign", "watch", only(fleet)).code == 0


def test_only_absent_pcs_are_left_ends_the_watching_with_6(
    fleet: Any, make: Any, campaign: Callable[..., str]
) -> None:
    fleet.endings["PC-0002"] = lambda run: (
        story(make)(run) if run.options.dry_run else make["resting"](RunState.AWAY)(run)
    )
    plan = campaign("--bake", "0")
    ran = fleet.run("campaign", "start", plan)
    assert ran.code == 6
    assert rows(ran.out)["away"] == "1"
    assert "nothing to see for now" in ran.err


def test_a_campaign_that_waits_for_a_person_is_not_watched(fleet: Any) -> None:
    fleet.run("campaign", "plan", "-T", "PC-0001", "-o", fleet.plan)
    ran = fleet.run("campaign", "watch", only(fleet))
    assert ran.code == 7
    assert "somebody has to approve it" in ran.err
    fleet.environment[VARIABLE] = "bob"
    fleet.run("campaign", "approve", fleet.plan, "--yes")
    ran = fleet.run("campaign", "watch", only(fleet))
    assert ran.code == 6
    assert "somebody has to start it" in ran.err


def test_start_can_be_detached_and_prints_the_id(fleet: Any, campaign: Callable[..., str]) -> None:
    ran = fleet.run("campaign", "start", campaign(), "--detach")
    assert (ran.code, ran.out) == (0, f"{only(fleet)}\n")


def test_pause_stop_and_cancel_say_what_they_did(fleet: Any, campaign: Callable[..., str]) -> None:
    fleet.run("campaign", "start", campaign(), "--detach")
    name = only(fleet)
    assert "is paused; 0 devices still at work" in fleet.run("campaign", "pause", name).err
    assert fleet.run("campaign", "promote", name).code == 9
    assert "goes on" in fleet.run("campaign", "resume", name).err
    assert "is stopped" in fleet.run("campaign", "stop", name, "--reason", "wrong site").err
    shown = fleet.run("campaign", "show", name).out
    assert "started by bob: 3 devices" in shown
    assert "stopped by bob: wrong site" in shown
    assert fleet.run("campaign", "cancel", name, stdin="n\n", tty=True).code == 1
    ran = fleet.run("campaign", "cancel", name, "--yes")
    assert "is called off: 3 devices cancelled" in ran.err
    ran = fleet.run("campaign", "watch", name)
    assert ran.code == 5
    assert rows(ran.out)["cancelled"] == "3"


def test_a_campaign_that_has_finished_is_not_called_off_and_nobody_is_asked(
    fleet: Any, campaign: Callable[..., str]
) -> None:
    fleet.run("campaign", "start", campaign("--bake", "0"))
    ran = fleet.run("campaign", "cancel", only(fleet))
    assert (ran.code, ran.out) == (9, "")
    assert ran.err == f"error: {only(fleet)} is finished\nhint:  there is nothing to call off\n"


def test_nobody_there_to_work_is_exit_code_8(fleet: Any, campaign: Callable[..., str]) -> None:
    plan = campaign()
    fleet.workers.clear()
    fleet.endings.clear()
    ran = fleet.run("campaign", "start", plan)
    assert ran.code == 8
    assert "no worker is running" in ran.err


def test_a_rerun_takes_the_devices_of_a_state_or_a_cause(
    fleet: Any, make: Any, campaign: Callable[..., str]
) -> None:
    fleet.endings["PC-0001"] = story(make, verdict=Verdict.FAILED, reason="disk full")
    fleet.run("campaign", "start", campaign("--bake", "0", "--max-failures", "3"))
    old = only(fleet)
    ran = fleet.run("campaign", "rerun", old, "--state", "failed,cause:legacy_intune_agent")
    assert ran.code == 0
    new = ran.out.strip()
    assert f"{new}: 1 device of {old} to be read" in ran.err
    ran = fleet.run("campaign", "rerun", old, "--state", "away")
    assert ran.code == 2
    assert f"no device of {old} is like that now" in ran.err


def test_the_result_of_a_campaign_is_a_list_for_the_next(
    fleet: Any, make: Any, campaign: Callable[..., str]
) -> None:
    fleet.endings["PC-0003"] = story(make, verdict=Verdict.FAILED, reason="disk full")
    fleet.run("campaign", "start", campaign("--bake", "0", "--max-failures", "3"))
    selector = f"campaign:{only(fleet)}/state=failed"
    ran = fleet.run("target", "resolve", selector, "-o", "csv")
    assert ran.out == "device,site,tags\nPC-0003,,\n"
    ran = fleet.run("target", "resolve", "cause:legacy_intune_agent", "-o", "csv")
    assert ran.out == "device,site,tags\nPC-0003,,\n"


def test_the_report_adds_up_in_every_form(
    fleet: Any, make: Any, campaign: Callable[..., str]
) -> None:
    fleet.endings["PC-0003"] = story(make, verdict=Verdict.FAILED, reason="disk full")
    fleet.run("campaign", "start", campaign("--bake", "0", "--max-failures", "3"))
    name = only(fleet)
    rows = json.loads(fleet.run("campaign", "report", name, "-o", "json").out)
    assert [(row["cause"], row["devices"], row["failed"]) for row in rows] == [
        ("legacy_intune_agent", "3", "1"),
        ("total", "3", "1"),
    ]
    assert "rerun" in rows[0]["next"]
    lines = fleet.run("campaign", "report", name, "-o", "csv", "--by", "site").out.splitlines()
    assert lines[0] == "site,devices,good,blocked,failed,other,open,next"
    assert lines[1].startswith("'-,3,2,0,1,0,0,")
    text = fleet.run("campaign", "report", name, "-o", "md", "--by", "owner").out
    assert "| device | 3 | 2 | 0 | 1 | 0 | 0 |" in text
    table = fleet.run("campaign", "report", name).out
    assert max(map(len, table.splitlines())) <= 80


def test_the_document_of_a_campaign_has_every_count(
    fleet: Any, campaign: Callable[..., str]
) -> None:
    fleet.run("campaign", "start", campaign("--bake", "0"))
    document = json.loads(fleet.run("campaign", "show", only(fleet), "-o", "json").out)
    assert document["schema"] == "enrollmend.campaign/v1"
    assert document["status"] == "finished"
    assert sum(document["states"].values()) == document["targets"] == 3
    assert document["approver"] == "bob"
    decided = document["decisions"]
    assert [set(each) for each in decided] == [{"at", "kind", "status", "text"}] * len(decided)
    texts = [each["text"] for each in decided]
    assert " plans 3 devices: " in texts[0]
    assert "wave 1 releases" in "\n".join(texts)
    shown = fleet.run("campaign", "show", only(fleet)).out
    assert all(text.split()[0] in shown for text in texts)
    listed = json.loads(fleet.run("campaign", "ls", "-o", "json").out)
    assert [each["campaign"] for each in listed] == [only(fleet)]
    ran = fleet.run("campaign", "show", only(fleet), "--devices", "enrolled", "-o", "csv")
    assert len(ran.out.splitlines()) == 4
