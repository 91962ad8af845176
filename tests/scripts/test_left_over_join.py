"""A record of a join is no join: dsregcmd decides, and where it is silent the certificate does."""

from __future__ import annotations

import pytest

from orchestrator.lab.device_enrollment import enroll
from orchestrator.lab.device_identity import add_join_certificate
from orchestrator.lab.store_baseline import CLOUD_JOIN
from orchestrator.lab.store_state import FORMER_TENANT_ID
from tests.scripts.bench import ONE, Bench
from tests.scripts.builders import unjoined

THUMBPRINT = "AB" * 20
DSREGCMD = r"C:\Windows\System32\dsregcmd.exe"


def left_over(pc: Bench, *, certificate: bool = False) -> None:
    """Leave the record of a join behind, with its certificate or without."""
    pc.device.registry.put(f"{CLOUD_JOIN}\\JoinInfo\\{THUMBPRINT}", {"TenantId": "t"})
    if certificate:
        add_join_certificate(pc.device, THUMBPRINT)


@pytest.mark.parametrize("certificate", [False, True])
def test_a_pc_with_the_record_of_a_former_join_joins(*, certificate: bool) -> None:
    pc = Bench()
    unjoined(pc)
    left_over(pc, certificate=certificate)
    assert pc.repair("join").stage("join")["status"] == "changed"
    assert pc.device.join.azure_ad_joined


def test_a_join_that_fails_beside_such_a_record_is_parked() -> None:
    pc = Bench()
    unjoined(pc, 0x801C03F2)
    left_over(pc)
    assert pc.repair("join").stage("join")["status"] == "parked"


@pytest.mark.parametrize("certificate", [False, True])
@pytest.mark.parametrize("what_if", [True, False], ids=["what if", "dsregcmd is gone"])
def test_where_dsregcmd_is_silent_a_record_counts_with_its_certificate(
    *, what_if: bool, certificate: bool
) -> None:
    pc = Bench()
    unjoined(pc, 0x801C03F2)
    left_over(pc, certificate=certificate)
    if not what_if:
        pc.device.files.remove(DSREGCMD)
    joined = pc.repair("join", WhatIf=what_if).stage("join")["status"] == "unchanged"
    assert joined is certificate


def moved(pc: Bench) -> str:
    """An enrollment of a former tenant, as good as new, and the record of that join."""
    left = f"{CLOUD_JOIN}\\JoinInfo\\{THUMBPRINT}"
    pc.device.registry.put(left, {"TenantId": FORMER_TENANT_ID})
    return enroll(pc.device, ONE, tenant=FORMER_TENANT_ID, age_days=10)


def test_a_record_without_its_certificate_keeps_no_enrollment_alive() -> None:
    pc = Bench()
    thumbprint = moved(pc)
    add_join_certificate(pc.device)
    answer = pc.repair("tasks", "certificates", "state", ids=[ONE], thumbprints=[thumbprint])
    assert set(answer.statuses.values()) == {"changed"}


@pytest.mark.parametrize("certificates", [0, 2])
def test_while_it_is_not_clear_which_record_counts_every_one_does(certificates: int) -> None:
    pc = Bench()
    moved(pc)
    for thumbprint in ("", THUMBPRINT)[:certificates]:
        add_join_certificate(pc.device, thumbprint)
    assert pc.repair("tasks", ids=[ONE]).error == "Enrollmend.ProtectedEnrollment"
