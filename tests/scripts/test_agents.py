"""The stages that remove other managers: the retired Intune client and Configuration Manager."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from orchestrator.lab.programs_agents import ONLINE_KEY, ONLINE_MANAGEMENT, PRODUCTS
from orchestrator.lab.store_baseline import UNINSTALL, fixed_guid
from tests.scripts.bench import Bench
from tests.scripts.builders import configmgr, legacy_client, products

if TYPE_CHECKING:
    from collections.abc import Callable

SHARED = [
    "System Center 2012 - Operations Manager Agent",
    "Microsoft Policy Platform",
    "Microsoft Security Client",
]


def test_the_retired_client_is_removed_by_its_own_uninstaller_first() -> None:
    pc = Bench()
    legacy_client(pc, shared=False)
    outcome = pc.repair("agents", "flag").documents[-1]
    assert (outcome["stage"], outcome["status"]) == ("agents", "parked")
    assert outcome["wait_seconds"] == 1800
    assert len(products(pc)) == 13
    pc.later(600)
    again = pc.repair("agents", fence=2).stage("agents")
    assert again["status"] == "parked"
    assert 60 <= again["wait_seconds"] <= 1200
    pc.later(1200)
    gone = pc.repair("agents", "flag", fence=3).stage("agents")
    assert (gone["status"], gone["wait_seconds"], gone["changes"]) == ("parked", 1800, [])
    assert products(pc) == []
    assert pc.device.files.find(ONLINE_MANAGEMENT) is not None
    pc.later(1800)
    last = pc.repair("agents", "flag", fence=4)
    assert last.statuses == {"backup": "unchanged", "agents": "changed", "flag": "changed"}
    assert products(pc) == []
    assert pc.device.files.find(ONLINE_MANAGEMENT) is None
    assert pc.device.registry.find(ONLINE_KEY) is None
    assert "C0" * 20 not in pc.device.certificates
    assert pc.repair("agents", fence=5).statuses["agents"] == "unchanged"


def test_what_the_uninstaller_leaves_behind_goes_in_the_documented_order() -> None:
    pc = Bench()
    legacy_client(pc, b"MZ broken")
    pc.repair("agents")
    pc.later(1800)
    outcome = pc.repair("agents", fence=2).stage("agents")
    names = [change["before"] for change in outcome["changes"] if change["action"] == "uninstall"]
    assert names == [name for name in PRODUCTS if name not in SHARED]


def test_products_that_others_share_stay() -> None:
    pc = Bench()
    legacy_client(pc, b"MZ broken")
    pc.repair("agents")
    pc.later(1800)
    pc.repair("agents", fence=2)
    assert products(pc) == SHARED
    kept = {product_code(name) for name in SHARED}
    assert [entry for entry in pc.journal()["backup"] if entry["object"] in kept] == []


def unknown_products(pc: Bench) -> None:
    """Give the client's products names that no list has."""
    for child in pc.device.registry.find(UNINSTALL).children:  # type: ignore[union-attr]
        pc.device.registry.set(f"{UNINSTALL}\\{child}", "DisplayName", "Agent of another language")


def test_a_client_whose_products_are_unknown_is_uninstalled_by_its_own_uninstaller() -> None:
    pc = Bench()
    legacy_client(pc, shared=False)
    unknown_products(pc)
    assert pc.repair("agents").stage("agents")["status"] == "parked"
    pc.later(1800)
    assert pc.repair("agents", fence=2).statuses["agents"] == "parked"
    pc.later(1800)
    assert pc.repair("agents", fence=3).statuses["agents"] == "changed"
    assert "OmcSvc" not in pc.device.services


def test_nothing_of_a_client_is_deleted_while_its_service_exists() -> None:
    pc = Bench()
    legacy_client(pc, b"MZ broken", shared=False)
    unknown_products(pc)
    pc.repair("agents")
    pc.later(1800)
    outcome = pc.repair("agents", fence=2).stage("agents")
    assert outcome["status"] == "failed"
    assert "OmcSvc" in str(outcome)
    assert pc.device.files.find(ONLINE_MANAGEMENT) is not None
    assert pc.device.registry.find(ONLINE_KEY) is not None
    assert "C0" * 20 in pc.device.certificates


def test_shared_products_alone_are_no_retired_client() -> None:
    pc = Bench()
    code = "{" + fixed_guid("scep") + "}"
    pc.device.registry.put(f"{UNINSTALL}\\{code}", {"DisplayName": "Microsoft Security Client"})
    before = pc.dump()
    assert pc.repair("agents").statuses["agents"] == "unchanged"
    assert pc.diff(before) == []


def product_code(name: str) -> str:
    return "{" + fixed_guid(f"product {PRODUCTS.index(name)}") + "}"


def test_another_installation_parks_the_removal_for_a_while() -> None:
    pc = Bench()
    legacy_client(pc, b"MZ broken")
    pc.repair("agents")
    pc.later(1800)
    busy = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Installer\InProgress"
    pc.device.registry.create(busy)
    outcome = pc.repair("agents", fence=2).stage("agents")
    assert (outcome["status"], outcome["wait_seconds"]) == ("parked", 300)
    pc.device.registry.delete(busy)
    outcome = pc.repair("agents", fence=3).stage("agents")
    assert (outcome["status"], len(outcome["changes"])) == ("parked", 13)
    pc.later(1800)
    assert pc.repair("agents", fence=4).statuses["agents"] == "changed"


def test_a_product_that_wants_a_restart_says_so() -> None:
    pc = Bench()
    legacy_client(pc, b"MZ broken")
    code = product_code("Microsoft Intune Center")
    pc.device.files.write(rf"C:\Windows\Installer\{code}.msi", b"exit 3010")
    pc.repair("agents")
    pc.later(1800)
    assert pc.repair("agents", fence=2).stage("agents")["reboot"] is True


