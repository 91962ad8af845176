"""PCs that answer oddly, or not as an English 64-bit Windows does: each has one right answer.

What the table says of them holds too; here is what makes the answer right.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from orchestrator.domain.run import RunOptions
from orchestrator.lab.powershell import Runspace
from orchestrator.lab.store_baseline import ENROLLMENTS, fixed_guid
from orchestrator.lab.store_state import MDM_CHANNEL
from tests.fleet.expected import ODD, ROWS, check
from tests.fleet.journey import START

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.lab.device import Device
    from tests.fleet.journey import FleetOnWire, Journey


def unknown(journey: Journey) -> str:
    assert journey.first.diagnosis is not None
    return "\n".join(journey.first.diagnosis.unknown)


def evidence(journey: Journey) -> str:
    assert journey.first.diagnosis is not None
    return "\n".join(line for found in journey.first.diagnosis.findings for line in found.evidence)


def german(journey: Journey, pc: Device) -> None:
    """Events and numbers are German: codes are read from properties, and no number from text."""
    assert pc.culture == "de-DE"
    assert "Fehler" in "".join(event.message for event in pc.events[MDM_CHANNEL])
    assert "0x8018000A" in evidence(journey)
    _, records = Runspace(pc.session()).run("(1.5).ToString()")
    assert [record.value for record in records] == ["1,5"]


def wrong_endpoint(journey: Journey, _: Device) -> None:
    """What a 32-bit host would read is another registry: it says so, and nothing is believed."""
    assert "enrollments: This is a 32-bit host" in unknown(journey)


def constrained(journey: Journey, _: Device) -> None:
    """What needs more than a constrained language is named; the rest was read."""
    assert "enrollments: Cannot create type" in unknown(journey)
    assert "dsregcmd" not in unknown(journey)


def not_elevated(journey: Journey, pc: Device) -> None:
    """The next session would be the same: ended at once, with what to connect with."""
    assert journey.attempts == 1
    assert "administrator" in journey.last.next_action
    guid = fixed_guid("PC-NOTELEVATED/dead")
    assert pc.registry.find(f"{ENROLLMENTS}\\{guid}") is not None


def denied(_: Journey, pc: Device) -> None:
    """What Administrators may not remove went through SYSTEM."""
    guid = fixed_guid("PC-DENIED/dead")
    assert pc.registry.find(f"{ENROLLMENTS}\\{guid}") is None


def unreadable(journey: Journey, _: Device) -> None:
    """A key that cannot be read is not taken for one that is not there."""
    assert fixed_guid("PC-DENYREAD/dead").lower() in evidence(journey).lower()
    assert "could not be read" in evidence(journey)


def no_channel(journey: Journey, _: Device) -> None:
    """A channel that is missing is unknown, not empty; the certificate's time proves instead."""
    assert "events: " in unknown(journey)
    assert "event log" in " ".join(journey.last.proof)


def corrupt(journey: Journey, _: Device) -> None:
    """Which task is damaged nobody can say; that one is, is said."""
    assert "task" in unknown(journey)
    assert "corrupt" in unknown(journey)


def no_key(journey: Journey, _: Device) -> None:
    """A certificate that is there and has no key makes a dead enrollment."""
    assert "private key" in evidence(journey)


def no_dsregcmd(journey: Journey, _: Device) -> None:
    """Without dsregcmd the join is read from the registry."""
    assert "dsregcmd: " in unknown(journey)


def cut_dsregcmd(journey: Journey, _: Device) -> None:
    """What was cut off is not taken for no: the join is believed from the registry."""
    assert "not joined" not in evidence(journey)


def clock(journey: Journey, pc: Device) -> None:
    """Three hours wrong: set by the domain, before anything was asked of the service."""
    stages = {outcome.stage: outcome.status.value for outcome in journey.last.outcomes}
    assert stages["clock"] == "changed"
    assert pc.skew == 0


def restarted(journey: Journey, pc: Device) -> None:
    """It came back with another boot, was looked at again, and finished."""
    assert pc.faults == []
    assert journey.first.boot < journey.last.boot
    assert journey.attempts > 1


def dropped(journey: Journey, pc: Device) -> None:
    """The line broke with the repair under way: looked at again, not repeated blindly."""
    assert pc.faults == []
    assert journey.attempts > 1


def tree(journey: Journey, _: Device) -> None:
    """Three ids and their two certificates go; thirty of Windows' own and the marker stay."""
    assert journey.first.plan is not None
    gone = (*journey.first.plan.enrollment_ids, *journey.first.plan.thumbprints)
    assert len(gone) == 5
    assert sorted(journey.first.plan.enrollment_ids) == sorted(
        fixed_guid(f"PC-TREE-DEAD/{word}").lower() for word in ("former", "mmpc", "dead")
    )
    removed = [line.lower() for line in journey.diff if line.startswith("- ")]
    assert [line for line in removed if not any(each.lower() in line for each in gone)] == []
    assert all(any(each.lower() in line for line in removed) for each in gone)


def nine_digits(journey: Journey, _: Device) -> None:
    """It is the code that was meant, whole, and not an unknown one."""
    assert "0x8018002B MENROLL_E_MDM_NOT_CONFIGURED" in evidence(journey)


def text_only(journey: Journey, _: Device) -> None:
    """No code is read out of a sentence: 'not configured' is 0x80180031 elsewhere."""
    assert "failed without a code" in evidence(journey)
    assert "0x8018" not in evidence(journey)


RIGHT: dict[str, Callable[[Journey, Device], None]] = {
    "PC-GERMAN": german,
    "PC-32BIT": wrong_endpoint,
    "PC-CLM": constrained,
    "PC-NOTELEVATED": not_elevated,
    "PC-DENIED": denied,
    "PC-DENYREAD": unreadable,
    "PC-NOCHANNEL": no_channel,
    "PC-CORRUPT": corrupt,
    "PC-NOKEY": no_key,
    "PC-NODSREG": no_dsregcmd,
    "PC-DSREGCUT": cut_dsregcmd,
    "PC-CLOCK": clock,
    "PC-REBOOTS": restarted,
    "PC-DROPS": dropped,
    "PC-TREE-DEAD": tree,
    "PC-NINEDIGIT": nine_digits,
    "PC-TEXTONLY": text_only,
}


@pytest.mark.parametrize("name", ODD)
def test_a_pc_that_answers_oddly_gets_the_right_answer(wire: FleetOnWire, name: str) -> None:
    journey = wire.travel(name, RunOptions(deadline=START + timedelta(hours=3)))
    check(journey, ROWS[name])
    RIGHT[name](journey, wire.device(name))
