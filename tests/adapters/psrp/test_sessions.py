from __future__ import annotations

import json
import os
import threading
from typing import TYPE_CHECKING, Any

import pytest

from orchestrator.domain.device import DeviceName
from orchestrator.errors import (
    AuthenticationRefused,
    CredentialsMissing,
    DeadlineExceeded,
    PolicyRefused,
    ProtocolFailure,
    QuotaExceeded,
    ScriptFailed,
    SettingsInvalid,
    TlsFailure,
)
from orchestrator.lab.faults import QuotaFault, WsmanFault
from orchestrator.lab.powershell import Result
from orchestrator.lab.scripted import ScriptedCall, failure

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    Start = Callable[..., AbstractContextManager[Any]]

LOGINS = [
    pytest.param("ntlm", "http", id="NTLM, sealed, over HTTP"),
    pytest.param("negotiate", "http", id="SPNEGO, sealed, over HTTP"),
    pytest.param("ntlm", "https", id="NTLM bound to the channel, over HTTPS"),
    pytest.param("negotiate", "https", id="SPNEGO bound to the channel, over HTTPS"),
    pytest.param("certificate", "https", id="client certificate"),
    pytest.param("basic", "https", id="Basic over HTTPS"),
]


@pytest.mark.parametrize(("kind", "scheme"), LOGINS)
def test_a_function_is_called_over_every_kind_of_login(
    start: Start, kind: str, scheme: str
) -> None:
    with start() as bench:
        with bench.open(bench.profile(kind, scheme)) as session:
            (answer,) = session.invoke("Get-EnrollmentFact", {}, seconds=5)
        assert answer["device"] == "PC-0001"
        assert bench.shells == 0


def test_parameters_arrive_with_their_types(start: Start) -> None:
    given = {
        "RunId": "r-1'; $(Remove-Item C:\\) \"`\n{}",
        "Fence": 2**40,
        "Stage": ["state", "tasks"],
        "Network": True,
        "UserSession": False,
    }
    with start() as bench, bench.open() as session:
        (answer,) = session.invoke("Get-EnrollmentFact", given, seconds=5)
        assert all(given["RunId"] not in script for script in bench.backend.scripts)
    arrived = answer["given"]
    assert arrived["RunId"][1] == given["RunId"]
    assert arrived["Fence"] == ["Int64", 2**40] or arrived["Fence"][1] == 2**40
    assert arrived["Stage"][1] == ["state", "tasks"]
    assert arrived["Network"][1] in (True, 1)
    assert "UserSession" not in arrived


def test_objects_are_handed_over_while_the_function_still_runs(start: Start) -> None:
    seen: list[object] = []

    def steps(call: ScriptedCall) -> Result:
        for step in range(3):
            call.emit(json.dumps({"step": step}), offset=step * 0.2)
        return Result("Completed", elapsed=0.6)

    with start() as bench:
        bench.backend.handlers["Invoke-EnrollmentRepair"] = steps
        with bench.open() as session:
            before: list[int] = []

            def take(item: dict[str, object]) -> None:
                seen.append(item["step"])
                before.append(session.traffic.messages)

            answers = session.invoke("Invoke-EnrollmentRepair", {}, seconds=5, on_object=take)
    assert seen == [0, 1, 2]
    assert [item["step"] for item in answers] == seen
    assert before[0] < before[1] < before[2]  # each came with an answer of its own


def test_definitions_are_sent_once_a_session_and_only_those_that_are_needed(start: Start) -> None:
    with start() as bench:
        bench.backend.handlers["Invoke-EnrollmentRepair"] = lambda call: call.emit("{}")
        with bench.open() as session:
            session.invoke("Get-EnrollmentFact", {}, seconds=5)
            session.invoke("Get-EnrollmentFact", {}, seconds=5)
            session.invoke("Invoke-EnrollmentRepair", {}, seconds=5)
            sent = session.traffic.definitions
        _, first, _, second = bench.backend.scripts
    assert "function Get-EnrollmentFact" in first
    assert "function Get-Small" in first
    assert "Get-Large" not in first
    assert "function Get-Large" in second
    assert "function Get-Small" not in second
    assert "# small" not in first
    assert sent == len(first) + len(second)


