import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Protocol

import pytest

from orchestrator.lab.device import REBOOT_KEYS, Device
from orchestrator.lab.faults import (
    DropInReceive,
    Fault,
    Hang,
    KillAfterOperation,
    RebootUnderYou,
    Refuse,
    Slow,
    find,
    strike,
)
from orchestrator.lab.powershell import ScriptError, SessionKilled
from orchestrator.lab.store_baseline import ENROLLMENTS, POLICY
from orchestrator.lab.store_state import MDM_CHANNEL

Make = Callable[..., Device]


class Clock(Protocol):
    def move(self, **span: float) -> None: ...


def test_two_pcs_share_nothing_that_one_of_them_changed(make: Make) -> None:
    first, second = make("PC-1"), make("PC-2")
    before = second.dump()
    first.registry.set(ENROLLMENTS, "ExternallyManaged", 1)
    first.services["dmwappushservice"] = replace(
        first.services["dmwappushservice"], start_mode="Disabled"
    )
    first.files.write(r"C:\ProgramData\x.txt", b"x")
    first.log(MDM_CHANNEL, 76, 0, 1)
    first.tasks.make_folder("\\New\\")
    assert second.diff(before) == []


def test_a_difference_reads_as_lines(make: Make) -> None:
    pc = make()
    before = pc.dump()
    pc.registry.set(ENROLLMENTS, "ExternallyManaged", 1)
    pc.tasks.make_folder("\\New\\")
    assert pc.diff(before) == [
        "+ folders / \\New\\",
        f"+ registry / HKLM\\{ENROLLMENTS} / ExternallyManaged: REG_DWORD:1",
    ]


def test_what_enrollmend_keeps_can_be_left_out_of_a_dump(make: Make) -> None:
    pc = make()
    before = pc.dump(ours=False)
    pc.registry.set(r"SOFTWARE\enrollmend", "Fence", 7, "REG_QWORD")
    pc.files.write(r"C:\ProgramData\enrollmend\journal\r-1.jsonl", b"{}")
    pc.tasks.make_folder("\\enrollmend\\")
    assert pc.diff(before, ours=False) == []
    assert len(pc.diff(before)) == 6


def test_a_copy_has_its_own_name_in_the_registry_and_its_own_device_id(make: Make) -> None:
    pc = make("PC-1")
    twin = pc.copy("PC-2")
    twin.registry.set(ENROLLMENTS, "ExternallyManaged", 1)
    assert pc.registry.get(ENROLLMENTS, "ExternallyManaged") is None
    assert twin.join.device_id != pc.join.device_id
    name = twin.registry.get(
        r"SYSTEM\CurrentControlSet\Control\ComputerName\ComputerName", "ComputerName"
    )
    assert name == "PC-2"


def test_a_pc_costs_less_than_thirty_kilobytes(make: Make) -> None:
    make()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    kept = [make(f"PC-{number:04}") for number in range(100)]
    spent = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    assert spent / len(kept) < 30_000


def test_an_action_is_done_when_it_is_due_and_the_pc_is_looked_at(make: Make, clock: Clock) -> None:
    pc = make(pace=0.5)
    done: list[str] = []
    pc.after(20, lambda: done.append("late"))
    pc.after(10, lambda: done.append("early"))
    clock.move(seconds=5)
    pc.settle()
    assert done == ["early"]
    clock.move(seconds=5)
    pc.settle()
    assert done == ["early", "late"]


def test_an_action_sees_the_time_it_was_due_at(make: Make, clock: Clock) -> None:
    pc = make()

    def log() -> None:
        pc.log(MDM_CHANNEL, 75, 0)

    pc.after(60, log)
    start = pc.now()
    clock.move(hours=1)
    pc.settle()
    assert pc.events[MDM_CHANNEL][-1].time - start == timedelta(seconds=60)


def test_a_sleep_runs_ahead_of_the_clock_and_the_clock_catches_up(make: Make, clock: Clock) -> None:
    pc = make(pace=0.1)
    seat = pc.session()
    start = seat.now()
    seat.sleep(100)
    assert seat.now() - start == timedelta(seconds=10)
    clock.move(seconds=4)
    assert seat.now() - start == timedelta(seconds=10)
    clock.move(seconds=10)
    assert seat.now() - start == timedelta(seconds=14)


def test_the_skew_shows_in_the_pcs_time_and_in_its_events(make: Make) -> None:
    pc = make()
    true = pc.now()
    pc.skew = 3600
    event = pc.log(MDM_CHANNEL, 75, 0)
    assert event is not None
    assert pc.now() - true == event.time - true == timedelta(hours=1)


