"""Which devices were meant: names, files and standard input become one list.

- Every mistake is found before anything is queued, up to `LIMIT` of them, each with its place.
- Two spellings of one PC are one device; what was merged is told.
- Two PCs of different domains with one computer name are a mistake, never merged.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from orchestrator.adapters.targets_csv import read_csv
from orchestrator.adapters.targets_json import read_json
from orchestrator.adapters.targets_text import Rows, decode, read_text
from orchestrator.domain.device import DeviceName
from orchestrator.errors import InvalidInput, InvalidInputs

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

LIMIT = 20
_MAX_BYTES = 64 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicate:
    """A name that was left out, for the device is in the list already."""

    text: str
    where: str
    first: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """The devices meant, in the order they were named, and what was merged."""

    devices: tuple[DeviceName, ...]
    duplicates: tuple[Duplicate, ...] = ()


def read_targets(words: Sequence[str], stdin: TextIO | None = None) -> Targets:
    """Read ``PC-0042``, ``@hosts.txt``, ``@hosts.csv#column`` and ``-``.

    Args:
        words: what was typed.
        stdin: where ``-`` reads from; its bytes are taken when it has any (`buffer`).

    Raises:
        InvalidInput: the one thing that is wrong.
        InvalidInputs: several things are.
    """
    rows: Rows = []
    problems: list[InvalidInput] = []
    for word in words:
        try:
            rows += _rows(word, stdin, problems)
        except InvalidInput as problem:
            problems.append(problem)
    devices, duplicates = _merge(rows, problems)
    if problems:
        raise problems[0] if len(problems) == 1 else InvalidInputs(problems, limit=LIMIT)
    if not devices:
        msg = "no device was named"
        raise InvalidInput(
            msg, where=" ".join(words), hint="name a PC, @hosts.csv, or - for standard input"
        )
    return Targets(devices=tuple(devices), duplicates=tuple(duplicates))


def _rows(word: str, stdin: TextIO | None, problems: list[InvalidInput]) -> Rows:
    if word == "-":
        return _standard_input(stdin, problems)
    if not word.startswith("@"):
        return [(word, "")]
    path, _, column = word[1:].partition("#")
    text = decode(_read(Path(path)), where=path)
    kind = Path(path).suffix.lower()
    if kind in {".json", ".jsonl"} and not column:
        return read_json(text, where=path, problems=problems)
    if column or kind in {".csv", ".tsv"}:
        return read_csv(text, where=path, column=column, problems=problems)
    return read_text(text, where=path)


def _standard_input(stdin: TextIO | None, problems: list[InvalidInput]) -> Rows:
    if stdin is None:
        return []
    binary = getattr(stdin, "buffer", None)
    text = decode(binary.read(), where="stdin") if binary else stdin.read()
    start = text.lstrip()[:1]
    if start and start in "[{":
        return read_json(text, where="stdin", problems=problems)
    first = next((line for line in text.splitlines() if line.strip()), "")
    if any(mark in first for mark in ",;\t"):
        return read_csv(text, where="stdin", column="", problems=problems)
    return read_text(text, where="stdin")


def _read(path: Path) -> bytes:
    hint = "a list is a text file with a name a line, a CSV or a JSON file"
    try:
        if path.is_file() and path.stat().st_size > _MAX_BYTES:
            msg = f"is larger than {_MAX_BYTES >> 20} MiB"
            raise InvalidInput(msg, where=str(path), hint=hint)
        return path.read_bytes()
    except FileNotFoundError as error:
        msg = "there is no such file"
        raise InvalidInput(msg, where=str(path), hint=hint) from error
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "not a path"
        msg = f"cannot be read: {reason}"
        raise InvalidInput(msg, where=str(path), hint=hint) from error


def _merge(
    rows: Iterable[tuple[str, str]], problems: list[InvalidInput]
) -> tuple[list[DeviceName], list[Duplicate]]:
    seen: dict[str, tuple[DeviceName, str]] = {}
    duplicates: list[Duplicate] = []
    for text, where in rows:
        try:
            device = DeviceName.parse(text, where=where)
        except InvalidInput as problem:
            problems.append(problem)
            continue
        known = seen.get(device.key)
        if known is None:
            seen[device.key] = (device, where)
            continue
        first, place = known
        if _domain(first) and _domain(device) and _domain(first) != _domain(device):
            msg = f"{device} and {first}{_at(place)} share one computer name"
            problems.append(
                InvalidInput(msg, where=where, hint="give PCs of different domains in two lists")
            )
            continue
        if _domain(device) and not _domain(first):
            seen[device.key] = (device, place)  # the longer name resolves in more places
        duplicates.append(Duplicate(text=device.text, where=where, first=f"{first}{_at(place)}"))
    return [device for device, _ in seen.values()], duplicates


def _domain(device: DeviceName) -> str:
    return device.text.partition(".")[2].lower()


def _at(place: str) -> str:
    return f" ({place})" if place else ""
