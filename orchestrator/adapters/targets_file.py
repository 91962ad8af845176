"""The bytes of a list, from a file or standard input, without ever holding more than a list has.

A line far longer than any list has is refused as soon as it is seen, not after it was read.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from orchestrator.errors import InvalidInput

if TYPE_CHECKING:
    from typing import BinaryIO

_MOST = 64 << 20
_PIECE = 64 << 10
_LONGEST_LINE = 64 << 10
_HINT = "a list is a text file with a name a line, a CSV or a JSON file"


def read_file(path: str) -> bytes:
    """Return what a list holds.

    Raises:
        InvalidInput: it cannot be read, is too large, or has a line no list has.
    """
    try:
        with Path(path).open("rb") as stream:
            return read_stream(stream, where=path)
    except FileNotFoundError as error:
        msg = "there is no such file"
        raise InvalidInput(msg, where=path, hint=_HINT) from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a path"
        msg = f"cannot be read: {reason}"
        raise InvalidInput(msg, where=path, hint=_HINT) from error


def read_stream(stream: BinaryIO, *, where: str) -> bytes:
    """Return what a stream holds; see `read_file`."""
    pieces: list[bytes] = []
    size = lines = since = 0
    while piece := stream.read(_PIECE):
        pieces.append(piece)
        size += len(piece)
        if size > _MOST:
            msg = f"is larger than {_MOST >> 20} MiB"
            raise InvalidInput(msg, where=where, hint=_HINT)
        end = max(piece.rfind(b"\n"), piece.rfind(b"\r"))
        since = since + len(piece) if end < 0 else len(piece) - end - 1
        lines += piece.count(b"\n")
        if since > _LONGEST_LINE and not _is_json(pieces[0]):
            msg = f"this line is longer than {_LONGEST_LINE >> 10} KiB"
            raise InvalidInput(msg, where=f"{where}:{lines + 1}", hint=_HINT)
    return b"".join(pieces)


def _is_json(start: bytes) -> bool:
    """Tell whether it begins as JSON does, which may be one long line, in any encoding."""
    return start.lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n")[:1] in {b"[", b"{"}
