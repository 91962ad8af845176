"""What reading a PC full of other people's state costs, in bytes on the wire."""

from __future__ import annotations

from orchestrator.domain.device import DeviceName
from orchestrator.domain.facts import Facts
from orchestrator.lab.programs_policy import log_extension
from orchestrator.lab.store_state import AAD_CHANNEL, MDM_CHANNEL
from tests.fleet.journey import fleet_on_wire

NAME = "PC-NOISY"
LIMIT = 200_000
LONG = "the request needs the user to do something. " * 20


def test_500_ids_6000_events_and_400_products_are_read_in_less_than_200_kilobytes() -> None:
    with fleet_on_wire([NAME]) as wire:
        pc = wire.device(NAME)
        for number in range(2000):
            pc.log(MDM_CHANNEL, 76, 0, 0x80180026 + number % 7)
            pc.log(AAD_CHANNEL, 1098, 0xCAA2000C, LONG, LONG)
            log_extension(pc, 0x80070005)
        with wire.sessions.open(DeviceName(NAME), seconds=30) as session:
            (answer,) = session.invoke(
                "Get-EnrollmentFact", {"UserSession": True, "Network": True}, seconds=120
            )
        traffic = session.traffic
    facts = Facts.parse(answer)
    assert facts.unread == ()
    assert len(facts.enrollments or ()) > 500
    assert facts.events is not None
    assert len(facts.events.items) == 60
    assert facts.aad_events is not None
    assert len(facts.aad_events.items) == 8
    assert facts.policy_events is not None
    assert len(facts.policy_events.items) == 3
    assert traffic.sent + traffic.received < LIMIT, "definitions and answer, sealed, together"
