"""A look at many PCs at once, over real sockets on loopback addresses."""

from __future__ import annotations

import errno
import resource
import socket
import threading
from contextlib import ExitStack, closing
from datetime import timedelta
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

import pytest

from orchestrator.adapters.connection import ConnectionProfile
from orchestrator.adapters.memory import MemoryLedger
from orchestrator.adapters.memory_presence import MemorySightings
from orchestrator.adapters.presence import TcpPresence
from orchestrator.adapters.presence_sweep import PresenceSweep, room
from orchestrator.adapters.resolver import HostsResolver
from orchestrator.adapters.system import SystemClock
from orchestrator.domain.device import DeviceName
from orchestrator.domain.run import Run, RunState
from orchestrator.errors import StoreError, Unreachable
from orchestrator.usecases.presence import Swept, Watch
from orchestrator.usecases.presence_ports import Absent, Looked

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

CLOSED = "127.0.0.254"
"""A loopback address on which nobody listens."""


class Line:
    """A PC that takes connections, one that does not answer, and their names."""

    def __init__(self, stack: ExitStack) -> None:
        self.open = stack.enter_context(closing(socket.create_server(("127.0.0.1", 0))))
        self.port: int = self.open.getsockname()[1]
        # A full backlog: what comes next is neither taken nor refused, as with a firewall.
        self.full = stack.enter_context(closing(socket.socket()))
        self.full.bind(("127.0.0.2", self.port))
        self.full.listen(0)
        for _ in range(4):
            waiting = stack.enter_context(closing(socket.socket()))
            waiting.settimeout(0)
            waiting.connect_ex(("127.0.0.2", self.port))
        self.asked: list[str] = []
        self.stuck = threading.Event()
        stack.callback(self.stuck.set)
        self.at_once = self.most_at_once = 0
        self.lock = threading.Lock()

    def addresses(self, name: str) -> Sequence[str]:
        with self.lock:
            self.asked.append(name)
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            kind = name.partition("-")[0]
            if kind == "NODNS":
                msg = "no"
                raise Unreachable(msg)
            if kind == "STUCK":
                self.stuck.wait(30)
            places = {"ON": ["127.0.0.1"], "OFF": ["127.0.0.2"], "TWO": [CLOSED, "127.0.0.1"]}
            return places.get(kind, [CLOSED])
        finally:
            with self.lock:
                self.at_once -= 1

    def sweep(self, **more: float) -> PresenceSweep:
        profile = ConnectionProfile(scheme="http", port=self.port)
        return PresenceSweep(profile, self, **{"seconds": 0.3, **more})  # type: ignore[arg-type] # counts are whole


@pytest.fixture
def line() -> Iterator[Line]:
    with ExitStack() as stack:
        yield Line(stack)


def absent(*names: str) -> list[Absent]:
    return [Absent(run_id=f"r-{name}", device=name) for name in names]


def look(sweep: PresenceSweep, *names: str) -> dict[str, Looked]:
    found: dict[str, Looked] = {}
    sweep.look(
        absent(*names), lambda news: found.update({each.absent.device: each for each in news})
    )
    return found


def test_each_pc_is_there_or_away_with_its_reason(line: Line) -> None:
    found = look(line.sweep(), "ON-1", "OFF-1", "REFUSES-1", "NODNS-1", "TWO-1")
    assert {name: each.reason for name, each in found.items()} == {
        "ON-1": "",
        "TWO-1": "",
        "OFF-1": f"does not answer on port {line.port}",
        "REFUSES-1": f"refuses a connection on port {line.port}",
        "NODNS-1": "the name does not resolve",
    }
    assert sorted(name for name, each in found.items() if each.there) == ["ON-1", "TWO-1"]


def test_a_single_look_says_the_same(line: Line) -> None:
    profile = ConnectionProfile(scheme="http", port=line.port)
    presence = TcpPresence(profile, line, seconds=0.3)
    assert presence.is_there(DeviceName("ON-1"))
    for name, reason in (("OFF-1", "does not answer on"), ("REFUSES-1", "refuses a connection")):
        with pytest.raises(Unreachable, match=f"{name} {reason}") as caught:
            presence.is_there(DeviceName(name))
        assert caught.value.hint


def test_a_dead_name_server_delays_nobody_else_and_takes_no_thread_a_pc(line: Line) -> None:
    names = [f"ON-{number}" for number in range(20)]
    stuck = [f"STUCK-{number}" for number in range(3)]
    found = look(line.sweep(resolvers=4, in_flight=30), *stuck, *names)
    assert all(found[name].there for name in names)
    assert {found[name].reason for name in stuck} == {"no answer from the name server"}
    assert line.most_at_once <= 4


