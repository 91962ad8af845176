"""Disconnecting, stopping, waiting, quotas, and what the ledger keeps."""

from __future__ import annotations

import base64
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest
from pypsrp.complex_objects import PSInvocationState, RunspacePoolState
from pypsrp.exceptions import WSManFaultError
from pypsrp.powershell import PowerShell, RunspacePool
from pypsrp.shell import CommandState

from orchestrator.lab.auth import Account
from orchestrator.lab.wsman import Limits

if TYPE_CHECKING:
    from collections.abc import Callable

    from orchestrator.lab.scripted import ScriptedBackend


def slow(pool: RunspacePool, seconds: float, steps: int = 1) -> PowerShell:
    shell = PowerShell(pool)
    shell.add_cmdlet("Slow-Steps").add_parameters({"Seconds": seconds, "Steps": steps})
    return shell


def test_records_come_when_their_time_has_come_and_not_at_the_end(
    start_lab: Callable[..., Any], client: Callable[..., Any]
) -> None:
    with start_lab(pace=0.01) as lab, client(lab) as wsman, RunspacePool(wsman) as pool:
        shell = slow(pool, 60, steps=2)
        shell.begin_invoke()
        shell.poll_invoke()
        assert shell.output == ["step 0"]
        assert shell.state == PSInvocationState.RUNNING
        shell.end_invoke()
        assert shell.output == ["step 0", "step 1"]
    ((kind, _, start, end),) = lab.devices["PC-0001"].ledger
    assert kind == "Slow-Steps"
    assert 0.6 <= end - start < 5


def test_a_receive_without_output_ends_with_the_timeout_fault_and_the_client_goes_on(
    start_lab: Callable[..., Any], client: Callable[..., Any]
) -> None:
    with (
        start_lab() as lab,
        client(lab, operation_timeout=1) as wsman,
        RunspacePool(wsman) as pool,
    ):
        before = lab.pcs["PC-0001"].requests
        assert slow(pool, 1.3).invoke() == ["step 0"]
        # Command, Receive with the first line, Receive that times out, Receive with the end
        assert lab.pcs["PC-0001"].requests - before == 4


def test_a_running_command_can_be_stopped(
    start_lab: Callable[..., Any], client: Callable[..., Any]
) -> None:
    with start_lab() as lab, client(lab) as wsman, RunspacePool(wsman) as pool:
        shell = slow(pool, 3600)
        shell.begin_invoke()
        shell.poll_invoke()
        shell.stop()
        assert shell.state == PSInvocationState.STOPPED
        again = PowerShell(pool)
        again.add_script("alive")
        assert again.invoke() == ["alive"]
    assert [line[0] for line in lab.devices["PC-0001"].ledger] == ["Slow-Steps", "script"]


def test_two_pipelines_of_one_pool_run_side_by_side(
    start_lab: Callable[..., Any], client: Callable[..., Any]
) -> None:
    with start_lab() as lab, client(lab) as wsman, RunspacePool(wsman, max_runspaces=2) as pool:
        first = slow(pool, 0.5)
        first.begin_invoke()
        second = PowerShell(pool)
        second.add_script("second")
        assert second.invoke() == ["second"]
        first.end_invoke()
        assert first.output == ["step 0"]


def test_the_pool_counts_its_free_runspaces(
    start_lab: Callable[..., Any], client: Callable[..., Any]
) -> None:
    with start_lab() as lab, client(lab) as wsman, RunspacePool(wsman, max_runspaces=3) as pool:
        assert pool.get_available_runspaces() == 3
        running = slow(pool, 3600)
        running.begin_invoke()
        assert pool.get_available_runspaces() == 2
        running.poll_invoke()
        running.stop()


def test_a_pool_can_be_disconnected_and_reconnected_by_the_same_client(
    start_lab: Callable[..., Any], client: Callable[..., Any]
) -> None:
    with start_lab() as lab, client(lab) as wsman, RunspacePool(wsman) as pool:
        pool.disconnect()
        (shell,) = lab.pcs["PC-0001"].service.shells.values()
        assert shell.state == "Disconnected"
        pool.connect()
        assert pool.state == RunspacePoolState.OPENED
        after = PowerShell(pool)
        after.add_script("after")
        assert after.invoke() == ["after"]


