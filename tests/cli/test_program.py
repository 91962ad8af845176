"""The program as a process: what it loads, what it leaves on the streams, how it ends."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from orchestrator.cli import exit_codes
from orchestrator.cli.house import House
from orchestrator.cli.main import Commands, run
from orchestrator.cli.terminal import Terminal

if TYPE_CHECKING:
    from pathlib import Path

HEAVY = ("celery", "kombu", "redis", "pypsrp", "spnego", "msgspec", "requests", "rich", "psrpcore")


def program(*words: str, home: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the program with a home of its own."""
    environment = {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "ENROLLMEND_HOME": str(home / "state"),
        **variables,
    }
    return subprocess.run(
        [sys.executable, "-m", "orchestrator.cli", *words],
        capture_output=True,
        text=True,
        env=environment,
        timeout=60,
        check=False,
        stdin=subprocess.DEVNULL,
    )


def test_a_ctrl_c_while_the_program_loads_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "typer.py").write_text("import os; os.kill(os.getpid(), 2)")  # it loads that first
    done = program("version", home=tmp_path, PYTHONPATH=str(tmp_path))
    assert (done.returncode, done.stderr) == (130, "error: interrupted\n")


def test_a_ctrl_c_while_options_are_read_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Commands, "parse_args", interrupted)
    err = io.StringIO()
    assert run(["version"], House(terminal=Terminal(err=err))) == exit_codes.INTERRUPTED
    assert err.getvalue() == "error: interrupted\n"


def test_help_loads_nothing_heavy() -> None:
    code = (
        "import sys; from orchestrator.cli.main import run; run(['--help']);"
        f"sys.exit(','.join(m for m in {HEAVY!r} if m in sys.modules) or 0)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.stderr == ""
    assert done.returncode == 0
    assert "fix       Repair PCs" in done.stdout


def test_a_command_that_rings_for_no_worker_does_without_celery(tmp_path: Path) -> None:
    code = (
        "import sys; from orchestrator.cli.main import run; run(['show']);"
        "sys.exit(','.join(m for m in ('celery', 'kombu', 'pypsrp') if m in sys.modules) or 0)"
    )
    url = "redis://127.0.0.1:1/0"
    environment = {"HOME": str(tmp_path), "ENROLLMEND_REDIS_URL": url, "PYTHONPATH": "."}
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env=environment,
        timeout=60,
        check=False,
    )
    assert done.stderr.startswith("error: Redis at 127.0.0.1:1")
    assert "celery" not in done.stderr
    assert done.returncode == 0


@pytest.mark.parametrize("name", Commands.table)
def test_every_command_explains_itself(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    out, err = io.StringIO(), io.StringIO()
    house = House(
        terminal=Terminal(out=out, err=err, stdin=io.StringIO(), plain=True),
        environment={"HOME": str(tmp_path)},
    )
    assert run([name, "--help"], house) == 0
    assert f"Usage: enrollmend {name}" in capsys.readouterr().out
    assert err.getvalue() == ""


def test_all_exit_codes_are_explained(tmp_path: Path) -> None:
    out = program("help", "exit-codes", home=tmp_path).stdout
    assert [int(line.split()[0]) for line in out.splitlines()] == list(exit_codes.MEANING)


def test_a_mistake_is_a_line_on_stderr_and_the_exit_code(tmp_path: Path) -> None:
    done = program("fix", "10.0.0.1", home=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("error: '10.0.0.1' is an address")


def test_redis_that_is_down_is_named_without_its_password(tmp_path: Path) -> None:
    url = "redis://user:canary@127.0.0.1:1/0"
    done = program("show", home=tmp_path, ENROLLMEND_REDIS_URL=url)
    assert done.returncode == 8
    assert done.stderr.startswith("error: Redis at 127.0.0.1:1")
    assert "canary" not in done.stderr + done.stdout


def test_a_reader_that_has_enough_ends_the_program_quietly(tmp_path: Path) -> None:
    script = f"{sys.executable} -m orchestrator.cli cause ls -o jsonl | head -1"
    done = subprocess.run(
        ["/bin/sh", "-c", script],
        capture_output=True,
        text=True,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path)},
        timeout=60,
        check=False,
    )
    assert done.stdout.startswith('{"schema": "enrollmend.cause/v1"')
    assert done.stderr == ""


def test_an_old_locale_is_no_reason_to_fail(tmp_path: Path) -> None:
    done = program("cause", "ls", home=tmp_path, PYTHONIOENCODING="ascii")
    assert done.returncode == 0
    assert done.stderr == ""


def test_version_names_the_module_that_ships(tmp_path: Path) -> None:
    assert "sha256" in program("version", home=tmp_path).stdout


def test_a_code_is_found_by_its_number_and_by_its_symbol(bench: Any) -> None:
    spellings = (
        ["0x80180026"],
        ["80180026"],
        ["2149056550"],
        ["-2145910746"],
        ["--", "-2145910746"],
        ["0x801800026"],
        ["menroll_e_device_management_blocked"],
    )
    said = {bench.run("cause", "show", "-o", "json", *words).out for words in spellings}
    assert len(said) == 1
    assert '"first_hypothesis": "externally_managed_flag"' in said.pop()


def test_a_cause_says_what_confirms_and_what_overrules_it(bench: Any) -> None:
    shown = json.loads(bench.run("cause", "show", "pending_reboot", "-o", "json").out)
    assert "RebootPending" in shown["evidence"]
    assert all(row["evidence"] for row in json.loads(bench.run("cause", "ls", "-o", "json").out))