def test_targets_are_read_as_there_is_room(line: Line) -> None:
    read: list[int] = []
    told: list[int] = []

    def many() -> Iterator[Absent]:
        for number in range(300):
            read.append(number)
            yield from absent(f"REFUSES-{number}")

    def found(news: Sequence[Looked]) -> None:
        told.extend(len(read) for _ in news)

    ahead: list[int] = []
    original = line.addresses

    def addresses(name: str) -> Sequence[str]:
        ahead.append(len(read) - len(line.asked))
        return original(name)

    line.addresses = addresses  # type: ignore[method-assign] # watched
    line.sweep(in_flight=10).look(many(), found)
    assert len(told) == 300
    assert max(ahead) <= 11


def test_a_pc_that_is_seen_is_told_while_others_are_still_waited_for(line: Line) -> None:
    first: list[set[str]] = []
    line.sweep(seconds=2).look(
        absent("ON-1", "OFF-1"), lambda news: first.append({each.absent.device for each in news})
    )
    assert first == [{"ON-1"}, {"OFF-1"}]


def test_trouble_of_whoever_is_told_ends_the_look(line: Line) -> None:
    def broken(_: Sequence[Looked]) -> None:
        msg = "the ledger is gone"
        raise StoreError(msg)

    with pytest.raises(StoreError, match="the ledger is gone"):
        line.sweep(seconds=2).look(absent("ON-1", "OFF-1"), broken)


def test_nobody_away_costs_nothing(line: Line) -> None:
    assert look(line.sweep()) == {}


def test_sockets_stay_free_for_sessions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (1024, 1024))
    assert room(1000) == 512
    monkeypatch.setattr(resource, "getrlimit", lambda _: (100_000, 100_000))
    assert room(1000) == 1000
    monkeypatch.setattr(resource, "getrlimit", lambda _: (64, 64))
    assert room(1000) == 32


def test_a_pc_is_rung_for_within_a_second_of_taking_a_connection(line: Line) -> None:
    ledger = MemoryLedger()
    clock = SystemClock()
    names = ["OFF-1", "OFF-2", "ON-1"]
    for each in absent(*names):
        now = clock.now()
        ledger.create(
            Run(
                id=each.run_id,
                device=DeviceName(each.device),
                created=now,
                updated=now,
                due=now + timedelta(hours=1),
                state=RunState.AWAY,
            )
        )
    times: list[float] = []

    def take() -> None:
        line.open.accept()[0].close()
        times.append(monotonic())

    rung: list[tuple[float, list[str]]] = []

    def ring() -> None:
        rung.append((monotonic(), list(ledger.take(10, clock.now(), urgent=True))))

    door = threading.Thread(target=take)
    door.start()
    watch = Watch(
        clock=clock,
        agenda=ledger,
        sightings=MemorySightings(ledger),
        sweep=line.sweep(seconds=2),
        ring=ring,
    )
    swept = watch.step()
    door.join()
    assert swept == Swept(looked=3, there=1, hastened=1, complete=True)
    assert [runs for _, runs in rung] == [["r-ON-1"]]
    assert rung[0][0] - times[0] < 1


def test_a_name_in_the_hosts_file_is_looked_for_without_asking_anybody(
    line: Line, tmp_path: Path
) -> None:
    hosts = tmp_path / "hosts"
    hosts.write_text(f"127.0.0.1 PC-1\n{CLOSED} PC-2\n::1 PC-3\n", encoding="utf-8")
    profile = ConnectionProfile(scheme="http", port=line.port, dns_suffix="corp.example")
    sweep = PresenceSweep(profile, HostsResolver(hosts, line), seconds=0.3)
    found = look(sweep, "PC-1", "PC-2", "PC-3", "NODNS-1")
    assert [found[name].there for name in ("PC-1", "PC-2", "PC-3")] == [True, False, False]
    assert found["PC-2"].reason == f"refuses a connection on port {line.port}"
    assert line.asked == ["NODNS-1.corp.example"]


def test_a_host_without_sockets_says_so_and_calls_nobody_away(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none_left(*_: object) -> int:
        return errno.EMFILE

    monkeypatch.setattr(socket.socket, "connect_ex", none_left)
    found = look(line.sweep(), "ON-1")
    assert found["ON-1"].reason == "not looked for: this host has no socket left"


def test_no_socket_stays_open_when_a_look_ends_early(line: Line) -> None:
    def broken(_: Sequence[Looked]) -> None:
        raise StoreError("the ledger is gone")

    before = len(list(Path("/proc/self/fd").iterdir()))
    with pytest.raises(StoreError):
        line.sweep(seconds=2).look(absent("ON-1", *(f"OFF-{n}" for n in range(20))), broken)
    assert len(list(Path("/proc/self/fd").iterdir())) <= before
