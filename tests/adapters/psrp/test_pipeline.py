"""What is sent is to the byte what pypsrp would make of the same call."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from pypsrp.powershell import PowerShell, RunspacePool
from pypsrp.serializer import TaggedValue

from orchestrator.adapters.psrp_definitions import PRELUDE
from orchestrator.adapters.psrp_pipeline import pipeline
from orchestrator.adapters.psrp_wsman import Pool, Wsman

TEXTS = ("function Get-A { 'a & <b>' }\n", 'function Get-B\n{\n\t"_x0041_`t"\n}\n')

_HEADERS = 21 + 40
"""Bytes of a fragment's header and of a message's (MS-PSRP 2.2.4, 2.2.1)."""


class Posted(Exception):
    pass


class Nowhere:
    """A transport that keeps what it is given."""

    endpoint = "http://pc-0042:5985/wsman"

    def __init__(self) -> None:
        self.messages: list[bytes] = []

    def send(self, message: bytes, **_: Any) -> bytes:
        self.messages.append(message)
        raise Posted

    def close(self) -> None:
        pass


def new_pool() -> Pool:
    wsman = Wsman(Nowhere(), operation_timeout=60)
    pool = Pool(wsman, "Microsoft.PowerShell", idle_timeout=900, no_profile=True)
    pool.protocol_version = "2.3"
    return pool


def clixml_of(shell: PowerShell) -> bytes:
    """Return the message a pipeline sends, without what stands before it."""
    kept: list[bytes] = []
    fragment = shell.runspace_pool._fragmenter.fragment

    def keep(*args: Any, **options: Any) -> list[bytes]:
        kept.extend(fragment(*args, **options))
        raise Posted

    shell.runspace_pool._fragmenter.fragment = keep  # type: ignore[method-assign]
    with pytest.raises(Posted):
        shell.begin_invoke()
    (whole,) = kept
    return whole[_HEADERS:].replace(b"></S>", b" />")  # two ways to write nothing


def by_pypsrp(texts: tuple[str, ...], arguments: dict[str, object]) -> bytes:
    """Return what pypsrp makes of the same call by itself."""
    pool = RunspacePool(new_pool().connection)
    pool.protocol_version = "2.3"
    shell = PowerShell(pool)
    if texts:
        shell.add_script(PRELUDE).add_statement()
        shell.add_script("".join(texts)).add_statement()
    shell.add_cmdlet("Get-A")
    for name, value in arguments.items():
        shell.add_parameter(name, value)
    return clixml_of(shell)


CASES: dict[str, dict[str, object]] = {
    "nothing": {},
    "a switch": {"Network": True},
    "a text": {"RunId": "r-1"},
    "a number": {"Fence": TaggedValue("I64", 7_000_000_000)},
    "a list": {"Stage": ["tasks", "state"]},
    "a list of one": {"Stage": ["tasks"]},
    "an empty list": {"Stage": []},
    "an empty text": {"RunId": ""},
    "markup": {"RunId": "<a & 'b'> ]]>", "Stage": ["&amp;", '"<']},
    "what CLIXML escapes": {"RunId": "_x0041_ _X \x00\n\t\x7f \U0001f600", "Stage": ["\r\n"]},
    "other alphabets": {"RunId": "Köln \u65e5\u672c"},
    "half a character": {"RunId": "\ud800"},
    "a mark of ours": {"RunId": "\uf8ff1\uf8ff", "Name": "\uf8ff0\uf8ff"},
    "all at once": {
        "RunId": "r-1",
        "Fence": TaggedValue("I64", 41),
        "Stage": ["tasks", "state"],
        "AllowConfigMgrRemoval": True,
        "ComputerName": "PC-0042",
    },
}


@pytest.mark.parametrize("texts", [TEXTS, ()], ids=["with definitions", "without"])
@pytest.mark.parametrize("arguments", CASES.values(), ids=CASES)
def test_a_call_is_what_pypsrp_would_send(
    arguments: dict[str, object], texts: tuple[str, ...]
) -> None:
    ours = clixml_of(pipeline(new_pool(), texts, "Get-A", arguments))
    assert ours == by_pypsrp(texts, arguments)


def test_values_of_one_call_are_not_those_of_the_next() -> None:
    first = clixml_of(pipeline(new_pool(), TEXTS, "Get-A", {"RunId": "r-1"}))
    second = clixml_of(pipeline(new_pool(), TEXTS, "Get-A", {"RunId": "r-2"}))
    assert first.replace(b"r-1", b"r-2") == second
    assert first != second


def opening(pool: RunspacePool) -> bytes:
    """Return the fragments that open a pool, without the ids of the pool in them."""
    kept: list[bytes] = []
    fragment_multiple = pool._fragmenter.fragment_multiple

    def keep(*args: Any, **options: Any) -> list[bytes]:
        kept.extend(fragment_multiple(*args, **options))
        raise Posted

    pool._fragmenter.fragment_multiple = keep  # type: ignore[method-assign]
    with pytest.raises(Posted):
        pool.open()
    return b"".join(kept).replace(UUID(pool.id).bytes_le, b"")


def test_every_pool_opens_as_pypsrp_would_open_it() -> None:
    theirs = opening(RunspacePool(new_pool().connection))
    assert [opening(new_pool()) for _ in range(2)] == [theirs, theirs]


def test_a_pool_that_is_wider_opens_in_its_own_way() -> None:
    narrow, wide = new_pool(), new_pool()
    wide.max_runspaces = 3
    stock = RunspacePool(new_pool().connection, max_runspaces=3)
    opened = opening(wide)
    assert opened == opening(stock)
    assert opened != opening(narrow)
