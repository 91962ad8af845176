"""What is shown at 80 columns, to the letter."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from rich.console import Console

from orchestrator.cli.progress import LiveLines, PlainLines
from orchestrator.cli.terminal import Terminal
from orchestrator.cli.views.device import device_view
from orchestrator.cli.views.devices import devices_table, tally
from orchestrator.cli.views.history import history_view
from orchestrator.domain.findings import Owner
from orchestrator.domain.outcome import Change, StageStatus
from orchestrator.domain.run import RunState, Verdict
from orchestrator.usecases.ports import Entry

if TYPE_CHECKING:
    from orchestrator.domain.run import Run


def shown(view: Any) -> str:
    stream = io.StringIO()
    Console(file=stream, width=80, color_system=None, highlight=False).print(view)
    return "".join(f"{line.rstrip()}\n" for line in stream.getvalue().splitlines())


def entry(run: Run, text: str, kind: str = "state", seconds: int = 0) -> Entry:
    at = run.created + timedelta(seconds=seconds)
    return Entry(
        run_id=run.id, device=run.device.key, at=at, kind=kind, state=run.state.value, text=text
    )


WHY = """\
PC-0417   NOT ENROLLED   cause legacy_intune_agent
  owner       device (we can fix it)
  evidence    the folder C:\\Program Files\\Microsoft\\OnlineManagement is there
  also        auto_enroll_task_missing: AutoEnrollMDM is 1
  ruled out   disable_mdm_policy: DisableRegistration is absent
  not read    events: the channel is missing
  would do    agents: the legacy Intune client is installed
              trigger: enrollment has to be asked for again
  next        the client is removed, then enrollment is triggered
  run         r-0000000001 · asked 2026-11-25 09:00:00Z · 1 attempt · took 42 s
  try         enrollmend fix PC-0417
"""


def test_why_names_cause_owner_evidence_and_what_would_be_done(make: Any) -> None:
    run = make["run"](
        "PC-0417",
        state=RunState.SETTLED,
        verdict=Verdict.DIAGNOSED,
        owner=Owner.DEVICE,
        diagnosis=make["diagnosis"](),
        plan=make["plan"](),
        next_action="the client is removed, then enrollment is triggered",
    )
    assert shown(device_view(run)) == WHY


ENROLLED = """\
PC-0417   ENROLLED
  reason      proven by evidence on the device
  stages      tasks: changed (2 unregister)
              trigger: changed (result 0x00000000)
  proof       event 75, record 4712: enrollment succeeded
  run         r-0000000001 · asked 2026-11-25 09:00:00Z · 2 attempts · took 42 s
"""


def test_an_enrolled_device_shows_what_was_done_and_its_proof(make: Any) -> None:
    task = Change(object="\\Microsoft\\Windows\\EnterpriseMgmt\\x", action="unregister")
    run = make["run"](
        "PC-0417",
        state=RunState.SETTLED,
        verdict=Verdict.ENROLLED,
        reason="proven by evidence on the device",
        attempt=2,
        diagnosis=make["diagnosis"](),
        plan=make["plan"](),
        outcomes=(
            make["outcome"](changes=(task, task)),
            make["outcome"](stage="trigger", changes=(), result=0),
        ),
        proof=("event 75, record 4712: enrollment succeeded",),
    )
    assert shown(device_view(run)) == ENROLLED


def test_a_failed_repair_shows_the_way_back(make: Any) -> None:
    failed = make["outcome"](stage="state", status=StageStatus.FAILED, reason="access denied")
    run = make["run"](
        state=RunState.SETTLED,
        verdict=Verdict.FAILED,
        reason="stage state failed: access denied",
        outcomes=(make["outcome"](), failed),
    )
    assert "try         enrollmend undo PC-0001 --run r-0000000001" in shown(device_view(run))


def test_a_list_of_devices_fits_80_columns(make: Any) -> None:
    runs = [
        make["run"](
            state=RunState.SETTLED,
            verdict=Verdict.ENROLLED,
            reason="proven by evidence on the device",
        ),
        make["run"](
            "PC-0002",
            state=RunState.SETTLED,
            verdict=Verdict.NEEDS_OWNER,
            owner=Owner.DIRECTORY,
            reason="DisableRegistration is 1",
            next_action='turn "Disable MDM Enrollment" off in the GPO that sets it',
        ),
        make["resting"](RunState.AWAY)(make["run"]("pc-3.corp.fabrikam.example")),
    ]
    text = shown(devices_table(runs))
    assert max(map(len, text.splitlines())) <= 80
    assert [line.split()[0] for line in text.splitlines()[2:4]] == ["PC-0001", "PC-0002"]
    assert "turn" in text
    assert tally(runs) == "3 devices: 1 enrolled, 1 needs directory, 1 away"


HISTORY = """\
2026-11-25    r-0000000001 (UTC)
  09:00:00    attempt 1: connecting
  09:00:05    tasks: changed
2026-11-25    r-2 (UTC)
  09:00:09    attempt 1: connecting
"""


def test_a_timeline_names_a_run_where_it_changes(make: Any) -> None:
    run, later = make["run"](), make["run"](id="r-2")
    entries = [
        entry(run, "attempt 1: connecting"),
        entry(run, "tasks: changed", "stage", 5),
        entry(later, "attempt 1: connecting", seconds=9),
    ]
    lines = shown(history_view(entries)).splitlines()
    assert [line.rstrip() for line in lines] == HISTORY.splitlines()


def test_nothing_a_device_says_reaches_the_terminal_as_an_order(make: Any) -> None:
    evil = "\x1b[2J\x1b]0;owned\x07"
    run = make["run"](
        state=RunState.SETTLED,
        verdict=Verdict.FAILED,
        reason=evil,
        next_action=evil,
        proof=(evil,),
        diagnosis=make["diagnosis"](findings=(make["finding"](evidence=(evil,)),)),
        outcomes=(make["outcome"](reason=evil),),
    )
    everything = shown(device_view(run)) + shown(devices_table([run]))
    everything += shown(history_view([entry(run, evil)]))
    assert "\x1b" not in everything
    assert "\\x1b[2J" in everything


class Tty(io.StringIO):
    """A terminal."""

    def isatty(self) -> bool:
        return True


def test_few_devices_show_each_line_and_many_only_what_ends(make: Any) -> None:
    for count, expected in ((1, 2), (100, 1)):
        stream = io.StringIO()
        done = make["run"](state=RunState.SETTLED, verdict=Verdict.ENROLLED)
        with PlainLines(Terminal(err=stream), count) as progress:
            progress.changed(
                done, [entry(done, "tasks: changed", "stage"), entry(done, "enrolled")]
            )
        assert len(stream.getvalue().splitlines()) == expected


@pytest.mark.parametrize("variables", [{"NO_COLOR": "1"}, {"TERM": "dumb"}])
def test_nothing_is_redrawn_where_that_is_not_wanted(
    variables: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    assert Terminal(err=Tty()).live
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    terminal = Terminal(err=Tty(), plain="NO_COLOR" in variables)
    assert not terminal.live


def test_on_a_terminal_the_counts_are_redrawn_below_the_lines(
    make: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    stream = Tty()
    run = make["run"](state=RunState.REPAIRING)
    with LiveLines(Terminal(err=stream), 3) as progress:
        progress.changed(run, [entry(run, "tasks: changed", "stage")])
        counts = progress._counts()
    assert counts == "0/3 done · 1 repairing"
    assert "tasks: changed" in stream.getvalue()
    assert stream.getvalue().endswith("\x1b[?25h\r\x1b[1A\x1b[2K")
