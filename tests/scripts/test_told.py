"""What a stage tells of changes and losses, and what a fact is read from, to the word."""

from __future__ import annotations

import pytest

from orchestrator.lab.device_enrollment import add_certificate
from tests.scripts.bench import ENROLLMENTS, OMADM, ONE, Bench
from tests.scripts.builders import configmgr, legacy_client, number, unjoined


def uninstalled(pc: Bench) -> list[dict[str, object]]:
    """Let the products go one after the other; return what was told of them."""
    legacy_client(pc, b"MZ broken")
    pc.repair("agents")
    pc.later(1800)
    changes = pc.repair("agents", fence=2).stage("agents")["changes"]
    return [change for change in changes if change["action"] == "uninstall"]


def joined(pc: Bench) -> list[dict[str, object]]:
    """Start the task that joins; return what was told of it."""
    unjoined(pc)
    changes: list[dict[str, object]] = pc.repair("join").stage("join")["changes"]
    return changes


def refreshed(pc: Bench) -> list[dict[str, object]]:
    """Refresh group policy; return what was told of it."""
    changes: list[dict[str, object]] = pc.repair("policy").stage("policy")["changes"]
    return changes


@pytest.mark.parametrize("work", [uninstalled, joined, refreshed])
def test_what_cannot_be_undone_is_told_as_such(work: object) -> None:
    told = work(Bench())  # type: ignore[operator]
    assert {change["restorable"] for change in told} == {False}


def test_a_certificate_that_is_there_again_is_not_lost() -> None:
    pc = Bench()
    thumbprint = pc.stale(ONE)
    pc.repair("tasks", "certificates", ids=[ONE], thumbprints=[thumbprint])
    assert add_certificate(pc.device, ONE.upper()) == thumbprint
    objects = [change["object"] for change in pc.restore().one["changes"]]
    assert objects
    assert thumbprint not in objects


@pytest.mark.parametrize("gone", ["service", "program"])
def test_half_a_client_of_configuration_manager_is_still_one(gone: str) -> None:
    pc = Bench()
    configmgr(pc)
    if gone == "service":
        del pc.device.services["CcmExec"]
    else:
        pc.device.files.remove(r"C:\Windows\CCM\CcmExec.exe")
    assert pc.repair("configmgr").stage("configmgr")["status"] == "skipped"


def test_the_id_of_no_provider_is_that_of_nobody() -> None:
    pc = Bench()
    key = f"{ENROLLMENTS}\\{ONE}"
    pc.device.registry.put(key, {"EnrollmentState": 1})
    pc.device.registry.put(f"{key}\\DMClient", {"EntDMID": "stray"})
    entry = next(one for one in pc.facts()["enrollments"] if one["id"] == ONE)
    assert "ent_dm_id" not in entry


def test_the_name_in_the_directory_is_the_one_that_group_policy_noted() -> None:
    pc = Bench()
    assert pc.facts()["identity"]["distinguished_name"].startswith("CN=PC-0042,OU=")


def test_the_owner_of_the_folders_is_set_where_one_was_made_and_not_again() -> None:
    pc = Bench()
    pc.repair("flag")
    first = pc.device.asked["icacls.exe"]
    pc.repair("flag", fence=2)
    assert pc.device.asked["icacls.exe"] - first == first - 1


@pytest.mark.parametrize("place", ["account", "key"])
def test_an_enrollment_lives_by_the_certificate_that_either_place_names(place: str) -> None:
    pc = Bench()
    pc.live(ONE)
    if place == "key":
        pc.device.registry.set(f"{OMADM}\\Accounts\\{ONE}", "SslClientCertReference", "")
    else:
        pc.device.registry.set(f"{ENROLLMENTS}\\{ONE}", "DMPCertThumbPrint", "")
    assert number(pc, f"[int](Test-LiveEnrollment -EnrollmentId '{ONE}')") == 1
