"""What a repair refuses, and that a refusal leaves the PC as it was."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from orchestrator.lab.store_state import TENANT_ID, Certificate
from orchestrator.lab.store_tasks import ENTERPRISE_MGMT, Task
from tests.scripts.bench import ENROLLMENTS, OMADM, ONE, THREE, TWO, Bench

CLEAN = ("tasks", "certificates", "state")


def test_another_pc_is_left_alone() -> None:
    pc = Bench("PC-0042")
    pc.stale(ONE)
    before = pc.device.dump()
    answer = pc.repair(*CLEAN, ids=[ONE], name="PC-0043")
    assert answer.error == "Enrollmend.IdentityMismatch"
    assert "PC-0042" in answer.message
    assert pc.device.diff(before) == []


@pytest.mark.parametrize("name", ["pc-0042", "PC-0042.corp.fabrikam.example"])
def test_case_and_domain_of_the_name_do_not_matter(name: str) -> None:
    assert Bench("PC-0042").repair("flag", name=name).statuses["flag"] == "unchanged"


@pytest.mark.parametrize(
    "guid",
    [
        "",
        "*",
        ".*",
        "Context",
        "00000000-0000-0000-0000-000000000000",
        "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF",
        "{" + ONE + "}",
        ONE[:-1],
        ONE + " ",
        f"{ONE} {TWO}",
        f"{ONE}|{TWO}",
        ONE.replace("-", ""),
        f"..\\{ONE}",
    ],
)
def test_what_is_no_id_is_refused_and_removes_nothing(guid: str) -> None:
    pc = Bench()
    pc.stale(ONE)
    pc.stale(TWO)
    before = pc.device.dump()
    answer = pc.repair(*CLEAN, ids=[guid])
    assert answer.error == "Enrollmend.InvalidEnrollmentId"
    assert pc.device.diff(before) == []


@pytest.mark.parametrize("stage", ["tasks", "certificates", "state", "services"])
def test_a_stage_that_was_told_nothing_is_an_error_and_never_all(stage: str) -> None:
    pc = Bench()
    pc.stale(ONE)
    before = pc.device.dump()
    assert pc.repair(stage).error == "Enrollmend.NothingNamed"
    assert pc.device.diff(before) == []


def test_a_service_that_enrollment_does_not_need_is_not_enabled() -> None:
    pc = Bench()
    before = pc.device.dump()
    assert pc.repair("services", services=["RemoteRegistry"]).error == "Enrollmend.NothingNamed"
    assert pc.device.diff(before) == []


def pseudo(pc: Bench, provider: str) -> str:
    root = pc.device.registry.find(ENROLLMENTS)
    assert root is not None
    return next(
        child.name
        for child in root.children.values()
        if child.name.count("-") == 4 and (child.data("ProviderID") or "") == provider
    )


@pytest.mark.parametrize(
    "provider",
    ["WMI_Bridge_SCCM_Server", "Local Authority", "Deploy Authority", "Cloud Authority", ""],
)
def test_a_pseudo_provider_is_protected(provider: str) -> None:
    pc = Bench()
    before = pc.device.dump()
    answer = pc.repair("state", ids=[pseudo(pc, provider)])
    assert answer.error == "Enrollmend.ProtectedEnrollment"
    assert pc.device.diff(before) == []


def test_another_managers_enrollment_is_protected() -> None:
    pc = Bench()
    pc.stale(ONE)
    pc.device.registry.set(f"{ENROLLMENTS}\\{ONE}", "ProviderID", "AirWatchMDM")
    before = pc.device.dump()
    assert pc.repair("state", ids=[ONE]).error == "Enrollmend.ProtectedEnrollment"
    assert pc.device.diff(before) == []


def test_a_system_type_is_protected_even_under_the_name_of_intune() -> None:
    pc = Bench()
    pc.stale(ONE)
    pc.device.registry.set(f"{ENROLLMENTS}\\{ONE}", "EnrollmentType", 12)
    assert pc.repair("state", ids=[ONE]).error == "Enrollmend.ProtectedEnrollment"


def test_a_live_enrollment_is_protected_together_with_a_stale_one() -> None:
    pc = Bench()
    pc.stale(ONE)
    pc.live(THREE)
    before = pc.device.dump()
    answer = pc.repair(*CLEAN, ids=[ONE, THREE])
    assert answer.error == "Enrollmend.ProtectedEnrollment"
    assert THREE in answer.message
    assert pc.device.diff(before) == []


def child(pc: Bench) -> str:
    """Leave the declared-configuration child of an Intune enrollment; return its thumbprint."""
    thumbprint = pc.stale(ONE)
    pc.device.registry.set(f"{ENROLLMENTS}\\{ONE}", "ProviderID", "Microsoft Device Management")
    pc.device.registry.set(f"{ENROLLMENTS}\\{ONE}", "EnrollmentType", 26)
    return thumbprint


def test_the_child_of_a_live_enrollment_is_protected() -> None:
    pc = Bench()
    thumbprint = child(pc)
    pc.live(THREE)
    before = pc.device.dump()
    answer = pc.repair(*CLEAN, ids=[ONE], thumbprints=[thumbprint])
    assert answer.error == "Enrollmend.ProtectedEnrollment"
    assert ONE in answer.message
    assert pc.device.diff(before) == []


def test_the_child_of_a_dead_enrollment_may_go_without_it() -> None:
    pc = Bench()
    child(pc)
    pc.stale(TWO)
    assert pc.repair(*CLEAN, ids=[ONE]).statuses["state"] == "changed"


def test_an_enrollment_counts_as_alive_while_the_tenant_of_the_join_is_unknown() -> None:
    pc = Bench()
    pc.live(THREE)
    for thumbprint in list(pc.device.registry.find(JOIN_INFO).children):  # type: ignore[union-attr]
        pc.device.registry.delete(f"{JOIN_INFO}\\{thumbprint}")
    assert pc.repair("state", ids=[THREE]).error == "Enrollmend.ProtectedEnrollment"


JOIN_INFO = r"SYSTEM\CurrentControlSet\Control\CloudDomainJoin\JoinInfo"


def test_an_enrollment_whose_account_alone_names_a_good_certificate_is_alive() -> None:
    pc = Bench()
    pc.live(THREE)
    pc.device.registry.set(f"{ENROLLMENTS}\\{THREE}", "DMPCertThumbPrint", "AA" * 20)
    before = pc.device.dump()
    answer = pc.repair(*CLEAN, ids=[THREE])
    assert answer.error == "Enrollmend.ProtectedEnrollment"
    assert pc.device.diff(before) == []


def test_an_enrollment_without_its_private_key_is_not_alive() -> None:
    pc = Bench()
    thumbprint = pc.live(THREE)
    certificate = pc.device.certificates[thumbprint]
    pc.device.certificates[thumbprint] = replace(certificate, has_private_key=False)
    assert pc.repair(*CLEAN, ids=[THREE]).statuses["state"] == "changed"


def test_the_spelling_of_its_tenant_does_not_take_an_enrollment_its_life() -> None:
    pc = Bench()
    pc.live(ONE)
    pc.device.registry.set(f"{ENROLLMENTS}\\{ONE}", "AADTenantID", f" {{{TENANT_ID.upper()}}}")
    assert pc.repair("tasks", ids=[ONE]).error == "Enrollmend.ProtectedEnrollment"
    assert pc.repair("trigger").stage("trigger")["reason"].startswith("enrolled already as")


@pytest.mark.parametrize("system", ["", "WMI_Bridge_SCCM_Server", "cloud authority"])
def test_a_leftover_of_app_protection_may_go_unless_its_provider_is_windows(system: str) -> None:
    pc = Bench()
    pc.stale(ONE)
    key = f"{ENROLLMENTS}\\{ONE}"
    url = "https://wip.mam.manage.microsoft.com/enroll"
    pc.device.registry.put(key, {"ProviderID": system, "DiscoveryServiceFullURL": url})
    assert pc.repair("tasks", ids=[ONE]).error == "Enrollmend.ProtectedEnrollment"
    pc.device.registry.set(key, "ProviderID", "Another")
    assert pc.repair("tasks", ids=[ONE]).statuses["tasks"] == "changed"


def test_a_guid_that_is_only_a_policy_provider_of_windows_is_protected() -> None:
    pc = Bench()
    before = pc.device.dump()
    answer = pc.repair("state", ids=["B5292708-1619-419B-9923-E5D9F3925E71"])
    assert answer.error == "Enrollmend.ProtectedEnrollment"
    assert pc.device.diff(before) == []


def test_residue_without_a_key_below_enrollments_may_go_when_it_left_tasks_or_accounts() -> None:
    pc = Bench()
    pc.stale(ONE)
    pc.device.registry.delete(f"{ENROLLMENTS}\\{ONE}")
    assert pc.repair("tasks", "state", ids=[ONE]).statuses["state"] == "changed"


@pytest.mark.parametrize("left", ["folder", "task", "logger", "nothing"])
def test_what_shows_no_task_or_account_of_an_enrollment_client_is_protected(left: str) -> None:
    pc = Bench()
    if left in {"folder", "task"}:
        pc.device.tasks.make_folder(f"{ENTERPRISE_MGMT}{ONE}\\")
    if left == "task":
        pc.device.tasks.add(Task(path=f"{ENTERPRISE_MGMT}{ONE}\\", name="Backup of a site"))
    if left == "logger":
        pc.device.registry.create(f"{OMADM}\\Logger\\{ONE}")
    before = pc.device.dump()
    answer = pc.repair("tasks", "state", ids=[ONE])
    assert answer.error == "Enrollmend.ProtectedEnrollment"
    assert "no trace" in answer.message
    assert pc.device.diff(before) == []


def test_a_certificate_of_the_join_is_protected() -> None:
    pc = Bench()
    pc.stale(ONE)
    thumbprint = "AB" * 20
    pc.device.certificates[thumbprint] = Certificate(
        thumbprint=thumbprint,
        subject="CN=7d1e5c02-6a1f-4c55-9b0e-2f3a94d0c611",
        issuer="CN=MS-Organization-Access, DC=windows, DC=net",
        not_before=pc.now - timedelta(days=9),
        not_after=pc.now + timedelta(days=9),
    )
    before = pc.device.dump()
    answer = pc.repair("certificates", ids=[ONE], thumbprints=[thumbprint])
    assert answer.error == "Enrollmend.ProtectedEnrollment"
    assert pc.device.diff(before) == []


def test_a_certificate_that_another_enrollment_names_is_protected() -> None:
    pc = Bench()
    pc.stale(ONE)
    thumbprint = pc.live(THREE)
    before = pc.device.dump()
    answer = pc.repair("certificates", ids=[ONE], thumbprints=[thumbprint])
    assert answer.error == "Enrollmend.ProtectedEnrollment"
    assert THREE.upper() in answer.message
    assert pc.device.diff(before) == []


def test_a_certificate_that_the_account_of_another_enrollment_names_is_protected() -> None:
    pc = Bench()
    pc.stale(ONE)
    thumbprint = pc.live(THREE)
    pc.device.registry.set(f"{ENROLLMENTS}\\{THREE}", "DMPCertThumbPrint", "AA" * 20)
    before = pc.device.dump()
    answer = pc.repair("certificates", ids=[ONE], thumbprints=[thumbprint])
    assert answer.error == "Enrollmend.ProtectedEnrollment"
    assert THREE.upper() in answer.message
    assert pc.device.diff(before) == []


def test_a_certificate_that_no_enrollment_names_is_protected() -> None:
    pc = Bench()
    thumbprint = pc.stale(ONE)
    pc.stale(TWO)
    pc.device.registry.set(f"{ENROLLMENTS}\\{ONE}", "DMPCertThumbPrint", "")
    pc.device.registry.set(f"{OMADM}\\Accounts\\{ONE}", "SslClientCertReference", "")
    before = pc.device.dump()
    answer = pc.repair("certificates", ids=[ONE, TWO], thumbprints=[thumbprint])
    assert answer.error == "Enrollmend.ProtectedEnrollment"
    assert "named by none" in answer.message
    assert pc.device.diff(before) == []


def test_a_certificate_that_was_named_is_removed_by_the_attempt_after_a_cut_one() -> None:
    pc = Bench()
    thumbprint = pc.stale(ONE)
    certificate = pc.device.certificates[thumbprint]
    pc.repair("backup", "certificates", ids=[ONE], thumbprints=[thumbprint])
    pc.device.certificates[thumbprint] = certificate
    pc.device.registry.delete(f"{ENROLLMENTS}\\{ONE}")
    pc.device.registry.delete(f"{OMADM}\\Accounts\\{ONE}")
    other = pc.repair("certificates", ids=[ONE], thumbprints=[thumbprint], run="r-2", fence=2)
    assert other.error == "Enrollmend.ProtectedEnrollment"
    again = pc.repair("certificates", ids=[ONE], thumbprints=[thumbprint], fence=3)
    assert again.statuses["certificates"] == "changed"


def test_an_older_attempt_is_refused_and_the_same_one_is_not() -> None:
    pc = Bench()
    pc.stale(ONE)
    assert pc.repair("flag", fence=7).state == "Completed"
    before = pc.device.dump()
    assert pc.repair(*CLEAN, ids=[ONE], fence=6).error == "Enrollmend.FenceStale"
    assert pc.restore(fence=6).error == "Enrollmend.FenceStale"
    assert pc.device.diff(before) == []
    assert pc.repair(*CLEAN, ids=[ONE], fence=7).statuses["state"] == "changed"


def test_the_number_of_an_attempt_may_be_larger_than_32_bits() -> None:
    pc = Bench()
    assert pc.repair("flag", fence=5_000_000_000).state == "Completed"
    assert pc.facts()["journal"] == {"run_id": "r-1", "fence": 5_000_000_000, "open": False}
    assert pc.repair("flag", fence=4_999_999_999).error == "Enrollmend.FenceStale"


def test_two_repairs_at_once_are_one_repair_and_one_busy() -> None:
    pc = Bench()
    pc.stale(ONE)
    other = pc.device.session()
    other.mutex("Global\\enrollmend").methods["WaitOne"](0)
    before = pc.device.dump()
    assert pc.repair(*CLEAN, ids=[ONE]).error == "Enrollmend.Busy"
    assert pc.restore().error == "Enrollmend.Busy"
    assert pc.device.diff(before) == []
    other.close()
    assert pc.repair(*CLEAN, ids=[ONE]).statuses["state"] == "changed"


def test_the_lock_is_given_back_after_a_refusal() -> None:
    pc = Bench()
    pc.live(THREE)
    assert pc.repair("state", ids=[THREE]).error == "Enrollmend.ProtectedEnrollment"
    assert pc.repair("flag").state == "Completed"


@pytest.mark.parametrize("mode", ["ConstrainedLanguage"])
def test_a_repair_in_a_constrained_host_is_refused(mode: str) -> None:
    pc = Bench()
    pc.mode = mode
    pc.device.host = replace(pc.device.host, language_mode=mode)
    before = pc.device.dump()
    assert pc.repair("flag").error == "Enrollmend.UnsuitableHost"
    assert pc.device.diff(before) == []


def test_a_repair_in_a_32_bit_host_is_refused() -> None:
    pc = Bench()
    pc.device.host = replace(pc.device.host, process_bits=32)
    before = pc.device.dump()
    assert pc.repair("flag").error == "Enrollmend.UnsuitableHost"
    assert pc.device.diff(before) == []


def test_a_repair_without_the_rights_of_an_administrator_is_refused() -> None:
    pc = Bench()
    pc.device.host = replace(pc.device.host, elevated=False)
    before = pc.device.dump()
    assert pc.repair("flag").error == "Enrollmend.UnsuitableHost"
    assert pc.device.diff(before) == []


@pytest.mark.parametrize("run", ["", "..", "a/b", "a\\b", "-x", "r 1", "x" * 81])
def test_the_id_of_a_run_cannot_become_another_path(run: str) -> None:
    pc = Bench()
    before = pc.device.dump()
    for answer in (
        pc.repair("flag", run=run),
        pc.restore(run=run),
        pc.call("Get-EnrollmentJournal", RunId=run),
    ):
        assert answer.error.startswith("ParameterArgumentValidationError")
        assert answer.documents == []
    assert pc.device.diff(before) == []


def test_a_run_without_a_backup_cannot_be_undone() -> None:
    pc = Bench()
    before = pc.dump()
    assert pc.restore(run="r-9").error == "Enrollmend.NoBackup"
    assert pc.diff(before) == []


def test_ids_are_compared_without_case() -> None:
    pc = Bench()
    pc.stale(ONE)
    assert pc.repair("tasks", "state", ids=[ONE.upper()]).statuses["state"] == "changed"
    assert pc.device.registry.find(f"{OMADM}\\Accounts\\{ONE}") is None
