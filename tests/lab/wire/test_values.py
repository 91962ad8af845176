"""Values between PSRP's types and the lab's, both ways."""

from __future__ import annotations

import uuid
from datetime import timedelta

import psrpcore
import pytest
from psrpcore import types as ps

from orchestrator.lab.endpoint import constants
from orchestrator.lab.endpoint.pool import FRAGMENT, fragments_of
from orchestrator.lab.endpoint.values import inward, outward
from orchestrator.lab.powershell import Hashtable
from orchestrator.lab.powershell.objects import (
    Byte,
    Char,
    Guid,
    Int64,
    Switch,
    UInt32,
    UInt64,
    Version,
)
from orchestrator.lab.powershell.values import PSObject

ID = "0c3a7a9a-6a3f-4f0e-9a8b-4c9f5e2f8f10"


@pytest.mark.parametrize(
    ("value", "kind", "expected"),
    [
        (ps.PSString("text"), str, "text"),
        (ps.PSInt(7), int, 7),
        (ps.PSInt64(7), Int64, 7),
        (ps.PSUInt(7), UInt32, 7),
        (ps.PSUInt64(7), UInt64, 7),
        (ps.PSByte(7), Byte, 7),
        (ps.PSChar(65), Char, "A"),
        (ps.PSVersion("5.1.2"), Version, "5.1.2"),
        (ps.PSDouble(1.5), float, 1.5),
        (ps.PSGuid(ID), Guid, ID),
        (ps.PSByteArray(b"x"), bytes, b"x"),
        (ps.PSSecureString("secret"), str, "secret"),
        (ps.PSDuration(seconds=3), ps.PSDuration, timedelta(seconds=3)),
        (ps.PSList([ps.PSInt(1), None, True]), list, [1, None, True]),
        (False, bool, False),
        (None, type(None), None),
    ],
)
def test_inward_gives_the_labs_own_types(value: object, kind: type, expected: object) -> None:
    made = inward(value)
    assert type(made) is kind
    assert made == expected


def test_inward_a_dictionary_is_a_hashtable_without_case() -> None:
    made = inward(ps.PSDict({"Key": ps.PSInt(1)}))
    assert isinstance(made, Hashtable)
    assert made["KEY"] == 1


def test_inward_an_object_keeps_its_properties_and_its_text() -> None:
    thing = ps.PSObject()
    thing.PSObject.type_names = ["Some.Type", "System.Object"]
    thing.PSObject.to_string = "shown"
    ps.add_note_property(thing, "Name", ps.PSString("x"))
    made = inward(thing)
    assert isinstance(made, PSObject)
    assert (made.type_name, made.text, dict(made.properties)) == (
        "Some.Type",
        "shown",
        {"Name": "x"},
    )


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (7, ps.PSInt),
        (2**31, ps.PSInt64),
        (2**63, ps.PSDouble),
        (Byte(7), ps.PSByte),
        (UInt32(7), ps.PSUInt),
        (UInt64(7), ps.PSUInt64),
        (Char("A"), ps.PSChar),
        (Guid(ID), ps.PSGuid),
        (Version("1.2"), ps.PSVersion),
        (timedelta(seconds=1), ps.PSDuration),
        (Switch(1), bool),
        (("a",), ps.PSList),
        (object(), str),
    ],
)
def test_outward_gives_what_windows_would_send(value: object, kind: type) -> None:
    assert type(outward(value)) is kind


@pytest.mark.parametrize("text", ["", "plain", "a\x00b", "😀", "_x0041_", "_X_x", "\r\n\t", "é_x"])
def test_a_string_is_escaped_and_read_back(text: str) -> None:
    written = constants.string(text).removeprefix(constants.BOM).decode()
    body = written.removeprefix("<S>").removesuffix("</S>")
    assert constants.unescape(body) == text


def test_a_string_is_escaped_as_psrpcore_does_it() -> None:
    text = "Zürich \r\n\t\x01 _x0041_ 😀"
    expected = ps.serialize(text, psrpcore.PSRemotingCrypto()).text
    assert constants.string(text) == constants.BOM + f"<S>{expected}</S>".encode()


@pytest.mark.parametrize(
    ("length", "flags"),
    [(0, [3]), (FRAGMENT, [3]), (FRAGMENT + 1, [1, 2]), (3 * FRAGMENT, [1, 0, 2])],
)
def test_a_message_is_cut_into_fragments_with_a_start_and_an_end(
    length: int, flags: list[int]
) -> None:
    assert [piece[16] for piece in fragments_of(b"m" * length, 9)] == flags


def test_a_guid_is_lower_case_with_dashes() -> None:
    assert inward(ps.PSGuid(uuid.UUID(ID).hex.upper())) == ID