def test_an_endpoint_that_has_the_module_is_sent_no_script(start: Start) -> None:
    with start() as bench:
        with bench.open(bench.profile(configuration_name="Enrollment")) as session:
            (answer,) = session.invoke("Get-EnrollmentFact", {"Network": True}, seconds=5)
        assert answer["device"] == "PC-0001"
        assert bench.backend.scripts == []


def test_an_endpoint_whose_module_lacks_the_function_is_a_matter_of_policy(start: Start) -> None:
    with start() as bench:
        profile = bench.profile(configuration_name="Enrollment")
        with bench.open(profile) as session, pytest.raises(PolicyRefused) as caught:
            session.invoke("Invoke-EnrollmentRepair", {}, seconds=5)
    assert "does not offer the function Invoke-EnrollmentRepair" in caught.value.message
    assert "install the module of this version" in caught.value.hint
    assert caught.value.host == "PC-0001"


def test_a_command_that_a_function_misses_is_a_failure_of_that_function(start: Start) -> None:
    def misses(_: ScriptedCall) -> Result:
        text = "The term 'Get-EnrollmentFactOf' is not recognized as the name of a cmdlet"
        return Result("Failed", failure(text, "CommandNotFoundException"))

    with start() as bench:
        bench.backend.handlers["Get-EnrollmentFact"] = misses
        profile = bench.profile(configuration_name="Enrollment")
        with bench.open(profile) as session, pytest.raises(ScriptFailed, match="FactOf"):
            session.invoke("Get-EnrollmentFact", {}, seconds=5)


def test_a_terminating_error_carries_its_id(start: Start) -> None:
    def busy(call: ScriptedCall) -> Result:
        call.emit('{"stage": "backup"}')
        text = "another run is at work"
        return Result("Failed", failure(text, "Enrollmend.Busy,Invoke-EnrollmentRepair"))

    with start() as bench:
        bench.backend.handlers["Get-EnrollmentFact"] = busy
        seen: list[object] = []
        with bench.open() as session, pytest.raises(ScriptFailed, match="at work") as caught:
            session.invoke("Get-EnrollmentFact", {}, seconds=5, on_object=seen.append)
        assert caught.value.code == "Enrollmend.Busy"
        assert caught.value.host == "PC-0001"
        assert seen == [{"stage": "backup"}]
        assert bench.shells == 0


def test_an_error_beside_an_object_is_a_note(start: Start) -> None:
    def noting(call: ScriptedCall) -> None:
        call.emit(failure("the channel is missing", "ChannelMissing,Get-EnrollmentFact"), "error")
        call.emit('{"format": 1}')

    with start() as bench:
        bench.backend.handlers["Get-EnrollmentFact"] = noting
        with bench.open() as session:
            assert session.invoke("Get-EnrollmentFact", {}, seconds=5) == [{"format": 1}]
            assert session.notes == ["ChannelMissing: the channel is missing"]


@pytest.mark.parametrize(
    ("error_id", "objects"),
    [("Enrollmend.Busy", ['{"a": 1}']), ("SomethingElse", [])],
    ids=["one of our own ids", "in place of any object"],
)
def test_an_error_that_windows_calls_completed_is_an_end(
    start: Start, error_id: str, objects: list[str]
) -> None:
    def ending(call: ScriptedCall) -> None:
        for item in objects:
            call.emit(item)
        call.emit(failure("no", error_id), "error")

    with start() as bench:
        bench.backend.handlers["Get-EnrollmentFact"] = ending
        with bench.open() as session, pytest.raises(ScriptFailed) as caught:
            session.invoke("Get-EnrollmentFact", {}, seconds=5)
        assert caught.value.code == error_id


