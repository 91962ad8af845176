"""What can be wrong between the words that were typed and the PC: one line each, its exit code."""

from __future__ import annotations

import io
import json
import os
from typing import TYPE_CHECKING
from unittest.mock import patch

import certifi
import pytest

from orchestrator.adapters.embedded import EmbeddedValkey
from orchestrator.adapters.psrp_definitions import Definitions
from orchestrator.cli import main
from orchestrator.cli.house import House
from orchestrator.cli.terminal import Terminal
from orchestrator.module import functions
from tests.acceptance.old_redis import old_redis
from tests.acceptance.stack import CANARY

if TYPE_CHECKING:
    from pathlib import Path

    from tests.acceptance.stack import Stack

pytestmark = [pytest.mark.acceptance, pytest.mark.xdist_group("acceptance")]


def complaint(text: str) -> str:
    """Return the words of the complaint, and see that there is no more than it and a hint."""
    assert "Traceback" not in text
    lines = [line for line in text.splitlines() if line.startswith(("error:", "hint:"))]
    assert len(lines) <= 2
    return " ".join(lines)


def test_a_name_that_does_not_resolve(whole: Stack) -> None:
    ran = whole.run("fix", "NOWHERE", "--here", "--offline", "fail", "-o", "json")
    assert ran.code == 3
    assert ran.document["verdict"] == "failed"
    assert "NOWHERE" in ran.err


def test_a_port_that_is_closed(whole: Stack) -> None:
    whole.order("set", pc="CLOSED", power="off")
    ran = whole.run("fix", "CLOSED", "--here", "--offline", "fail", "-o", "json")
    assert ran.code == 3
    assert ran.document["verdict"] == "failed"
    assert "refuses a connection on port" in ran.err


def test_a_certificate_of_an_authority_that_is_not_trusted(whole: Stack) -> None:
    ran = whole.run(
        *("fix", "REFUSED", "--here", "-o", "json"),
        ENROLLMEND_CONNECTION_SCHEME="https",
        ENROLLMEND_CONNECTION_PORT=str(whole.https_port),
        ENROLLMEND_CONNECTION_CA_FILE=certifi.where(),
    )
    assert ran.code == 3
    assert ran.document["verdict"] == "failed"
    said = "the device's TLS certificate is not trusted (it stays so until somebody changes the"
    assert ran.document["reason"].startswith(said)


def test_https_to_a_port_that_speaks_http(whole: Stack) -> None:
    ran = whole.run(
        *("fix", "REFUSED", "--here", "-o", "json"),
        ENROLLMEND_CONNECTION_SCHEME="https",
        ENROLLMEND_CONNECTION_PORT=str(whole.http_port),
    )
    assert ran.code == 3
    assert ran.document["reason"].startswith("TLS with the device failed (it stays so")
    assert "does that port speak TLS?" in ran.document["next"]


def test_a_password_that_is_wrong(whole: Stack) -> None:
    ran = whole.run("fix", "REFUSED", "--here", "-o", "json", ENROLLMEND_PASSWORD=CANARY)
    assert ran.code == 4
    assert ran.document["verdict"] == "failed"
    assert "refused the account" in ran.document["reason"]


def test_no_account_at_all(whole: Stack) -> None:
    ran = whole.run(
        *("fix", "REFUSED", "--here", "-o", "json"),
        ENROLLMEND_CONNECTION_USERNAME_FILE="",
        ENROLLMEND_CONNECTION_PASSWORD_FILE="",
    )
    assert ran.code == 4
    assert "ENROLLMEND_USERNAME" in ran.out + ran.err


def test_a_function_that_the_module_does_not_have(whole: Stack) -> None:
    kept = {name: each for name, each in functions().items() if name != "Get-EnrollmentFact"}
    out, err = io.StringIO(), io.StringIO()
    environment = whole.environment()
    terminal = Terminal(out=out, err=err, stdin=io.StringIO(), plain=True)
    house = House(terminal=terminal, environment=environment)
    with (
        patch.dict(os.environ, environment, clear=True),
        patch("orchestrator.adapters.psrp.shipped", return_value=Definitions(kept)),
    ):
        code = main.run(["-c", "lab", "fix", "REFUSED", "--here", "-o", "json"], house)
    (document,) = json.loads(out.getvalue())
    assert (code, document["verdict"]) == (3, "failed")
    assert "has no function Get-EnrollmentFact" in document["reason"]
    assert "install the module of this version" in document["next"]
    assert "Traceback" not in err.getvalue()


def test_a_redis_that_is_down(whole: Stack) -> None:
    ran = whole.run("fix", "REFUSED", ENROLLMEND_REDIS_URL="redis://127.0.0.1:1/0")
    assert (ran.code, ran.out) == (8, "")
    assert "127.0.0.1:1" in complaint(ran.err)


def test_a_redis_that_is_too_old(whole: Stack) -> None:
    with old_redis() as url:
        ran = whole.run("fix", "REFUSED", ENROLLMEND_REDIS_URL=url)
    assert (ran.code, ran.out) == (8, "")
    assert "has version 6.2.14; 7.0 or newer is needed" in complaint(ran.err)


def test_no_worker_that_runs(whole: Stack, tmp_path: Path) -> None:
    other = EmbeddedValkey(tmp_path)
    try:
        ran = whole.run("fix", "REFUSED", ENROLLMEND_REDIS_URL=other.ensure().split("?")[0])
    finally:
        other.stop()
    assert ran.code == 8
    assert "no worker is running" in complaint(ran.err)
    assert "enrollmend worker start" in complaint(ran.err)


def test_an_address_that_another_lab_has(whole: Stack, tmp_path: Path) -> None:
    ran = whole.end(
        whole.begin(
            *("lab", "up", "--detach", "--pc", "PC-NEVER", "--seed", str(whole.seed)),
            *("--http-port", str(whole.http_port), "--https-port", str(whole.https_port)),
            ENROLLMEND_HOME=str(tmp_path),
        )
    )
    assert (ran.code, ran.out) == (2, "")
    assert "in use" in complaint(ran.err)
