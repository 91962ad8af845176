"""Get-Item, Get-ChildItem, Test-Path, New-Item and Remove-Item over the three providers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from orchestrator.lab.cmdlets import certificate_provider, file_provider, registry_provider
from orchestrator.lab.cmdlets.common import error, fail, paths_of, seat_of, wildcard
from orchestrator.lab.powershell.registry import cmdlet
from orchestrator.lab.powershell.values import PSObject, Refusal
from orchestrator.lab.store_files import encode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from orchestrator.lab.device_seat import Seat
    from orchestrator.lab.powershell.registry import Call


def _expand(seat: Seat, path: str, *, literal: bool) -> list[str]:
    if registry_provider.is_registry(path):
        return registry_provider.expand(seat, path, literal=literal)
    if certificate_provider.is_certificate(path):
        return [path]
    return file_provider.expand(seat, path, literal=literal)


def each_path(call: Call, seat: Seat) -> Iterator[str]:
    """Yield every path a cmdlet was given, wildcards expanded."""
    for path, literal in paths_of(call):
        yield from _expand(seat, path, literal=literal)


@cmdlet("Get-Item", "Path:str[]0^ LiteralPath=PSPath:str[]| Force:switch Filter:str")
def get_item(call: Call) -> Iterable[object]:
    """Return keys, certificates, files and folders."""
    seat = seat_of(call)
    for path in each_path(call, seat):
        if registry_provider.is_registry(path):
            key = registry_provider.open_key(call, seat, path)
            if key is not None:
                yield registry_provider.key_object(seat, path, key)
        elif certificate_provider.is_certificate(path):
            thumbprint = certificate_provider.thumbprint_of(path)
            certificate = seat.device.certificates.get(thumbprint)
            if not thumbprint:
                yield certificate_provider.store_object()
            elif certificate is None:
                registry_provider.not_found(call, path)
            else:
                yield certificate_provider.certificate_object(certificate)
        else:
            file = seat.device.files.find(seat.file_path(path))
            if file is None:
                registry_provider.not_found(call, path)
            else:
                yield file_provider.file_object(file)


@cmdlet(
    "Get-ChildItem",
    "Path:str[]0^ LiteralPath=PSPath:str[]| Filter:str1 Include:str[] Exclude:str[] Name:switch "
    "Recurse:switch Force:switch File:switch Directory:switch",
)
def get_child_item(call: Call) -> Iterable[object]:
    """Return what is inside keys, the certificate store, and folders."""
    seat = seat_of(call)
    for path in each_path(call, seat):
        for item in _children(call, seat, path):
            name = str(item.properties["PSChildName"])
            if call.has("Filter") and not wildcard(call.get("Filter"))(name):
                continue
            if call.has("Include") and not any(wildcard(p)(name) for p in call.get("Include")):
                continue
            if call.has("Exclude") and any(wildcard(p)(name) for p in call.get("Exclude")):
                continue
            yield name if call.get("Name") else item


def _children(call: Call, seat: Seat, path: str) -> Iterator[PSObject]:
    recurse = bool(call.get("Recurse"))
    if registry_provider.is_registry(path):
        if call.has("Filter"):
            raise fail(
                call,
                "NotSupported",
                "Cannot call method. The provider does not support the use of filters.",
                category="NotImplemented",
                exception="System.Management.Automation.PSNotSupportedException",
            )
        names = bool(call.get("Name")) and not recurse
        yield from registry_provider.children(call, seat, path, recurse=recurse, names=names)
    elif certificate_provider.is_certificate(path):
        thumbprint = certificate_provider.thumbprint_of(path)
        for certificate in certificate_provider.all_certificates(seat):
            if not thumbprint or certificate.thumbprint == thumbprint:
                yield certificate_provider.certificate_object(certificate)
    else:
        real = seat.file_path(path)
        files = seat.device.files
        file = files.find(real)
        if file is None:
            registry_provider.not_found(call, path)
            return
        found = files.below(real) if recurse else files.children(real)
        for child in found if file.folder else [file]:
            if (call.get("File") and child.folder) or (call.get("Directory") and not child.folder):
                continue
            yield file_provider.file_object(child)


@cmdlet("Test-Path", "Path:str[]0^ LiteralPath=PSPath:str[]| PathType:str IsValid:switch")
def test_path(call: Call) -> Iterable[object]:
    """Tell whether something is there; a key that may not be opened is there."""
    seat = seat_of(call)
    kind = str(call.get("PathType") or "Any").lower()
    if call.has("IsValid"):
        what = "Test-Path -IsValid"
        raise Refusal(what)
    for path, literal in paths_of(call):
        found = _expand(seat, path, literal=literal)
        yield any(_exists(seat, one, kind) for one in found)


def _exists(seat: Seat, path: str, kind: str) -> bool:
    if registry_provider.is_registry(path):
        return kind != "leaf" and seat.device.registry.find(seat.key_path(path)) is not None
    if certificate_provider.is_certificate(path):
        thumbprint = certificate_provider.thumbprint_of(path)
        return not thumbprint or thumbprint in seat.device.certificates
    file = seat.device.files.find(seat.file_path(path))
    if file is None:
        return False
    return kind == "any" or file.folder == (kind == "container")


@cmdlet(
    "New-Item",
    "Path:str[]0! Name:str ItemType=Type:str Value:object Force:switch",
    changes=True,
)
def new_item(call: Call) -> Iterable[object]:
    """Create keys, folders and files."""
    seat = seat_of(call)
    for given in call.get("Path"):
        path = f"{given}\\{call.get('Name')}" if call.has("Name") else str(given)
        if not call.should_process(f"Item: {path}", "New Item"):
            continue
        if registry_provider.is_registry(path):
            made = registry_provider.new_key(call, seat, path, force=bool(call.get("Force")))
            if made is not None:
                yield made
        elif certificate_provider.is_certificate(path):
            what = f"New-Item {path}"
            raise Refusal(what)
        else:
            yield from _new_file(call, seat, path)


def _new_file(call: Call, seat: Seat, path: str) -> Iterator[PSObject]:
    files = seat.device.files
    real = seat.file_path(path)
    kind = str(call.get("ItemType") or "File").lower()
    known = files.find(real)
    parent = files.find(real.rpartition("\\")[0])
    force = bool(call.get("Force"))
    if known is not None and not (force and (known.folder == (kind == "directory"))):
        folder = "directory" if known.folder else "file"
        error(
            call,
            "DirectoryExist" if known.folder else "NewItemIOError",
            f"An item with the specified name {path} already exists."
            if known.folder
            else f"The {folder} '{path}' already exists.",
            category="ResourceExists" if known.folder else "WriteError",
            exception="System.IO.IOException",
            target=path,
        )
    elif kind == "directory":
        yield file_provider.file_object(known or files.make_folder(real, seat.now()))
    elif kind != "file":
        what = f"New-Item -ItemType {kind}"
        raise Refusal(what)
    elif parent is None and not force:
        error(
            call,
            "NewItemIOError",
            f"Could not find a part of the path '{path}'.",
            category="WriteError",
            exception="System.IO.DirectoryNotFoundException",
            target=path,
        )
    else:
        text = "" if call.get("Value") is None else str(call.get("Value"))
        yield file_provider.file_object(files.write(real, encode(text, "ascii"), seat.now()))


@cmdlet("Get-Acl", "Path:str[]0^ LiteralPath=PSPath:str[]|")
def get_acl(call: Call) -> Iterable[object]:
    """Return who owns a file or folder, and whether its rights are its own."""
    seat = seat_of(call)
    for path in each_path(call, seat):
        if registry_provider.is_registry(path) or certificate_provider.is_certificate(path):
            what = f"Get-Acl {path}"
            raise Refusal(what)
        file = seat.device.files.find(seat.file_path(path))
        if file is None:
            registry_provider.not_found(call, path)
        else:
            yield file_provider.acl_object(file)


@cmdlet(
    "Move-Item",
    "Path:str[]0^ LiteralPath=PSPath:str[]| Destination:str1! Force:switch",
    changes=True,
)
def move_item(call: Call) -> None:
    """Move a file to another name; one that is there is replaced with ``-Force`` only."""
    seat = seat_of(call)
    files = seat.device.files
    target = str(call.get("Destination"))
    there = files.find(seat.file_path(target))
    for path in list(each_path(call, seat)):
        file = None if registry_provider.is_registry(path) else files.find(seat.file_path(path))
        if file is None:
            registry_provider.not_found(call, path)
        elif file.content is None or (there is not None and there.folder):
            what = "Move-Item with a folder"
            raise Refusal(what)
        elif there is not None and not call.get("Force"):
            error(
                call,
                "MoveFileInfoItemIOError",
                "Cannot create a file when that file already exists.",
                category="WriteError",
                exception="System.IO.IOException",
                target=path,
            )
        elif call.should_process(f"Item: {path} Destination: {target}", "Move File"):
            files.write(seat.file_path(target), file.content, file.written)
            files.remove(file.path)


@cmdlet(
    "Remove-Item",
    "Path:str[]0^ LiteralPath=PSPath:str[]| Recurse:switch Force:switch DeleteKey:switch "
    "Include:str[] Exclude:str[] Filter:str",
    changes=True,
)
def remove_item(call: Call) -> None:
    """Remove keys, certificates, files and folders."""
    seat = seat_of(call)
    if any(call.has(name) for name in ("Include", "Exclude", "Filter")):
        what = "Remove-Item with a filter"
        raise Refusal(what)
    for path in list(each_path(call, seat)):
        if registry_provider.is_registry(path):
            _remove_key(call, seat, path)
        elif certificate_provider.is_certificate(path):
            _remove_certificate(call, seat, path)
        else:
            _remove_file(call, seat, path)


def _refuse_prompt(call: Call, path: str) -> Exception:
    return fail(
        call,
        "InvalidOperation",
        f"The item at {path} has children and the Recurse parameter was not specified: Windows "
        "PowerShell is in NonInteractive mode. Read and Prompt functionality is not available.",
        category="InvalidOperation",
        exception="System.Management.Automation.PSInvalidOperationException",
        target=path,
    )


def _remove_key(call: Call, seat: Seat, path: str) -> None:
    key = seat.device.registry.find(seat.key_path(path))
    if key is None:
        registry_provider.not_found(call, path)
        return
    if key.children and not call.get("Recurse"):
        raise _refuse_prompt(call, path)
    if call.should_process(f"Item: {registry_provider.long_name(path)}", "Remove Key"):
        registry_provider.remove_tree(call, seat, path)


def _remove_certificate(call: Call, seat: Seat, path: str) -> None:
    thumbprint = certificate_provider.thumbprint_of(path)
    if not thumbprint:
        raise _refuse_prompt(call, path)
    if thumbprint not in seat.device.certificates:
        registry_provider.not_found(call, path)
    elif call.should_process(f"Item: {path}", "Remove Certificate"):
        del seat.device.certificates[thumbprint]


def _remove_file(call: Call, seat: Seat, path: str) -> None:
    files = seat.device.files
    real = seat.file_path(path)
    file = files.find(real)
    if file is None:
        registry_provider.not_found(call, path)
    elif file.folder and files.children(real) and not call.get("Recurse"):
        raise _refuse_prompt(call, path)
    elif call.should_process(path, "Remove Directory" if file.folder else "Remove File"):
        files.remove(real)