def test_another_client_finds_a_disconnected_pool_and_collects_its_output(
    start_lab: Callable[..., Any], client: Callable[..., Any]
) -> None:
    with start_lab() as lab:
        with client(lab) as wsman:
            pool = RunspacePool(wsman)
            pool.open()
            slow(pool, 0.3, steps=3).begin_invoke()
            pool.disconnect()
        with client(lab, auth="ntlm", ssl=False, port=15985) as other:
            (found,) = RunspacePool.get_runspace_pools(other)
            assert found.id == pool.id
            found.connect()
            waiting: Any = found.create_disconnected_power_shells()[0]
            waiting.connect_async()
            assert waiting.end_invoke() == ["step 0", "step 1", "step 2"]
            found.close()
        assert not lab.pcs["PC-0001"].service.shells


def test_a_disconnected_shell_takes_no_commands(
    start_lab: Callable[..., Any], client: Callable[..., Any]
) -> None:
    with start_lab() as lab, client(lab) as wsman, RunspacePool(wsman) as pool:
        pool.disconnect()
        pool.state = RunspacePoolState.OPENED
        with pytest.raises(WSManFaultError) as raised:
            PowerShell(pool).add_script("x").invoke()
        assert raised.value.code == 2150859204


def test_a_shell_over_the_quota_is_refused_and_a_closed_one_makes_room(
    start_lab: Callable[..., Any], client: Callable[..., Any]
) -> None:
    with start_lab(limits=Limits(shells=2)) as lab, client(lab) as wsman:
        pools = [RunspacePool(wsman) for _ in range(3)]
        pools[0].open()
        pools[1].open()
        with pytest.raises(WSManFaultError) as raised:
            pools[2].open()
        assert raised.value.code == 2150859173
        pools[0].close()
        late = RunspacePool(wsman)
        late.open()
        late.close()
        pools[1].close()


def test_commands_that_are_never_terminated_fill_the_quota(
    start_lab: Callable[..., Any], client: Callable[..., Any]
) -> None:
    limits = Limits(commands=2)
    with start_lab(limits=limits) as lab, client(lab) as wsman, RunspacePool(wsman) as pool:
        for _ in range(4):
            with PowerShell(pool) as terminated:
                terminated.add_script("ok")
                terminated.invoke()
        for _ in range(2):
            PowerShell(pool).add_script("leaks").invoke()
        with pytest.raises(WSManFaultError) as raised:
            PowerShell(pool).add_script("one too many").invoke()
        assert raised.value.code == 2150859174


def test_a_shell_is_only_its_owners(
    start_lab: Callable[..., Any], client: Callable[..., Any]
) -> None:
    accounts = [Account("LAB\\one", "1"), Account("LAB\\two", "2")]
    with (
        start_lab(accounts=accounts) as lab,
        client(lab) as one,
        RunspacePool(one) as pool,
        client(lab, username="LAB\\two", password="2") as two,
    ):
        assert RunspacePool.get_runspace_pools(two) == []
        stolen = RunspacePool(two)
        stolen.id = stolen.shell.id = pool.id
        stolen.shell.opened, stolen._new_client = True, True
        stolen.state = RunspacePoolState.DISCONNECTED
        with pytest.raises(WSManFaultError) as raised:
            stolen.connect()
        assert raised.value.code == 2150858843


def test_an_unused_shell_is_gone_after_its_idle_time(
    start_lab: Callable[..., Any], client: Callable[..., Any]
) -> None:
    with start_lab() as lab, client(lab) as wsman:
        pool = RunspacePool(wsman, idle_timeout=60)
        pool.open()
        (shell,) = lab.pcs["PC-0001"].service.shells.values()
        lab.call(lambda: setattr(shell, "touched", shell.touched - 61))
        with pytest.raises(WSManFaultError) as raised:
            PowerShell(pool).add_script("late").invoke()
        assert raised.value.code == 2150858843


