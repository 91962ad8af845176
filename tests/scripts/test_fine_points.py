"""What only a small mistake in the module would show: each was once planted and not noticed."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from orchestrator.domain.stages import STAGE_ORDER
from orchestrator.lab.device_identity import set_proxy
from orchestrator.lab.store_baseline import UNINSTALL, fixed_guid
from orchestrator.lab.store_state import Certificate
from tests.scripts.bench import ENROLLMENTS, ONE, Bench
from tests.scripts.builders import legacy_client

CONNECTIONS = r"SOFTWARE\Microsoft\Windows\CurrentVersion\Internet Settings\Connections"


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
    pc.stale(ONE)
    pc.repair("state", ids=[ONE])
    asked = pc.device.asked["Register-ScheduledTask"]
    pc.restore()
    assert pc.device.registry.find(f"{ENROLLMENTS}\\{ONE.upper()}") is not None
    assert pc.device.asked["Register-ScheduledTask"] == asked


def test_a_proxy_whose_bytes_end_with_its_name_is_read() -> None:
    pc = Bench()
    set_proxy(pc.device, "proxy:8080")
    key = pc.device.registry.find(CONNECTIONS)
    assert key is not None
    whole = key.data("WinHttpSettings")
    assert isinstance(whole, bytes | bytearray | list | tuple)
    pc.device.registry.set(CONNECTIONS, "WinHttpSettings", whole[: 16 + len("proxy:8080")])
    assert pc.facts(Network=True)["network"]["proxy"] == "proxy:8080"


def test_a_probe_of_the_network_that_leaves_no_answer_is_unread_for_that_reason() -> None:
    pc = Bench()
    pc.more = "function Invoke-OneShotTask { param ($Name, $FilePath, $Argument, $TimeoutSeconds) }"
    unread = pc.facts(Network=True)["unread"]
    assert [(item["fact"], item["id"]) for item in unread] == [("network", "PathNotFound")]


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


def test_a_removal_that_has_ended_early_is_not_waited_for() -> None:
    pc = Bench()
    legacy_client(pc, shared=False)
    assert pc.repair("agents").stage("agents")["status"] == "parked"
    pc.later(1)
    pc.device.registry.delete(UNINSTALL)
    assert pc.repair("agents", fence=2).stage("agents")["status"] == "changed"


def test_a_removal_that_has_begun_this_very_second_is_waited_for() -> None:
    pc = Bench()
    legacy_client(pc, shared=False)
    pc.repair("agents")
    second = f"{pc.now + timedelta(seconds=1):%Y-%m-%dT%H:%M:%SZ}"
    pc.device.registry.set(r"SOFTWARE\enrollmend", "AgentRemoval", f"{second} r-1")
    assert pc.repair("agents", fence=2).stage("agents")["status"] == "parked"


@pytest.mark.parametrize("name", ["Windows Policy Platform", "Microsoft Policy Platform"])
def test_a_product_of_the_retired_client_is_known_by_each_of_its_names(name: str) -> None:
    pc = Bench()
    code = "{" + fixed_guid(name) + "}"
    values: dict[str, str | int] = {
        "DisplayName": name,
        "DisplayVersion": "5.0",
        "WindowsInstaller": 1,
    }
    pc.device.registry.put(f"{UNINSTALL}\\{code}", values)
    assert [item["name"] for item in pc.facts()["legacy_client"]["products"]] == [name]


def test_the_module_runs_its_stages_in_the_order_of_the_plan() -> None:
    pc = Bench()
    pc.script(
        "$names = (Get-RepairStage -OwnStep @('x Get-OwnX Repair-OwnX Test-OwnX Undo-OwnX')).Keys\n"
        "$null = New-Item -Path 'HKLM:\\SOFTWARE\\Order' -ErrorAction Stop\n"
        "$null = New-ItemProperty -LiteralPath 'HKLM:\\SOFTWARE\\Order' -Name 'Names' "
        "-PropertyType String -Value ($names -join ' ') -ErrorAction Stop"
    )
    key = pc.device.registry.find(r"SOFTWARE\Order")
    assert key is not None
    order = [*STAGE_ORDER[:-1], "own:x", STAGE_ORDER[-1]]
    assert str(key.data("Names")).split() == order
