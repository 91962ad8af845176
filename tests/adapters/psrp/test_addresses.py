from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

import pytest

from orchestrator.adapters.connection import ConnectionProfile
from orchestrator.adapters.presence import TcpPresence
from orchestrator.adapters.resolver import DnsResolver, HostsResolver, parse_hosts
from orchestrator.domain.device import DeviceName
from orchestrator.errors import SettingsInvalid, Unreachable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

PC = DeviceName("PC-0001")


class Nowhere:
    def addresses(self, name: str) -> Sequence[str]:
        msg = f"the name {name} does not resolve"
        raise Unreachable(msg, host=name)


class At:
    def __init__(self, *found: str) -> None:
        self.found = found
        self.asked: list[str] = []

    def addresses(self, name: str) -> Sequence[str]:
        self.asked.append(name)
        return self.found


@pytest.fixture
def listener() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield int(server.getsockname()[1])


def test_a_hosts_file_knows_names_whatever_their_case_and_suffix(tmp_path: Path) -> None:
    file = tmp_path / "hosts"
    file.write_text("# the lab\n127.0.0.9 PC-0001 pc-0001.lab.example # one\n\n::1 PC-0002\n")
    resolver = HostsResolver(file, Nowhere())
    assert resolver.addresses("pc-0001") == ["127.0.0.9"]
    assert resolver.addresses("PC-0001.corp.example") == ["127.0.0.9"]
    assert resolver.addresses("PC-0002") == ["::1"]


def test_other_names_are_asked_on(tmp_path: Path) -> None:
    file = tmp_path / "hosts"
    file.write_text("127.0.0.9 PC-0001\n")
    with pytest.raises(Unreachable, match="PC-0404 does not resolve"):
        HostsResolver(file, Nowhere()).addresses("PC-0404")


def test_a_changed_hosts_file_is_read_again(tmp_path: Path) -> None:
    file = tmp_path / "hosts"
    file.write_text("127.0.0.9 PC-0001\n")
    resolver = HostsResolver(file, Nowhere())
    file.write_text("127.0.0.10 PC-0001\n")
    os.utime(file, (1, 1))
    assert resolver.addresses("PC-0001") == ["127.0.0.10"]


@pytest.mark.parametrize(
    ("text", "message"),
    [("PC-0001 127.0.0.1\n", "hosts:1: 'PC-0001' is not an IP"), ("\n127.0.0.1\n", "hosts:2: ")],
)
def test_a_bad_line_is_named(text: str, message: str) -> None:
    with pytest.raises(SettingsInvalid, match=message):
        parse_hosts(text, where="hosts")


def test_a_missing_hosts_file_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(SettingsInvalid, match="cannot be read: No such file"):
        HostsResolver(tmp_path / "none")


def test_dns_that_knows_no_such_name_is_unreachable() -> None:
    with pytest.raises(Unreachable, match="does not resolve") as caught:
        DnsResolver().addresses("pc-0001.invalid")
    assert caught.value.host == "pc-0001.invalid"


def test_dns_gives_addresses_without_repeats() -> None:
    found = DnsResolver().addresses("localhost")
    assert "127.0.0.1" in found or "::1" in found
    assert len(found) == len(set(found))


def test_a_pc_is_there_when_any_address_takes_a_connection(listener: int) -> None:
    profile = ConnectionProfile(scheme="http", port=listener)
    assert TcpPresence(profile, At("127.0.0.250", "127.0.0.1"), seconds=0.5).is_there(PC)


def test_a_pc_whose_port_is_closed_is_not_there(listener: int) -> None:
    profile = ConnectionProfile(scheme="http", port=listener)
    with pytest.raises(Unreachable, match=f"PC-0001 refuses a connection on port {listener}"):
        TcpPresence(profile, At("127.0.0.250"), seconds=0.5).is_there(PC)


def test_a_name_nobody_knows_is_not_there() -> None:
    with pytest.raises(Unreachable):
        TcpPresence(ConnectionProfile(scheme="http"), Nowhere()).is_there(PC)


def test_presence_asks_for_the_completed_name(listener: int) -> None:
    resolver = At("127.0.0.1")
    profile = ConnectionProfile(scheme="http", port=listener, dns_suffix="corp.example")
    assert TcpPresence(profile, resolver).is_there(PC)
    assert resolver.asked == ["PC-0001.corp.example"]
