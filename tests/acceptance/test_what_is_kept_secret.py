"""Passwords are in none of the places where somebody who may not know them could look.

The file's name puts it last: everything the other tests did is searched as well.
"""

from __future__ import annotations

import base64
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from orchestrator.lab.service import OPERATOR
from tests.acceptance.stack import CANARY

if TYPE_CHECKING:
    from tests.acceptance.stack import Stack

pytestmark = [pytest.mark.acceptance, pytest.mark.xdist_group("acceptance")]

PASSWORDS = (OPERATOR.password, CANARY)
SPELLINGS = [
    spelled
    for password in PASSWORDS
    for plain in (password.encode(), password.encode("utf-16-le"))
    for spelled in (plain, plain.hex().encode(), base64.b64encode(plain).rstrip(b"="))
]


def holds(content: bytes) -> bool:
    return any(spelled in content for spelled in SPELLINGS)


def test_the_search_finds_what_it_searches(whole: Stack) -> None:
    assert holds((whole.lab_dir / "password").read_bytes())


def test_no_file_but_the_one_of_the_account_holds_a_password(whole: Stack) -> None:
    """The append-only file of Valkey among them: whatever was ever written."""
    whole.run("why", "REFUSED", "--here", ENROLLMEND_PASSWORD=CANARY)
    files = [path for path in whole.home.rglob("*") if path.is_file()]
    assert any("appendonly" in str(path) for path in files)
    assert any(path.name.startswith("worker-") for path in files)
    found = [path for path in files if holds(path.read_bytes())]
    assert found == [whole.lab_dir / "password"]


def test_no_value_in_redis_holds_a_password(whole: Stack) -> None:
    client = whole.redis()
    try:
        keys = list(client.scan_iter(count=1000))
        assert keys
        for key in keys:
            assert not holds(client.dump(key) or b""), key
            kind = client.type(key)
            if kind == b"hash":
                assert not holds(repr(client.hgetall(key)).encode()), key
            elif kind == b"list":
                assert not holds(repr(client.lrange(key, 0, -1)).encode()), key
            elif kind == b"stream":
                assert not holds(repr(client.xrange(key)).encode()), key
    finally:
        client.close()


def test_nothing_that_was_said_holds_a_password(whole: Stack) -> None:
    assert whole.said
    assert not holds("\n".join(whole.said).encode())
    assert not holds("\n".join(worker.words() for worker in whole.workers).encode())


def test_no_argument_of_a_process_holds_a_password(whole: Stack) -> None:
    seen = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes()
            ours = str(whole.home).encode() in (folder / "environ").read_bytes()
        except OSError:
            continue  # it ended meanwhile, or is somebody else's
        seen += ours
        assert not (ours and holds(words)), words
    assert seen >= 3  # the lab and a worker's two
