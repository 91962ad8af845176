"""Files of a simulated PC: a flat map of paths, folders included."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from orchestrator.lab.store import Shared
from orchestrator.lab.store_state import EPOCH

if TYPE_CHECKING:
    from datetime import datetime

_BOMS = (
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
ANSI = "cp1252"
OEM = "cp850"


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    r"""A file or a folder.

    Attributes:
        path: ``C:\...`` as spelled.
        content: None for a folder.
        written: when it was last written, on the PC's clock.
        protected: only SYSTEM and Administrators have access, nothing is inherited.
        owner: as a security descriptor names it: ``BA`` is Administrators, ``SY`` is SYSTEM.
        link: a reparse point, which leads elsewhere.
    """

    path: str
    content: bytes | None = None
    written: datetime = EPOCH
    protected: bool = False
    owner: str = "BA"
    link: bool = False

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self.path.rpartition("\\")[2]

    @property
    def folder(self) -> bool:
        """Tell whether this is a folder."""
        return self.content is None


@lru_cache(maxsize=65536)
def clean_path(text: str) -> str:
    r"""Normalise ``FileSystem::C:/a//b\`` to ``C:\a\b``."""
    path = text.rpartition("::")[2].replace("/", "\\")
    head, *rest = [part for part in path.split("\\") if part not in {"", "."}] or [""]
    return "\\".join([head, *rest]) if rest else head


def decode(content: bytes, encoding: str = "") -> str:
    """Read text as Windows PowerShell 5.1 does: by its byte order mark, else as asked for.

    Args:
        content: the bytes.
        encoding: a name of 5.1, such as ``UTF8`` or ``Oem``; the ANSI page when empty.
    """
    for mark, page in _BOMS:
        if content.startswith(mark):
            return content[len(mark) :].decode(page, "replace")
    pages = {"utf8": "utf-8", "oem": OEM, "unicode": "utf-16-le", "ascii": "ascii"}
    return content.decode(pages.get(encoding.lower(), ANSI), "replace")


def encode(text: str, encoding: str) -> bytes:
    """Write text as Windows PowerShell 5.1 does: UTF8 and Unicode with a byte order mark.

    Raises:
        LookupError: an encoding 5.1 does not have.
    """
    kind = encoding.lower()
    if kind == "utf8":
        return _BOMS[0][0] + text.encode()
    if kind == "unicode":
        return _BOMS[1][0] + text.encode("utf-16-le")
    if kind == "oem":
        return text.encode(OEM, "replace")
    if kind == "ascii":
        return text.encode("ascii", "replace")
    if kind in {"default", ""}:
        return text.encode(ANSI, "replace")
    raise LookupError(encoding)


class Files:
    """The files of one PC."""

    __slots__ = ("items",)

    def __init__(self, items: Shared[File] | None = None) -> None:
        """Start with the given items, or with nothing."""
        self.items: Shared[File] = items if items is not None else Shared()

    def copy(self) -> Files:
        """Return files that share content until either side writes."""
        return Files(self.items.copy())

    def find(self, path: str) -> File | None:
        """Return a file or folder, or None."""
        return self.items.get(clean_path(path))

    def make_folder(self, path: str, when: datetime = EPOCH) -> File:
        """Create a folder with its parents, those that are not there yet at this time."""
        parts = clean_path(path).split("\\")
        made: File | None = None
        for count in range(1, len(parts) + 1):
            whole = "\\".join(parts[:count])
            made = self.items.get(whole)
            if made is None:
                made = self.items[whole] = File(path=whole, written=when)
        assert made is not None  # noqa: S101 - a path has at least one part
        return made

    def write(self, path: str, content: bytes, when: datetime = EPOCH) -> File:
        """Create or replace a file; its folder is made if need be."""
        path = clean_path(path)
        folder = path.rpartition("\\")[0]
        if folder not in self.items:
            self.make_folder(folder, when)
        known = self.items.get(path)
        file = File(path=known.path if known else path, content=content, written=when)
        self.items[path] = file
        return file

    def children(self, path: str) -> list[File]:
        """Return what is right inside a folder, by name."""
        start = clean_path(path).lower() + "\\"
        return [
            self.items[lower]
            for lower in sorted(self.items)
            if lower.startswith(start) and "\\" not in lower[len(start) :]
        ]

    def below(self, path: str) -> list[File]:
        """Return everything inside a folder, at any depth."""
        start = clean_path(path).lower() + "\\"
        return [self.items[lower] for lower in sorted(self.items) if lower.startswith(start)]

    def remove(self, path: str) -> None:
        """Remove a file, or a folder with everything in it."""
        for file in self.below(path):
            del self.items[file.path]
        self.items.pop(clean_path(path), None)