def test_an_unknown_configuration_is_told(
    start_lab: Callable[..., Any], client: Callable[..., Any]
) -> None:
    with start_lab() as lab, client(lab) as wsman:
        with pytest.raises(WSManFaultError) as raised:
            RunspacePool(wsman, configuration_name="Nonsense").open()
        assert raised.value.code == 2150858752


def test_the_jea_endpoint_takes_commands_and_no_scripts(
    start_lab: Callable[..., Any], client: Callable[..., Any]
) -> None:
    with (
        start_lab() as lab,
        client(lab) as wsman,
        RunspacePool(wsman, configuration_name="enrollment") as pool,
    ):
        named = PowerShell(pool)
        named.add_cmdlet("Write-Output").add_argument("by name")
        assert named.invoke() == ["by name"]
        script = PowerShell(pool)
        script.add_script("1")
        script.invoke()
        assert script.streams.error[0].fq_error == "ScriptsNotAllowed"


def test_sessions_on_many_pcs_do_not_wait_for_each_other(
    start_lab: Callable[..., Any], client: Callable[..., Any], scripted: ScriptedBackend
) -> None:
    names = [f"PC-{number:04d}" for number in range(1, 9)]
    with start_lab(*names) as lab, ExitStack() as stack:
        running = []
        for name in names:
            wsman = stack.enter_context(client(lab, name))
            shell = slow(stack.enter_context(RunspacePool(wsman)), 3600)
            shell.begin_invoke()
            running.append(shell)
        for shell in running:
            shell.poll_invoke()
            assert shell.output == ["step 0"]
            shell.stop()
    assert scripted.closed == len(names)
    spans = [lab.devices[name].ledger[0][2:] for name in names]
    assert max(start for start, _ in spans) < min(end for _, end in spans)


def test_a_repeated_receive_gets_the_identical_answer(
    start_lab: Callable[..., Any], client: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[bytes] = []
    with start_lab() as lab, client(lab) as wsman, RunspacePool(wsman) as pool:
        stock = wsman.transport.send

        def send(message: bytes, **options: Any) -> bytes:
            sent.append(message)
            answer: bytes = stock(message, **options)
            return answer

        monkeypatch.setattr(wsman.transport, "send", send)
        shell = PowerShell(pool)
        shell.add_script("once")
        shell.invoke()
        first, second = stock(sent[-1]), stock(sent[-1])
        assert b"CommandState/Done" in first
        assert first == second
        with pytest.raises(WSManFaultError) as raised:
            pool.shell.receive("stdout", command_id=shell.id)
        assert raised.value.code == 2150858843


def test_a_pipeline_that_cannot_be_read_fails_and_does_not_hang(
    start_lab: Callable[..., Any], client: Callable[..., Any]
) -> None:
    command_id = "D1BF48DA-B26C-4F4A-BE52-B382AC20DD1F"
    garbage = base64.b64encode(b"no fragment at all").decode()
    with start_lab() as lab, client(lab) as wsman, RunspacePool(wsman) as pool:
        pool.shell.command("", arguments=[garbage], command_id=command_id)
        state, code, _ = pool.shell.receive("stdout", command_id=command_id)
        assert state == CommandState.DONE
        assert code == 0
        assert PowerShell(pool).add_script("alive").invoke() == ["alive"]


def test_what_is_not_a_pool_is_refused(
    start_lab: Callable[..., Any], client: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    with start_lab() as lab, client(lab) as wsman:
        pool = RunspacePool(wsman)
        garbage = [b"no fragment at all"]
        monkeypatch.setattr(pool._fragmenter, "fragment_multiple", lambda *_: garbage)
        with pytest.raises(WSManFaultError) as raised:
            pool.open()
        assert raised.value.code == 2150858817
        assert not lab.pcs["PC-0001"].service.shells
