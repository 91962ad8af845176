"""A TOML file of settings as flat keys, each with the line it stands on.

- ``[connection] auth = "ntlm"`` becomes ``connection.auth``.
- A key that looks like a password is refused here, before its value goes anywhere.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from orchestrator.errors import SettingsInvalid

if TYPE_CHECKING:
    from pathlib import Path

_HEADER = re.compile(r"\s*\[\s*([^\[\]]+?)\s*\]\s*(?:#.*)?$")
_KEY = re.compile(r"""\s*((?:[\w-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[\w-]+|"[^"]*"|'[^']*'))*)\s*=""")
_PLACE = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)$")
_SECRET = re.compile(r"passw|passphrase|\bpwd|secret|token|credential|api_?key", re.IGNORECASE)
_LIMIT = 1 << 20

SECRETS_GO = (
    "secrets come from ENROLLMEND_PASSWORD, or from a file named by ENROLLMEND_PASSWORD_FILE"
)


@dataclass(frozen=True, slots=True)
class Given:
    """A value and where it was given: ``file:line`` or the variable's name."""

    value: object
    where: str
    from_environment: bool = False


Flat: TypeAlias = dict[str, Given]


def read_flat(path: Path) -> Flat:
    """Read a settings file.

    Raises:
        SettingsInvalid: it cannot be read, is not TOML, or holds a secret.
    """
    try:
        raw = path.read_bytes()
    except OSError as error:
        msg = f"cannot be read: {error.strerror}"
        raise SettingsInvalid(msg, where=str(path)) from error
    if len(raw) > _LIMIT:
        msg = "is larger than 1 MiB; that is not a settings file"
        raise SettingsInvalid(msg, where=str(path))
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        msg = "is not UTF-8 text"
        raise SettingsInvalid(msg, where=f"{path}:{line}", hint="save it as UTF-8") from error
    try:
        tree = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise _not_toml(path, text, error) from error
    lines = _lines(text)
    return {
        key: Given(value, f"{path}:{lines.get(key, 1)}")
        for key, value in _flatten(tree, "", path, lines).items()
    }


def _not_toml(path: Path, text: str, error: tomllib.TOMLDecodeError) -> SettingsInvalid:
    message = str(error)
    place = _PLACE.search(message)
    line = int(place[1]) if place and place[1] else text.count("\n") + 1
    what = _PLACE.sub("", message)
    return SettingsInvalid(
        f"this is not TOML: {what[:1].lower()}{what[1:]}",
        where=f"{path}:{line}",
        hint='a line reads key = "text", key = 5 or key = true',
    )


def _flatten(
    tree: dict[str, object], prefix: str, path: Path, lines: dict[str, int]
) -> dict[str, object]:
    flat: dict[str, object] = {}
    for name, value in tree.items():
        key = f"{prefix}{name}"
        if _SECRET.search(name) and not name.endswith("_file"):
            msg = f"{key}: a settings file holds no secrets"
            raise SettingsInvalid(msg, where=f"{path}:{lines.get(key, 1)}", hint=SECRETS_GO)
        if isinstance(value, dict):
            flat.update(_flatten(value, f"{key}.", path, lines))
        else:
            flat[key] = value
    return flat


def _lines(text: str) -> dict[str, int]:
    """Return the line of each key; good enough to point at, never used to read values."""
    found: dict[str, int] = {}
    table = ""
    for number, line in enumerate(text.splitlines(), start=1):
        if header := _HEADER.match(line):
            table = f"{_plain(header[1])}."
            found.setdefault(table.rstrip("."), number)
        elif key := _KEY.match(line):
            found.setdefault(f"{table}{_plain(key[1])}", number)
    return found


def _plain(dotted: str) -> str:
    return ".".join(part.strip().strip("\"'") for part in dotted.split("."))
