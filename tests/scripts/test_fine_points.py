"""What only a small mistake in the module would show: each was once planted and not noticed."""

from __future__ import annotations

from dataclasses import replace

from orchestrator.lab.store_state import Certificate
from tests.scripts.bench import ENROLLMENTS, ONE, Bench
from tests.scripts.builders import legacy_client


def test_certificates_of_enrollment_and_join_are_read_and_those_of_others_are_not() -> None:
    pc = Bench()
    ours = pc.stale(ONE)
    for number, issuer in enumerate(
        ("CN=MS-Organization-Access", "CN=MS-Organization-P2P-Access [2026]", "CN=Corp Web CA")
    ):
        thumbprint = f"{number:02X}" * 20
        pc.device.certificates[thumbprint] = Certificate(
            thumbprint=thumbprint,
            subject="CN=x",
            issuer=issuer,
            not_before=pc.now,
            not_after=pc.now.replace(year=2027),
        )
    found = {item["thumbprint"] for item in pc.facts()["certificates"]}
    assert {ours, "00" * 20, "01" * 20} <= found
    assert "02" * 20 not in found


def test_a_key_that_an_administrator_may_write_is_not_imported_by_system() -> None:
    pc = Bench()
    thumbprint = pc.stale(ONE)
    pc.repair("tasks", "certificates", "state", ids=[ONE], thumbprints=[thumbprint])
    tasks = set(pc.device.tasks.runs)
    pc.restore()
    assert set(pc.device.tasks.runs) == tasks
    assert pc.device.registry.find(f"{ENROLLMENTS}\\{ONE.upper()}") is not None


def test_an_uninstaller_without_a_product_of_its_own_is_not_started() -> None:
    pc = Bench()
    legacy_client(pc, b"MZ broken")
    pc.repair("agents")
    pc.later(1800)
    pc.repair("agents", fence=2)
    pc.device.files.write(
        r"C:\Program Files\Microsoft\OnlineManagement\Common\ProvisioningUtil.exe", b"MZ"
    )
    assert pc.repair("agents", run="r-2", fence=3).stage("agents")["status"] != "parked"


def test_a_service_that_is_running_is_not_started_again() -> None:
    pc = Bench()
    pc.device.services["W32Time"] = replace(pc.device.services["W32Time"], state="Running")
    actions = [item["action"] for item in pc.repair("clock").stage("clock")["changes"]]
    assert actions == ["set"]