@pytest.mark.parametrize("garbage", ["no json", "[1]", "NaN", 5, None], ids=repr)
def test_output_that_is_no_json_object_is_one_clear_line(start: Start, garbage: object) -> None:
    with start() as bench:
        bench.backend.handlers["Get-EnrollmentFact"] = lambda call: call.emit(garbage)
        with bench.open() as session, pytest.raises(ProtocolFailure) as caught:
            session.invoke("Get-EnrollmentFact", {}, seconds=5)
        assert "\n" not in str(caught.value)
        assert bench.shells == 0


def test_a_function_over_its_time_is_stopped_and_the_shell_closed(start: Start) -> None:
    with start() as bench:
        bench.backend.handlers["Get-EnrollmentFact"] = lambda _: Result("Completed", elapsed=60)
        with bench.open() as session, pytest.raises(DeadlineExceeded, match="1 second"):
            session.invoke("Get-EnrollmentFact", {}, seconds=1)
        assert bench.shells == 0


def test_an_exception_of_the_caller_stops_the_function_and_passes_unchanged(start: Start) -> None:
    class Ours(Exception):
        pass

    def steps(call: ScriptedCall) -> Result:
        call.emit('{"step": 1}')
        return Result("Completed", elapsed=60)

    def refuse(item: dict[str, object]) -> None:
        raise Ours(item)

    with start() as bench:
        bench.backend.handlers["Get-EnrollmentFact"] = steps
        with bench.open() as session, pytest.raises(Ours):
            session.invoke("Get-EnrollmentFact", {}, seconds=30, on_object=refuse)
        assert bench.shells == 0


def test_the_shell_is_closed_whatever_happens_in_the_block(start: Start) -> None:
    with start() as bench:
        opened = bench.open()
        opened.__enter__()
        assert bench.shells == 1
        hidden = opened.__exit__(ZeroDivisionError, ZeroDivisionError(), None)
        assert not hidden
        assert bench.shells == 0


def test_a_failed_close_is_told_in_the_log_and_hides_no_result(
    start: Start, caplog: pytest.LogCaptureFixture
) -> None:
    with start() as bench:
        with bench.open() as session:
            answers = session.invoke("Get-EnrollmentFact", {}, seconds=5)
            bench.lab.put_fault("PC-0001", WsmanFault(code=995, action="Delete"))
        assert answers[0]["device"] == "PC-0001"
    assert "could not be closed" in caplog.text


def test_a_quota_fault_is_told_as_such_before_and_after_the_shell(start: Start) -> None:
    with start() as bench:
        bench.lab.put_fault("PC-0001", QuotaFault())
        with pytest.raises(QuotaExceeded) as caught, bench.open():
            pass
        assert caught.value.code == "2150859173"
        bench.lab.put_fault("PC-0001", WsmanFault(code=2150859174, action="Command"))
        with bench.open() as session, pytest.raises(QuotaExceeded):
            session.invoke("Get-EnrollmentFact", {}, seconds=5)
        assert bench.shells == 0


def test_an_unknown_endpoint_opens_nothing(start: Start) -> None:
    with (
        start() as bench,
        pytest.raises(PolicyRefused),
        bench.open(bench.profile(configuration_name="Nowhere")),
    ):
        pass


@pytest.mark.parametrize(("kind", "scheme"), [LOGINS[0].values, LOGINS[3].values, LOGINS[5].values])
def test_a_wrong_password_is_refused_after_one_login(start: Start, kind: str, scheme: str) -> None:
    with start() as bench:
        bench.environ["ENROLLMEND_PASSWORD"] = "wrong-canary"
        with (
            pytest.raises(AuthenticationRefused) as caught,
            bench.open(bench.profile(kind, scheme)),
        ):
            pass
        assert caught.value.code == "401"
        assert "wrong-canary" not in repr(caught.value) + str(caught.value.__cause__)
        assert bench.requests() <= 3


def test_without_an_account_nothing_is_sent(start: Start) -> None:
    with start() as bench:
        bench.environ.clear()
        with pytest.raises(CredentialsMissing, match="ENROLLMEND_USERNAME"), bench.open():
            pass
        assert bench.requests() == 0


