"""What holds for every plan, whatever the PC."""

from __future__ import annotations

import copy
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.domain.causes import CAUSES
from orchestrator.domain.facts import OPTIONAL
from orchestrator.domain.findings import Disposition, Owner
from orchestrator.domain.plan import Decision
from orchestrator.domain.stages import STAGE_ORDER, STAGES, in_order
from tests.domain.facts_builder import (
    CHILD,
    ID,
    ID2,
    NOW,
    OTHER_TENANT,
    blank,
    certificate,
    dsregcmd,
    enrollment,
    event,
    events,
    failed,
    healthy,
    iso,
    judge,
    pseudo,
    reading,
    task,
    task_of,
    unjoined,
)

# section by section, what a PC may look like; drawn together they make any PC
SHAPES: dict[str, list[Any]] = {
    "enrollments": [
        pseudo(),
        [*pseudo(), enrollment()],
        [enrollment(tenant_id=OTHER_TENANT), enrollment(id=ID2)],
        [
            enrollment(linked_id=CHILD),
            enrollment(id=CHILD, provider_id="Microsoft Device Management"),
        ],
        [enrollment(id=CHILD, provider_id="Microsoft Device Management")],
        [{"id": ID, "in": 256, "tasks": 2}, {"id": ID2, "in": 32}],
        [enrollment(provider_id="AirWatchMDM", discovery_url="https://mdm.example/")],
        [enrollment(discovery_url="https://wip.mam.manage.microsoft.com/Enroll")],
    ],
    "certificates": [[], [certificate()], [certificate(has_private_key=False)]],
    "policy": [
        {"auto_enroll_mdm": 1},
        {"auto_enroll_mdm": 1, "use_aad_credential_type": 2},
        {"auto_enroll_mdm": 1, "disable_registration": 1},
        {},
    ],
    "flags": [{}, {"externally_managed": 1}, {"mmpc_enrollment_flag": 2}],
    "tasks": [[], [task(), task_of(ID)], [task(state="Disabled"), task_of(ID, "Vendor sync")]],
    "services": [
        [{"name": "dmwappushservice", "start_mode": "Manual"}],
        [{"name": "dmwappushservice", "start_mode": "Disabled"}],
    ],
    "legacy_client": [
        {"folder": False},
        {"uninstaller": True, "products": [{"code": "{1}", "name": "x", "shared": False}]},
        {"registry_key": True},
    ],
    "configmgr": [
        {"client_exe": False},
        {"client_exe": True, "co_management_flags": 1},
        {
            "client_exe": True,
            "comanagement_log": False,
            "task_sequence": False,
            "site_system": False,
        },
    ],
    "dsregcmd": [
        {"text": dsregcmd()},
        {"text": dsregcmd(MdmUrl="")},
        {"text": unjoined()},
        {"text": dsregcmd(DeviceAuthStatus="FAILED. Device is either disabled or deleted")},
    ],
    "session": [
        {"console_user": "FABRIKAM\\jdoe", "interactive": []},
        {"interactive": []},
        {"console_user": "PC-0042\\admin", "interactive": []},
    ],
    "events": [
        events(),
        events(failed(0x80180026)),
        events(failed(0x8018000A)),
        events(failed(0x80180018)),
        events(failed(0x80072EE2)),
        events(failed(0x8018002C)),
        events(failed(0x80190190, minutes_ago=600)),
        events(event(75, 4711, "0")),
    ],
    "pending_reboot": [{"cbs": False}, {"cbs": True}, {"windows_update": True}],
    "os": [
        {"build": 22631, "edition_id": "Enterprise", "product_type": "WinNT"},
        {"build": 22631, "edition_id": "ServerRdsh", "product_type": "ServerNT"},
        {"build": 22631, "edition_id": "Core", "product_type": "WinNT"},
    ],
    "journal": [{"run_id": "r-1", "fence": 1, "open": False}, {"run_id": "r-1", "open": True}],
    "collected": [iso(NOW), iso(NOW - timedelta(hours=3))],
}
PCS = st.fixed_dictionaries({}, optional={k: st.sampled_from(v) for k, v in SHAPES.items()}).map(
    lambda sections: copy.deepcopy(blank()) | sections
)
OPTIONS = st.fixed_dictionaries(
    {
        "allow_configmgr_removal": st.booleans(),
        "reboot": st.sampled_from(["never", "if_needed", "allow"]),
    }
)
TELLS = {"collected", "events", "services"}  # what they tell is no guard of what is removed
UNREAD = st.sets(st.sampled_from(sorted(SHAPES.keys() - OPTIONAL - TELLS)), max_size=5)
CLEANING = {"tasks", "certificates", "state"}


