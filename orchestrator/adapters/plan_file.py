"""A campaign's plan in a JSON file: written, read by people, approved and started.

A file is written as a whole or not at all. Whether it is as it was written, its digest says.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Final

import msgspec

from orchestrator.domain.campaign_plan import SCHEMA, PlanDocument, plain
from orchestrator.errors import InvalidInput

if TYPE_CHECKING:
    from pathlib import Path

_HINT: Final = "enrollmend campaign plan writes such a file"
_MAX_BYTES: Final = 512 << 20


def check_writable(path: Path) -> None:
    """Look whether a document could be written, before the work that it takes is begun.

    Raises:
        InvalidInput: it is a folder, or none could be written where it would be.
    """
    where = str(path)
    folder = path.parent
    if path.is_dir():
        raise InvalidInput("is a folder", where=where, hint="name a file")  # noqa: EM101, TRY003 - all there is to say
    if not folder.is_dir():
        msg = f"there is no folder {folder}"
        raise InvalidInput(msg, where=where, hint="make it, or name another")
    if not os.access(folder, os.W_OK | os.X_OK):
        msg = f"nothing can be written to {folder}"
        raise InvalidInput(msg, where=where, hint="name another folder")


def write_plan(document: PlanDocument, path: Path) -> None:
    """Write a document, in place of what is there.

    Raises:
        InvalidInput: the file cannot be written.
    """
    bare = plain(document)
    assert isinstance(bare, dict)  # noqa: S101 - a dataclass gives a dict
    text = msgspec.json.format(msgspec.json.encode({"schema": SCHEMA, **bare}), indent=1)
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        beside.write_bytes(text + b"\n")
        beside.replace(path)
    except OSError as error:
        beside.unlink(missing_ok=True)
        msg = f"cannot be written: {error.strerror}"
        raise InvalidInput(msg, where=str(path)) from error


def read_plan(path: Path) -> PlanDocument:
    """Read a document.

    Raises:
        InvalidInput: the file cannot be read, or is no plan of this program.
    """
    where = str(path)
    try:
        if path.is_file() and path.stat().st_size > _MAX_BYTES:
            msg = f"is larger than {_MAX_BYTES >> 20} MiB"
            raise InvalidInput(msg, where=where, hint=_HINT)
        found: object = msgspec.json.decode(path.read_bytes())
        schema = found.get("schema") if isinstance(found, dict) else None
        if schema != SCHEMA:
            msg = f"is not a plan ({SCHEMA})"
            raise InvalidInput(msg, where=where, hint=_HINT)
        document: PlanDocument = msgspec.convert(_known(found), PlanDocument)
    except OSError as error:
        msg = f"cannot be read: {error.strerror}"
        raise InvalidInput(msg, where=where, hint=_HINT) from error
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        msg = f"cannot be read as a plan: {error}"
        raise InvalidInput(msg, where=where, hint=_HINT) from error
    return document


def _known(found: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON of any shape
    """Return the fields of a document; refuse others, which no digest would cover.

    Raises:
        msgspec.ValidationError: there is one more.
    """
    unknown = set(found) - set(PlanDocument.__dataclass_fields__)
    if unknown:
        msg = f"it has no field {min(unknown)!r}"
        raise msgspec.ValidationError(msg)
    return dict(found)
