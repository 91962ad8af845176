"""The file system provider: files and folders of drive C."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.lab.cmdlets.common import has_wildcard, make, wildcard
from orchestrator.lab.store_files import clean_path

if TYPE_CHECKING:
    from orchestrator.lab.device_seat import Seat
    from orchestrator.lab.powershell.values import PSObject
    from orchestrator.lab.store_files import File

_PREFIX = "Microsoft.PowerShell.Core\\FileSystem::"


def file_object(file: File) -> PSObject:
    """Return a ``FileInfo`` or a ``DirectoryInfo``."""
    parent, _, name = file.path.rpartition("\\")
    stem, dot, extension = name.rpartition(".")
    properties: dict[str, object] = {
        "Name": name,
        "FullName": file.path,
        "BaseName": stem if dot and not file.folder else name,
        "Extension": f".{extension}" if dot else "",
        "Exists": True,
        "CreationTime": file.written,
        "CreationTimeUtc": file.written,
        "LastWriteTime": file.written,
        "LastWriteTimeUtc": file.written,
        "Attributes": ("Directory" if file.folder else "Archive")
        + (", ReparsePoint" if file.link else ""),
        "PSIsContainer": file.folder,
        "PSPath": _PREFIX + file.path,
        "PSParentPath": _PREFIX + parent,
        "PSChildName": name,
    }
    if file.content is None:
        return make("System.IO.DirectoryInfo", properties, native=file, text=name)
    properties |= {"Length": len(file.content), "DirectoryName": parent}
    return make("System.IO.FileInfo", properties, native=file, text=name)


def acl_object(file: File) -> PSObject:
    """Return the security of a file or folder; Microsoft: security descriptor string format."""
    inherited = "(A;ID;0x1200a9;;;BU)(A;ID;FA;;;SY)(A;ID;FA;;;BA)"
    closed = "(A;OICI;FA;;;SY)(A;OICI;FA;;;BA)"
    rights = f"D:PAI{closed}" if file.protected else f"D:AI{inherited}"
    kind = "Directory" if file.folder else "File"
    return make(
        f"System.Security.AccessControl.{kind}Security",
        {
            "Path": _PREFIX + file.path,
            "Sddl": f"O:{file.owner}G:{file.owner}{rights}",
            "AreAccessRulesProtected": file.protected,
        },
        native=file,
    )


def expand(seat: Seat, path: str, *, literal: bool) -> list[str]:
    """Return the files a path with wildcards stands for; the path itself when literal."""
    if literal or not has_wildcard(path):
        return [path]
    head, *parts = clean_path(path).split("\\")
    found = [head]
    for part in parts:
        test = wildcard(part)
        found = [
            child.path
            for base in found
            for child in seat.device.files.children(seat.file_path(base))
            if test(child.name)
        ]
    return found