def test_a_certificate_of_an_unknown_authority_is_refused(start: Start) -> None:
    beside = 100 + os.getpid() % 100  # two processes of tests may be here at once
    with start() as bench, start("PC-0009", seed=beside) as other:
        foreign = bench.profile(scheme="https", ca_file=other.lab.ca_file)
        with pytest.raises(TlsFailure), bench.open(foreign):
            pass
        assert bench.requests() == 0


def test_a_certificate_for_another_name_is_refused(start: Start) -> None:
    with start("PC-0001", "PC-0002") as bench:
        crossed = dict(bench.lab.hosts)
        crossed["PC-0001"] = crossed["PC-0002"]
        resolver = type(bench.sessions()._resolver)(crossed)
        profile = bench.profile(scheme="https")
        with pytest.raises(TlsFailure), bench.open(profile, resolver=resolver):
            pass
        assert bench.requests("PC-0002") == 0


def test_a_device_that_speaks_http_where_tls_belongs_is_a_tls_failure(start: Start) -> None:
    with (
        start() as bench,
        pytest.raises(TlsFailure),
        bench.open(bench.profile(scheme="https", port=25985)),
    ):
        pass


def test_three_devices_that_refuse_an_account_stop_it_for_all_others(start: Start) -> None:
    names = [f"PC-{number:04}" for number in range(1, 8)]
    with start(*names) as bench:
        bench.environ["ENROLLMEND_PASSWORD"] = "wrong"
        sessions = bench.sessions()
        for name in names:
            with pytest.raises(AuthenticationRefused), sessions.open(DeviceName(name), seconds=10):
                pass
        assert [bench.requests(name) > 0 for name in names] == [True] * 3 + [False] * 4
        bench.environ["ENROLLMEND_PASSWORD"] = bench.lab.account.password
        with sessions.open(DeviceName("PC-0007"), seconds=10):
            pass


def test_a_dropped_idle_connection_is_replaced_before_anything_is_sent(start: Start) -> None:
    with start() as bench:
        if bench.transport == "stock":
            return  # pypsrp's own cannot: its seals do not survive the connection
        with bench.open() as session:
            session.invoke("Get-EnrollmentFact", {}, seconds=5)
            bench.lab.drop_connections("PC-0001")
            session.invoke("Get-EnrollmentFact", {}, seconds=5)
        assert bench.shells == 0


def test_many_threads_open_sessions_at_once(start: Start) -> None:
    names = [f"PC-{number:04}" for number in range(1, 13)]
    with start(*names) as bench:
        sessions = bench.sessions()
        answers: dict[str, object] = {}

        def work(name: str) -> None:
            with sessions.open(DeviceName(name), seconds=20) as session:
                answers[name] = session.invoke("Get-EnrollmentFact", {}, seconds=20)[0]["device"]

        threads = [threading.Thread(target=work, args=(name,)) for name in names]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert answers == {name: name for name in names}
        assert bench.shells == 0


def test_a_call_that_ended_gives_its_slot_back_before_the_next(start: Start) -> None:
    """A shell takes only so many commands at once; a quota of WinRM, not of this session."""
    with start() as bench:
        with bench.open() as session:
            for _ in range(3):
                session.invoke("Get-EnrollmentFact", {}, seconds=5)
                assert len(session._pool.pipelines) == 1
        assert bench.shells == 0


def test_a_function_the_module_does_not_have_is_never_sent(start: Start) -> None:
    with start() as bench, bench.open() as session:
        before = session.traffic.messages
        with pytest.raises(PolicyRefused, match="no function Remove-Everything"):
            session.invoke("Remove-Everything", {}, seconds=5)
        assert session.traffic.messages == before


def test_an_unknown_transport_is_refused(start: Start) -> None:
    with start() as bench, pytest.raises(SettingsInvalid, match="neither socket nor stock"):
        bench.sessions(transport="carrier pigeon")
