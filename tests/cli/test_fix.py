"""`enrollmend fix` from the words that were typed to the exit code."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from orchestrator.domain.findings import Owner
from orchestrator.domain.run import Intent, RunState, Verdict

if TYPE_CHECKING:
    from pathlib import Path


SCHEMA = {
    "type": "object",
    "required": [
        "schema",
        "device",
        "run",
        "state",
        "verdict",
        "cause",
        "steps",
        "attempt",
        "next",
    ],
    "properties": {
        "schema": {"const": "enrollmend.device/v1"},
        "device": {"type": "object", "required": ["name", "key"]},
        "run": {"type": "string", "pattern": "^r-"},
        "state": {"type": "string"},
        "verdict": {"type": ["string", "null"]},
        "attempt": {"type": "integer"},
        "next": {"type": "string"},
        "steps": {
            "type": "array",
            "items": {"type": "object", "required": ["name", "state", "changed", "ms", "detail"]},
        },
        "cause": {
            "oneOf": [
                {"type": "null"},
                {"type": "object", "required": ["code", "owner", "evidence"]},
            ]
        },
    },
}


def test_a_device_that_gets_enrolled_ends_with_0(bench: Any, make: Any) -> None:
    bench.endings["PC-0001"] = make["settled"]()
    ran = bench.run("fix", "PC-0001")
    assert ran.code == 0
    assert "ENROLLED" in ran.out
    assert "attempt 1: connecting" in ran.err


def test_data_goes_to_stdout_and_talk_to_stderr(bench: Any, make: Any) -> None:
    bench.endings["PC-0001"] = make["settled"]()
    ran = bench.run("fix", "PC-0001", "-o", "json")
    assert [document["device"]["name"] for document in json.loads(ran.out)] == ["PC-0001"]
    assert "connecting" in ran.err
    assert bench.run("--quiet", "fix", "PC-0001", "-o", "json").err == ""


@pytest.mark.parametrize("output", ["json", "jsonl"])
def test_every_document_follows_its_schema(bench: Any, make: Any, output: str) -> None:
    bench.endings["PC-0001"] = make["settled"](
        Verdict.NEEDS_OWNER,
        owner=Owner.DIRECTORY,
        diagnosis=make["diagnosis"](),
        plan=make["plan"](),
        outcomes=(make["outcome"](),),
    )
    bench.endings["PC-0002"] = make["resting"](RunState.AWAY)
    out = bench.run("fix", "PC-0001", "PC-0002", "-o", output).out
    documents = json.loads(out) if output == "json" else [json.loads(x) for x in out.splitlines()]
    assert len(documents) == 2
    for document in documents:
        Draft202012Validator(SCHEMA).validate(document)


def test_csv_has_a_row_a_device_and_no_formulas(bench: Any, make: Any) -> None:
    bench.endings["PC-0001"] = make["settled"](Verdict.FAILED, reason="=HYPERLINK(evil)")
    rows = list(csv.DictReader(io.StringIO(bench.run("fix", "PC-0001", "-o", "csv").out)))
    assert rows[0]["device"] == "PC-0001"
    assert rows[0]["reason"] == "'=HYPERLINK(evil)"


def test_options_reach_the_run(bench: Any, make: Any) -> None:
    bench.endings["PC-0001"] = make["settled"](Verdict.DIAGNOSED)
    words = "--dry-run --reboot if-needed --allow-configmgr-removal --offline skip"
    ran = bench.run("fix", "PC-0001", *words.split(), "--offline-deadline", "14d")
    (run,) = bench.ledger.state.runs.values()
    options = run.options
    assert ran.code == 0
    assert (options.intent, options.dry_run, options.reboot) == (Intent.FIX, True, "if_needed")
    assert options.allow_configmgr_removal
    assert options.offline == "skip"
    assert options.deadline is not None
    assert (options.deadline - run.created).total_seconds() == pytest.approx(14 * 86400, abs=60)


def test_here_is_handed_to_the_wiring(bench: Any, make: Any) -> None:
    bench.endings["PC-0001"] = make["settled"]()
    bench.run("fix", "PC-0001", "--here")
    assert bench.connected[-1][1] is True


def test_a_device_that_is_away_leaves_with_6_and_says_how_to_go_on(bench: Any, make: Any) -> None:
    bench.endings["PC-0001"] = make["resting"](RunState.AWAY)
    ran = bench.run("fix", "PC-0001")
    assert ran.code == 6
    assert "enrollmend show r-0000000001 --follow" in ran.err
    assert bench.run("fix", "PC-0001", "--exit-zero-on", "6").code == 0


def test_the_counts_of_a_list_add_up_to_its_devices(bench: Any, make: Any) -> None:
    bench.endings["PC-0001"] = make["settled"]()
    bench.endings["PC-0002"] = make["settled"](Verdict.FAILED)
    bench.endings["PC-0003"] = make["resting"](RunState.HELD)
    ran = bench.run("fix", "PC-0001", "PC-0002", "PC-0003")
    assert ran.code == 3
    assert "3 devices: 1 enrolled, 1 failed, 1 held" in ran.err


def test_detached_runs_are_named_and_not_watched(bench: Any) -> None:
    ran = bench.run("fix", "PC-0001", "PC-0002", "--detach")
    assert ran.code == 0
    assert ran.out == "r-0000000001\tPC-0001\nr-0000000002\tPC-0002\n"


def test_a_detached_run_that_nobody_will_take_up_is_said(bench: Any) -> None:
    told = "no worker is running; start one: enrollmend worker start"
    ran = bench.run("fix", "PC-0001", "--detach")
    assert (ran.code, ran.out) == (0, "r-0000000001\tPC-0001\n")
    assert told in ran.err
    bench.ports().workers.beat("worker@lab", bench.clock.now())
    assert told not in bench.run("fix", "PC-0002", "--detach").err


@pytest.mark.parametrize("command", ["why", "verify"])
@pytest.mark.parametrize("rests", [None, RunState.AWAY, RunState.HELD])
def test_who_only_wants_to_know_sets_no_repair_going(
    bench: Any, make: Any, command: str, rests: RunState | None
) -> None:
    if rests:
        bench.endings["PC-0001"] = make["resting"](rests)
    bench.run("fix", "PC-0001", "--detach")
    (before,) = bench.ledger.state.runs.values()
    bench.endings["PC-0001"] = make["settled"]()
    ran = bench.run(command, "PC-0001")
    assert ran.code == 9
    assert f"PC-0001 is held by r-0000000001 (fix, {before.state.value})" in ran.err
    assert bench.ledger.state.runs == {before.id: before}


def test_who_only_wants_to_know_watches_a_repair_that_is_being_carried_out(
    bench: Any, make: Any
) -> None:
    bench.keep(make["run"](state=RunState.REPAIRING))
    ran = bench.run("why", "PC-0001", "--timeout", "0.01s")
    assert "joined r-0000000001, which was repairing" in ran.err


def test_ctrl_c_while_a_list_is_queued_says_how_much_is(
    bench: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    create, names = bench.ledger.create, [f"PC-{number:04}" for number in range(5)]

    def interrupted(run: Any) -> Any:
        if run.device.key == names[2]:
            raise KeyboardInterrupt
        return create(run)

    monkeypatch.setattr(bench.ledger, "create", interrupted, raising=False)
    ran = bench.run("fix", *names)
    assert ran.code == 130
    assert "interrupted: 2 of 5 devices queued; r-0000000001 and 1 more go on" in ran.err
    assert len(bench.ledger.state.runs) == 2


def test_ctrl_c_that_no_command_explains_is_told(
    bench: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: Any, **__: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(bench.ledger, "latest", interrupted, raising=False)
    ran = bench.run("show", "PC-0001")
    assert (ran.code, ran.err) == (130, "error: interrupted\n")


def test_nobody_taking_it_up_is_said_when_there_is_no_worker(bench: Any) -> None:
    bench.workers = []
    ran = bench.run("fix", "PC-0001")
    assert ran.code == 8
    assert "error: no worker is running; r-0000000001 stays queued" in ran.err
    assert "hint:  start one: enrollmend worker start" in ran.err


def test_a_second_fix_joins_the_first(bench: Any, make: Any) -> None:
    bench.endings["PC-0001"] = make["resting"](RunState.AWAY)
    bench.run("fix", "PC-0001")
    ran = bench.run("fix", "pc-0001.corp.example")
    assert "joined r-0000000001, which was away" in ran.err
    assert len(bench.ledger.state.runs) == 1


def test_a_run_that_is_joined_without_the_permissions_asked_for_is_said(
    bench: Any, make: Any
) -> None:
    bench.endings["PC-0001"] = make["resting"](RunState.AWAY)
    bench.run("fix", "PC-0001", "--reboot", "if-needed")
    more = bench.run("fix", "PC-0001", "--reboot", "allow", "--allow-configmgr-removal", "--yes")
    told = "r-0000000001 was started without --allow-configmgr-removal and --reboot allow"
    assert told in " ".join(more.err.split())
    assert "enrollmend cancel r-0000000001" in " ".join(more.err.split())
    assert "started without" not in bench.run("fix", "PC-0001").err


def test_a_fix_waits_for_a_run_that_only_reads_and_then_repairs(bench: Any, make: Any) -> None:
    def end(run: Any) -> Any:
        reading = run.options.intent is Intent.WHY
        return make["settled"](Verdict.DIAGNOSED if reading else Verdict.ENROLLED)(run)

    bench.run("why", "PC-0001", "--timeout", "0.01s")
    bench.endings["PC-0001"] = end
    ran = bench.run("fix", "PC-0001")
    assert ran.code == 0
    intents = [run.options.intent for run in bench.ledger.state.runs.values()]
    assert intents == [Intent.WHY, Intent.FIX]


def test_an_undo_never_joins_a_repair(bench: Any, make: Any) -> None:
    bench.endings["PC-0001"] = make["settled"](Verdict.FAILED, outcomes=(make["outcome"](),))
    bench.run("fix", "PC-0001")
    bench.endings["PC-0001"] = make["resting"](RunState.AWAY)
    bench.run("fix", "PC-0001")
    ran = bench.run("undo", "PC-0001", "--yes")
    assert ran.code == 9
    assert "PC-0001 is held by r-0000000002 (fix, away)" in ran.err


def test_more_devices_than_the_limit_are_asked_about(bench: Any) -> None:
    names = [f"PC-{number:04}" for number in range(26)]
    ran = bench.run("fix", *names, "--detach", stdin="n\n", tty=True)
    assert ran.code == 1
    assert "26 devices will be changed. Go on? [y/N]" in ran.err
    assert not bench.ledger.state.runs
    assert bench.run("fix", *names, "--detach", stdin="y\n", tty=True).code == 0
    assert len(bench.ledger.state.runs) == 26


def test_nobody_there_to_agree_is_no_agreement(bench: Any) -> None:
    names = [f"PC-{number:04}" for number in range(26)]
    ran = bench.run("fix", *names, "--detach")
    assert ran.code == 2
    assert "nobody is here to agree" in ran.err
    assert bench.run("fix", *names, "--detach", "--yes").code == 0


def test_a_list_and_standard_input_are_read(bench: Any, tmp_path: Path) -> None:
    path = tmp_path / "hosts.csv"
    path.write_text("name,site\nPC-0001,BER\nPC-0002,BER\n")
    ran = bench.run("fix", f"@{path}", "-", "--detach", stdin="PC-0002\nPC-0003\n")
    assert ran.code == 0
    assert [line.split("\t")[1] for line in ran.out.splitlines()] == [
        "PC-0001",
        "PC-0002",
        "PC-0003",
    ]
    assert "PC-0002 (stdin:1) is PC-0002" in ran.err


def test_ctrl_c_ends_the_watching_and_says_that_the_run_goes_on(
    bench: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: Any, **__: Any) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(bench.ledger, "follow", interrupted, raising=False)
    ran = bench.run("fix", "PC-0001")
    assert ran.code == 130
    assert ran.out == ""
    assert "stopped watching; r-0000000001 goes on" in ran.err
    assert "enrollmend show r-0000000001 --follow" in ran.err


def test_asking_again_for_a_device_that_is_away_tries_it_at_once(bench: Any, make: Any) -> None:
    bench.endings["PC-0001"] = make["resting"](RunState.AWAY)
    assert bench.run("fix", "PC-0001").code == 6
    bench.endings["PC-0001"] = make["settled"]()
    ran = bench.run("fix", "PC-0001")
    assert ran.code == 0
    assert "joined r-0000000001" in ran.err


def test_an_asked_for_again_device_is_watched_until_somebody_took_it_up(
    bench: Any, make: Any
) -> None:
    bench.endings["PC-0001"] = make["resting"](RunState.AWAY)
    bench.run("fix", "PC-0001")
    bench.endings.clear()
    bench.workers = []
    ran = bench.run("fix", "PC-0001", "--timeout", "0.05s")
    assert ran.code == 6
    assert "not watched any longer than 0.05s" in ran.err
