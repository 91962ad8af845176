"""``Join-Path`` and ``Split-Path``: text only, no drive is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.lab.powershell.registry import cmdlet

if TYPE_CHECKING:
    from collections.abc import Iterable

    from orchestrator.lab.powershell.call import BoundCall


@cmdlet("Join-Path", "Path=PSPath:str[]!0^ ChildPath:str!1")
def join_path(call: BoundCall) -> Iterable[object]:
    """Put a backslash between two parts, and only one."""
    child = call.get("ChildPath").replace("/", "\\").lstrip("\\")
    return [parent.replace("/", "\\").rstrip("\\") + "\\" + child for parent in call.get("Path")]


@cmdlet(
    "Split-Path",
    "Path:str[]0^| LiteralPath=PSPath:str[]| Parent:switch Leaf:switch Qualifier:switch "
    "NoQualifier:switch IsAbsolute:switch",
)
def split_path(call: BoundCall) -> Iterable[object]:
    """Return one part of a path: its parent unless told otherwise."""
    for path in call.get("LiteralPath") or call.get("Path") or ():
        drive, colon, rest = path.partition(":")
        if call.get("IsAbsolute"):
            yield bool(colon) or path.startswith("\\\\")
        elif call.get("Qualifier"):
            yield drive + colon
        elif call.get("NoQualifier"):
            yield rest if colon else path
        elif call.get("Leaf"):
            yield path.rstrip("\\").rpartition("\\")[2]
        else:
            yield _parent(path)


def _parent(path: str) -> str:
    head, slash, _ = path.rstrip("\\").rpartition("\\")
    if not slash:
        return ""
    return head + "\\" if head.endswith(":") else head
