"""Which devices were meant: names, files, standard input and what is known become one list.

- Every mistake is found before anything is queued, up to `LIMIT` of them, each with its place.
- Two spellings of one PC are one device; what was merged and what was left out is told.
- What is to be left out is read as strictly as what is meant: a list of PCs nobody may touch that
  cannot be read stops everything.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TextIO

from orchestrator.adapters.targets_csv import read_csv
from orchestrator.adapters.targets_file import read_file, read_stream
from orchestrator.adapters.targets_json import read_json
from orchestrator.adapters.targets_text import Rows, decode, read_text
from orchestrator.domain.selector import HINT, Selector, SelectorKind
from orchestrator.domain.target_list import Duplicate, Row, TargetList, enriched
from orchestrator.errors import InvalidInput, InvalidInputs, NotFound

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from orchestrator.domain.device import DeviceName
    from orchestrator.domain.target import Exclusion, Target

LIMIT = 20


class Known(Protocol):
    """What is known beside the lists: see `usecases.known_targets`."""

    def rows(self, selector: Selector) -> Sequence[Row]:
        """Return the devices of a campaign, a cause or a tag."""
        ...

    def inventory(self) -> Mapping[str, Target]:
        """Return what was imported, by `DeviceName.key`."""
        ...

    def exclusions(self) -> Mapping[str, Exclusion]:
        """Return the devices that are left alone, by `DeviceName.key`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A device that was named and is not meant after all."""

    device: DeviceName
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Targets:
    """The devices meant, in the order they were named, and what was merged or left out."""

    targets: tuple[Target, ...]
    duplicates: tuple[Duplicate, ...] = ()
    left_out: tuple[LeftOut, ...] = ()

    @property
    def devices(self) -> tuple[DeviceName, ...]:
        """The devices alone."""
        return tuple(target.device for target in self.targets)


@dataclass(slots=True, kw_only=True)
class _Unwanted:
    """What is not meant: devices by key, and tags, each with the selector that says so."""

    keys: dict[str, str] = field(default_factory=dict)
    tags: list[Selector] = field(default_factory=list)

    def why(self, target: Target) -> str:
        found = self.keys.get(target.device.key, "")
        tags = (f"!{tag.text}" for tag in self.tags if target.has(tag.value, tag.detail))
        return found or next(tags, "")


def read_targets(
    words: Sequence[str], stdin: TextIO | None = None, known: Known | None = None
) -> Targets:
    """Read selectors; see `domain.selector` for what they look like.

    Args:
        words: what was typed.
        stdin: where ``-`` reads from; its bytes are taken when it has any (`buffer`).
        known: what is known beside the lists; without it names, files and ``-`` are read alone.

    Raises:
        InvalidInput: the one thing that is wrong, or no device is left.
        InvalidInputs: several things are.
    """
    wanted, unwanted, rejects = TargetList(), TargetList(), _Unwanted()
    problems: list[InvalidInput] = []
    for selector in _selectors(words, problems):
        if selector.exclude and selector.kind is SelectorKind.TAG:
            rejects.tags.append(selector)
            continue
        into = unwanted if selector.exclude else wanted
        before = set(unwanted.targets)
        try:
            into.add(_rows(selector, stdin, known, problems))
        except InvalidInput as problem:
            problems.append(problem)
        except NotFound as missing:  # of a campaign or a cause; the rest is looked at as well
            problems.append(InvalidInput(missing.message, where=selector.text, hint=missing.hint))
        for key in unwanted.targets.keys() - before:
            rejects.keys[key] = f"!{selector.text}"
    problems += [*wanted.problems, *unwanted.problems]
    if problems:
        raise problems[0] if len(problems) == 1 else InvalidInputs(problems, limit=LIMIT)
    if not wanted.targets:
        msg = "no device was named"
        where = " ".join(words)
        raise InvalidInput(msg, where=where[:200], hint=f"name {HINT}")
    return _sorted_out(wanted, rejects, known)


def _selectors(words: Sequence[str], problems: list[InvalidInput]) -> list[Selector]:
    selectors: list[Selector] = []
    for word in words:
        try:
            selectors.append(Selector.parse(word))
        except InvalidInput as problem:
            problems.append(problem)
    if sum(each.kind is SelectorKind.STDIN for each in selectors) > 1:
        msg = "standard input can be read once, and is named twice"
        problems.append(InvalidInput(msg, where="-", hint="name one of the lists as a file, @FILE"))
    return selectors


def _sorted_out(wanted: TargetList, rejects: _Unwanted, known: Known | None) -> Targets:
    inventory = known.inventory() if known else {}
    exclusions = known.exclusions() if known else {}
    targets: list[Target] = []
    left_out: list[LeftOut] = []
    for key, named in wanted.targets.items():
        target = enriched(named, inventory.get(key))
        why = rejects.why(target) or ("the exclusion list" if key in exclusions else "")
        if why:
            left_out.append(LeftOut(device=target.device, why=why))
        else:
            targets.append(target)
    if not targets:
        counts = Counter(each.why for each in left_out)
        msg = "no device is left: " + ", ".join(f"{why} takes {n:,}" for why, n in counts.items())
        raise InvalidInput(msg, hint="`enrollmend target exclude ls` shows the exclusion list")
    return Targets(
        targets=tuple(targets), duplicates=tuple(wanted.duplicates), left_out=tuple(left_out)
    )


def _rows(
    selector: Selector, stdin: TextIO | None, known: Known | None, problems: list[InvalidInput]
) -> Sequence[Row]:
    match selector.kind:
        case SelectorKind.NAME:
            return [Row(text=selector.value)]
        case SelectorKind.STDIN:
            return _standard_input(stdin, problems)
        case SelectorKind.FILE:
            return _file(selector, problems)
        case _ if known is not None:
            return known.rows(selector)
        case _:
            msg = "nothing is known here that this could choose from"
            raise InvalidInput(msg, where=selector.text, hint="name PCs or lists")


def _file(selector: Selector, problems: list[InvalidInput]) -> Rows:
    path, column = selector.value, selector.detail
    text = decode(read_file(path), where=path)
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
    raw = read_stream(binary, where="stdin") if binary else None
    text = stdin.read() if raw is None else decode(raw, where="stdin")
    start = text.lstrip()[:1]
    if start and start in "[{":
        return read_json(text, where="stdin", problems=problems)
    first = next((line for line in text.splitlines() if line.strip()), "")
    if any(mark in first for mark in ",;\t"):
        return read_csv(text, where="stdin", column="", problems=problems)
    return read_text(text, where="stdin")
