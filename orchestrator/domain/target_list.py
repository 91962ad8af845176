"""Names as they stand in lists become targets: each mistake found, each PC once.

- Two spellings of one PC are one device: case does not count, nor whether the domain is given.
- Two PCs of different domains with one computer name are a mistake, never merged.
- What two lines say differently about one PC (its site, a tag) is a mistake too.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from orchestrator.domain.device import DeviceName
from orchestrator.domain.target import Target
from orchestrator.errors import InvalidInput

_FORMULA = ("=", "+", "-", "@")
_LONGEST = 253
_SHOWN = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A name as it stands in a list.

    Attributes:
        text: the name.
        where: ``file:line``; empty for a name that was typed.
        site, tags: what the same line says about the PC.
    """

    text: str
    where: str = ""
    site: str = ""
    tags: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicate:
    """A name that was left out, for the device is in the list already."""

    text: str
    where: str
    first: str


@dataclass(slots=True, kw_only=True)
class TargetList:
    """Targets in the order of their lines, and what was merged or is wrong.

    Attributes:
        targets: by `DeviceName.key`.
        duplicates: names that were merged into others.
        problems: lines that cannot be used.
    """

    targets: dict[str, Target] = field(default_factory=dict)
    duplicates: list[Duplicate] = field(default_factory=list)
    problems: list[InvalidInput] = field(default_factory=list)
    _places: dict[str, str] = field(default_factory=dict)
    _sites: dict[str, str] = field(default_factory=dict)

    def add(self, rows: Iterable[Row]) -> None:
        """Add lines; what is wrong with one is kept in `problems`."""
        for row in rows:
            try:
                self._add(row)
            except InvalidInput as problem:
                self.problems.append(problem)

    def _add(self, row: Row) -> None:
        device = read_name(row)
        site = self._sites.setdefault(row.site.casefold(), row.site)
        target = Target(device=device, site=site, tags=row.tags)
        known = self.targets.get(device.key)
        if known is None:
            self.targets[device.key] = target
            self._places[device.key] = row.where
            return
        place = self._places[device.key]
        self.targets[device.key] = _merged(known, place, target, row.where)
        if self.targets[device.key].device is not known.device:
            self._places[device.key] = row.where
        self.duplicates.append(
            Duplicate(text=device.text, where=row.where, first=f"{known.device}{_at(place)}")
        )


def read_name(row: Row) -> DeviceName:
    """Return the device of a line.

    Raises:
        InvalidInput: a formula, or not a computer name.
    """
    text = row.text.strip()
    if len(text) > _LONGEST:
        msg = f"{text[:_SHOWN]!r}... has {len(text):,} characters; no computer name has"
        raise InvalidInput(msg, where=row.where)
    if text.startswith(_FORMULA):
        msg = f"{text[:_SHOWN]!r} begins as a spreadsheet formula, not as a computer name"
        raise InvalidInput(msg, where=row.where, hint="export the values, not the formulas")
    return DeviceName.parse(text, where=row.where)


def enriched(target: Target, known: Target | None) -> Target:
    """Return a target with what the inventory says, where the list says nothing."""
    if known is None:
        return target
    own = {name.casefold() for name, _ in target.tags}
    more = tuple(tag for tag in known.tags if tag[0].casefold() not in own)
    return replace(
        target, site=target.site or known.site, tags=tuple(sorted((*target.tags, *more)))
    )


def _merged(known: Target, place: str, other: Target, where: str) -> Target:
    if _domain(known) and _domain(other) and _domain(known) != _domain(other):
        msg = f"{other.device} and {known.device}{_at(place)} share one computer name"
        raise InvalidInput(msg, where=where, hint="give PCs of different domains in two lists")
    if known.site and other.site and known.site != other.site:
        msg = f"{other.device} is at {other.site} here, and at {known.site}{_at(place)}"
        raise InvalidInput(msg, where=where, hint="a PC is at one site")
    tags = {name.casefold(): (name, value) for name, value in known.tags}
    for name, value in other.tags:
        if tags.setdefault(name.casefold(), (name, value))[1] != value:
            msg = f"{other.device} has another value of the tag {name}{_at(place)}"
            raise InvalidInput(msg, where=where, hint="a tag of a PC has one value")
    longer = other if _domain(other) and not _domain(known) else known
    return Target(
        device=longer.device,  # the longer name resolves in more places
        site=known.site or other.site,
        tags=tuple(tags[name] for name in sorted(tags)),
    )


def _domain(target: Target) -> str:
    return target.device.text.partition(".")[2].lower()


def _at(place: str) -> str:
    return f" ({place})" if place else ""
