from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from orchestrator.adapters.connection import AuthKind, ConnectionProfile
from orchestrator.errors import SettingsInvalid

CA = Path("ca.pem")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"scheme": "ftp", "ca_file": CA}, "https or http"),
        ({"scheme": "http", "message_encryption": False}, "everything readable"),
        ({"scheme": "http", "auth": AuthKind.CERTIFICATE}, "need https"),
        ({"scheme": "http", "auth": AuthKind.BASIC, "lab": True}, "need https"),
        ({"auth": AuthKind.BASIC, "ca_file": CA}, "lab alone"),
        ({}, "needs the CA"),
        ({"ca_file": CA, "port": 70000}, "not a TCP port"),
    ],
)
def test_a_profile_that_would_leak_or_trust_anybody_is_refused(
    options: dict[str, Any], message: str
) -> None:
    with pytest.raises(SettingsInvalid, match=message) as caught:
        ConnectionProfile(**options)
    assert caught.value.where.startswith("connection.")


def test_the_usual_ports_go_with_the_scheme() -> None:
    assert ConnectionProfile(ca_file=CA).tcp_port == 5986
    assert ConnectionProfile(scheme="http").tcp_port == 5985
    assert ConnectionProfile(scheme="http", port=1234).tcp_port == 1234


def test_messages_are_sealed_over_http_and_only_there() -> None:
    assert ConnectionProfile(scheme="http").sealed
    assert not ConnectionProfile(ca_file=CA).sealed


def test_short_names_are_completed_and_long_ones_left() -> None:
    profile = ConnectionProfile(scheme="http", dns_suffix=".corp.example")
    assert profile.host_name("PC-1") == "PC-1.corp.example"
    assert profile.host_name("pc-1.lab.example") == "pc-1.lab.example"


def test_only_an_endpoint_of_another_name_counts_as_having_the_module() -> None:
    assert not ConnectionProfile(
        scheme="http", configuration_name="microsoft.powershell"
    ).constrained
    assert ConnectionProfile(scheme="http", configuration_name="Enrollment").constrained
