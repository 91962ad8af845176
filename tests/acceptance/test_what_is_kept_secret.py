"""Passwords are in none of the places where somebody who may not know them could look.

The file's name puts it last: everything the other tests did is searched as well.
"""

from __future__ import annotations

import base64
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from orchestrator.adapters.run_codec import body_of
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


def unpacked(value: bytes) -> list[bytes]:
    """Return a value, and what it packs when it is the record of a run."""
    try:
        return [value, body_of(value)]
    except ValueError:
        return [value]


def content(client: Any, key: bytes) -> list[bytes]:
    """Return all that a key holds as it was written; a dump may be compressed."""
    kind = client.type(key).decode()
    if kind == "string":
        return unpacked(client.get(key) or b"")
    if kind == "hash":
        return [part for pair in client.hgetall(key).items() for part in pair]
    if kind == "list":
        return list(client.lrange(key, 0, -1))
    if kind == "zset":
        return list(client.zrange(key, 0, -1))
    if kind == "set":
        return list(client.smembers(key))
    if kind == "stream":
        entries = client.xrange(key)
        return [part for _, fields in entries for pair in fields.items() for part in pair]
    assert kind == "none", f"{key!r} is a {kind}, which is not searched"
    return []  # it ended meanwhile


def test_every_kind_of_value_in_redis_is_searched(whole: Stack) -> None:
    client, password = whole.redis(), "no password, but found all the same"
    try:
        client.set("searched:1", password)
        client.hset("searched:2", password, "1")
        client.rpush("searched:3", password)
        client.zadd("searched:4", {password: 1})
        client.sadd("searched:5", password)
        client.xadd("searched:6", {"field": password})
        for number in range(1, 7):
            assert password.encode() in content(client, b"searched:%d" % number), number
    finally:
        client.delete(*(f"searched:{number}" for number in range(1, 7)))
        client.close()


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
            assert not holds(b"\n".join(content(client, key))), key
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
