"""The text of ``.reg`` files (Microsoft: "Windows Registry Editor Version 5.00")."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from orchestrator.lab.store import registry_parts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from orchestrator.lab.store import Key, Registry, RegistryData

_HEAD = "Windows Registry Editor Version 5.00"
_HIVES = {"HKLM": "HKEY_LOCAL_MACHINE", "HKU": "HKEY_USERS"}
_NUMBERS = {
    "REG_BINARY": 3,
    "REG_EXPAND_SZ": 2,
    "REG_MULTI_SZ": 7,
    "REG_QWORD": 11,
}
_KINDS = {number: kind for kind, number in _NUMBERS.items()}
_VALUE = re.compile(r'^(@|"(?:[^"\\]|\\.)*")=(.*)$', re.DOTALL)


def _quote(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _unquote(text: str) -> str:
    return re.sub(r"\\(.)", r"\1", text[1:-1])


def _hex(data: bytes) -> str:
    return ",".join(f"{byte:02x}" for byte in data)


def _bytes(data: RegistryData) -> bytes:
    if isinstance(data, bytes):
        return data
    if isinstance(data, int):
        return data.to_bytes(8, "little")
    if isinstance(data, str):
        return f"{data}\0".encode("utf-16-le")
    return "".join(f"{item}\0" for item in (*data, "")).encode("utf-16-le")


def _written(kind: str, data: RegistryData) -> str:
    if kind == "REG_SZ":
        return _quote(str(data))
    if kind == "REG_DWORD" and isinstance(data, int):
        return f"dword:{data:08x}"
    content = _bytes(data)
    number = _NUMBERS[kind]
    return f"hex:{_hex(content)}" if number == 3 else f"hex({number:x}):{_hex(content)}"  # noqa: PLR2004


def _lines(key: Key, path: str) -> Iterator[str]:
    yield f"[{path}]"
    for name, kind, data in key.values.values():
        yield f"{_quote(name) if name else '@'}={_written(kind, data)}"
    yield ""
    for child in key.children.values():
        yield from _lines(child, f"{path}\\{child.name}")


def export_text(key: Key, path: str) -> str:
    """Return the file that ``reg export`` writes."""
    head, *rest = registry_parts(path)
    return "\r\n".join([_HEAD, "", *_lines(key, "\\".join([_HIVES[head], *rest]))]) + "\r\n"


def _read(text: str) -> tuple[str, RegistryData]:
    if text.startswith('"'):
        return "REG_SZ", _unquote(text)
    if text.startswith("dword:"):
        return "REG_DWORD", int(text[6:], 16)
    head, _, tail = text.partition(":")
    content = bytes(int(part, 16) for part in tail.split(",") if part)
    kind = _KINDS[int(head[4:-1], 16)] if head.startswith("hex(") else "REG_BINARY"
    if kind == "REG_QWORD":
        return kind, int.from_bytes(content, "little")
    if kind == "REG_BINARY":
        return kind, content
    items = content.decode("utf-16-le").split("\0")
    if kind == "REG_MULTI_SZ":
        return kind, tuple(items[:-2])
    return kind, items[0]


def import_text(registry: Registry, text: str, *, system: bool) -> bool:
    """Merge a file into a registry; False when it is no such file or a key may not be written."""
    lines = text.replace("\r\n", "\n").split("\n")
    if lines[0].strip() != _HEAD:
        return False
    path = ""
    for line in lines[1:]:
        if line.startswith("["):
            path = line[1 : line.rindex("]")]
            known = registry.find(path)
            if known is not None and known.denied and not system:
                return False
            registry.create(path)
        found = _VALUE.match(line)
        if found is not None:
            name = "" if found[1] == "@" else _unquote(found[1])
            kind, data = _read(found[2])
            registry.set(path, name, data, kind)
    return True
