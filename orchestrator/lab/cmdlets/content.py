"""File content and hashes, exported certificates."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from orchestrator.lab.cmdlets import registry_provider
from orchestrator.lab.cmdlets.certificate_provider import public_part
from orchestrator.lab.cmdlets.common import error, fail, make, paths_of, seat_of
from orchestrator.lab.cmdlets.file_provider import file_object
from orchestrator.lab.powershell.registry import cmdlet
from orchestrator.lab.powershell.values import PSObject, Refusal
from orchestrator.lab.store_files import decode, encode
from orchestrator.lab.store_state import Certificate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from orchestrator.lab.device_seat import Seat
    from orchestrator.lab.powershell.registry import Call
    from orchestrator.lab.store_files import File


def _text_of(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "True" if value else "False"
    if isinstance(value, PSObject):
        return value.text or value.type_name
    return str(value)


def _files(call: Call, seat: Seat) -> Iterator[tuple[str, File]]:
    for path, literal in paths_of(call):
        if not literal:
            what = f"{call.name} with a wildcard"
            raise Refusal(what)
        file = seat.device.files.find(seat.file_path(path))
        if file is None:
            registry_provider.not_found(call, path)
        else:
            yield path, file


@cmdlet(
    "Get-Content",
    "Path:str[]0^ LiteralPath=PSPath:str[]| Raw:switch Encoding:str TotalCount=First,Head:int "
    "Tail=Last:int",
)
def get_content(call: Call) -> Iterable[object]:
    """Return the lines of files, or the whole with ``-Raw``."""
    seat = seat_of(call)
    for path, file in _files(call, seat):
        if file.content is None:
            error(
                call,
                "GetContentReaderUnauthorizedAccessError",
                f"Access to the path '{path}' is denied.",
                category="PermissionDenied",
                exception="System.UnauthorizedAccessException",
                target=path,
            )
            continue
        text = decode(file.content, str(call.get("Encoding") or ""))
        if call.get("Raw"):
            if text:
                yield text
            continue
        lines = text.split("\n")
        lines = [line.removesuffix("\r") for line in lines]
        if lines and not lines[-1]:
            lines.pop()
        if call.has("TotalCount"):
            lines = lines[: call.get("TotalCount")]
        if call.has("Tail"):
            lines = lines[max(0, len(lines) - call.get("Tail")) :]
        yield from lines


def _encoded(call: Call, text: str, default: str) -> bytes:
    encoding = str(call.get("Encoding") or default)
    try:
        return encode(text, encoding)
    except LookupError:
        what = f"{call.name} -Encoding {encoding}"
        raise Refusal(what) from None


def _lines(call: Call) -> str:
    value = call.get("Value")
    items = value if isinstance(value, list) else [value]
    end = "" if call.get("NoNewline") else "\r\n"
    return "".join(_text_of(item) + end for item in items if item is not None)


def _write(call: Call, *, append: bool) -> None:
    seat = seat_of(call)
    files = seat.device.files
    for path, _ in paths_of(call):
        real = seat.file_path(path)
        if files.find(real.rpartition("\\")[0]) is None:
            verb = "Add" if append else "Set"
            raise fail(
                call,
                "GetContentWriterDirectoryNotFoundError",
                f"Could not find a part of the path '{path}'.",
                category="ObjectNotFound",
                exception="System.IO.DirectoryNotFoundException",
                target=verb,
            )
        if not call.should_process(f"Path: {path}", "Add Content" if append else "Set Content"):
            continue
        known = files.find(real)
        old = known.content if append and known is not None and known.content else b""
        new = _encoded(call, _lines(call), "default")
        if old and new.startswith((b"\xef\xbb\xbf", b"\xff\xfe")):
            new = new[3:] if new.startswith(b"\xef") else new[2:]
        if seat.torn:
            new = new[: len(new) // 2]
        files.write(real, old + new, seat.now())


_WRITE = (
    "Path:str[]0 LiteralPath=PSPath:str[]| Value:object[]1!^ Encoding:str Force:switch "
    "NoNewline:switch"
)


@cmdlet("Set-Content", _WRITE.replace("!^", "!"), changes=True)
def set_content(call: Call) -> None:
    """Replace the content of files; UTF8 writes a byte order mark, as 5.1 does."""
    _write(call, append=False)


@cmdlet("Add-Content", _WRITE, changes=True)
def add_content(call: Call) -> None:
    """Append to files."""
    _write(call, append=True)


@cmdlet("Get-FileHash", "Path:str[]0^ LiteralPath=PSPath:str[]| Algorithm:str1")
def get_file_hash(call: Call) -> Iterable[object]:
    """Return the hash of files, SHA256 unless another is asked for."""
    seat = seat_of(call)
    algorithm = str(call.get("Algorithm") or "SHA256")
    for path, file in _files(call, seat):
        digest = hashlib.new(algorithm.lower(), file.content or b"").hexdigest().upper()
        yield make(
            "Microsoft.Powershell.Utility.FileHash",
            {"Algorithm": algorithm.upper(), "Hash": digest, "Path": path},
        )


@cmdlet(
    "Export-Certificate",
    "Cert:object!^ FilePath:str! Type:str Force:switch NoClobber:switch",
    changes=True,
)
def export_certificate(call: Call) -> Iterable[object]:
    """Write the public part of a certificate to a file."""
    seat = seat_of(call)
    given = call.get("Cert")
    certificate = given.native if isinstance(given, PSObject) else None
    if not isinstance(certificate, Certificate):
        what = "Export-Certificate -Cert with something else than a certificate"
        raise Refusal(what)
    path = str(call.get("FilePath"))
    if call.should_process(f"Target: {certificate.thumbprint}", "Export certificate"):
        real = seat.file_path(path)
        yield file_object(seat.device.files.write(real, public_part(certificate), seat.now()))
