"""A campaign over the real stack: command line, Valkey, a worker, PSRP, simulated PCs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.acceptance.stack import Stack, stack

if TYPE_CHECKING:
    from collections.abc import Iterator

FLEET = ("PC-ORPHAN", "PC-HEALTHY", "PC-JOINQUOTA")


@pytest.fixture
def here() -> Iterator[Stack]:
    with stack() as made:
        made.variables["ENROLLMEND_OPERATOR"] = "ada"
        made.start_lab(FLEET, seed=205, pace=0.001)
        made.start_worker()
        yield made


@pytest.mark.acceptance
def test_a_campaign_repairs_what_can_be_repaired_and_names_who_owns_the_rest(here: Stack) -> None:
    plan = str(here.home / "plan.json")
    targets = [word for name in FLEET for word in ("-T", name)]
    options = ["--wave", "1,100%", "--bake", "0", "--name", "All", "-o", plan]
    planned = here.run("campaign", "plan", *targets, *options)
    assert planned.code == 0, planned.err
    assert here.run("campaign", "approve", plan, "--yes").code == 7
    approved = here.run("campaign", "approve", plan, "--yes", ENROLLMEND_OPERATOR="bob")
    assert approved.code == 0, approved.err

    started = here.run("campaign", "start", plan)
    assert started.code == 5, started.err
    assert "join_quota_reached (tenant) blocks 1 of the 1 device" in started.err
    stopped = here.run("campaign", "ls", "-o", "json").document
    assert here.run("campaign", "resume", stopped["campaign"]).code == 7
    why = ["--reason", "the quota was raised"]
    assert here.run("campaign", "resume", stopped["campaign"], *why).code == 0
    shown = here.run("campaign", "show", stopped["campaign"], "-o", "json").document
    assert "resumed by ada: the quota was raised" in [each["text"] for each in shown["decisions"]]
    watched = here.run("campaign", "watch", stopped["campaign"])
    assert watched.code == 3, watched.err

    (campaign,) = here.run("campaign", "ls", "-o", "json").documents
    people = (campaign["status"], campaign["author"], campaign["approver"])
    assert people == ("finished", "ada", "bob")
    counts = {verdict: count for verdict, count in campaign["verdicts"].items() if count}
    assert counts == {"already_enrolled": 1, "enrolled": 1, "needs_owner": 1}
    selector = f"campaign:{campaign['campaign']}/owner=tenant"
    chosen = here.run("target", "resolve", selector, "-o", "csv")
    assert chosen.out.splitlines()[1].startswith("PC-JOINQUOTA,")
    worker = here.run("worker", "ls", "-o", "json").document
    assert worker["state"] == "ready"