def test_a_reboot_ends_sessions_and_markers_and_closes_the_port(make: Make, clock: Clock) -> None:
    pc = make()
    done: list[str] = []
    pc.after(30, lambda: done.append("process"))
    pc.after(30, lambda: done.append("service"), survives_boot=True)
    for key in REBOOT_KEYS:
        pc.registry.create(key)
    pc.sticky = True
    pc.reboot(seconds=90)
    assert not pc.reachable()
    clock.move(seconds=91)
    pc.settle()
    assert pc.reachable()
    assert done == ["service"]
    assert not pc.sticky
    assert all(pc.registry.find(key) is None for key in REBOOT_KEYS)


def test_a_session_is_killed_after_so_many_operations(make: Make) -> None:
    pc = make()
    pc.faults.append(KillAfterOperation(operations=2))
    seat = pc.session()
    seat.before_operation("one")
    seat.before_operation("two")
    with pytest.raises(SessionKilled):
        seat.before_operation("three")
    assert seat.killed()
    assert pc.reachable()
    assert pc.operations == 2
    pc.session().before_operation("another session goes on")


def test_a_pc_reboots_under_a_session(make: Make) -> None:
    pc = make()
    pc.faults.append(RebootUnderYou(operations=0, seconds=60))
    boot = pc.boot
    with pytest.raises(SessionKilled):
        pc.session().before_operation("one")
    assert not pc.reachable()
    assert pc.boot > boot


def take(seat: object) -> object:
    mutex = seat.mutex("Global\\x")  # type: ignore[attr-defined]
    return mutex.methods["WaitOne"](0)


def test_a_mutex_is_one_for_the_whole_pc(make: Make) -> None:
    pc = make()
    first, second = pc.session(), pc.session()
    assert take(first)
    assert not take(second)
    first.mutex("GLOBAL\\X").methods["ReleaseMutex"]()
    assert take(second)


def test_a_mutex_stays_held_until_the_time_its_owner_released_it_at(
    make: Make, clock: Clock
) -> None:
    pc = make()
    first, second = pc.session(), pc.session()
    assert take(first)
    first.sleep(30)
    first.mutex("Global\\x").methods["ReleaseMutex"]()
    assert not take(second)
    clock.move(seconds=31)
    assert take(second)


def test_the_mutex_of_a_killed_session_is_abandoned_once(make: Make) -> None:
    pc = make()
    first, second = pc.session(), pc.session()
    assert take(first)
    first.close()
    with pytest.raises(ScriptError) as caught:
        take(second)
    assert caught.value.record.exception.type_name == "System.Threading.AbandonedMutexException"
    second.mutex("Global\\x").methods["ReleaseMutex"]()
    assert take(pc.session())


def test_releasing_a_mutex_one_does_not_hold_is_an_error(make: Make) -> None:
    pc = make()
    with pytest.raises(ScriptError):
        pc.session().mutex("Global\\x").methods["ReleaseMutex"]()


def test_guids_are_new_and_the_same_in_every_run(make: Make) -> None:
    first, second = make("PC-1"), make("PC-1")
    made = [first.new_guid() for _ in range(3)]
    assert len(set(made)) == 3
    assert made == [second.new_guid() for _ in range(3)]


def test_a_group_policy_owns_its_values(make: Make) -> None:
    pc = make()
    pc.set_policy(AutoEnrollMDM=1, DisableRegistration=1)
    assert pc.registry.get(POLICY, "UseAADCredentialType") is None
    assert pc.registry.get(POLICY, "DisableRegistration") == 1


def test_a_32_bit_process_sees_another_registry_and_another_system_folder(make: Make) -> None:
    seat = make().session()
    seat.bits = 32
    assert seat.key_path(r"HKLM:\SOFTWARE\Microsoft\Enrollments") == (
        r"HKLM\SOFTWARE\WOW6432Node\Microsoft\Enrollments"
    )
    assert seat.key_path(r"HKLM:\SOFTWARE\Policies\X") == r"HKLM\SOFTWARE\Policies\X"
    assert seat.file_path(r"C:\Windows\System32\a.exe") == r"C:\Windows\SysWOW64\a.exe"
    assert seat.file_path(r"C:\Windows\Sysnative\a.exe") == r"C:\Windows\System32\a.exe"


def test_a_fault_with_a_number_is_used_up_and_one_without_stays() -> None:
    faults: list[Fault] = [Hang(times=2), Slow()]
    assert [strike(faults, Hang) is not None for _ in range(3)] == [True, True, False]
    assert strike(faults, Slow) == strike(faults, Slow) == Slow()


def test_a_fault_strikes_only_the_action_it_names() -> None:
    faults: list[Fault] = [Hang(action="Command"), DropInReceive(after=2)]
    assert strike(faults, Hang, action="Receive") is None
    assert strike(faults, Hang, action="Command") == Hang(action="Command")
    assert find(faults, DropInReceive) == DropInReceive(after=2)


def test_a_pc_that_is_off_or_refuses_is_not_reachable(make: Make) -> None:
    pc = make()
    pc.powered = False
    assert not pc.reachable()
    pc.powered = True
    pc.faults.append(Refuse())
    assert not pc.reachable()
