"""Every way to call the program wrongly is one clear line and an exit code, never a traceback."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from orchestrator.domain.run import Verdict
from orchestrator.errors import StoreUnavailable

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("words", "message", "hint"),
    [
        (["fxi"], "no such command 'fxi'", "enrollmend --help"),
        (["fix"], "missing argument 'HOST'", "enrollmend fix --help"),
        (["fix", "--reboot", "maybe", "PC-1"], "'maybe' is not one of 'never'", "--help"),
        (["fix", "--bogus", "PC-1"], "no such option: --bogus", "enrollmend fix --help"),
        (["fix", ""], "the device name is empty", "PC-0042"),
        (["fix", "PC 1"], "'PC 1' is not a computer name", "letters, digits"),
        (["fix", "10.1.2.3"], "is an address, not a computer name", "the PC's own"),
        (["fix", "A-VERY-LONG-COMPUTER-NAME"], "a computer name has at most 15", ""),
        (["fix", "@nowhere.csv"], "nowhere.csv: there is no such file", "a name a line"),
        (["fix", "-"], "no device was named", "standard input"),
        (["fix", "PC-1", "--timeout", "soon"], "--timeout: 'soon' is not a length", "10m"),
        (["fix", "PC-1", "--timeout", "0"], "--timeout: '0' is not a length", "10m"),
        (["fix", "PC-1", "--offline-deadline", "2y"], "--offline-deadline: '2y'", "14d"),
        (["fix", "PC-1", "--exit-zero-on", "all"], "--exit-zero-on: 'all' is not", "3,6"),
        (["fix", "PC-1", "-o", "yaml"], "'yaml' is not one of 'table'", "--help"),
        (["why", "PC_1!"], "HOST: 'PC_1!' is not a computer name", ""),
        (["timeline", "PC-1"], "nothing is known about PC-1", ""),
        (["show", "r-nothing"], "nothing is known about r-nothing", ""),
        (["show", "no such run"], "there is no run 'no such run'", ""),
        (["undo", "PC-1", "--yes"], "no run has changed anything on PC-1", "timeline"),
        (["cancel", "r-nothing"], "nothing is known about r-nothing", ""),
        (["cause", "show", "0x99999999"], "0x99999999 is not in the catalogue", "never acted"),
        (["cause", "show", "legacy_intune_agnt"], "there is no cause named", "legacy_intune_agent"),
        (["cause", "show", "--bad"], "no such option: --bad", "minus sign"),
        (["cause", "show", "-21459107461"], "'-21459107461' is not an error code", ""),
        (["cause", "ls", "--owner", "boss"], "--owner: 'boss' owns no cause", "directory"),
        (["worker", "start", "--queue", "fast"], "--queue: there is no queue 'fast'", "bulk"),
        (["lab", "ls"], "no lab is running here", "enrollmend lab up"),
        (["lab", "down"], "no lab is running here", "enrollmend lab up"),
        (["lab", "up", "--pc", "PC-NOWHERE"], "the fleet has no PC 'PC-NOWHERE'", "lab fleet"),
        (["-c", "moon", "show"], "there is no context 'moon'", "lab"),
        (["show", "-c", "lab"], "context lab: no lab is running here", "enrollmend lab up"),
    ],
)
def test_wrong_usage_is_one_line_and_2(
    bench: Any, words: list[str], message: str, hint: str
) -> None:
    ran = bench.run(*words)
    lines = ran.err.splitlines()
    assert ran.code == 2
    assert ran.out == ""
    assert lines[0].startswith("error: ")
    assert message in lines[0]
    assert hint in "".join(lines[1:])
    assert len(lines) <= 2
    assert "Traceback" not in ran.err


def test_every_bad_line_of_a_list_is_told_at_once(bench: Any, tmp_path: Path) -> None:
    path = tmp_path / "hosts.txt"
    path.write_text("PC-0001\nPC 2\n10.0.0.1\n")
    ran = bench.run("fix", f"@{path}")
    assert ran.code == 2
    assert "hosts.txt:2: 'PC 2' is not a computer name" in ran.err
    assert "hosts.txt:3: '10.0.0.1' is an address" in ran.err
    assert not bench.ledger.state.runs


def test_a_corrupt_settings_file_names_file_and_line(bench: Any, tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text('[connection]\nauth = "kerberos\n')
    bench.environment["ENROLLMEND_CONFIG"] = str(path)
    ran = bench.run("show")
    assert ran.code == 2
    assert f"error: {path}:2: this is not TOML" in ran.err


def test_redis_being_down_is_one_line_and_8(bench: Any) -> None:
    bench.failure = StoreUnavailable("Redis at localhost:6379 cannot be reached", hint="start it")
    ran = bench.run("fix", "PC-0001")
    assert (ran.code, ran.err) == (
        8,
        "error: Redis at localhost:6379 cannot be reached\nhint:  start it\n",
    )


def test_what_nobody_foresaw_is_one_line_too(bench: Any) -> None:
    bench.failure = RuntimeError("boom")
    ran = bench.run("show")
    assert ran.code == 1
    assert ran.err.startswith("error: this should not have happened: RuntimeError: boom\n")


def test_the_traceback_is_there_for_those_who_ask(
    bench: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ENROLLMEND_TRACEBACK", "1")
    bench.failure = RuntimeError("boom")
    with pytest.raises(RuntimeError, match="boom"):
        bench.run("show")


def test_an_undo_of_another_pcs_run_is_refused(bench: Any, make: Any) -> None:
    bench.keep(make["run"]("PC-0002", outcomes=(make["outcome"](),)))
    ran = bench.run("undo", "PC-0001", "--run", "r-0000000001", "--yes")
    assert ran.code == 2
    assert "--run: r-0000000001 repaired PC-0002, not PC-0001" in ran.err


@pytest.mark.parametrize("answer", ["n\n", "\n", "", "maybe\n"])
def test_an_undo_asks_and_anything_but_yes_is_no(bench: Any, make: Any, answer: str) -> None:
    bench.endings["PC-0001"] = make["settled"](Verdict.FAILED, outcomes=(make["outcome"](),))
    bench.run("fix", "PC-0001")
    ran = bench.run("undo", "PC-0001", stdin=answer, tty=True)
    assert ran.code == 1
    assert "1 change of r-0000000001" in ran.err
    assert len(bench.ledger.state.runs) == 1


def test_a_mistyped_variable_is_told_once_and_its_value_never(bench: Any) -> None:
    bench.environment["ENROLLMEND_PASWORD"] = "geheim"
    ran = bench.run("campaign", "plan", "-T", "PC-0001")
    assert ran.code == 0
    assert ran.err.count("warning: ENROLLMEND_PASWORD is not known and ignored") == 1
    assert "geheim" not in ran.err + ran.out
