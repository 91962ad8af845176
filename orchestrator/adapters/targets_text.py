"""Lists of devices as text: a name a line; bytes of any of the encodings Windows writes."""

from __future__ import annotations

import codecs
from typing import TypeAlias

from orchestrator.errors import InvalidInput

Rows: TypeAlias = list[tuple[str, str]]
"""Names as they stand in the list, each with its place."""

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
    Windows, which Excel still writes; computer names are the same in both.

    Raises:
        InvalidInput: it is not text.
    """
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            try:
                return raw.decode(encoding)
            except UnicodeDecodeError as error:
                msg = f"says that it is {encoding.removesuffix('-sig').upper()}, and is not"
                raise InvalidInput(msg, where=where, hint="save it as UTF-8") from error
    if b"\0" in raw:
        msg = "is not a text file"
        raise InvalidInput(msg, where=where, hint="save it as UTF-8 text, or as CSV")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def read_text(text: str, *, where: str) -> Rows:
    """Read a name a line; blank lines and what follows ``#`` are left out."""
    rows: Rows = []
    for number, line in enumerate(text.splitlines(), start=1):
        name = line.partition("#")[0].strip()
        if name:
            rows.append((name, f"{where}:{number}"))
    return rows
