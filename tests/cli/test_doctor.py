"""`enrollmend doctor` names the layer that fails, and looks no further."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from orchestrator.errors import (
    AuthenticationRefused,
    CredentialsMissing,
    EnrollmendError,
    PolicyRefused,
    ProtocolFailure,
    QuotaExceeded,
    StoreUnavailable,
    TlsFailure,
    Unreachable,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass
class Answering:
    """Opens a session that answers a reading, or fails as it is told."""

    name: str = "PC-0001"
    failure: EnrollmendError | None = None
    collected: str = ""
    host: dict[str, object] = field(
        default_factory=lambda: {
            "language_mode": "FullLanguage",
            "ps_version": "5.1.22621.2506",
            "elevated": True,
        }
    )

    @contextmanager
    def open(self, device: Any, *, seconds: float) -> Iterator[Any]:
        assert device
        assert seconds
        if self.failure is not None:
            raise self.failure
        yield self

    def invoke(self, function: str, parameters: Any, *, seconds: float) -> list[dict[str, object]]:
        assert (function, parameters) == ("Get-EnrollmentFact", {})
        assert seconds
        identity = {"computer_name": self.name}
        return [{"format": 1, "collected": self.collected, "identity": identity, "host": self.host}]


def states(ran: Any, subject: str) -> dict[str, str]:
    """Return layer -> health of a subject, from the CSV."""
    rows = [line.split(",") for line in ran.out.splitlines()]
    return {row[1]: row[2] for row in rows if row[0] == subject}


def test_when_all_is_well_every_layer_says_so(bench: Any) -> None:
    now = bench.clock.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    bench.sessions = Answering(collected=now)
    ran = bench.run("doctor", "PC-0001", "-o", "csv")
    assert ran.code == 0
    assert set(states(ran, "controller").values()) == {"ok"}
    assert set(states(ran, "PC-0001").values()) == {"ok"}


@pytest.mark.parametrize(
    ("failure", "layer", "code"),
    [
        (TlsFailure("the certificate is not trusted"), "tls", 3),
        (CredentialsMissing("there is no account"), "auth", 4),
        (AuthenticationRefused("the account is refused"), "auth", 4),
        (PolicyRefused("there is no such endpoint"), "endpoint", 3),
        (QuotaExceeded("no shell is free"), "quota", 3),
        (ProtocolFailure("this is not WSMan"), "endpoint", 3),
    ],
)
def test_the_layer_that_fails_is_named_and_those_above_are_not_looked_at(
    bench: Any, failure: EnrollmendError, layer: str, code: int
) -> None:
    bench.sessions = Answering(failure=failure)
    ran = bench.run("doctor", "PC-0001", "-o", "csv")
    found = states(ran, "PC-0001")
    names = list(found)
    assert ran.code == code
    assert found[layer] == "failed"
    assert all(found[name] == "ok" for name in names[: names.index(layer)])
    assert all(found[name] == "not looked at" for name in names[names.index(layer) + 1 :])


def test_a_name_that_does_not_resolve_fails_at_dns(bench: Any) -> None:
    def nowhere(name: str) -> list[str]:
        msg = f"the name {name} does not resolve"
        raise Unreachable(msg)

    bench.resolve = nowhere
    ran = bench.run("doctor", "PC-0001", "-o", "csv")
    assert ran.code == 3
    assert states(ran, "PC-0001")["dns"] == "failed"


def test_a_closed_port_fails_at_tcp(bench: Any) -> None:
    class Nowhere:
        def is_there(self, device: Any) -> bool:
            return not device

    bench.presence = Nowhere()
    ran = bench.run("doctor", "PC-0001", "-o", "csv")
    assert states(ran, "PC-0001")["tcp"] == "failed"
    assert "Enable-PSRemoting" in ran.out


def test_another_pc_behind_the_name_fails_at_identity(bench: Any) -> None:
    bench.sessions = Answering(name="PC-0002")
    ran = bench.run("doctor", "PC-0001", "-o", "csv")
    assert ran.code == 3
    assert states(ran, "PC-0001")["identity"] == "failed"


def test_a_device_clock_that_is_wrong_is_a_warning(bench: Any) -> None:
    then = bench.clock.now() - timedelta(hours=1)
    bench.sessions = Answering(collected=then.strftime("%Y-%m-%dT%H:%M:%SZ"))
    ran = bench.run("doctor", "PC-0001", "-o", "csv")
    assert ran.code == 0
    assert states(ran, "PC-0001")["clock"] == "warning"


def test_redis_being_down_is_the_controllers_second_layer(bench: Any) -> None:
    bench.failure = StoreUnavailable("Redis cannot be reached")
    ran = bench.run("doctor", "PC-0001", "-o", "csv")
    assert ran.code == 8
    assert list(states(ran, "controller").values()) == [
        "ok",
        "failed",
        "not looked at",
        "not looked at",
    ]


def test_no_worker_is_8(bench: Any) -> None:
    bench.workers = []
    ran = bench.run("doctor", "-o", "csv")
    assert ran.code == 8
    assert states(ran, "controller")["workers"] == "failed"
