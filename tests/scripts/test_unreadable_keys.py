"""A key of an enrollment that Administrators may not read: alive, or in nobody's way."""

from __future__ import annotations

from tests.scripts.bench import ENROLLMENTS, OMADM, ONE, THREE, Bench

CLEAN = ("tasks", "certificates", "state")


def unreadable(*, account: bool) -> tuple[Bench, str]:
    """A PC with a dead enrollment, and with a key that Administrators may not read."""
    pc = Bench()
    thumbprint = pc.stale(ONE)
    pc.device.registry.deny(f"{ENROLLMENTS}\\{THREE}")
    if account:
        pc.device.registry.create(f"{OMADM}\\Accounts\\{THREE}")
    return pc, thumbprint


def test_a_key_that_cannot_be_read_and_has_no_account_holds_up_neither_repair_nor_undo() -> None:
    pc, thumbprint = unreadable(account=False)
    before = pc.dump()
    answer = pc.repair(*CLEAN, ids=[ONE], thumbprints=[thumbprint])
    assert set(answer.statuses.values()) == {"changed"}
    assert pc.restore().one["reason"] == ""
    assert {line.split(" / ")[1] for line in pc.diff(before)} == {thumbprint}
    assert pc.repair(*CLEAN[::2], "trigger", ids=[ONE], fence=100).statuses["trigger"] == "changed"


def test_a_key_that_cannot_be_read_counts_as_alive_when_it_has_an_account() -> None:
    pc, thumbprint = unreadable(account=True)
    before = pc.device.dump()
    answer = pc.repair("certificates", ids=[ONE], thumbprints=[thumbprint])
    assert answer.error == "Enrollmend.ProtectedEnrollment"
    assert f"may belong, to enrollment {THREE}" in answer.message
    pc.device.registry.set(f"{ENROLLMENTS}\\{ONE}", "ProviderID", "Microsoft Device Management")
    answer = pc.repair("tasks", ids=[ONE])
    assert answer.error == "Enrollmend.ProtectedEnrollment"
    assert "belongs to a live enrollment" in answer.message
    assert len(pc.device.diff(before)) == 1


def test_undo_leaves_a_key_alone_that_cannot_be_read_and_has_an_account() -> None:
    pc = Bench()
    pc.stale(ONE)
    before = pc.dump()
    pc.repair("tasks", "state", ids=[ONE])
    pc.device.registry.deny(f"{ENROLLMENTS}\\{THREE}")
    pc.device.registry.create(f"{OMADM}\\Accounts\\{THREE}")
    assert pc.restore().one["status"] == "changed"
    assert [line for line in pc.diff(before) if THREE not in line] == []