@given(PCS, OPTIONS)
@settings(max_examples=300)
def test_a_plan_keeps_the_order_and_repairs_only_what_was_found(
    pc: dict[str, Any], options: dict[str, Any]
) -> None:
    found, plan, _ = judge(pc, **options)
    names = [stage.name for stage in plan.stages]
    places = [STAGE_ORDER.index(name) for name in names]
    assert places == sorted(set(places))
    assert all(stage.reason for stage in plan.stages)
    assert (plan.decision is Decision.REPAIR) is bool(plan.stages)
    if plan.stages:
        assert names[0] == "backup"
        asked = {s for item in found.findings for s in CAUSES[item.cause].stages}
        assert set(names) - {"backup", "trigger"} <= asked
    assert bool(plan.enrollment_ids) <= bool(CLEANING & set(names))
    assert bool(plan.service_names) == ("services" in names)
    assert options["allow_configmgr_removal"] or "configmgr" not in names
    assert plan.next_action
    assert [CAUSES[f.cause].rank for f in found.findings] == sorted(
        CAUSES[f.cause].rank for f in found.findings
    )
    assert len({f.cause for f in found.findings}) == len(found.findings)


@given(PCS, OPTIONS)
@settings(max_examples=300)
def test_what_an_owner_has_to_change_is_never_cleaned_around(
    pc: dict[str, Any], options: dict[str, Any]
) -> None:
    found, plan, _ = judge(pc, **options)
    blocking = {
        item.cause
        for item in found.findings
        if CAUSES[item.cause].disposition in {Disposition.REPORT, Disposition.LEAVE}
        and not CAUSES[item.cause].from_code
    }
    names = {stage.name for stage in plan.stages}
    if blocking and "join" in names:  # comes first, cleans nothing, and may be what the rest needs
        assert names == {"backup", "join"}
    elif blocking:
        assert plan.decision is not Decision.REPAIR
        assert names == set()


@given(PCS, UNREAD, OPTIONS)
@settings(max_examples=400)
def test_what_could_not_be_read_never_makes_a_plan_remove_more(
    pc: dict[str, Any], unread: set[str], options: dict[str, Any]
) -> None:
    _, whole, _ = judge(pc, **options)
    part = {name: value for name, value in pc.items() if name not in unread}
    found, plan, _ = judge(part, **options)
    assert {line.partition(":")[0] for line in found.unknown} == unread
    assert set(plan.enrollment_ids) <= set(whole.enrollment_ids)
    assert set(plan.thumbprints) <= set(whole.thumbprints)
    removed = {name for stage in plan.stages if STAGES[name := stage.name].destructive}
    assert removed <= {stage.name for stage in whole.stages}


HEALTHY = st.fixed_dictionaries(
    {},
    optional={
        "session": st.sampled_from(SHAPES["session"]),
        "tasks": st.sampled_from(SHAPES["tasks"]),
        "events": st.sampled_from(SHAPES["events"]),
        "policy": st.sampled_from([{"auto_enroll_mdm": 1}, {}, {"disable_registration": 1}]),
        "pending_reboot": st.sampled_from(SHAPES["pending_reboot"]),
        "flags": st.sampled_from(SHAPES["flags"]),
    },
)


@given(HEALTHY, OPTIONS)
def test_a_healthy_pc_has_no_cause_and_nothing_is_done_to_it(
    sections: dict[str, Any], options: dict[str, Any]
) -> None:
    found, plan, _ = judge(healthy() | sections, **options)
    assert [item.cause for item in found.findings] == ["already_enrolled_healthy"]
    assert found.enrolled
    assert found.last_error is None
    assert plan.decision is Decision.NOTHING
    assert plan.owner is Owner.NOBODY
    assert plan.stages == ()


@pytest.mark.parametrize(
    "name", sorted(set(blank()) - {"format", "module", "unread", "elapsed_ms"})
)
def test_a_healthy_pc_of_which_one_thing_was_not_read_is_never_repaired(name: str) -> None:
    pc = healthy()
    del pc[name]
    found, plan, _ = judge(pc)
    if name in {"enrollments", "certificates", "collected"}:
        assert not found.enrolled
        assert found.primary is not None
        assert found.primary.cause in {"facts_unread", "enrollment_incomplete"}
        assert plan.decision is Decision.OWNER
    else:
        assert found.enrolled
    assert plan.stages == ()


def test_stages_are_put_in_their_order() -> None:
    assert in_order(["trigger", "state", "backup", "state"]) == ("backup", "state", "trigger")
    with pytest.raises(KeyError):
        in_order(["reinstall"])


def test_the_order_of_stages_is_the_contracts() -> None:
    order = (
        "backup reboot agents configmgr services clock join "
        "tasks certificates state flag policy trigger"
    )
    assert " ".join(STAGE_ORDER) == order
    assert all(stage.title for stage in STAGES.values())


def test_notes_are_told_with_every_plan() -> None:
    marker = {"id": "FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF", "in": 1}
    for pc in (reading(), healthy(), reading(policy={"disable_registration": 1})):
        pc["enrollments"].append(marker)
        _, plan, _ = judge(pc)
        assert any(note.startswith("fake_mdm_marker: ") for note in plan.notes)