def test_a_product_that_cannot_be_removed_is_named_with_its_exit_code() -> None:
    pc = Bench()
    legacy_client(pc, b"MZ broken")
    code = product_code("Microsoft Intune Center")
    pc.device.files.write(rf"C:\Windows\Installer\{code}.msi", b"exit 1603")
    pc.repair("agents")
    pc.later(1800)
    outcome = pc.repair("agents", fence=2).stage("agents")
    assert outcome["status"] == "failed"
    assert "Microsoft Intune Center" in outcome["reason"]
    assert "1603" in outcome["reason"]


# -- configmgr -----------------------------------------------------------------------------------


def allowed(pc: Bench, **more: object) -> dict[str, object]:
    return pc.repair("configmgr", AllowConfigMgrRemoval=True, **more).stage("configmgr")  # type: ignore[arg-type]


def test_no_configuration_manager_is_nothing_to_do() -> None:
    assert allowed(Bench())["status"] == "unchanged"


def flags(pc: Bench) -> None:
    pc.device.registry.set(r"SOFTWARE\Microsoft\CCM", "CoManagementFlags", 8193)


def health(pc: Bench) -> None:
    pc.device.registry.set(
        r"SOFTWARE\Microsoft\Windows\CurrentVersion\MDM", "ClientHealthStatus", 7
    )


def ill(pc: Bench) -> None:
    pc.device.registry.set(
        r"SOFTWARE\Microsoft\Windows\CurrentVersion\MDM", "ClientHealthStatus", 17
    )


def log(pc: Bench) -> None:
    pc.device.files.write(
        r"C:\Windows\CCM\Logs\CoManagementHandler.log",
        b"Queuing enrollment timer to fire at 01/01/2027\r\n",
    )


def sequence(pc: Bench) -> None:
    pc.device.registry.create(r"SOFTWARE\Microsoft\SMS\Task Sequence")


def site(pc: Bench) -> None:
    pc.device.registry.create(r"SOFTWARE\Microsoft\SMS\DP")


def polled(pc: Bench) -> None:
    pc.device.files.write(r"C:\Windows\CCM\Logs\PolicyAgent.log", b"polled", pc.now)


def polled_last_month(pc: Bench) -> None:
    when = pc.now - timedelta(days=29)
    pc.device.files.write(r"C:\Windows\CCM\Logs\PolicyAgent.log", b"polled", when)


def unknown_policy(pc: Bench) -> None:
    pc.device.files.remove(r"C:\Windows\CCM\Logs\PolicyAgent.log")


def no_uninstaller(pc: Bench) -> None:
    pc.device.files.remove(r"C:\Windows\ccmsetup\ccmsetup.exe")


@pytest.mark.parametrize(
    ("bend", "reason"),
    [
        (flags, "ccm_comanaged:"),
        (health, "ccm_comanaged:"),
        (ill, "ccm_comanaged:"),
        (log, "ccm_comanaged:"),
        (sequence, "ccm_busy:"),
        (site, "ccm_site_system:"),
        (polled, "ccm_active:"),
        (polled_last_month, "ccm_active:"),
        (unknown_policy, "ccm_unclear:"),
        (no_uninstaller, "ccm_no_uninstaller:"),
    ],
)
def test_a_client_that_anything_speaks_for_stays(
    bend: Callable[[Bench], None], reason: str
) -> None:
    pc = Bench()
    configmgr(pc)
    bend(pc)
    before = pc.dump()
    outcome = allowed(pc)
    assert outcome["status"] == "skipped"
    assert str(outcome["reason"]).startswith(reason)
    assert pc.diff(before) == []


def test_without_the_operators_word_the_client_stays() -> None:
    pc = Bench()
    configmgr(pc)
    before = pc.dump()
    outcome = pc.repair("configmgr").stage("configmgr")
    assert outcome["status"] == "skipped"
    assert outcome["reason"].startswith("not_allowed:")
    assert pc.diff(before) == []


def test_an_orphaned_client_is_removed_and_waited_for() -> None:
    pc = Bench()
    configmgr(pc)
    first = allowed(pc)
    assert (first["status"], first["wait_seconds"]) == ("parked", 600)
    pc.later(30)
    assert allowed(pc, fence=2)["status"] == "parked"
    pc.later(600)
    assert allowed(pc, fence=3)["status"] == "unchanged"
    assert "CcmExec" not in pc.device.services


def test_a_client_that_survives_its_removal_is_a_failure() -> None:
    pc = Bench()
    configmgr(pc)
    allowed(pc)
    pc.later(600)
    configmgr(pc)
    outcome = allowed(pc, fence=2)
    assert outcome["status"] == "failed"
    assert str(outcome["reason"]).startswith("ccm_not_removed:")


def test_undo_names_a_removed_client_as_lost_and_one_that_is_still_there_not() -> None:
    pc = Bench()
    configmgr(pc)
    pc.device.registry.set(r"SOFTWARE\Microsoft\SMS\Mobile Client", "ProductVersion", "5.00.9128")
    allowed(pc)
    assert pc.restore().one["changes"] == []
    pc.later(600)
    lost = {
        "object": r"C:\Windows\CCM\CcmExec.exe",
        "action": "create",
        "before": "Configuration Manager client version 5.00.9128, site P01",
        "restorable": False,
    }
    assert pc.restore(fence=100).one["changes"] == [lost]


def test_a_client_that_stays_is_no_part_of_the_backup() -> None:
    pc = Bench()
    configmgr(pc)
    assert pc.repair("configmgr").statuses == {"backup": "unchanged", "configmgr": "skipped"}
    assert pc.journal()["backup"] == []
