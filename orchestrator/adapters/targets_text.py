"""Lists of devices as text: a name a line; bytes of any of the encodings Windows writes."""

from __future__ import annotations

import codecs
from typing import TypeAlias

from orchestrator.domain.target_list import Row
from orchestrator.errors import InvalidInput

Rows: TypeAlias = list[Row]
"""Names as they stand in the list, each with its place."""

_NEWLINE = b"\n"
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def decode(raw: bytes, *, where: str) -> str:
    """Return the text of a list.

    A byte order mark decides. Without one it is UTF-8, or else the ANSI code page of western
    Windows, which Excel still writes; computer names are the same in both. What was appended in
    another encoding (PowerShell's ``>>`` writes UTF-16) is refused, with its line.

    Raises:
        InvalidInput: it is not text, or of two encodings.
    """
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            try:
                return raw.decode(encoding)
            except UnicodeDecodeError as error:
                name = encoding.removesuffix("-sig").upper()
                msg = f"says that it is {name}, and is not"
                place = f"{where}:{raw.count(_NEWLINE, 0, error.start + len(mark)) + 1}"
                raise InvalidInput(msg, where=place, hint="save it as UTF-8") from error
    if b"\0" in raw:
        line = raw.count(_NEWLINE, 0, raw.index(b"\0")) + 1
        if line == 1:
            msg = "is not a text file"
            raise InvalidInput(msg, where=where, hint="save it as UTF-8 text, or as CSV")
        raise _mixed(where, line)
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        _refuse_two_encodings(raw, where)
        return raw.decode("cp1252", errors="replace")


def _refuse_two_encodings(raw: bytes, where: str) -> None:
    first: dict[bool, int] = {}
    for number, line in enumerate(raw.split(_NEWLINE), start=1):
        if line.isascii():
            continue
        try:
            line.decode("utf-8")
        except UnicodeDecodeError:
            first.setdefault(False, number)
        else:
            first.setdefault(True, number)
    if len(first) > 1:
        raise _mixed(where, max(first.values()))


def _mixed(where: str, line: int) -> InvalidInput:
    msg = "this line is of another encoding than those above"
    return InvalidInput(msg, where=f"{where}:{line}", hint="save the whole list as UTF-8")


def read_text(text: str, *, where: str) -> Rows:
    """Read a name a line; blank lines and what follows ``#`` are left out."""
    rows: Rows = []
    for number, line in enumerate(text.splitlines(), start=1):
        name = line.partition("#")[0].strip()
        if name:
            rows.append(Row(text=name, where=f"{where}:{number}"))
    return rows
